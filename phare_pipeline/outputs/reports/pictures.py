"""The charts of the index in a report: published values into chart data, drawn elsewhere.

Those of the actors are in `survey_pictures`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from phare_pipeline import french
from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.index.ties import compared
from phare_pipeline.outputs.charts import (
    Caption,
    Chart,
    Contribution,
    DomainPoint,
    Measure,
    PlaceValue,
    RankInterval,
    Ranks,
    Unit,
    contributions,
    domain_profile,
    hasse_diagram,
    rank_intervals,
    region_map,
)
from phare_pipeline.outputs.reports.cells import SCORE_DECIMALS
from phare_pipeline.outputs.reports.edition import INDEX, Area, Edition, Row
from phare_pipeline.outputs.reports.picture import Picture, make_named_picture, make_picture
from phare_pipeline.outputs.reports.sentences import CENTRE
from phare_pipeline.outputs.reports.survey_pictures import survey_pictures

SOURCE = "calculs PHARE d’après les sources citées en fin de rapport"
UNSCORED = "non noté dans cette édition"
UNCLASSIFIED = "trop de domaines ne sont pas notés"
CONTRIBUTING = 5
"""Indicators whose contributions are drawn one by one."""


def pictures(edition: Edition, area: Area) -> dict[str, Picture]:
    """Return the charts of a report by name; a chart without data is left out."""
    return {picture.name: picture for picture in _pictures(edition, area)}


def _pictures(edition: Edition, area: Area) -> Iterator[Picture]:
    if any(row["score"] is not None for row in edition.scores(INDEX, INDEX)):
        yield _map(edition, area)
        if edition.has("out_uncertainty"):
            yield _ranks(edition, area)
        if area.is_national and (whole := _on_all_axes(edition)):
            yield _order(edition, whole)
    if area.code is not None:
        yield _profile(edition, area)
        if edition.has("out_contributions"):
            yield from _contributions(edition, area)
    yield from survey_pictures(edition, area)


def _profile(edition: Edition, area: Area) -> Picture:
    assert area.code is not None
    points, references = [], []
    for domain in edition.domains:
        rows = edition.scores("domain", domain["domain_id"])
        own = edition.score(area.code, "domain", domain["domain_id"])
        is_scored = own is not None and own["score"] is not None
        others = [r["score"] for r in rows if r is not own and r["score"] is not None]
        points.append(
            DomainPoint(
                label=domain["domain_label"],
                axis_id=domain["axis_id"],
                axis_label=domain["axis_label"],
                score=own["score"] if own and is_scored else None,
                others=tuple(others),
                rank=own["fragility_rank"] if own and is_scored else None,
                rank_of=own["rank_of"] if own else 0,
                reason="" if is_scored else UNSCORED,
            )
        )
        subject = (domain["domain_id"],)
        references.append(str(Reference(area.short, edition.year, Kind.DOMAIN, subject)))
    caption = Caption(
        title=f"Les fragilités {area.genitive}, domaine par domaine",
        subtitle=f"Indice par domaine, France = {CENTRE}, édition {edition.year}",
        source=SOURCE,
        note="Les traits sont les autres régions ; à droite de la France, plus fragile.",
    )
    return make_picture(
        "profil",
        lambda width, prefix: domain_profile(
            area.name, points, caption, width=width, prefix=prefix
        ),
        references,
    )


def _map(edition: Edition, area: Area) -> Picture:
    places = []
    for code, region in edition.areas.items():
        row = edition.score(code, INDEX, INDEX)
        value = None if row is None else row["score"]
        reason = "" if value is not None else UNCLASSIFIED
        places.append(PlaceValue(code, region.name, value, reason))
    caption = Caption(
        title="L’indice de fragilité des régions",
        subtitle=f"France = {CENTRE}, plus haut est plus fragile, édition {edition.year}",
        source=SOURCE,
    )
    measure = Measure("", SCORE_DECIMALS, float(CENTRE))

    def draw(width: int, prefix: str) -> Chart:
        return region_map(places, measure, caption, highlight=area.code, width=width, prefix=prefix)

    return make_named_picture("carte", draw, _regions(edition))


def _ranks(edition: Edition, area: Area) -> Picture:
    drawn = {row["region_code"]: row for row in edition.rows("out_uncertainty")}
    units = []
    for code, region in edition.areas.items():
        row, order = drawn.get(code), edition.order(code)
        ranks = _ranks_of(row, order)
        units.append(RankInterval(code, region.name, ranks, "" if ranks else UNCLASSIFIED))
    caption = Caption(
        title="Un rang dépend de la méthode",
        subtitle=f"Rang de fragilité des régions, édition {edition.year}",
        source=SOURCE,
        note="Intervalle de méthode, non de sondage : normalisation, agrégation, poids varient.",
    )

    def draw(width: int, prefix: str) -> Chart:
        return rank_intervals(units, caption, highlight=area.code, width=width, prefix=prefix)

    return make_named_picture("rangs", draw, _regions(edition))


def _ranks_of(row: Row | None, order: Row | None) -> Ranks | None:
    if row is None or order is None or row["rank_median"] is None or order["rank_best"] is None:
        return None
    return Ranks(
        row["rank_median"],
        row["rank_low"],
        row["rank_high"],
        order["rank_best"],
        order["rank_worst"],
    )


def _on_all_axes(edition: Edition) -> dict[str, list[float]]:
    """Return the published scores by axis of the regions that have one on every axis."""
    found = {}
    for code in edition.areas:
        rows = [edition.score(code, "axis", axis["axis_id"]) for axis in edition.axes]
        scores = [row["score"] for row in rows if row is not None and row["score"] is not None]
        if len(scores) == len(edition.axes):
            found[code] = scores
    return found


def _order(edition: Edition, scores: Mapping[str, Sequence[float]]) -> Picture:
    """Draw which regions are more fragile than which on all axes."""
    dominance = [[_dominates(scores[r], scores[q]) for q in scores] for r in scores]
    units = [Unit(code, edition.areas[code].name) for code in scores]
    caption = Caption(
        title="Qui est plus fragile que qui sur tous les axes",
        subtitle=f"Ordre partiel des régions, édition {edition.year}",
        source=SOURCE,
        note="Sans trait de l’une à l’autre, deux régions ne se comparent qu’en pesant les axes.",
    )

    def draw(width: int, prefix: str) -> Chart:
        return hasse_diagram(units, dominance, caption, width=width, prefix=prefix)

    return make_named_picture("ordre", draw, _regions(edition))


def _dominates(first: Sequence[float], second: Sequence[float]) -> bool:
    pairs = [(compared(a), compared(b)) for a, b in zip(first, second, strict=True)]
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)


def _contributions(edition: Edition, area: Area) -> Iterator[Picture]:
    own = edition.score(str(area.code), INDEX, INDEX)
    if own is None or own["score"] is None:
        return
    rows = [row for row in edition.rows("out_contributions") if row["region_code"] == area.code]
    domains = [row for row in rows if row["part_level"] == "domain"]
    indicators = sorted(
        (r for r in rows if r["part_level"] == "indicator" and r["contribution"] is not None),
        key=lambda row: (-compared(abs(row["contribution"])), row["part_id"]),
    )[:CONTRIBUTING]
    kinds = {"domain": Kind.DOMAIN, "indicator": Kind.INDICATOR}
    place = {
        french.typographic(row["part_label"]): str(
            Reference(area.short, edition.year, kinds[row["part_level"]], (row["part_id"],))
        )
        for row in (*domains, *indicators)
    }
    caption = Caption(
        title=f"Ce qui fait l’indice {area.genitive}",
        subtitle=f"Contributions à l’écart à la France, en points d’indice, édition {edition.year}",
        source=SOURCE,
        note="Les contributions des domaines s’additionnent exactement.",
    )

    def draw(width: int, prefix: str) -> Chart:
        return contributions(
            own["score"],
            [_part(row) for row in domains],
            [_part(row) for row in indicators],
            caption,
            width=width,
            prefix=prefix,
        )

    yield make_named_picture("contributions", draw, place)


def _regions(edition: Edition) -> dict[str, str]:
    """Return the reference of the index of each region by its name."""
    return {
        region.name: str(Reference(region.short, edition.year, Kind.INDEX, ()))
        for region in edition.areas.values()
    }


def _part(row: Row) -> Contribution:
    is_there = row["contribution"] is not None
    return Contribution(row["part_label"], row["contribution"], "" if is_there else UNSCORED)

"""What a report says on its first screen: both ends, how sure, what changed, what is not known.

It chooses among published rows; the figures themselves are those of the other parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from phare_pipeline import french
from phare_pipeline.contract.reference import Reference
from phare_pipeline.index.ties import compared
from phare_pipeline.outputs.reports.blocks import ACTORS
from phare_pipeline.outputs.reports.cells import KINDS, SCORE_DECIMALS, ScoreCells
from phare_pipeline.outputs.reports.edition import INDEX, Area, Edition, Row
from phare_pipeline.outputs.reports.figures import (
    Figure,
    Shown,
    Year,
    count,
    counted,
    listing,
    say,
    sentence,
)
from phare_pipeline.outputs.reports.index_pages import edition_base, interval, region_base
from phare_pipeline.outputs.reports.sentences import CENTRE, CLOSE, base_of
from phare_pipeline.outputs.reports.survey_rows import RESULTS, own_rows

NAMED = 3
"""Fragilities and strengths that are named, at most."""


@dataclass(frozen=True)
class Point:
    """A domain of the region, or for France a region, at one end of the scale.

    Attributes:
        label: its name; `anchor` the block of the report about it, empty for none.
        score, rank: of fragility.
        base: indicators that carry the score, of those expected.
        since: how its renewed indicators changed, or why nothing is said.
    """

    label: str
    anchor: str
    score: Shown
    rank: Figure | None
    base: Markup
    since: Markup


@dataclass(frozen=True)
class Brief:
    """The first screen; `change` is empty for France, which is always the centre of the scale."""

    fragilities: tuple[Point, ...]
    strengths: tuple[Point, ...]
    sure: Markup
    change: Markup
    unknown: Markup


def brief(edition: Edition, area: Area) -> Brief:
    """Return the first screen of a region or of France."""
    rows = _ends(edition, area)
    above = [row for row in rows if compared(row["score"]) - CENTRE >= CLOSE]
    below = [row for row in reversed(rows) if compared(row["score"]) - CENTRE <= -CLOSE]
    return Brief(
        fragilities=tuple(_point(edition, area, row) for row in above[:NAMED]),
        strengths=tuple(_point(edition, area, row) for row in below[:NAMED]),
        sure=Markup(" ").join(_sure(edition, area)),
        change=Markup() if area.code is None else _index_change(edition, area),
        unknown=Markup(" ").join(_unknown(edition, area)),
    )


def _ends(edition: Edition, area: Area) -> list[Row]:
    """Return the scored domains of a region, or the indices of the regions, most fragile first."""
    if area.code is None:
        rows: Sequence[Row | None] = edition.scores(INDEX, INDEX)
    else:
        names = [domain["domain_id"] for domain in edition.domains]
        rows = [edition.score(area.code, "domain", name) for name in names]
    known = [row for row in rows if row is not None and row["score"] is not None]
    return sorted(
        known,
        key=lambda row: (-compared(row["score"]), row["component_order"], row["region_code"]),
    )


def _point(edition: Edition, area: Area, row: Row) -> Point:
    region = edition.areas[row["region_code"]]
    cells, name = ScoreCells(region, row), row["component_id"]
    return Point(
        label=region.name if area.is_national else french.typographic(row["component_label"]),
        anchor="" if area.is_national else f"domaine-{name}",
        score=cells.score,
        rank=cells.rank,
        base=region_base(edition, region) if area.is_national else base_of(edition, area, name),
        since=_since(edition, region, row["component_level"], name),
    )


def _since(edition: Edition, area: Area, level: str, component: str) -> Markup:
    """Say how the renewed indicators of a composite changed, in a few words."""
    row = edition.change(str(area.code), level, component)
    if row is None or row["change_status"] != "measured":
        return Markup("évolution non mesurée")
    year = Year(row["compared_edition"])
    if row["change_value"] is None:
        return say("mêmes données qu’en {}", year)
    return say("{} depuis {} sur {}", _moved(area, row), year, _renewed(row))


def _renewed(row: Row) -> Markup:
    """Count the common indicators that show a new figure: the change is theirs alone."""
    return counted(
        row["common_count"] - row["repeated_count"],
        "out_change.common_count",
        "indicateur renouvelé",
        "indicateurs renouvelés",
    )


def _moved(area: Area, row: Row) -> Figure:
    value, level = row["change_value"], row["component_level"]
    facet = "evolution_valeurs"
    if row["comparison_basis"] != "reference":
        facet += "_precedente"
    subject = () if level == INDEX else (row["component_id"],)
    place = Reference(area.short, row["year"], KINDS[level], subject, facet)
    text = french.quantity(value, "points", SCORE_DECIMALS, is_signed=True)
    return Figure(text, value, str(place), "out_change.change_value")


def _index_change(edition: Edition, area: Area) -> Markup:
    row = edition.change(str(area.code), INDEX, INDEX)
    if row is None or row["compared_edition"] is None:
        return sentence("Aucune édition comparable n’est publiée")
    then = Year(row["compared_edition"])
    if row["change_status"] != "measured":
        return sentence(
            say("Aucune évolution n’est dite\u00a0: trop peu est comparable à l’édition {}", then)
        )
    if row["change_value"] is None:
        return sentence(say("Les données communes sont les mêmes qu’en {}", then))
    return sentence(
        say(
            "{} depuis l’édition {} sur {}, des {} communs aux deux\u00a0; plus haut est plus "
            "fragile",
            _moved(area, row),
            then,
            _renewed(row),
            count(row["common_count"], "out_change.common_count"),
        )
    )


def _sure(edition: Edition, area: Area) -> Iterator[Markup]:
    ranks = None if area.code is None else interval(edition, area.code, is_feminine=True)
    row = None if area.code is None else edition.uncertainty(area.code)
    if ranks is not None and row is not None:
        yield sentence(
            say(
                "En faisant varier la méthode de {} façons, la région se classe neuf fois sur dix "
                "entre la {} et la {} place",
                count(row["draw_count"], "out_uncertainty.draw_count"),
                *ranks,
            )
        )
    base = edition_base(edition)
    yield base or sentence("La base de l’édition n’est pas publiée")


def _unknown(edition: Edition, area: Area) -> Iterator[Markup]:
    codes = list(edition.areas) if area.code is None else [area.code]
    missing = [
        french.typographic(domain["domain_label"])
        for domain in edition.domains
        if not any(
            (row := edition.score(code, "domain", domain["domain_id"])) is not None
            and row["score"] is not None
            for code in codes
        )
    ]
    if missing:
        number = counted(len(missing), "dim_domain", "domaine non noté", "domaines non notés")
        yield sentence(say("{}\u00a0: {}", number, listing(missing)))
    if not any(own_rows(edition, area, RESULTS, actor) for actor in ACTORS):
        yield sentence(say("Aucune enquête auprès des acteurs ne porte sur {}", area.subject))
    elif not missing:
        yield sentence("Tous les domaines sont notés")

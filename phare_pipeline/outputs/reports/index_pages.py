"""The index pages: the region among the others, its axes, the profile of its domains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from phare_pipeline import french
from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.index.ties import compared
from phare_pipeline.outputs.reports.cells import OrderCells, ScoreCells
from phare_pipeline.outputs.reports.edition import INDEX, Area, Edition, Row
from phare_pipeline.outputs.reports.figures import (
    Figure,
    Label,
    Missing,
    Shown,
    Year,
    count,
    counted,
    say,
    sentence,
)
from phare_pipeline.outputs.reports.sentences import CENTRE, france_is

UNCLASSIFIED = "trop de domaines ne sont pas notés dans cette édition"


@dataclass(frozen=True)
class Place:
    """A region in the ranking: its index, its rank, and what the four axes alone allow."""

    area: Area
    is_subject: bool
    score: Shown
    rank: Figure | None
    coverage: Figure
    front: Figure | None
    rank_range: tuple[Figure, Figure] | None
    interval: tuple[Figure, Figure] | None
    reference: str


@dataclass(frozen=True)
class Component:
    """An axis of the region, with the lowest and highest of the regions."""

    axis_id: str
    label: str
    score: Shown
    rank: Figure | None
    lowest: tuple[Figure, str] | None
    highest: tuple[Figure, str] | None
    reference: str


@dataclass(frozen=True)
class IndexPages:
    """All that the index pages show."""

    summary: Markup
    base: Markup
    order: Markup
    places: tuple[Place, ...]
    axes: tuple[Component, ...]


def index_pages(edition: Edition, area: Area) -> IndexPages:
    """Return the index pages of a region or of France."""
    return IndexPages(
        summary=_summary(edition, area),
        base=_base(edition),
        order=_order(edition, area),
        places=tuple(places(edition, area)),
        axes=tuple(_component(edition, area, axis) for axis in edition.axes),
    )


def _base(edition: Edition) -> Markup:
    """Say on how many figures the index of the edition rests, and what is short."""
    row = edition.foundation
    if row is None:
        return Markup("")
    number = {name: count(row[name], f"out_foundation.{name}") for name in (
        "present_count", "expected_count", "scored_domain_count", "domain_total", "recent_count"
    )}  # fmt: skip
    base = say(
        "Base de l’édition\u00a0: {} indicateurs du socle présents sur {} attendus, {} domaines "
        "notés sur {} dans toutes les régions, {} indicateurs dont les chiffres datent de {} ou "
        "après",
        *number.values(),
        Year(row["recent_from"]),
    )
    if row["shortfall_fr"] is None:
        return sentence(base)
    short = Label(row["shortfall_fr"], "out_foundation.shortfall_fr")
    return sentence(sentence(base), say("Elle est insuffisante\u00a0: {}", short))


def places(edition: Edition, area: Area) -> Iterator[Place]:
    """Yield the regions from the most fragile; unclassified ones last, in alphabetical order."""
    rows = edition.scores(INDEX, INDEX)
    for row in sorted(rows, key=lambda r: (r["score"] is None, r["fragility_rank"])):
        region = edition.areas[row["region_code"]]
        cells, order = ScoreCells(region, row), edition.order(row["region_code"])
        ordered = None if order is None else OrderCells(region, order)
        is_ordered = ordered is not None and ordered.is_ordered
        yield Place(
            area=region,
            is_subject=row["region_code"] == area.code,
            score=cells.score if cells.is_scored else Missing(UNCLASSIFIED),
            rank=cells.rank,
            coverage=cells.coverage,
            front=ordered["front_fragile_rank"] if ordered and is_ordered else None,
            rank_range=(
                (ordered["rank_best"], ordered["rank_worst"]) if ordered and is_ordered else None
            ),
            interval=_interval(edition, row["region_code"]),
            reference=cells.reference,
        )


def _interval(edition: Edition, code: str) -> tuple[Figure, Figure] | None:
    """Return the 90 % interval of a region's rank when the method varies."""
    row = edition.uncertainty(code)
    if row is None or row["rank_low"] is None:
        return None
    area = edition.areas[code]
    return _rank_drawn(area, row, "rank_low"), _rank_drawn(area, row, "rank_high")


_DRAWN_FACETS = {"rank_median": "rang_median", "rank_low": "rang_bas", "rank_high": "rang_haut"}


def _rank_drawn(area: Area, row: Row, column: str) -> Figure:
    place = Reference(area.short, row["year"], Kind.INDEX, (), _DRAWN_FACETS[column])
    text = french.ordinal(row[column])
    return Figure(text, row[column], str(place), f"out_uncertainty.{column}")


def _component(edition: Edition, area: Area, axis: Row) -> Component:
    axis_id = axis["axis_id"]
    rows = [row for row in edition.scores("axis", axis_id) if row["score"] is not None]
    extremes = sorted(rows, key=lambda row: (-row["fragility_rank"], row["region_code"]))
    own = None if area.code is None else edition.score(area.code, "axis", axis_id)
    cells = None if own is None else ScoreCells(area, own)
    return Component(
        axis_id=axis_id,
        label=axis["axis_label"],
        score=cells.score if cells and cells.is_scored else Missing("non noté dans cette édition"),
        rank=cells.rank if cells else None,
        lowest=_extreme(edition, extremes[:1]),
        highest=_extreme(edition, extremes[-1:]),
        reference=cells.reference if cells else "",
    )


def _extreme(edition: Edition, rows: Sequence[Row]) -> tuple[Figure, str] | None:
    for row in rows:
        region = edition.areas[row["region_code"]]
        score = ScoreCells(region, row).score
        if isinstance(score, Figure):
            return score, region.name
    return None


def _summary(edition: Edition, area: Area) -> Markup:
    rows = [row for row in edition.scores(INDEX, INDEX) if row["score"] is not None]
    if not rows:
        return sentence("Aucune région n’est classée\u00a0: " + UNCLASSIFIED)
    if area.code is None:
        return _national_summary(edition, rows)
    own = edition.score(area.code, INDEX, INDEX)
    if own is None or own["score"] is None:
        subject, negation = french.capitalised(area.subject), "ne" if area.is_plural else "n’"
        space = " " if area.is_plural else ""
        return sentence(
            say(
                "{} {}{}{} pas {}\u00a0: {}",
                subject,
                negation,
                space,
                area.be,
                area.agree("classé"),
                UNCLASSIFIED,
            )
        )
    cells = ScoreCells(area, own)
    score = compared(own["score"])
    word = "au-dessus" if score > CENTRE else "en dessous" if score < CENTRE else "au niveau"
    return sentence(
        say(
            "L’indice de fragilité {} est de {}, {} de la France ({})\u00a0: {}\u00a0rang du plus "
            "au moins fragile parmi {}",
            area.genitive,
            cells.score,
            word,
            france_is(),
            cells.rank,
            counted(len(rows), "dim_region", "région classée", "régions classées"),
        )
    )


def _national_summary(edition: Edition, rows: Sequence[Row]) -> Markup:
    ordered = sorted(rows, key=lambda row: (row["fragility_rank"], row["region_code"]))
    first, last = ordered[0], ordered[-1]
    named = [(edition.areas[row["region_code"]], row) for row in (first, last)]
    (most, top), (least, bottom) = named
    return sentence(
        say(
            "{} ont l’indice le plus haut des {} ({}), {} le plus bas ({})"
            if most.is_plural
            else "{} a l’indice le plus haut des {} ({}), {} le plus bas ({})",
            french.capitalised(most.subject),
            counted(len(rows), "dim_region", "région classée", "régions classées"),
            ScoreCells(most, top).score,
            least.subject,
            ScoreCells(least, bottom).score,
        )
    )


def _order(edition: Edition, area: Area) -> Markup:
    """Say what holds whatever the weights of the axes: rank range, front, benchmark."""
    row = None if area.code is None else edition.order(area.code)
    if row is None or row["rank_best"] is None:
        return Markup()
    cells = OrderCells(area, row)
    best, worst = cells["rank_best"], cells["rank_worst"]
    if row["rank_best"] == row["rank_worst"]:
        ranks = say("son rang est le {}", best)
    else:
        ranks = say("son rang va du {} au {}", best, worst)
    clauses = [
        _drawn(edition, str(area.code)),
        sentence(say("Quels que soient les poids des axes, {}", ranks)),
        _benchmark(edition, row, cells),
    ]
    return Markup(" ").join(clause for clause in clauses if clause)


def _drawn(edition: Edition, code: str) -> Markup:
    """Say how far the rank holds when the method varies."""
    interval, row = _interval(edition, code), edition.uncertainty(code)
    if interval is None or row is None:
        return Markup()
    return sentence(
        say(
            "Quand la méthode varie ({} tirages), son rang médian est le {}, et va du {} au {} "
            "neuf fois sur dix",
            count(row["draw_count"], "out_uncertainty.draw_count"),
            _rank_drawn(edition.areas[code], row, "rank_median"),
            *interval,
        )
    )


def _benchmark(edition: Edition, row: Row, cells: OrderCells) -> Markup:
    code = row["benchmark_region_code"]
    if code is None or compared(row["pareto_gap"]) <= 0:
        return sentence("Aucune autre région n’est moins fragile sur tous les axes à la fois")
    benchmark = edition.areas[code]
    points = french.plural(row["pareto_gap"], "point")
    return sentence(
        say(
            "{} {} moins {} sur chacun des axes, d’au moins {}\u00a0{}",
            french.capitalised(benchmark.subject),
            benchmark.be,
            benchmark.agree("fragile"),
            cells.gap,
            points,
        )
    )

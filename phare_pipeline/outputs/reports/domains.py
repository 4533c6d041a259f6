"""The blocks of the domains of a region: sentence, doubts, indicators, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from phare_pipeline.outputs.reports import sentences
from phare_pipeline.outputs.reports.cells import SHORT_UNITS, IndicatorCells, ScoreCells
from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.figures import (
    Figure,
    Label,
    Missing,
    Shown,
    Year,
    say,
    sentence,
)
from phare_pipeline.outputs.reports.vision import ActorNote, actor_notes

METROPOLE = "metropole"


@dataclass(frozen=True)
class Line:
    """A line of a domain's table.

    Attributes:
        indicator_id, label: of the indicator.
        unit: when it is too long to stand behind each number, else empty.
        years: of the data.
        reference: of the value.
        value, france: figures; `share` of France for counts.
        rank: from the most fragile; None for a context figure.
        side: "plus", "moins" or "" (context figure or equal) fragile than France.
        is_worst: in the most fragile quarter of the regions.
        flags: what is not plain of the figure, in words.
    """

    indicator_id: str
    label: Label
    unit: Label | None
    years: Year
    reference: str
    value: Shown
    france: Shown
    share: Figure | None
    rank: Figure | None
    side: str
    is_worst: bool
    flags: tuple[str | Label, ...]


@dataclass(frozen=True)
class Gap:
    """Indicators that have no value, for one reason."""

    reason: Label
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class DomainBlock:
    """A domain of a report.

    Attributes:
        domain_id, axis_id, axis_label, label: as in `dim_domain`.
        score: of the domain, `reference` its reference.
        base: how many indicators carry the score, of how many.
        rank: from the most fragile.
        lead: where the region stands and what weighs; or why there is no score.
        doubts: reasons to read it with care.
        lines: indicators with a value; `gaps`: those without.
        notes: of the actors.
    """

    domain_id: str
    axis_id: str
    axis_label: str
    label: str
    score: Shown
    reference: str
    base: Markup
    rank: Figure | None
    lead: Markup
    doubts: tuple[Markup, ...]
    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[ActorNote, ...]


def domain_blocks(edition: Edition, area: Area) -> Iterator[DomainBlock]:
    """Yield the blocks of a region, in the order of the study."""
    assert area.code is not None
    for domain in edition.domains:
        rows = edition.domain_indicators(area.code, domain["domain_id"])
        score = edition.score(area.code, "domain", domain["domain_id"])
        cells = None if score is None else ScoreCells(area, score)
        is_scored = cells is not None and cells.is_scored
        yield DomainBlock(
            domain_id=domain["domain_id"],
            axis_id=domain["axis_id"],
            axis_label=domain["axis_label"],
            label=domain["domain_label"],
            score=cells.score if cells and is_scored else Missing(why_unscored(score)),
            reference=cells.reference if cells and is_scored else "",
            base=sentences.base_of(edition, area, domain["domain_id"]),
            rank=cells.rank if cells else None,
            lead=_lead(edition, area, score, rows),
            doubts=tuple(sentences.doubts(edition, area, domain)),
            lines=tuple(line_of(edition, area, row) for row in rows if row["value"] is not None),
            gaps=tuple(gaps_of(row for row in rows if row["value"] is None)),
            notes=actor_notes(edition, area, domain["domain_id"]),
        )


def why_unscored(score: Row | None) -> str:
    """Say in words why a domain has no score."""
    if score is None or score["coverage_pct"] == 0:
        return "aucun indicateur de ce domaine n’est noté dans cette édition"
    return "sa base est trop étroite dans cette édition"


def _lead(edition: Edition, area: Area, score: Row | None, rows: Sequence[Row]) -> Markup:
    if score is None or score["score"] is None:
        stands = sentence(say("Domaine non noté\u00a0: {}", why_unscored(score)))
    else:
        stands = sentences.stands(area, score, score["rank_of"])
    weighs = sentences.weighs(edition, area, rows)
    return Markup(" ").join(text for text in (stands, weighs) if text)


def line_of(edition: Edition, area: Area, row: Row) -> Line:
    """Return the line of an indicator that has a value.

    For France the row is that of any region: what is said of this region alone is left out.
    """
    cells = IndicatorCells(area, row, edition.lexicon[row["indicator_id"]]["decimals"])
    return Line(
        indicator_id=row["indicator_id"],
        label=Label(row["indicator_label"], "dim_indicator.indicator_label"),
        unit=None if row["unit"] in SHORT_UNITS else Label(row["unit"], "dim_indicator.unit"),
        years=Year(row["data_year"]),
        reference=cells.reference,
        value=cells.value,
        france=cells.france,
        share=None if area.is_national else cells.share,
        rank=None if area.is_national else cells.fragility_rank,
        side="" if area.is_national else _side(row),
        is_worst=not area.is_national and bool(row["is_in_worst_quarter"]),
        flags=tuple(_flags(edition, area, row)),
    )


def _side(row: Row) -> str:
    if row["direction"] == 0 or not row["gap"]:
        return ""
    return "plus" if row["is_worse_than_france"] else "moins"


def _flags(edition: Edition, area: Area, row: Row) -> Iterator[str | Label]:
    """Yield what is not plain of a figure."""
    if row["value_status"] == "estimated" and not area.is_national:
        yield "estimé"
    if row["value_status"] == "provisional":
        yield "provisoire"
    if row["has_break"]:
        yield "rupture de série"
    if (
        area.code is not None
        and row["direction"]
        and not sentences.scored_note(edition, area.code, row)
    ):
        yield "hors indice"
    perimeter = row["reference_perimeter"]
    if perimeter is not None and perimeter != METROPOLE:
        yield Label(f"référence : {edition.perimeters[perimeter]}", "dim_perimeter.perimeter_label")


def gaps_of(rows: Iterable[Row]) -> Iterator[Gap]:
    """Group the indicators without a value by reason, the longest list first."""
    by_reason: dict[str, list[Label]] = {}
    for row in rows:
        label = Label(row["indicator_label"], "dim_indicator.indicator_label")
        by_reason.setdefault(row["reason_fr"], []).append(label)
    for reason, labels in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0])):
        yield Gap(Label(reason, "out_indicators.reason_fr"), tuple(labels))

"""The blocks of the sixteen domains for France: where the regions differ, and between which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from phare_pipeline.outputs.reports.cells import IndicatorCells, ScoreCells
from phare_pipeline.outputs.reports.domains import Gap, Line, gaps_of, line_of
from phare_pipeline.outputs.reports.edition import FRANCE, Edition, Row
from phare_pipeline.outputs.reports.figures import Figure, counted, say, sentence
from phare_pipeline.outputs.reports.identity import row_of
from phare_pipeline.outputs.reports.vision import ActorNote, actor_notes


@dataclass(frozen=True)
class Extreme:
    """The region with the lowest or highest value, and that value."""

    region: str
    value: Figure


@dataclass(frozen=True)
class NationalLine:
    """An indicator for France, with the regions at both ends."""

    line: Line
    lowest: Extreme
    highest: Extreme


@dataclass(frozen=True)
class NationalBlock:
    """A domain of the national report."""

    domain_id: str
    axis_id: str
    axis_label: str
    label: str
    lead: Markup
    lines: tuple[NationalLine, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[ActorNote, ...]


def national_blocks(edition: Edition) -> Iterator[NationalBlock]:
    """Yield the blocks of France, in the order of the study."""
    for domain in edition.domains:
        names = [
            row["indicator_id"]
            for row in sorted(edition.lexicon.values(), key=lambda row: row["indicator_order"])
            if row["domain_id"] == domain["domain_id"]
        ]
        grids = [edition.indicator(name) for name in names]
        present = [rows for rows in grids if any(row["value"] is not None for row in rows)]
        absent = [rows[0] for rows in grids if rows and rows not in present]
        yield NationalBlock(
            domain_id=domain["domain_id"],
            axis_id=domain["axis_id"],
            axis_label=domain["axis_label"],
            label=domain["domain_label"],
            lead=_lead(edition, domain),
            lines=tuple(_line(edition, rows) for rows in present),
            gaps=tuple(gaps_of(absent)),
            notes=actor_notes(edition, FRANCE, domain["domain_id"]),
        )


def _line(edition: Edition, rows: Sequence[Row]) -> NationalLine:
    valued = sorted(
        (row for row in rows if row["value"] is not None),
        key=lambda row: (-row["rank"], row["region_code"]),
    )
    own = row_of(edition, FRANCE, rows[0]["indicator_id"])
    assert own is not None
    cells = IndicatorCells(FRANCE, own, edition.lexicon[own["indicator_id"]]["decimals"])
    plain = line_of(edition, FRANCE, valued[0])
    line = replace(plain, reference=cells.reference, value=cells.france_alone)
    return NationalLine(line, _extreme(edition, valued[0]), _extreme(edition, valued[-1]))


def _extreme(edition: Edition, row: Row) -> Extreme:
    region = edition.areas[row["region_code"]]
    value = IndicatorCells(region, row, edition.lexicon[row["indicator_id"]]["decimals"]).value
    assert isinstance(value, Figure)
    return Extreme(region.name, value)


def _lead(edition: Edition, domain: Row) -> Markup:
    scored = [
        row for row in edition.scores("domain", domain["domain_id"]) if row["score"] is not None
    ]
    if not scored:
        return sentence("Aucune région n’a d’indice dans ce domaine")
    ordered = sorted(scored, key=lambda row: (row["fragility_rank"], row["region_code"]))
    (most, top), (least, bottom) = (
        (edition.areas[row["region_code"]], row) for row in (ordered[0], ordered[-1])
    )
    return sentence(
        say(
            "L’indice des {} va de {} ({}) à {} ({})",
            counted(len(scored), "dim_region", "région notée", "régions notées"),
            ScoreCells(least, bottom).score,
            least.name,
            ScoreCells(most, top).score,
            most.name,
        )
    )

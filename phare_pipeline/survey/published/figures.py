"""Reads the figures of a report that are no survey results: identity card, indicators, counts.

`figures.csv` of the codebook says what each figure is; the published table says what the report
prints for it, page by page, well written or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.survey.codebook import CONFIDENCES, Codebook, CodebookRow, codebook_rows
from phare_pipeline.survey.codebook.rows import ID, add_once
from phare_pipeline.survey.published.cells import read_slide
from phare_pipeline.survey.published.files import pinned_file

DEFINITION_COLUMNS = (
    *("figure_id", "block", "label_fr", "aliases", "nature", "unit", "direction", "is_dated"),
    "part_of",
)
FIGURE_COLUMNS = (
    *("figure_id", "column", "slide", "value", "value_printed", "unit_printed", "period_printed"),
    *("confidence", "note_fr"),
)
NATURES = ("stock", "count", "rate", "ratio", "change")
"""Stocks and counts add up over regions; rates and ratios do not; a change may have any sign."""

COLUMNS = ("region", "france", "share_of_france", "rank", "share_of_block")


@dataclass(frozen=True)
class Definition:
    """What a figure of the report is.

    Attributes:
        block: the table of the report in which it stands.
        unit: in which it is meant, whatever is printed.
        direction: 1 when more is more fragile, −1 when less is, 0 when neither.
        is_dated: it describes a year, which has to be printed.
        part_of: figure of the same block in which this one is already counted; None for most.
    """

    figure_id: str
    block: str
    label_fr: str
    aliases: tuple[str, ...]
    nature: str
    unit: str
    direction: int
    is_dated: bool
    part_of: str | None


@dataclass(frozen=True)
class PrintedFigure:
    """One cell of the report.

    Attributes:
        figure_id: empty when nothing says what the number is.
        column: region, france, share_of_france, rank, share_of_block.
        value: the number meant, in the unit of the definition (shares in percent); None when the
            report prints none.
        value_printed: the cell as printed, empty when the cell is.
        unit_printed: the unit as printed, empty when none is.
        period_printed: year or years as printed, empty when none is.
    """

    figure_id: str
    column: str
    slide: int
    value: float | None
    value_printed: str
    unit_printed: str
    period_printed: str
    confidence: str
    note_fr: str
    file: str
    line: int


def read_definitions(codebook_dir: Path) -> dict[str, Definition]:
    """Read what the figures of a report are.

    Args:
        codebook_dir: folder of the study's codebook.

    Raises:
        CodebookError: a line is badly written, or names what is not there.
    """
    found: dict[str, Definition] = {}
    rows = list(codebook_rows(codebook_dir / "figures.csv", DEFINITION_COLUMNS))
    for row in rows:
        definition = Definition(
            figure_id=row.matching("figure_id", ID, "a snake_case id"),
            block=row.matching("block", ID, "a snake_case id"),
            label_fr=row.text("label_fr"),
            aliases=row.aliases(),
            nature=row.one_of("nature", NATURES),
            unit=row.text("unit"),
            direction=int(row.one_of("direction", ("-1", "0", "1"))),
            is_dated=row.boolean("is_dated"),
            part_of=row.optional("part_of"),
        )
        add_once(found, definition.figure_id, definition, row, "figure_id")
    for row in rows:
        own = found[row.cells["figure_id"]]
        block = [other.figure_id for other in found.values() if other.block == own.block]
        row.one_of("part_of", ("", *(name for name in block if name != own.figure_id)))
    return found


def read_figures(
    surveys_dir: Path, codebook: Codebook, definitions: Mapping[str, Definition]
) -> tuple[PrintedFigure, ...]:
    """Read the printed figures of a study's report, in the order of their file.

    Raises:
        SourceError: the file is missing or is not the pinned one.
        CodebookError: a line is unknown to the definitions or badly written.
    """
    file = pinned_file(surveys_dir, codebook, "figures")
    rows = codebook_rows(surveys_dir / file.path, FIGURE_COLUMNS)
    return tuple(_figure(row, definitions, file.path) for row in rows)


def _figure(row: CodebookRow, definitions: Mapping[str, Definition], file: str) -> PrintedFigure:
    return PrintedFigure(
        figure_id=row.one_of("figure_id", ("", *definitions)),
        column=row.one_of("column", COLUMNS),
        slide=read_slide(row),
        value=row.optional_number("value"),
        value_printed=row.cells["value_printed"],
        unit_printed=row.cells["unit_printed"],
        period_printed=row.cells["period_printed"],
        confidence=row.one_of("confidence", CONFIDENCES),
        note_fr=row.cells["note_fr"],
        file=file,
        line=row.line,
    )

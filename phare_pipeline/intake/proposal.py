"""Proposes the options under which a file is read, reads it with them, and says what is open.

The proposal is held to the readers themselves: what they reject or find twice is a question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from phare_pipeline.errors import PhareError, SourceError
from phare_pipeline.intake.layout import Layout
from phare_pipeline.intake.marks import marks_of
from phare_pipeline.intake.opening import Opened
from phare_pipeline.intake.periods import YEAR_SHEET, date
from phare_pipeline.intake.places import (
    Axis,
    LevelColumn,
    find_axis,
    find_level_column,
    rows_of_levels,
)
from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.cells import clean, column_letter
from phare_pipeline.sources.figures import Reading
from phare_pipeline.sources.grids import Grid
from phare_pipeline.sources.periods import read_period
from phare_pipeline.sources.readers import READERS
from phare_pipeline.sources.rows import text_at

_MOST_NAMED = 8


@dataclass(frozen=True)
class Proposal:
    """How a file would be read, and what it then says.

    Attributes:
        reader: its family.
        options: of the family.
        questions: what could not be decided.
        reading: what the reader makes of it; None where it refuses.
    """

    reader: str
    options: dict[str, Any]
    questions: tuple[str, ...]
    reading: Reading | None


def propose(opened: Opened, registry: Registry) -> Proposal:
    """Look at a file and return how to read it.

    Raises:
        SourceError: no sheet of it has territories that the registry knows.
    """
    territories = Territories(registry)
    sheets, axis, level = _sheets_of(opened, territories)
    if axis.is_turned:
        reader, options, questions = _turned(sheets, axis, opened)
    else:
        layout = Layout(sheets[0], axis, registry, opened.path.stem, level)
        reader, options, questions = _upright(sheets, layout, opened)
    if opened.encoding not in (None, "utf-8"):
        options = {"encoding": opened.encoding, **options}
    if opened.delimiter not in (None, ";"):
        options = {"delimiter": opened.delimiter, **options}
    if opened.folder is not None:
        questions.append("no line end after the last line, which one is added to: is it whole?")
    reading, found = _try(opened, reader, options, territories)
    if axis.unknown:
        named = ", ".join(map(repr, axis.unknown[:_MOST_NAMED]))
        more = (
            f" and {len(axis.unknown) - _MOST_NAMED} more"
            if len(axis.unknown) > _MOST_NAMED
            else ""
        )
        questions.append(
            f"no territories: {named}{more}: `territory.national`, `aliases` or `ignore_rows`?"
        )
    return Proposal(reader, options, (*questions, *found), reading)


def _sheets_of(
    opened: Opened, territories: Territories
) -> tuple[list[Grid], Axis, LevelColumn | None]:
    """Return the sheets that are read alike, the best first, and where its territories stand."""
    found = []
    for grid in opened.grids:
        level = find_level_column(grid)
        rows = grid if level is None else rows_of_levels(grid, level)
        axis = find_axis(rows, territories)
        if axis is not None:
            found.append((rows, axis, level))
    if not found:
        raise SourceError(
            "No territory of the registry stands in a file",
            where=opened.path.name,
            found=f"{len(opened.grids)} sheets without départements, regions or communes",
            expected="a column or a row of codes or names",
            action="look at the file; other zones have to be brought to départements first",
        )
    years = [grid for grid, _, _ in found if YEAR_SHEET.match(clean(grid.name or ""))]
    best = max(found, key=lambda item: (len(item[1].resolved), len(item[0].rows)))
    others = [g for g in years if g is not best[0]] if best[0] in years else []
    return [best[0], *others], best[1], best[2]


def _upright(
    sheets: list[Grid], layout: Layout, opened: Opened
) -> tuple[str, dict[str, Any], list[str]]:
    grid, axis = layout.grid, layout.axis
    dating = date(layout, sheets)
    dimensions, is_unique = layout.dimensions()
    figures = [at for at in (dating.dated or layout.figures) if at not in dimensions]
    marks = marks_of(row[at] for row in layout.body for at in figures if at < len(row))
    questions = [*dating.questions, *marks.questions, *_sheet_questions(opened, sheets)]
    options: dict[str, Any] = {"header_lines": layout.header_lines}
    if grid.name is not None and len(opened.grids) > 1:
        options |= (
            {"sheets_matching": YEAR_SHEET.pattern} if len(sheets) > 1 else {"sheets": [grid.name]}
        )
    options["territory"] = _territory(layout.address(axis.at), axis)
    options["period"] = dating.option
    options["series"] = _series(layout, dating.dated, dimensions, figures)
    if layout.level is not None and layout.level.left:
        address = layout.address(layout.level.at)
        options["where"] = {address: list(layout.level.read)}
        questions.append(f"rows of {address!r} that are left: {', '.join(layout.level.left)}")
    for at in layout.status_columns:
        questions.append(f"column {layout.address(at)!r} may say a status: `status_column`?")
    if dating.expect:
        options["expect"] = dating.expect
    if marks.decimal not in (None, ","):
        options["decimal"] = marks.decimal
    for key in ("missing", "flags"):
        if getattr(marks, key):
            options[key] = getattr(marks, key)
            questions.append(f"`{key}` is proposed by convention: {getattr(marks, key)}")
    if axis.of_communes:
        options["sum_repeated"] = True
        questions.append("communes are added up to départements: only what adds may be read so")
    elif not is_unique:
        questions.append(
            "territories stand several times in a period and no column says why: a list? "
            "then `count`, `item` or `sum_repeated`"
        )
    if not layout.header_lines:
        questions.append("no line above the first territory heads the columns")
    return "table", options, questions


def _series(
    layout: Layout, dated: list[int] | None, dimensions: list[int], figures: list[int]
) -> dict[str, Any]:
    series: dict[str, Any] = {}
    if dimensions:
        series["columns"] = [layout.address(at) for at in dimensions]
    # Headers that hold a period are found by it; without one, every header would be taken.
    if dated is None:
        series["values"] = [layout.address(at) for at in figures]
    return series


def _territory(column: str, axis: Axis) -> dict[str, Any]:
    (level, nomenclature), *others = axis.ways
    levels = [level.value, *(other.value for other, _ in others)]
    option: dict[str, Any] = {"column": column}
    if axis.national:
        levels.append("national")
        option["national"] = axis.national
    option["level"] = "|".join(levels)
    names = {way for _, way in axis.ways}
    option["nomenclature"] = (
        nomenclature if len(names) == 1 else {lv.value: way for lv, way in axis.ways}
    )
    return option


def _sheet_questions(opened: Opened, sheets: Sequence[Grid]) -> list[str]:
    read = {grid.name for grid in sheets}
    left = [repr(grid.name) for grid in opened.grids if grid.name not in read and grid.rows]
    return [f"sheets not read: {', '.join(left[:_MOST_NAMED])}"] if left else []


def _turned(
    sheets: list[Grid], axis: Axis, opened: Opened
) -> tuple[str, dict[str, Any], list[str]]:
    """Territories stand in a row: periods, or headings of series, stand in the columns before."""
    [grid] = sheets[:1]
    line = axis.at + 1
    questions = _sheet_questions(opened, sheets)
    options: dict[str, Any] = {"territory_line": line}
    if len(opened.grids) > 1:
        options["sheets"] = [grid.name]
    options["territory"] = {
        key: value for key, value in _territory("", axis).items() if key != "column"
    }
    options["first_column"] = column_letter(axis.first)
    below = grid.rows[line:]
    for at in range(axis.first):
        texts = {t for row in below if (t := text_at(row, at))}
        if texts and sum(read_period(t) is not None for t in texts) >= 0.8 * len(texts):
            options["period"] = {"column": f"@{column_letter(at)}", "pattern": r"^(?P<year>\d{4})$"}
            others = [f"@{column_letter(i)}" for i in range(axis.first) if i != at]
            if others:
                options["series"] = {"columns": others}
            break
    else:
        headings = [f"@{column_letter(i)}" for i in range(axis.first)] or ["@A"]
        options |= {"series": {"columns": headings}, "period": {"fixed": "?"}}
        questions.append("period: no column before the territories holds periods")
    cells = [cell for row in below for cell in row[axis.first :]]
    marks = marks_of(cells)
    if marks.decimal not in (None, ","):
        options["decimal"] = marks.decimal
    return "territory_columns", options, [*questions, *marks.questions]


def _try(
    opened: Opened, reader: str, options: dict[str, Any], territories: Territories
) -> tuple[Reading | None, list[str]]:
    """Read the file under the proposal; return the figures, and what the reader says against it."""
    family = READERS[reader]
    try:
        family.check(options, opened.path.name)
        reading = family.read(opened.path, opened.path.name, options, territories, lambda _: True)
    except PhareError as error:
        return None, [f"the reader refuses the proposal: {error.what} ({error.found})"]
    questions = []
    rules = Counter(row.rule for row in reading.rejections)
    for rule, count in rules.items():
        first = next(row for row in reading.rejections if row.rule == rule)
        questions.append(f"{count} rows rejected, the first: {first.message}")
    keys = Counter(f[:5] for f in reading.figures)
    twice = next((key for key, count in keys.items() if count > 1), None)
    if twice is not None:
        count = sum(n - 1 for n in keys.values() if n > 1)
        questions.append(
            f"{count} figures stand twice, the first of {', '.join(filter(None, twice))}"
        )
    if not reading.figures:
        questions.append("no figure is read")
    return reading, questions

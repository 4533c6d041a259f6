"""Family `territory_columns`: one column (or several) per territory, rows are periods or headings.

The sheet is turned on its side and read as a `table`; messages and origins name the file's own
lines and columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.cells import cell_text, clean, column_index, column_letter
from phare_pipeline.sources.expected import check_expected
from phare_pipeline.sources.figures import Reading, Rejection, Wanted
from phare_pipeline.sources.grids import Grid, read_grids
from phare_pipeline.sources.options import Options
from phare_pipeline.sources.periods import read_period
from phare_pipeline.sources.table import read_tables, select_grids
from phare_pipeline.sources.table_options import FileOptions
from phare_pipeline.sources.table_parsing import read_file_options
from phare_pipeline.sources.values import ValueReader

_SHARED = (
    "encoding",
    "delimiter",
    "decimal",
    "thousands",
    "expect",
    "sheets",
    "sheets_matching",
    "missing",
    "flags",
    "absent",
    "sum_repeated",
    "hidden_rows",
)


def check_territory_columns_options(options: Mapping[str, Any], where: str) -> None:
    """Refuse wrong options before any file is opened."""
    _read_options(options, where)


def read_territory_columns(
    path: Path, label: str, options: Mapping[str, Any], territories: Territories, wanted: Wanted
) -> Reading:
    """Read one file whose columns are territories; the arguments are those of `read_table`.

    Raises:
        SourceError: the file as a whole is not what the options say.
    """
    file_options, first_line, period = _read_options(options, label)
    table = file_options.tables[0]
    grids = read_grids(path, label, file_options.encoding, file_options.delimiter)
    check_expected(grids, file_options.expect, label)
    sides = []
    unread: list[Rejection] = []
    for grid in select_grids(grids, table, label):
        start = next((i for i, n in enumerate(grid.lines) if n >= first_line), len(grid.rows))
        if period is not None:
            values = ValueReader(table.decimal, table.missing, table.flags, table.thousands)
            first = table.first_line - 1
            unread += _unread_periods(grid, label, start, first, period, values)
        sides.append(_turn(grid, start, table.header_lines))
    reading = read_tables(sides, [replace(table, sheets=None)], label, territories, wanted)
    reading.rejections += unread
    reading.absent_is_zero = file_options.absent_is_zero
    return reading


def _turn(grid: Grid, start: int, header_columns: tuple[int, ...]) -> Grid:
    """Turn a grid on its side; what heads its columns above `start` is no heading of a row."""
    rows = [list(row) for row in grid.rows]
    for row in rows[:start]:
        for column in header_columns:
            if column <= len(row):
                row[column - 1] = ""
    return Grid(grid.name, rows, grid.lines, marks=grid.marks).transposed()


def _unread_periods(
    grid: Grid,
    label: str,
    start: int,
    first_column: int,
    period: tuple[int, re.Pattern[str]],
    values: ValueReader,
) -> Iterator[Rejection]:
    """Reject rows that hold figures under a text that is no period."""
    column, pattern = period
    for index in range(start, len(grid.rows)):
        row = grid.rows[index]
        text = clean(cell_text(row[column])) if column < len(row) else ""
        bare, _ = values.split_flag(text)
        if read_period(bare, pattern) is not None:
            continue
        if any(values.read(cell)[0] is not None for cell in row[first_column:] if cell != ""):
            line, letter = grid.place(index, column)
            yield Rejection(
                label,
                grid.name,
                line,
                letter,
                "unreadable_period",
                repr(text),
                f"a period matching {pattern.pattern!r}",
            )


def _read_options(
    values: Mapping[str, Any], where: str
) -> tuple[FileOptions, int, tuple[int, re.Pattern[str]] | None]:
    """Say the options in the words of a table on its side.

    Returns:
        the options, the first line of figures, and column and pattern of the period (if any).
    """
    options = Options(values, where)
    territory_line = options.need("territory_line", int)
    lines = [territory_line]
    turned: dict[str, Any] = {key: values[key] for key in _SHARED if options.get(key, object)}
    territory = dict(options.get("territory", dict) or {})
    turned["territory"] = {**territory, "column": _line(territory_line)}
    series = dict(options.get("series", dict) or {})
    headings = [_column(options, text) for text in series.pop("columns", [])]
    if headings:
        series.setdefault("header", True)
    for key in ("series_line", "item_line"):
        line = options.get(key, int)
        if line is not None:
            lines.append(line)
            below = series if key == "series_line" else turned.setdefault("item", {})
            below["columns"] = [_line(line)]
    item = options.get("item", dict)
    if item is not None:
        turned["item"] = {**turned.get("item", {}), **item}
    turned["series"] = series
    period = dict(options.get("period", dict) or {})
    read: tuple[int, re.Pattern[str]] | None = None
    if "column" in period:
        below_period = options.table("period")
        column = _column(options, below_period.need("column", str))
        pattern = below_period.compile("pattern", below_period.need("pattern", str))
        below_period.finish()
        headings.append(column)
        read = (column - 1, pattern)
        period = {"header": pattern.pattern}
    turned["period"] = period
    turned["header_lines"] = sorted(set(headings))
    turned["first_line"] = _column(options, "@" + (options.get("first_column", str) or "B"))
    last_column = options.get("last_column", str)
    if last_column is not None:
        turned["last_line"] = _column(options, "@" + last_column)
    turned["ignore_rows"] = options.get("ignore_columns", list) or []
    first_line = options.get("first_line", int) or max(lines) + 1
    options.finish()
    if not headings:
        raise options.error("period", repr(period), "period.column or series.columns")
    return read_file_options(turned, where), first_line, read


def _line(line: int) -> str:
    """The address of a line once the sheet lies on its side."""
    return "@" + column_letter(line - 1)


def _column(options: Options, address: object) -> int:
    """The 1-based number of a column given as `@A`."""
    try:
        return column_index(str(address).removeprefix("@")) + 1
    except ValueError as error:
        raise SourceError(
            f"The column address {address!r} is wrong",
            where=options.where,
            found=str(error),
            expected="@ and a column letter, as @A",
        ) from error

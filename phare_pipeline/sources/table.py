"""Family `table`: one territory a row, wide or long, text or workbook; options in `table_options`.

Rows of lists and tables with their territories in columns pass here too. Measures, bounds and
completeness are matters of staging.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.cells import cell_text, clean
from phare_pipeline.sources.expected import check_expected
from phare_pipeline.sources.figures import Reading, Wanted
from phare_pipeline.sources.grids import WORKBOOKS, Grid, find_grid, read_grids
from phare_pipeline.sources.headers import Columns
from phare_pipeline.sources.kinds import check_size
from phare_pipeline.sources.large_lists import LARGE, read_large_list
from phare_pipeline.sources.rows import RowReader
from phare_pipeline.sources.sums import sum_repeated, sum_years
from phare_pipeline.sources.table_options import TableOptions
from phare_pipeline.sources.table_parsing import read_file_options


def check_table_options(options: Mapping[str, Any], where: str) -> None:
    """Refuse wrong options before any file is opened."""
    read_file_options(options, where)


def read_table(
    path: Path, label: str, options: Mapping[str, Any], territories: Territories, wanted: Wanted
) -> Reading:
    """Read one file of the `table` family.

    Args:
        path: where the file lies.
        label: how messages name it (its path below `raw/`).
        options: those of the source completed by those of the file.
        territories: the territories of the registry.
        wanted: tells which series any measure takes; the others are not read.

    Raises:
        SourceError: the file as a whole is not what the options say.
    """
    file_options = read_file_options(options, label)
    reading = None
    if path.suffix.lower() not in WORKBOOKS and path.stat().st_size >= LARGE:
        check_size(path, label)
        reading = read_large_list(path, label, file_options, territories, wanted)
    if reading is None:
        grids = read_grids(path, label, file_options.encoding, file_options.delimiter)
        check_expected(grids, file_options.expect, label)
        reading = read_tables(grids, file_options.tables, label, territories, wanted)
    reading.absent_is_zero = file_options.absent_is_zero
    if file_options.years_summed > 1:
        reading.figures = sum_years(
            reading.figures,
            file_options.years_summed,
            reading.rejections,
            absent_is_zero=reading.absent_is_zero,
        )
    return reading


def read_tables(
    grids: Sequence[Grid],
    tables: Sequence[TableOptions],
    label: str,
    territories: Territories,
    wanted: Wanted,
) -> Reading:
    """Read every table of a file from its grids."""
    reading = Reading()
    for options in tables:
        first = len(reading.figures)
        for grid in select_grids(grids, options, label):
            Section(grid, options, label).read(territories, wanted, reading)
        if options.sums_repeated:
            own = reading.figures[first:]
            reading.figures[first:] = sum_repeated(own, reading.rejections)
    return reading


def select_grids(grids: Sequence[Grid], options: TableOptions, label: str) -> Iterator[Grid]:
    """Return the grids of the sheets that a table names, in its order; of a text file, the one.

    Raises:
        SourceError: a named sheet is missing, or no sheet matches.
    """
    if options.sheets is not None:
        yield from (find_grid(grids, name, label) for name in options.sheets)
        return
    matching = options.sheets_matching
    found = [g for g in grids if matching is None or matching.search(clean(g.name or ""))]
    if not found or (matching is None and len(found) > 1):
        raise SourceError(
            "The sheets of the table are not clear",
            where=label,
            found=", ".join(repr(grid.name) for grid in grids),
            expected=f"sheets matching {matching.pattern!r}" if matching else "`sheets` named",
            action="declare `sheets` or `sheets_matching` in raw/sources.toml",
        )
    yield from found


@dataclass(frozen=True)
class Section:
    """One table on one grid: where it begins and ends, and its columns."""

    grid: Grid
    options: TableOptions
    label: str

    @property
    def where(self) -> str:
        """How messages name the sheet."""
        name = self.grid.name
        return self.label if name is None else f"{self.label}, sheet {name!r}"

    def read(self, territories: Territories, wanted: Wanted, reading: Reading) -> None:
        """Read the rows into `reading`."""
        columns = Columns(self.grid, self.options.header_lines, self.where)
        first, last = self._extent()
        rows = RowReader(self.grid, self.options, columns, self.label, territories)
        rows.read(range(first, last), wanted, reading)

    def _extent(self) -> tuple[int, int]:
        """The 0-based first row and the row after the last one."""
        options = self.options
        first = options.first_line - 1
        last = len(self.grid.rows)
        if options.after is not None:
            first = max(first, self._find_row(options.after, 0) + 1)
        if options.until is not None:
            last = self._find_row(options.until, first)
        if options.last_line is not None:
            last = min(last, options.last_line)
        return first, last

    def _find_row(self, text: str, start: int) -> int:
        wanted = clean(text)
        for row in range(start, len(self.grid.rows)):
            if any(clean(cell_text(cell)) == wanted for cell in self.grid.rows[row] if cell != ""):
                return row
        raise SourceError(
            f"The text {text!r} that bounds a block is not there",
            where=self.where,
            found=f"no such cell from line {start + 1} on",
            expected=repr(text),
            action="compare with the file; then correct `after` and `until` in raw/sources.toml",
        )

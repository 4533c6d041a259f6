"""Decides which cells of a workbook are refused for what it says of them; it is read elsewhere."""

from __future__ import annotations

from collections.abc import Collection

from phare_pipeline.sources.cells import column_letter
from phare_pipeline.sources.grids import Grid
from phare_pipeline.sources.workbooks import FORMULA, MERGED, PERCENT, Mark


class MarkedCells:
    """The marks of one grid, asked by its 0-based rows and columns; false when there is none."""

    def __init__(self, grid: Grid, reads_hidden: bool) -> None:
        self._grid = grid
        self._cells = grid.marks.cells
        self._hidden: Collection[int] = () if reads_hidden else grid.marks.hidden

    def __bool__(self) -> bool:
        """Tell whether any cell must be looked at."""
        return bool(self._cells or self._hidden)

    def is_percent(self, place: tuple[int, str]) -> bool:
        """Tell whether the workbook shows a hundred times the value of a cell."""
        mark = self._cells.get(place)
        return mark is not None and mark.rule == PERCENT

    def covered(self, row: int, column: int) -> str | None:
        """Return the merged area of a cell that is not its first one."""
        mark = self._cells.get(self._grid.place(row, column))
        if mark is None or mark.area is None or self._first(mark) == (row, column):
            return None
        return _name(mark)

    def why_refused(
        self, row: int, column: int, value: float | None, figures: Collection[int]
    ) -> tuple[str, str, str] | None:
        """Return rule, what is found and what is expected of a cell that must not be read.

        Args:
            row: of the grid.
            column: of the grid.
            value: what is read in the cell.
            figures: the columns of figures of the row.
        """
        place = self._grid.place(row, column)
        if place[0] in self._hidden and value is not None:
            found, expected = "a hidden line", 'lines in sight, or hidden_rows = "read"'
            return "hidden_row", f"{value:.15g} in {found}", expected
        mark = self._cells.get(place)
        if mark is None:
            return None
        if mark.rule == FORMULA:
            found = "a formula whose result is not stored"
            return FORMULA, found, "a value: open and save the file in a spreadsheet"
        if mark.rule == MERGED and self._is_shared(mark, figures):
            return MERGED, f"one cell over {_name(mark)}", "a figure for each row and column"
        return None

    def _is_shared(self, mark: Mark, figures: Collection[int]) -> bool:
        """Tell whether a merged area stands for several figures."""
        top, left, bottom, right = mark.area or (0, 0, 0, 0)
        if self._grid.is_transposed:
            top, left, bottom, right = left, top, right, bottom
        row, column = self._first(mark)
        if self._grid.cell(row, column) == "":
            return False
        return bottom > top or sum(left <= at <= right for at in figures) > 1

    def _first(self, mark: Mark) -> tuple[int, int]:
        """The first cell of a merged area, in the grid."""
        top, left, _, _ = mark.area or (0, 0, 0, 0)
        if self._grid.is_transposed:
            return left, self._grid.lines.index(top + 1) if top + 1 in self._grid.lines else -1
        return (self._grid.lines.index(top + 1) if top + 1 in self._grid.lines else -1), left


def _name(mark: Mark) -> str:
    top, left, bottom, right = mark.area or (0, 0, 0, 0)
    return f"{column_letter(left)}{top + 1}:{column_letter(right)}{bottom + 1}"

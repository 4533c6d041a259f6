"""Checks the texts that must stand in a file (title, unit, vintage); no figure is read."""

from __future__ import annotations

from collections.abc import Sequence

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.cells import cell_text, clean, column_index
from phare_pipeline.sources.grids import Grid, find_grid
from phare_pipeline.sources.table_options import Expected


def check_expected(grids: Sequence[Grid], expected: Sequence[Expected], label: str) -> None:
    """Check the texts (title, unit, vintage) that must stand in a file.

    Raises:
        SourceError: a cell does not hold the declared text.
    """
    for entry in expected:
        grid = grids[0] if entry.sheet is None else find_grid(grids, entry.sheet, label)
        letters = entry.cell.rstrip("0123456789")
        line = int(entry.cell[len(letters) :])
        rows = [i for i, number in enumerate(grid.lines) if number == line]
        cell = grid.cell(rows[0], column_index(letters)) if rows else ""
        found = clean(cell_text(cell))
        if clean(entry.text) not in found:
            sheet = f", sheet {grid.name!r}" if grid.name is not None else ""
            raise SourceError(
                "A text that must stand in the file (title, unit, vintage) is not there",
                where=f"{label}{sheet}, line {line}, column {letters}",
                found=repr(found),
                expected=repr(entry.text),
                action="compare unit and vintage with the declaration before you change `expect`",
            )

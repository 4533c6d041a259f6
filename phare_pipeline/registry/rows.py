"""Reads one CSV table of the registry cell by cell; what the rows mean belongs in `loader`.

Every complaint names file, line and column, as a spreadsheet shows them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from phare_pipeline.errors import RegistryError

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One line of a registry table."""

    file: str
    line: int
    cells: dict[str, str]

    def error(self, column: str, what: str, *, expected: str) -> RegistryError:
        """Build the error for one cell of this row."""
        return RegistryError(
            f"Registry: {what}",
            where=f"{self.file}, line {self.line}, column {column}",
            found=repr(self.cells.get(column, "")),
            expected=expected,
            action="correct this cell and run again",
        )

    def text(self, column: str) -> str:
        """Return a cell that must not be empty."""
        value = self.cells[column]
        if not value:
            raise self.error(column, "an empty cell where a value is needed", expected="a value")
        return value

    def optional(self, column: str) -> str | None:
        """Return a cell, None when it is empty."""
        return self.cells[column] or None

    def parse(self, column: str, read: Callable[[str], T], expected: str) -> T:
        """Parse a cell that must not be empty."""
        try:
            return read(self.text(column))
        except ValueError as error:
            raise self.error(column, "a cell cannot be read", expected=expected) from error

    def number(self, column: str, default: float | None = None) -> float:
        """Return a finite number; an empty cell gives the default when there is one."""
        if default is not None and not self.cells[column]:
            return default
        value = self.parse(column, float, "a number with a decimal point")
        if value != value or value in (float("inf"), float("-inf")):
            raise self.error(column, "a number is not finite", expected="a finite number")
        return value

    def optional_number(self, column: str) -> float | None:
        """Return a finite number, None when the cell is empty."""
        return self.number(column) if self.cells[column] else None

    def whole(self, column: str) -> int:
        """Return a whole number."""
        return self.parse(column, int, "a whole number")

    def optional_whole(self, column: str) -> int | None:
        """Return a whole number, None when the cell is empty."""
        return self.whole(column) if self.cells[column] else None

    def date(self, column: str) -> dt.date:
        """Return an ISO date."""
        return self.parse(column, dt.date.fromisoformat, "a date such as 2016-01-01")

    def boolean(self, column: str) -> bool:
        """Return true or false."""
        return self.one_of(column, ("true", "false")) == "true"

    def one_of(self, column: str, allowed: Iterable[str]) -> str:
        """Return a cell whose value must be one of a closed list (which may hold "")."""
        value, names = self.cells[column], list(allowed)
        if value not in names:
            near = get_close_matches(value, names, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            listed = ", ".join(repr(n) for n in names[:20])
            raise self.error(column, "an unknown value", expected=f"one of {listed}{hint}")
        return value


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    """Yield the rows of a registry table, whose header must be exactly `columns`.

    Raises:
        RegistryError: the file is missing, is no UTF-8, or its header or a line has other columns.
    """
    name = path.name
    if not path.is_file():
        raise RegistryError(
            "Registry: a table is missing", where=name, expected="a CSV file", action="restore it"
        )
    try:
        content = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegistryError(
            "Registry: a table is not in UTF-8",
            where=f"{name}, byte {error.start}",
            expected="UTF-8",
            action="save the table as CSV UTF-8",
        ) from error
    lines = csv.reader(io.StringIO(content))
    header = tuple(cell.strip() for cell in next(lines, []))
    if header != columns:
        raise RegistryError(
            "Registry: the header of a table is not the expected one",
            where=f"{name}, line 1",
            found=", ".join(header),
            expected=", ".join(columns),
            action="restore the header; a semicolon file must be saved with commas",
        )
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            raise RegistryError(
                "Registry: a line does not have one cell a column",
                where=f"{name}, line {lines.line_num}",
                found=f"{len(cells)} cells",
                expected=f"{len(columns)} cells",
                action="quote cells that hold a comma",
            )
        stripped = (cell.strip() for cell in cells)
        yield Row(name, lines.line_num, dict(zip(columns, stripped, strict=True)))


def by_id(rows: Iterable[tuple[Row, T]], column: str) -> dict[str, T]:
    """Key parsed rows by the text of a column, refusing an id given twice."""
    found: dict[str, T] = {}
    for row, item in rows:
        key = row.text(column)
        if key in found:
            raise row.error(column, "an id is given twice", expected="an id of its own")
        found[key] = item
    return found

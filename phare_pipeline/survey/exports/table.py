"""The cells of an export before they mean anything: named columns of equal length, with lines.

How files become such tables is in `spss`, `text` and `workbook`; what cells mean is in `codes`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Cells: TypeAlias = NDArray[np.object_]

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,30})?([eE]-[0-9]{1,3})?")

_MARKED = re.compile(r"[+-]?[0-9]+([.,])[0-9]+(?:[eE]-[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}")

MAX_BYTES = 256 * 1024**2
MAX_COLUMNS = 2_000
MAX_ROWS = 1_000_000
MAX_CELLS = 100_000_000
"""Largest export that is opened; a study of 100 000 respondents and 300 columns fits several times.

Sizes are looked at before a file is read, so that a file ten times too large fails at once.
"""


@dataclass(frozen=True)
class MissingRange:
    """Values that the writer of a .sav declared missing, both ends included; a text alone."""

    low: float | str
    high: float | str

    def holds(self, value: object) -> bool:
        """Tell whether a cell is declared missing, be it a number written as text."""
        if isinstance(self.low, str) or isinstance(self.high, str):
            return isinstance(value, str) and value == self.low
        number = number_of(value)
        return number is not None and self.low <= number <= self.high


@dataclass(frozen=True, eq=False)
class RawTable:
    """An export as it stands.

    Attributes:
        columns: name → (n,) cells: stripped text, number, date, or None for an empty one.
        lines: (n,) the line of each row in the file, from 1.
        declared_missing: of a .sav, by column.
        value_labels: of a .sav, by column: code → label.
    """

    columns: Mapping[str, Cells]
    lines: NDArray[np.int64]
    declared_missing: Mapping[str, tuple[MissingRange, ...]] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.lines.size)

    def is_declared_missing(self, name: str) -> NDArray[np.bool_]:
        """Tell which cells of a column the writer of a .sav declared missing: (n,)."""
        declared = self.declared_missing.get(name, ())
        cells = self.columns[name]
        return np.array([any(missing.holds(cell) for missing in declared) for cell in cells])

    def keep(self, is_kept: NDArray[np.bool_]) -> RawTable:
        """The table with some of its rows."""
        return RawTable(
            {name: cells[is_kept] for name, cells in self.columns.items()},
            self.lines[is_kept],
            self.declared_missing,
            self.value_labels,
        )


def ambiguous_numbers(cells: Cells) -> NDArray[np.bool_]:
    """Tell which cells may be thousands or a decimal number: 1,250 is 1 250 or 1.25; (n,).

    Three digits behind a mark, one to three before it. The mark is that of decimals where another
    cell of the column shows it: 0,875 or 12,5 or 1234,567 are no thousands.
    """
    texts = {cell for cell in cells if isinstance(cell, str)}
    like = {text: found[1] for text in texts if (found := _THOUSANDS.fullmatch(text))}
    marked = filter(None, map(_MARKED.fullmatch, texts - like.keys()))
    decimal = {found[1] for found in marked}
    unclear = {text for text, mark in like.items() if mark not in decimal}
    return np.array([isinstance(cell, str) and cell in unclear for cell in cells], dtype=np.bool_)


def number_of(value: object) -> float | None:
    """Read a number, with a decimal comma or point; None for anything else."""
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        return None
    if isinstance(value, int | float):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value.replace(",", "."))
    return None

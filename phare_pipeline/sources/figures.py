"""The shapes that pass between readers and staging; how they are read belongs in the readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

Wanted = Callable[[str], bool]
"""Tells whether a series of the source is part of any measure of the registry."""


class RawFigure(NamedTuple):
    """One cell of a source: what it is about, what stands there, and where.

    `value` is not yet multiplied by the measure's factor; `status` may be `unreadable`.
    `sheet` is None for a text file. `is_percent` says that a workbook shows it
    a hundred times larger.
    """

    series: str
    territory_level: str
    territory_code: str
    period: str
    item: str
    raw_text: str
    value: float | None
    status: str
    file: str
    sheet: str | None
    line: int
    column: str
    is_percent: bool = False


class Rejection(NamedTuple):
    """A row or cell that is not staged: where, by which rule, what stands and what should.

    `line` is 0 and `column` empty where the rule is about something that is not there.
    """

    file: str
    sheet: str | None
    line: int
    column: str
    rule: str
    found: str
    expected: str

    @property
    def place(self) -> str:
        """Where it stands, for the operator."""
        place = [self.file]
        place += [f"sheet {self.sheet!r}"] if self.sheet is not None else []
        place += [f"line {self.line}"] if self.line else []
        place += [f"column {self.column}"] if self.column else []
        return ", ".join(place)

    @property
    def message(self) -> str:
        """One sentence for the operator."""
        return f"{self.place}: {self.rule}: found {self.found}; expected {self.expected}"


@dataclass
class Reading:
    """What a reader makes of files: figures of the wanted series, rejected rows, and counts.

    `outside_study` counts rows of overseas territories, which are recognised and left out.
    `absent_is_zero` says that the file is a list: a territory it does not name has none.
    """

    figures: list[RawFigure] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    outside_study: int = 0
    absent_is_zero: bool = False

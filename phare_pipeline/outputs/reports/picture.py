"""A chart as a report shows it: at two widths, with the reference of each row of its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from phare_pipeline.outputs.charts import Chart

WIDE, NARROW = 660, 350
"""Widths in pixels: the text of a chart keeps its size, so a phone needs a drawing of its own."""

Draw = Callable[[int, str], Chart]


@dataclass(frozen=True)
class Picture:
    """A chart at two widths, and the reference of each row of its table."""

    name: str
    wide: Chart
    references: tuple[str, ...]
    draw: Draw

    @cached_property
    def narrow(self) -> Chart:
        """The same for a phone."""
        return self.draw(NARROW, f"{self.name}-etroit")


def make_picture(name: str, draw: Draw, references: Sequence[str]) -> Picture:
    """Draw a chart whose table has its rows in the order of the references.

    Raises:
        ValueError: its table has not as many rows as there are references.
    """
    wide = draw(WIDE, name)
    if len(wide.table.rows) != len(references):
        raise ValueError(f"{name}: {len(wide.table.rows)} rows and {len(references)} references")
    return Picture(name, wide, tuple(references), draw)


def make_named_picture(name: str, draw: Draw, references: Mapping[str, str]) -> Picture:
    """Draw a chart that orders its rows itself: a row is found by the name in one of its cells."""
    wide = draw(WIDE, name)
    found = (
        next((references[cell] for cell in row if cell in references), "")
        for row in wide.table.rows
    )
    return Picture(name, wide, tuple(found), draw)

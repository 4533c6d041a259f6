"""Multiplies a published share by its weights on the same row; summing the parts is `sums`'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from phare_pipeline.sources.cells import Cell, cell_text
from phare_pipeline.sources.values import UNREADABLE, Status

TIMES, PER = " × ", " / "
"""Write a weighted figure as it is made: `70.4 × 120483 / 100`."""

Figure = tuple[float | None, str, str]
"""Value, status and text of a cell."""


def weigh(
    figure: Figure,
    weights: Sequence[Cell],
    per: int,
    read: Callable[[Cell], tuple[float | None, str]],
) -> Figure:
    """Return the figure times its weights, divided by `per`: an estimate, as shares are rounded.

    A figure without a value, or one that has a weight without a value, has none.
    """
    value, _, text = figure
    if value is None:
        return figure
    text = TIMES.join([text, *(cell_text(cell) for cell in weights)]) + f"{PER}{per}"
    found = [read(cell) for cell in weights]
    factors = [factor for factor, _ in found if factor is not None]
    if len(factors) < len(found):
        is_unreadable = any(state == UNREADABLE for _, state in found)
        return None, UNREADABLE if is_unreadable else str(Status.NOT_AVAILABLE), text
    return value * prod(factors) / per, str(Status.ESTIMATED), text

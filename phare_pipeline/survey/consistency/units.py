"""Units of the report's figures, so that ha and km², t and kt, € and Md€ can be compared."""

from __future__ import annotations

from phare_pipeline.survey.published.figures import PrintedFigure
from phare_pipeline.survey.published.precision import Interval, read_printed

# How many of the base unit (€, m², t, inhabitants, …) one is; every other unit counts as 1.
FACTORS = {
    "Md€": 1e9,
    "M€": 1e6,
    "K€": 1e3,
    "km²": 1e6,
    "ha": 1e4,
    "hab./km²": 1e-6,
    "kt éq. CO2": 1e3,
    "millions de foyers": 1e6,
}


def factor_of(unit: str) -> float:
    """Return how many base units one of `unit` is."""
    return FACTORS.get(unit, 1.0)


def interval_of(figure: PrintedFigure, unit: str) -> Interval:
    """Return all values that would print as a figure does, in the unit of its value.

    A number that is not well written is taken as exact: what it means is not known better.

    Raises:
        ValueError: the figure has no value.
    """
    if figure.value is None:
        raise ValueError(f"{figure.figure_id}: found no value, expected one")
    found = read_printed(figure.value_printed)
    if found is None or not found.value:
        half = 0.5 if found is not None else 0.0
        return Interval(figure.value - half, figure.value + half)
    if figure.value not in (found.value, found.value / factor_of(unit)):
        return Interval(figure.value, figure.value)
    return found.interval.times(figure.value / found.value)

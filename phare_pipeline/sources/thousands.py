"""Finds counts written with a mark between thousands that was read as a decimal mark; no files.

`1.257` is a number and a half under `decimal = "."` and 1 257 for a producer who writes so. Nothing
in the cell tells them apart; its neighbours and the nature of the measure do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from phare_pipeline.registry.model import Aggregation, Measure
from phare_pipeline.sources.figures import RawFigure, Rejection
from phare_pipeline.sources.matching import SeriesMap
from phare_pipeline.sources.sums import PLUS

MEASURED = frozenset(
    {
        "€",
        "k€",
        "M€",
        "ha",
        "km",
        "km²",
        "t",
        "tC",
        "tC par an",
        "m³ par an",
        "kWh",
        "MWh",
        "GWh",
        "MW",
    }
)
"""Units that are measured, not counted: three decimals are decimals."""

_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_WHOLE = re.compile(r"[+-]?\d[\d\s]*(?:[.,]0*)?")
_FEWEST = 10


def find_thousands(figures: Iterable[RawFigure], series_map: SeriesMap) -> Iterator[Rejection]:
    """Reject counts of a file that look like thousands, within each sheet and series.

    They do when every other figure is whole and none has another fraction; or, where no figure is
    whole, when all have three digits behind the mark.
    """
    figures = [figure for figure in figures if figure.value is not None]
    suspects = {_group(f) for f in figures if any(map(_THOUSANDS.fullmatch, _parts(f)))}
    counted = {series: _counted(series, series_map) for _, series in suspects}
    groups: dict[tuple[str | None, str], list[tuple[RawFigure, str]]] = {}
    for figure in figures if any(counted.values()) else ():
        if _group(figure) in suspects:
            texts = groups.setdefault(_group(figure), [])
            texts += [(figure, part) for part in _parts(figure)]
    for (_, series), texts in groups.items():
        measure = counted[series]
        if measure is not None and _are_thousands([text for _, text in texts]):
            yield from (
                _rejection(figure, text, measure)
                for figure, text in texts
                if _THOUSANDS.fullmatch(text)
            )


def _group(figure: RawFigure) -> tuple[str | None, str]:
    return figure.sheet, figure.series


def _parts(figure: RawFigure) -> list[str]:
    """The texts of a figure: of a sum, those of its cells."""
    return [part.strip() for part in figure.raw_text.split(PLUS)]


def _counted(series: str, series_map: SeriesMap) -> Measure | None:
    return next((m for m in series_map.targets(series) if is_counted(m)), None)


def is_counted(measure: Measure) -> bool:
    """Tell whether a measure is a number of things: additive, in a unit that is not measured."""
    return measure.aggregation is Aggregation.ADDITIVE and measure.unit not in MEASURED


def _are_thousands(texts: list[str]) -> bool:
    suspicious = sum(_THOUSANDS.fullmatch(text) is not None for text in texts)
    whole = sum(_WHOLE.fullmatch(text) is not None for text in texts)
    if suspicious == 0 or suspicious + whole < len(texts):
        return False
    return whole > 0 or suspicious >= _FEWEST


def _rejection(figure: RawFigure, text: str, measure: Measure) -> Rejection:
    mark = next(c for c in text if c in ".,")
    expected = (
        f"a whole number of {measure.unit} ({measure.measure_id}): {text.replace(mark, ' ')} is "
        f"written {text.replace(mark, '')}, or declare thousands = {mark!r}"
    )
    return Rejection(
        *(figure.file, figure.sheet, figure.line, figure.column),
        "fraction_in_count",
        repr(text),
        expected,
    )

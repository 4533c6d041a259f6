"""Finds counts written with a mark between thousands that was read as a decimal mark; no files.

`1.257` is a number and a half under `decimal = "."` and 1 257 for a producer who writes so. A count
is whole, so it is refused in any case; `1.000`, which reads as 1, is told by its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from phare_pipeline.registry.measure_rules import MeasureRules
from phare_pipeline.registry.model import Measure
from phare_pipeline.sources.figures import RawFigure, Rejection
from phare_pipeline.sources.matching import SeriesMap
from phare_pipeline.sources.sums import PLUS

_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_ROUND_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]000")
_WHOLE = re.compile(r"[+-]?\d[\d\s]*(?:[.,]0*)?")
_FEWEST = 10


def find_thousands(
    figures: Iterable[RawFigure], series_map: SeriesMap, rules: MeasureRules
) -> Iterator[Rejection]:
    """Reject counts of a file that read as whole and look like thousands: `1.000`, and sums.

    They do when every other figure of their sheet and series is whole or looks so too, and, where
    none is plainly whole, when there are enough of them.
    """
    groups: dict[tuple[str | None, str], list[tuple[RawFigure, str]]] = {}
    for figure in figures:
        if figure.value is not None:
            parts = groups.setdefault((figure.sheet, figure.series), [])
            parts += [(figure, text.strip()) for text in figure.raw_text.split(PLUS)]
    for (_, series), parts in groups.items():
        if not any(_THOUSANDS.fullmatch(text) for _, text in parts):
            continue
        counted = (m for m in series_map.targets(series) if rules.is_whole(m) and m.factor == 1)
        measure = next(counted, None)
        if measure is not None and _are_thousands([text for _, text in parts]):
            for figure, text in parts:
                if _THOUSANDS.fullmatch(text) and float(figure.value or 0).is_integer():
                    yield _rejection(figure, text, measure)


def _are_thousands(texts: list[str]) -> bool:
    suspicious = sum(_THOUSANDS.fullmatch(text) is not None for text in texts)
    plain = sum(
        _WHOLE.fullmatch(t) is not None and not _ROUND_THOUSANDS.fullmatch(t) for t in texts
    )
    return suspicious + plain == len(texts) and (plain > 0 or suspicious >= _FEWEST)


def why_no_count(raw_text: str, measure: Measure) -> tuple[str, str]:
    """Return what is found and what is expected of a count that has a fraction."""
    expected = f"a whole number of {measure.unit} ({measure.measure_id})"
    text = next((t for t in raw_text.split(PLUS) if _THOUSANDS.fullmatch(t.strip())), None)
    if text is None:
        rule = f"'{measure.measure_id},fractional,,why'"
        return repr(raw_text), f"{expected}, or a line {rule} in measure_rules.csv"
    mark = next(c for c in text if c in ".,")
    bare, spaced = text.strip().replace(mark, ""), text.strip().replace(mark, " ")
    return repr(
        raw_text
    ), f"{expected}: {spaced} is written {bare}, or declare thousands = {mark!r}"


def _rejection(figure: RawFigure, text: str, measure: Measure) -> Rejection:
    found, expected = why_no_count(text, measure)
    place = (figure.file, figure.sheet, figure.line, figure.column)
    return Rejection(*place, "fraction_in_count", found, expected)

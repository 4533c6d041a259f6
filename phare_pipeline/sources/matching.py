"""Matches the series of a source with the measures of the registry; no figures are read here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from phare_pipeline.registry.model import Aggregation, Level, Measure
from phare_pipeline.sources.figures import RawFigure


class SeriesMap:
    """Which measures take a series; every key is matched once."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        self._measures = tuple(measures)
        self._cache: dict[str, tuple[Measure, ...]] = {}

    def targets(self, series: str) -> tuple[Measure, ...]:
        """The measures that a series is part of."""
        found = self._cache.get(series)
        if found is None:
            found = tuple(m for m in self._measures if m.takes(series))
            self._cache[series] = found
        return found

    def is_wanted(self, series: str) -> bool:
        """Tell whether any measure takes a series."""
        return bool(self.targets(series))

    def takes_level(self, level: Level) -> bool:
        """Tell whether any measure of the source is read at a level."""
        return any(level in m.source_levels or is_total(m, level) for m in self._measures)

    @property
    def seen(self) -> tuple[str, ...]:
        """Every key that was asked for, in order: what the source offers."""
        return tuple(self._cache)

    def series_of(self, figures: Iterable[RawFigure]) -> Mapping[str, tuple[str, ...]]:
        """Reading of a measure -> the series that were read for it, in order of appearance."""
        found: dict[str, dict[str, None]] = {m.reading_id: {} for m in self._measures}
        for series, period in dict.fromkeys((f.series, f.period) for f in figures):
            for measure in self.targets(series):
                if measure.holds(int(period[:4])):
                    found[measure.reading_id][series] = None
        return {reading_id: tuple(series) for reading_id, series in found.items()}


def unmatched_patterns(measure: Measure, series: Iterable[str]) -> tuple[str, ...]:
    """The patterns of a measure that none of the series matches."""
    keys = tuple(series)
    return tuple(p for p in measure.series if not any(fnmatchcase(k, p) for k in keys))


def is_total(measure: Measure, level: Level) -> bool:
    """Tell whether a level lies above that of an additive measure: its figures are totals."""
    order = list(Level)
    return measure.aggregation is Aggregation.ADDITIVE and all(
        order.index(level) > order.index(own) for own in measure.source_levels
    )

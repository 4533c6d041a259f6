"""Turns raw figures into observations of measures and rejects what must not pass; no files here.

A figure is corrected first, then read, multiplied by the measure's factor, and compared with the
measure's bounds and with the keys seen so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from phare_pipeline.registry.measure_rules import MeasureRules
from phare_pipeline.registry.model import Aggregation, Level, Measure, Rule
from phare_pipeline.sources.corrections import Corrector
from phare_pipeline.sources.figures import RawFigure, Rejection
from phare_pipeline.sources.matching import SeriesMap
from phare_pipeline.sources.rows import BETWEEN
from phare_pipeline.sources.sums import PLUS
from phare_pipeline.sources.thousands import why_no_count
from phare_pipeline.sources.values import UNREADABLE, why_unreadable

ROUNDING = 1e-9
"""Of a count after its factor, relative."""


class Observation(NamedTuple):
    """One row of the contract table `staged_observations`, in its order of columns."""

    source_id: str
    measure_id: str
    territory_level: str
    territory_code: str
    period: str
    data_year: int
    item: str
    value: float | None
    value_status: str
    raw_text: str
    correction_id: str | None
    origin_file: str
    origin_sheet: str | None
    origin_line: int
    origin_column: str


class Presence:
    """Which territories a series of a measure has at one level and period, and where it stands.

    `series` is None when a single series makes the measure; `is_empty` until one of them has a
    figure, or the mark of a confidential one.
    """

    __slots__ = ("codes", "first", "is_empty")

    def __init__(self, first: RawFigure) -> None:
        self.first = first
        self.codes: set[str] = set()
        self.is_empty = True


PresenceKey = tuple[str, str, str, str]
"""Measure, series, level and period."""


class Collector:
    """Collects the observations of one source, its rejections, and who is present."""

    def __init__(
        self,
        source_id: str,
        series_map: SeriesMap,
        series_of: Mapping[str, tuple[str, ...]],
        corrector: Corrector,
        rules: MeasureRules,
    ) -> None:
        self._source_id = source_id
        self._map = series_map
        self._composed = {m for m, series in series_of.items() if len(series) > 1}
        self._corrector = corrector
        self._rules = rules
        self.observations: list[Observation] = []
        self.rejections: list[Rejection] = []
        self.presence: dict[PresenceKey, Presence] = {}
        self._keys: dict[tuple[str, str, str, str, str], RawFigure] = {}

    def add(self, figure: RawFigure) -> None:
        """Take one figure into every measure of its series."""
        for measure in self._map.targets(figure.series):
            if measure.holds(int(figure.period[:4])):
                self.add_to(figure, measure)

    def add_to(self, figure: RawFigure, measure: Measure) -> None:
        """Take one figure into one measure."""
        measure_id, level, code = measure.measure_id, figure.territory_level, figure.territory_code
        period, item = figure.period, figure.item
        presence_key = (measure_id, figure.series, level, period)
        presence = self.presence.get(presence_key)
        if presence is None:
            presence = self.presence[presence_key] = Presence(figure)
        presence.codes.add(code)
        presence.is_empty &= figure.value is None and not figure.raw_text
        if measure.reading_id in self._composed:
            item = f"{figure.series}{BETWEEN}{item}" if item else figure.series
        correction_id = None
        if self._corrector:
            correction_key = (figure.file, measure_id, level, code, period, item)
            figure, correction_id = self._corrector.correct(figure, correction_key)
        why = self._why_not_taken(figure, measure)
        if why is not None:
            self._reject(figure, *why)
            return
        if figure.status == UNREADABLE:
            rule, expected = why_unreadable(figure.raw_text)
            self._reject(figure, rule, repr(figure.raw_text), f"{expected} ({measure_id})")
            return
        value = figure.value
        if value is not None and figure.is_percent and not _is_share(measure):
            found = f"{value:.15g}, shown as {100 * value:.15g} %"
            expected = f"a plain number in {measure.unit}; factor 100 reads it as % ({measure_id})"
            self._reject(figure, "percent_format", found, expected)
            return
        if value is not None:
            value *= measure.factor
            if not self._is_whole(figure, measure, value):
                return
            if not self._is_within(figure, measure, value):
                return
        key = (measure_id, level, code, period, item)
        other = self._keys.setdefault(key, figure)
        if other is not figure:
            found = f"a second figure for {measure_id}, {level} {code}, {period}"
            place = f"{other.file}, line {other.line}, column {other.column}"
            self._reject(figure, "duplicated_key", f"{found} {item}".rstrip(), f"one (see {place})")
            return
        self.observations.append(
            Observation(
                self._source_id,
                measure_id,
                level,
                code,
                period,
                int(period[:4]),
                item,
                value,
                figure.status,
                figure.raw_text,
                correction_id,
                figure.file,
                figure.sheet,
                figure.line,
                figure.column,
            )
        )

    def _why_not_taken(self, figure: RawFigure, measure: Measure) -> tuple[str, str, str] | None:
        """Return rule, what is found and what is expected of a figure that must make no row."""
        is_sum = PLUS in figure.raw_text or measure.reading_id in self._composed
        is_rate = measure.aggregation is not Aggregation.ADDITIVE
        if is_sum and is_rate and not self._rules.says(measure, Rule.SUMMED):
            found = f"a sum, {figure.raw_text!r} of series {figure.series!r}"
            return (
                "sum_of_rates",
                found,
                "one figure of what is not additive, or a line "
                f"'{measure.measure_id},summed,,why' in measure_rules.csv",
            )
        level = Level(figure.territory_level)
        # A file of several levels may serve one measure at one level and another at the other.
        if self._map.takes_level(level):
            return None
        taken = " or ".join(measure.source_levels)
        expected = (
            f"level {taken} of {measure.measure_id} (`source_level`), or another `territory.level`"
        )
        return "level_not_taken", f"level {level}", expected

    def _is_whole(self, figure: RawFigure, measure: Measure, value: float) -> bool:
        """A count is whole, up to the rounding of its factor, unless declared fractional."""
        is_whole = abs(value - round(value)) <= ROUNDING * max(1.0, abs(value))
        if is_whole or not self._rules.is_whole(measure):
            return True
        found, expected = why_no_count(figure.raw_text, measure)
        self._reject(figure, "fraction_in_count", found, expected)
        return False

    def _is_within(self, figure: RawFigure, measure: Measure, value: float) -> bool:
        """Compare with the bounds; the upper one of a sum holds for one territory only."""
        lower, upper = measure.min, measure.max
        if lower is not None and value < lower:
            rule = "negative_count" if lower == 0 else "out_of_bounds"
            self._reject(
                figure, rule, f"{value:.15g}", f"at least {lower:.15g} ({measure.measure_id})"
            )
            return False
        if upper is not None and value > upper and is_bounded(measure, figure.territory_level):
            self._reject(
                figure,
                "out_of_bounds",
                f"{value:.15g}",
                f"at most {upper:.15g} ({measure.measure_id})",
            )
            return False
        return True

    def _reject(self, figure: RawFigure, rule: str, found: str, expected: str) -> None:
        self.rejections.append(
            Rejection(figure.file, figure.sheet, figure.line, figure.column, rule, found, expected)
        )


def _is_share(measure: Measure) -> bool:
    """Tell whether a cell formatted as per cent is read as what it shows."""
    return measure.unit == "%" and measure.factor == 100


def is_bounded(measure: Measure, level: str) -> bool:
    """Tell whether the upper bound of a measure holds at a level.

    Bounds are those of one territory of the source's levels; sums above them may be larger.
    """
    return measure.aggregation is Aggregation.NON_ADDITIVE or Level(level) in measure.source_levels

"""Reads from which series a measure comes in which years; the loader owns the measures themselves.

A measure has the series of its row of `measures.csv`, save in the years for which a row of
`measure_series.csv` names another: a new vintage or layout prolongs it instead of becoming another.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from phare_pipeline.registry.model import Aggregation, Level, Measure, MeasureSeries
from phare_pipeline.registry.rows import Row, read_rows

FILE = "measure_series.csv"
COLUMNS = (
    "measure_id",
    "source_id",
    "series",
    "source_level",
    "factor",
    "first_period",
    "last_period",
    "note_fr",
)


def series_names(row: Row) -> tuple[str, ...]:
    """Return the series of a row: one, or several that are summed."""
    return tuple(part.strip() for part in row.text("series").split(" + "))


def levels(row: Row, aggregation: Aggregation) -> tuple[Level, ...]:
    """Return the levels that a row takes from its source."""
    names = [name.strip() for name in row.text("source_level").split("+")]
    known = [level.value for level in Level]
    if any(name not in known for name in names):
        raise row.error("source_level", "an unknown level", expected=", ".join(known))
    if aggregation is not Aggregation.NON_ADDITIVE and len(names) != 1:
        raise row.error(
            "source_level",
            "a measure that is summed has several levels",
            expected="the one level whose rows are consolidated",
        )
    return tuple(Level(name) for name in names)


def load_other_series(
    tables: Path, measures: Mapping[str, Measure]
) -> dict[str, tuple[MeasureSeries, ...]]:
    """Load the series that measures are read from in some years, each by its first one.

    Raises:
        RegistryError: an unknown measure, years that are not in order or that two rows of a
            measure claim, the series of `measures.csv` again, a level that its base has not.
    """
    bases = {m.base_measure_id for m in measures.values()}
    found: dict[str, list[MeasureSeries]] = {}
    for row in read_rows(tables / FILE, COLUMNS):
        measure = measures[row.one_of("measure_id", measures)]
        series = _series(row, measure)
        _check_levels(row, series, measure, is_base=measure.measure_id in bases)
        own = found.setdefault(measure.measure_id, [])
        _check_years(row, series, own)
        own.append(series)
    return {name: tuple(sorted(own, key=lambda s: s.first_period)) for name, own in found.items()}


def _series(row: Row, measure: Measure) -> MeasureSeries:
    series = MeasureSeries(
        measure_id=measure.measure_id,
        source_id=row.text("source_id"),
        series=series_names(row),
        source_levels=levels(row, measure.aggregation),
        factor=row.number("factor", default=1.0),
        first_period=row.whole("first_period"),
        last_period=row.whole("last_period"),
        note_fr=row.text("note_fr"),
        line=row.line,
    )
    if series.factor <= 0:
        raise row.error("factor", "a factor that is not positive", expected="above 0")
    if (series.source_id, series.series) == (measure.source_id, measure.series):
        raise row.error(
            "series",
            f"the series that measures.csv (line {measure.line}) names already",
            expected="another series, or no row",
        )
    return series


def _check_years(row: Row, series: MeasureSeries, others: list[MeasureSeries]) -> None:
    """A year has one series: two would be two answers to one question."""
    if series.last_period < series.first_period:
        raise row.error(
            "last_period",
            "the last period lies before the first",
            expected=f"{series.first_period} or later",
        )
    for other in others:
        first = max(series.first_period, other.first_period)
        if first <= min(series.last_period, other.last_period):
            raise row.error(
                "first_period",
                f"{first} is read from the series of line {other.line} too",
                expected="years that no other row of the measure has",
            )


def _check_levels(row: Row, series: MeasureSeries, measure: Measure, *, is_base: bool) -> None:
    """A rate and its base are multiplied territory by territory: their level stays one."""
    is_bound = is_base or measure.base_measure_id is not None
    if is_bound and series.source_levels != measure.source_levels:
        raise row.error(
            "source_level",
            "the level of a rate and its base, which both have in all years, would change",
            expected="+".join(measure.source_levels),
        )

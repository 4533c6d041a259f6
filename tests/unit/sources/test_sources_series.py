"""A source gives a measure the years that the registry reads from it, and no others."""

from __future__ import annotations

import pytest

from phare_pipeline.registry.model import Level, Measure, MeasureSeries
from tests.unit.sources.kit import DEPARTEMENTS, SOURCE_ID, Kit, make_measure, rejections

OPTIONS = {
    "header_lines": [1],
    "period": {"column": "annee"},
    "territory": {"column": "code", "level": "departement"},
}
YEARS = range(2015, 2021)


def file_of(*columns: str) -> str:
    """Return a list whose figures say their year and column: 20151, 20152."""
    lines = [
        ";".join([code, str(year), *(f"{year}{n}" for n in range(1, len(columns) + 1))])
        for year in YEARS
        for code in DEPARTEMENTS
    ]
    return "\n".join([";".join(["code", "annee", *columns]), *lines]) + "\n"


def prolonged(series: str, from_id: str, first: int, last: int, **values: object) -> Measure:
    """Return a measure with `old` as its series, and another one for some years."""
    other = MeasureSeries(
        "mesure", from_id, tuple(series.split(" + ")), (Level.DEPARTEMENT,), 10.0, first, last,
        "Essai.", 7,
    )  # fmt: skip
    return make_measure(series="old", others=(other,), **values)


def read(kit: Kit, measure: Measure, *columns: str) -> dict[int, set[float]]:
    staged = kit.stage(file_of(*columns), OPTIONS, measure)
    assert not staged.rejections, staged.rejections[0]
    frame = staged.observations
    return {year: set(rows["value"]) for year, rows in frame.groupby("data_year")}


def test_the_source_of_the_other_years_leaves_them_out(kit: Kit) -> None:
    found = read(kit, prolonged("new", "another", 2018, 2019), "old", "new")
    assert found == {year: {year * 10 + 1} for year in (2015, 2016, 2017, 2020)}


def test_the_source_of_a_span_gives_only_its_years(kit: Kit) -> None:
    """With its own factor."""
    measure = prolonged("new", SOURCE_ID, 2018, 2019, source_id="another")
    found = read(kit, measure, "old", "new")
    assert found == {year: {10 * (year * 10 + 2)} for year in (2018, 2019)}


def test_two_series_of_one_source_take_turns(kit: Kit) -> None:
    """A sum of series in one span is none in the other years."""
    measure = prolonged("new + more", SOURCE_ID, 2019, 2020)
    staged = kit.stage(file_of("old", "new", "more"), OPTIONS, measure)
    assert not staged.rejections
    items = staged.observations.groupby("data_year")["item"].agg(set).to_dict()
    sums = {"new", "more"}
    assert items == {y: {""} if y < 2019 else sums for y in YEARS}


@pytest.mark.parametrize(("first", "last", "missing"), [(2013, 2016, 2013), (2016, 2024, 2024)])
def test_a_span_that_promises_more_years_than_there_are(
    first: int, last: int, missing: int, kit: Kit
) -> None:
    measure = prolonged("new", SOURCE_ID, first, last, source_id="another")
    staged = kit.stage(file_of("old", "new"), OPTIONS, measure)
    [row] = rejections(staged, "missing_period")
    assert f"{missing} of measure mesure (measure_series.csv, line 7)" in row.expected


def test_a_series_of_a_span_that_is_not_there(kit: Kit) -> None:
    """The message names the table that asks for it."""
    measure = prolonged("new + lost", SOURCE_ID, 2015, 2020, source_id="another")
    staged = kit.stage(file_of("old", "new"), OPTIONS, measure)
    [row] = rejections(staged, "missing_series")
    assert "'lost' of measure mesure (measure_series.csv, line 7)" in row.expected

"""Sums of years that follow each other: windows, holes, lists, and what is refused."""

import random

import pytest

from phare_pipeline.errors import SourceError
from tests.unit.sources.kit import REGIONS, Kit, make_measure, rejections

LONG = {
    "header_lines": [1],
    "territory": {"column": "code", "level": "region"},
    "period": {"column": "an"},
    "series": {"fixed": "n"},
}
MEASURE = make_measure(series="n", levels="region")
YEARS = range(2001, 2008)


def drawn(seed: int) -> dict[tuple[str, int], int]:
    draw = random.Random(seed)
    return {(code, year): draw.randrange(1000) for code in REGIONS for year in YEARS}


def csv_of(figures) -> str:
    lines = [f"{code};{year};{n}" for (code, year), n in figures.items()]
    random.Random(len(lines)).shuffle(lines)
    return "\n".join(["code;an;n", *lines, ""])


def found(staged) -> dict[tuple[str, int], float]:
    frame = staged.observations
    return dict(
        zip(
            zip(frame["territory_code"], frame["data_year"], strict=True),
            frame["value"],
            strict=True,
        )
    )


@pytest.mark.parametrize("years", [2, 3, 5])
def test_a_year_holds_the_years_before_it_and_no_window_is_short(kit: Kit, years: int):
    figures = drawn(years)
    staged = kit.stage(csv_of(figures), {**LONG, "sum_years": years}, MEASURE)
    assert not staged.rejections
    assert found(staged) == {
        (code, last): sum(figures[code, y] for y in range(last - years + 1, last + 1))
        for code in REGIONS
        for last in YEARS
        if last - years + 1 >= YEARS.start
    }


def test_the_cells_of_a_window_are_named(kit: Kit):
    figures = {(code, year): 10 * year for code in REGIONS for year in (2001, 2002)}
    lines = "\n".join(["code;an;n", *(f"{c};{y};{n}" for (c, y), n in figures.items()), ""])
    row = kit.stage(lines, {**LONG, "sum_years": 2}, MEASURE).observations.iloc[0]
    assert (row.raw_text, row.origin_column) == ("20010 + 20020", "C2:C3")


def test_the_cells_of_repeated_rows_keep_their_places_in_a_window(kit: Kit):
    lines = ["code;an;n"]
    for year in (2001, 2002):
        lines += [f"{code};{year};{n}" for n in (1, 2) for code in REGIONS]
        lines += [f"11;{year};3", f"11;{year};4"]
    options = {**LONG, "sum_repeated": True, "sum_years": 2}
    frame = kit.stage("\n".join([*lines, ""]), options, MEASURE).observations
    row = frame.query("territory_code == '11'").iloc[0]
    assert row.value == 20
    assert row.origin_column == "B2,B15,B28:B29,B30,B43,B56:B57".replace("B", "C")


def test_a_window_with_a_hole_is_missing(kit: Kit):
    figures = drawn(7)
    del figures["32", 2004]
    staged = kit.stage(csv_of(figures), {**LONG, "sum_years": 3}, MEASURE)
    assert {year for code, year in found(staged) if code == "32"} == {2003, 2007}
    assert len(rejections(staged, "missing_territory")) == 3


def test_a_list_adds_nothing_for_what_it_does_not_name(kit: Kit):
    figures = {key: n for key, n in drawn(8).items() if key[0] != "94"}
    del figures["32", 2004], figures["32", 2005]
    staged = kit.stage(csv_of(figures), {**LONG, "sum_years": 3, "absent": "zero"}, MEASURE)
    assert not staged.rejections
    values = found(staged)
    assert {values["94", year] for year in range(2003, 2008)} == {0}
    assert values["32", 2005] == figures["32", 2003]
    assert values["32", 2006] == figures["32", 2006]


def test_a_second_figure_and_a_month_are_rejected(kit: Kit):
    content = csv_of(drawn(9)) + "32;2004;5\n11;2004-01;6\n"
    staged = kit.stage(content, {**LONG, "sum_years": 3}, MEASURE)
    assert [r.found.split(", ")[1:] for r in rejections(staged, "unfit_for_sum")] == [
        ["region 32", "2004"],
        ["region 11", "2004-M01"],
    ]


@pytest.mark.parametrize("years", [0, 1, 11, "3"])
def test_years_that_make_no_window_are_refused(kit: Kit, years):
    with pytest.raises(SourceError, match="sum_years"):
        kit.stage(csv_of(drawn(1)), {**LONG, "sum_years": years}, MEASURE)

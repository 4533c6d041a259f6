"""The writer of SVG, the frame around a plot, and the reader that the tests judge charts with."""

from __future__ import annotations

import base64
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline.outputs.charts import Caption, TableTwin
from phare_pipeline.outputs.charts.canvas import Canvas, figure, path_data
from phare_pipeline.outputs.charts.chart import compose, known
from phare_pipeline.outputs.charts.parts import Scale, round_ticks, widened
from tests.unit.outputs.svg_kit import outside, overlapping, read_svg

TABLE = TableTwin(("a",), (("1",),))


def composed(canvas: Canvas, caption: Caption | None = None):
    return compose(
        canvas, 100, caption or Caption("Titre", "Insee"), message="Message.", table=TABLE
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, "1"), (1.256, "1.26"), (-0.001, "0"), (1e9, "1000000000"), (0.1 + 0.2, "0.3")],
)
def test_lengths(value, expected):
    assert figure(value) == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_position_is_finite(value):
    with pytest.raises(ValueError, match="position"):
        figure(value)


def test_texts_are_escaped():
    canvas = Canvas(400, "a")
    canvas.text(5, 5, '<b> & "c"')
    chart = composed(canvas, Caption("a < b & c", "d > e"))
    assert "a < b & c" in chart.title_fr
    assert [t.content for t in read_svg(chart.svg).texts if "b>" in t.content] == ['<b> & "c"']


def test_a_rectangle_has_no_negative_side():
    with pytest.raises(ValueError, match="negative"):
        Canvas(400, "a").rect(0, 0, -1, 5, "#000000")


def test_definitions_are_written_once():
    canvas = Canvas(400, "a")
    canvas.rect(0, 0, 5, 5, canvas.hatch())
    canvas.rect(9, 0, 5, 5, canvas.hatch())
    assert composed(canvas).svg.count("<pattern ") == 1


def test_the_data_uri_holds_the_picture():
    chart = composed(Canvas(400, "a"))
    head, body = chart.data_uri.split(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(body).decode("utf-8") == chart.svg
    ElementTree.fromstring(chart.svg)


def test_a_table_has_one_cell_a_header():
    with pytest.raises(ValueError, match="found 1 cells, expected 2"):
        TableTwin(("a", "b"), (("1",),))


def test_missing_values_are_none():
    assert known(None) is None
    assert known(float("nan")) is None
    assert known(0.0) == 0.0
    with pytest.raises(ValueError, match="finite"):
        known(float("-inf"))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 8))
def test_ticks_are_round_and_within(low, width, count):
    ticks = round_ticks(low, low + width, count)
    slack = 1e-6 * max(1, abs(low), width)
    assert all(low - slack <= float(v) <= low + width + slack for v in ticks.values)
    assert len(ticks.values) <= count + 1
    assert len(ticks.labels()) == len(set(ticks.labels()))


def test_ticks_of_an_index():
    assert round_ticks(78, 122, 4).labels() == ["80", "100", "120"]
    assert round_ticks(0, 1, 5).labels() == ["0,0", "0,2", "0,4", "0,6", "0,8", "1,0"]


@pytest.mark.parametrize("values", [[5.0], [0.0, 0.0], [-3.0], [1.0, 2.0]])
def test_a_range_has_always_a_width(values):
    low, high = widened(values)
    assert low < min(values)
    assert high > max(values)
    assert Scale(low, high, 0, 100)(low) == 0


def test_the_reader_of_the_tests_finds_what_is_cut_and_what_overlaps():
    canvas = Canvas(400, "a")
    canvas.text(390, 50, "trop à droite")
    canvas.text(20, 50, "un mot")
    canvas.text(25, 52, "un autre")
    canvas.text(200, 50, "debout", turn=-90)
    canvas.text(205, 45, "couché")
    picture = read_svg(composed(canvas).svg)
    assert outside(picture) == ["trop à droite"]
    assert ("un mot", "un autre") in overlapping(picture)
    assert ("debout", "couché") not in overlapping(picture)


def test_the_reader_of_the_tests_sees_what_lies_behind():
    canvas = Canvas(400, "a")
    canvas.rect(0, 0, 100, 100, "#111111")
    canvas.path(path_data([(10, 10), (60, 10), (60, 60), (10, 60)], is_closed=True), fill="#eeeeee")
    canvas.text(20, 40, "clair")
    canvas.text(70, 80, "x")
    canvas.text(200, 40, "blanc")
    found = {t.content: t.background for t in read_svg(composed(canvas).svg).texts}
    assert (found["clair"], found["x"], found["blanc"]) == ("#eeeeee", "#111111", "#ffffff")

"""Labels of points find places that cover nothing."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.outputs.charts.labels import Box, place_labels

AREA = Box(0, 0, 400, 300)
coordinates = st.tuples(st.integers(10, 390), st.integers(10, 290))


@given(st.lists(coordinates, min_size=1, max_size=12))
@settings(max_examples=15, deadline=None)
def test_labels_cover_neither_labels_nor_points(points):
    sizes = [[(60.0, 12.0), (34.0, 26.0)]] * len(points)
    places = place_labels(points, 5, sizes, AREA)
    if places is None:
        return
    for first, second in itertools.combinations(places, 2):
        assert not first.box.meets(second.box)
    for place, (x, y) in itertools.product(places, points):
        assert not place.box.meets(Box(x - 5, y - 5, x + 5, y + 5))
    assert all(place.box.within(AREA) for place in places)
    assert places == place_labels(points, 5, sizes, AREA)


def test_a_lone_label_stands_right_of_its_point_without_a_leader():
    (place,) = place_labels([(200, 150)], 5, [[(60.0, 12.0)]], AREA)
    assert place.box.left == 200 + 5 + 4
    assert place.leader is None


def test_a_label_at_the_edge_turns_to_the_other_side():
    (place,) = place_labels([(390, 150)], 5, [[(60.0, 12.0)]], AREA)
    assert place.box.right < 390


def test_a_label_avoids_lines_where_it_can():
    line = Box(0, 149, 400, 151)
    (place,) = place_labels([(200, 150)], 5, [[(60.0, 12.0)]], AREA, lines=[line])
    assert not place.box.meets(line)


def test_a_label_without_room_gives_none():
    assert place_labels([(200, 150)], 5, [[(500.0, 12.0)]], AREA) is None
    assert place_labels([(200, 150)], 5, [[(60.0, 12.0)]], AREA, taken=[AREA]) is None


def test_a_centred_label_stands_on_its_point():
    (place,) = place_labels([(200, 150)], 0, [[(60.0, 12.0)]], AREA, is_centred=True)
    assert place.box == Box(170, 144, 230, 156)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((0, 5), (20, 5), True),
        ((0, 0), (20, 20), True),
        ((0, 12), (20, 12), False),
        ((0, 5), (5, 5), False),
        ((10, 0), (10, 20), True),
        ((3, 0), (3, 20), False),
    ],
)
def test_whether_a_line_enters_a_box(start, end, expected):
    assert Box(6, 2, 14, 10).crossed_by(start, end) is expected

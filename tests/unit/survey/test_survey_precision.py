"""Printed numbers: what they say, and how exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline.survey.published.precision import (
    Interval,
    around,
    half_unit,
    read_printed,
)


@pytest.mark.parametrize(
    ("printed", "value", "half"),
    [
        ("12,4 %", 12.4, 0.05),
        ("16 %", 16, 0.5),
        ("2 180 677", 2180677, 0.5),
        ("2\u202f180\u00a0677", 2180677, 0.5),
        ("2,7 M", 2.7e6, 5e4),
        ("55,5 M", 55.5e6, 5e4),
        ("149 Md€", 149e9, 5e8),
        ("42 K€", 42e3, 500),
        ("6M", 6e6, 5e5),
        ("6M d’hab", 6e6, 5e5),
        ("+ 0,8", 0.8, 0.05),
        ("-32.1%", -32.1, 0.05),
        ("−6,3", -6.3, 0.05),
        ("(149Md€)", 149e9, 5e8),
        ("~ 95 000", 95000, 500),
        ("Plus de 57K km²", 57e3, 500),
        ("31 969 Km²", 31969, 0.5),
        ("187 hab./km²", 187, 0.5),
        ("76,4", 76.4, 0.05),
        ("0", 0, 0.5),
    ],
)
def test_printed_numbers(printed, value, half):
    found = read_printed(printed)
    assert found is not None
    assert found.value == pytest.approx(value)
    assert found.interval.high - found.value == pytest.approx(half)
    assert found.value - found.interval.low == pytest.approx(half)


@pytest.mark.parametrize(
    "printed", ["?", "", "-", "2424 408", "3 1 969 Km²", "2 444 3 Km²", "27;092", "12 % ou 13 %"]
)
def test_what_is_no_well_formed_number_has_no_value(printed):
    assert read_printed(printed) is None


def test_half_a_unit_of_the_last_digit():
    assert [half_unit(p) for p in ("17%", "7,3", "6.0", "24,25")] == [0.5, 0.05, 0.05, 0.005]
    assert around(7.3, "7,3") == Interval(7.25, 7.35)


positive = st.floats(0.1, 1e6)


@given(positive, positive, st.floats(0, 0.05), st.floats(0, 0.05))
def test_intervals_hold_every_result(a, b, s, t):
    x, y = Interval(a, a).widened(s), Interval(b, b).widened(t)
    for left in (x.low, x.high):
        for right in (y.low, y.high):
            for interval, value in (
                (x + y, left + right),
                (x - y, left - right),
                (x / y, left / right),
                (x.times(-2), -2 * left),
            ):
                assert interval.widened(1e-12).meets(Interval(value, value))


def test_intervals_that_do_not_meet():
    assert not Interval(1, 2).meets(Interval(2.1, 3))
    assert Interval(1, 2).meets(Interval(2, 3))
    with pytest.raises(ZeroDivisionError):
        Interval(1, 2) / Interval(0, 1)

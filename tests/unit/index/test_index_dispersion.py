"""Spread between territories: exact fractions, ties, holes, refusals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.dispersion import dispersion

MODEST = settings(max_examples=80, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def test_by_hand():
    found = dispersion([[80, NAN, 100], [100, NAN, 100], [NAN, NAN, 100]], [3, 1, 5])
    np.testing.assert_array_equal(found.mean, [85, NAN, 100])
    np.testing.assert_allclose(found.deviation, [np.sqrt(75), NAN, 0], rtol=1e-15)
    np.testing.assert_array_equal(found.low, [80, NAN, 100])
    np.testing.assert_array_equal(found.high, [100, NAN, 100])
    assert found.count.tolist() == [2, 0, 3]
    assert found.low_unit.tolist() == [0, -1, 0]  # the first of those that tie
    assert found.high_unit.tolist() == [1, -1, 0]


@pytest.mark.parametrize("value", [0.1, 101.3, 1 / 3])
def test_constant_leaves_no_trace(value):
    found = dispersion(np.full((7, 1), value), np.arange(1, 8) / 7)
    assert found.deviation[0] == 0 and found.mean[0] == value


def test_one_unit_and_none():
    one = dispersion([[93.0]], [2])
    assert (one.mean[0], one.deviation[0], one.low_unit[0]) == (93, 0, 0)
    none = dispersion(np.empty((0, 2)), [])
    assert np.isnan(none.mean).all() and np.isnan(none.deviation).all()
    assert none.count.tolist() == [0, 0] and none.high_unit.tolist() == [-1, -1]


@MODEST
@given(
    st.lists(
        st.tuples(st.integers(-200, 400), st.integers(1, 50), st.booleans()), min_size=1, max_size=8
    ),
    st.randoms(use_true_random=False),
)
def test_exact(rows, random):
    there = [(Fraction(x, 4), w) for x, w, is_there in rows if is_there]
    z = np.array([[x / 4 if is_there else NAN] for x, _, is_there in rows])
    weights = np.array([w for _, w, _ in rows])
    found = dispersion(z, weights)
    assert found.count[0] == len(there)
    if there:
        total = sum(w for _, w in there)
        mean = sum(w * x for x, w in there) / total
        variance = sum(w * (x - mean) ** 2 for x, w in there) / total
        assert found.mean[0] == pytest.approx(float(mean), abs=1e-12)
        assert found.deviation[0] == pytest.approx(float(variance) ** 0.5, abs=1e-12)
        assert z[found.low_unit[0], 0] == found.low[0] == float(min(there)[0])
        assert z[found.high_unit[0], 0] == found.high[0] == float(max(there)[0])
    order = list(range(len(z)))
    random.shuffle(order)
    moved = dispersion(z[order], weights[order] * 1000)
    np.testing.assert_allclose(moved.mean, found.mean, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(moved.deviation, found.deviation, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("values", "weights", "message"),
    [
        ([[INF]], [1], "values: found inf at position"),
        ([[1.0]], [0], "weights: found 0.0 at position"),
        ([[1.0]], [NAN], "weights: found nan at position"),
        ([[1.0]], [-1], "weights: found -1.0 at position"),
        ([[1.0]], [INF], "weights: found inf at position"),
        ([[1.0]], [1, 2], r"weights: found shape \(2,\), expected \(1,\)"),
        ([1.0], [1], r"values: found shape \(1,\)"),
    ],
)
def test_refused(values, weights, message):
    with pytest.raises(ValueError, match=message):
        dispersion(values, weights)

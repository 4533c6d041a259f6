"""Other means of a row, and the Mazziotta–Pareto indices: exact cases, domains, properties."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.aggregate import aggregate
from phare_pipeline.index.aggregations import (
    ARITHMETIC,
    CONTRAHARMONIC,
    GEOMETRIC,
    HARMONIC,
    QUADRATIC,
    mazziotta_pareto,
    weighted_mean,
)

MODEST = settings(max_examples=50, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")
MEANS = {
    "harmonic": HARMONIC,
    "geometric": GEOMETRIC,
    "arithmetic": ARITHMETIC,
    "quadratic": QUADRATIC,
    "contraharmonic": CONTRAHARMONIC,
}
every = pytest.mark.parametrize("mean", MEANS.values(), ids=MEANS)


def mean_of(row, mean, weights=None) -> float:
    return float(weighted_mean([row], np.ones(len(row)) if weights is None else weights, mean)[0])


@pytest.mark.parametrize(
    ("mean", "row", "weights", "expected"),
    [
        (ARITHMETIC, (1, 4), None, 2.5),
        (ARITHMETIC, (-1, 4), (3, 1), 0.25),
        (GEOMETRIC, (1, 4), None, 2),
        (GEOMETRIC, (1, 16), (3, 1), 2),
        (HARMONIC, (1, 3), None, 1.5),
        (HARMONIC, (1, 2), (1, 2), 1.5),
        (QUADRATIC, (1, 7), None, 5),
        (QUADRATIC, (0, 2), (3, 1), 1),
        (CONTRAHARMONIC, (70, 130), None, 109),
        (ARITHMETIC, (1, NAN, 4), (1, 5, 2), 3),
        (GEOMETRIC, (2, NAN, 8), None, 4),
        (HARMONIC, (5,), None, 5),
        (HARMONIC, (2, 8), (0, 1), 8),
    ],
)
def test_exact_values(mean, row, weights, expected):
    assert mean_of(row, mean, weights) == pytest.approx(expected, abs=1e-13)


@every
def test_nothing_present_is_missing(mean):
    found = weighted_mean([[NAN, NAN], [NAN, 3], [2, NAN]], [0, 1], mean)
    np.testing.assert_allclose(found, [NAN, 3, NAN], rtol=1e-14)
    assert weighted_mean(np.empty((0, 2)), [1, 1], mean).shape == (0,)


@pytest.mark.parametrize(
    ("mean", "bad"),
    [
        (GEOMETRIC, 0),
        (GEOMETRIC, -2.5),
        (HARMONIC, 0),
        (HARMONIC, -2.5),
        (CONTRAHARMONIC, 0),
        (QUADRATIC, -2.5),
    ],
)
def test_values_outside_the_domain_are_named(mean, bad):
    with pytest.raises(ValueError, match=rf"values: found {float(bad)} at position \(1, 0\)"):
        weighted_mean([[1, 2], [bad, 3]], [1, 1], mean)


@every
@pytest.mark.parametrize(
    ("values", "weights", "message"),
    [
        ([[1, INF]], [1, 1], "values: found inf"),
        ([[1, -INF]], [1, 1], "values: found -inf"),
        ([[1, 2]], [1, -1], r"weights: found -1.0 at position \(1,\)"),
        ([[1, 2]], [0, 0], "all zero"),
        ([[1, 2]], [1, NAN], "weights: found nan"),
        ([[1, 2]], [1], r"weights: found shape \(1,\)"),
        ([1, 2], [1, 1], r"values: found shape \(2,\)"),
    ],
)
def test_refusals(mean, values, weights, message):
    with pytest.raises(ValueError, match=message):
        weighted_mean(values, weights, mean)


def test_overflow_is_refused():
    with pytest.raises(ValueError, match="do not overflow"):
        weighted_mean([[1e200, 1e200]], [1, 1], QUADRATIC)
    with pytest.raises(ValueError, match="do not overflow"):
        weighted_mean([[1e308, 1e308]], [1, 1], ARITHMETIC)


rows = st.integers(1, 7).flatmap(
    lambda m: st.tuples(
        st.lists(st.integers(40, 160), min_size=m, max_size=m),
        st.lists(st.integers(1, 9), min_size=m, max_size=m),
    )
)


@MODEST
@given(rows)
def test_means_keep_their_order_between_minimum_and_maximum(row):
    x, w = row
    found = [mean_of(x, mean, w) for mean in MEANS.values()]
    assert all(a <= b + 1e-9 for a, b in pairwise(found))
    assert min(x) - 1e-9 <= found[0]
    assert found[-1] <= max(x) + 1e-9


@MODEST
@given(rows, st.sampled_from(list(MEANS)), st.data())
def test_permuting_columns_changes_no_bit(row, name, data):
    x, w = row
    order = data.draw(st.permutations(range(len(x))))
    moved = mean_of([x[i] for i in order], MEANS[name], [w[i] for i in order])
    assert moved == mean_of(x, MEANS[name], w)


@MODEST
@given(rows, st.sampled_from(list(MEANS)))
def test_multiples_splits_and_holes(row, name):
    """Homogeneous; a weight may be split; a hole or a zero weight is absence."""
    x, w = row
    mean, value = MEANS[name], mean_of(x, MEANS[name], w)
    assert mean_of([3 * v for v in x], mean, w) == pytest.approx(3 * value, rel=1e-12)
    assert mean_of([*x, x[0]], mean, [w[0] / 2, *w[1:], w[0] / 2]) == pytest.approx(value)
    assert mean_of([*x, NAN], mean, [*w, 5]) == pytest.approx(value, rel=1e-14)
    assert mean_of([*x, 150], mean, [*w, 0]) == pytest.approx(value, rel=1e-14)


@MODEST
@given(rows)
def test_contraharmonic_is_the_mean_of_the_index(row):
    x, w = row
    assert mean_of(x, CONTRAHARMONIC, w) == pytest.approx(aggregate([x], w).F[0], abs=1e-11)


def test_mazziotta_pareto():
    for sign, expected in ((1, 109), (-1, 91)):
        assert mazziotta_pareto([[70, 130]], [1, 1], sign=sign)[0] == pytest.approx(expected)
    weighted = mazziotta_pareto([[130, 70]], [3, 1], sign=-1)[0]
    assert weighted == pytest.approx(115 - 675 / 115, abs=1e-12)
    np.testing.assert_allclose(
        mazziotta_pareto([[100, 100], [NAN, 90], [NAN, NAN]], [1, 1], sign=-1), [100, 90, NAN]
    )


def test_subtracted_penalty_is_not_increasing():
    """Why the sign of well-being is only an alternative here."""
    below = [112] + [70] * 15
    above = [130] + [70] * 15
    weights = np.ones(16)
    low, high = (mazziotta_pareto([row], weights, sign=-1)[0] for row in (below, above))
    assert (round(low, 3), round(high, 3)) == (71.202, 70.890)
    plus = [mazziotta_pareto([row], weights, sign=1)[0] for row in (below, above)]
    assert plus[0] < plus[1]


@pytest.mark.parametrize(
    ("values", "weights", "sign", "message"),
    [
        ([[100, 90]], [1, 1], 0, "sign: found 0"),
        ([[100, 0]], [1, 1], 1, "found 0.0 at position"),
        ([[100, -3]], [1, 1], -1, "found -3.0 at position"),
        ([[100, INF]], [1, 1], 1, "found inf"),
        ([[100, 90]], [1, -1], 1, "weights: found -1.0"),
        ([[100, 90]], [0, 0], 1, "all zero"),
    ],
)
def test_mazziotta_pareto_refusals(values, weights, sign, message):
    with pytest.raises(ValueError, match=message):
        mazziotta_pareto(values, weights, sign=sign)

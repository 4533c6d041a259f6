"""Other normalisations: exact cases, constants, holes, refusals, what changes nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.normalisations import (
    ampi_goalposts,
    min_max,
    percentile,
    rank,
    z_score,
    z_score_100_10,
)

MODEST = settings(max_examples=40, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")
# Each with the value that a column without spread gets.
FUNCTIONS = {
    "min_max": (min_max, 0.5),
    "z_score": (z_score, 0.0),
    "z_score_100_10": (z_score_100_10, 100.0),
    "percentile": (percentile, 0.5),
    "percentile_min": (lambda x: percentile(x, ties="min"), 0.5),
    "ampi_goalposts": (ampi_goalposts, 100.0),
}
every = pytest.mark.parametrize(("function", "middle"), FUNCTIONS.values(), ids=FUNCTIONS)
ALL = [function for function, _ in FUNCTIONS.values()] + [rank]


def column(*values) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def check(found, *expected) -> None:
    np.testing.assert_allclose(found[:, 0], expected, rtol=0, atol=1e-13)


def test_min_max():
    check(min_max(column(1, 2, 5)), 0, 0.25, 1)
    check(min_max(column(5, -3, NAN, 1), low=70, high=130), 130, 70, NAN, 100)


def test_z_score():
    check(z_score(column(1, 2, 3)), -1, 0, 1)
    check(z_score(column(1, 3), ddof=0), -1, 1)
    check(z_score(column(1, NAN, 3), ddof=0), -1, NAN, 1)
    check(z_score_100_10(column(1, 2, 3)), 90, 100, 110)
    check(z_score_100_10(column(1, 3), ddof=0), 90, 110)


def test_rank():
    check(rank(column(10, 30, 20)), 1, 3, 2)
    check(rank(column(10, 20, 20, NAN, 30)), 1, 2.5, 2.5, NAN, 4)
    check(rank(column(10, 20, 20, NAN, 30), ties="min"), 1, 2, 2, NAN, 4)
    check(rank(column(7, 7, 7)), 2, 2, 2)
    check(rank(column(7, 7, 7), ties="min"), 1, 1, 1)
    check(rank(column(7, NAN)), 1, NAN)


def test_percentile():
    check(percentile(column(1, 2, 2, 9, NAN)), 0, 0.5, 0.5, 1, NAN)
    check(percentile(column(1, 2, 2, 9, NAN), ties="min"), 0, 1 / 3, 1 / 3, 1, NAN)
    check(percentile(column(1, 2, 9), low=70, high=130), 70, 100, 130)


def test_ampi_goalposts():
    check(ampi_goalposts(column(1, 2, 5), 2), 85, 100, 145)
    check(ampi_goalposts(column(-1, 0, 3)), 85, 100, 145)
    check(ampi_goalposts(column(1, NAN, 5), 1), 100, NAN, 160)
    check(ampi_goalposts(column(1, 2), 1, spread=[4]), 100, 115)
    check(ampi_goalposts(column(1, 2), NAN), NAN, NAN)
    found = ampi_goalposts([[1, 10], [3, 30]], [2, 10])
    assert found.tolist() == [[70, 100], [130, 160]]


@every
def test_column_without_spread_gets_the_middle(function, middle):
    assert function(column(0.1, 0.1, 0.1)).tolist() == [[middle]] * 3
    assert function(column(7)).tolist() == [[middle]]
    np.testing.assert_array_equal(function(column(NAN, 7)), column(NAN, middle))
    np.testing.assert_array_equal(function(column(NAN, NAN)), column(NAN, NAN))


def test_equal_values_whose_mean_rounds_have_no_z_score():
    x = np.full((3, 1), 0.1)
    assert np.mean(x) != 0.1, "the case no longer shows anything"
    assert z_score(x).tolist() == [[0], [0], [0]]


@pytest.mark.parametrize("function", ALL)
def test_no_unit_at_all(function):
    assert function(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1], [INF]], r"values: found inf at position \(1, 0\)"),
        ([[1], [-INF]], "values: found -inf"),
        ([1, 2], r"values: found shape \(2,\)"),
        (np.empty((2, 0)), r"values: found shape \(2, 0\)"),
    ],
)
def test_refusals(function, values, message):
    with pytest.raises(ValueError, match=message):
        function(values)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: min_max([[1]], low=1, high=1), "low, high: found 1, 1"),
        (lambda: percentile([[1]], low=0, high=INF), "low, high: found 0, inf"),
        (lambda: z_score([[1]], ddof=2), "ddof: found 2"),
        (lambda: rank([[1]], ties="max"), "ties: found 'max'"),
        (lambda: percentile([[1]], ties="max"), "ties: found 'max'"),
        (lambda: min_max([[-1e308], [1e308]]), "max − min: found inf"),
        (lambda: z_score([[-1e308], [1e308]]), "max − min: found inf"),
        (lambda: ampi_goalposts([[1]], INF), "reference: found inf"),
        (lambda: ampi_goalposts([[1]], [1, 2]), "broadcast"),
        (lambda: ampi_goalposts([[1]], 0, spread=[-1]), "spread: found -1"),
        (lambda: ampi_goalposts([[1]], 0, spread=[NAN]), "spread: found nan"),
        (lambda: ampi_goalposts([[1]], 0, spread=[1, 2]), r"spread: found shape \(2,\)"),
        (lambda: ampi_goalposts([[1]], 0, spread=[1e-320]), "ampi_goalposts: found inf"),
    ],
)
def test_refused_choices(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_very_large_and_very_small_values_keep_their_z_score():
    for scale in (1e-200, 1e200):
        check(z_score(column(scale, 2 * scale, 3 * scale)), -1, 0, 1)


# Whole numbers, so that ties are frequent and an affine rescaling keeps them.
tables = st.integers(1, 4).flatmap(
    lambda m: st.lists(
        st.lists(st.one_of(st.integers(-5, 5), st.just(NAN)), min_size=m, max_size=m),
        min_size=1,
        max_size=9,
    )
)


@every
@MODEST
@given(table=tables, factor=st.sampled_from([0.5, 3.0, 1e4]), offset=st.integers(-100, 100))
def test_affine_rescaling_changes_nothing(function, middle, table, factor, offset):
    x = np.array(table, dtype=float)
    if function is ampi_goalposts:
        found = ampi_goalposts(x * factor + offset, float(offset))
    else:
        found = function(x * factor + offset)
    np.testing.assert_allclose(found, function(x), rtol=0, atol=1e-9)


@every
@MODEST
@given(table=tables, data=st.data())
def test_permuting_rows_only_permutes(function, middle, table, data):
    x = np.array(table, dtype=float)
    order = data.draw(st.permutations(range(len(x))))
    np.testing.assert_allclose(function(x[order]), function(x)[order], rtol=0, atol=1e-12)


@every
@MODEST
@given(table=tables)
def test_order_ties_and_holes_are_kept(function, middle, table):
    x = np.array(table, dtype=float)
    found = function(x)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(x))
    for before, after in zip(x.T, found.T, strict=True):
        np.testing.assert_array_equal(
            before[:, None] > before[None, :], after[:, None] > after[None, :]
        )


@MODEST
@given(tables)
def test_reversed_direction_mirrors(table):
    x = np.array(table, dtype=float)
    np.testing.assert_allclose(min_max(-x), 1 - min_max(x), atol=1e-12)
    np.testing.assert_allclose(z_score(-x), -z_score(x), atol=1e-12)
    np.testing.assert_allclose(percentile(-x), 1 - percentile(x), atol=1e-12)
    np.testing.assert_allclose(ampi_goalposts(-x), 200 - ampi_goalposts(x), atol=1e-9)

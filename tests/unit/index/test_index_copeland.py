"""Duels by hand, ties, holes, draws by rounding, refusals, properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.copeland import copeland_scores, outranking_shares

MODEST = settings(max_examples=50, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def scores(values, weights=None) -> list[float]:
    x = np.array(values, dtype=float)
    w = np.ones(x.shape[1]) if weights is None else weights
    return copeland_scores(outranking_shares(x, w)).tolist()


def test_three_units_by_hand():
    """A beats B on two of three; A and C draw on two and C wins the third; B and C: 1 of 3."""
    x = [[3, 3, 1], [2, 2, 2], [3, 3, 3]]
    shares = outranking_shares(x, [1, 1, 1])
    expected = [[NAN, 2 / 3, 1 / 3], [1 / 3, NAN, 0], [2 / 3, 1, NAN]]
    np.testing.assert_allclose(shares, expected, atol=1e-15)
    assert copeland_scores(shares).tolist() == [0, -2, 2]


def test_weights_decide_a_duel():
    assert scores([[3, 1, 1], [2, 2, 2]]) == [-1, 1]
    assert scores([[3, 1, 1], [2, 2, 2]], [3, 1, 1]) == [1, -1]
    assert scores([[3, 1, 1], [2, 2, 2]], [2, 1, 1]) == [0, 0]


def test_a_cycle_leaves_all_equal():
    assert scores([[1, 2, 3], [2, 3, 1], [3, 1, 2]]) == [0, 0, 0]


def test_holes_are_left_out_of_their_duels():
    shares = outranking_shares([[5, NAN], [4, 9], [NAN, 1]], [1, 3])
    np.testing.assert_array_equal(shares, [[NAN, 1, 0.5], [0, NAN, 1], [0.5, 0, NAN]])
    assert copeland_scores(shares).tolist() == [1, 0, -1]


def test_one_unit_no_unit_and_all_tied():
    assert scores([[5, 6]]) == [0]
    assert copeland_scores(outranking_shares(np.empty((0, 2)), [1, 1])).tolist() == []
    assert scores([[1, 2]] * 4) == [0] * 4
    assert scores([[NAN], [NAN]]) == [0, 0]


def test_a_draw_is_not_decided_by_rounding():
    """Six weights of 1/3 against one of 2: their sum is 2 but for the last bit."""
    x, weights = [[1] * 6 + [0], [0] * 6 + [1]], [1 / 3] * 6 + [2]
    shares = outranking_shares(x, weights)
    assert shares[0, 1] != 0.5, "the case no longer shows anything"
    assert copeland_scores(shares).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("values", "weights", "message"),
    [
        ([[1, INF]], [1, 1], "values: found inf"),
        ([[1, -INF]], [1, 1], "values: found -inf"),
        ([[1, 2]], [1, -1], "weights: found -1.0"),
        ([[1, 2]], [0, 0], "all zero"),
        ([[1, 2]], [1], r"weights: found shape \(1,\)"),
        ([1, 2], [1], r"values: found shape \(2,\)"),
    ],
)
def test_refusals(values, weights, message):
    with pytest.raises(ValueError, match=message):
        outranking_shares(values, weights)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([[0, 1]], r"shares: found shape \(1, 2\)"),
        ([0, 1], r"shares: found shape \(2,\)"),
        ([[0, 1.5], [-0.5, 0]], "shares: found 1.5"),
        ([[0, NAN], [1, 0]], "shares: found nan"),
        ([[0, 1], [1, 0]], "sum 1"),
    ],
)
def test_refused_shares(shares, message):
    with pytest.raises(ValueError, match=message):
        copeland_scores(shares)


tables = st.integers(1, 5).flatmap(
    lambda m: st.tuples(
        st.lists(
            st.lists(st.one_of(st.integers(0, 4), st.just(NAN)), min_size=m, max_size=m),
            min_size=1,
            max_size=7,
        ),
        st.lists(st.integers(1, 5), min_size=m, max_size=m),
    )
)


@MODEST
@given(tables)
def test_against_a_plain_count_of_duels(table):
    x, w = table
    expected = []
    for a in x:
        total = 0
        for b in x:
            lead = sum(
                weight * ((p > q) - (p < q)) for p, q, weight in zip(a, b, w, strict=True)
            )  # comparisons with NaN are false
            total += (lead > 0) - (lead < 0)
        expected.append(total)
    assert scores(x, w) == expected


@MODEST
@given(tables, st.data())
def test_invariances(table, data):
    """Increasing changes of an indicator, multiples of weights, order of rows and columns."""
    x, w = np.array(table[0], dtype=float), np.array(table[1])
    base = np.array(scores(x, w))
    assert base.sum() == 0
    assert np.array_equal(scores(np.exp(x) * 7 - 3, w), base)
    assert np.array_equal(scores(x, w * 0.37), base)
    assert np.array_equal(scores(-x, w), -base)
    rows = data.draw(st.permutations(range(len(x))))
    columns = data.draw(st.permutations(range(x.shape[1])))
    assert np.array_equal(scores(x[np.ix_(rows, columns)], w[columns]), base[rows])


@MODEST
@given(tables)
def test_a_unit_above_another_everywhere_is_not_behind_it(table):
    x = np.nan_to_num(np.array(table[0], dtype=float))
    found = np.array(scores(np.vstack([x, x.max(axis=0) + 1]), table[1]))
    assert found[-1] == len(x)
    assert (found[:-1] < found[-1]).all()

"""Ranks over draws: by hand, ties, properties, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.rank_uncertainty import rank_uncertainty

MODEST = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def draws_of_scores(draw):
    s, n = draw(st.integers(1, 12)), draw(st.integers(1, 7))
    rows = draw(
        st.lists(st.lists(st.integers(70, 76), min_size=n, max_size=n), min_size=s, max_size=s)
    )
    reference = draw(st.lists(st.integers(70, 76), min_size=n, max_size=n))
    return np.array(rows, dtype=float), np.array(reference, dtype=float)


def test_by_hand():
    scores = [[120, 110, 100, 90], [90, 110, 110, 80], [100, 120, 110, 90], [120, 100, 110, 90]]
    result = rank_uncertainty(scores, [120, 110, 100, 90])
    assert result.ranks.tolist() == [[1, 2, 3, 4], [3, 1, 1, 4], [3, 1, 2, 4], [1, 3, 2, 4]]
    # Of an even number of draws the lower middle one; ends are draws that occurred.
    assert result.median.tolist() == [1, 1, 2, 4]
    assert result.low.tolist() == [1, 1, 1, 4]
    assert result.high.tolist() == [3, 3, 3, 4]
    assert result.p_top.tolist() == [1, 1, 1, 0]
    assert result.p_above[0, 1] == 0.5
    assert result.p_above[1, 2] == (2 + 0.5) / 4
    assert result.p_above[3, :3].tolist() == [0, 0, 0]
    assert result.mean_shift.tolist() == [0, (2 + 1 + 2) / 4, (2 + 1 + 1) / 4, (1 + 1) / 4]


def test_interval_holds_nine_tenths():
    """100 draws in which the first unit is once last, five times second: [1, 2]."""
    scores = np.tile([103.0, 102, 101], (100, 1))
    scores[:6, 0] = 101.5
    scores[6, 0] = 100
    result = rank_uncertainty(scores, [103, 102, 101])
    assert (result.low[0], result.median[0], result.high[0]) == (1, 1, 2)
    scores[6:8, 0] = 101.5
    scores[:3, 0] = 103
    # Now five of a hundred: 95 % of the draws have rank 1.
    assert rank_uncertainty(scores, [103, 102, 101]).high[0] == 1


def test_last_bits_decide_nothing():
    scores = np.array([[100.0, 100.0 + 1e-12]])
    assert rank_uncertainty(scores, scores[0]).ranks.tolist() == [[1, 1]]
    assert rank_uncertainty(scores + np.array([[0, 1e-6]]), scores[0]).ranks.tolist() == [[2, 1]]


@MODEST
@given(draws_of_scores(), st.randoms(use_true_random=False))
def test_properties(case, random):
    scores, reference = case
    n = scores.shape[1]
    result = rank_uncertainty(scores, reference)
    off = ~np.eye(n, dtype=bool)
    np.testing.assert_allclose((result.p_above + result.p_above.T)[off], 1, rtol=1e-15)
    assert np.isnan(np.diag(result.p_above)).all()
    assert (result.low <= result.median).all() and (result.median <= result.high).all()
    assert (result.ranks >= 1).all() and (result.ranks <= n).all()
    # A unit that is above another in every draw has no larger rank.
    is_always = np.nan_to_num(result.p_above) == 1
    for a, b in np.argwhere(is_always):
        assert (result.ranks[:, a] < result.ranks[:, b]).all()
        assert result.median[a] < result.median[b]
    order = list(range(n))
    random.shuffle(order)
    moved = rank_uncertainty(scores[:, order], reference[order])
    for name in ("median", "low", "high", "p_top"):
        np.testing.assert_array_equal(getattr(moved, name), getattr(result, name)[order])
    np.testing.assert_array_equal(moved.p_above, result.p_above[np.ix_(order, order)])
    np.testing.assert_allclose(moved.mean_shift, result.mean_shift, rtol=1e-15)


def test_blocks_change_nothing(monkeypatch):
    scores = np.random.default_rng(0).normal(size=(50, 9))
    whole = rank_uncertainty(scores, scores[0])
    monkeypatch.setattr("phare_pipeline.index.rank_uncertainty._BLOCK_PAIRS", 300)
    parts = rank_uncertainty(scores, scores[0])
    np.testing.assert_array_equal(parts.ranks, whole.ranks)
    np.testing.assert_array_equal(parts.p_above, whole.p_above)


@pytest.mark.parametrize(
    ("scores", "reference", "message"),
    [
        (np.empty((0, 3)), np.zeros(3), r"scores: found shape \(0, 3\), expected \(s, n\)"),
        (np.zeros(3), np.zeros(3), r"scores: found shape \(3,\)"),
        ([[1.0, np.nan]], [1.0, 2], "scores: found nan at position"),
        ([[1.0, np.inf]], [1.0, 2], "scores: found inf at position"),
        ([[1.0, 2]], [1.0, np.nan], "reference: found nan at position"),
        ([[1.0, 2]], [1.0], r"reference: found shape \(1,\), expected \(2,\)"),
    ],
)
def test_refused(scores, reference, message):
    with pytest.raises(ValueError, match=message):
        rank_uncertainty(scores, reference)

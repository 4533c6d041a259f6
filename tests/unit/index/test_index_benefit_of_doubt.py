"""Benefit of the doubt: cases by hand, both sides of the programme, refusals, properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index import benefit_of_doubt as module
from phare_pipeline.index.benefit_of_doubt import benefit_of_doubt

MODEST = settings(max_examples=20, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def score(values) -> list[float]:
    return benefit_of_doubt(np.array(values, dtype=float)).score.tolist()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[2], [4], [1]], [0.5, 1, 0.25]),  # one indicator: share of the maximum
        ([[1, 0], [0, 1], [0.5, 0.5], [0.4, 0.2]], [1, 1, 1, 0.6]),
        ([[1, 0], [0, 1], [0.6, 0.6], [0.3, 0.3]], [1, 1, 1, 0.5]),
        ([[2, 2], [2, 2]], [1, 1]),
        ([[5, 7]], [1]),
        ([[0, 0], [0, 0]], [0, 0]),
        ([[0, 0], [3, 0]], [0, 1]),
    ],
)
def test_by_hand(values, expected):
    np.testing.assert_allclose(score(values), expected, rtol=0, atol=1e-12)


def test_weights_and_peers_by_hand():
    """(0.4, 0.2) is 0.6 of a mixture of the corners, 0.4 of the first and 0.2 of the second."""
    result = benefit_of_doubt([[10, 0], [0, 1], [4, 0.2]])
    np.testing.assert_allclose(result.weights[2], [0.1, 1], atol=1e-12)
    np.testing.assert_allclose(result.peers[2], [0.4, 0.2, 0], atol=1e-12)


def test_no_unit():
    assert benefit_of_doubt(np.empty((0, 2))).score.shape == (0,)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, NAN]], "values: found nan"),
        ([[1, INF]], "values: found inf"),
        ([[1, -INF]], "values: found -inf"),
        ([[1, -0.5]], r"values: found -0.5 at position \(0, 1\)"),
        ([1, 2], r"values: found shape \(2,\)"),
        (np.empty((2, 0)), r"values: found shape \(2, 0\)"),
    ],
)
def test_refusals(values, message):
    with pytest.raises(ValueError, match=message):
        benefit_of_doubt(values)


def test_a_programme_without_optimum_is_not_swallowed(monkeypatch):
    from scipy.optimize import OptimizeResult

    failed = OptimizeResult(status=4, message="numerical difficulties")
    monkeypatch.setattr("scipy.optimize.linprog", lambda *a, **k: failed)
    with pytest.raises(RuntimeError, match="unit 0: numerical difficulties"):
        benefit_of_doubt([[1, 2]])


def test_two_sides_that_disagree_are_not_swallowed(monkeypatch):
    monkeypatch.setattr(module, "_GAP_TOLERANCE", -1.0)
    with pytest.raises(RuntimeError, match="both sides"):
        benefit_of_doubt([[1, 2]])


tables = st.integers(1, 4).flatmap(
    lambda m: st.lists(
        st.lists(st.integers(0, 9), min_size=m, max_size=m), min_size=1, max_size=6
    ).map(lambda rows: np.array(rows, dtype=float))
)


@MODEST
@given(tables)
def test_both_sides_prove_the_score(x):
    result = benefit_of_doubt(x)
    assert (result.weights >= 0).all()
    assert (result.peers >= 0).all()
    assert (x @ result.weights.T <= 1 + 1e-12).all()
    np.testing.assert_allclose((result.weights * x).sum(axis=1), result.score, atol=1e-12)
    np.testing.assert_allclose(result.peers.sum(axis=1), result.score, atol=1e-9)
    assert (result.peers @ x >= x - 1e-8).all()
    assert ((result.score >= 0) & (result.score <= 1)).all()


@pytest.mark.slow
@MODEST
@given(tables, st.data())
def test_invariances(x, data):
    base = np.array(score(x))
    factors = np.array([data.draw(st.sampled_from([0.01, 1.0, 300.0])) for _ in x.T])
    np.testing.assert_allclose(score(x * factors), base, atol=1e-9)
    rows = data.draw(st.permutations(range(len(x))))
    np.testing.assert_allclose(score(x[rows]), base[rows], atol=1e-9)
    np.testing.assert_allclose(score(np.column_stack([x, np.zeros(len(x))])), base, atol=1e-9)


@MODEST
@given(tables)
def test_leaders_have_one_and_more_of_anything_never_lowers(x):
    result = np.array(score(x))
    leads = (x == x.max(axis=0)) & (x > 0)
    np.testing.assert_allclose(result[leads.any(axis=1)], 1, atol=1e-9)
    raised = x.copy()
    raised[0] += 1
    assert score(raised)[0] >= result[0] - 1e-9

"""Sobol indices: functions whose indices are known, errors of estimate, edges, the rank shift."""

import numpy as np
import pytest

from phare_pipeline.index.draws import FACTORS, draw, prepare
from phare_pipeline.index.hierarchy import Hierarchy, score_index
from phare_pipeline.index.rank_uncertainty import rank_uncertainty
from phare_pipeline.index.simulation import evaluate
from phare_pipeline.index.sobol import rank_shift_sensitivity, sobol_indices

TREE = Hierarchy([1, 1, 1, 1, 1, 1], [0, 0, 1, 1, 2, 2], [1, 1, 1], [0, 0, 1], [1, 1])


def design(function, k, size, seed=0):
    """Outcomes of a Saltelli design over k uniform factors on [−1, 1]."""
    a, b = np.random.default_rng(seed).uniform(-1, 1, (2, size, k))
    mixed = []
    for factor in range(k):
        ab = a.copy()
        ab[:, factor] = b[:, factor]
        mixed.append(function(ab))
    return function(a), function(b), np.array(mixed)


def test_sum_splits_by_variance():
    """Of y = x₀ + 2x₁ + 0·x₂: shares 1/5, 4/5 and 0, alone and in total."""
    result = sobol_indices(*design(lambda x: x[:, 0] + 2 * x[:, 1], 3, 10_000), seed=1)
    np.testing.assert_allclose(result.first, [0.2, 0.8, 0], atol=0.04)
    np.testing.assert_allclose(result.total, [0.2, 0.8, 0], atol=0.04)
    assert result.total[2] == 0 and result.total_error[2] == 0


def test_product_is_all_interaction():
    """Of y = x₀x₁ neither explains anything alone, everything hangs on both."""
    result = sobol_indices(*design(lambda x: x[:, 0] * x[:, 1], 2, 10_000), seed=1)
    np.testing.assert_allclose(result.first, 0, atol=0.04)
    np.testing.assert_allclose(result.total, 1, atol=0.04)


def test_ishigami():
    """The classical case, a = 7, b = 0.1: S = 0.3139, 0.4424, 0; T = 0.5576, 0.4424, 0.2437."""

    def function(x):
        x = np.pi * x
        return np.sin(x[:, 0]) * (1 + 0.1 * x[:, 2] ** 4) + 7 * np.sin(x[:, 1]) ** 2

    a, b = 7.0, 0.1
    first = np.array([(1 + b * np.pi**4 / 5) ** 2 / 2, a**2 / 8, 0])
    shared = 8 * b**2 * np.pi**8 / 225
    total = first + np.array([shared, 0, shared])
    variance = first.sum() + shared
    result = sobol_indices(*design(function, 3, 20_000), seed=1)
    np.testing.assert_allclose(result.first, first / variance, atol=0.04)
    np.testing.assert_allclose(result.total, total / variance, atol=0.04)


def test_errors_are_the_spread_over_repetitions():
    runs = [
        sobol_indices(*design(lambda x: x[:, 0] + 2 * x[:, 1], 2, 300, seed), seed=seed)
        for seed in range(30)
    ]
    for name in ("first", "total"):
        spread = np.std([getattr(run, name) for run in runs], axis=0, ddof=1)
        stated = np.mean([getattr(run, f"{name}_error") for run in runs], axis=0)
        np.testing.assert_allclose(stated, spread, rtol=0.35)


def test_seed_is_that_of_the_bootstrap():
    outcomes = design(lambda x: x[:, 0] * x[:, 1], 2, 200)
    first, again, other = (sobol_indices(*outcomes, seed=s) for s in (1, 1, 2))
    assert first.first_error.tobytes() == again.first_error.tobytes()
    np.testing.assert_array_equal(first.total, other.total)
    assert (first.total_error != other.total_error).all()


def test_nothing_varies():
    result = sobol_indices(np.full(5, 2.0), np.full(5, 2.0), np.full((3, 5), 2.0), seed=1)
    for name in ("first", "total", "first_error", "total_error"):
        assert np.isnan(getattr(result, name)).all()


@pytest.mark.parametrize(
    ("a", "b", "ab", "message"),
    [
        ([1.0], [2.0], [[1.0]], "found 1 draws"),
        ([1.0, 2], [1.0], [[1.0, 2]], r"outcome_b: found shape \(1,\), expected \(2,\)"),
        ([1.0, 2], [1.0, 2], [[1.0, 2, 3]], r"shape \(1, 3\)"),
        ([1.0, np.nan], [1.0, 2], [[1.0, 2]], "outcome_a: found nan"),
        ([1.0, 2], [1.0, np.inf], [[1.0, 2]], "outcome_b: found inf"),
        ([1.0, 2], [1.0, 2], [[1.0, -np.inf]], "outcome_ab: found -inf"),
    ],
)
def test_refused(a, b, ab, message):
    with pytest.raises(ValueError, match=message):
        sobol_indices(a, b, ab, seed=1)


def experiment_of(n, seed=0):
    z = 100 + 10 * np.random.default_rng(seed).normal(size=(n, 6))
    scores = score_index(np.clip(z, 70, 130), TREE)
    return prepare(scores, z)


@pytest.mark.parametrize(("design", "half"), [(None, 200), (300, 150)])
def test_rank_shift_by_hand(design, half):
    """The same design put together outside."""
    experiment = experiment_of(7)
    found = rank_shift_sensitivity(experiment, 400, seed=3, design=design)
    assert found.factors == (*FACTORS[:4], "method")
    draws = draw(experiment, 400, 3)
    np.testing.assert_array_equal(found.scores, evaluate(experiment, draws))
    a, b = draws.take(np.arange(half)), draws.take(np.arange(half, 2 * half))

    def shift(choices):
        return rank_uncertainty(evaluate(experiment, choices), experiment.reference).mean_shift

    mixed = [shift(a.with_factor(factor, b)) for factor in found.factors]
    expected = sobol_indices(shift(a), shift(b), mixed, seed=3)
    np.testing.assert_array_equal(found.indices.first, expected.first)
    np.testing.assert_array_equal(found.indices.total, expected.total)
    assert (found.indices.total >= 0).all() and found.indices.total.sum() > 0.9


@pytest.mark.parametrize("n", [0, 1])
def test_one_unit_or_none(n):
    z = np.full((3, 6), np.nan)
    z[:n] = 110.0
    experiment = prepare(score_index(z, TREE), z)
    found = rank_shift_sensitivity(experiment, 10, seed=1)
    assert found.scores.shape == (10, n)
    assert np.isnan(found.indices.first).all() and np.isnan(found.indices.total).all()


@pytest.mark.parametrize(("size", "design"), [(0, None), (2, None), (7, None), (8, 10), (8, 2)])
def test_sizes_refused(size, design):
    wrong = size if design is None else design
    with pytest.raises(ValueError, match=f"design: found {wrong}, expected an even number from 4"):
        rank_shift_sensitivity(experiment_of(3), size, seed=1, design=design)

"""The sampled average rank: within its error of the exact one, exact parts, refusals, time."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index import sampled_rank as module
from phare_pipeline.index.average_rank import average_rank
from phare_pipeline.index.dominance import dominance_matrix
from phare_pipeline.index.pareto import order_units
from phare_pipeline.index.sampled_rank import estimate_average_rank

FEW = settings(max_examples=10, deadline=None, derandomize=True)


def correlated(n: int, shared: float, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(size=(n, 4)) + shared * random.normal(size=(n, 1))


def test_exact_up_to_22_units():
    dominance = dominance_matrix(correlated(22, 1, 0))
    found = estimate_average_rank(dominance, seed=1)
    assert found.is_exact
    assert found.error.tolist() == [0] * 22
    assert found.rank.tolist() == average_rank(dominance).tolist()


def test_exact_for_small_parts_of_a_large_order():
    """Nobody is comparable: all at the mean. Forty pairs: 1/3 and 2/3 of n + 1."""
    assert (
        estimate_average_rank(np.zeros((40, 40), dtype=bool), seed=1).rank.tolist() == [20.5] * 40
    )
    pairs = np.zeros((80, 80), dtype=bool)
    pairs[np.arange(40), np.arange(40) + 40] = True
    found = estimate_average_rank(pairs, seed=1)
    assert found.is_exact
    np.testing.assert_allclose(found.rank, [27] * 40 + [54] * 40, rtol=0, atol=1e-12)


@pytest.mark.slow
def test_the_stated_error_covers_the_exact_rank():
    """A 95 % interval, by chance a little more or less: over 30 orders of 20 units, 600 ranks."""
    n_within = 0
    for case in range(30):
        dominance = dominance_matrix(correlated(20, [0, 1, 2, 4][case % 4], case))
        rank, error = module._sample(dominance, np.random.SeedSequence([7, case]), sweeps=60)
        gap = np.abs(rank - average_rank(dominance))
        assert (gap < 3 * error).all()
        n_within += int((gap <= error).sum())
    assert n_within >= 0.92 * 600


@pytest.mark.slow
def test_a_large_order_known_in_closed_form():
    """Five chains of 12 make the place of the i-th of a chain i (n + 1)/13; one unit joins them.

    The unit below all others is last in every order, and makes one connected part of 61 units.
    """
    chains = np.kron(np.eye(5, dtype=bool), np.triu(np.ones((12, 12), dtype=bool), 1))
    dominance = np.zeros((61, 61), dtype=bool)
    dominance[:60, :60] = chains
    dominance[:60, 60] = True
    found = estimate_average_rank(dominance, seed=3, sweeps=400)
    exact = np.append(np.tile(np.arange(1, 13) * 61 / 13, 5), 61)
    assert not found.is_exact
    assert (np.abs(found.rank - exact) <= 2 * found.error).all()
    assert (found.error < 0.5).all()


@pytest.mark.slow
@FEW
@given(st.integers(0, 1000), st.sampled_from([0.0, 1.0, 2.0]))
def test_sum_order_and_range(seed, shared):
    z = correlated(40, shared, seed)
    dominance, order = dominance_matrix(z), order_units(z)
    found = estimate_average_rank(dominance, seed=seed, sweeps=100)
    assert abs(found.rank.sum() - 40 * 41 / 2) < found.error.sum()
    assert (found.rank >= order.rank_best - found.error).all()
    assert (found.rank <= order.rank_worst + found.error).all()
    for above, below in np.argwhere(dominance):
        assert found.rank[above] < found.rank[below] + found.error[above] + found.error[below]


@pytest.mark.slow
def test_same_seed_same_bytes_and_more_sweeps_less_error():
    dominance = dominance_matrix(correlated(50, 1, 0))
    first, again = (estimate_average_rank(dominance, seed=5) for _ in range(2))
    assert first.rank.tobytes() == again.rank.tobytes()
    assert first.error.tobytes() == again.error.tobytes()
    other = estimate_average_rank(dominance, seed=6, sweeps=800)
    assert other.error.mean() < 0.6 * first.error.mean()
    assert (np.abs(first.rank - other.rank) < 2 * (first.error + other.error)).all()


@pytest.mark.slow
def test_96_units_take_about_half_a_second():
    dominance = dominance_matrix(correlated(96, 1, 0))
    start = time.process_time()
    found = estimate_average_rank(dominance, seed=1)
    assert time.process_time() - start < 3
    assert found.error.max() < 0.5


def test_refusals():
    with pytest.raises(ValueError, match="transitive"):
        estimate_average_rank(np.eye(3, k=1, dtype=bool), seed=1)
    with pytest.raises(ValueError, match="sweeps: found 0"):
        estimate_average_rank(np.zeros((2, 2), dtype=bool), seed=1, sweeps=0)


def test_a_start_that_is_not_forgotten_is_an_error(monkeypatch):
    monkeypatch.setattr(module, "MAX_BURN_IN", 5)
    chain = np.triu(np.ones((30, 30), dtype=bool), 1)
    with pytest.raises(ValueError, match="still depends on its start after 5 sweeps"):
        estimate_average_rank(chain, seed=1)

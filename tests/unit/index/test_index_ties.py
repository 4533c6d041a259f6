"""Figures that differ by the noise of computation alone are level, all others are not."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.average_rank import MAX_EXACT_UNITS
from phare_pipeline.index.ranks import fragility_rank, rank_descending
from phare_pipeline.index.sampled_rank import estimate_average_rank
from phare_pipeline.index.ties import comparable

ANEW = settings(max_examples=150, deadline=None)
# Figures as producers print them: whole tenths, of which a mean of four is made.
TENTHS = st.lists(st.tuples(*[st.integers(-300, 300)] * 4), min_size=2, max_size=20)


@ANEW
@given(TENTHS, st.randoms(), st.sampled_from([1, 10, 1000, 10**7]))
def test_ranks_are_those_of_exact_fractions(quarters, random, unit):
    exact = [Fraction(sum(values), 40) * unit for values in quarters]
    noisy = []
    for values in quarters:
        shuffled = random.sample(values, 4)
        noisy.append(sum(value / 10 * unit for value in shuffled) / 4)
    expected = [1 + sum(other > own for other in exact) for own in exact]
    assert rank_descending(noisy).rank.tolist() == expected
    lowest_first = [1 + sum(other < own for other in exact) for own in exact]
    assert fragility_rank(noisy, -1).rank.tolist() == lowest_first


@ANEW
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.integers(0, 2**32))
def test_noise_decides_nothing(values, seed):
    noise = 1 + np.random.default_rng(seed).uniform(-1e-13, 1e-13, len(values))
    exact = [Fraction(round(value, 3)).limit_denominator(1000) for value in values]
    figures = np.array([float(value) for value in exact]) * noise
    assert rank_descending(figures).rank.tolist() == [
        1 + sum(other > own for other in exact) for own in exact
    ]


def test_two_sums_of_the_same_quarters_are_level():
    one, two = (8.6 + 8.7 + 8.6 + 8.7) / 4, (8.65 * 2 + 0.1 + 17.2) / 4
    assert one != two
    assert rank_descending([one, two, 9.0]).rank.tolist() == [2, 2, 1]


def test_what_is_missing_or_zero_stays_so():
    assert comparable([]).size == 0
    np.testing.assert_array_equal(comparable([0.0, float("nan")]), [0.0, float("nan")])
    assert comparable([1e-15, 0.0], largest=8.65).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [MAX_EXACT_UNITS + 1, 40, 96])
def test_a_sampled_rank_keeps_what_is_known(n, seed):
    """Above all others is rank 1, and nobody passes those that are known to be above."""
    values = np.random.default_rng(seed).random((n, 4))
    values[0] = 2
    above = (values[:, None] >= values).all(2) & (values[:, None] > values).any(2)
    found = estimate_average_rank(above, seed)
    assert found.rank[0] == 1 and found.error[0] == 0
    assert (found.rank >= 1 + above.sum(axis=0)).all()
    assert (found.rank <= n - above.sum(axis=1)).all()
    chain = estimate_average_rank(np.triu(np.ones((n, n), dtype=bool), 1), seed)
    assert chain.rank.tolist() == list(range(1, n + 1)) and chain.is_exact

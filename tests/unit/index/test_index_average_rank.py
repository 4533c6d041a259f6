"""The exact average rank: brute force over all compatible orders, refusals, time."""

import time
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from phare_pipeline.index.average_rank import average_rank
from phare_pipeline.index.dominance import dominance_matrix

MODEST = settings(max_examples=50, deadline=None, derandomize=True)


def brute_force_average_rank(dominance) -> list[float]:
    n = len(dominance)
    orders = [
        order
        for order in permutations(range(n))
        if not any(dominance[order[j]][order[i]] for i in range(n) for j in range(i + 1, n))
    ]
    return [float(Fraction(sum(o.index(u) + 1 for o in orders), len(orders))) for u in range(n)]


def test_average_rank_refuses_what_it_cannot_do():
    with pytest.raises(ValueError, match="found 23 units, expected at most 22"):
        average_rank(np.zeros((23, 23), dtype=bool))
    with pytest.raises(ValueError, match=r"found shape \(2, 3\)"):
        average_rank(np.zeros((2, 3), dtype=bool))
    with pytest.raises(ValueError, match="int64"):
        average_rank(np.zeros((2, 2), dtype=np.int64))
    with pytest.raises(ValueError, match="over itself"):
        average_rank(np.eye(2, dtype=bool))
    with pytest.raises(ValueError, match="transitive"):
        average_rank(np.eye(3, k=1, dtype=bool))
    with pytest.raises(ValueError, match="transitive"):
        average_rank(np.array([[False, True], [True, False]]))


def test_average_rank_of_22_units_takes_about_a_second_at_worst():
    dominance = np.zeros((22, 22), dtype=bool)
    dominance[2:13, 0] = dominance[12:, 1] = True  # connected, and more than a million up-sets
    start = time.process_time()
    ranks = average_rank(dominance)
    assert time.process_time() - start < 3
    assert ranks.sum() == pytest.approx(22 * 23 / 2, abs=1e-10)
    assert average_rank(np.zeros((22, 22), dtype=bool)).tolist() == [11.5] * 22


def units(max_units: int):
    return st.tuples(st.integers(1, max_units), st.integers(1, 4)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=st.integers(98, 102).map(float))
    )


@MODEST
@given(units(6))
def test_average_rank_equals_brute_force(z):
    dominance = dominance_matrix(z)
    np.testing.assert_allclose(
        average_rank(dominance), brute_force_average_rank(dominance), rtol=0, atol=1e-12
    )

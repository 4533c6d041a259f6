"""The Pareto layer: exact cases, ties, brute force, refusals, properties."""

import time
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from phare_pipeline.index.aggregate import aggregate
from phare_pipeline.index.pareto import (
    average_rank,
    dominance_matrix,
    gap_to_front,
    order_units,
)
from phare_pipeline.index.ranks import fragility_rank

MODEST = settings(max_examples=50, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def brute_force_average_rank(dominance) -> list[float]:
    n = len(dominance)
    orders = [
        order
        for order in permutations(range(n))
        if not any(dominance[order[j]][order[i]] for i in range(n) for j in range(i + 1, n))
    ]
    return [float(Fraction(sum(o.index(u) + 1 for o in orders), len(orders))) for u in range(n)]


def test_thirteen_regions_all_tied():
    z = np.full((13, 4), 100.0)
    order = order_units(z)
    assert order.front_from_fragile.tolist() == order.front_from_robust.tolist() == [1] * 13
    assert order.rank_best.tolist() == [1] * 13
    assert order.rank_worst.tolist() == [13] * 13
    assert order.comparable_share == 0
    assert gap_to_front(z).gap.tolist() == [0] * 13
    assert average_rank(order.dominance).tolist() == [7] * 13


def test_one_indicator_is_a_chain():
    z = np.array([[85.0], [100], [115], [130]])
    order = order_units(z)
    assert order.front_from_fragile.tolist() == [4, 3, 2, 1]
    assert order.front_from_robust.tolist() == [1, 2, 3, 4]
    assert order.rank_best.tolist() == order.rank_worst.tolist() == [4, 3, 2, 1]
    assert order.comparable_share == 1
    assert average_rank(order.dominance).tolist() == [4, 3, 2, 1]
    gap = gap_to_front(z)
    assert gap.gap.tolist() == [-15, 15, 30, 45]
    assert gap.benchmark.tolist() == [1, 0, 0, 0]


def test_one_unit():
    order, gap = order_units([[90, 110]]), gap_to_front([[90, 110]])
    assert (order.rank_best[0], order.rank_worst[0]) == (1, 1)
    assert order.front_from_fragile[0] == order.front_from_robust[0] == 1
    assert np.isnan(order.comparable_share) and np.isnan(gap.gap[0])
    assert gap.benchmark.tolist() == [-1]
    assert average_rank(order.dominance).tolist() == [1]


def test_a_tie_on_one_axis_still_dominates_but_leaves_a_gap_of_zero():
    z = [[110, 100], [100, 100], [100, 110]]
    assert dominance_matrix(z).tolist() == [
        [False, True, False],
        [False, False, False],
        [False, True, False],
    ]
    assert gap_to_front(z).gap.tolist() == [0, -10, 0]


@pytest.mark.parametrize("function", [order_units, dominance_matrix, gap_to_front])
@pytest.mark.parametrize("wrong", [NAN, INF, -INF])
def test_nan_and_infinities_are_refused(function, wrong):
    with pytest.raises(ValueError, match=r"z: found (nan|inf|-inf) at position \(1, 0\)"):
        function([[100, 100], [wrong, 100]])
    with pytest.raises(ValueError, match="no unit"):
        function(np.empty((0, 4)))


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


@MODEST
@given(units(10))
def test_layers_agree_with_each_other_and_with_the_index(z):
    order, n = order_units(z), len(z)
    ranks, score = average_rank(order.dominance), aggregate(z, np.ones(z.shape[1])).F
    assert ranks.sum() == pytest.approx(n * (n + 1) / 2, abs=1e-11)
    assert (order.rank_best - 1e-11 <= ranks).all() and (ranks <= order.rank_worst + 1e-11).all()
    place = fragility_rank(score, 1).rank
    assert (order.rank_best <= place).all() and (place <= order.rank_worst).all()
    for above, below in np.argwhere(order.dominance):
        assert score[above] > score[below]
        assert ranks[above] < ranks[below]
        assert order.front_from_fragile[above] < order.front_from_fragile[below]
        assert order.front_from_robust[above] > order.front_from_robust[below]
    is_first = order.front_from_fragile == 1
    assert (is_first == (order.up == 0)).all()
    assert ((order.front_from_robust == 1) == (order.down == 0)).all()
    is_beaten = (z[:, None] > z[None, :]).all(axis=2).any(axis=1)
    if n > 1:
        assert ((gap_to_front(z).gap > 0) == is_beaten).all()


@MODEST
@given(units(8), st.randoms())
def test_permuting_units_and_axes_only_permutes(z, random):
    rows = random.sample(range(len(z)), len(z))
    columns = random.sample(range(z.shape[1]), z.shape[1])
    before, after = order_units(z), order_units(z[np.ix_(rows, columns)])
    for name in ("up", "down", "front_from_fragile", "front_from_robust"):
        assert getattr(after, name).tolist() == getattr(before, name)[rows].tolist()
    assert after.comparable_share == before.comparable_share or len(z) == 1
    np.testing.assert_allclose(
        average_rank(after.dominance), average_rank(before.dominance)[rows], rtol=0, atol=1e-12
    )
    np.testing.assert_array_equal(
        gap_to_front(z[np.ix_(rows, columns)]).gap, gap_to_front(z).gap[rows]
    )

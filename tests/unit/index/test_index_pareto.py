"""The Pareto layer: exact cases, ties, fronts, refusals, properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from phare_pipeline.index.aggregate import aggregate
from phare_pipeline.index.average_rank import average_rank
from phare_pipeline.index.dominance import dominance_matrix
from phare_pipeline.index.pareto import gap_to_front, order_units
from phare_pipeline.index.ranks import fragility_rank

MODEST = settings(max_examples=50, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def test_thirteen_regions_all_tied():
    z = np.full((13, 4), 100.0)
    order = order_units(z)
    assert order.front_from_fragile.tolist() == order.front_from_robust.tolist() == [1] * 13
    assert order.rank_best.tolist() == [1] * 13
    assert order.rank_worst.tolist() == [13] * 13
    assert order.comparable_share == 0
    assert gap_to_front(z).gap.tolist() == [0] * 13
    assert average_rank(dominance_matrix(z)).tolist() == [7] * 13


def test_one_indicator_is_a_chain():
    z = np.array([[85.0], [100], [115], [130]])
    order = order_units(z)
    assert order.front_from_fragile.tolist() == [4, 3, 2, 1]
    assert order.front_from_robust.tolist() == [1, 2, 3, 4]
    assert order.rank_best.tolist() == order.rank_worst.tolist() == [4, 3, 2, 1]
    assert order.comparable_share == 1
    assert average_rank(dominance_matrix(z)).tolist() == [4, 3, 2, 1]
    gap = gap_to_front(z)
    assert gap.gap.tolist() == [-15, 15, 30, 45]
    assert gap.benchmark.tolist() == [1, 0, 0, 0]


def test_one_unit():
    order, gap = order_units([[90, 110]]), gap_to_front([[90, 110]])
    assert (order.rank_best[0], order.rank_worst[0]) == (1, 1)
    assert order.front_from_fragile[0] == order.front_from_robust[0] == 1
    assert np.isnan(order.comparable_share) and np.isnan(gap.gap[0])
    assert gap.benchmark.tolist() == [-1]
    assert average_rank(dominance_matrix([[90, 110]])).tolist() == [1]


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


def units(max_units: int):
    return st.tuples(st.integers(1, max_units), st.integers(1, 4)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=st.integers(98, 102).map(float))
    )


@MODEST
@given(units(10))
def test_layers_agree_with_each_other_and_with_the_index(z):
    order, dominance, n = order_units(z), dominance_matrix(z), len(z)
    ranks, score = average_rank(dominance), aggregate(z, np.ones(z.shape[1])).F
    assert ranks.sum() == pytest.approx(n * (n + 1) / 2, abs=1e-11)
    assert (order.rank_best - 1e-11 <= ranks).all() and (ranks <= order.rank_worst + 1e-11).all()
    place = fragility_rank(score, 1).rank
    assert (order.rank_best <= place).all() and (place <= order.rank_worst).all()
    for above, below in np.argwhere(dominance):
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
        average_rank(dominance_matrix(z[np.ix_(rows, columns)])),
        average_rank(dominance_matrix(z))[rows],
        rtol=0,
        atol=1e-12,
    )
    np.testing.assert_array_equal(
        gap_to_front(z[np.ix_(rows, columns)]).gap, gap_to_front(z).gap[rows]
    )


def peel(dominance) -> list[int]:
    """Number the fronts by the definition: take away each time what nobody left dominates."""
    front, number = np.zeros(len(dominance), dtype=int), 0
    while (front == 0).any():
        number += 1
        is_left = front == 0
        front[is_left & ~dominance[is_left].any(axis=0)] = number
    return front.tolist()


@MODEST
@given(units(30))
def test_fronts_equal_their_definition(z):
    order, dominance = order_units(z), dominance_matrix(z)
    assert order.front_from_fragile.tolist() == peel(dominance)
    assert order.front_from_robust.tolist() == peel(dominance.T)


def test_fronts_of_many_units_with_ties():
    z = np.random.default_rng(5).integers(98, 103, (600, 4)).astype(float)
    order, dominance = order_units(z), dominance_matrix(z)
    assert order.front_from_fragile.tolist() == peel(dominance)
    assert order.front_from_robust.tolist() == peel(dominance.T)

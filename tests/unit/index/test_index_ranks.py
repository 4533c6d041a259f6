"""Places: ties, missing values, orientation, worst quarter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.ranks import (
    average_tied_ranks,
    fragility_rank,
    rank_descending,
)

MODEST = settings(max_examples=60, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def test_competition_ranks_leave_places_empty_after_ties():
    ranking = rank_descending([120, 110, 110, 100])
    assert ranking.rank.tolist() == [1, 2, 2, 4]
    assert ranking.rank_of == 4


def test_average_ranks_share_the_mean_place():
    assert average_tied_ranks([120, 110, 110, 100]).rank.tolist() == [1, 2.5, 2.5, 4]
    assert average_tied_ranks([5] * 13).rank.tolist() == [7] * 13


def test_direction_turns_the_order():
    values = [60, 70, 65]
    assert fragility_rank(values, 1).rank.tolist() == [3, 1, 2]
    assert fragility_rank(values, -1).rank.tolist() == [1, 3, 2]


@pytest.mark.parametrize("function", [rank_descending, average_tied_ranks])
def test_missing_values_have_no_rank(function):
    ranking = function([NAN, 3, 4])
    np.testing.assert_array_equal(ranking.rank, [NAN, 2, 1])
    assert ranking.rank_of == 2
    assert function([NAN]).rank_of == 0
    assert function([7]).rank.tolist() == [1]


@pytest.mark.parametrize("values", [[1, INF], [1, -INF], [[1, 2]]])
def test_refused_values(values):
    for function in (rank_descending, average_tied_ranks):
        with pytest.raises(ValueError, match="found"):
            function(values)
    with pytest.raises(ValueError, match="found"):
        fragility_rank(values, 1)


@pytest.mark.parametrize("direction", [0, 2])
def test_context_indicators_have_no_fragility_rank(direction):
    with pytest.raises(ValueError, match=f"direction: found {direction}"):
        fragility_rank([1, 2], direction)


@MODEST
@given(st.lists(st.integers(0, 9), min_size=1, max_size=20), st.randoms())
def test_ranks_agree_and_permute(values, random):
    n = len(values)
    competition, average = rank_descending(values).rank, average_tied_ranks(values).rank
    assert competition.tolist() == [1 + sum(v > x for v in values) for x in values]
    assert average.sum() == n * (n + 1) / 2
    assert (competition <= average).all()
    order = random.sample(range(n), n)
    assert rank_descending([values[i] for i in order]).rank.tolist() == competition[order].tolist()

"""Places: competition ranks (1, 2, 2, 4) for print, average ranks for correlations.

Figures that are equal as ``ties`` compares them share a place. The partial order and its rank
ranges are in ``pareto``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, as_vector, refuse_infinite
from phare_pipeline.index.ties import comparable


@dataclass(frozen=True, eq=False)
class Ranking:
    """Ranks of n units.

    Attributes:
        rank: (n,) from 1 to ``rank_of``; NaN for a unit without a value, which has no place.
            Floats, since average ranks are halves and a missing rank must not read as a number.
        rank_of: how many units have a rank; to be printed with every rank.
    """

    rank: Floats
    rank_of: int


def rank_descending(values: ArrayLike) -> Ranking:
    """Competition rank of raw values (n,), the largest is 1: 1 + number of strictly larger values.

    Equal values share the better rank and the next places stay empty (1, 2, 2, 4). It says nothing
    about fragility: an activity rate of rank 1 is the highest, not the worst. Raises ValueError for
    ±inf; NaN gets no rank.
    """
    return _rank(values, lambda n_larger, n_equal: n_larger + 1.0)


def fragility_rank(values: ArrayLike, direction: int) -> Ranking:
    """Competition rank (n,) with 1 the most fragile: ``rank_descending`` of direction × values.

    Args:
        values: raw values or scores, NaN where missing.
        direction: +1 more is more fragile (also for z and F), −1 more is less fragile.

    Raises:
        ValueError: ±inf, or a direction other than ±1 (context indicators have no fragility rank).
    """
    if direction not in (1, -1):
        raise ValueError(f"direction: found {direction}, expected +1 or −1")
    return rank_descending(direction * as_vector("values", values))


def average_tied_ranks(values: ArrayLike) -> Ranking:
    """Rank of values (n,), largest first, ties at the mean of their places (1, 2.5, 2.5, 4).

    For rank correlations; not the average rank of a partial order, which is in ``pareto``.
    Raises ValueError for ±inf; NaN gets no rank.
    """
    return _rank(values, lambda n_larger, n_equal: n_larger + (n_equal + 1.0) / 2)


def _rank(values: ArrayLike, place: Callable[[Floats, Floats], Floats]) -> Ranking:
    """Rank by the numbers of larger and of equal values (itself included)."""
    vector = as_vector("values", values)
    refuse_infinite("values", vector)
    vector = comparable(vector)
    ascending = np.sort(vector[~np.isnan(vector)])
    n_not_larger = np.searchsorted(ascending, vector, side="right").astype(np.float64)
    n_smaller = np.searchsorted(ascending, vector, side="left").astype(np.float64)
    rank = place(ascending.size - n_not_larger, n_not_larger - n_smaller)
    return Ranking(rank=np.where(np.isnan(vector), np.nan, rank), rank_of=int(ascending.size))

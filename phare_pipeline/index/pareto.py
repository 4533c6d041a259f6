"""The Pareto layer: what can be said about places without choosing weights or a mean.

It takes the axis scores, rounded as they enter the index, and is meant for a few axes: with many
criteria almost no pair is comparable. Units with identical scores are not comparable either:
neither dominates the other, and they share fronts, ranges and average ranks. Nothing here ranks by
(front, F), which would contradict F.

Sources: Brüggemann et al. (2004) for average ranks; Fattore (2016) for partial orders.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phare_pipeline.index.checks import (
    Booleans,
    Floats,
    Integers,
    as_matrix,
    refuse_infinite,
    refuse_where,
)

MAX_EXACT_UNITS = 22


@dataclass(frozen=True, eq=False)
class PartialOrder:
    """Order of n units by dominance; every array (n,) unless said otherwise.

    Attributes:
        dominance: (n, n), [r, q] is True when r dominates q: z_r ≥ z_q on all axes, > on one, so r
            is the more fragile.
        up: how many units dominate it.
        down: how many units it dominates.
        front_from_fragile: 1 = dominated by nobody, 2 = by units of front 1 only, and so on.
        front_from_robust: 1 = dominates nobody, and so on; not the reverse of the other.
        rank_best: 1 + up, and
        rank_worst: n − down: the range of its rank by any strictly increasing function of the
            axes, ties read as competition ranks.
        comparable_share: share of the n(n − 1)/2 pairs in which one dominates the other; NaN for
            n = 1.
    """

    dominance: Booleans
    up: Integers
    down: Integers
    front_from_fragile: Integers
    front_from_robust: Integers
    rank_best: Integers
    rank_worst: Integers
    comparable_share: float


@dataclass(frozen=True, eq=False)
class ParetoGap:
    """Distance of n units to the Pareto front, on the scale of z.

    Attributes:
        gap: (n,) δ_r = max over q ≠ r of min over axes of (z_r − z_q); above 0 exactly when some
            other unit is less fragile on every axis; NaN for n = 1.
        benchmark: (n,) row of the q that attains it, the first one if several do; −1 for n = 1.
    """

    gap: Floats
    benchmark: Integers


def order_units(z: ArrayLike) -> PartialOrder:
    """Compare n units on their axes (n, a): dominance, fronts, rank ranges.

    n² memory and a·n² time: fit for regions and départements, not for communes. Raises ValueError
    for NaN or ±inf: a unit that is not scored has no place in the order, and libraries disagree
    silently on it.
    """
    dominance = dominance_matrix(z)
    n = len(dominance)
    up, down = dominance.sum(axis=0), dominance.sum(axis=1)
    n_pairs = n * (n - 1) / 2
    return PartialOrder(
        dominance=dominance,
        up=up,
        down=down,
        front_from_fragile=_peel(dominance),
        front_from_robust=_peel(dominance.T),
        rank_best=1 + up,
        rank_worst=n - down,
        comparable_share=float(up.sum() / n_pairs) if n_pairs else float("nan"),
    )


def dominance_matrix(z: ArrayLike) -> Booleans:
    """(n, n), [r, q] True when z_r ≥ z_q on all axes and > on at least one. Raises for NaN, ±inf.

    Scores are compared as they are: round them before, so that noise decides nothing.
    """
    scores = _check_scores(z)
    at_least = np.ones((len(scores), len(scores)), dtype=np.bool_)
    for axis in scores.T:
        at_least &= axis[:, None] >= axis[None, :]
    return np.asarray(at_least & ~at_least.T)


def gap_to_front(z: ArrayLike) -> ParetoGap:
    """δ of n units on their axes (n, a), and the unit that attains it. Raises for NaN, ±inf.

    δ is minus the additive epsilon indicator. With δ > 0 the benchmark is less fragile by at least
    δ on every axis. δ ≤ 0 does not say that the unit dominates nobody: it may do so with a tie.
    """
    scores = _check_scores(z)
    n = len(scores)
    if n == 1:
        return ParetoGap(gap=np.array([np.nan]), benchmark=np.array([-1]))
    least_excess = np.full((n, n), np.inf)
    for axis in scores.T:
        np.minimum(least_excess, axis[:, None] - axis[None, :], out=least_excess)
    np.fill_diagonal(least_excess, -np.inf)
    return ParetoGap(gap=least_excess.max(axis=1), benchmark=least_excess.argmax(axis=1))


def average_rank(dominance: ArrayLike) -> Floats:
    """Mean rank (n,) of each unit over all linear extensions of the order, each equally likely.

    Exact: counts the ways through the lattice of up-sets (sets that hold with each unit all that
    dominate it). With S_k the set of the k first places, rank(x) = Σ_k P(x ∉ S_k). Parts of the
    order that share no comparison are solved apart: a unit of mean rank a among k has mean rank
    a (n + 1)/(k + 1) among n. Identical units count as not comparable, so all tied gives (n + 1)/2.
    The closed approximations in use are off by more than one rank out of 13.

    Args:
        dominance: (n, n) booleans, a strict order as returned by ``dominance_matrix``.

    Raises:
        ValueError: more than 22 units, not square, or not a strict order.
    """
    order = _check_order(dominance)
    n = len(order)
    if n > MAX_EXACT_UNITS:
        raise ValueError(
            f"average_rank: found {n} units, expected at most {MAX_EXACT_UNITS} for the exact "
            "computation; use the sampled average rank, with its error"
        )
    ranks = np.empty(n)
    for part in _connected_parts(order):
        rank_in_part = _average_rank_of_part(order[np.ix_(part, part)])
        ranks[part] = rank_in_part * (n + 1) / (part.size + 1)
    return ranks


def _check_scores(z: ArrayLike) -> Floats:
    """Return axis scores (n, a) with n ≥ 1 and no hole."""
    scores = as_matrix("z", z)
    if len(scores) == 0:
        raise ValueError("z: found no unit, expected at least one")
    refuse_infinite("z", scores)
    refuse_where("z", scores, np.isnan(scores), "no NaN: leave unclassified units out")
    return scores


def _check_order(dominance: ArrayLike) -> Booleans:
    """Return an (n, n) boolean matrix that is irreflexive and transitive (so without cycle)."""
    order = np.asarray(dominance)
    if order.ndim != 2 or order.shape[0] != order.shape[1] or order.dtype != np.bool_:
        raise ValueError(
            f"dominance: found shape {order.shape} of {order.dtype}, expected (n, n) booleans"
        )
    is_own = np.eye(len(order), dtype=np.bool_)
    refuse_where("dominance", order, order & is_own, "no unit over itself")
    refuse_where("dominance", order, (order @ order) & ~order, "True, for the order is transitive")
    return order


def _peel(dominance: Booleans) -> Integers:
    """Number the fronts from 1, taking away each time the units that nobody left dominates."""
    front = np.zeros(len(dominance), dtype=np.int64)
    n_above = dominance.sum(axis=0)
    number = 0
    while (front == 0).any():
        number += 1
        peeled = (front == 0) & (n_above == 0)
        front[peeled] = number
        n_above = n_above - dominance[peeled].sum(axis=0)
    return front


def _connected_parts(order: Booleans) -> list[Integers]:
    """Split the units into parts that are linked by comparisons, each in ascending row order."""
    is_linked = order | order.T | np.eye(len(order), dtype=np.bool_)
    parts: list[Integers] = []
    is_left = np.ones(len(order), dtype=np.bool_)
    while is_left.any():
        part = np.arange(len(order)) == is_left.argmax()
        while (grown := is_linked[part].any(axis=0)).sum() > part.sum():
            part = grown
        parts.append(np.flatnonzero(part))
        is_left &= ~part
    return parts


def _average_rank_of_part(order: Booleans) -> Floats:
    """Average ranks by dynamic programming over up-sets, each written as a bit mask.

    ``ways_to`` and ``ways_from`` count the paths from the empty set to an up-set and from it to
    the full set. They are indexed by mask and zero for all masks that are no up-set or not yet
    counted; a mask to which a step adds nothing therefore reads its own zero.
    """
    n = len(order)
    sorted_units = np.argsort(order.sum(axis=0), kind="stable")
    bits = np.int32(1) << np.arange(n, dtype=np.int32)
    up_sets = _list_up_sets(order[np.ix_(sorted_units, sorted_units)], bits)
    sizes = np.bitwise_count(up_sets)
    levels = np.split(up_sets[np.argsort(sizes, kind="stable")], np.cumsum(np.bincount(sizes))[:-1])
    ways_to, ways_from = np.zeros(1 << n), np.zeros(1 << n)
    ways_to[0] = ways_from[-1] = 1.0
    for level in levels[1:]:
        ways_to[level] = sum(ways_to[level & ~bit] for bit in bits)
    for level in levels[-2::-1]:
        ways_from[level] = sum(ways_from[level | bit] for bit in bits)
    probability = ways_to[up_sets] * ways_from[up_sets] / ways_to[-1]
    ranks = np.empty(n)
    for unit, bit in zip(sorted_units, bits, strict=True):
        ranks[unit] = probability[(up_sets & bit) == 0].sum()
    return ranks


def _list_up_sets(order: Booleans, bits: NDArray[np.int32]) -> NDArray[np.int32]:
    """List all up-sets as ascending bit masks; units must come after all that dominate them."""
    up_sets = np.zeros(1, dtype=np.int32)
    for unit, bit in enumerate(bits):
        above = bits[order[:, unit]].sum(dtype=np.int32)
        up_sets = np.concatenate([up_sets, up_sets[(up_sets & above) == above] | bit])
    return up_sets

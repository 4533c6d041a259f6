"""The exact average rank in a partial order of up to 22 units: over all orders compatible with it.

Larger orders are sampled, in ``sampled_rank``.

Sources: Brüggemann et al. (2004) for the average rank; Fattore (2016) for partial orders.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phare_pipeline.index.checks import Booleans, Floats, Integers, refuse_where

MAX_EXACT_UNITS = 22


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
    order = check_order(dominance)
    n = len(order)
    if n > MAX_EXACT_UNITS:
        raise ValueError(
            f"average_rank: found {n} units, expected at most {MAX_EXACT_UNITS} for the exact "
            "computation; estimate_average_rank samples larger orders"
        )
    ranks = np.empty(n)
    for part in connected_parts(order):
        rank_in_part = _average_rank_of_part(order[np.ix_(part, part)])
        ranks[part] = rank_in_part * (n + 1) / (part.size + 1)
    return np.clip(ranks, *rank_range(order))


def rank_range(order: Booleans) -> tuple[Integers, Integers]:
    """Best and worst rank (n,) of each unit of a strict order: 1 + those above, n − those below."""
    return 1 + order.sum(axis=0), len(order) - order.sum(axis=1)


def check_order(dominance: ArrayLike) -> Booleans:
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


def connected_parts(order: Booleans) -> list[Integers]:
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

"""A constant basket: how a composite moves over a span of editions when its indicators stay.

Scores of two editions are of what each of them had; here the same indicators are followed, on the
frozen scale with the reference of its own edition, over the longest span of editions in which they
make most of the weight. The change between two editions is in ``change``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from phare_pipeline.index.change import EditionState, group_means
from phare_pipeline.index.checks import Booleans, Floats
from phare_pipeline.index.hierarchy import Hierarchy

TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Basket:
    """A composite of n units over s editions, s ≥ 2.

    Attributes:
        first, last: positions of the editions of the span, both in it.
        members: (m,) the indicators of the basket.
        common: weight of the basket ÷ weight of all that counts in any edition of the span, 0 … 1.
        scores: (s, n) weighted means of z_abs, 100 = France in the edition of the scale.
    """

    first: int
    last: int
    members: Booleans
    common: float
    scores: Floats


def longest_basket(
    states: Sequence[EditionState],
    is_broken: Booleans,
    hierarchy: Hierarchy,
    least: float,
    *,
    domain: int | None = None,
    axis: int | None = None,
) -> Basket | None:
    """Return the basket of the longest span of editions, the newest of several; None without one.

    An indicator is of a basket when it counts for every unit in every edition of the span and its
    series does not break in it. The composite must be scored for every unit in all of them.

    Args:
        states: the T editions in order, the same n units and m indicators.
        is_broken: (T, m) whether the series broke between the edition before and this one.
        hierarchy: the tree.
        least: share of the weight that the basket has at least.
        domain: position of the composite when it is a domain.
        axis: position of the composite when it is an axis; the index when neither is given.

    Raises:
        ValueError: no edition, or shapes that differ.
    """
    if not states or is_broken.shape != (len(states), hierarchy.weights.size):
        raise ValueError(f"is_broken: found {is_broken.shape}, expected (T, m) with T ≥ 1")
    counts = [
        ~np.isnan(s.z_abs) & s.is_domain_scored[:, hierarchy.domain_of] for s in states
    ]  # (n, m) each
    in_all = np.array([c.all(axis=0) for c in counts])
    in_any = np.array([c.any(axis=0) for c in counts])
    is_scored = np.array([_is_scored(s, domain, axis) for s in states])
    editions = len(states)
    for length in range(editions, 1, -1):
        for first in range(editions - length, -1, -1):
            span = slice(first, first + length)
            if not is_scored[span].all():
                continue
            broken = is_broken[first + 1 : first + length].any(axis=0)
            members = in_all[span].all(axis=0) & ~broken
            present = np.where(in_any[span].any(axis=0), members.astype(np.float64), np.nan)
            common = _composite(present[None, :], hierarchy, domain, axis)[0]
            if common >= least - TOLERANCE:
                notes = [np.where(members, s.z_abs, np.nan) for s in states[span]]
                scores = np.array([_composite(z, hierarchy, domain, axis) for z in notes])
                own = _members_of(hierarchy, np.asarray(members), domain, axis)
                return Basket(first, first + length - 1, own, float(min(common, 1.0)), scores)
    return None


def _is_scored(state: EditionState, domain: int | None, axis: int | None) -> bool:
    """Tell whether the composite of every unit is scored; with no unit it is not."""
    if domain is not None:
        found = state.is_domain_scored[:, domain]
    elif axis is not None:
        found = state.is_axis_scored[:, axis]
    else:
        found = state.is_index_scored
    return bool(found.size and found.all())


def _composite(z: Floats, tree: Hierarchy, domain: int | None, axis: int | None) -> Floats:
    """Nested weighted mean (n,) of what is there of z (n, m), at one place of the tree."""
    domains = group_means(z, tree.weights, tree.domain_of, tree.domain_weights.size)
    if domain is not None:
        return domains[:, domain]
    axes = group_means(domains, tree.domain_weights, tree.axis_of, tree.axis_weights.size)
    if axis is not None:
        return axes[:, axis]
    top = np.zeros(tree.axis_weights.size, dtype=np.int64)
    return group_means(axes, tree.axis_weights, top, 1)[:, 0]


def _members_of(
    tree: Hierarchy, members: Booleans, domain: int | None, axis: int | None
) -> Booleans:
    """Keep the members that are of the composite."""
    if domain is not None:
        return np.asarray(members & (tree.domain_of == domain))
    if axis is not None:
        return np.asarray(members & (tree.axis_of[tree.domain_of] == axis))
    return members

"""The Pareto layer: what can be said about places without choosing weights or a mean.

It takes the axis scores, rounded as they enter the index, and is meant for a few axes: with many
criteria almost no pair is comparable. Units with identical scores are not comparable either:
neither dominates the other, and they share fronts, ranges and average ranks. Nothing here ranks by
(front, F), which would contradict F.

The comparisons themselves are in ``dominance``, average ranks in ``average_rank`` and
``sampled_rank``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, Integers
from phare_pipeline.index.dominance import check_scores, dominance_counts
from phare_pipeline.index.ties import comparable


@dataclass(frozen=True, eq=False)
class PartialOrder:
    """Order of n units by dominance; every array (n,).

    Attributes:
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
        benchmark: (n,) row of the q that attains it, the first one if several do, as compared; −1
            for n = 1.
    """

    gap: Floats
    benchmark: Integers


def order_units(z: ArrayLike) -> PartialOrder:
    """Compare n units on their axes (n, a): counts, fronts, rank ranges.

    At any size, from 13 regions to 35 000 communes. Raises ValueError for NaN or ±inf.
    """
    scores = comparable(check_scores(z))
    up, down = dominance_counts(scores)
    n = len(scores)
    n_pairs = n * (n - 1) / 2
    return PartialOrder(
        up=up,
        down=down,
        front_from_fragile=_fronts(scores),
        front_from_robust=_fronts(-scores),
        rank_best=1 + up,
        rank_worst=n - down,
        comparable_share=float(up.sum() / n_pairs) if n_pairs else float("nan"),
    )


def gap_to_front(z: ArrayLike) -> ParetoGap:
    """δ of n units on their axes (n, a), and the unit that attains it. Raises for NaN, ±inf.

    δ is minus the additive epsilon indicator. With δ > 0 the benchmark is less fragile by at least
    δ on every axis. δ ≤ 0 does not say that the unit dominates nobody: it may do so with a tie.
    n² memory and a·n² time: fit for regions and départements, not for communes.
    """
    scores = check_scores(z)
    n = len(scores)
    if n == 1:
        return ParetoGap(gap=np.array([np.nan]), benchmark=np.array([-1]))
    least_excess = np.full((n, n), np.inf)
    for axis in scores.T:
        np.minimum(least_excess, axis[:, None] - axis[None, :], out=least_excess)
    np.fill_diagonal(least_excess, -np.inf)
    return ParetoGap(
        gap=least_excess.max(axis=1), benchmark=comparable(least_excess).argmax(axis=1)
    )


def _fronts(scores: Floats) -> Integers:
    """Number the fronts from 1, the undominated first; moocore counts from 0 and passes over NaN.

    The import takes a quarter of a second, which a module that the Dagster graph loads must not.
    """
    from moocore import pareto_rank

    return np.asarray(pareto_rank(scores, maximise=True), dtype=np.int64) + 1

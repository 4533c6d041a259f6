"""Benefit of the doubt: each unit under the weights that suit it best, nobody above 1.

With fragility as input the weights chosen are those under which the unit looks most fragile. Which
scores enter, and on what scale, is decided in ``alternatives``.

Source: Cherchye, Moesen, Rogge & Van Puyenbroeck (2007), Soc Indic Res 82; the linear programme of
input-oriented data envelopment analysis with one constant input, as in Compind (``ci_bod``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, as_matrix, refuse_where

# Two sides of the same programme that differ by more than this were not solved.
_GAP_TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class BenefitOfDoubt:
    """Scores of n units on m indicators by benefit of the doubt.

    Attributes:
        score: (n,) in [0, 1]; 1 = there are weights under which nobody is above the unit.
        weights: (n, m) ≥ 0 in the inverse units of the indicators, score = Σ weights·values. Often
            not unique, and mostly zeros: not to be read as the importance of an indicator.
        peers: (n, n) ≥ 0, the dual: the row unit is compared with this mixture of column units,
            which is nowhere below it; each row sums to the score. May not be unique either.
    """

    score: Floats
    weights: Floats
    peers: Floats


def benefit_of_doubt(values: ArrayLike) -> BenefitOfDoubt:
    """For each unit i: max over w ≥ 0 of Σ w x_i, with Σ w x_q ≤ 1 for all units q.

    Unchanged when an indicator is multiplied by a positive number, not when a number is added: the
    zero of each indicator matters. Any unit that leads on one indicator has 1, so with many
    indicators and few units nearly all have 1 and the scores order nobody. One programme a unit:
    about 1 ms each.

    Args:
        values: (n, m) ≥ 0, without NaN: a missing value has to be decided by the caller (0 gives
            its unit no credit there). All zeros give the unit the score 0.

    Raises:
        ValueError: negative, missing or infinite values, another shape.
        RuntimeError: the solver found no optimum.
    """
    x = as_matrix("values", values)
    refuse_where("values", x, ~(np.isfinite(x) & (x >= 0)), "finite values ≥ 0, none missing")
    top = x.max(axis=0, initial=0.0)
    scaled = np.divide(x, top, out=np.zeros_like(x), where=top > 0)
    n = len(x)
    score, weights, peers = np.empty(n), np.empty(x.shape), np.empty((n, n))
    for unit in range(n):
        score[unit], weights[unit], peers[unit] = _solve(scaled, unit)
    weights = np.divide(weights, top, out=np.zeros_like(weights), where=top > 0)
    return BenefitOfDoubt(score=score, weights=weights, peers=peers)


def _solve(scaled: Floats, unit: int) -> tuple[float, Floats, Floats]:
    """Solve one programme: score, weights (m,) and peers (n,), on values scaled to at most 1."""
    from scipy.optimize import linprog  # type: ignore[import-untyped]  # 0.2 s to import

    solution = linprog(
        -scaled[unit], A_ub=scaled, b_ub=np.ones(len(scaled)), bounds=(0, None), method="highs"
    )
    if solution.status != 0:
        raise RuntimeError(f"benefit_of_doubt: unit {unit}: {solution.message}")
    weights = np.maximum(solution.x, 0.0)
    peers = np.maximum(-solution.ineqlin.marginals, 0.0)
    # Divided by the best total, no unit is above 1 by the solver's tolerance either.
    best = (scaled @ weights).max()
    weights = weights / best if best > 0 else weights
    score = float(scaled[unit] @ weights)
    if abs(score - peers.sum()) > _GAP_TOLERANCE:
        raise RuntimeError(
            f"benefit_of_doubt: unit {unit}: found {score} by weights and {peers.sum()} by peers, "
            "expected the same value from both sides of the programme"
        )
    return score, weights, peers

"""Sobol indices: which choice, alone or with others, moves the ranks of the draws most.

What is drawn is in ``draws``, how it is scored in ``simulation``; the influence of single
indicators is in ``influence``.

Source: Saltelli et al. (2010), Computer Physics Communications 181, for design and estimators; both
estimators are those of Jansen (1999), Computer Physics Communications 117.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, as_matrix, as_vector, refuse_where
from phare_pipeline.index.draws import GROUPS, Experiment, draw
from phare_pipeline.index.rank_uncertainty import rank_uncertainty
from phare_pipeline.index.simulation import evaluate

BOOTSTRAPS: Final = 200


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """Shares of the variance of an outcome for k factors, each (k,); NaN when nothing varies.

    Attributes:
        first: share that the factor explains alone; may come out slightly negative by chance.
        total: share that would be left if all other factors were fixed: the factor alone and in
            all its interactions. The totals sum to 1 or more.
        first_error, total_error: bootstrap standard errors of the two.
    """

    first: Floats
    total: Floats
    first_error: Floats
    total_error: Floats


def sobol_indices(
    outcome_a: ArrayLike, outcome_b: ArrayLike, outcome_ab: ArrayLike, *, seed: int
) -> SobolIndices:
    """Estimate first-order and total indices from a Saltelli design.

    first = 1 − E[(y_B − y_AB)²]/2V, total = E[(y_A − y_AB)²]/2V, with V the variance of y_A and y_B
    together (divided by their number).

    Args:
        outcome_a: (s,) outcomes of one set of draws, s ≥ 2.
        outcome_b: (s,) outcomes of an independent set.
        outcome_ab: (k, s) outcomes of the first set with one factor taken from the second.
        seed: of the bootstrap.

    Raises:
        ValueError: fewer than two draws, shapes that do not fit, NaN or ±inf.
    """
    a, ab = as_vector("outcome_a", outcome_a), as_matrix("outcome_ab", outcome_ab)
    b = as_vector("outcome_b", outcome_b, a.size)
    if ab.shape[1] != a.size or a.size < 2:
        raise ValueError(
            f"outcomes: found {a.size} draws and shape {ab.shape}, expected s ≥ 2 and (k, s)"
        )
    for name, outcome in (("outcome_a", a), ("outcome_b", b), ("outcome_ab", ab)):
        refuse_where(name, outcome, ~np.isfinite(outcome), "finite outcomes")
    squares_first, squares_total = (b - ab) ** 2, (a - ab) ** 2
    stream = np.random.Generator(np.random.PCG64(seed))
    counts = stream.multinomial(a.size, np.full(a.size, 1 / a.size), BOOTSTRAPS).astype(float)
    resampled = _indices(counts, a, b, squares_first, squares_total)
    first, total = _indices(np.ones((1, a.size)), a, b, squares_first, squares_total)
    return SobolIndices(
        first=first[0],
        total=total[0],
        first_error=resampled[0].std(axis=0, ddof=1),
        total_error=resampled[1].std(axis=0, ddof=1),
    )


@dataclass(frozen=True, eq=False)
class RankShiftSensitivity:
    """Sobol indices of the mean absolute rank shift, and the draws behind them.

    Attributes:
        factors: the k factors that vary and the groups of them, in the order of ``indices``.
        indices: (k,) each.
        scores: (s, n) F under the independent draws, for ``rank_uncertainty``.
    """

    factors: tuple[str, ...]
    indices: SobolIndices
    scores: Floats


def rank_shift_sensitivity(
    experiment: Experiment, size: int, seed: int, *, design: int | None = None
) -> RankShiftSensitivity:
    """Say which choice moves the ranks away from the published ones, and how far the draws agree.

    The outcome is the mean over units of |rank − published rank|. With one unit, or none, it never
    varies and the indices are NaN.

    Args:
        experiment: units and indicators.
        size: number of independent draws.
        seed: of draws and bootstrap. The scores are those of ``draw(experiment, size, seed)``.
        design: how many of these draws the indices rest on, even; ``size`` when None. The first
            half of them is set A and the second set B; the mixed sets come on top, design / 2 draws
            a factor.

    Raises:
        ValueError: an odd design, one below 4, or one that asks for more draws than there are.
    """
    used = size if design is None else design
    if used < 4 or used % 2 or used > size:
        raise ValueError(f"design: found {used}, expected an even number from 4 to {size}")
    draws = draw(experiment, size, seed)
    scores = evaluate(experiment, draws)
    a, b = draws.take(np.arange(used // 2)), draws.take(np.arange(used // 2, used))
    outcome_a, outcome_b = np.split(_mean_shift(experiment, scores[:used]), 2)
    factors = (*experiment.factors, *GROUPS)
    outcome_ab = [
        _mean_shift(experiment, evaluate(experiment, a.with_factor(factor, b)))
        for factor in factors
    ]
    indices = sobol_indices(outcome_a, outcome_b, np.array(outcome_ab), seed=seed)
    return RankShiftSensitivity(factors, indices, scores)


def _mean_shift(experiment: Experiment, scores: Floats) -> Floats:
    return rank_uncertainty(scores, experiment.reference).mean_shift


def _indices(
    counts: Floats, a: Floats, b: Floats, squares_first: Floats, squares_total: Floats
) -> tuple[Floats, Floats]:
    """First and total indices (r, k) of r resamples given as counts (r, s) of the draws."""
    n = counts.sum(axis=1, keepdims=True)
    mean = (counts @ (a + b)[:, None]) / (2 * n)
    variance = (counts @ (a**2 + b**2)[:, None]) / (2 * n) - mean**2
    variance = np.where(variance > 1e-12 * np.maximum(1, mean**2), variance, np.nan)
    first = 1 - (counts @ squares_first.T) / n / (2 * variance)
    total = (counts @ squares_total.T) / n / (2 * variance)
    return first, total

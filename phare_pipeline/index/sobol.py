"""Sobol indices: which choice, alone or with others, moves the outcome of the draws most.

What is drawn and scored is in ``simulation``; here are only outcomes, by draw.

Source: Saltelli et al. (2010), Computer Physics Communications 181; estimators of Jansen (1999).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, as_matrix, as_vector, refuse_where
from phare_pipeline.index.simulation import Experiment, draw, evaluate, rank_uncertainty

BOOTSTRAPS: Final = 200


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """Shares of the variance of an outcome for k factors, each (k,); NaN when nothing varies.

    Attributes:
        first: share that the factor explains alone; may come out slightly negative by chance.
        total: share that is lost when the factor is fixed, with all its interactions.
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
    together.

    Args:
        outcome_a: (s,) outcomes of one set of draws.
        outcome_b: (s,) outcomes of an independent set.
        outcome_ab: (k, s) outcomes of the first set with one factor taken from the second.
        seed: of the bootstrap.

    Raises:
        ValueError: shapes that do not fit, NaN or ±inf.
    """
    a, ab = as_vector("outcome_a", outcome_a), as_matrix("outcome_ab", outcome_ab)
    b = as_vector("outcome_b", outcome_b, a.size)
    if ab.shape[1] != a.size:
        raise ValueError(f"outcome_ab: found shape {ab.shape}, expected (k, {a.size})")
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


def rank_shift_sensitivity(
    experiment: Experiment, size: int, seed: int
) -> tuple[SobolIndices, Floats]:
    """Sobol indices of the mean absolute rank shift, for the factors of ``experiment``.

    Args:
        experiment: units and indicators.
        size: draws of the design in all, half of them in each of its two sets; the other sets come
            on top, one half-size set a factor.
        seed: of draws and bootstrap.

    Returns:
        The indices in the order of ``experiment.factors``, and F (size, n) under the draws of the
        two independent sets, for ``rank_uncertainty``.
    """
    draws = draw(experiment, size, seed)
    scores = evaluate(experiment, draws)
    half = size // 2
    a, b = draws.take(np.arange(half)), draws.take(np.arange(half, 2 * half))
    shift = rank_uncertainty(scores, experiment.reference).shift
    mixed = [
        rank_uncertainty(evaluate(experiment, a.with_factor(f, b)), experiment.reference).shift
        for f in experiment.factors
    ]
    indices = sobol_indices(shift[:half], shift[half : 2 * half], np.array(mixed), seed=seed)
    return indices, scores


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

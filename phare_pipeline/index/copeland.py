"""Copeland's rule: who wins more duels, indicator against indicator, whatever the distances.

It needs no normalisation and lets no strength make up for a weakness. Orders by dominance are in
``pareto``.

Sources: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 6, and Munda & Nardo
(2009), Applied Economics 41, for non-compensatory aggregation; the rule as in COINr's
``a_copeland``.
"""

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import (
    Floats,
    as_matrix,
    as_weights,
    refuse_infinite,
    refuse_where,
)
from phare_pipeline.index.ties import comparable

# A share this near to one half is a draw: sums of weights such as 1/3 are off by less.
DRAW_TOLERANCE = 1e-9


def outranking_shares(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Share (n, n) of the weight in which the row unit is above the column unit, ties half.

    Over the indicators that both units have; one half where they share none, since nothing is known
    of that duel. Share and its transpose sum to 1; the diagonal is NaN. n² memory and m·n² time:
    fit for regions and départements, not for communes.

    Args:
        values: (n, m) oriented so that more is more fragile, NaN where missing; compared as in
            ``ties``.
        weights: (m,) ≥ 0 with at least one > 0.

    Raises:
        ValueError: ±inf, negative or all-zero weights, shapes that do not fit.
    """
    x = as_matrix("values", values)
    refuse_infinite("values", x)
    x = comparable(x)
    w = as_weights("weights", weights, x.shape[1])
    won, common = (np.zeros((len(x), len(x))) for _ in range(2))
    for column, weight in zip(x.T, w, strict=True):
        above = column[:, None] > column[None, :]
        is_common = ~np.isnan(column)[:, None] & ~np.isnan(column)[None, :]
        won += weight * np.where(above, 1.0, np.where(is_common & ~above.T, 0.5, 0.0))
        common += weight * is_common
    shares: Floats = np.divide(won, common, out=np.full(won.shape, 0.5), where=common > 0)
    np.fill_diagonal(shares, np.nan)
    return shares


def copeland_scores(shares: ArrayLike) -> Floats:
    """Duels won minus duels lost (n,): whole numbers from −(n − 1) to n − 1; 0 for n = 1.

    A duel is won with more than half of the weight. The scores sum to 0. The rule depends on who
    takes part: a unit that leaves may change the order of the others.

    Args:
        shares: (n, n) as ``outranking_shares`` gives them; the diagonal is not read.

    Raises:
        ValueError: not square; off the diagonal a share outside [0, 1], missing, or one that does
            not sum to 1 with its transpose.
    """
    matrix = np.array(shares, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"shares: found shape {matrix.shape}, expected (n, n)")
    np.fill_diagonal(matrix, 0.5)
    refuse_where("shares", matrix, ~((matrix >= 0) & (matrix <= 1)), "shares in [0, 1]")
    is_torn = np.abs(matrix + matrix.T - 1) > DRAW_TOLERANCE
    refuse_where("shares", matrix, is_torn, "share and transposed share with sum 1")
    lead = matrix - 0.5
    duel = np.where(np.abs(lead) <= DRAW_TOLERANCE, 0.0, np.sign(lead))
    return np.asarray(duel.sum(axis=1))

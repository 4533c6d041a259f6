"""One composite: the contraharmonic mean of a row of z, its imbalance and its coverage.

The nesting of composites and the thresholds on missing values are in ``hierarchy``.

Source: Mazziotta & Pareto (2016), Soc Indic Res 127, AMPI with the penalty added: M + S²/M.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import (
    Floats,
    as_matrix,
    as_weights,
    refuse_infinite,
    refuse_where,
)
from phare_pipeline.index.normalise import Z_REFERENCE


@dataclass(frozen=True, eq=False)
class Composite:
    """Composite of n units, each array (n,), on the scale of z.

    Attributes:
        F: Σwz²/Σwz = mean + imbalance; NaN where nothing is present.
        mean: weighted mean M of the values present.
        imbalance: S²/M ≥ 0, S² the weighted variance (divided by the weight, not by n − 1).
        coverage: share of the weight that is present, 0 … 1.
    """

    F: Floats
    mean: Floats
    imbalance: Floats
    coverage: Floats


def aggregate(z: ArrayLike, weights: ArrayLike) -> Composite:
    """F = Σ w z² / Σ w z over the values present, weights renormalised over them.

    Between min and max of the row, equal to the common value when all are equal; strictly
    increasing in each z on [70, 130] (not on every positive interval: it needs 2z > F). Only
    mildly non-compensatory, and by how much is fixed by that interval. A row is summed in the
    order of its terms' size, so permuting columns or removing other rows changes no bit.

    Args:
        z: (n, m) normalised values > 0, NaN where missing.
        weights: (m,) ≥ 0 with at least one > 0, on any common scale; 0 is as good as absent.

    Raises:
        ValueError: ±inf or z ≤ 0, negative or all-zero weights, shapes that do not fit.
    """
    values, w = _check(z, weights)
    present = np.where(np.isnan(values), 0.0, w)
    deviation = np.where(np.isnan(values), 0.0, values - Z_REFERENCE)
    total = _sum_rows(present)
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = _sum_rows(present * deviation) / total
        mean = Z_REFERENCE + shift
        imbalance = _sum_rows(present * (deviation - shift[:, None]) ** 2) / total / mean
    return Composite(
        F=mean + imbalance, mean=mean, imbalance=imbalance, coverage=total / _sum_rows(w[None, :])
    )


def fragility_shares(z: ArrayLike, weights: ArrayLike) -> Floats:
    """Share w z / Σ w z of each part in its composite: (n, m), NaN where z is missing.

    The shares of a row sum to 1 and F is the mean of z under them, so share · (z − 100) is the
    part's contribution to F − 100. Raises as ``aggregate`` does.
    """
    values, w = _check(z, weights)
    parts = w * values
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: Floats = parts / _sum_rows(np.where(np.isnan(parts), 0.0, parts))[:, None]
    return shares


def _check(z: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats]:
    """Return z (n, m) and weights (m,) as arrays fit for the formulas."""
    values = as_matrix("z", z)
    refuse_infinite("z", values)
    refuse_where("z", values, values <= 0, "z > 0")
    return values, as_weights("weights", weights, values.shape[1])


def _sum_rows(terms: Floats) -> Floats:
    """Sum each row in ascending order of its terms, so that column order does not matter."""
    return np.asarray(np.sort(terms, axis=1).sum(axis=1))

"""Imbalance between territories: how far apart the units of one level stand on a scale.

The imbalance inside one unit's score is in ``aggregate`` and ``hierarchy``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, Integers, as_matrix, as_vector, refuse_where


@dataclass(frozen=True, eq=False)
class Dispersion:
    """Spread of n units on m notes or scores, each array (m,); NaN where no unit has a value.

    Attributes:
        mean: weighted mean.
        deviation: weighted standard deviation √(Σ w (z − mean)²/Σ w), divided by the weight and
            not by n − 1: the units are all there are, not a sample. 0 for one unit.
        low, high: smallest and largest value; the range is their difference.
        count: units that have a value.
        low_unit, high_unit: row of the smallest and largest value, the first when several tie; −1
            where there is none.
    """

    mean: Floats
    deviation: Floats
    low: Floats
    high: Floats
    count: Integers
    low_unit: Integers
    high_unit: Integers


def dispersion(values: ArrayLike, weights: ArrayLike) -> Dispersion:
    """Describe the spread of n units, weighted (by population), over the values present.

    Args:
        values: (n, m) notes or scores, NaN where missing.
        weights: (n,) > 0, such as inhabitants; NaN or 0 would take a unit out silently.

    Raises:
        ValueError: a weight that is not a number > 0, ±inf in the values, shapes that do not fit.
    """
    z = as_matrix("values", values)
    refuse_where("values", z, np.isinf(z), "finite numbers, or NaN where missing")
    w = as_vector("weights", weights, len(z))
    refuse_where("weights", w, ~(np.isfinite(w) & (w > 0)), "finite weights > 0")
    is_there = ~np.isnan(z)
    present = np.where(is_there, w[:, None], 0.0)
    filled = np.where(is_there, z, 0.0)
    total = present.sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean = (present * filled).sum(axis=0) / total
        variance = (present * (filled - mean) ** 2).sum(axis=0) / total
    count = is_there.sum(axis=0)
    low = np.where(is_there, z, np.inf)
    high = np.where(is_there, z, -np.inf)
    some = count > 0
    if len(z) == 0:
        nothing = np.full(z.shape[1], np.nan)
        nobody = np.full(z.shape[1], -1)
        return Dispersion(nothing, nothing, nothing, nothing, count, nobody, nobody)
    return Dispersion(
        mean=mean,
        # Rounding can leave a trace of spread where all values are equal.
        deviation=np.where(low.min(axis=0) == high.max(axis=0), 0.0, np.sqrt(variance)),
        low=np.where(some, low.min(axis=0), np.nan),
        high=np.where(some, high.max(axis=0), np.nan),
        count=count,
        low_unit=np.where(some, low.argmin(axis=0), -1),
        high_unit=np.where(some, high.argmax(axis=0), -1),
    )

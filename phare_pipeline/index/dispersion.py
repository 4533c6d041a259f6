"""Imbalance between territories: how far apart the units of one level stand on a scale.

The imbalance inside one unit's score is in ``aggregate`` and ``decomposition``. For the
départements inside a region, give the rows of that region.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import (
    Booleans,
    Floats,
    Integers,
    as_matrix,
    as_vector,
    refuse_infinite,
    refuse_where,
)
from phare_pipeline.index.ties import comparable


@dataclass(frozen=True, eq=False)
class Dispersion:
    """Spread of n units on m notes or scores, each array (m,); NaN where no unit has a value.

    Attributes:
        mean: weighted mean.
        deviation: weighted standard deviation √(Σ w (z − mean)²/Σ w), divided by the weight and
            not by n − 1: the units are all there are, not a sample. 0 for one unit.
        low, high: smallest and largest value; the range is their difference.
        count: units that have a value.
        low_unit, high_unit: row of the smallest and largest value, the first when several tie as
            compared; −1
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
        values: (n, m) notes or scores, NaN where missing; n may be 0.
        weights: (n,) > 0, such as inhabitants; NaN or 0 would take a unit out silently.

    Raises:
        ValueError: a weight that is not a number > 0, ±inf in the values, shapes that do not fit.
    """
    z = as_matrix("values", values)
    refuse_infinite("values", z)
    w = as_vector("weights", weights, len(z))
    refuse_where("weights", w, ~(np.isfinite(w) & (w > 0)), "finite weights > 0")
    is_there = ~np.isnan(z)
    count = is_there.sum(axis=0)
    lowest = np.where(is_there, z, np.inf).min(axis=0, initial=np.inf)
    highest = np.where(is_there, z, -np.inf).max(axis=0, initial=-np.inf)
    low, high = np.where(count > 0, lowest, np.nan), np.where(count > 0, highest, np.nan)

    present = np.where(is_there, w[:, None], 0.0)
    # From the smallest value, so that a common value leaves no trace of spread.
    steps = np.where(is_there, z - low, 0.0)
    total = np.where(count > 0, present.sum(axis=0), np.nan)
    shift = (present * steps).sum(axis=0) / total
    variance = (present * (steps - shift) ** 2).sum(axis=0) / total
    return Dispersion(
        mean=low + shift,
        deviation=np.sqrt(variance),
        low=low,
        high=high,
        count=count,
        low_unit=_first_row(is_there & (comparable(z) == comparable(low))),
        high_unit=_first_row(is_there & (comparable(z) == comparable(high))),
    )


def _first_row(is_match: Booleans) -> Integers:
    """Row (m,) of the first match in each column, −1 where there is none."""
    n = len(is_match)
    rows = np.where(is_match, np.arange(n)[:, None], n).min(axis=0, initial=n)
    return np.where(rows < n, rows, -1)

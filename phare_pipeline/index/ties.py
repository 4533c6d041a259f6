"""Says when two figures are equal: what is compared or ranked is brought to a common grid first.

Two regions of 34.6/4 = 8.65 are level, whatever the order of a sum has left in the last bits of
each. The SQL models write the same rule (`core_comparison`), and so does `explain`.
"""

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats

DIGITS = 9
"""Figures are told apart to this many digits below the first digit of the largest of them: a grid
of 1e-10 to 1e-9 of it. Rounding of sums stays below 1e-13, what producers print above 1e-8."""


def comparable(values: ArrayLike, largest: float | None = None) -> Floats:
    """Return figures as whole numbers of a common grid, in which noise of computation is gone.

    Args:
        values: of any shape, in one unit, compared with each other; NaN where missing, no ±inf.
        largest: the largest absolute value of all that is compared, when more is than `values`.

    Returns:
        whole numbers as floats, in the same shape and order; NaN where missing. Halves go up, on
        both sides of zero. The size of a step is no figure: only compare these with each other.
    """
    found = np.asarray(values, dtype=np.float64)
    top = np.nanmax(np.abs(found), initial=0.0) if largest is None else largest
    if not top > 0:
        return found
    grid = 10.0 ** (DIGITS - np.floor(np.log10(top)))
    return np.asarray(np.floor(found * grid + 0.5))

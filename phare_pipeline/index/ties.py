"""What figures are compared by: themselves, rounded so that the last bits of a sum decide nothing.

Everything that ranks, flags or orders figures compares these; what is published stays unrounded.
``core_comparison.sql`` says the same of indicators in SQL.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats

SIGNIFICANT_DIGITS: Final = 10
# Of a figure, the least that makes a difference: the coarsest step of ten digits.
NEGLIGIBLE_SHARE: Final = 1e-9
# 10, 100 … 10⁹: as many of them as a figure reaches, so many decimals fewer it is compared by.
_POWERS: Final = 10.0 ** np.arange(1, SIGNIFICANT_DIGITS)
_STEPS: Final = 10.0 ** np.arange(SIGNIFICANT_DIGITS)


def comparable(values: ArrayLike) -> Floats:
    """Round to ten significant digits, at most nine decimals and never coarser than units.

    Figures that differ by rounding of sums alone become equal, others keep their order: the result
    never decreases where ``values`` increase, so equality is transitive, and the opposite of a
    figure has the opposite result. Halves go away from zero, by multiplication and floor as in SQL,
    so that every machine that follows IEEE 754 gives the same bits.

    Figures below one in size are compared by nine decimals, since what is left of a difference of
    two equal sums (10⁻¹⁵) has no digits that signify; a unit in which figures are below 10⁻⁶ is
    not fit for comparisons.

    Args:
        values: any shape; NaN and ±inf stay what they are.

    Returns:
        the same shape.
    """
    x = np.asarray(values, dtype=np.float64)
    size = np.abs(x)
    # Searched in a table of exact powers; NaN counts as larger than all and stays NaN.
    decimals = _POWERS.size - np.searchsorted(_POWERS, size, side="right")
    steps = _STEPS[decimals]
    return np.asarray(np.copysign(np.floor(size * steps + 0.5) / steps, x) + 0.0)


def compared(value: float) -> float:
    """Round one figure as ``comparable`` does."""
    return float(comparable(value))

"""The other aggregations of one row: means, and the Mazziotta–Pareto indices of either sign.

The mean of the index itself and its split are in ``aggregate``; outranking is in ``copeland``,
frontier weights in ``benefit_of_doubt``; which method uses which is in ``alternatives``.

Sources: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 6; De Muro, Mazziotta &
Pareto (2011), Soc Indic Res 104, MPI; Mazziotta & Pareto (2016), Soc Indic Res 127, AMPI.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.aggregate import aggregate
from phare_pipeline.index.checks import (
    Floats,
    as_matrix,
    as_weights,
    refuse_infinite,
    refuse_where,
)

Domain = Literal["any", "not negative", "positive"]


@dataclass(frozen=True)
class Mean:
    """A mean as finish(Σ w numerator(x) / Σ w denominator(x)).

    Attributes:
        numerator, finish: applied to each value and to the ratio.
        denominator: None when the sum below is Σ w.
        domain: which values it is a mean of; elsewhere it is undefined, or not increasing.
    """

    numerator: Callable[[Floats], Floats]
    denominator: Callable[[Floats], Floats] | None
    finish: Callable[[Floats], Floats]
    domain: Domain


def _identity(values: Floats) -> Floats:
    return values


CONTRAHARMONIC: Final = Mean(np.square, _identity, _identity, "positive")
ARITHMETIC: Final = Mean(_identity, None, _identity, "any")
QUADRATIC: Final = Mean(np.square, None, np.sqrt, "not negative")
GEOMETRIC: Final = Mean(np.log, None, np.exp, "positive")
HARMONIC: Final = Mean(np.reciprocal, None, np.reciprocal, "positive")


def weighted_mean(values: ArrayLike, weights: ArrayLike, mean: Mean) -> Floats:
    """Mean (n,) of each row over the values present, weights renormalised over them.

    NaN where nothing with weight is present. A row is summed in the order of its terms' size, so
    permuting columns or removing other rows changes no bit. For F with its split use ``aggregate``,
    which works on deviations and is a little more exact than ``CONTRAHARMONIC`` here.

    Args:
        values: (n, m), NaN where missing.
        weights: (m,) ≥ 0 with at least one > 0, on any common scale; 0 is as good as absent.
        mean: one of this module.

    Raises:
        ValueError: ±inf; a value outside the domain of the mean (≤ 0 for geometric, harmonic and
            contraharmonic, < 0 for quadratic); negative or all-zero weights; shapes that do not
            fit; a result that overflows.
    """
    x = as_matrix("values", values)
    refuse_infinite("values", x)
    _refuse_outside("values", x, mean.domain)
    w = as_weights("weights", weights, x.shape[1])
    is_present = ~np.isnan(x) & (w > 0)
    # 1 is in every domain; its weight is 0.
    filled, present = np.where(is_present, x, 1.0), np.where(is_present, w, 0.0)
    with np.errstate(all="ignore"):
        above = _sum_rows(present * mean.numerator(filled))
        below = present if mean.denominator is None else present * mean.denominator(filled)
        result = np.asarray(mean.finish(above / _sum_rows(below)), dtype=np.float64)
    result = np.where(is_present.any(axis=1), result, np.nan)
    is_lost = np.isnan(result) & is_present.any(axis=1)
    refuse_where("weighted_mean", result, np.isinf(result) | is_lost, "values that do not overflow")
    return result


def mazziotta_pareto(values: ArrayLike, weights: ArrayLike, *, sign: int) -> Floats:
    """M + sign·S·cv = M + sign·S²/M (n,) over the values present: MPI or AMPI by normalisation.

    MPI on ``z_score_100_10(ddof=0)``, AMPI on ``ampi_goalposts``. S² is the variance of the row
    divided by the weight, not by m − 1. For fragility, where more is worse, unevenness must raise
    the index, so the sign is +1 and the result the contraharmonic mean; −1 is the sign for
    well-being, with which the index may fall when a value rises.

    Args:
        values: (n, m) > 0, NaN where missing.
        weights: (m,) as for ``weighted_mean``.
        sign: +1 or −1.

    Raises:
        ValueError: another sign; ±inf or values ≤ 0; negative or all-zero weights; shapes.
    """
    if sign not in (1, -1):
        raise ValueError(f"sign: found {sign}, expected +1 or −1")
    composite = aggregate(values, weights)
    return composite.mean + sign * composite.imbalance


def _refuse_outside(name: str, values: Floats, domain: Domain) -> None:
    """Raise ValueError naming the first value that the mean cannot take."""
    if domain == "positive":
        refuse_where(name, values, values <= 0, "values > 0")
    elif domain == "not negative":
        refuse_where(name, values, values < 0, "values ≥ 0")


def _sum_rows(terms: Floats) -> Floats:
    """Sum each row in ascending order of its terms, so that column order does not matter."""
    return np.asarray(np.sort(terms, axis=1).sum(axis=1))

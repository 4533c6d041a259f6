"""The other normalisations, for comparison: min-max, z-score, percentile, rank, AMPI goalposts.

The normalisation of the index itself, with its reference and frozen scale, is in ``normalise``;
which method uses which normalisation is in ``alternatives``.

One convention for all: the input is (n, m), already oriented so that more is more fragile, and so
is the output. Each column is placed among the units that have a value in it; NaN is missing and
stays NaN; ±inf is refused. Places are those of figures as ``ties`` compares them. A column without
spread (constant, or one unit alone) says nothing about anybody and gets the middle of its scale,
never NaN and never an end of it. A unit that leaves the table therefore moves the others, which the
normalisation of the index avoids.

Sources: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 5; Mazziotta & Pareto
(2016), Soc Indic Res 127, for the goalposts.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import (
    Floats,
    as_matrix,
    as_vector,
    refuse_infinite,
    refuse_where,
)
from phare_pipeline.index.normalise import Z_REFERENCE
from phare_pipeline.index.ties import NEGLIGIBLE_SHARE, comparable

Ties = Literal["mean", "min"]

# AMPI goalposts lie in it whenever the reference lies among the units; a reference outside them
# (two units left, both above France) would otherwise send values to the thousands, or below 0.
AMPI_MIN, AMPI_MAX = 40.0, 160.0


def oriented_gaps(z: ArrayLike, z_unclipped: ArrayLike) -> Floats:
    """z_unclipped − 100 where z is there: (n, m) oriented gaps to the reference, NaN elsewhere.

    In a positive unit of each column's own, which none of the normalisations here depends on.

    Args:
        z: (n, m) as scored, NaN where missing.
        z_unclipped: (n, m) as ``normalise`` gives it.

    Raises:
        ValueError: shapes that differ, ±inf, or a value missing where z has one.
    """
    scored, values = as_matrix("z", z), as_matrix("z_unclipped", z_unclipped)
    if values.shape != scored.shape:
        raise ValueError(f"z_unclipped: found {values.shape}, expected {scored.shape}, as z")
    refuse_infinite("z_unclipped", values)
    is_there = ~np.isnan(scored)
    refuse_where("z_unclipped", values, np.isnan(values) & is_there, "a value wherever z has one")
    gaps = np.where(comparable(values) == Z_REFERENCE, 0.0, values - Z_REFERENCE)
    return np.where(is_there, gaps, np.nan)


def min_max(values: ArrayLike, *, low: float = 0.0, high: float = 1.0) -> Floats:
    """Min-max: low + (high − low)·(x − min)/(max − min), (n, m); (low + high)/2 without spread.

    With the defaults also one minus the distance to the maximum, in shares of the range.

    Raises:
        ValueError: ±inf, high ≤ low, or values so far apart that their range overflows.
    """
    x = _check(values)
    _check_range(low, high)
    spread = _spread(x)
    share = _divide(x - _lowest(x), spread, without_spread=0.5)
    return low + (high - low) * share


def z_score(values: ArrayLike, *, ddof: int = 1) -> Floats:
    """(x − mean)/s: (n, m) in standard deviations; 0 without spread.

    Args:
        values: (n, m) oriented, NaN where missing.
        ddof: s divides by count − ddof: 1 as in COINr (``n_zscore``) and Compind, 0 as in the
            definition of the MPI.

    Raises:
        ValueError: ±inf, another ddof, or values so far apart that their range overflows.
    """
    if ddof not in (0, 1):
        raise ValueError(f"ddof: found {ddof}, expected 0 or 1")
    x = _check(values)
    spread = _spread(x)
    # In shares of the range, so that squares neither overflow nor vanish.
    share = _divide(x - _lowest(x), spread, without_spread=0.5)
    count = (~np.isnan(x)).sum(axis=0)
    deviation = share - np.nansum(share, axis=0) / np.maximum(count, 1)
    variance = np.nansum(deviation**2, axis=0) / np.maximum(count - ddof, 1)
    # Not "deviation / 0": the computed mean of equal values need not be that value.
    return _divide(deviation, np.where(spread > 0, np.sqrt(variance), 0.0), without_spread=0.0)


def z_score_100_10(values: ArrayLike, *, ddof: int = 1) -> Floats:
    """100 + 10·z_score: (n, m), the scale of the MPI (with ddof = 0); 100 without spread."""
    return Z_REFERENCE + 10.0 * z_score(values, ddof=ddof)


def rank(values: ArrayLike, *, ties: Ties = "mean") -> Floats:
    """Place from below, 1 … count: (n, m); the most fragile has the largest.

    The reverse of a printed rank (1 = most fragile, in ``ranks``), so that more stays more fragile.

    Args:
        values: (n, m) oriented, NaN where missing.
        ties: "mean" gives equal values the mean of their places (1, 2.5, 2.5, 4) and a constant the
            middle; "min" the lowest of them (1, 2, 2, 4), as COINr does, and a constant 1.

    Raises:
        ValueError: ±inf, or another rule for ties.
    """
    x = _check(values)
    if ties not in get_args(Ties):
        raise ValueError(f"ties: found {ties!r}, expected one of {get_args(Ties)}")
    if len(x) == 0:
        return x.copy()
    x = comparable(x)
    order = np.argsort(x, axis=0)
    ascending = np.take_along_axis(x, order, axis=0)
    position = np.arange(len(x))[:, None]
    is_first = np.ones(x.shape, dtype=bool)
    is_first[1:] = ascending[1:] != ascending[:-1]
    place = np.maximum.accumulate(np.where(is_first, position, 0), axis=0).astype(np.float64)
    if ties == "mean":
        is_last = np.vstack([is_first[1:], np.ones((1, x.shape[1]), dtype=bool)])
        last = np.where(is_last, position, len(x))[::-1]
        place = (place + np.minimum.accumulate(last, axis=0)[::-1]) / 2
    places = np.empty(x.shape)
    np.put_along_axis(places, order, place + 1, axis=0)
    return np.where(np.isnan(x), np.nan, places)


def percentile(
    values: ArrayLike, *, low: float = 0.0, high: float = 1.0, ties: Ties = "mean"
) -> Floats:
    """Place: low + (high − low)·(rank − 1)/(count − 1), (n, m); (low + high)/2 without spread.

    With ``ties="min"`` COINr's ``n_prank``, except that a constant gets the middle, not the lowest
    value.

    Raises:
        ValueError: ±inf, high ≤ low, or another rule for ties.
    """
    places = rank(values, ties=ties)
    _check_range(low, high)
    steps = (~np.isnan(places)).sum(axis=0) - 1.0
    is_constant = _spread(_check(values)) == 0
    share = _divide(places - 1, np.where(is_constant, 0.0, steps), without_spread=0.5)
    return low + (high - low) * share


def ampi_goalposts(
    values: ArrayLike, reference: ArrayLike | float = 0.0, *, spread: ArrayLike | None = None
) -> Floats:
    """100 + 30·(x − reference)/((max − min)/2): (n, m); 100 without spread, wherever it stands.

    In [40, 160] when the reference lies between the extremes; not clipped here.

    Args:
        values: (n, m) oriented; oriented gaps to the reference need no ``reference``.
        reference: (m,) or one for all, on the scale of ``values``; NaN makes its column missing.
        spread: (m,) max − min when the goalposts are common to several editions; otherwise the
            range of ``values``.

    Raises:
        ValueError: ±inf, a negative spread, wrong shapes, or a spread so small beside the gaps that
            the result overflows.
    """
    x = _check(values)
    m = x.shape[1]
    ref = as_vector("reference", np.broadcast_to(reference, (m,)), m)
    refuse_infinite("reference", ref)
    width = _spread(x) if spread is None else as_vector("spread", spread, m)
    refuse_where("spread", width, ~(np.isfinite(width) & (width >= 0)), "a finite max − min ≥ 0")
    with np.errstate(over="ignore"):
        placed = Z_REFERENCE + 30.0 * _divide(x - ref, width / 2, without_spread=0.0)
    refuse_infinite("ampi_goalposts", placed)
    return placed


def _check(values: ArrayLike) -> Floats:
    x = as_matrix("values", values)
    refuse_infinite("values", x)
    return x


def _check_range(low: float, high: float) -> None:
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"low, high: found {low}, {high}, expected finite numbers with low < high")


def _lowest(x: Floats) -> Floats:
    """Smallest value (m,) of each column; 0 where there is none."""
    lowest = np.where(np.isnan(x), np.inf, x).min(axis=0, initial=np.inf)
    return np.where(np.isfinite(lowest), lowest, 0.0)


def _spread(x: Floats) -> Floats:
    """Max − min (m,) of each column; 0 where there is no value, or but rounding of sums."""
    highest = np.where(np.isnan(x), -np.inf, x).max(axis=0, initial=-np.inf)
    highest, lowest = np.where(np.isfinite(highest), highest, 0.0), _lowest(x)
    with np.errstate(over="ignore"):
        spread = highest - lowest
    refuse_infinite("max − min", spread)
    size = np.maximum(np.abs(highest), np.abs(lowest))
    return np.where(spread > NEGLIGIBLE_SHARE * size, spread, 0.0)


def _divide(numerator: Floats, denominator: Floats, *, without_spread: float) -> Floats:
    """Divide columns (n, m) by (m,); a stated value where it is 0, NaN where there is no value."""
    stated = np.where(np.isnan(numerator), np.nan, without_spread)
    return np.divide(numerator, denominator, out=stated, where=denominator > 0)

"""Correlations between columns with holes, and how much a number of units can say about them.

What they mean for indicators and domains is in ``structure``, agreement of several orders in
``agreement``.

Missing values are left out pair by pair: a correlation is over the units that have both values, and
ranks are given among those units. So the cells of one matrix may rest on different units, a matrix
need not be positive semidefinite, and ``count`` belongs beside every figure.

Sources: Fisher (1921), Metron 1, for the interval; Fieller, Hartley & Pearson (1957), Biometrika
44, for its width under Spearman's coefficient; Student's t for the critical value.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import (
    Floats,
    Integers,
    as_matrix,
    refuse_infinite,
    refuse_where,
)
from phare_pipeline.index.normalisations import min_max, rank

Kind = Literal["pearson", "spearman"]

LEVEL: Final = 0.05
# The smallest number of units of which detection_power(n, 0.5) ≥ 0.8: with fewer a correlation of
# 0.5 is missed more than once in five times, with the 13 regions more often than it is found.
MIN_UNITS: Final = 29
# Variance of artanh r times (n − 3).
_FISHER_VARIANCE: Final = {"pearson": 1.0, "spearman": 1.06}
_NORMAL_95: Final = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Correlations:
    """Correlations between m columns of one table and k of another, each array (m, k).

    Attributes:
        pearson: linear, sensitive to a single unit that stands apart (Corse, Île-de-France).
        spearman: of ranks among the units of the pair, ties at their mean.
        count: units that have both values.

    NaN where fewer than three units have both, or one of the two is constant among them.
    """

    pearson: Floats
    spearman: Floats
    count: Integers


def correlations(values: ArrayLike, others: ArrayLike | None = None) -> Correlations:
    """Correlate the columns of ``values`` with each other, or with those of ``others``.

    m·k·n·log n time: 5 s for 347 × 347 columns of 96 units; not meant for communes.

    Args:
        values: (n, m), NaN where missing.
        others: (n, k) of the same units.

    Raises:
        ValueError: ±inf, other shapes.
    """
    x = _check("values", values)
    y = x if others is None else _check("others", others)
    if len(x) != len(y):
        raise ValueError(f"others: found {len(y)} units, expected {len(x)}, as values")
    shape = (x.shape[1], y.shape[1])
    found = Correlations(np.empty(shape), np.empty(shape), np.zeros(shape, dtype=np.int64))
    for row in range(x.shape[1]):
        start = row if others is None else 0
        is_both = ~np.isnan(x[:, [row]]) & ~np.isnan(y[:, start:])
        first = np.where(is_both, x[:, [row]], np.nan)
        second = np.where(is_both, y[:, start:], np.nan)
        found.pearson[row, start:] = _correlate(first, second)
        found.spearman[row, start:] = _correlate(rank(first), rank(second))
        found.count[row, start:] = is_both.sum(axis=0)
        if others is None:
            for matrix in (found.pearson, found.spearman, found.count):
                matrix[start:, row] = matrix[row, start:]
    return found


def critical_correlation(count: ArrayLike) -> Floats:
    """Smallest |r| that is told from 0 by ``count`` units, two-sided at 5 %: t/√(n − 2 + t²).

    0.553 for the 13 regions, 0.201 for 96 départements. Exact for Pearson's r of normal values;
    for Spearman's a good approximation (0.560 in exact tables for n = 13). That no correlation is
    found with 13 units therefore says nothing. NaN below three units.

    For one correlation: among the 120 pairs of 16 unrelated domains six pass it by chance.
    """
    from scipy.special import stdtrit  # type: ignore[import-untyped]  # slow to import

    n = np.asarray(count, dtype=np.float64)
    freedom = np.where(n > 2, n - 2, np.nan)
    t = stdtrit(freedom, 1 - LEVEL / 2)
    return np.asarray(t / np.sqrt(freedom + t**2))


def detection_power(count: ArrayLike, correlation: float = 0.5) -> Floats:
    """Chance that a true correlation is told from 0 by ``count`` units, two-sided at 5 %.

    Φ((artanh ρ + ρ/(2n − 2))·√(n − 3) − 1.96), Fisher's approximation for Pearson's r, without the
    tiny chance of finding it with the wrong sign. For ρ = 0.5: 0.44 with 13 units, 0.97 with 50.
    NaN with three units or fewer.
    """
    from scipy.special import ndtr  # slow to import

    n = np.asarray(count, dtype=np.float64)
    n = np.where(n > 3, n, np.nan)
    expected = np.arctanh(abs(correlation)) + abs(correlation) / (2 * (n - 1))
    return np.asarray(ndtr(expected * np.sqrt(n - 3) - _NORMAL_95))


def correlation_interval(
    correlation: ArrayLike, count: ArrayLike, kind: Kind
) -> tuple[Floats, Floats]:
    """95 % interval of a correlation: tanh(artanh r ± 1.96·√(v/(n − 3))), v = 1, for ranks 1.06.

    It takes the units for a sample of a larger population. For the 13 regions there is none: read
    it as "what other circumstances of the same kind could have shown". [−1, 1] where n ≤ 3; a
    correlation of ±1 has no width; NaN stays NaN. Under Spearman good for |r| below 0.8 only.

    Args:
        correlation: in [−1, 1], any shape.
        count: units, same shape or one number.
        kind: which coefficient it is.

    Raises:
        ValueError: a correlation outside [−1, 1].
    """
    r, n = np.asarray(correlation, dtype=np.float64), np.asarray(count, dtype=np.float64)
    refuse_where("correlation", np.atleast_1d(r), np.atleast_1d(np.abs(r) > 1), "−1 … 1")
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.arctanh(r)
        half = _NORMAL_95 * np.sqrt(_FISHER_VARIANCE[kind] / np.maximum(n - 3, 0))
        low, high = np.tanh(middle - half), np.tanh(middle + half)
    is_short = (n <= 3) & ~np.isnan(r)
    return np.where(is_short, -1.0, low), np.where(is_short, 1.0, high)


def _check(name: str, values: ArrayLike) -> Floats:
    matrix = as_matrix(name, values)
    refuse_infinite(name, matrix)
    return matrix


def _correlate(first: Floats, second: Floats) -> Floats:
    """Pearson's r (k,) of columns (n, k) and (n, k) that have their holes in the same places."""
    one, two = _deviations(first), _deviations(second)
    product = (one * two).sum(axis=0)
    scale = np.sqrt((one**2).sum(axis=0) * (two**2).sum(axis=0))
    is_enough = (~np.isnan(first)).sum(axis=0) >= 3
    r = np.divide(product, scale, out=np.full(product.shape, np.nan), where=is_enough & (scale > 0))
    return np.asarray(np.clip(r, -1.0, 1.0))


def _deviations(values: Floats) -> Floats:
    """Deviations (n, k) from the mean, in shares of the range; 0 in holes and where constant."""
    share = min_max(values)
    count = (~np.isnan(share)).sum(axis=0)
    mean = np.nansum(share, axis=0) / np.maximum(count, 1)
    return np.where(np.isnan(share), 0.0, share - mean)

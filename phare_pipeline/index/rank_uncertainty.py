"""Ranks over drawn choices: median, interval, chances of places and of pairs.

How the units score under the draws is in ``simulation``. The intervals are intervals of method:
they say how far a rank depends on choices, nothing of sampling or measurement, except for notes
whose standard error was drawn too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, Integers, as_vector, refuse_where
from phare_pipeline.index.ties import comparable

TOP: Final = 3
INTERVAL: Final = 0.90

# Comparisons of pairs held at once: one byte each.
_BLOCK_PAIRS = 2_000_000


@dataclass(frozen=True, eq=False)
class RankUncertainty:
    """Ranks of n units over s draws; 1 is the most fragile, ties share the better rank.

    Attributes:
        ranks: (s, n).
        median: (n,), the lower of the two middle ranks when they differ.
        low, high: (n,) bounds of the 90 % interval, ranks that occurred.
        p_top: (n,) share of the draws in which the unit is among the first three; with ties there
            may be more than three.
        p_above: (n, n) share of the draws in which the row is more fragile than the column, ties
            counting half; p_above + its transpose = 1 off the diagonal, which is NaN.
        mean_shift: (s,) mean over units of |rank − published rank|; 0 when there is no unit.
    """

    ranks: Integers
    median: Integers
    low: Integers
    high: Integers
    p_top: Floats
    p_above: Floats
    mean_shift: Floats


def rank_uncertainty(scores: ArrayLike, reference: ArrayLike) -> RankUncertainty:
    """Say how the ranks of n units vary over s draws; n may be 0.

    Scores are compared as in ``ties``, so that no rank is decided by the last bits of a sum. n²
    memory and s·n² time.

    Args:
        scores: (s, n) F by draw, s ≥ 1.
        reference: (n,) published F, for the shift.

    Raises:
        ValueError: no draw, NaN or ±inf, shapes that do not fit.
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 2 or len(values) == 0:
        raise ValueError(f"scores: found shape {values.shape}, expected (s, n) with s ≥ 1")
    published = as_vector("reference", reference, values.shape[1])
    for name, array in (("scores", values), ("reference", published)):
        refuse_where(name, array, ~np.isfinite(array), "finite scores")
    values, published = comparable(values), comparable(published)

    n_draws, n_units = values.shape
    ranks, n_below = np.empty((n_draws, n_units), dtype=np.int64), np.zeros((n_units, n_units))
    for block in _blocks(n_draws, n_units**2):
        is_below = values[block, :, None] < values[block, None, :]
        ranks[block] = 1 + is_below.sum(axis=2)
        n_below += is_below.sum(axis=0)
    p_above = (1 + (n_below.T - n_below) / n_draws) / 2
    np.fill_diagonal(p_above, np.nan)
    tail = (1 - INTERVAL) / 2
    low, median, high = np.quantile(
        ranks, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf"
    ).astype(np.int64)
    own = 1 + (published[:, None] < published[None, :]).sum(axis=1)
    return RankUncertainty(
        ranks=ranks,
        median=median,
        low=low,
        high=high,
        p_top=(ranks <= TOP).mean(axis=0),
        p_above=p_above,
        mean_shift=np.abs(ranks - own).sum(axis=1) / max(n_units, 1),
    )


def _blocks(length: int, cells: int) -> Iterator[slice]:
    """Cut rows into slices, ``cells`` comparisons a row."""
    step = max(1, _BLOCK_PAIRS // max(cells, 1))
    return (slice(start, start + step) for start in range(0, length, step))

"""How far several actors put the same things in the same order: Kendall's W.

Orders only: which actor is more severe in general does not matter, nor do distances. What one actor
perceives is in ``perception``; how far the P of several lie apart is their ``dispersion``.

Sources: Kendall & Babington Smith (1939), Annals of Mathematical Statistics 10, for W; Kendall
(1948), Rank Correlation Methods, for the correction for ties; Efron (1979), Annals of Statistics 7,
for the bootstrap.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, as_matrix, refuse_infinite
from phare_pipeline.index.normalisations import rank

RESAMPLES: Final = 2000
INTERVAL: Final = 0.90


@dataclass(frozen=True)
class Agreement:
    """Kendall's W of k actors over the n things that all of them noted.

    Attributes:
        w: 0 … 1; 1 when all orders are the same. Orders at random give 1/k on average: 0.33 for
            three actors is no agreement at all. For two actors it is (1 + Spearman's ρ)/2 when
            nothing ties. NaN with fewer than two actors or things, or when nobody makes a
            difference.
        low, high: 90 % interval over resampled things (bootstrap). It says how far W hangs on
            which domains were asked. It says nothing about other actors, of whom there are only
            these, nor about the errors of the notes. On 16 simulated things it held the true W in 9
            cases of 10; on six it is rough, and where W is near 1 it leans to smaller values,
            since a resample repeats things and so has fewer. NaN with fewer than five things.
        random_high: 95 % quantile of W over random orders with the same ties.
        p_value: share of random orders, the found one counted in, with a W as large: how easily
            chance alone agrees as well. It rests on permuting things, so it supposes that an actor
            who means nothing could note any domain anyhow.
        n_actors, n_things: k and n.
    """

    w: float
    low: float
    high: float
    random_high: float
    p_value: float
    n_actors: int
    n_things: int


def kendall_w(values: ArrayLike, *, seed: int) -> Agreement:
    """Measure the agreement of k actors on n things, ties corrected.

    W = 12 Σ (R − mean R)² / (k²(n³ − n) − k Σ T), R the sum of a thing's ranks over actors and T
    the sum of t³ − t over an actor's groups of t ties. An actor who gives one note to everything
    counts as neither agreeing nor disagreeing.

    Args:
        values: (k, n) notes of k actors on n things (domains, or areas on one domain), NaN where
            missing: a thing that an actor did not note is left out for all, since a sum of ranks
            needs every actor.
        seed: of resamples and permutations.

    Raises:
        ValueError: ±inf, another shape.
    """
    notes = as_matrix("values", values)
    refuse_infinite("values", notes)
    notes = notes[:, ~np.isnan(notes).any(axis=0)]
    k, n = notes.shape
    w = float(_concordance(notes[None])[0]) if k > 1 and n > 1 else np.nan
    if np.isnan(w):
        return Agreement(np.nan, np.nan, np.nan, np.nan, np.nan, k, n)
    random = np.random.Generator(np.random.PCG64(seed))
    low = high = np.nan
    if n >= 5:
        drawn = notes[:, random.integers(0, n, (RESAMPLES, n))].transpose(1, 0, 2)
        tails = [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2]
        low, high = np.nanquantile(_concordance(drawn), tails)
    shuffled = random.permuted(np.repeat(notes[None], RESAMPLES, axis=0), axis=2)
    by_chance = _concordance(shuffled)
    return Agreement(
        w=w,
        low=float(low),
        high=float(high),
        random_high=float(np.quantile(by_chance, 0.95)),
        p_value=float((1 + (by_chance >= w - 1e-12).sum()) / (1 + RESAMPLES)),
        n_actors=k,
        n_things=n,
    )


def _concordance(tables: Floats) -> Floats:
    """Kendall's W (t,) of t complete tables (k, n); NaN where nobody makes a difference."""
    t, k, n = tables.shape
    places = rank(tables.reshape(t * k, n).T).T.reshape(t, k, n) - (n + 1) / 2
    whole = n**3 - n
    ties = whole - 12 * (places**2).sum(axis=2)
    above = 12 * (places.sum(axis=1) ** 2).sum(axis=1)
    below = k**2 * whole - k * ties.sum(axis=1)
    w: Floats = np.divide(above, below, out=np.full(t, np.nan), where=below > 0.5)
    return w

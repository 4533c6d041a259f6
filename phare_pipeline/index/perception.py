"""What one kind of actor perceives, on the scale of the index and beside it, never in it.

Made of mean notes from 1 to 10 by domain, nothing else: bands differ by actor. How the means were
estimated, and their errors, is the survey's business; whether actors agree with each other is in
``agreement``.

P places the notes as F places indicators: 100 is the actor's national mean of the domain, 70 and
130 the actor's largest gap to it. P − F compares two positions, how far from France a territory
feels and how far it measures, each on its own scale; it is not a difference of two like things.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phare_pipeline.index.checks import (
    Booleans,
    Floats,
    as_matrix,
    as_vector,
    refuse_infinite,
    refuse_where,
)
from phare_pipeline.index.decomposition import slopes
from phare_pipeline.index.hierarchy import Hierarchy, IndexScores, Thresholds, score_index
from phare_pipeline.index.normalise import Z_REFERENCE, normalise
from phare_pipeline.index.ties import comparable

NOTE_MIN, NOTE_MAX = 1.0, 10.0
# Standard errors that a figure must be away from another to be told from it, two-sided at 5 %.
TOLD_APART: Final = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Perception:
    """What one actor perceives in n areas and D domains; above 100 = worse than the actor's France.

    Attributes:
        scores: of the index machinery, one indicator a domain; P is ``scores.index.F``.
        standard_error: (n,) of P; NaN where P is, or where the error of a note in it is unknown.
        domain_error: (n, D) of the notes on the scale of z; NaN where unknown.
        is_told_apart: (n, D) the note differs from the national mean by more than sampling
            explains; False where unknown.
    """

    scores: IndexScores
    standard_error: Floats
    domain_error: Floats
    is_told_apart: Booleans


@dataclass(frozen=True, eq=False)
class PerceptionGap:
    """Perceived against measured, arrays of one shape; of the index (n,) or of domains (n, D).

    Attributes:
        gap: P − F in points, NaN where either is missing; positive = felt worse than measured.
        standard_error: of the gap, that of P: F comes from registers and censuses and has no
            sampling error here.
        is_told_apart: the gap is larger than 1.96 standard errors.
        quadrant: '' where either is missing, or
            'recognised' F above 100 and P above 100;
            'unrecognised' F above 100, P not;
            'felt' P above 100, F not;
            'low' neither.
        is_quadrant_sure: P differs from 100 by more than 1.96 standard errors. Otherwise the
            quadrant is only where the point fell: a mean of 7.3 against a national 7.1 with 182
            answers is not a difference. F is taken as it is, even close to 100.
    """

    gap: Floats
    standard_error: Floats
    is_told_apart: Booleans
    quadrant: NDArray[np.str_]
    is_quadrant_sure: Booleans


def perception_scale(means: ArrayLike, national: ArrayLike) -> float:
    """Δ of one actor: largest |mean − national mean| over all areas and domains, in notes.

    One for all domains, so that a domain on which the areas hardly differ is not blown up to the
    whole field. To be frozen like the Δ of an indicator. With few areas it is small and made of
    sampling error: the standard errors of P then say so.

    Args:
        means: (n, D) mean notes, NaN where missing.
        national: (D,) the actor's national means.

    Returns:
        Δ ≥ 0; NaN when no domain has both a mean and a national one.

    Raises:
        ValueError: a note outside [1, 10], shapes that do not fit.
    """
    notes = _check_notes("means", as_matrix("means", means))
    reference = _check_notes("national", as_vector("national", national, notes.shape[1]))
    gaps = np.abs(notes - reference)
    return float(np.nanmax(gaps)) if not np.isnan(gaps).all() else float("nan")


def perceive(
    means: ArrayLike,
    national: ArrayLike,
    scale: float,
    hierarchy: Hierarchy,
    *,
    standard_errors: ArrayLike | None = None,
    correlation: float = 1.0,
    thresholds: Thresholds | None = None,
) -> Perception:
    """Score what one actor perceives, with the normalisation, tree and rules of the index.

    The error of P is that of its notes through the slopes of F (delta method):
    var P = ρ (Σ g s)² + (1 − ρ) Σ (g s)², with g = ∂P/∂z. Notes of different domains come from the
    same people, so their errors are correlated; published means do not say how much. ρ = 1, the
    default, is the largest error possible; with ρ = 0, as if each domain had been asked of other
    people, it is about four times smaller for 16 domains. Clipping is left out of the slopes, and
    national mean and Δ are taken as known.

    Args:
        means: (n, D) mean notes 1 … 10 of each area, NaN where missing. An area is the survey's
            own; a super-region is no region.
        national: (D,) the actor's national mean of each domain, NaN where missing.
        scale: Δ > 0 in notes, as ``perception_scale`` gives it; NaN leaves everything unscored.
        hierarchy: the tree with one indicator for each domain, in the order of domains.
        standard_errors: (n, D) of the means, or better of their difference from the national mean;
            NaN where unknown. All unknown when None.
        correlation: ρ in [0, 1] between the errors of two domains.
        thresholds: as for the index.

    Raises:
        ValueError: a note outside [1, 10], a negative or infinite error, a scale not above 0, ρ
            outside [0, 1], a tree that is not one indicator a domain, shapes that do not fit.
    """
    n_domains = hierarchy.domain_weights.size
    if not np.array_equal(hierarchy.domain_of, np.arange(n_domains)):
        raise ValueError(
            f"hierarchy: found {hierarchy.weights.size} indicators in {n_domains} domains, "
            "expected one for each domain, in their order"
        )
    notes = _check_notes("means", as_matrix("means", means))
    reference = _check_notes("national", as_vector("national", national, n_domains))
    if scale <= 0 or np.isinf(scale):
        raise ValueError(f"scale: found {scale}, expected Δ > 0 in notes, or NaN")
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation: found {correlation}, expected 0 … 1")
    ones = np.ones(n_domains)
    placed = normalise(notes, reference, scale * ones, ones)
    scores = score_index(placed.z, hierarchy, thresholds)
    errors = _check_errors(notes, standard_errors) * (30.0 / scale)
    slope = slopes(scores)
    # A domain that does not count has no slope; its error may be unknown.
    parts = np.where(slope == 0, 0.0, slope * errors)
    variance = correlation * parts.sum(axis=1) ** 2 + (1 - correlation) * (parts**2).sum(axis=1)
    domain_error = np.where(np.isnan(placed.z), np.nan, errors)
    return Perception(
        scores=scores,
        standard_error=np.where(scores.index.is_scored, np.sqrt(variance), np.nan),
        domain_error=domain_error,
        is_told_apart=_is_beyond(placed.z_unclipped - Z_REFERENCE, domain_error),
    )


def compare_with_measured(
    perceived: ArrayLike, standard_error: ArrayLike, measured: ArrayLike
) -> PerceptionGap:
    """Set what an actor perceives beside what is measured, for the index or domain by domain.

    Args:
        perceived: P, or the z of domains; any shape, NaN where missing.
        standard_error: of ``perceived``, same shape, NaN where unknown.
        measured: F of the index or of the domains of the same areas, same shape.

    Raises:
        ValueError: shapes that differ, ±inf, a negative error.
    """
    p, error, f = (np.asarray(a, dtype=np.float64) for a in (perceived, standard_error, measured))
    if not p.shape == error.shape == f.shape:
        raise ValueError(f"found shapes {p.shape}, {error.shape}, {f.shape}, expected one shape")
    for name, array in (("perceived", p), ("standard_error", error), ("measured", f)):
        refuse_infinite(name, array)
    refuse_where("standard_error", error, error < 0, "errors ≥ 0")
    gap = p - f
    is_high_p, is_high_f = (comparable(score) > Z_REFERENCE for score in (p, f))
    is_there = ~np.isnan(gap)
    quadrants = {
        "recognised": is_high_f & is_high_p,
        "unrecognised": is_high_f & ~is_high_p,
        "felt": ~is_high_f & is_high_p,
        "low": ~is_high_f & ~is_high_p,
    }
    return PerceptionGap(
        gap=gap,
        standard_error=np.where(is_there, error, np.nan),
        is_told_apart=_is_beyond(gap, error),
        quadrant=np.where(is_there, np.select(list(quadrants.values()), list(quadrants), ""), ""),
        is_quadrant_sure=is_there & _is_beyond(p - Z_REFERENCE, error),
    )


def _is_beyond(difference: Floats, error: Floats) -> Booleans:
    """Say where a difference is larger than its error explains; False where that is unknown."""
    return np.asarray(comparable(np.abs(difference)) > comparable(TOLD_APART * error))


def _check_notes(name: str, notes: Floats) -> Floats:
    """Return mean notes, 1 … 10 or NaN."""
    refuse_where(name, notes, (notes < NOTE_MIN) | (notes > NOTE_MAX), "mean notes from 1 to 10")
    return notes


def _check_errors(notes: Floats, standard_errors: ArrayLike | None) -> Floats:
    """Standard errors (n, D) in notes, NaN where unknown."""
    if standard_errors is None:
        return np.full(notes.shape, np.nan)
    errors = as_matrix("standard_errors", standard_errors)
    if errors.shape != notes.shape:
        raise ValueError(f"standard_errors: found {errors.shape}, expected {notes.shape}, as means")
    refuse_where("standard_errors", errors, (errors < 0) | np.isinf(errors), "finite errors ≥ 0")
    return errors

"""Is a group different from the others? Two-sided tests of shares and means.

A segment (or a region) is compared with *the rest*, never with a whole that contains it as if the
two were apart. Estimates come from `estimates`; what may be shown is decided in `disclosure`.

Sources: Kish (1965), ch. 4, for the part against the whole; Welch (1947) for means; Benjamini &
Hochberg (1995), JRSS B 57, for many tests of one question.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phare_pipeline.index.checks import (
    Booleans,
    Floats,
    as_vector,
    refuse_infinite,
    refuse_where,
)
from phare_pipeline.survey.estimates import Estimates

ALPHA = 0.05
MIN_N = 30
MIN_EXPECTED = 5.0

_NOISE = 1e-9


class Outcome(StrEnum):
    """What a test says, or why there was none."""

    ABOVE = "above"
    BELOW = "below"
    NO_DIFFERENCE = "no_difference"
    SMALL_BASE = "not_tested_small_base"
    RARE_ANSWER = "not_tested_rare_answer"
    NO_VARIANCE = "not_tested_no_variance"
    NO_VALUE = "not_tested_no_value"


@dataclass(frozen=True, eq=False)
class Part:
    """One of two groups that share no respondent: m values and what a test needs of them.

    Attributes:
        value: (m,) share 0 … 1, or mean.
        n: (m,) unweighted respondents whom the value is about.
        n_eff: (m,) (Σw)²/Σw² of the same.
        squared: (m,) variance of the value, without finite population correction.
    """

    value: Floats
    n: Floats
    n_eff: Floats
    squared: Floats


@dataclass(frozen=True, eq=False)
class Comparison:
    """A segment less the rest, item by item, each array (m,).

    Attributes:
        difference: value of the segment − value of the rest.
        statistic: z for shares, t for means; NaN where not tested.
        df: degrees of freedom: inf for shares, Welch's for means; NaN where not tested.
        p_value: two-sided; NaN where not tested.
        outcome: of `Outcome`, by the unadjusted p_value.
    """

    difference: Floats
    statistic: Floats
    df: Floats
    p_value: Floats
    outcome: NDArray[np.object_]


def part_of_shares(estimates: Estimates) -> Part:
    """Return shares as a part; the n of a share is its whole base, don't-knows included."""
    return _part(estimates, estimates.base_n.astype(np.float64))


def part_of_means(estimates: Estimates) -> Part:
    """Return means as a part; the n of a mean is those who answered."""
    return _part(estimates, estimates.base_n_answered.astype(np.float64))


def compare_shares(segment: Part, rest: Part, *, alpha: float = ALPHA) -> Comparison:
    """Test p_segment = p_rest: z = (p_s − p_r)/√(V_s + V_r), V the variance of a share.

    Unpooled. The same z comes from comparing the segment with the whole that contains it when the
    covariance of the two is kept; without it z is too small. Tested only where both groups have
    n ≥ 30 (respondents) and np ≥ 5 and n(1 − p) ≥ 5 (with n_eff, so that unequal weights cannot
    let through what has too few).

    Args:
        segment: m shares of the segment.
        rest: the same of everybody else.
        alpha: level of the two-sided test.

    Raises:
        ValueError: shapes that do not fit, a share outside [0, 1], an alpha outside ]0, 1[.
    """
    _check(segment, rest, alpha)
    is_rare = np.zeros(segment.value.shape, dtype=np.bool_)
    for name, part in (("segment", segment), ("rest", rest)):
        p = part.value
        refuse_where(f"{name}.value", p, (p < -_NOISE) | (p > 1 + _NOISE), "shares from 0 to 1")
        is_rare |= np.minimum(part.n_eff * p, part.n_eff * (1 - p)) < MIN_EXPECTED
    squared = segment.squared + rest.squared
    return _compare(segment, rest, squared, np.full(squared.shape, np.inf), is_rare, alpha)


def compare_means(segment: Part, rest: Part, *, alpha: float = ALPHA) -> Comparison:
    """Test the equality of two means by Welch's t.

    t = (m_s − m_r)/√(V_s + V_r), which is Welch's t when weights are equal; degrees of freedom by
    Welch and Satterthwaite with n_eff. Tested where both n ≥ 30.

    Args:
        segment: m means of the segment.
        rest: the same of everybody else.
        alpha: level of the two-sided test.

    Raises:
        ValueError: shapes that do not fit, an alpha outside ]0, 1[.
    """
    _check(segment, rest, alpha)
    a, b = segment.squared, rest.squared
    with np.errstate(invalid="ignore", divide="ignore"):
        df = (a + b) ** 2 / (a**2 / (segment.n_eff - 1) + b**2 / (rest.n_eff - 1))
    return _compare(segment, rest, a + b, df, np.zeros(a.shape, dtype=np.bool_), alpha)


def benjamini_hochberg(p_values: ArrayLike, blocks: ArrayLike | None = None) -> Floats:
    """Adjust p-values (m,) for the number of tests of their block, keeping the false share low.

    p_adj of the i-th smallest of k is the least of k p_j/j over j ≥ i, at most 1. A test that was
    not made (NaN) stays NaN and does not count in k.

    Args:
        p_values: (m,), NaN where not tested.
        blocks: (m,) label of the block of each, by default one block. A block is all the tests of
            one question in one area.

    Raises:
        ValueError: a p-value outside [0, 1], shapes that do not fit.
    """
    p = as_vector("p_values", p_values)
    refuse_where("p_values", p, (p < 0) | (p > 1), "numbers from 0 to 1, or NaN")
    labels = np.zeros(p.size) if blocks is None else np.asarray(blocks)
    if labels.shape != p.shape:
        raise ValueError(f"blocks: found shape {labels.shape}, expected {p.shape}")
    adjusted = np.full(p.shape, np.nan)
    for label in np.unique(labels):
        tested = np.flatnonzero((labels == label) & ~np.isnan(p))
        ascending = tested[np.argsort(p[tested], kind="stable")]
        k = ascending.size
        scaled = p[ascending] * (k / np.arange(1, k + 1))
        adjusted[ascending] = np.minimum.accumulate(scaled[::-1])[::-1]
    capped: Floats = np.minimum(adjusted, 1.0)
    return capped


def _part(estimates: Estimates, n: Floats) -> Part:
    return Part(value=estimates.value, n=n, n_eff=estimates.n_eff, squared=estimates.squared)


def _check(segment: Part, rest: Part, alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: found {alpha}, expected a number in ]0, 1[")
    m = segment.value.size
    for name, part in (("segment", segment), ("rest", rest)):
        for field in ("value", "n", "n_eff", "squared"):
            refuse_infinite(
                f"{name}.{field}", as_vector(f"{name}.{field}", getattr(part, field), m)
            )


def _compare(
    segment: Part, rest: Part, squared: Floats, df: Floats, is_rare: Booleans, alpha: float
) -> Comparison:
    """Test where it may be tested, and say why not elsewhere; the first reason counts."""
    from scipy.special import stdtr  # type: ignore[import-untyped]  # slow to import

    difference = segment.value - rest.value
    has_no_variance = ~(squared > _NOISE**2)
    reasons = (
        (np.isnan(difference), Outcome.NO_VALUE),
        (np.minimum(segment.n, rest.n) < MIN_N, Outcome.SMALL_BASE),
        (is_rare, Outcome.RARE_ANSWER),
        (has_no_variance, Outcome.NO_VARIANCE),
    )
    is_tested = ~np.any([mask for mask, _ in reasons], axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = np.where(is_tested, difference / np.sqrt(squared), np.nan)
    df = np.where(is_tested, df, np.nan)
    p_value = np.asarray(2 * stdtr(df, -np.abs(statistic)))

    outcome = np.empty(difference.shape, dtype=object)
    outcome[:] = Outcome.NO_DIFFERENCE
    is_significant = is_tested & (p_value < alpha)
    outcome[is_significant & (difference > 0)] = Outcome.ABOVE
    outcome[is_significant & (difference < 0)] = Outcome.BELOW
    for mask, reason in reversed(reasons):
        outcome[mask] = reason
    return Comparison(
        difference=difference, statistic=statistic, df=df, p_value=p_value, outcome=outcome
    )

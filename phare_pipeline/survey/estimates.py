"""Weighted estimates of one group of respondents: shares, means, net balances, with their error.

Comparing groups is in `significance`, hiding small ones in `disclosure`. What a code means, and who
was asked, is decided by the caller, who gives masks.

Three kinds of missing, never merged: a don't-know is in the base of shares and not in that of
means; a refused answer and a question not asked are in neither (False in `in_base`).

For a quota sample these errors hold by reference to random sampling only, which has to be said
wherever they are shown. Weights are taken as fixed: no gain from calibration is counted. A mean and
a share are ratios of weighted sums, so their variance is linearised: n/(n − 1) Σ w²(y − ȳ)²/(Σw)².
It knows whether heavy weights go with the answer, which σ²/n_eff does not; where weights are equal
both are σ²/(n − 1).

Sources: Särndal, Swensson & Wretman (1992), ch. 5, for the linearised variance of a ratio; Kish
(1992) for n_eff; Wilson (1927) for the interval of extreme shares, on the number of answers that
Korn & Graubard (1998) give it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phare_pipeline.index.checks import (
    Booleans,
    Floats,
    Integers,
    as_matrix,
    as_vector,
    refuse_infinite,
    refuse_where,
)

Z95 = 1.96
WILSON_BELOW, WILSON_ABOVE = 0.10, 0.90
WILSON_N_EFF = 100.0
FPC_ABOVE = 0.05

_SIGNIFICANT_DIGITS = 12


class Interval(StrEnum):
    """Kind of the 95 % interval."""

    WALD = "wald"
    WILSON = "wilson"
    NONE = "none"


@dataclass(frozen=True, eq=False)
class Estimates:
    """Estimates of m items on one group of respondents, each array (m,). Nothing is rounded.

    Attributes:
        value: share (0 … 1), mean (unit of the answers) or balance (−1 … 1); NaN without a base.
        base_n: respondents in the base, unweighted; don't-knows count, and this is the n of all
            thresholds.
        base_n_answered: those of them who gave an answer (no don't-know).
        n_eff: (Σw)²/Σw² of the respondents whom the value is about: the base of a share or balance,
            those who answered for a mean; 0 without any.
        squared: linearised variance of the value, before the finite population correction.
        se: standard error; NaN where it is not defined (nobody, or one person).
        moe95: 1.96·se.
        ci_low: lower end of the 95 % interval.
        ci_high: upper end.
        interval: kind of the interval, (m,) of `Interval`; `NONE` where there is no standard error.
        is_fpc: the standard error was reduced because the base is over 5 % of its universe.
    """

    value: Floats
    base_n: Integers
    base_n_answered: Integers
    n_eff: Floats
    squared: Floats
    se: Floats
    moe95: Floats
    ci_low: Floats
    ci_high: Floats
    interval: NDArray[np.object_]
    is_fpc: Booleans


def shares(
    has_answer: ArrayLike,
    in_base: ArrayLike,
    weights: ArrayLike,
    *,
    is_answered: ArrayLike | None = None,
    universe: ArrayLike | None = None,
) -> Estimates:
    """Weighted share of respondents who gave a certain answer: p = Σ w y / Σ w over the base.

    se = √(n/(n − 1) Σ w²(y − p)²)/Σw. The interval is Wilson's where p < 10 %, p > 90 % or
    n_eff < 100 (on the number of answers that the se implies, see `_share_interval`), else
    p ± 1.96 se. Where the base is over 5 % of its universe N, the variance is multiplied by
    (N − n)/(N − 1).

    Args:
        has_answer: (n, m) bool, the respondent gave the answer in question to item m.
        in_base: (n, m) bool, asked and not refused; don't-knows included.
        weights: (n,) > 0.
        is_answered: (n, m) bool, in the base and no don't-know; by default the whole base.
        universe: (m,) or one number, size N of the universe of the base; NaN or None if unknown.

    Raises:
        ValueError: shapes that do not fit, weights not finite and > 0, an answer outside the base,
            a universe smaller than its base.
    """
    w, y = _weights(weights), _mask("has_answer", has_answer)
    base = _mask_like("in_base", in_base, y)
    answered = base if is_answered is None else _mask_like("is_answered", is_answered, y)
    _same_length(w, y)
    refuse_where("has_answer", y, y & ~base, "no answer of a respondent outside the base")
    refuse_where("is_answered", answered, answered & ~base, "nobody outside the base")

    base_n, n_eff, sum_w = base.sum(axis=0), _n_eff(w, base), w @ base
    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.clip((w @ y) / sum_w, 0.0, 1.0)
    yes, all_ = w**2 @ y, w**2 @ base
    squared = _linearised((1.0 - p) ** 2 * yes + p**2 * (all_ - yes), base_n, sum_w)
    correction = _finite_population(base_n, universe)
    low, high, kind = _share_interval(p, squared, base_n, n_eff, correction)
    return _estimates(p, base_n, answered.sum(axis=0), n_eff, squared, low, high, kind,
                      correction)  # fmt: skip


def means(
    values: ArrayLike,
    in_base: ArrayLike,
    weights: ArrayLike,
    *,
    universe: ArrayLike | None = None,
) -> Estimates:
    """Weighted mean of the answers given: m = Σ w x / Σ w; don't-knows are not in it.

    se = √(n/(n − 1) Σ w²(x − m)²)/Σw, which is s/√n when weights are equal. Interval m ± 1.96 se;
    it may pass the ends of the scale. Finite population as for shares, by the number who answered.

    Args:
        values: (n, m) answers, NaN for everyone who gave none (don't-know, refused, not asked).
        in_base: (n, m) bool, asked and not refused; don't-knows included.
        weights: (n,) > 0.
        universe: (m,) or one number, size of the universe; NaN or None if unknown.

    Raises:
        ValueError: as `shares`, and for ±inf.
    """
    w, x = _weights(weights), as_matrix("values", values)
    refuse_infinite("values", x)
    base = _mask_like("in_base", in_base, x)
    _same_length(w, x)
    answered = ~np.isnan(x)
    refuse_where("values", x, answered & ~base, "no answer of a respondent outside the base")

    n, n_eff, sum_w = answered.sum(axis=0), _n_eff(w, answered), w @ answered
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (w @ np.where(answered, x, 0.0)) / sum_w
    residual = np.where(answered, x - mean, 0.0)
    squared = _linearised(w**2 @ residual**2, n, sum_w)
    correction = _finite_population(n, universe)
    moe = Z95 * np.sqrt(squared * correction)
    kind = _intervals(~np.isnan(squared), Interval.WALD, Interval.NONE)
    return _estimates(mean, base.sum(axis=0), n, n_eff, squared, mean - moe, mean + moe,
                      kind, correction)  # fmt: skip


def bands(
    notes: ArrayLike,
    in_base: ArrayLike,
    weights: ArrayLike,
    limits: Mapping[str, tuple[int, int]],
    *,
    universe: ArrayLike | None = None,
) -> dict[str, Estimates]:
    """Share of notes in each band, both ends included; don't-knows are in the base.

    With the share of don't-knows (`shares` of ``in_base & isnan(notes)``) bands sum to 1.

    Args:
        notes: (n, m), NaN for everyone who gave none.
        in_base: (n, m) bool.
        weights: (n,) > 0.
        limits: name of the band → (lowest, highest note).
        universe: as for `shares`.

    Raises:
        ValueError: as `shares`; bands that overlap or leave out a note that was given.
    """
    x = as_matrix("notes", notes)
    inside = {name: (x >= low) & (x <= high) for name, (low, high) in limits.items()}
    n_bands = np.sum(list(inside.values()), axis=0, dtype=np.int64)
    refuse_where("notes", x, ~np.isnan(x) & (n_bands != 1), f"notes in one of the bands {limits}")
    return {
        name: shares(
            mask,
            in_base,
            weights,
            is_answered=~np.isnan(x),
            universe=universe,
        )
        for name, mask in inside.items()
    }


def net_balance(
    is_plus: ArrayLike,
    is_minus: ArrayLike,
    in_base: ArrayLike,
    weights: ArrayLike,
    *,
    is_answered: ArrayLike | None = None,
    universe: ArrayLike | None = None,
) -> Estimates:
    """Share of pluses less share of minuses, from unrounded shares; others and don't-knows are 0.

    The variance is that of the mean of an answer +1, 0 or −1, linearised as for a share; it knows
    that both shares come from the same people. Interval: value ± 1.96 se, cut at ±1.

    Args:
        is_plus: (n, m) bool.
        is_minus: (n, m) bool, never together with a plus.
        in_base: (n, m) bool, don't-knows included.
        weights: (n,) > 0.
        is_answered: as for `shares`.
        universe: as for `shares`.

    Raises:
        ValueError: as `shares`; an answer that is both plus and minus.
    """
    plus, minus = _mask("is_plus", is_plus), _mask("is_minus", is_minus)
    refuse_where("is_plus", plus, plus & _mask_like("is_minus", minus, plus), "no minus as well")
    either = shares(plus | minus, in_base, weights, is_answered=is_answered, universe=universe)
    w, base = _weights(weights), _mask_like("in_base", in_base, plus)
    sum_w = w @ base
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (w @ plus) / sum_w - (w @ minus) / sum_w
    residual = np.where(base, plus.astype(np.float64) - minus - value, 0.0)
    squared = _linearised(w**2 @ residual**2, either.base_n, sum_w)
    correction = _finite_population(either.base_n, universe)
    moe = Z95 * np.sqrt(squared * correction)
    kind = _intervals(~np.isnan(squared), Interval.WALD, Interval.NONE)
    return _estimates(
        value, either.base_n, either.base_n_answered, either.n_eff, squared,
        np.maximum(value - moe, -1.0), np.minimum(value + moe, 1.0), kind, correction,
    )  # fmt: skip


def round_half_up(value: float, decimals: int = 0, *, factor: int = 1) -> Decimal | None:
    """Round ``factor · value`` once, for print: halves away from zero (2.5 → 3, −2.5 → −3).

    The product is made in decimals, so that 0.285 is 28.5 % and prints as 29 though 100 · 0.285 is
    28.499999999999996 in floats. Only 12 significant digits are read: what the order of a sum of
    weights does to the last bits must not decide between 28 and 29.

    Args:
        value: a finite number, or NaN.
        decimals: digits kept after the point.
        factor: 100 to print a share in percent.

    Returns:
        The rounded number (never −0), or None for NaN: nothing is printed where nothing is known.

    Raises:
        ValueError: ±inf.
    """
    if np.isnan(value):
        return None
    refuse_infinite("value", np.asarray([value], dtype=np.float64))
    exact = Decimal(f"{float(value):.{_SIGNIFICANT_DIGITS}g}") * factor
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


# Parts --------------------------------------------------------------------------------------------


def _linearised(squares: Floats, n: Integers, sum_w: Floats) -> Floats:
    """Return n/(n − 1) Σ w²(y − ȳ)²/(Σw)² from Σ w²(y − ȳ)²; NaN below two answers; (m,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        squared: Floats = np.where(n > 1, n / (n - 1.0) * squares / sum_w**2, np.nan)
    return squared


def _share_interval(
    p: Floats, squared: Floats, base_n: Integers, n_eff: Floats, correction: Floats
) -> tuple[Floats, Floats, NDArray[np.object_]]:
    """Return both ends and the kind: Wilson for extreme shares and small n_eff, else Wald.

    Wilson needs a number of answers: n over the design effect of this share, which is n when
    weights are equal, and at most n (a rare answer of light respondents would seem to come from
    more people than were asked). At p = 0 and 1, where every variance is 0, it is n_eff. The finite
    population enlarges it.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        implied = np.minimum(p * (1 - p) / squared * base_n / (base_n - 1.0), base_n)
        inverse = correction / np.where((p > 0) & (p < 1), implied, n_eff)
        is_wilson = (p < WILSON_BELOW) | (p > WILSON_ABOVE) | (n_eff < WILSON_N_EFF)
        centre = (p + Z95**2 * inverse / 2) / (1 + Z95**2 * inverse)
        half = Z95 * np.sqrt(p * (1 - p) * inverse + (Z95 * inverse / 2) ** 2)
        half = half / (1 + Z95**2 * inverse)
        wald = Z95 * np.sqrt(squared * correction)
        # The ends of the scale are exact: 0 of n gives a lower end of 0, not of 1e-18.
        low = np.where(is_wilson, np.where(p <= 0, 0.0, centre - half), p - wald)
        high = np.where(is_wilson, np.where(p >= 1, 1.0, centre + half), p + wald)
    kind = _intervals(is_wilson, Interval.WILSON, Interval.WALD)
    is_unknown = np.isnan(squared)
    kind[is_unknown] = Interval.NONE
    low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    low[is_unknown] = high[is_unknown] = np.nan
    return low, high, kind


def _intervals(where: Booleans, yes: Interval, no: Interval) -> NDArray[np.object_]:
    """Return an array of `Interval`; numpy's own ways to fill would make plain texts of them."""
    kinds = np.empty(where.shape, dtype=object)
    kinds[:] = no
    kinds[where] = yes
    return kinds


def _estimates(
    value: Floats,
    base_n: Integers,
    base_n_answered: Integers,
    n_eff: Floats,
    squared: Floats,
    low: Floats,
    high: Floats,
    kind: NDArray[np.object_],
    correction: Floats,
) -> Estimates:
    se = np.sqrt(squared * correction)
    return Estimates(
        value=value,
        base_n=base_n,
        base_n_answered=base_n_answered,
        n_eff=n_eff,
        squared=squared,
        se=se,
        moe95=Z95 * se,
        ci_low=low,
        ci_high=high,
        interval=kind,
        is_fpc=correction < 1.0,
    )


def _finite_population(n: Integers, universe: ArrayLike | None) -> Floats:
    """Return (N − n)/(N − 1) where n/N > 5 %, else 1; (m,)."""
    if universe is None:
        return np.ones(n.shape)
    size = np.broadcast_to(np.asarray(universe, dtype=np.float64), n.shape)
    refuse_where("universe", size, (size < n) | (size <= 0), "at least the number of respondents")
    with np.errstate(invalid="ignore", divide="ignore"):
        correction = (size - n) / np.maximum(size - 1.0, 1.0)
        return np.where(n > FPC_ABOVE * size, correction, 1.0)


def _n_eff(w: Floats, members: Booleans) -> Floats:
    sums, squares = w @ members, w**2 @ members
    return np.divide(sums**2, squares, out=np.zeros_like(sums), where=squares > 0)


def _weights(weights: ArrayLike) -> Floats:
    w = as_vector("weights", weights)
    refuse_where("weights", w, ~(np.isfinite(w) & (w > 0)), "finite weights > 0")
    return w


def _mask(name: str, values: ArrayLike) -> Booleans:
    mask = np.asarray(values)
    if mask.ndim != 2 or mask.dtype != np.bool_:
        raise ValueError(f"{name}: found shape {mask.shape} of {mask.dtype}, expected (n, m) bool")
    return mask


def _mask_like(name: str, values: ArrayLike, other: NDArray[np.generic]) -> Booleans:
    mask = _mask(name, values)
    if mask.shape != other.shape:
        raise ValueError(f"{name}: found shape {mask.shape}, expected {other.shape}")
    return mask


def _same_length(w: Floats, table: NDArray[np.generic]) -> None:
    if w.size != table.shape[0]:
        raise ValueError(f"weights: found {w.size}, expected one a row: {table.shape[0]}")

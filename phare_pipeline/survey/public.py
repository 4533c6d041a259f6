"""Reduces results to what readers get: nothing that is hidden, and nothing that gives it away.

What is hidden, and why, was decided in `disclosure`; here rows only lose figures. Whatever stands
beside a hidden figure is void. What is printed beside a shown figure that was computed is made from
the figure as printed: an error, an interval or a gap made from the unrounded one would give its
digits back, and with them what is hidden elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from phare_pipeline.survey.codebook import STATISTICS, Codebook
from phare_pipeline.survey.estimates import (
    WILSON_ABOVE,
    WILSON_BELOW,
    WILSON_N_EFF,
    Z95,
    round_half_up,
)
from phare_pipeline.survey.published.canonical import national_area
from phare_pipeline.survey.results import ErrorKind, Provenance, Result
from phare_pipeline.survey.significance import benjamini_hochberg

DECIMALS = {"%": 0, "points": 0, "note": 1}

_ERROR_DIGITS = 2
_LEAST_SHARE = 0.005
"""The share at which the error of one printed as 0 % is taken, so that it is not without error."""


def public_rows(rows: Sequence[Result], codebook: Codebook) -> tuple[Result, ...]:
    """Return the rows as they may leave the private build area, in their order.

    A hidden figure keeps its row and its reason; everything else goes. A gap to a national figure
    that is hidden goes as well. Of computed figures errors, intervals and gaps are made from what
    is printed, p has one digit, and tests are adjusted over the tests that are shown.

    Args:
        rows: disclosed, of one study.
        codebook: of the study.
    """
    by_key = {row.key: row for row in rows}
    public = []
    for row in rows:
        country = national_area(codebook, row.actor)
        question, item, area, segment, statistic = row.key
        national = by_key.get((question, item, country or "", segment, statistic))
        has_national = national is not None and national.is_shown and area != country
        public.append(_public(row, national if has_national else None))
    return _adjusted(public)


def public_n_eff(n_eff: float) -> float:
    """Return the effective size as it is printed: whole respondents."""
    return float(round_half_up(n_eff) or 0.0)


def public_p(p_value: float) -> tuple[float, float]:
    """Return p as it is printed, with one digit, and half a unit of that digit."""
    if p_value <= 0:
        return 0.0, 0.0
    decimals = max(1, -math.floor(math.log10(p_value)))
    return round(p_value, decimals), 0.5 * 10.0**-decimals


def _public(row: Result, national: Result | None) -> Result:
    if not row.is_shown:
        return _void(row)
    unrounded = row.value
    row = replace(
        row, value=row.value_public, base_n=row.base_public, base_n_answered=row.answered_public
    )
    if row.base_public is None:
        row = replace(row, universe_n=None, n_eff=None)
    if row.provenance is Provenance.COMPUTED:
        row = _with_public_error(row, unrounded)
    if national is None or not row.shows_test:
        keeps_reason = row.p_value is None
        row = replace(row, test=row.test if keeps_reason else "", p_value=None, p_adj=None)
    if national is None:
        return replace(row, national_value=None, diff=None)
    diff = None
    if row.value is not None and national.value_public is not None:
        gap = row.value - national.value_public
        diff = round_half_up(gap, DECIMALS[row.unit])
    return replace(
        row, national_value=national.value_public, diff=None if diff is None else float(diff)
    )


def _void(row: Result) -> Result:
    return replace(
        row, value=None, base_n=None, base_n_answered=None, universe_n=None, n_eff=None, se=None,
        moe95=None, ci_low=None, ci_high=None, error_kind=ErrorKind.NONE, national_value=None,
        diff=None, test="", p_value=None, p_adj=None, value_printed="", largest_share=None,
    )  # fmt: skip


# --- computed figures -----------------------------------------------------------------------------
def _with_public_error(row: Result, unrounded: float | None) -> Result:
    """Replace the error by that of the figure as printed; `row` bears its printed value."""
    n_eff = row.n_eff
    if row.p_value is not None:
        row = replace(row, p_value=public_p(row.p_value)[0])
    if row.n_eff is not None:
        row = replace(row, n_eff=public_n_eff(row.n_eff))
    if row.se is None or row.value is None:
        return row
    error = row.se
    if row.unit == "%" and unrounded is not None and n_eff:
        error = _error_of_share(row.value / 100.0, unrounded / 100.0, row.se, n_eff)
    error = _digits(error)
    low, high = _interval(row, error)
    return replace(row, se=error, moe95=Z95 * error, ci_low=low, ci_high=high)


def _error_of_share(printed: float, true: float, error: float, n_eff: float) -> float:
    """The error that the share as printed has by the same design: in percent."""
    own = math.sqrt(true * (1.0 - true) / n_eff) * 100.0 if 0.0 < true < 1.0 else 0.0
    design = error / own if own > 0 else 1.0
    p = min(max(printed, _LEAST_SHARE), 1.0 - _LEAST_SHARE)
    return design * math.sqrt(p * (1.0 - p) / n_eff) * 100.0


def _digits(value: float) -> float:
    """Keep two digits."""
    if value <= 0:
        return 0.0
    return float(f"{value:.{_ERROR_DIGITS}g}")


def _interval(row: Result, error: float) -> tuple[float, float]:
    """The 95 % interval of the figure as printed: Wilson's where `estimates` takes it."""
    value = row.value or 0.0
    low, high = value - Z95 * error, value + Z95 * error
    p = value / 100.0
    is_small = row.n_eff is None or row.n_eff < WILSON_N_EFF
    if row.unit == "%" and (p < WILSON_BELOW or p > WILSON_ABOVE or is_small) and error > 0:
        spread = min(max(p, _LEAST_SHARE), 1.0 - _LEAST_SHARE)
        z2n = Z95**2 * (error / 100.0) ** 2 / (spread * (1.0 - spread))
        centre = (p + z2n / 2) / (1 + z2n)
        half = math.sqrt(p * (1 - p) * z2n + (z2n / 2) ** 2) / (1 + z2n)
        # At 0 and 100 % the ends are exact.
        low, high = min(value, 100.0 * (centre - half)), max(value, 100.0 * (centre + half))
    if row.unit == "note":
        return low, high
    limits = STATISTICS[row.statistic]
    return max(limits.low, low), min(limits.high, high)


def _adjusted(rows: Sequence[Result]) -> tuple[Result, ...]:
    """Adjust computed tests over those of their question and area that are shown."""
    tested = [i for i, r in enumerate(rows) if r.p_value is not None]
    tested = [i for i in tested if rows[i].provenance is Provenance.COMPUTED]
    found = list(rows)
    if tested:
        blocks = [f"{rows[i].question_id} {rows[i].area_id}" for i in tested]
        adjusted = benjamini_hochberg([rows[i].p_value or 0.0 for i in tested], blocks)
        for i, p in zip(tested, adjusted, strict=True):
            found[i] = replace(rows[i], p_adj=float(p))
    return tuple(found)

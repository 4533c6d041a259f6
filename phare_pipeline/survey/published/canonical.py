"""Turns printed figures into rows of survey results, adding only what the print allows.

A report prints no weights, no standard deviations and few bases. What follows from that:

- the error of a share is that of a simple random draw of its printed base, by reference to random
  sampling; the effect of quotas and weights is unknown, and is not in it;
- the error of a mean note is an upper bound: the largest variance of notes that fit the printed
  mean, bands and share of don't-knows;
- a region is tested against the rest of the country only where both bases are printed, with the
  least difference that rounding allows; means are not tested (no standard deviation is printed).

Everything else stays None with its reason. What may be shown is decided in `disclosure`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from phare_pipeline.survey.codebook import (
    NOTE_BANDS,
    STATISTICS,
    AreaKind,
    Codebook,
    Question,
)
from phare_pipeline.survey.estimates import Z95
from phare_pipeline.survey.published.precision import half_unit
from phare_pipeline.survey.published.results import Key, PublishedResult
from phare_pipeline.survey.results import ErrorKind, Provenance, Result
from phare_pipeline.survey.significance import (
    Outcome,
    Part,
    benjamini_hochberg,
    compare_shares,
)

NO_VALUE_FR = "Non diffusé par la source"
NO_BASE_FR = "Base non imprimée"
SIMPLE_RANDOM_FR = (
    "Par référence au sondage aléatoire simple sur la base imprimée ; effet du plan inconnu"
)
UPPER_BOUND_FR = (
    "Majorant : plus grande variance compatible avec la moyenne, les bandes et les NSP imprimés"
)
NO_BALANCE_PARTS_FR = "Les deux parts du solde ne sont pas imprimées"
NO_BANDS_FR = "Ni bandes ni écart-type imprimés"

NOT_TESTED_BASE = "not_tested_base_unknown"
NOT_TESTED_SPREAD = "not_tested_no_deviation_printed"
NOT_TESTED_BALANCE = "not_tested_balance"
NOT_TESTED_NATIONAL = "not_tested_no_national_value"


@dataclass(frozen=True)
class _Error:
    """Standard error in the unit of the value, with the respondents it rests on."""

    se: float | None
    answered_n: int | None
    kind: ErrorKind
    note_fr: str


def published_rows(printed: Sequence[PublishedResult], codebook: Codebook) -> tuple[Result, ...]:
    """Return one row for each printed figure, in their order, with errors, gaps and tests.

    Args:
        printed: all printed results of a study, each key once.
        codebook: of the study.
    """
    by_key = {figure.key: figure for figure in printed if not figure.source_label}
    rows = [_row(figure, by_key, codebook) for figure in printed]
    return _with_tests(rows, by_key, codebook)


def national_area(codebook: Codebook, actor: str) -> str | None:
    """Return the area that stands for the whole country in the results of an actor."""
    areas = codebook.actors[actor].areas
    return next((a for a in areas if codebook.areas[a].kind is AreaKind.NATIONAL), None)


def _row(figure: PublishedResult, by_key: Mapping[Key, PublishedResult], book: Codebook) -> Result:
    error = _error(figure, by_key, book.questions[figure.question_id])
    moe = None if error.se is None else Z95 * error.se
    low, high = STATISTICS[figure.statistic].low, STATISTICS[figure.statistic].high
    national = _national(figure, by_key, book)
    return Result(
        study_id=book.study_id,
        actor=figure.actor,
        area_id=figure.area_id,
        question_id=figure.question_id,
        item_code=figure.item_code,
        segment_id=figure.segment_id,
        statistic=figure.statistic,
        band=figure.band,
        unit=figure.unit,
        provenance=Provenance.PUBLISHED,
        value=None if figure.source_label else figure.value,
        base_n=figure.base_n,
        base_n_answered=error.answered_n,
        universe_n=figure.universe_n,
        se=error.se,
        moe95=moe,
        ci_low=None if moe is None else max(low, figure.value - moe),
        ci_high=None if moe is None else min(high, figure.value + moe),
        error_kind=error.kind,
        error_note_fr=error.note_fr,
        national_value=None if national is None else national.value,
        diff=None if national is None else round(figure.value - national.value, 9),
        source_label=figure.source_label,
        value_printed=figure.value_printed,
        confidence=figure.confidence,
        slide=figure.slide,
        support=figure.support,
        origin_file=figure.file,
        origin_line=figure.line,
        note_fr=figure.note_fr,
    )


def _national(
    figure: PublishedResult, by_key: Mapping[Key, PublishedResult], book: Codebook
) -> PublishedResult | None:
    """The national figure beside one of another area, for everybody or for the same segment."""
    country = national_area(book, figure.actor)
    if country is None or figure.area_id == country or figure.source_label:
        return None
    question, item, _, segment, statistic = figure.key
    return by_key.get((question, item, country, segment, statistic))


# --- standard errors -----------------------------------------------------------------------------
def _error(
    figure: PublishedResult, by_key: Mapping[Key, PublishedResult], question: Question
) -> _Error:
    if figure.source_label:
        return _Error(None, None, ErrorKind.NONE, NO_VALUE_FR)
    if figure.base_n is None:
        return _Error(None, None, ErrorKind.NONE, NO_BASE_FR)
    if figure.statistic == "mean":
        return _mean_error(figure, by_key, question)
    if figure.statistic == "net_balance":
        spread = _balance_spread(figure, by_key, question)
        if spread is None:
            return _Error(None, None, ErrorKind.NONE, NO_BALANCE_PARTS_FR)
    else:
        spread = figure.value * (100.0 - figure.value)
    se = math.sqrt(spread / figure.base_n)
    return _Error(se, None, ErrorKind.SIMPLE_RANDOM, SIMPLE_RANDOM_FR)


def _balance_spread(
    figure: PublishedResult, by_key: Mapping[Key, PublishedResult], question: Question
) -> float | None:
    """100²·(p + q − (p − q)²), from the printed parts of a balance, in points²."""
    derived = question.derived[figure.item_code]
    total = 0.0
    for item in (*derived.plus, *derived.minus):
        key = (figure.question_id, item, figure.area_id, figure.segment_id, "share")
        if key not in by_key:
            return None
        total += by_key[key].value
    return max(100.0 * total - figure.value**2, 0.0)


def _mean_error(
    figure: PublishedResult, by_key: Mapping[Key, PublishedResult], question: Question
) -> _Error:
    question_id, item, area, segment, _ = figure.key

    def share(statistic: str) -> PublishedResult | None:
        return by_key.get((question_id, item, area, segment, statistic))

    nsp = share("share_nsp")
    bands = {name: found for name in NOTE_BANDS if (found := share(name)) is not None}
    if len(bands) < len(NOTE_BANDS) or figure.base_n is None:
        return _Error(None, None, ErrorKind.NONE, NO_BANDS_FR)
    # Bands and don't-knows share a base: what the bands leave out is the don't-knows.
    answered_share = 100.0 - nsp.value if nsp is not None else sum(b.value for b in bands.values())
    answered_n = max(round(figure.base_n * min(answered_share, 100.0) / 100.0), 1)
    codes = {name: tuple(int(c) for c in question.bands[name].codes) for name in bands}
    variance = largest_variance(
        figure.value,
        half_unit(figure.value_printed),
        [(codes[name], band.value, half_unit(band.value_printed)) for name, band in bands.items()],
    )
    if variance is None:
        return _Error(None, answered_n, ErrorKind.NONE, "La moyenne contredit ses bandes")
    se = math.sqrt(variance / max(answered_n - 1, 1))
    return _Error(se, answered_n, ErrorKind.UPPER_BOUND, UPPER_BOUND_FR)


def largest_variance(
    mean: float, half: float, bands: Sequence[tuple[tuple[int, ...], float, float]]
) -> float | None:
    """Return the largest variance of answers that round to a mean and to shares of bands.

    A linear program over the shares of the single notes: Σ p (x − mean)² is largest under
    Σ p = 1, mean ± half, and each band between its rounded limits as a part of all answers. The
    second moment around the printed mean is at least the variance, so the result is a bound.

    Args:
        mean: of the notes, don't-knows excluded.
        half: half a unit of its last digit.
        bands: notes of the band, its share in percent of all answers and don't-knows, half a unit
            of that share's last digit.

    Returns:
        the bound, None when no distribution of notes fits the printed figures.
    """
    from scipy.optimize import linprog  # type: ignore[import-untyped]  # slow to import

    notes = np.array([note for codes, _, _ in bands for note in codes], dtype=np.float64)
    total = sum(share for _, share, _ in bands)
    # Shares are printed on all answers and don't-knows: as parts of the answers they are larger.
    slack = sum(h for _, _, h in bands)
    upper, limits = [], []
    start = 0
    for codes, share, band_half in bands:
        row = np.zeros(notes.size)
        row[start : start + len(codes)] = 1.0
        start += len(codes)
        highest = (share + band_half) / max(total - slack, 1.0)
        lowest = max(share - band_half, 0.0) / (total + slack)
        upper += [row, -row]
        limits += [min(highest, 1.0), -lowest]
    upper += [notes, -notes]
    limits += [mean + half, -(mean - half)]
    found = linprog(
        -((notes - mean) ** 2),
        A_ub=np.array(upper),
        b_ub=np.array(limits),
        A_eq=np.ones((1, notes.size)),
        b_eq=[1.0],
        bounds=(0.0, 1.0),
        method="highs",
    )
    return None if found.status == 2 else float(-found.fun)


# --- a region against the rest of the country ----------------------------------------------------
def _with_tests(
    rows: Sequence[Result], by_key: Mapping[Key, PublishedResult], book: Codebook
) -> tuple[Result, ...]:
    tested = [_tested(row, by_key, book) for row in rows]
    p_values = [math.nan if row.p_value is None else row.p_value for row in tested]
    blocks = [f"{row.question_id} {row.area_id}" for row in tested]
    adjusted = benjamini_hochberg(p_values, np.array(blocks)) if tested else np.array([])
    return tuple(
        replace(row, p_adj=None if math.isnan(p) else float(p))
        for row, p in zip(tested, adjusted, strict=True)
    )


def _tested(row: Result, by_key: Mapping[Key, PublishedResult], book: Codebook) -> Result:
    """Test one share of a region against the rest; the region's answers are in the national ones.

    The two groups share the region's respondents, so the region is compared with the others:
    rest = (n_T·T − n_s·s)/(n_T − n_s), as if the printed bases were weights.
    """
    country = national_area(book, row.actor)
    if country is None or row.area_id == country or row.value is None:
        return row
    national = _national(by_key[row.key], by_key, book)
    if national is None:
        return replace(row, test=NOT_TESTED_NATIONAL)
    if row.base_n is None or national.base_n is None:
        return replace(row, test=NOT_TESTED_BASE)
    if row.statistic in ("mean", "net_balance"):
        is_mean = row.statistic == "mean"
        return replace(row, test=NOT_TESTED_SPREAD if is_mean else NOT_TESTED_BALANCE)
    comparison = compare_shares(*_apart(by_key[row.key], national))
    p_value = float(comparison.p_value[0])
    return replace(
        row,
        test=Outcome(comparison.outcome[0]).value,
        p_value=None if math.isnan(p_value) else p_value,
    )


def _apart(region: PublishedResult, national: PublishedResult) -> tuple[Part, Part]:
    """The region and the rest as shares 0 … 1, drawn together by what rounding may hide."""
    n, all_n = float(region.base_n or 0), float(national.base_n or 0)
    gap = region.value - national.value
    slack = min(half_unit(region.value_printed) + half_unit(national.value_printed), abs(gap))
    own = (region.value - math.copysign(slack / 2, gap)) / 100.0
    whole = (national.value + math.copysign(slack / 2, gap)) / 100.0
    rest_n = all_n - n
    rest = (all_n * whole - n * own) / rest_n if rest_n > 0 else whole
    return _part(own, n), _part(min(max(rest, 0.0), 1.0), max(rest_n, 0.0))


def _part(share: float, n: float) -> Part:
    """A share of n answers drawn at random, which is all that a print lets one assume."""
    one, size = np.array([share]), np.array([n])
    squared = one * (1 - one) / np.maximum(size, 1.0)
    return Part(value=one, n=size, n_eff=size, squared=squared)

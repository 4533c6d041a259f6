"""Reduces results to what readers get: nothing that is hidden, and nothing that gives it away.

What is hidden, and why, was decided in `disclosure`; here rows only lose figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from phare_pipeline.survey.codebook import Codebook
from phare_pipeline.survey.disclosure import DECIMALS
from phare_pipeline.survey.estimates import round_half_up
from phare_pipeline.survey.published.canonical import national_area
from phare_pipeline.survey.results import ErrorKind, Result


def public_rows(rows: Sequence[Result], codebook: Codebook) -> tuple[Result, ...]:
    """Return the rows as they may leave the private build area, in their order.

    A hidden figure keeps its row, its reason and its base where that may be shown; its value,
    error, gap and test go. A gap to a national figure that is hidden goes as well. Values and gaps
    are rounded once.

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
    return tuple(public)


def _public(row: Result, national: Result | None) -> Result:
    row = replace(row, value=row.value_public, base_n=row.base_public)
    if row.base_public is None:
        row = replace(row, base_n_answered=None, universe_n=None, n_eff=None)
    if not row.is_shown:
        row = replace(
            row, se=None, moe95=None, ci_low=None, ci_high=None, error_kind=ErrorKind.NONE
        )
    if not row.is_shown or national is None:
        keeps_reason = row.is_shown and row.p_value is None
        return replace(
            row,
            national_value=None,
            diff=None,
            test=row.test if keeps_reason else "",
            p_value=None,
            p_adj=None,
        )
    diff = None if row.diff is None else round_half_up(row.diff, DECIMALS[row.unit])
    return replace(
        row,
        national_value=national.value_public,
        diff=None if diff is None else float(diff),
    )

"""Recomputes published results of surveys from the lines of the files in which they are printed.

Values, gaps, bases, margins and intervals are written out anew. Only two things are asked of the
functions that made them, from the same lines: the largest variance of a mean that its printed bands
allow (a linear program), and the tests with their adjustment for many of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache

from phare_pipeline.explain.reading.printed import COLUMN, find_cell, lines_of
from phare_pipeline.explain.reading.published import Row
from phare_pipeline.explain.reading.state import SURVEYS, State
from phare_pipeline.survey.codebook import STATISTICS, Codebook
from phare_pipeline.survey.published import published_rows, read_published
from phare_pipeline.survey.results import Result, ResultKey

MARGIN = 1.96
DECIMALS = {"%": 0, "points": 0, "note": 1}
SHOWN = "shown"
COLUMNS = (
    *("value", "national_value", "national_diff", "base_n", "universe_n", "se", "moe95", "ci_low"),
    *("ci_high", "p_value", "p_adjusted"),
)


@dataclass(frozen=True)
class Sources:
    """The files of published figures of one state, read once."""

    state: State

    @staticmethod
    @lru_cache(maxsize=8)
    def of(state: State) -> Sources:
        """Return those of a state."""
        return Sources(state)

    @cached_property
    def _results(self) -> dict[str, dict[ResultKey, Result]]:
        return {}

    def results(self, book: Codebook) -> dict[ResultKey, Result]:
        """Return the results of a study as the functions of the pipeline make them."""
        if book.study_id not in self._results:
            rows = published_rows(read_published(self.state.folder / SURVEYS, book), book)
            self._results[book.study_id] = {row.key: row for row in rows}
        return self._results[book.study_id]

    @cached_property
    def _lines(self) -> dict[str, dict[ResultKey, dict[str, str]]]:
        return {}

    def lines(self, path: str) -> dict[ResultKey, dict[str, str]]:
        """Return the lines of a file by question, item, area, segment and statistic."""
        if path not in self._lines:
            self._lines[path] = {
                (
                    line["question_id"],
                    line["item_code"],
                    line["area_id"],
                    line["segment_id"],
                    line["statistic"],
                ): line
                for line in lines_of(self.state.folder / path).values()
            }
        return self._lines[path]


def recomputed_column(sources: Sources, row: Row, column: str) -> float | None:
    """Recompute one figure of a row of `out_survey_results` that is published, not computed."""
    if row["disclosure"] != SHOWN:
        return None
    texts = find_cell(sources.state, row).texts
    value = _number(texts[COLUMN])
    if column in ("base_n", "universe_n"):
        # What a base stands for is shown with the base only.
        return _whole(texts[column]) if texts["base_n"] else None
    if column in ("p_value", "p_adjusted"):
        result = sources.results(sources.state.codebook(row["study_id"]))[_key(row)]
        return result.p_value if column == "p_value" else result.p_adj
    if column in ("value", "national_value", "national_diff"):
        national = None if column == "value" else _national(sources, row)
        gap = None if value is None or national is None else value - national
        found = {"value": value, "national_value": national, "national_diff": gap}
        return _rounded(found[column], row["unit"])
    return _of_error(column, row["statistic"], value, _error(sources, row, value, texts))


def _of_error(
    column: str, statistic: str, value: float | None, error: float | None
) -> float | None:
    """Return the error itself, the margin, or an end of the interval."""
    if error is None or value is None:
        return None
    low, high = STATISTICS[statistic].low, STATISTICS[statistic].high
    found = {
        "se": error,
        "moe95": MARGIN * error,
        "ci_low": max(low, value - MARGIN * error),
        "ci_high": min(high, value + MARGIN * error),
    }
    return found[column]


def _key(row: Row) -> ResultKey:
    return (
        row["question_id"],
        row["item_code"],
        row["area_id"],
        row["segment_id"],
        row["statistic"],
    )


def _national(sources: Sources, row: Row) -> float | None:
    """Return the printed figure of the country, for the same actor, line and segment."""
    if row["area_kind"] == "national":
        return None
    question, item, _, segment, statistic = _key(row)
    areas = sources.state.codebook(row["study_id"]).areas.values()
    for area in areas:
        if area.kind.value == "national":
            key = question, item, area.area_id, segment, statistic
            line = sources.lines(row["origin_file"]).get(key)
            if line is not None:
                return _number(line[COLUMN])
    return None


def _error(sources: Sources, row: Row, value: float | None, texts: dict[str, str]) -> float | None:
    """Return the standard error: of a simple draw of the base, or the bound of a mean."""
    base = _whole(texts["base_n"])
    if base is None or value is None:
        return None
    book = sources.state.codebook(row["study_id"])
    if row["statistic"] == "mean":
        return sources.results(book)[_key(row)].se
    if row["statistic"] != "net_balance":
        return math.sqrt(value * (100 - value) / base)
    derived = book.questions[row["question_id"]].derived[row["item_code"]]
    lines, total = sources.lines(row["origin_file"]), 0.0
    for item in (*derived.plus, *derived.minus):
        line = lines.get((row["question_id"], item, row["area_id"], row["segment_id"], "share"))
        part = None if line is None else _number(line[COLUMN])
        if part is None:
            return None
        total += part
    return math.sqrt(max(100 * total - value**2, 0) / base)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _whole(text: str) -> float | None:
    return float(int(text)) if text else None


def _rounded(value: float | None, unit: str) -> float | None:
    if value is None:
        return None
    step = Decimal(1).scaleb(-DECIMALS[unit])
    found = float(Decimal(f"{value:.12g}").quantize(step, rounding=ROUND_HALF_UP))
    return found or 0.0

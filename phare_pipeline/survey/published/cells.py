"""Reads the cells that all tables of printed figures share: value, page, bounds, key."""

from __future__ import annotations

import re
from collections.abc import Mapping

from phare_pipeline.survey.codebook import STATISTICS, CodebookRow
from phare_pipeline.survey.results import SOURCE_MARKS

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_PRINTED = re.compile(r"[+−-]?[0-9]{1,3}([ \u202f\u00a0]?[0-9]{3})*([,.][0-9]+)? ?(%|ans)?")


def read_mark(row: CodebookRow) -> str:
    """Read the mark that stands in `value_printed` instead of a figure, empty for a figure."""
    printed = row.text("value_printed")
    if printed not in SOURCE_MARKS:
        return ""
    if row.cells["value"]:
        raise row.error("value", f"a value beside the mark {printed!r}", expected="an empty cell")
    return printed


def read_value(row: CodebookRow) -> float:
    """Read `value` and see that it is the figure of `value_printed` and nothing else."""
    value = float(row.matching("value", _NUMBER, "a number in digits with a decimal point"))
    printed = row.matching("value_printed", _PRINTED, "the figure as printed, such as 7,3 or 17%")
    digits = re.sub(r"[^0-9,.−-]", "", printed).replace(",", ".").replace("−", "-")
    if float(digits) != value:
        raise row.error("value", f"{value} is not the printed {printed}", expected=digits)
    return value


def read_slide(row: CodebookRow) -> int:
    """Read the page of the report."""
    slide = row.count("slide")
    if not slide:
        raise row.error("slide", "a figure without its page", expected="a page number from 1")
    return slide


def refuse_out_of_bounds(row: CodebookRow, statistic: str, value: float) -> None:
    """Refuse a value that the statistic cannot have."""
    low, high = STATISTICS[statistic].low, STATISTICS[statistic].high
    if not low <= value <= high:
        raise row.error("value", f"{statistic} out of bounds", expected=f"from {low:g} to {high:g}")


def refuse_second(
    row: CodebookRow, found: Mapping[tuple[str, ...], object], key: tuple[str, ...]
) -> None:
    """Refuse a figure whose key is taken."""
    if key in found:
        raise row.error(
            "item_code",
            f"the figure {' · '.join(key)} is given twice",
            expected="one line for each question, item, area, segment and statistic",
        )

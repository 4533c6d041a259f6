"""Decides where the period of a sheet stands, from the nearest place to the farthest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from phare_pipeline.intake.layout import HEADER_YEAR, YEAR, Layout
from phare_pipeline.sources.cells import clean, column_letter
from phare_pipeline.sources.grids import Grid
from phare_pipeline.sources.rows import text_at

YEAR_SHEET = re.compile(r"^(19[5-9]\d|20[0-4]\d)$")
UNKNOWN = "?"
_SUFFIX = re.compile(r"\D(\d\d)$")


@dataclass(frozen=True)
class Dating:
    """The option `period`, columns that it leaves out, what must stand in the file, questions."""

    option: dict[str, Any]
    expect: list[dict[str, str]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    dated: list[int] | None = None


def date(layout: Layout, sheets: Sequence[Grid]) -> Dating:
    """Return where the period stands: in a column, the headers, the sheets, a title, the name."""
    if layout.period_column is not None:
        option = {"column": layout.address(layout.period_column)}
        pattern = layout.period_pattern()
        if pattern is None:
            return Dating(option)
        option["pattern"] = pattern
        text = layout.texts(layout.period_column)[0]
        meaning = "a month" if "month" in pattern else "a year"
        return Dating(option, questions=[f"dates such as {text!r} are taken for {meaning}: right?"])
    if len(sheets) > 1 and all(YEAR_SHEET.match(clean(g.name or "")) for g in sheets):
        return Dating({"sheet": True})
    return _of_headers(layout) or _of_titles(layout)


def _of_headers(layout: Layout) -> Dating | None:
    years = {at: YEAR.findall(layout.headers[at]) for at in layout.figures}
    dated = [at for at, found in years.items() if len(found) == 1]
    distinct = {years[at][0] for at in dated}
    if not dated or (len(distinct) < 2 and len(dated) < len(years)):
        return None
    questions = []
    for at, found in years.items():
        header = layout.headers[at]
        if len(found) > 1:
            questions.append(f"header {header!r} names several years: a change? it is not read")
        elif not found:
            questions.append(f"header {header!r} names no year: it is not read")
        elif not re.fullmatch(r".*\d\)?", header):
            questions.append(f"header {header!r}: what does the text after the year mean?")
    return Dating({"header": HEADER_YEAR}, questions=questions[:8], dated=dated)


def _of_titles(layout: Layout) -> Dating:
    """Return a fixed period with the cell that says it; the next vintage is then refused."""
    place, years = _title_year(layout)
    if len(years) == 1:
        return Dating({"fixed": years[0]}, expect=[place] if place else [])
    if years:
        text = f"years {', '.join(years)} stand above the table: which one are the figures of?"
        return Dating({"fixed": UNKNOWN}, questions=[f"period: {text}"])
    suffix = _suffix(layout)
    if suffix is not None:
        return Dating({"fixed": suffix}, questions=[
            f"period: {suffix}, because most headers end in {suffix[2:]}: right?"
        ])  # fmt: skip
    named = list(dict.fromkeys(YEAR.findall(layout.name.replace("_", " "))))
    if len(named) == 1:
        text = f"period: {named[0]} stands in the file's name only: right? add `expect`"
        return Dating({"fixed": named[0]}, questions=[text])
    return Dating({"fixed": UNKNOWN}, questions=["period: no year stands in the file"])


def _title_year(layout: Layout) -> tuple[dict[str, str] | None, list[str]]:
    """Return the years above the headers, and the cell of the first."""
    first = layout.header_lines[0] - 1 if layout.header_lines else layout.axis.first
    place, years = None, []
    for index, row in enumerate(layout.grid.rows[:first]):
        for at in range(len(row)):
            text = text_at(row, at)
            found = YEAR.findall(text)
            if found and place is None:
                place = {"cell": f"{column_letter(at)}{layout.grid.lines[index]}", "text": text}
                if layout.grid.name is not None:
                    place = {"sheet": layout.grid.name, **place}
            years += found
    return place, list(dict.fromkeys(years))


def _suffix(layout: Layout) -> str | None:
    """Return the year whose two digits most headers of figures end in."""
    ends = [m.group(1) for at in layout.figures if (m := _SUFFIX.search(layout.headers[at]))]
    if not ends:
        return None
    [(most, count)] = Counter(ends).most_common(1)
    return f"20{most}" if 2 * count > len(layout.figures) and int(most) < 50 else None

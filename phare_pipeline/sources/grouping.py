"""Groups rejections that say the same of many cells: a period read wrongly is one message, not 672.

What is grouped differs only in numbers, codes of territories and names of measures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from phare_pipeline.sources.figures import Rejection

SHOWN_SINGLY = 3
# Codes and numbers, and what follows "measure" or "departement" in the texts of staging.
_VARYING = re.compile(r"\b(?:2[AB]|\w*\d\w*|(?<=measure )\w+)\b")


def grouped_messages(rejections: Iterable[Rejection], *, singly: bool = False) -> list[str]:
    """Return one sentence for each kind of rejection, in the order of the first of each.

    Args:
        rejections: rejected rows and cells.
        singly: one sentence for each rejection.
    """
    groups: dict[tuple[str | None, ...], list[Rejection]] = {}
    for number, row in enumerate(rejections):
        texts = [_VARYING.sub("*", text) for text in (row.found, row.expected)]
        key = (row.file, row.sheet, row.rule, *texts, str(number) if singly else None)
        groups.setdefault(key, []).append(row)
    return [message for rows in groups.values() for message in _messages(rows)]


def _messages(rows: list[Rejection]) -> list[str]:
    if len(rows) <= SHOWN_SINGLY:
        return [row.message for row in rows]
    lines = sorted({row.line for row in rows if row.line})
    columns = sorted({row.column for row in rows if row.column})
    places = f", lines {lines[0]} to {lines[-1]}" if len(lines) > 1 else ""
    places += f", {len(columns)} columns" if len(columns) > 1 else ""
    return [f"{rows[0].message} (and {len(rows) - 1} more like it{places}; --all lists them)"]

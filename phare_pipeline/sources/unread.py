"""Finds columns beside the read ones that say something; what is read is not decided here.

Four kinds are watched: columns without a header (before the first figures, where names stand,
only for marks), columns whose header holds a year that `period.header` reads nowhere (`2015*`),
columns of statuses that no option takes, and columns of powers of ten (SDMX: UNIT_MULT).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from phare_pipeline.registry.territories import fold
from phare_pipeline.sources.cells import Cell, cell_text, clean, column_letter
from phare_pipeline.sources.headers import Columns
from phare_pipeline.sources.table_options import TableOptions
from phare_pipeline.sources.value_columns import ValueColumn

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_STATUSES = frozenset(
    {"obs status", "conf status", "obs flag", "flag", "flags", "statut", "status", "secret"}
)
_POWERS = frozenset({"unit mult", "unit multiplier", "multiplier", "multiplicateur", "puissance"})
NORMAL = frozenset({"", "A"})
"""What a column of statuses holds where nothing is to be said (SDMX: A is a normal value)."""

_ZERO = re.compile(r"0+(?:[.,]0*)?")
_MARK = re.compile(r"[^\W\d_]{1,2}|[*()°]+")


class UnreadColumns:
    """The watched columns of one table; each is reported once, at its first cell with content."""

    def __init__(
        self,
        columns: Columns,
        options: TableOptions,
        figures: Sequence[ValueColumn],
        read: Collection[int],
    ) -> None:
        years = {column.period[:4] for column in figures if column.period}
        self._first = min((column.at for column in figures), default=0)
        self._left: dict[int, str] = {}
        for at, header in enumerate(columns.headers):
            if at not in read and not _is_ignored(at, header, options):
                rule = _rule(header, options, years)
                if rule is not None:
                    self._left[at] = rule

    @property
    def columns(self) -> Collection[int]:
        """The watched columns that have not been reported."""
        return self._left.keys()

    def first_content(self, row: Sequence[Cell]) -> list[tuple[int, str, str]]:
        """Return place, rule and text of each watched column that says something in a row."""
        found = []
        for at, rule in self._left.items():
            text = clean(cell_text(row[at])) if at < len(row) and row[at] != "" else ""
            if self._says_something(at, rule, text):
                found.append((at, rule, text))
        for at, _, _ in found:
            del self._left[at]
        return found

    def _says_something(self, at: int, rule: str, text: str) -> bool:
        if rule == "unread_status":
            return text not in NORMAL
        if rule == "unread_power":
            return bool(text) and not _ZERO.fullmatch(text)
        if rule == "unnamed_column" and at < self._first:
            return _MARK.fullmatch(text) is not None
        return bool(text)


def expected_of(rule: str, header: str) -> str:
    """What the operator may declare for a column under a rule."""
    if rule == "unread_status":
        return f"`status_column` for {header!r}, or `ignore_columns`"
    if rule == "unread_power":
        return (
            f"0 in {header!r}: the figures are to be multiplied; declare `factor` of the measure "
            "and `ignore_columns`, rows of one power at a time (`where`)"
        )
    if rule == "unread_period":
        return f"a header that `period.header` reads (a mark may be of `flags`), found {header!r}"
    return "no content under a blank header, or `ignore_columns` with a reason"


def _rule(header: str, options: TableOptions, years: Collection[str]) -> str | None:
    if not header:
        return "unnamed_column" if options.header_lines else None
    if options.status is None and fold(header) in _STATUSES:
        return "unread_status"
    if fold(header) in _POWERS:
        return "unread_power"
    year = _YEAR.search(header) or _YEAR.fullmatch("".join(header.split()))
    if options.period.header is None or year is None or year.group() in years:
        return None
    values = options.series.values
    if values is not None and not any(fold(v) in fold(header) for v in values):
        return None
    return "unread_period"


def _is_ignored(at: int, header: str, options: TableOptions) -> bool:
    names = (header, f"@{column_letter(at)}")
    return any(s.pattern.search(name) for s in options.ignore_columns for name in names)

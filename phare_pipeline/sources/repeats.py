"""Finds lines of a list that a sum would count twice; the sum itself is made in `sums`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from phare_pipeline.sources.cells import Cell
from phare_pipeline.sources.table_options import TableOptions

_WHOLES = {"75056": "751", "13055": "132", "69123": "6938"}
"""Communes that are divided: the first characters of the codes of their arrondissements."""

_PART = re.compile(r"751(?:0[1-9]|1\d|20)|132(?:0[1-9]|1[0-6])|6938[1-9]")


class Repeat(NamedTuple):
    """A line that must not be summed beside an earlier one: rule, what it says, and that line."""

    rule: str
    what: str
    earlier: int


def is_divided(text: str) -> bool:
    """Tell whether a code is of a commune with arrondissements, or of one of these."""
    return text in _WHOLES or _PART.fullmatch(text) is not None


def is_line_a_commune(options: TableOptions) -> bool:
    """Tell whether each commune should have one line for what it is about."""
    return _is_by_commune(options) and not options.item.columns


def _is_by_commune(options: TableOptions) -> bool:
    return any(nomenclature == "commune" for _, nomenclature in options.territory.nomenclatures)


class Repeats:
    """The lines of one table that were summed so far.

    A line stands twice when all its cells are those of an earlier one, or, in a table of one line
    a commune, when the cells that hold no figure are; not where rows are known to be
    distinct. A commune and its arrondissements are one.
    """

    def __init__(self, options: TableOptions, *, are_distinct: bool = False) -> None:
        self._is_by_commune = _is_by_commune(options)
        self._is_line_a_commune = is_line_a_commune(options)
        self._may_repeat = not (options.counts_rows or are_distinct)
        self._seen: dict[tuple[Cell, ...], int] = {}
        self._divided: dict[tuple[str, bool], int] = {}

    def find(
        self, index: int, row: Sequence[Cell], text: str, figures: Collection[int]
    ) -> Repeat | None:
        """Take a row; return why it must not be summed, None where it may.

        Args:
            index: the 0-based row of the grid.
            row: its cells.
            text: its territory, as written.
            figures: the columns that are summed.
        """
        repeat = self._same_line(index, row, figures)
        if repeat is None and self._is_by_commune:
            repeat = self._whole_and_part(index, text)
        return repeat

    def _same_line(
        self, index: int, row: Sequence[Cell], figures: Collection[int]
    ) -> Repeat | None:
        if not self._may_repeat:
            return None
        key = tuple(row)
        if self._is_line_a_commune:
            key = tuple(cell for i, cell in enumerate(row) if i not in figures)
        earlier = self._seen.setdefault(key, index)
        if earlier == index:
            return None
        return Repeat("repeated_line", "a line that is summed already", earlier)

    def _whole_and_part(self, index: int, text: str) -> Repeat | None:
        if not is_divided(text):
            return None
        is_whole = text in _WHOLES
        stem = (
            _WHOLES[text] if is_whole else next(s for s in _WHOLES.values() if text.startswith(s))
        )
        self._divided.setdefault((stem, is_whole), index)
        earlier = self._divided.get((stem, not is_whole))
        if earlier is None:
            return None
        return Repeat("whole_and_part", "a commune beside its arrondissements", earlier)

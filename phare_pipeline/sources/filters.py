"""Decides which rows of a table are read; why a row is rejected is decided in `rows`."""

from __future__ import annotations

from collections.abc import Sequence

from phare_pipeline.sources.cells import Cell, cell_text, clean
from phare_pipeline.sources.headers import Columns
from phare_pipeline.sources.table_options import TableOptions


class RowFilter:
    """The options `where`, `where_not`, `where_pattern` and `ignore_rows` of one table."""

    def __init__(self, options: TableOptions, columns: Columns) -> None:
        self._kept = [(columns.find(c), frozenset(map(clean, texts))) for c, texts in options.where]
        self._dropped = [
            (columns.find(c), frozenset(map(clean, texts))) for c, texts in options.where_not
        ]
        self._matched = [(columns.find(c), pattern) for c, pattern in options.where_pattern]
        self._ignored = [
            (None if s.column is None else columns.find(s.column), s.pattern)
            for s in options.ignore_rows
        ]

    @property
    def columns(self) -> set[int]:
        """The columns that the filters read; none of them holds figures."""
        filters = (*self._kept, *self._dropped, *self._matched)
        return {index for index, _ in filters}

    def keeps(self, row: Sequence[Cell]) -> bool:
        """Tell whether a row is one of those that the options ask for."""
        for index, texts in self._kept:
            if _text(row, index) not in texts:
                return False
        for index, texts in self._dropped:
            if _text(row, index) in texts:
                return False
        return all(pattern.search(_text(row, index)) for index, pattern in self._matched)

    def ignores(self, row: Sequence[Cell], territory_text: str) -> bool:
        """Tell whether a row is dropped on purpose."""
        return bool(self._ignored) and any(
            pattern.search(territory_text if index is None else _text(row, index))
            for index, pattern in self._ignored
        )


def _text(row: Sequence[Cell], index: int) -> str:
    return clean(cell_text(row[index])) if index < len(row) else ""

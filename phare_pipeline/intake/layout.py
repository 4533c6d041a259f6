"""Finds headers, periods, figures and dimensions of a sheet whose territories stand in a column.

Every finding is an option of the `table` reader; what cannot be decided is a question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from phare_pipeline.intake.marks import is_blank_or_figure, is_figure
from phare_pipeline.intake.places import WAYS, Axis, LevelColumn, resolved_by
from phare_pipeline.registry.model import Level, Registry
from phare_pipeline.registry.territories import Territories, fold
from phare_pipeline.sources.cells import column_letter
from phare_pipeline.sources.grids import Grid
from phare_pipeline.sources.headers import join_headers
from phare_pipeline.sources.periods import read_period
from phare_pipeline.sources.rows import text_at

YEAR: Final = re.compile(r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?!\d)")
HEADER_YEAR: Final = r"(?<!\d)(?P<year>19[5-9]\d|20[0-4]\d)(?!\d)"
# Columns of dates: the whole text, and what of it is the period.
_DATES: Final = (
    (re.compile(r"\d{4}-01-01"), r"^(?P<year>\d{4})-01-01$"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), r"^(?P<year>\d{4})-(?P<month>\d{2})-\d{2}$"),
)
_PERIOD_WORDS: Final = ("annee", "an", "periode", "date", "year", "time", "millesime", "rentree")
_STATUS_WORDS: Final = ("commentaire", "statut", "status", "flag", "observation", "obs")
_MOST_HEADER_LINES = 3
_MOST_DIMENSION_TEXTS = 400
_SAMPLE = 6_000
_FIGURES_AT_LEAST = 0.6


@dataclass(frozen=True)
class Layout:
    """One sheet with its axis of territories; columns are 0-based."""

    grid: Grid
    axis: Axis
    registry: Registry
    name: str
    level: LevelColumn | None = None

    @cached_property
    def body(self) -> list[Sequence[Any]]:
        """The rows from the first territory on, as many as are looked at."""
        rows = self.grid.rows[self.axis.first : self.axis.first + _SAMPLE]
        return [row for row in rows if text_at(row, self.axis.at) in self.axis.resolved]

    @cached_property
    def header_lines(self) -> list[int]:
        """The lines directly above the first territory that head columns (1-based)."""
        lines: list[int] = []
        first = self.axis.first
        # Rows of figures above the first known territory are other territories, not headings.
        while first and self._is_of_figures(self.grid.rows[first - 1]):
            first -= 1
        for index in range(first - 1, -1, -1):
            filled = sum(1 for cell in self.grid.rows[index] if str(cell).strip())
            if filled < 2 or len(lines) == _MOST_HEADER_LINES:
                if lines:
                    break
                continue
            lines.append(index + 1)
        return sorted(lines)

    def _is_of_figures(self, row: Sequence[Any]) -> bool:
        texts = [t for at in range(len(row)) if at != self.axis.at and (t := text_at(row, at))]
        figures = [t for t in texts if is_figure(t) and not YEAR.fullmatch(t)]
        return bool(texts) and 2 * len(figures) > len(texts)

    @cached_property
    def headers(self) -> list[str]:
        """One header a column."""
        return join_headers(self.grid, self.header_lines) if self.header_lines else []

    def address(self, at: int) -> str:
        """Return how an option names a column: its header, or its letter."""
        header = self.headers[at] if at < len(self.headers) else ""
        is_clear = header and self.headers.count(header) == 1 and not header.startswith("@")
        return header if is_clear else f"@{column_letter(at)}"

    @cached_property
    def _columns(self) -> range:
        return range(max((len(row) for row in self.body), default=0))

    def texts(self, at: int) -> list[str]:
        """Return the texts of a column that are not blank."""
        if at not in self._texts:
            self._texts[at] = [text for row in self.body if (text := text_at(row, at))]
        return self._texts[at]

    @cached_property
    def _texts(self) -> dict[int, list[str]]:
        return {}

    @cached_property
    def period_column(self) -> int | None:
        """The column whose cells are all periods; the one that is headed so, if several are."""
        found = []
        for at in self._columns:
            texts = self.texts(at)
            # Figures between 1950 and 2049 are periods too: a column of them has few values.
            if at == self.axis.at or not texts or len(set(texts)) > max(60, len(texts) // 20):
                continue
            if all(self._is_period(text) for text in set(texts)):
                words = fold(self.headers[at] if at < len(self.headers) else "").split()
                found.append((not any(word in _PERIOD_WORDS for word in words), at))
        if not found:
            return None
        is_unnamed, at = min(found)
        header = self.headers[at] if at < len(self.headers) else ""
        return None if is_unnamed and YEAR.search(header) else at

    @staticmethod
    def _is_period(text: str) -> bool:
        period = read_period(text)
        is_date = any(shape.fullmatch(text) for shape, _ in _DATES)
        return is_date or (period is not None and 1950 <= int(period[:4]) < 2050)

    def period_pattern(self) -> str | None:
        """Return the pattern that the period column needs: dates may stand for year or month."""
        if self.period_column is None:
            return None
        texts = set(self.texts(self.period_column))
        for shape, pattern in _DATES:
            if all(shape.fullmatch(text) for text in texts):
                return pattern
        return None

    @cached_property
    def _codes(self) -> dict[str, set[str]]:
        """The codes of each text of the axis: its own, and those of the regions around it."""
        territories = Territories(self.registry)
        found: dict[str, set[str]] = {}
        for level, name in self.axis.ways:
            own = resolved_by(self.axis.resolved, level, name, territories)
            for text, code in own.items():
                codes = found.setdefault(text, {code})
                if level is Level.DEPARTEMENT:
                    whole = self.registry.departements[code]
                    codes |= {whole.region_code, whole.former_region_code}
        return found

    @cached_property
    def _place_columns(self) -> set[int]:
        """Columns that only say again where the row is: codes, names, regions of départements."""
        found = {self.axis.at}
        if self.level is not None:
            found.add(self.level.at)
        territories = Territories(self.registry)
        for at in self._columns:
            pairs = {(text_at(row, self.axis.at), text_at(row, at)) for row in self.body}
            pairs = {(place, text) for place, text in pairs if text}
            if not pairs or len({place for place, _ in pairs}) < len(pairs):
                continue
            texts = {text for _, text in pairs}
            for level, name in (way for way in WAYS if way[1] != "commune"):
                codes = resolved_by(texts, level, name, territories, study_only=False)
                same = sum(codes.get(text) in self._codes[place] for place, text in pairs)
                if same >= 0.9 * len(pairs):
                    found.add(at)
                    break
        return found

    @cached_property
    def status_columns(self) -> list[int]:
        """Columns that may say the status of the figures of a row."""
        return [
            at
            for at in self._columns
            if at < len(self.headers)
            and set(fold(self.headers[at]).split()) & set(_STATUS_WORDS)
            and at not in self._place_columns
        ]

    @cached_property
    def figures(self) -> list[int]:
        """The columns of figures."""
        taken = {*self._place_columns, self.period_column, *self.status_columns}
        found = []
        for at in self._columns:
            cells = [row[at] for row in self.body if at < len(row) and str(row[at]).strip()]
            if at in taken or not cells or not (at < len(self.headers) and self.headers[at]):
                continue
            if sum(map(is_figure, cells)) >= _FIGURES_AT_LEAST * len(cells) and sum(
                map(is_blank_or_figure, cells)
            ) >= 0.5 * len(cells):
                found.append(at)
        return found

    def dimensions(self) -> tuple[list[int], bool]:
        """Return the columns that tell rows of a territory and period apart, and whether they do.

        Columns of texts come first; columns of few whole numbers may be codes of such.
        """
        taken = {*self._place_columns, self.period_column, *self.status_columns}
        words = [a for a in self._columns if a not in taken and a not in self.figures]
        codes = [a for a in self.figures if 1 < len(set(self.texts(a))) <= 12]
        chosen: list[int] = []
        repeated = self._repeated(self.body, chosen)
        for at in [*words, *codes]:
            if not repeated:
                break
            if not 1 < len(set(self.texts(at))) <= _MOST_DIMENSION_TEXTS:
                continue
            left = self._repeated(self.body, [*chosen, at])
            if left < repeated:
                chosen, repeated = [*chosen, at], left
        # What no column tells apart is a list of things: its columns describe them.
        return ([], False) if repeated else (chosen, True)

    def _repeated(self, rows: list[Sequence[Any]], dimensions: list[int]) -> int:
        period = [] if self.period_column is None else [self.period_column]
        keys = Counter(
            tuple(text_at(row, at) for at in (self.axis.at, *period, *dimensions)) for row in rows
        )
        return sum(keys.values()) - len(keys)

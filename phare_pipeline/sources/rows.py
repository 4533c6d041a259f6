"""Reads the rows of one table into figures; finding the table on its sheet belongs in `table`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.cells import Cell, cell_text, clean
from phare_pipeline.sources.figures import RawFigure, Reading, Rejection, Wanted
from phare_pipeline.sources.filters import RowFilter
from phare_pipeline.sources.grids import Grid
from phare_pipeline.sources.headers import Columns
from phare_pipeline.sources.marked_cells import MarkedCells
from phare_pipeline.sources.periods import read_period
from phare_pipeline.sources.places import Places, Unknown
from phare_pipeline.sources.repeats import Repeats
from phare_pipeline.sources.table_options import Recode, TableOptions
from phare_pipeline.sources.unread import NORMAL, UnreadColumns, expected_of
from phare_pipeline.sources.value_columns import find_value_columns
from phare_pipeline.sources.values import SKIP, UNREADABLE, Status, ValueReader
from phare_pipeline.sources.weights import weigh

BETWEEN = "|"
"""Joins the parts of a series key and of an item."""

_OBSERVED = Status.OBSERVED.value
_ONE: tuple[float | None, str] = (1.0, _OBSERVED)
_WITH_VALUE = frozenset({Status.OBSERVED, Status.ESTIMATED, Status.PROVISIONAL})


class Target(NamedTuple):
    """A column of figures for rows of given dimensions, with the key of its series."""

    at: int
    series: str
    period: str | None
    status: str


class RowReader:
    """The rows of one table of a grid; `columns` are all that it reads or watches, from 0."""

    def __init__(
        self,
        grid: Grid,
        options: TableOptions,
        columns: Columns,
        label: str,
        territories: Territories,
    ) -> None:
        self._grid = grid
        self._options = options
        self._label = label
        self._values = ValueReader(
            options.decimal, options.missing, options.flags, options.thousands
        )
        self._places = Places(territories, options.territory)
        self._filter = RowFilter(options, columns)
        self._code = columns.find(options.territory.column)
        label_column = options.territory.label
        self._name = None if label_column is None else columns.find(label_column)
        self._dimensions = [columns.find(c) for c in options.series.columns]
        self._items = [columns.find(c) for c in options.item.columns]
        self._status = None if options.status is None else columns.find(options.status.column)
        weights = options.weights
        self._weights = [] if weights is None else [columns.find(c) for c in weights.columns]
        period = options.period.column
        self._period = None if period is None else columns.find(period)
        self._fixed_period = self._period_of_sheet(columns.where)
        self._item_of_sheet = self._find_item_of_sheet(columns.where)
        taken = {self._code, self._name, self._period, self._status}
        taken |= {*self._dimensions, *self._items, *self._filter.columns}
        self._value_columns = (
            [] if options.counts_rows else find_value_columns(columns, options, taken, self._values)
        )
        read = {c for c in taken if c is not None} | {c.at for c in self._value_columns}
        self._unread = UnreadColumns(columns, options, self._value_columns, read)
        self.columns = sorted(read | {*self._weights, *self._unread.columns})
        self.figure_columns = [column.at for column in self._value_columns]
        self._headers = columns.headers
        self._width = len(columns.headers) if options.header_lines and grid.name is None else None
        self._repeats = (
            Repeats(options, are_distinct=bool(grid.times)) if options.sums_repeated else None
        )
        self._marks = MarkedCells(grid, options.reads_hidden)
        self._labels = [c for c in (self._code, self._period, *self._dimensions) if c is not None]
        self._targets: dict[tuple[str, ...], list[Target]] = {}
        self._periods: dict[str, tuple[str | None, str]] = {}
        self._recoded: set[Recode] = set()

    def read(self, rows: Sequence[int], wanted: Wanted, reading: Reading) -> None:
        """Read the given 0-based rows into `reading`."""
        for index in rows:
            row = self._grid.rows[index]
            if self._is_shifted(row, rows):
                self._reject_long(index, row, reading)
                continue
            if not self._filter.keeps(row):
                continue
            targets = self._targets_of(row, wanted)
            if not targets or (self._marks and self._is_label_merged(index, reading)):
                continue
            self._read_row(index, row, targets, reading)
        self._reject_unused_recodes(reading)

    def _is_label_merged(self, index: int, reading: Reading) -> bool:
        """Only the first row of a merged place, period or dimension says what the row is about."""
        for at in self._labels:
            area = self._marks.covered(index, at)
            if area is not None:
                found, expected = f"one cell over {area}", "a text in each row"
                self._reject(reading, index, at, "merged_label", found, expected)
                return True
        return False

    # --- rows whose cells are not under their headers ----------------------------------------
    def _is_shifted(self, row: Sequence[Cell], rows: Sequence[int]) -> bool:
        """A row longer than its header; blank cells at the end of every row shift nothing."""
        if self._width is None or len(row) <= self._width:
            return False
        if any(cell != "" for cell in row[self._width :]):
            return True
        return any(len(self._grid.rows[i]) != len(row) for i in rows if any(self._grid.rows[i]))

    def _reject_long(self, index: int, row: Sequence[Cell], reading: Reading) -> None:
        found = f"{len(row)} cells, {BETWEEN.join(map(str, row))!r}"
        expected = f"{self._width} cells, as the header (a text that holds the delimiter is quoted)"
        self._reject(reading, index, self._width or 0, "long_row", found, expected)

    # --- what a row is about ---------------------------------------------------------------
    def _targets_of(self, row: Sequence[Cell], wanted: Wanted) -> list[Target]:
        """The wanted columns of a row; rows of the same dimensions have the same."""
        dimensions = tuple([text_at(row, at) for at in self._dimensions])
        targets = self._targets.get(dimensions)
        if targets is not None:
            return targets
        targets = []
        if self._options.counts_rows:
            targets.append(Target(self._code, self._key(dimensions, ""), None, _OBSERVED))
        for column in self._value_columns:
            key = self._key(dimensions, column.part)
            targets.append(Target(column.at, key, column.period, column.status))
        targets = [target for target in targets if wanted(target.series)]
        self._targets[dimensions] = targets
        return targets

    def _key(self, dimensions: tuple[str, ...], part: str) -> str:
        options = self._options.series
        sheet = clean(self._grid.name or "") if options.sheet else ""
        parts = [options.fixed or "", sheet, *dimensions, part]
        key = BETWEEN.join(p for p in parts if p)
        for pattern, replacement in options.rename:
            key = pattern.sub(replacement, key)
        return key

    def _territory_of(self, row: Sequence[Cell]) -> str:
        """The cell of the code; that of the label where the code is blank (national rows)."""
        text = text_at(row, self._code)
        if not text and self._name is not None:
            return text_at(row, self._name)
        return text

    def _item_of(self, row: Sequence[Cell]) -> str:
        if not self._items:
            return self._item_of_sheet
        texts = [self._item_of_sheet, *(text_at(row, at) for at in self._items)]
        return BETWEEN.join(t for t in texts if t)

    def _period_of(self, row: Sequence[Cell]) -> tuple[str | None, str]:
        """The row's own period and the status that a flag glued to it gives."""
        if self._period is None:
            return self._fixed_period, _OBSERVED
        text = text_at(row, self._period)
        found = self._periods.get(text)
        if found is None:
            written, status = self._values.split_flag(text)
            found = read_period(written, self._options.period.pattern), status
            self._periods[text] = found
        return found

    def _status_of(self, index: int, row: Sequence[Cell], reading: Reading) -> str | None:
        """What the column of statuses says of a row; a mark that is not declared is refused."""
        options = self._options.status
        if options is None or self._status is None:
            return None
        text = text_at(row, self._status)
        status = options.values.get(text, options.others)
        if status is None and text not in NORMAL:
            expected = "a mark of `status_column.values`, or `others` for the status of all others"
            self._reject(reading, index, self._status, "undeclared_status", repr(text), expected)
            return UNREADABLE
        return status

    # --- the figures of a row --------------------------------------------------------------
    def _read_row(
        self, index: int, row: Sequence[Cell], targets: list[Target], reading: Reading
    ) -> None:
        text = self._territory_of(row)
        if self._filter.ignores(row, text):
            return
        item = self._item_of(row)
        text = self._recode(text, item)
        place = self._places.find(text)
        if isinstance(place, Unknown):
            if self._has_content(row, targets):
                expected = f"a code or name of the registry ({place.why})"
                self._reject(reading, index, self._code, place.rule, repr(text), expected)
            return
        if not place.is_in_study:
            reading.outside_study += self._grid.times[index] if self._grid.times else 1
            return
        needed = targets[-1].at + 1
        if len(row) < needed:
            expected = f"at least {needed} cells"
            self._reject(reading, index, self._code, "short_row", f"{len(row)} cells", expected)
            return
        period, period_status = self._period_of(row)
        if period is None and self._period is not None:
            if self._has_content(row, targets):
                found = repr(text_at(row, self._period))
                expected = "a period (a year, or `period.pattern`)"
                self._reject(reading, index, self._period, "unreadable_period", found, expected)
            return
        self._reject_unread(index, row, reading)
        if self._is_repeated(index, row, text, targets, reading):
            return
        row_status = self._status_of(index, row, reading)
        if row_status == UNREADABLE:
            return
        about = (str(place.level), place.code)
        ats = {target.at for target in targets}
        label, sheet, locate = self._label, self._grid.name, self._grid.place
        append, read = reading.figures.append, self._values.read
        for at, series, column_period, column_status in targets:
            cell = row[at]
            value, status = _ONE if self._options.counts_rows else read(cell)
            if status == SKIP:
                continue
            if status == _OBSERVED:
                status = column_status if period_status == _OBSERVED else period_status
            if self._marks:
                why = self._marks.why_refused(index, at, value, ats)
                if why is not None:
                    self._reject(reading, index, at, *why)
                    continue
            if row_status is not None and status != UNREADABLE:
                value, status = _under(row_status, value, status)
            figure_period = column_period or period or ""
            raw_text = cell if isinstance(cell, str) else cell_text(cell)
            if self._options.weights is not None:
                factors = [row[i] if i < len(row) else "" for i in self._weights]
                per = self._options.weights.per
                value, status, raw_text = weigh((value, status, raw_text), factors, per, read)
            figure = (series, *about, figure_period, item, raw_text, value, status, label, sheet)
            at_cell = locate(index, at)
            append(RawFigure(*figure, *at_cell, self._marks.is_percent(at_cell)))

    def _has_content(self, row: Sequence[Cell], targets: list[Target]) -> bool:
        """A row without place or period is dropped only where every cell of a figure is blank."""
        if self._options.counts_rows:
            return any(cell != "" for cell in row)
        return any(text_at(row, target.at) for target in targets)

    def _reject(
        self, reading: Reading, row: int, column: int, rule: str, found: str, expected: str
    ) -> None:
        line, letter = self._grid.place(row, column)
        reading.rejections.append(
            Rejection(self._label, self._grid.name, line, letter, rule, found, expected)
        )

    def _reject_unread(self, index: int, row: Sequence[Cell], reading: Reading) -> None:
        for at, rule, text in self._unread.first_content(row):
            expected = expected_of(rule, self._headers[at])
            self._reject(reading, index, at, rule, repr(text), expected)

    def _is_repeated(
        self, index: int, row: Sequence[Cell], text: str, targets: list[Target], reading: Reading
    ) -> bool:
        if self._repeats is None:
            return False
        repeat = self._repeats.find(index, row, text, {target.at for target in targets})
        if repeat is None:
            return False
        line, letter = self._grid.place(repeat.earlier, self._code)
        found, expected = (
            f"{text!r}, {repeat.what}",
            f"one of them (see line {line}, column {letter})",
        )
        self._reject(reading, index, self._code, repeat.rule, found, expected)
        return True

    # --- repairs and the sheet's name ------------------------------------------------------
    def _recode(self, text: str, item: str) -> str:
        for recode in self._options.territory.recode:
            if recode.item == item and recode.found == text:
                self._recoded.add(recode)
                return recode.replacement
        return text

    def _reject_unused_recodes(self, reading: Reading) -> None:
        for recode in self._options.territory.recode:
            if recode not in self._recoded:
                found = f"no row {recode.item!r} with territory {recode.found!r}"
                expected = f"such a row, to be read as {recode.replacement!r}"
                rule = "recode_not_applicable"
                reading.rejections.append(
                    Rejection(self._label, self._grid.name, 0, "", rule, found, expected)
                )

    def _period_of_sheet(self, where: str) -> str | None:
        options = self._options.period
        if options.fixed is None and not options.sheet:
            return None
        text = options.fixed if options.fixed is not None else clean(self._grid.name or "")
        period = read_period(text, options.pattern)
        if period is None:
            raise SourceError(
                "The name of the sheet or the fixed text is no period",
                where=where,
                found=repr(text),
                expected="2014, 2014-T4 or 2014-M12, or a `pattern` that reads it",
                action="correct `period` in raw/sources.toml",
            )
        return period

    def _find_item_of_sheet(self, where: str) -> str:
        pattern = self._options.item.sheet
        if pattern is None:
            return ""
        match = pattern.search(clean(self._grid.name or ""))
        if match is None:
            raise SourceError(
                "The name of the sheet does not hold the item",
                where=where,
                found=repr(self._grid.name),
                expected=f"a text matching {pattern.pattern!r}",
                action="correct `item.sheet` in raw/sources.toml",
            )
        return match.group(1) if pattern.groups else match.group()


def _under(row_status: str, value: float | None, status: str) -> tuple[float | None, str]:
    """Apply a status that stands in a column of its own; an absent figure stays absent."""
    if row_status not in _WITH_VALUE:
        return None, row_status
    return (value, status) if value is None else (value, row_status)


def text_at(row: Sequence[Cell], index: int) -> str:
    """Return the cleaned text of a cell; blank beyond the end of a short row."""
    return clean(cell_text(row[index])) if index < len(row) else ""

"""Reads the rows of one table into figures; finding the table on its sheet belongs in `table`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.cells import Cell, cell_text, clean
from phare_pipeline.sources.figures import RawFigure, Reading, Rejection, Wanted
from phare_pipeline.sources.filters import RowFilter
from phare_pipeline.sources.grids import Grid
from phare_pipeline.sources.headers import JOINT, Columns
from phare_pipeline.sources.periods import period_of, read_period
from phare_pipeline.sources.places import Places, Unknown
from phare_pipeline.sources.table_options import Recode, TableOptions
from phare_pipeline.sources.values import SKIP, UNREADABLE, Status, ValueReader

BETWEEN = "|"


class ValueColumn(NamedTuple):
    """A column of figures: its part of the series key, its period (if any), and its status."""

    at: int
    part: str
    period: str | None
    status: str


class RowReader:
    """The rows of one table of a grid."""

    def __init__(
        self,
        grid: Grid,
        options: TableOptions,
        columns: Columns,
        label: str,
        territories: Territories,
    ) -> None:
        territory = options.territory
        self._grid = grid
        self._options = options
        self._columns = columns
        self._label = label
        self._where = label if grid.name is None else f"{label}, sheet {grid.name!r}"
        self._values = ValueReader(options.decimal, options.missing, options.flags)
        self._places = Places(
            territories,
            territory.nomenclatures,
            territory.national,
            territory.aliases,
            territory.pattern,
        )
        self._filter = RowFilter(options, columns)
        self._code = columns.find(territory.column)
        self._name = None if territory.label is None else columns.find(territory.label)
        self._dimensions = [columns.find(c) for c in options.series.columns]
        self._items = [columns.find(c) for c in options.item.columns]
        self._status = None if options.status is None else columns.find(options.status.column)
        period = options.period.column
        self._period = None if period is None else columns.find(period)
        self._fixed_period = self._period_of_sheet()
        self._value_columns = self._find_value_columns()
        self._keys: dict[tuple[str, ...], list[tuple[ValueColumn, str]]] = {}
        self._item_of_sheet = self._find_item_of_sheet()
        self._recoded: set[Recode] = set()

    # --- columns ---------------------------------------------------------------------------
    def _period_of_sheet(self) -> str | None:
        options = self._options.period
        if options.fixed is None and not options.sheet:
            return None
        text = options.fixed if options.fixed is not None else clean(self._grid.name or "")
        period = read_period(text, options.pattern)
        if period is None:
            raise SourceError(
                "The name of the sheet or the fixed text is no period",
                where=self._where,
                found=repr(text),
                expected="2014, 2014-T4 or 2014-M12, or a `pattern` that reads it",
                action="correct `period` in raw/sources.toml",
            )
        return period

    def _find_item_of_sheet(self) -> str:
        pattern = self._options.item.sheet
        if pattern is None:
            return ""
        match = pattern.search(clean(self._grid.name or ""))
        if match is None:
            raise SourceError(
                "The name of the sheet does not hold the item",
                where=self._where,
                found=repr(self._grid.name),
                expected=f"a text matching {pattern.pattern!r}",
                action="correct `item.sheet` in raw/sources.toml",
            )
        return match.group(1) if pattern.groups else match.group()

    def _find_value_columns(self) -> list[ValueColumn]:
        if self._options.counts_rows:
            return [ValueColumn(self._code, "", None, Status.OBSERVED)]
        taken = {self._code, self._name, self._period, self._status}
        taken |= {*self._dimensions, *self._items, *self._filter.columns}
        candidates = self._candidates(taken)
        pattern = self._options.period.header
        if pattern is not None:
            candidates = [c for c in map(self._with_period, candidates) if c is not None]
        candidates = self._named(candidates)
        if not candidates:
            raise SourceError(
                "The table has no column of figures",
                where=self._where,
                found="headers " + ", ".join(repr(h) for h in self._columns.headers[:12] if h),
                expected=f"headers matching {pattern.pattern!r}" if pattern else "headers",
                action="compare `header_lines`, `period.header` and `series.values` with the file",
            )
        if len({c.part for c in candidates}) == 1 and self._options.series.values is None:
            candidates = [c._replace(part="") for c in candidates]
        return candidates

    def _candidates(self, taken: set[int | None]) -> list[ValueColumn]:
        """Every column that may hold figures, its whole header as its part of the key."""
        headers = self._columns.headers
        lettered = [v for v in self._options.series.values or () if v.startswith("@")]
        found = []
        for address in lettered:
            index = self._columns.find(address)
            header = headers[index] if index < len(headers) else ""
            found.append(ValueColumn(index, header or address, None, Status.OBSERVED))
        if lettered:
            return found
        for index, header in enumerate(headers):
            if header and index not in taken:
                found.append(ValueColumn(index, header, None, Status.OBSERVED))
        return found

    def _with_period(self, column: ValueColumn) -> ValueColumn | None:
        """Cut the period, and a flag glued to it, out of the header; None when it has none."""
        pattern = self._options.period.header
        text, status = self._values.split_flag(column.part)
        match = pattern.search(text) if pattern is not None else None
        period = None if match is None else period_of(match)
        if match is None or period is None:
            return None
        rest = clean(f"{text[: match.start()]} {text[match.end() :]}")
        return ValueColumn(column.at, rest.strip(JOINT).strip(), period, status)

    def _named(self, candidates: list[ValueColumn]) -> list[ValueColumn]:
        """Keep the columns that `series.values` names; each must be there."""
        values = self._options.series.values
        if values is None or any(v.startswith("@") for v in values):
            return candidates
        wanted = [clean(v) for v in values]
        parts = {c.part for c in candidates}
        for value in wanted:
            if value not in parts:
                self._columns.find(value)  # raises, and says where a similar header stands
                raise SourceError(
                    f"The column {value!r} holds no period in its header, or serves another use",
                    where=self._where,
                    found=", ".join(sorted(repr(p) for p in parts)[:12]),
                    expected=repr(value),
                    action="correct `series.values` in raw/sources.toml",
                )
        return [c for c in candidates if c.part in wanted]

    # --- rows ------------------------------------------------------------------------------
    def read(self, rows: Iterable[int], wanted: Wanted, reading: Reading) -> None:
        """Read the given 0-based rows into `reading`."""
        for index in rows:
            row = self._grid.rows[index]
            if not self._filter.keeps(row):
                continue
            pairs = self._series_of(row, wanted)
            if pairs:
                self._read_row(index, row, pairs, reading)
        self._reject_unused_recodes(wanted, reading)

    def _series_of(self, row: Sequence[Cell], wanted: Wanted) -> list[tuple[ValueColumn, str]]:
        """The wanted columns of a row, each with the key of its series."""
        dimensions = tuple(text_at(row, i) for i in self._dimensions)
        pairs = self._keys.get(dimensions)
        if pairs is None:
            pairs = []
            for column in self._value_columns:
                key = self._key(dimensions, column.part)
                if wanted(key):
                    pairs.append((column, key))
            self._keys[dimensions] = pairs
        return pairs

    def _key(self, dimensions: tuple[str, ...], part: str) -> str:
        options = self._options.series
        sheet = clean(self._grid.name or "") if options.sheet else ""
        parts = [options.fixed or "", sheet, *dimensions, part]
        key = BETWEEN.join(p for p in parts if p)
        for pattern, replacement in options.rename:
            key = pattern.sub(replacement, key)
        return key

    def _read_row(
        self,
        index: int,
        row: Sequence[Cell],
        pairs: list[tuple[ValueColumn, str]],
        reading: Reading,
    ) -> None:
        text = self._territory_text(row)
        if self._filter.ignores(row, text):
            return
        text, item = self._recode(text, self._item_text(row))
        place = self._places.find(text)
        if isinstance(place, Unknown):
            if self._has_figure(row, pairs):
                expected = f"a code or name of the registry ({place.why})"
                self._reject(reading, index, self._code, place.rule, repr(text), expected)
            return
        if not place.is_in_study:
            reading.outside_study += 1
            return
        if len(row) <= pairs[-1][0].at:
            expected = f"at least {pairs[-1][0].at + 1} cells"
            self._reject(reading, index, self._code, "short_row", f"{len(row)} cells", expected)
            return
        period, period_status = self._fixed_period, str(Status.OBSERVED)
        if self._period is not None:
            written, period_status = self._values.split_flag(text_at(row, self._period))
            period = read_period(written, self._options.period.pattern)
            if period is None:
                if self._has_figure(row, pairs):
                    expected = "a period (a year, or `period.pattern`)"
                    self._reject(
                        reading, index, self._period, "unreadable_period", repr(written), expected
                    )
                return
        row_status = self._status_of(row)
        name = self._grid.name
        for column, series in pairs:
            cell = row[column.at]
            if self._options.counts_rows:
                value: float | None = 1.0
                status, raw_text = str(Status.OBSERVED), item or text
            else:
                value, status = self._values.read(cell)
                raw_text = cell_text(cell)
                if status == SKIP:
                    continue
                if status == Status.OBSERVED:
                    status = column.status if period_status == Status.OBSERVED else period_status
                if row_status is not None and status != UNREADABLE:
                    value, status = (value if row_status in _WITH_VALUE else None), row_status
            line, letter = self._grid.place(index, column.at)
            reading.figures.append(
                RawFigure(
                    series,
                    place.level.value,
                    place.code,
                    column.period or period or "",
                    item,
                    raw_text,
                    value,
                    status,
                    self._label,
                    name,
                    line,
                    letter,
                )
            )

    def _territory_text(self, row: Sequence[Cell]) -> str:
        """The cell of the code; that of the label where the code is blank (national rows)."""
        text = text_at(row, self._code)
        if not text and self._name is not None:
            return text_at(row, self._name)
        return text

    def _item_text(self, row: Sequence[Cell]) -> str:
        if not self._items:
            return self._item_of_sheet
        texts = [self._item_of_sheet, *(text_at(row, i) for i in self._items)]
        return BETWEEN.join(t for t in texts if t)

    def _status_of(self, row: Sequence[Cell]) -> str | None:
        options = self._options.status
        if options is None or self._status is None:
            return None
        return options.values.get(text_at(row, self._status))

    def _recode(self, text: str, item: str) -> tuple[str, str]:
        for recode in self._options.territory.recode:
            if recode.item == item and recode.found == text:
                self._recoded.add(recode)
                return recode.replacement, item
        return text, item

    def _reject_unused_recodes(self, wanted: Wanted, reading: Reading) -> None:
        for recode in self._options.territory.recode:
            if recode not in self._recoded:
                found = f"no row {recode.item!r} with territory {recode.found!r}"
                expected = f"such a row, to be read as {recode.replacement!r}"
                name = self._grid.name
                reading.rejections.append(
                    Rejection(self._label, name, 0, "", "recode_not_applicable", found, expected)
                )

    def _has_figure(self, row: Sequence[Cell], pairs: list[tuple[ValueColumn, str]]) -> bool:
        if self._options.counts_rows:
            return any(cell != "" for cell in row)
        cells = (row[c.at] for c, _ in pairs if c.at < len(row))
        return any(self._values.read(cell)[0] is not None for cell in cells if cell != "")

    def _reject(
        self, reading: Reading, row: int, column: int, rule: str, found: str, expected: str
    ) -> None:
        line, letter = self._grid.place(row, column)
        reading.rejections.append(
            Rejection(self._label, self._grid.name, line, letter, rule, found, expected)
        )


_WITH_VALUE = frozenset({Status.OBSERVED, Status.ESTIMATED, Status.PROVISIONAL})


def text_at(row: Sequence[Cell], index: int) -> str:
    """Return the cleaned text of a cell; blank beyond the end of a short row."""
    return clean(cell_text(row[index])) if index < len(row) else ""

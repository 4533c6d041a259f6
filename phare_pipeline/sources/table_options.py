"""The options of tables, as the readers take them; reading them belongs in `table_parsing`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from phare_pipeline.registry.model import Level


@dataclass(frozen=True)
class Skipped:
    """Rows (or columns) dropped on purpose: those whose territory, `column` or header matches."""

    pattern: re.Pattern[str]
    column: str | None
    reason: str


@dataclass(frozen=True)
class Recode:
    """A row whose territory the source prints wrongly, found by its item."""

    item: str
    found: str
    replacement: str
    reason: str


@dataclass(frozen=True)
class TerritoryOptions:
    """Where the territory stands and how it is written."""

    column: str
    label: str | None
    nomenclatures: tuple[tuple[Level, str], ...]
    national: Mapping[str, str]
    aliases: Mapping[str, str]
    pattern: re.Pattern[str] | None
    recode: tuple[Recode, ...]


@dataclass(frozen=True)
class PeriodOptions:
    """Where the period stands: a column, the sheet's name, the headers, or nowhere (`fixed`)."""

    column: str | None
    sheet: bool
    header: re.Pattern[str] | None
    fixed: str | None
    pattern: re.Pattern[str] | None


@dataclass(frozen=True)
class SeriesOptions:
    """What makes the key of a series; `header` keeps the header of a single value column too."""

    fixed: str | None
    sheet: bool
    header: bool
    columns: tuple[str, ...]
    values: tuple[str, ...] | None
    rename: tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True)
class ItemOptions:
    """What names the parts of a territory in an open list."""

    columns: tuple[str, ...]
    sheet: re.Pattern[str] | None


@dataclass(frozen=True)
class StatusOptions:
    """A column whose texts say the status of the figures of the row; `others` of the rest."""

    column: str
    values: Mapping[str, str]
    others: str | None


@dataclass(frozen=True)
class WeightOptions:
    """Columns of the same row that a share is multiplied by, so that its parts can be summed.

    The figure is the cell times the product of `columns`, divided by `per` (100 for a percentage of
    a count, 10 000 for a percentage of a percentage of one).
    """

    columns: tuple[str, ...]
    per: int


@dataclass(frozen=True)
class Expected:
    """A text that must stand in a cell."""

    sheet: str | None
    cell: str
    text: str


@dataclass(frozen=True)
class TableOptions:
    """How one table of a file is read."""

    sheets: tuple[str, ...] | None
    sheets_matching: re.Pattern[str] | None
    after: str | None
    until: str | None
    header_lines: tuple[int, ...]
    first_line: int
    last_line: int | None
    territory: TerritoryOptions
    period: PeriodOptions
    series: SeriesOptions
    item: ItemOptions
    status: StatusOptions | None
    weights: WeightOptions | None
    where: tuple[tuple[str, frozenset[str]], ...]
    where_not: tuple[tuple[str, frozenset[str]], ...]
    where_pattern: tuple[tuple[str, re.Pattern[str]], ...]
    ignore_rows: tuple[Skipped, ...]
    ignore_columns: tuple[Skipped, ...]
    reads_hidden: bool
    counts_rows: bool
    sums_repeated: bool
    decimal: str
    thousands: str
    missing: Mapping[str, str]
    flags: Mapping[str, str]


@dataclass(frozen=True)
class FileOptions:
    """How a file is opened, what must stand in it, and the tables it holds.

    `years_summed` years that follow each other make one figure (1: each year is its own).
    """

    encoding: str
    delimiter: str
    expect: tuple[Expected, ...]
    absent_is_zero: bool
    years_summed: int
    tables: tuple[TableOptions, ...]

"""Reads and checks the options of tables; what they do to a grid belongs in `table`.

The options of a source are completed by those of a file, and those by each entry of `blocks`:
the tables named in `MERGED` are completed key by key, every other option is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from phare_pipeline.registry.model import Level
from phare_pipeline.sources.options import Options
from phare_pipeline.sources.periods import GROUPS
from phare_pipeline.sources.table_options import (
    Expected,
    FileOptions,
    ItemOptions,
    PeriodOptions,
    Recode,
    SeriesOptions,
    Skipped,
    StatusOptions,
    TableOptions,
    TerritoryOptions,
    WeightOptions,
)
from phare_pipeline.sources.values import DECIMALS, SKIP, ZERO, Status

MERGED = frozenset({"territory", "series", "missing", "flags"})

NOMENCLATURES = frozenset(
    {
        "insee",
        "insee_unpadded",
        "insee_padded3",
        "drees",
        "name",
        "ditp",
        "label_code",
        "commune",
        "postcode",
        "postcode_unpadded",
    }
)
"""Every way of writing territories that `territory.nomenclature` may name (see `places`)."""


def merge_options(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Complete options by others; a wrong type is left for the checks that follow."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if key in MERGED and isinstance(below, dict) and isinstance(value, dict):
            merged[key] = {**below, **value}
        else:
            merged[key] = value
    return merged


def read_file_options(values: Mapping[str, Any], where: str) -> FileOptions:
    """Check the options of one file of the `table` family.

    Raises:
        SourceError: a key is unknown, missing, or of a wrong type or value.
    """
    own = {"encoding", "delimiter", "expect", "absent", "sum_years", "blocks"}
    shared = {key: value for key, value in values.items() if key not in own}
    options = Options({k: v for k, v in values.items() if k in own}, where)
    blocks = options.get("blocks", list)
    if blocks is not None and not (blocks and all(isinstance(b, dict) for b in blocks)):
        raise options.error("blocks", repr(blocks), "a list of tables, at least one")
    tables = []
    for number, block in enumerate(blocks or [{}]):
        place = f"{where}.blocks[{number}]" if blocks else where
        tables.append(_read_table(Options(_block_options(shared, block), place)))
    file_options = FileOptions(
        encoding=options.get("encoding", str) or "utf-8",
        delimiter=_delimiter(options),
        expect=tuple(_expected(entry) for entry in options.tables("expect")),
        absent_is_zero=options.choice("absent", frozenset({"missing", "zero"}), "missing")
        == "zero",
        years_summed=_years_summed(options),
        tables=tuple(tables),
    )
    options.finish()
    return file_options


def _years_summed(options: Options) -> int:
    years = options.get("sum_years", int)
    if years is None:
        return 1
    if not 2 <= years <= 10:
        raise options.error("sum_years", repr(years), "2 to 10 years")
    return years


def _block_options(shared: Mapping[str, Any], block: Mapping[str, Any]) -> dict[str, Any]:
    """Complete the shared options by a block's; `level` is short for `territory.level`."""
    over = dict(block)
    if "level" in over:
        over["territory"] = {**over.get("territory", {}), "level": over.pop("level")}
    return merge_options(shared, over)


def _delimiter(options: Options) -> str:
    delimiter = options.get("delimiter", str) or ";"
    if len(delimiter) != 1:
        raise options.error("delimiter", repr(delimiter), "one character")
    return delimiter


def _expected(options: Options) -> Expected:
    entry = Expected(
        options.get("sheet", str), options.need("cell", str), options.need("text", str)
    )
    options.finish()
    if not re.fullmatch(r"[A-Z]{1,3}[1-9]\d*", entry.cell):
        raise options.error("cell", repr(entry.cell), "a cell such as A3")
    return entry


def _read_table(options: Options) -> TableOptions:
    header_lines = options.numbers("header_lines") or ()
    if any(line < 1 for line in header_lines) or list(header_lines) != sorted(set(header_lines)):
        raise options.error("header_lines", repr(header_lines), "rising line numbers from 1 on")
    after_header = header_lines[-1] + 1 if header_lines else 1
    table = TableOptions(
        sheets=options.texts("sheets"),
        sheets_matching=options.pattern("sheets_matching"),
        after=options.get("after", str),
        until=options.get("until", str),
        header_lines=header_lines,
        first_line=options.get("first_line", int) or after_header,
        last_line=options.get("last_line", int),
        territory=_read_territory(options.table("territory")),
        period=_read_period(options.table("period")),
        series=_read_series(options.table("series")),
        item=_read_item(options.table("item")),
        status=_read_status(options),
        weights=_read_weights(options),
        where=_read_where(options, "where"),
        where_not=_read_where(options, "where_not"),
        where_pattern=tuple(
            (column, options.compile("where_pattern", text))
            for column, text in options.text_map("where_pattern").items()
        ),
        ignore_rows=tuple(_read_skipped(entry) for entry in options.tables("ignore_rows")),
        ignore_columns=tuple(_read_skipped(entry) for entry in options.tables("ignore_columns")),
        reads_hidden=options.choice("hidden_rows", frozenset({"refused", "read"}), "refused")
        == "read",
        counts_rows=options.choice("count", frozenset({"cells", "rows"}), "cells") == "rows",
        sums_repeated=options.get("sum_repeated", bool) or False,
        decimal=options.choice("decimal", DECIMALS, ","),
        thousands=options.choice("thousands", frozenset({".", ","}), ""),
        missing=_statuses(options, "missing", frozenset({*Status, SKIP, ZERO})),
        flags=_statuses(options, "flags", frozenset(Status)),
    )
    options.finish()
    if table.sums_repeated and SKIP in table.missing.values():
        expected = "no `skip` under `sum_repeated`: a sum without one of its parts is no figure"
        raise options.error("missing", repr(dict(table.missing)), expected)
    if table.thousands and table.decimal in {table.thousands, "mixed"}:
        raise options.error("thousands", repr(table.thousands), "another mark than `decimal`")
    has_values = header_lines or table.series.values is not None or table.counts_rows
    if not has_values:
        raise options.error("header_lines", "nothing", "header lines, or `series.values`")
    return table


def _read_territory(options: Options) -> TerritoryOptions:
    level = options.need("level", str)
    names = level.split("|")
    if not set(names) <= set(Level):
        raise options.error("level", repr(level), "levels joined by |: " + ", ".join(Level))
    levels = [Level(name) for name in names]
    national = options.text_map("national")
    if Level.NATIONAL in levels and not national:
        raise options.error("national", "nothing", 'a table such as { "F" = "metropole" }')
    territory = TerritoryOptions(
        column=options.need("column", str),
        label=options.get("label", str),
        nomenclatures=tuple(
            (level, _nomenclature(options, level)) for level in levels if level != Level.NATIONAL
        ),
        national=national,
        aliases=options.text_map("aliases"),
        pattern=options.pattern("pattern"),
        recode=tuple(_read_recode(entry) for entry in options.tables("recode")),
    )
    options.finish()
    if territory.pattern is not None and territory.pattern.groups != 1:
        raise options.error("pattern", territory.pattern.pattern, "one group, the code or name")
    return territory


def _nomenclature(options: Options, level: Level) -> str:
    """The nomenclature of a level: one text for all, or a table by level."""
    value = options.get("nomenclature", object)
    chosen = value.get(level) if isinstance(value, dict) else value
    if chosen is None and value is None:
        chosen = "insee"
    if chosen not in NOMENCLATURES:
        expected = f"for {level}, one of " + ", ".join(sorted(NOMENCLATURES))
        raise options.error("nomenclature", repr(value), expected)
    return str(chosen)


def _read_recode(options: Options) -> Recode:
    recode = Recode(*(options.need(key, str) for key in ("item", "found", "replacement", "reason")))
    options.finish()
    return recode


def _read_period(options: Options) -> PeriodOptions:
    period = PeriodOptions(
        column=options.get("column", str),
        sheet=options.get("sheet", bool) or False,
        header=options.pattern("header"),
        fixed=options.get("fixed", str),
        pattern=options.pattern("pattern"),
    )
    options.finish()
    given = [period.column is not None, period.sheet, period.header is not None]
    given.append(period.fixed is not None)
    if sum(given) != 1:
        raise options.error("period", f"{sum(given)} of them", "one: column, sheet, header, fixed")
    for key, pattern in (("header", period.header), ("pattern", period.pattern)):
        if pattern is not None and not set(pattern.groupindex) & GROUPS:
            raise options.error(key, pattern.pattern, "named groups: " + ", ".join(sorted(GROUPS)))
    return period


def _read_series(options: Options) -> SeriesOptions:
    rename = []
    for pair in options.get("rename", list) or []:
        if not (
            isinstance(pair, list) and len(pair) == 2 and all(isinstance(t, str) for t in pair)
        ):
            raise options.error("rename", repr(pair), "pairs of a regular expression and a text")
        rename.append((options.compile("rename", pair[0]), pair[1]))
    series = SeriesOptions(
        fixed=options.get("fixed", str),
        sheet=options.get("sheet", bool) or False,
        header=options.get("header", bool) or False,
        columns=options.texts("columns") or (),
        values=options.texts("values"),
        rename=tuple(rename),
    )
    options.finish()
    return series


def _read_item(options: Options) -> ItemOptions:
    column = options.get("column", str)
    item = ItemOptions(
        columns=(column,) if column is not None else options.texts("columns") or (),
        sheet=options.pattern("sheet"),
    )
    options.texts("columns")
    options.finish()
    return item


def _read_status(options: Options) -> StatusOptions | None:
    if options.get("status_column", dict) is None:
        return None
    entry = options.table("status_column")
    status = StatusOptions(
        entry.need("column", str),
        _statuses(entry, "values", frozenset(Status)),
        entry.choice("others", frozenset(Status), "") or None,
    )
    entry.finish()
    return status


def _read_weights(options: Options) -> WeightOptions | None:
    if options.get("weights", dict) is None:
        return None
    entry = options.table("weights")
    columns, per = entry.texts("columns"), entry.need("per", int)
    entry.finish()
    if not columns:
        raise entry.error("columns", repr(columns), "the columns of the weights, at least one")
    if per < 1:
        raise entry.error("per", repr(per), "a whole number above 0")
    return WeightOptions(columns, per)


def _read_where(options: Options, key: str) -> tuple[tuple[str, frozenset[str]], ...]:
    kept = []
    for column, value in (options.get(key, dict) or {}).items():
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise options.error(key, repr(value), "a text or a list of texts for each column")
        kept.append((column, frozenset(texts)))
    return tuple(kept)


def _read_skipped(options: Options) -> Skipped:
    skipped = Skipped(
        options.compile("pattern", options.need("pattern", str)),
        options.get("column", str),
        options.need("reason", str),
    )
    options.finish()
    return skipped


def _statuses(options: Options, key: str, choices: frozenset[str]) -> dict[str, str]:
    statuses = options.text_map(key)
    for marker, status in statuses.items():
        if status not in choices:
            expected = "one of " + ", ".join(sorted(choices))
            raise options.error(key, f"{marker!r} = {status!r}", expected)
    return statuses

"""Finds the columns of figures of a table, with their part of the series key and their period."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.cells import clean
from phare_pipeline.sources.headers import JOINT, Columns
from phare_pipeline.sources.periods import period_of
from phare_pipeline.sources.table_options import TableOptions
from phare_pipeline.sources.values import Status, ValueReader


class ValueColumn(NamedTuple):
    """A column of figures: where, its part of the series key, its period (if any), its status."""

    at: int
    part: str
    period: str | None
    status: str


def find_value_columns(
    columns: Columns, options: TableOptions, taken: Collection[int | None], values: ValueReader
) -> list[ValueColumn]:
    """Return the columns of figures, in the order of the file.

    Args:
        columns: the headers of the table.
        options: `series.values` names the columns, `period.header` those that hold a period;
            without either, every headed column that serves no other use is one.
        taken: the columns that serve another use.
        values: knows the flags that may be glued to a header.

    Raises:
        SourceError: a named column is not there, or there is no column at all.
    """
    candidates = _candidates(columns, options, taken)
    pattern = options.period.header
    if pattern is not None:
        dated = (_with_period(c, options, values) for c in candidates)
        candidates = [c for c in dated if c is not None]
    candidates = _named(candidates, columns, options)
    if not candidates:
        raise SourceError(
            "The table has no column of figures",
            where=columns.where,
            found="headers " + ", ".join(repr(h) for h in columns.headers[:12] if h),
            expected=f"headers matching {pattern.pattern!r}" if pattern else "headers",
            action="compare `header_lines`, `period.header` and `series.values` with the file",
        )
    is_named = options.series.header or options.series.values is not None
    if len({c.part for c in candidates}) == 1 and not is_named:
        candidates = [c._replace(part="") for c in candidates]
    return sorted(candidates)


def _candidates(
    columns: Columns, options: TableOptions, taken: Collection[int | None]
) -> list[ValueColumn]:
    """Every column that may hold figures, its whole header as its part of the key."""
    headers = columns.headers
    lettered = [v for v in options.series.values or () if v.startswith("@")]
    if not lettered:
        return [
            ValueColumn(at, header, None, Status.OBSERVED.value)
            for at, header in enumerate(headers)
            if header and at not in taken
        ]
    found = []
    for address in lettered:
        at = columns.find(address)
        header = headers[at] if at < len(headers) else ""
        found.append(ValueColumn(at, header or address, None, Status.OBSERVED.value))
    return found


def _with_period(
    column: ValueColumn, options: TableOptions, values: ValueReader
) -> ValueColumn | None:
    """Cut the period, and a flag glued to it, out of the header; None when it has none."""
    pattern = options.period.header
    text, status = values.split_flag(column.part)
    match = pattern.search(text) if pattern is not None else None
    period = None if match is None else period_of(match)
    if match is None or period is None:
        return None
    rest = clean(f"{text[: match.start()]} {text[match.end() :]}")
    return ValueColumn(column.at, rest.strip(JOINT).strip(), period, status)


def _named(
    candidates: list[ValueColumn], columns: Columns, options: TableOptions
) -> list[ValueColumn]:
    """Keep the columns that `series.values` names; each must be there."""
    values = options.series.values
    if values is None or any(v.startswith("@") for v in values):
        return candidates
    wanted = [clean(v) for v in values]
    parts = {c.part for c in candidates}
    for value in wanted:
        if value not in parts:
            columns.find(value)  # raises, and says where a similar header stands
            raise SourceError(
                f"The column {value!r} holds no period in its header, or serves another use",
                where=columns.where,
                found=", ".join(sorted(repr(p) for p in parts)[:12]),
                expected=repr(value),
                action="correct `series.values` in raw/sources.toml",
            )
    return [c for c in candidates if c.part in wanted]

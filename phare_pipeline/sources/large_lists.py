"""Reads a large text list whose rows are summed: DuckDB counts equal rows, each is read once.

Rows that are alike in every column that the options read make the same figures. One of each kind
is read by `rows`, and the lines of the others are remembered, so that a sum names all its cells as
`sums` does. What is not plain (a shifted, broken, blank, repeated or rejected row) is left to the
reading row by row, which names it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.cells import Cell, clean, column_index
from phare_pipeline.sources.expected import check_expected
from phare_pipeline.sources.figures import RawFigure, Reading, Wanted
from phare_pipeline.sources.filters import RowFilter
from phare_pipeline.sources.grids import Grid, unprotected
from phare_pipeline.sources.headers import Columns
from phare_pipeline.sources.places import Place, Places, Unknown
from phare_pipeline.sources.repeats import is_divided, is_line_a_commune
from phare_pipeline.sources.rows import RowReader
from phare_pipeline.sources.sums import PLUS
from phare_pipeline.sources.table_options import FileOptions, TableOptions
from phare_pipeline.sources.values import Status

if TYPE_CHECKING:
    import duckdb

LARGE = 32 * 1024**2
"""Bytes from which a list is read here; below, row by row costs little."""

MEMORY, THREADS = "256MB", 2

_CHUNK = 1 << 24
_BATCH = 1 << 14
_CONTENT = "…"
"""Stands in columns that no option reads: a row with a blank territory is not blank."""


def read_large_list(
    path: Path, label: str, options: FileOptions, territories: Territories, wanted: Wanted
) -> Reading | None:
    """Read one text file that holds one table of summed rows.

    Sums are exact up to the last rounding (`math.fsum`), whatever the order of the lines.

    Args:
        path: where the file lies.
        label: how messages name it.
        options: its options.
        territories: the territories of the registry.
        wanted: tells which series any measure takes.

    Returns:
        None where the list is not plain: it is to be read row by row.

    Raises:
        SourceError: a header or an expected text is not where it should be.
    """
    import duckdb

    table = options.tables[0]
    head = _head(path, options) if _is_eligible(options) else None
    lines = None if head is None else _count_lines(path)
    if head is None or lines is None:
        return None
    check_expected([head], options.expect, label)
    columns = Columns(head, table.header_lines, label)
    reader = RowReader(head, table, columns, label, territories)
    with duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY}) as connection:
        try:
            _load(connection, path, options, len(columns.headers), reader)
        except duckdb.Error:
            return None
        count = _number(connection, "select count(*) from lines")
        if count != lines - len(head.rows) or _has_repeats(connection, table):
            return None
        places = _merge_places(connection, columns, table, territories)
        kinds = _kinds(connection, reader.columns, len(columns.headers), places, head)
        rows = RowReader(kinds.grid, table, columns, label, territories)
        reading = Reading()
        rows.read(range(len(head.rows), len(kinds.grid.rows)), wanted, reading)
        if reading.rejections:
            return None
        summed = _sum(reading.figures, kinds, len(head.rows), places)
    if summed is None:
        return None
    reading.figures = summed
    return reading


def _is_eligible(options: FileOptions) -> bool:
    """Only plain lists: one table from its header to its end, in UTF-8."""
    table = options.tables[0]
    bounds = (table.after, table.until, table.last_line)
    return (
        len(options.tables) == 1
        and table.sums_repeated
        and bool(table.header_lines)
        and bounds == (None, None, None)
        and options.encoding.lower() in {"utf-8", "utf8", "utf-8-sig"}
        and all(int(entry.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) < table.first_line
                for entry in options.expect)
    )  # fmt: skip


def _head(path: Path, options: FileOptions) -> Grid | None:
    """Return the lines above the first figures; None where one of them is no line of its own."""
    count = options.tables[0].first_line - 1
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        reader = csv.reader(file, delimiter=options.delimiter)
        rows: list[list[Cell]] = [unprotected(row) for row in islice(reader, count)]
        is_plain = reader.line_num == count == len(rows)
    return Grid(None, rows, range(1, count + 1)) if is_plain else None


def _count_lines(path: Path) -> int | None:
    """Count line ends; None where they are of two kinds or the last line has none."""
    feeds = returns = both = 0
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            both += (last[-1:] + chunk).count(b"\r\n") if returns else 0
            last = chunk
    return feeds if last.endswith(b"\n") and returns in {0, feeds} and both == returns else None


def _load(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    options: FileOptions,
    width: int,
    reader: RowReader,
) -> None:
    """Make the table `lines`: columns `c0`, … that are read, by line, and a hash of the row.

    Raises:
        duckdb.Error: the file is not plain.
    """
    table = options.tables[0]
    names = [f"c{i}" for i in range(width)]
    read = ", ".join(f"coalesce(c{i}, '') as c{i}" for i in reader.columns)
    left = set(reader.figure_columns) if is_line_a_commune(table) else set()
    hashed = ", ".join(f"coalesce(c{i}, '')" for i in range(width) if i not in left)
    mark = "0::utinyint" if table.counts_rows else f"hash({hashed})"
    source = connection.read_csv(
        str(path),
        columns=dict.fromkeys(names, "VARCHAR"),
        header=False,
        skiprows=table.first_line - 1,
        delimiter=options.delimiter,
        quotechar='"',
        escapechar='"',
        auto_detect=False,
        strict_mode=True,
    )
    source.create_view("source")
    connection.execute(f"create table lines as select {read}, {mark} as mark from source")  # noqa: S608


def _has_repeats(connection: duckdb.DuckDBPyConnection, table: TableOptions) -> bool:
    """Tell whether two lines may be the same: then they are compared cell by cell, elsewhere."""
    if table.counts_rows:
        return False
    return not _number(connection, "select count(*) = count(distinct mark) from lines")


@dataclass(frozen=True)
class _Places:
    """The texts of the territory column: `stands_for[i]` is read in place of `texts[i]`."""

    column: int
    texts: np.ndarray
    stands_for: np.ndarray


def _merge_places(
    connection: duckdb.DuckDBPyConnection,
    columns: Columns,
    table: TableOptions,
    territories: Territories,
) -> _Places:
    """Make the table `places`: of all texts of one territory, such as communes, one is read."""
    at = columns.find(table.territory.column)
    found = connection.execute(f"select distinct c{at} from lines order by 1").fetchnumpy()  # noqa: S608
    texts = np.asarray(found[f"c{at}"], dtype=object)
    stands_for = texts
    if _may_merge(at, columns, table):
        lookup = Places(territories, table.territory)
        first: dict[Place, str] = {}
        merged = []
        for text in texts:
            place = lookup.find(clean(str(unprotected([text])[0])))
            is_alone = isinstance(place, Unknown) or is_divided(clean(text))
            merged.append(text if is_alone else first.setdefault(place, text))
        stands_for = np.asarray(merged, dtype=object)
    connection.execute("create table places (id integer, text varchar, stands_for varchar)")
    rows = {"id": np.arange(len(texts)), "text": texts, "stands_for": stands_for}
    connection.register("found", _arrow(rows))
    connection.execute("insert into places select id, text, stands_for from found")
    return _Places(at, texts, stands_for)


def _arrow(columns: dict[str, np.ndarray]) -> object:
    import pyarrow as pa

    return pa.table({name: pa.array(list(values)) for name, values in columns.items()})


def _may_merge(at: int, columns: Columns, table: TableOptions) -> bool:
    """Only where the text of the territory is nothing but its place."""
    read = [*table.series.columns, *table.item.columns, table.period.column]
    elsewhere = {columns.find(c) for c in read if c is not None}
    elsewhere |= RowFilter(table, columns).columns
    territory = table.territory
    return (
        at not in elsewhere
        and territory.label is None
        and not territory.recode
        and not table.ignore_rows
    )


@dataclass(frozen=True)
class _Kinds:
    """The kinds of rows below the head of `grid`, and of each line its kind and its place.

    `kind_of` and `place_of` (n,) are 0-based, in order of lines.
    """

    grid: Grid
    kind_of: np.ndarray
    place_of: np.ndarray


def _kinds(
    connection: duckdb.DuckDBPyConnection,
    read: Sequence[int],
    width: int,
    places: _Places,
    head: Grid,
) -> _Kinds:
    """Group lines that are alike where options read, in order of their first ones."""
    others = [f"c{i}" for i in read if i != places.column]
    keys = ", ".join(["p.stands_for", *(f"l.{name}" for name in others)])
    joined = f"from lines l join places p on l.c{places.column} = p.text"
    connection.execute(
        "create table kinds as select row_number() over (order by first) - 1 as id, * from "  # noqa: S608
        f"(select {keys}, min(l.rowid) as first, count(*) as times {joined} group by {keys})"
    )
    count = _number(connection, "select count(*) from lines")
    same = " and ".join(["k.stands_for = p.stands_for", *(f"k.{c} = l.{c}" for c in others)])
    by_line = connection.sql(
        "select l.rowid as line, k.id::integer as kind, p.id::integer as place "
        f"{joined} join kinds k on {same}"
    )
    kind_of, place_of = np.empty(count, np.int32), np.empty(count, np.int32)
    for batch in by_line.to_arrow_reader(1 << 18):
        line = batch.column(0).to_numpy()
        kind_of[line], place_of[line] = batch.column(1).to_numpy(), batch.column(2).to_numpy()
    names = ", ".join(["first", "times", "stands_for", *others])
    found = connection.execute(f"select {names} from kinds order by id")  # noqa: S608
    order = [places.column, *(i for i in read if i != places.column)]
    rows, lines, times = [*head.rows], [*head.lines], [1] * len(head.rows)
    shared: dict[str, str] = {}
    while batch := found.fetchmany(_BATCH):
        for first, repeated, *cells in batch:
            row = [_CONTENT] * width
            for at, cell in zip(order, cells, strict=True):
                row[at] = shared.setdefault(cell, cell)
            rows.append(unprotected(row))
            lines.append(first + len(head.rows) + 1)
            times.append(repeated)
    return _Kinds(Grid(None, rows, lines, times=times), kind_of, place_of)


def _sum(
    figures: Sequence[RawFigure], kinds: _Kinds, above: int, places: _Places
) -> list[RawFigure] | None:
    """Add up the figures of each key over all lines of their kinds.

    Returns:
        None where the parts of a key stand in several columns, or one of several has no value.
    """
    row_of = {line: i - above for i, line in enumerate(kinds.grid.lines)}
    groups: dict[tuple[str, ...], list[RawFigure]] = {}
    for figure in figures:
        groups.setdefault(figure[:5], []).append(figure)
    by_column: dict[str, list[list[RawFigure]]] = {}
    for parts in groups.values():
        if any(part.column != parts[0].column for part in parts):
            return None
        by_column.setdefault(parts[0].column, []).append(parts)
    summed: dict[tuple[str, ...], RawFigure] = {}
    times = kinds.grid.times[above:]
    for column, keys in by_column.items():
        key_of = np.full(len(times), len(keys), np.int32)
        for number, parts in enumerate(keys):
            kind = [row_of[part.line] for part in parts]
            key_of[kind] = number
            if any(p.value is None for p in parts) and (len(kind) > 1 or times[kind[0]] > 1):
                return None
        is_place = column_index(column) == places.column
        for parts, lines in zip(keys, _lines_by(key_of[kinds.kind_of], len(keys)), strict=True):
            if is_place:
                texts = places.texts[kinds.place_of[lines]].tolist()
            else:
                text_of = {row_of[part.line]: part.raw_text for part in parts}
                texts = [text_of[kind] for kind in kinds.kind_of[lines].tolist()]
            many = [times[row_of[part.line]] for part in parts]
            summed[parts[0][:5]] = _add(parts, many, lines + above + 1, texts)
    return [summed[key] for key in groups]


def _lines_by(key: np.ndarray, count: int) -> Iterator[np.ndarray]:
    """Yield the 0-based lines of each key below `count`, in rising order."""
    order = np.argsort(key, kind="stable").astype(np.int32)
    ends = np.cumsum(np.bincount(key, minlength=count + 1))
    return (order[start:end] for start, end in pairwise([0, *ends[:count].tolist()]))


def _add(
    parts: Sequence[RawFigure], times: Sequence[int], lines: np.ndarray, texts: Sequence[str]
) -> RawFigure:
    """The same figure as `sums` makes of the same cells."""
    first = parts[0]
    if len(lines) == 1:
        return first._replace(raw_text=texts[0])
    statuses = {part.status for part in parts}
    return first._replace(
        value=math.fsum(_repeated(parts, times)),
        status=first.status if len(statuses) == 1 else str(Status.ESTIMATED),
        raw_text=PLUS.join(texts),
        column=ranges(first.column, lines),
    )


def _repeated(parts: Sequence[RawFigure], times: Sequence[int]) -> Iterator[float]:
    """Yield the values of all cells; whole ones multiplied, which rounds nothing."""
    for part, count in zip(parts, times, strict=True):
        value = part.value or 0.0
        yield from (value * count,) if value.is_integer() else repeat(value, count)


def ranges(column: str, lines: np.ndarray) -> str:
    """Write the cells of one column at rising lines (n,) as a spreadsheet does: `C2:C9,C12`."""
    breaks = np.flatnonzero(np.diff(lines) > 1)
    starts = lines[np.concatenate(([0], breaks + 1))]
    ends = lines[np.concatenate((breaks, [len(lines) - 1]))]
    texts = list(map(str, starts.tolist()))
    for i in np.flatnonzero(starts != ends).tolist():
        texts[i] += f":{column}{ends[i]}"
    return column + f",{column}".join(texts)


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])

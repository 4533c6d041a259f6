"""Writes a comparison as text, as a Markdown page for a changelog, and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from phare_pipeline.compare.diff import Diff
from phare_pipeline.compare.evidence import cell_text
from phare_pipeline.compare.tables import Move, Status, TableDiff

SHORT = 12
MAX_ROWS = 10


def as_text(diff: Diff) -> Iterator[str]:
    """Yield the lines of a comparison for a terminal."""
    yield f"{diff.before} -> {diff.after}: {_verdict(diff)}"
    for title, lines in _sections(diff):
        found = list(lines)
        if found:
            yield ""
            yield title
            yield from (f"  {line}" for line in found)


def as_markdown(diff: Diff) -> Iterator[str]:
    """Yield the lines of a page for a changelog."""
    yield f"# From {diff.before} to {diff.after}"
    yield ""
    yield f"{_verdict(diff).capitalize()}."
    for title, lines in _sections(diff):
        found = list(lines)
        if found:
            yield ""
            yield f"## {title.capitalize()}"
            yield ""
            yield from (f"- {line}" for line in found)


def _verdict(diff: Diff) -> str:
    red = [table.name for table in diff.tables if table.is_red]
    if red:
        return f"not comparable in whole: {', '.join(red)}"
    changed = sum(table.status is Status.CHANGED for table in diff.tables)
    if not changed and not diff.files:
        return "no table differs" if diff.inputs.is_same else "same tables from other inputs"
    return f"{changed} of {len(diff.tables)} tables differ"


def _sections(diff: Diff) -> Iterable[tuple[str, Iterable[str]]]:
    return (
        ("red", _red(diff)),
        ("causes not proven", [diff.obstacle] if diff.obstacle else []),
        ("made from other things", _inputs(diff)),
        ("cells that changed", _cells(diff.cells)),
        ("tables", _tables(diff)),
        ("largest moves", _moves(diff, {t.name: t.moves for t in diff.tables})),
        ("ranks that changed", _moves(diff, {t.name: t.ranks for t in diff.tables})),
        ("other files", _files(diff)),
    )


def _red(diff: Diff) -> Iterator[str]:
    for table in diff.tables:
        if table.is_red:
            yield f"{table.name}: {table.status}: {table.reason}"


def _inputs(diff: Diff) -> Iterator[str]:
    for path, (source, before, after) in diff.inputs.files.items():
        yield f"data: {source}: raw/{path}: {_short(before)} -> {_short(after)}"
    for path, (study, before, after) in diff.inputs.studies.items():
        yield f"study {study}: raw/{path}: {_short(before)} -> {_short(after)}"
    for row in diff.inputs.rows:
        yield f"{row.cause}: {row}"
    for name in diff.inputs.models:
        yield f"code: SQL model {name}"
    for name in diff.inputs.code:
        yield f"code: package {name}"
    for name in diff.inputs.others:
        yield f"code: {name}"


def _short(sha256: str | None) -> str:
    return "absent" if sha256 is None else sha256[:SHORT]


def _cells(cells: pd.DataFrame) -> Iterator[str]:
    for path, found in cells.groupby("origin_file", sort=True):
        kinds = found["kind"].value_counts().sort_index()
        counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        yield f"raw/{path}: {counts}"
        for cell in found.head(MAX_ROWS).to_dict("records"):
            yield f"  {cell_text(cell)}"
        if len(found) > MAX_ROWS:
            yield f"  and {len(found) - MAX_ROWS} more"


def _tables(diff: Diff) -> Iterator[str]:
    for table in diff.tables:
        if table.status is not Status.CHANGED:
            continue
        counts = [
            f"{len(rows)} {what}"
            for what, rows in (
                ("added", table.added),
                ("removed", table.removed),
                ("changed", table.changed),
            )
            if len(rows)
        ]
        if table.last_digits:
            counts.append(f"of these {table.last_digits} in the last digits only")
        columns = ", ".join(f"{name} {count}" for name, count in table.columns.items())
        causes = ", ".join(f"{name} {count}" for name, count in diff.causes[table.name].items())
        size = f"{table.rows_before} -> {table.rows_after} rows"
        yield f"{table.name}: {size}: {', '.join(counts)}"
        yield f"  columns: {columns or 'none'}; cause: {causes}"


def _moves(diff: Diff, moves: dict[str, pd.DataFrame]) -> Iterator[str]:
    """Yield the largest moves of each table, with what each of them is due to."""
    tables = {table.name: table for table in diff.tables}
    for name, rows in moves.items():
        for move in tables[name].moves_of(rows.head(MAX_ROWS)):
            causes = diff.attribution.of_row(name, dict(move.key))
            named = diff.attribution.evidence.of_row(causes, dict(move.key))
            why = f"; {named[0]}" if named else ""
            more = " …" if len(named) > 1 else ""
            yield (
                f"{name} {move.row}: {move.column} {_number(move.before)} -> "
                f"{_number(move.after)} ({' + '.join(sorted(causes))}{why}{more})"
            )
        if len(rows) > MAX_ROWS:
            yield f"and {len(rows) - MAX_ROWS} more of {name}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.10g}"


def _files(diff: Diff) -> Iterator[str]:
    if diff.files is None:
        yield "not compared: one side is not assembled yet"
        return
    folders: dict[tuple[str, str], int] = {}
    for path, what in diff.files.items():
        key = path.split("/")[0], what
        folders[key] = folders.get(key, 0) + 1
    for (folder, what), count in folders.items():
        yield f"{folder}: {count} {what}"


def as_data(diff: Diff) -> dict[str, Any]:
    """Return plain data, for JSON: everything, nothing cut."""
    return {
        "before": diff.before,
        "after": diff.after,
        "is_same": diff.is_same,
        "is_red": diff.is_red,
        "obstacle": diff.obstacle,
        "inputs": {
            "files": {
                path: {"source": source, "before": before, "after": after}
                for path, (source, before, after) in diff.inputs.files.items()
            },
            "studies": {
                path: {"study": study, "before": before, "after": after}
                for path, (study, before, after) in diff.inputs.studies.items()
            },
            "rows": [
                {
                    "cause": r.cause,
                    "table": r.table,
                    "row": r.row_id,
                    "kind": r.kind,
                    "columns": r.columns,
                }
                for r in diff.inputs.rows
            ],
            "models": diff.inputs.models,
            "code": diff.inputs.code,
            "others": diff.inputs.others,
        },
        "cells": _plain(diff.cells),
        "tables": {table.name: _table(diff, table) for table in diff.tables},
        "files": diff.files,
    }


def _table(diff: Diff, table: TableDiff) -> dict[str, Any]:
    return {
        "status": table.status,
        "reason": table.reason,
        "rows_before": table.rows_before,
        "rows_after": table.rows_after,
        "added": _plain(table.added),
        "removed": _plain(table.removed),
        "changed": _plain(table.changed),
        "last_digits": table.last_digits,
        "columns": table.columns,
        "causes": dict(diff.causes.get(table.name, {})),
        "moves": [_move(diff, move) for move in table.moves_of(table.moves)],
        "ranks": [_move(diff, move) for move in table.moves_of(table.ranks)],
    }


def _move(diff: Diff, move: Move) -> dict[str, Any]:
    key = dict(move.key)
    causes = diff.attribution.of_row(move.table, key)
    return {
        "row": {name: str(value) for name, value in key.items()},
        "column": move.column,
        "before": move.before,
        "after": move.after,
        "size": move.size,
        "causes": sorted(causes),
        "evidence": diff.attribution.evidence.of_row(causes, key),
    }


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows of a frame for JSON; what is missing is null."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {
            str(name): cell if cell is None or isinstance(cell, str | float | tuple) else str(cell)
            for name, cell in row.items()
        }
        for row in rows
    ]

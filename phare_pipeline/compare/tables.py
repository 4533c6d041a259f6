"""Finds what differs between two versions of a table, row by row; why is said in `causes`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.contract.fields import FIELDS
from phare_pipeline.contract.tables import MAY_BE_EMPTY, TABLES

# Sums of the same parts in another order differ by no more than this.
ROUNDING = 1e-12
_SIDES = ("_a", "_b")


class Status(StrEnum):
    """What became of a table; everything but SAME and CHANGED is red."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"
    EMPTY = "without rows"
    NO_KEY = "not comparable"


@dataclass(frozen=True)
class Move:
    """A number that changed: in which row (names and values of its key), from what to what.

    Its size is the difference beside the larger of the two numbers; appearing or going away is 1.
    """

    table: str
    key: tuple[tuple[str, Any], ...]
    column: str
    before: float | None
    after: float | None
    size: float

    @property
    def row(self) -> str:
        """The row's key as text."""
        return ", ".join(str(value) for _, value in self.key)


@dataclass(frozen=True)
class TableDiff:
    """How two versions of a table differ.

    Attributes:
        name: the table.
        status: what became of it; `reason` says it in words where it is red.
        rows_before, rows_after: numbers of rows.
        added, removed: keys of rows that only one side has.
        changed: keys of rows that differ, with the columns that do.
        last_digits: how many of these differ by rounding only.
        columns: how many rows differ by column; columns of one side only stand with all its rows.
        moves: every number that changed, the largest move first: the key, `column`, `before`,
            `after`, `size`.
        ranks: the same of ranks.
    """

    name: str
    status: Status
    reason: str = ""
    rows_before: int = 0
    rows_after: int = 0
    added: pd.DataFrame = field(default_factory=pd.DataFrame)
    removed: pd.DataFrame = field(default_factory=pd.DataFrame)
    changed: pd.DataFrame = field(default_factory=pd.DataFrame)
    last_digits: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    moves: pd.DataFrame = field(default_factory=pd.DataFrame)
    ranks: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def is_red(self) -> bool:
        """Tell whether there is nothing that could be compared."""
        return self.status not in (Status.SAME, Status.CHANGED)

    def moves_of(self, rows: pd.DataFrame) -> Iterator[Move]:
        """Yield rows of `moves` or `ranks` one by one."""
        for row in rows.to_dict("records"):
            key = tuple((k, row[k]) for k in TABLES[self.name].key)
            before, after = _number(row["before"]), _number(row["after"])
            yield Move(self.name, key, str(row["column"]), before, after, float(row["size"]))


def compare_tables(name: str, before: pd.DataFrame | None, after: pd.DataFrame | None) -> TableDiff:
    """Compare two versions of a table by its declared key.

    Args:
        name: the table.
        before: its rows on the first side, None when it has none.
        after: its rows on the second side.

    Returns:
        what differs; a table that is missing or has no row is red, never "no difference".
    """
    reason = _red(name, before, after)
    if reason is not None or before is None or after is None:
        status, text = reason or (Status.MISSING, "")
        return TableDiff(
            name,
            status,
            text,
            rows_before=0 if before is None else len(before),
            rows_after=0 if after is None else len(after),
        )
    if before.equals(after):
        return TableDiff(name, Status.SAME, rows_before=len(before), rows_after=len(after))
    return _compare(name, before, after, list(TABLES[name].key))


def _red(
    name: str, before: pd.DataFrame | None, after: pd.DataFrame | None
) -> tuple[Status, str] | None:
    """Return why two versions of a table cannot be compared, None when they can."""
    if before is None or after is None:
        side = "the first" if before is None else "the second"
        return Status.MISSING, f"{side} side has no such table"
    if not (len(before) and len(after)) and name not in MAY_BE_EMPTY:
        side = "one side has" if len(before) or len(after) else "both sides have"
        return Status.EMPTY, f"{side} no row"
    key = set(TABLES[name].key) if name in TABLES else set()
    if not key or not key <= set(before.columns) & set(after.columns):
        return Status.NO_KEY, "its key is not declared in this version"
    return None


def _compare(name: str, before: pd.DataFrame, after: pd.DataFrame, key: list[str]) -> TableDiff:
    merged = before.merge(
        after, on=key, how="outer", suffixes=_SIDES, indicator=True, validate="one_to_one"
    )
    both = merged[merged["_merge"] == "both"].reset_index(drop=True)
    shared = [c for c in before.columns if c in after.columns and c not in key]
    differs = pd.DataFrame(
        {c: ~_same(both[f"{c}_a"], both[f"{c}_b"]) for c in shared}, index=both.index
    )
    is_changed = differs.any(axis=1) if shared else pd.Series(False, index=both.index)
    rounding = _only_rounding(both, differs) & is_changed
    columns = {c: int(differs[c].sum()) for c in shared if differs[c].any()}
    columns |= {f"-{c}": len(before) for c in before.columns if c not in after.columns}
    columns |= {f"+{c}": len(after) for c in after.columns if c not in before.columns}
    changed = both.loc[is_changed, key]
    changed["columns"] = _names(differs[is_changed])
    added = merged.loc[merged["_merge"] == "right_only", key].reset_index(drop=True)
    removed = merged.loc[merged["_merge"] == "left_only", key].reset_index(drop=True)
    moves = _moves(both, differs, key)
    is_rank = moves["column"].map(_is_rank).astype(bool)
    is_same = not (len(added) or len(removed) or len(changed) or columns)
    return TableDiff(
        name,
        Status.SAME if is_same else Status.CHANGED,
        rows_before=len(before),
        rows_after=len(after),
        added=added,
        removed=removed,
        changed=changed.reset_index(drop=True),
        last_digits=int(rounding.sum()),
        columns=columns,
        moves=moves[~is_rank].reset_index(drop=True),
        ranks=moves[is_rank].reset_index(drop=True),
    )


def _names(differs: pd.DataFrame) -> list[str]:
    """Name the columns that are true, row by row; few combinations occur, in many rows."""
    if differs.empty:
        return []
    kinds, which = np.unique(differs.to_numpy(dtype=bool), axis=0, return_inverse=True)
    names = [", ".join(differs.columns[kind]) for kind in kinds]
    return [names[position] for position in which]


def _same(one: pd.Series, two: pd.Series) -> pd.Series:
    """Tell where two columns hold the same, holes included; types may differ."""
    holes = one.isna() & two.isna()
    if pd.api.types.is_numeric_dtype(one.dtype) and pd.api.types.is_numeric_dtype(two.dtype):
        equal = _numbers(one) == _numbers(two)
        return pd.Series(equal, index=one.index) | holes
    return (one.astype(object) == two.astype(object)).fillna(False).astype(bool) | holes


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    return np.asarray(column.astype("Float64").to_numpy("float64", na_value=np.nan))


def _only_rounding(both: pd.DataFrame, differs: pd.DataFrame) -> pd.Series:
    """Tell in which rows all that differs is the last digits of numbers."""
    close = pd.Series(True, index=both.index)
    for column in differs.columns:
        one, two = both[f"{column}_a"], both[f"{column}_b"]
        if pd.api.types.is_float_dtype(one.dtype) and pd.api.types.is_float_dtype(two.dtype):
            near = np.isclose(_numbers(one), _numbers(two), rtol=ROUNDING, atol=ROUNDING)
            close &= ~differs[column] | near
        else:
            close &= ~differs[column]
    return close


def _moves(both: pd.DataFrame, differs: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Return every number that changed, the largest move first."""
    columns = [*key, "column", "before", "after", "size"]
    found = [pd.DataFrame(columns=columns)]
    for column in differs.columns[differs.any()]:
        if not _is_number(column):
            continue
        rows = both[differs[column]]
        before, after = _numbers(rows[f"{column}_a"]), _numbers(rows[f"{column}_b"])
        largest = np.fmax(np.abs(before), np.abs(after))
        size = np.abs(after - before) / np.where(largest > 0, largest, 1.0)
        moved = rows[list(key)].assign(
            column=column, before=before, after=after, size=np.nan_to_num(size, nan=1.0)
        )
        found.append(moved)
    parts = [frame for frame in found if len(frame)] or found[:1]
    order, ascending = ["size", "column", *key], [False] + [True] * (1 + len(key))
    moves = pd.concat(parts, ignore_index=True)
    return moves.sort_values(order, ascending=ascending, ignore_index=True)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _is_number(column: str) -> bool:
    return column in FIELDS and FIELDS[column].type in ("float64", "int32")


def _is_rank(column: str) -> bool:
    """Tell whether a column is a place among regions, not a fixed order of the registry."""
    return column in FIELDS and FIELDS[column].unit == "rank" and not column.endswith("_order")

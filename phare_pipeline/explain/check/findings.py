"""Compares a published table with recomputed columns, and says what differs; it computes neither.

Tolerance: 1e-12, relative or absolute, for sums are not made in the same order; ranks, years,
statuses and flags must be equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from phare_pipeline.explain.rendering.tree import RELATIVE_TOLERANCE

MAX_SAMPLES = 5


@dataclass(frozen=True)
class Finding:
    """What one comparison found.

    Attributes:
        name: what was compared, `table.column` or the cells of the sources.
        compared: how many figures.
        failed: how many differ.
        samples: the first of them, each in one line.
    """

    name: str
    compared: int
    failed: int
    samples: tuple[str, ...]


def compare(
    rows: pd.DataFrame,
    expected: pd.DataFrame,
    columns: Sequence[str],
    key: list[str],
    table: str,
) -> Iterator[Finding]:
    """Compare columns of a published table with recomputed ones that have the same index."""
    for column in columns:
        found, wanted = rows[column], expected[column].reindex(rows.index)
        if is_text(found) or is_text(wanted):
            is_wrong = found.fillna("").astype(str) != wanted.fillna("").astype(str)
        else:
            is_wrong = ~is_close(found, wanted)
        wrong = rows[is_wrong].assign(expected=wanted[is_wrong])
        yield Finding(
            f"{table}.{column}",
            len(rows),
            int(is_wrong.sum()),
            samples(wrong, key, column, "expected"),
        )


def compare_by_key(
    rows: pd.DataFrame,
    recomputed: pd.DataFrame,
    columns: Sequence[str],
    key: list[str],
    table: str,
) -> Iterator[Finding]:
    """Compare columns of two tables row by row of a key; a row of one alone is a difference.

    Where both are empty there is nothing to find.
    """
    if rows.empty and recomputed.empty:
        return
    both = rows[key].merge(recomputed[key], on=key, how="outer", indicator=True)
    alone = both[both["_merge"] != "both"]
    alone = alone.assign(found=alone["_merge"].astype(str))
    yield Finding(
        f"{table}: rows",
        len(rows),
        len(alone),
        samples(alone.assign(expected="both"), key, "found", "expected"),
    )
    expected = rows[key].merge(recomputed, on=key, how="left", validate="one_to_one")
    expected.index = rows.index
    yield from compare(rows, expected, columns, key, table)


def is_text(column: pd.Series) -> bool:
    """Tell whether a column holds texts."""
    return bool(column.dropna().map(lambda value: isinstance(value, str)).any())


def is_close(found: pd.Series, wanted: pd.Series) -> pd.Series:
    """Tell where two columns are both absent, or equal but for the rounding of sums."""
    one, two = (
        column.astype("Float64").astype("float64").to_numpy(na_value=np.nan)
        for column in (found, wanted)
    )
    close = np.isclose(one, two, rtol=RELATIVE_TOLERANCE, atol=RELATIVE_TOLERANCE, equal_nan=True)
    return pd.Series(close, index=found.index)


def samples(wrong: pd.DataFrame, key: list[str], column: str, expected: str) -> tuple[str, ...]:
    """Write the first wrong figures with their place, what was found and what was expected."""
    return tuple(
        f"{', '.join(str(row[name]) for name in key)}: {row[column]!r}, expected {row[expected]!r}"
        for row in wrong.head(MAX_SAMPLES).to_dict("records")
    )

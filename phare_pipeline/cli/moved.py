"""Tells in a few lines what moved from one release to the next; `phare diff` says why."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

INDICATOR = ["year", "region_code", "indicator_id"]
SCORE = ["year", "region_code"]
MOST_NAMED = 5


def moved_lines(before: Path, after: Path) -> list[str]:
    """Compare the published indicators and ranks of two releases.

    Args:
        before: folder of the release that was current.
        after: folder of the one that is now.

    Returns:
        a line for the indicators, one for the ranks; only what both releases have is compared.
    """
    values = _both(before, after, "out_indicators", INDICATOR, "value")
    moved = values[_differs(values)]
    lines = [
        f"{len(moved)} of {len(values)} indicator values moved"
        + _most(moved["indicator_id"].value_counts())
    ]
    ranks = _both(before, after, "out_scores", SCORE, "fragility_rank")
    other = ranks[_differs(ranks)]
    lines.append(
        f"{len(other)} of {len(ranks)} ranks of the index moved"
        + _most(other["year"].value_counts())
    )
    return lines


def _both(before: Path, after: Path, table: str, key: list[str], column: str) -> pd.DataFrame:
    sides = []
    for folder in (before, after):
        rows = pd.read_parquet(folder / "marts" / f"{table}.parquet")
        if "component_level" in rows:
            rows = rows[rows["component_level"] == "index"]
        sides.append(rows[[*key, column]].rename(columns={column: "figure"}))
    return sides[0].merge(sides[1], on=key, suffixes=("_a", "_b"), validate="one_to_one")


def _differs(rows: pd.DataFrame) -> pd.Series:
    a, b = (rows[f"figure_{side}"].astype("float64") for side in "ab")
    differs: pd.Series = (a != b) & ~(a.isna() & b.isna())
    return differs


def _most(counts: pd.Series) -> str:
    if counts.empty:
        return ""
    named = ", ".join(f"{name} ({n})" for name, n in counts.head(MOST_NAMED).items())
    more = f" and {len(counts) - MOST_NAMED} more" if len(counts) > MOST_NAMED else ""
    return f": {named}{more}"

"""Compares a renewed source with what the last release was made from; nothing is read or written.

A comparison stops or lets pass, it never changes a figure: published bytes do not depend on what
was published before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from phare_pipeline.registry.witness_limits import WitnessLimits

KEY = ["measure_id", "territory_level", "territory_code", "period", "item"]
GROUP = ["measure_id", "territory_level"]
# Fewer figures say nothing of a share, a median or a repetition.
LEAST_CELLS = 5
# Standard deviations of a count that chance alone moves (Poisson).
CHANCE = 3.0
NAMED = 3


@dataclass(frozen=True)
class Finding:
    """What is beyond a limit in the figures of one measure and level.

    Attributes:
        rule: `gone`, `moved`, `jumped`, `total`, `stepped` or `repeated`.
        measure_id: the measure.
        level: the level of its territories.
        cells: each cell with what stood there and what stands there now.
        text: one sentence for the operator, with the first cells.
    """

    rule: str
    measure_id: str
    level: str
    cells: tuple[str, ...]
    text: str

    @property
    def cells_sha256(self) -> str:
        """The hash of the named cells with their values, in order."""
        return hashlib.sha256("\n".join(self.cells).encode()).hexdigest()


@dataclass(frozen=True)
class Comparison:
    """What moved in one source: counts for the log, findings for the operator."""

    compared: int
    added: int
    gone: int
    changed: int
    findings: tuple[Finding, ...]


def compare(before: pd.DataFrame, after: pd.DataFrame, limits: WitnessLimits) -> Comparison:
    """Compare the staged figures of one source with those of the last release.

    Args:
        before: columns `KEY` and `value` (NaN where the figure is not known), each key once.
        after: the same of what is staged now; measures of one side alone are not compared, for
            the registry, not the file, has brought or taken them.
        limits: what passes.
    """
    shared = set(before["measure_id"]) & set(after["measure_id"])
    old, new = (_known(frame, shared) for frame in (before, after))
    cells = old.merge(new, on=KEY, how="outer", suffixes=("_a", "_b"), validate="one_to_one")
    a, b = cells["value_a"], cells["value_b"]
    both = a.notna() & b.notna()
    findings = [
        *_gone(cells[a.notna()], limits),
        *_moved(cells[both], limits),
        *_totals(cells[both], limits),
        *_stepped(old, new, limits),
        *_repeated(old, new, limits),
    ]
    return Comparison(
        compared=int(both.sum()),
        added=int((a.isna() & b.notna()).sum()),
        gone=int((a.notna() & b.isna()).sum()),
        changed=int((both & (a != b)).sum()),
        findings=tuple(findings),
    )


def _known(frame: pd.DataFrame, measures: set[str]) -> pd.DataFrame:
    """Return the known figures of some measures, in the order of their key."""
    is_kept = frame["measure_id"].isin(measures) & frame["value"].notna()
    return frame.loc[is_kept, [*KEY, "value"]].sort_values(KEY, ignore_index=True)


def is_beyond_chance(a: pd.Series, b: pd.Series) -> pd.Series:
    """Tell which changes are more than chance makes of small whole counts."""
    is_count = (a % 1 == 0) & (b % 1 == 0)
    chance = CHANCE * np.sqrt(np.maximum(a.abs(), b.abs()))
    return ~is_count | ((a - b).abs() > chance)


def _gone(cells: pd.DataFrame, limits: WitnessLimits) -> Iterator[Finding]:
    """A whole period or territory that is lost counts however few cells it has."""
    for keys, group in cells.groupby(GROUP):
        lost = group["value_b"].isna()
        if not lost.any():
            continue
        vanished = {
            name: sorted(set(group[column]) - set(group.loc[~lost, column]))
            for name, column in (("periods", "period"), ("territories", "territory_code"))
        }
        whole = [f"{name} {_few(codes)}" for name, codes in vanished.items() if codes]
        if whole or lost.mean() > limits.gone_share:
            why = f"; nothing is left of {', '.join(whole)}" if whole else ""
            text = f"{lost.sum()} of {len(group)} figures are gone{why}"
            yield _finding("gone", keys, group[lost], text)


def _moved(cells: pd.DataFrame, limits: WitnessLimits) -> Iterator[Finding]:
    a, b = cells["value_a"], cells["value_b"]
    larger = np.maximum(a.abs(), b.abs())
    smaller = np.minimum(a.abs(), b.abs())
    is_moved = ((a - b).abs() > limits.moved_change * larger) & is_beyond_chance(a, b)
    has_jumped = is_moved & (
        (larger >= limits.jump_factor * smaller) | (np.sign(a) * np.sign(b) < 0)
    )
    for keys, group in cells.assign(moved=is_moved, jumped=has_jumped).groupby(GROUP):
        jumped, moved = group[group["jumped"]], group[group["moved"]]
        if len(jumped) > limits.jump_cells:
            text = f"{len(jumped)} of {len(group)} figures jump{_scale(jumped)}"
            yield _finding("jumped", keys, jumped, text)
        if len(moved) > max(1, limits.moved_share * len(group)):
            text = f"{len(moved)} of {len(group)} figures move by more than "
            yield _finding("moved", keys, moved, f"{text}{limits.moved_change:.0%}")


def _scale(cells: pd.DataFrame) -> str:
    """Say when ratios are near a power of ten: then a unit has changed, not a figure."""
    known = cells[(cells["value_a"] != 0) & (cells["value_b"] != 0)]
    powers = pd.Series(np.log10((known["value_b"] / known["value_a"]).abs()))
    near = powers[((powers - powers.round()).abs() < 0.03) & (powers.round() != 0)].round()
    if near.empty:
        return ""
    power, count = int(near.mode().iloc[0]), int((near == near.mode().iloc[0]).sum())
    factor = f"× {10**power}" if power > 0 else f"÷ {10**-power}"
    return f", {count} of them {factor}"


def _totals(cells: pd.DataFrame, limits: WitnessLimits) -> Iterator[Finding]:
    by = [*GROUP, "period", "item"]
    sums = cells.groupby(by, as_index=False)[["value_a", "value_b"]].sum()
    a, b = sums["value_a"], sums["value_b"]
    larger = np.maximum(a.abs(), b.abs())
    is_over = ((a - b).abs() > limits.total_change * larger) & is_beyond_chance(a, b)
    over = sums[is_over].assign(territory_code="all territories")
    for keys, group in over.groupby(GROUP):
        yield _finding("total", keys, group, f"the total of {len(group)} periods moves")


def _pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """Put beside each figure that of the period before it: `value_a`, `value_b`, `before`."""
    periods = (
        frame[["measure_id", "period"]].drop_duplicates().sort_values(["measure_id", "period"])
    )
    periods["before"] = periods.groupby("measure_id")["period"].shift()
    later = frame.merge(periods.dropna(), on=["measure_id", "period"], validate="many_to_one")
    earlier = frame.rename(columns={"period": "before"})
    on = ["before" if name == "period" else name for name in KEY]
    return earlier.merge(later, on=on, suffixes=("_a", "_b"), validate="one_to_one")


def _stepped(old: pd.DataFrame, new: pd.DataFrame, limits: WitnessLimits) -> Iterator[Finding]:
    """Find new periods whose figures are of another size than those of the period beside them."""
    usual = _steps(old).groupby(GROUP)["step"].max()
    known = set(map(tuple, old[[*GROUP, "period"]].drop_duplicates().to_numpy()))
    for row in _steps(new).to_dict("records"):
        keys = (row["measure_id"], row["territory_level"])
        if (*keys, row["period"]) in known and (*keys, row["before"]) in known:
            continue
        # The logarithm: twice the largest step known is its sum with that of two.
        least = max(np.log(limits.step_factor), usual.get(keys, 0.0) + np.log(2))
        if row["step"] > least:
            cells = _pair_cells(new, row)
            text = f"a new period is {np.exp(row['step']):.3g} times the size of the one beside it"
            yield _finding("stepped", keys, cells, text)


def _steps(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the median size of the step between neighbouring periods, as |log| of the ratio."""
    pairs = _pairs(frame)
    pairs = pairs[(pairs["value_a"] > 0) & (pairs["value_b"] > 0)]
    steps = np.log(pairs["value_b"] / pairs["value_a"])
    by = [*GROUP, "before", "period"]
    groups = pairs.assign(step=steps).groupby(by)
    found: pd.DataFrame = groups.agg(step=("step", "median"), size=("step", "size")).reset_index()
    found["step"] = found["step"].abs()
    is_enough = found["size"] >= LEAST_CELLS
    return found[is_enough]


def _pair_cells(frame: pd.DataFrame, row: Mapping[Hashable, Any]) -> pd.DataFrame:
    pairs: pd.DataFrame = _pairs(frame[frame["measure_id"] == row["measure_id"]])
    is_level = pairs["territory_level"] == row["territory_level"]
    is_pair: pd.Series = is_level & (pairs["period"] == row["period"])
    return pairs.loc[is_pair]


def _repeated(old: pd.DataFrame, new: pd.DataFrame, limits: WitnessLimits) -> Iterator[Finding]:
    """Find periods that repeat the one before them, in measures that did not do so before."""
    usual = set(map(tuple, repeated_periods(old, limits.repeated_share)[GROUP].to_numpy()))
    for row in repeated_periods(new, limits.repeated_share).to_dict("records"):
        keys = (row["measure_id"], row["territory_level"])
        if keys not in usual:
            text = f"{row['share']:.0%} of the figures of {row['period']} are those of "
            yield _finding("repeated", keys, _pair_cells(new, row), f"{text}{row['before']}")


def repeated_periods(frame: pd.DataFrame, share: float) -> pd.DataFrame:
    """Return the periods that repeat the one before them.

    Args:
        frame: known figures, columns `KEY` and `value`.
        share: share of equal figures from which a period repeats; zeros say nothing.

    Returns:
        a row a period: `GROUP`, `before`, `period`, `share`, `size`.
    """
    # Lists of single places (cinemas, schools) hardly change one by one; their sums do.
    places = [name for name in KEY if name != "item"]
    pairs = _pairs(frame.groupby(places, as_index=False)["value"].sum().assign(item=""))
    pairs = pairs[(pairs["value_a"] != 0) | (pairs["value_b"] != 0)]
    by = [*GROUP, "before", "period"]
    groups = pairs.assign(share=pairs["value_a"] == pairs["value_b"]).groupby(by)
    found = groups.agg(
        share=("share", "mean"), size=("share", "size"), different=("value_b", "nunique")
    ).reset_index()
    is_told = (found["size"] >= LEAST_CELLS) & (found["different"] >= LEAST_CELLS)
    return found[is_told & (found["share"] >= share)].drop(columns="different")


def _finding(rule: str, keys: tuple[Hashable, ...], cells: pd.DataFrame, text: str) -> Finding:
    named = tuple(_names(cells))
    measure_id, level = map(str, keys)
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    first = "; ".join(named[:NAMED])
    return Finding(rule, measure_id, level, named, f"{measure_id}, {level}: {text}: {first}{more}")


def _names(cells: pd.DataFrame) -> Iterator[str]:
    rows = cells.sort_values(["period", "territory_code", "item"])
    for row in rows.to_dict("records"):
        place = " ".join(filter(None, (row["territory_code"], row["period"], row["item"])))
        yield f"{place}: {_figure(row['value_a'])} → {_figure(row['value_b'])}"


def _figure(value: float) -> str:
    return "nothing" if np.isnan(value) else f"{value:.10g}"


def _few(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return ", ".join(found[:NAMED]) + more

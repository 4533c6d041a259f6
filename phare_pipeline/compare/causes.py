"""Says why figures moved, by recomputing them with one thing exchanged at a time.

A figure moved by its data when it moves as soon as the cells of the other side stand in the place
of its own, by the registry when the rows of the other registry do that, and so on. Where the
present code makes something else of a side's own inputs than that side published, the code moved
it. More than one thing may have moved a figure. Where figures stand still and the present rule of
ties gives the ranks and flags of one side only, that rule moved them. What follows from figures is
in `attribution`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
import pandas as pd

from phare_pipeline.compare.declared import GEOGRAPHY
from phare_pipeline.compare.inputs import CELL_KEY
from phare_pipeline.compare.side import Side
from phare_pipeline.compare.tables import TableDiff
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.recompute.comparison import DERIVED, candidates, derive, on_grid, place
from phare_pipeline.explain.recompute.indicators import recompute
from phare_pipeline.registry.model import Registry

INDICATORS = "out_indicators"
KEY = ["year", "indicator_id", "region_code"]
NUMBERS = ["value", "france_value", "data_year"]
TEXTS = ["value_status", "has_break"]


class Cause(StrEnum):
    """Why a figure moved; EDITION where one side does not have the whole edition.

    A row of the registry that only one side has, or has elsewhere, is a cause of its own.
    """

    DATA = "data"
    CORRECTION = "correction"
    REGISTRY = "registry"
    ROW_ADDED = "row added"
    ROW_REMOVED = "row removed"
    ROW_MOVED = "row moved"
    GEOGRAPHY = "geography"
    CODE = "code"
    TIES = "ties"
    EDITION = "edition"
    UNKNOWN = "unknown"


ROWS = frozenset({Cause.ROW_ADDED, Cause.ROW_REMOVED, Cause.ROW_MOVED})

Causes = frozenset[Cause]
Figure = tuple[int, str, str]
"""Edition, indicator and region."""


@dataclass(frozen=True)
class FigureCauses:
    """Why figures moved, by edition, indicator and region.

    Attributes:
        by_figure: the causes of those that moved.
        ties: those that stand still while what is level with what is judged otherwise.
    """

    by_figure: Mapping[Figure, Causes]
    ties: frozenset[Figure] = frozenset()

    def named(self, name: Callable[[str, Causes], Causes]) -> FigureCauses:
        """Return the causes as `name` calls them, given the indicator."""
        return FigureCauses({f: name(f[1], causes) for f, causes in self.by_figure.items()})

    def of_edition(self, year: int) -> Causes:
        """Return the causes of all figures of an edition."""
        return union(c for (y, _), c in self._by_indicator.items() if y == year)

    def of_indicator(self, year: int, indicator_id: str) -> Causes:
        """Return the causes of all regions' figures of an indicator in an edition."""
        return self._by_indicator.get((year, indicator_id), frozenset())

    def ties_of_edition(self, year: int) -> Causes:
        """Return whether ties are judged otherwise in an edition: this cause, or none."""
        return frozenset({Cause.TIES} if any(figure[0] == year for figure in self.ties) else ())

    @cached_property
    def _by_indicator(self) -> dict[tuple[int, str], Causes]:
        found: dict[tuple[int, str], Causes] = {}
        for (year, indicator_id, _), causes in self.by_figure.items():
            key = year, indicator_id
            found[key] = found.get(key, frozenset()) | causes
        return found


def union(found: Iterable[Causes]) -> Causes:
    """Return all causes of several things."""
    return frozenset[Cause]().union(*found)


def figure_causes(before: Side, after: Side, diff: TableDiff, cells: pd.DataFrame) -> FigureCauses:
    """Find the causes of all figures of `out_indicators` that moved.

    Args:
        before: the first side.
        after: the second side.
        diff: how `out_indicators` differs.
        cells: the staged cells that differ (see `inputs.compare_cells`).
    """
    touched = cells["correction_id_a"].notna() | cells["correction_id_b"].notna()
    corrected = cells.loc[touched, CELL_KEY]
    tables = before.table(INDICATORS), after.table(INDICATORS)
    changed = [frame[KEY] for frame in (diff.changed, diff.added, diff.removed) if len(frame)]
    rows = pd.concat(changed) if changed else pd.DataFrame(columns=KEY)
    # One experiment for all editions that were made from the same two states.
    experiments: dict[tuple[str, str], tuple[_Experiment, list[int]]] = {}
    names = sorted(set(rows["indicator_id"]))
    for year in sorted({int(year) for year in rows["year"]}):
        states = before.state_of(year), after.state_of(year)
        pair = states[0].name, states[1].name
        if pair not in experiments:
            experiments[pair] = _Experiment(*states, corrected, names), []
        experiments[pair][1].append(year)
    found: dict[Figure, Causes] = {}
    for experiment, years in experiments.values():
        for year in years:
            one, two = (t[(t["year"] == year) & t["indicator_id"].isin(set(names))] for t in tables)
            found |= experiment.causes(year, one, two)
    return FigureCauses(found, _judged_otherwise(*tables, frozenset(found)))


def _judged_otherwise(
    one: pd.DataFrame, two: pd.DataFrame, moved: frozenset[Figure]
) -> frozenset[Figure]:
    """Return the figures whose ranks and flags follow on one side only from the present rule.

    Not those of an indicator and edition in which any figure moved.
    """
    unfit = _unfit(one) ^ _unfit(two)
    touched = {(year, name) for year, name, _ in moved}
    return frozenset(figure for figure in unfit if figure[:2] not in touched)


def _unfit(rows: pd.DataFrame) -> set[Figure]:
    """Return the figures of which the present rule makes other ranks or flags than published."""
    expected, is_unfit = derive(rows), np.zeros(len(rows), dtype=bool)
    for name in DERIVED:
        published, derived = (
            frame[name].astype("Float64").to_numpy("float64", na_value=np.nan)
            for frame in (rows, expected)
        )
        is_unfit |= ~np.isclose(published, derived, rtol=1e-12, atol=0, equal_nan=True)
    keys = rows.loc[is_unfit, KEY].itertuples(index=False, name=None)
    return {(int(year), str(name), str(code)) for year, name, code in keys}


class _Experiment:
    """Recomputes editions with cells, registry or geography of one side or the other."""

    def __init__(
        self, one: State, two: State, corrected: pd.DataFrame, names: Collection[str]
    ) -> None:
        self._names = names
        own, other = one.observations(), two.observations()
        self._cells = {
            "one": own,
            "two": own if own.equals(other) else other,
            "corrected": _exchange(own, other, corrected) if len(corrected) else own,
        }
        first, second = one.registry, two.registry
        is_same = first == second
        self._registries = {
            "one": first,
            "two": first if is_same else second,
            "geography": first if is_same else _with_geography(first, second),
            "others": first if is_same else _with_geography(second, first),
        }
        self._recomputed: dict[tuple[int, int], pd.DataFrame] = {}

    def causes(self, year: int, one: pd.DataFrame, two: pd.DataFrame) -> dict[Figure, Causes]:
        """Return the causes of each figure of an edition that differs between two tables."""
        base, goal = self._figures(year, "one", "one"), self._figures(year, "two", "two")
        exchanged = self._figures(year, "two", "one")
        corrected = self._figures(year, "corrected", "one")
        by_correction = _moved(base, corrected)
        by_cells = _moved(base, exchanged) | _moved(goal, self._figures(year, "one", "two"))
        moved = {
            Cause.CORRECTION: by_correction,
            # Cells that only a correction touches are no new data.
            Cause.DATA: by_cells - (by_correction - _moved(corrected, exchanged)),
            Cause.GEOGRAPHY: _moved(base, self._figures(year, "one", "geography")),
            Cause.REGISTRY: _moved(base, self._figures(year, "one", "others")),
            Cause.CODE: _moved(base, one) | _moved(goal, two),
        }
        return {
            figure: frozenset(c for c, figures in moved.items() if figure in figures)
            or frozenset({Cause.UNKNOWN})
            for figure in _moved(one, two)
        }

    def _figures(self, year: int, cells: str, registry: str) -> pd.DataFrame:
        """Place figures in an edition; what is the same on both sides is recomputed once."""
        chosen, rows = self._registries[registry], self._cells[cells]
        indicators = [i for i in chosen.indicators.values() if i.indicator_id in self._names]
        codes = [region.region_code for region in chosen.study_regions]
        names = [i.indicator_id for i in indicators]
        key = id(rows), id(chosen)
        if key not in self._recomputed:
            self._recomputed[key] = recompute(chosen, rows, names).figures
        figures = self._recomputed[key]
        placed = place(figures, candidates(figures, indicators, codes), indicators, year)
        grid = pd.MultiIndex.from_product([[year], names, codes], names=KEY)
        return on_grid(placed, grid.to_frame(index=False))


def _exchange(own: pd.DataFrame, other: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Return cells with those of some keys taken from the other side."""
    marked = keys.assign(is_taken=True)
    kept = own.merge(marked, on=CELL_KEY, how="left")
    taken = other.merge(marked, on=CELL_KEY, how="inner")
    return pd.concat([kept[kept["is_taken"].isna()], taken]).drop(columns="is_taken")


def _with_geography(registry: Registry, other: Registry) -> Registry:
    """Return a registry with the territories of another one."""
    return replace(registry, **{name: getattr(other, name) for name in sorted(GEOGRAPHY)})


def _moved(one: pd.DataFrame, two: pd.DataFrame) -> set[Figure]:
    """Return the figures whose value, France or year differ beyond rounding, or their status."""
    columns = [*KEY, *NUMBERS, *TEXTS]
    both = one[columns].merge(two[columns], on=KEY, how="outer", suffixes=("_a", "_b"))
    is_moved = np.zeros(len(both), dtype=bool)
    for name in TEXTS:
        texts = [both[f"{name}{side}"].astype(object).astype(str) for side in ("_a", "_b")]
        is_moved |= (texts[0] != texts[1]).to_numpy(dtype=bool)
    for name in NUMBERS:
        first, second = (
            both[f"{name}{side}"].astype("Float64").to_numpy("float64", na_value=np.nan)
            for side in ("_a", "_b")
        )
        is_moved |= ~np.isclose(first, second, rtol=1e-12, atol=1e-12, equal_nan=True)
    rows = both.loc[is_moved, KEY].itertuples(index=False, name=None)
    return {(int(year), str(name), str(code)) for year, name, code in rows}

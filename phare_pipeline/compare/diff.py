"""Compares two sides as a whole: what they were made from, every table, every cause."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pandas as pd

from phare_pipeline.compare.attribution import Attribution
from phare_pipeline.compare.causes import INDICATORS, FigureCauses, figure_causes
from phare_pipeline.compare.evidence import Evidence
from phare_pipeline.compare.inputs import Inputs, compare_cells, compare_inputs
from phare_pipeline.compare.side import Side
from phare_pipeline.compare.tables import Status, TableDiff, compare_tables
from phare_pipeline.contract.tables import TABLES
from phare_pipeline.errors import ReleaseError
from phare_pipeline.registry.model import Registry


@dataclass(frozen=True)
class Diff:
    """How two sides differ and why.

    Attributes:
        before, after: how the sides are called.
        inputs: in what they were made from different things.
        cells: the staged cells that differ, of the newest edition that both have.
        tables: every table of either side, and of the contract.
        attribution: finds the causes of a row.
        causes: rows of each changed table by cause.
        files: other files that differ, by path, with what became of them; None when a side has
            none yet.
        obstacle: why figures could not be recomputed; causes are then what changed, unproven.
    """

    before: str
    after: str
    inputs: Inputs
    cells: pd.DataFrame
    tables: tuple[TableDiff, ...]
    attribution: Attribution
    causes: dict[str, Counter[str]]
    files: dict[str, str] | None
    obstacle: str | None

    @property
    def is_red(self) -> bool:
        """Tell whether a table is missing or empty."""
        return any(table.is_red for table in self.tables)

    @property
    def is_same(self) -> bool:
        """Tell whether both sides publish the same; what they were made from may still differ."""
        return all(table.status is Status.SAME for table in self.tables) and not self.files


def compare(before: Side, after: Side) -> Diff:
    """Compare two sides."""
    common = sorted({*before.inputs["editions"]} & {*after.inputs["editions"]})
    one, two = (
        side.state_of(int(common[-1] if common else max(side.inputs["editions"])))
        for side in (before, after)
    )
    inputs = compare_inputs(before, after, (one, two))
    cells = compare_cells(one, two)
    names = {*before.table_names(), *after.table_names()}
    names |= {name for name, table in TABLES.items() if table.layer in ("out", "dim")}
    tables = {name: _compare(name, before, after) for name in sorted(names)}
    figures = FigureCauses({})
    registries: tuple[Registry, ...] = ()
    obstacle = None
    try:
        registries = one.registry, two.registry
        if common and tables[INDICATORS].status is Status.CHANGED:
            figures = figure_causes(before, after, _of_common(tables[INDICATORS], common), cells)
    except ReleaseError as error:
        # Made by another version of the project: what differs can be said, not proven why.
        obstacle = str(error)
    evidence = Evidence(inputs, cells, registries, {**_sources(before), **_sources(after)})
    figures = figures.named(evidence.named_by_rows)
    attribution = Attribution(figures, inputs, frozenset(map(int, common)), evidence)
    return Diff(
        before=before.name,
        after=after.name,
        inputs=inputs,
        cells=cells,
        tables=tuple(tables.values()),
        attribution=attribution,
        causes={
            name: attribution.of_table(table)
            for name, table in tables.items()
            if table.status is Status.CHANGED
        },
        files=_files(before.files, after.files),
        obstacle=obstacle,
    )


def _sources(side: Side) -> dict[str, str]:
    """Return the source of each raw file."""
    sources = side.inputs["sources"]
    return {path: source for source, entry in sources.items() for path in entry["files"]}


def _compare(name: str, before: Side, after: Side) -> TableDiff:
    rows = [side.table(name) if name in side.table_names() else None for side in (before, after)]
    return compare_tables(name, rows[0], rows[1])


def _of_common(diff: TableDiff, years: list[str]) -> TableDiff:
    """Leave out editions that only one side has: they have nothing to be compared with."""
    common = set(map(int, years))

    def kept(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["year"].isin(common)] if len(frame) else frame

    return replace(
        diff, changed=kept(diff.changed), added=kept(diff.added), removed=kept(diff.removed)
    )


def _files(one: dict[str, str] | None, two: dict[str, str] | None) -> dict[str, str] | None:
    if one is None or two is None:
        return None
    found = {}
    for path in sorted({*one, *two}):
        if one.get(path) != two.get(path):
            found[path] = (
                "added" if path not in one else "removed" if path not in two else "changed"
            )
    return found

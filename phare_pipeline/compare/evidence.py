"""Names what moved a row: the source and its cells, the declared rows, the code that changed.

Which of the causes it was is decided in `causes` and `attribution`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from phare_pipeline.compare.causes import ROWS, Cause, Causes
from phare_pipeline.compare.declared import GEOGRAPHY, RowChange
from phare_pipeline.compare.inputs import Inputs
from phare_pipeline.explain.recompute.indicators import measures_needed
from phare_pipeline.registry.model import Level, Registry

MAX_NAMED = 3
OF_INDICATOR = frozenset({"indicators", "goalposts", "socle"})
OF_MEASURE = frozenset({"measures", "measure_series", "breaks", "gaps"})
OF_DOMAIN = frozenset({"domains"})
OF_ALL = frozenset({"axes"})


@dataclass(frozen=True)
class Evidence:
    """What differs between the inputs of two sides, ready to be looked up.

    Attributes:
        inputs: files, rows and code that differ.
        cells: the staged cells that differ.
        registries: those of both sides; none when one cannot be read by this version.
        sources: source of each raw file, by path.
    """

    inputs: Inputs
    cells: pd.DataFrame
    registries: tuple[Registry, ...]
    sources: Mapping[str, str]
    _named: dict[tuple[Causes, str, str, str], tuple[str, ...]] = field(default_factory=dict)

    def of_row(self, causes: Causes, key: Mapping[str, Any]) -> tuple[str, ...]:
        """Name what stands behind the causes of a row, the first of it."""
        place = (
            causes,
            str(key.get("indicator_id", "")),
            str(key.get("region_code", "")),
            str(key.get("study_id", "")),
        )
        if place not in self._named:
            self._named[place] = tuple(self._name(*place))
        return self._named[place]

    def causes_of_indicator(self, indicator_id: str) -> Causes:
        """Return what changed of all that an indicator is made from, moved or not."""
        cells = self._cells_of(indicator_id)
        is_corrected = _is_corrected(cells)
        found = set()
        if is_corrected.any():
            found.add(Cause.CORRECTION)
        if (~is_corrected).any():
            found.add(Cause.DATA)
        tables = OF_INDICATOR | OF_MEASURE | OF_DOMAIN
        found |= {Cause(row.cause) for row in self.rows_of_indicator(indicator_id, tables)}
        found |= {Cause(row.cause) for row in self.inputs.rows_of(*GEOGRAPHY)}
        return frozenset(found)

    def named_by_rows(self, indicator_id: str, causes: Causes) -> Causes:
        """Call a cause in the registry a row added, removed or moved where it is no more."""
        if Cause.REGISTRY not in causes:
            return causes
        rows = self.rows_of_indicator(indicator_id, OF_INDICATOR | OF_MEASURE | OF_DOMAIN)
        found = {Cause(row.cause) for row in rows} & (ROWS | {Cause.REGISTRY})
        return causes - {Cause.REGISTRY} | found if found else causes

    def rows_of_indicator(
        self, indicator_id: str, tables: Collection[str]
    ) -> tuple[RowChange, ...]:
        """Return the changed rows of some tables that are about an indicator."""
        domains = {
            registry.indicators[indicator_id].domain_id
            for registry in self.registries
            if indicator_id in registry.indicators
        }
        about = {
            **{name: {indicator_id} for name in OF_INDICATOR},
            **{name: self._measures_of(indicator_id) for name in OF_MEASURE},
            **dict.fromkeys(OF_DOMAIN, domains),
        }
        return tuple(
            row
            for row in self.inputs.rows_of(*tables)
            if row.table in OF_ALL or not about.get(row.table, set()).isdisjoint(row.ids)
        )

    def _name(self, causes: Causes, indicator: str, region: str, study: str) -> Iterator[str]:
        if causes & {Cause.DATA, Cause.CORRECTION}:
            yield from self._name_cells(indicator, region)
            files = [p for p, (s, _, _) in self.inputs.studies.items() if s == study]
            yield from _few([f"{study}: raw/{path}" for path in files])
        if Cause.CORRECTION in causes:
            yield from _few([str(row) for row in self.inputs.rows_of("corrections")])
        declared = causes & (ROWS | {Cause.REGISTRY})
        if declared:
            rows: tuple[RowChange, ...] = self.inputs.rows
            if indicator:
                rows = self.rows_of_indicator(indicator, OF_INDICATOR | OF_MEASURE | OF_DOMAIN)
            yield from _few([str(row) for row in rows if row.cause in declared])
        if Cause.GEOGRAPHY in causes:
            yield from _few([str(row) for row in self.inputs.rows_of(*GEOGRAPHY)])
        if Cause.CODE in causes:
            named = [f"package {name}" for name in self.inputs.code]
            named += [f"SQL model {name}" for name in self.inputs.models]
            yield from _few([*named, *self.inputs.others])
        if Cause.TIES in causes:
            yield "figures equal to ten digits share a rank"

    def _name_cells(self, indicator: str, region: str) -> Iterator[str]:
        """Name the cells of a figure; of a row without indicator, only their sources."""
        if not indicator:
            counts = self.cells["origin_file"].map(self._source_of).value_counts().sort_index()
            yield from _few([f"{source}: {count} cells" for source, count in counts.items()])
            return
        cells = self._cells_of(indicator)
        if region and len(cells):
            places = zip(cells["territory_level"], cells["territory_code"], strict=True)
            inside = cells[[place in self._places_of(region) for place in places]]
            # A rank may move by the cells of another region.
            cells = inside if len(inside) else cells
        shown = cells.head(MAX_NAMED + 1).to_dict("records")
        texts = [f"{self._source_of(c['origin_file'])}: {cell_text(c)}" for c in shown]
        yield from _few(texts, len(cells))

    def _source_of(self, path: str) -> str:
        return self.sources.get(path, "source unknown")

    def _measures_of(self, indicator_id: str) -> set[str]:
        found: set[str] = set()
        for registry in self.registries:
            if indicator_id in registry.indicators:
                found |= measures_needed(registry, [registry.indicators[indicator_id]])
        return found

    def _cells_of(self, indicator_id: str) -> pd.DataFrame:
        groups = self._by_measure
        wanted = [groups[m] for m in sorted(self._measures_of(indicator_id)) if m in groups]
        return pd.concat(wanted) if wanted else self.cells.head(0)

    @cached_property
    def _by_measure(self) -> dict[str, pd.DataFrame]:
        return {str(name): rows for name, rows in self.cells.groupby("measure_id", sort=True)}

    def _places_of(self, region_code: str) -> frozenset[tuple[str, str]]:
        """Return the territories whose cells make the figures of a region."""
        return self._places.get(region_code, frozenset())

    @cached_property
    def _places(self) -> dict[str, frozenset[tuple[str, str]]]:
        found: dict[str, set[tuple[str, str]]] = {}
        for registry in self.registries:
            for region in registry.study_regions:
                code = region.region_code
                found.setdefault(code, set()).add((Level.REGION.value, code))
            for level in (Level.FORMER_REGION, Level.DEPARTEMENT):
                for unit in registry.units_of(level):
                    found.setdefault(unit.region_code, set()).add((level.value, unit.code))
        return {code: frozenset(places) for code, places in found.items()}


def cell_text(cell: Mapping[Any, Any]) -> str:
    """Say where a cell stands, what it is of, and what became of its text."""
    sheet = cell["origin_sheet"]
    prefix = "" if pd.isna(sheet) else f"sheet {sheet!r}, "
    return (
        f"{prefix}line {int(cell['origin_line'])}, column {cell['origin_column']}: "
        f"{cell['measure_id']} {cell['territory_level']} {cell['territory_code']} "
        f"{cell['period']}: {_text(cell['raw_text_a'])} -> {_text(cell['raw_text_b'])}"
    )


def _text(text: object) -> str:
    return "absent" if pd.isna(text) else repr(text)  # type: ignore[call-overload]


def _is_corrected(cells: pd.DataFrame) -> pd.Series:
    return cells["correction_id_a"].notna() | cells["correction_id_b"].notna()


def _few(texts: list[str], total: int | None = None) -> Iterator[str]:
    """Yield the first texts and how many more there are."""
    yield from texts[:MAX_NAMED]
    hidden = (len(texts) if total is None else total) - MAX_NAMED
    if hidden > 0:
        yield f"and {hidden} more"

"""What a part of an edition is: tables that are built, audited and written together.

Which parts an edition has, and when they are due, is in `build`; each part is declared beside the
functions that build it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from phare_pipeline.steps.common.audit import Built
from phare_pipeline.steps.common.context import Context
from phare_pipeline.warehouse.files import batch
from phare_pipeline.warehouse.tables import write_parquet

# For the columns of a table, the columns (table, name) of other tables that they are made from.
Lineage = Mapping[str, tuple[tuple[str, str], ...]]


def made_from(sources: str, columns: str) -> Lineage:
    """Say that each of the columns is made from all of the sources.

    Args:
        sources: `table.column`, several with blanks between.
        columns: names, with blanks between.
    """
    pairs = tuple((table, name) for table, _, name in (s.partition(".") for s in sources.split()))
    return dict.fromkeys(columns.split(), pairs)


def taken_from(table: str, columns: str) -> Lineage:
    """Say that columns are those of a table, unchanged."""
    return {name: ((table, name),) for name in columns.split()}


_REGISTRY = "décidé par le registre : territoires, domaines, indicateurs, échelles figées"
_METHOD = "décidé par la méthode : niveaux de lecture, choix et nombre de tirages, graine"
_EDITION = "l’édition elle-même"
_CODEBOOK = "décidé par le codebook de l’étude"
WITHOUT_LINEAGE: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("region_code", "region_name", "territory_level", "territory_code", "territory_name"),
            *("other_region_name", "within_code", "within_name", "territory_expected_count"),
            *("axis_id", "domain_id", "domain_label", "domain_order", "component_level"),
            *("component_id", "component_label", "component_order", "part_level", "part_label"),
            *("part_order", "compared_part", "compared_id", "compared_label", "scope_id"),
            *("scope_label", "indicator_id", "indicator_label", "indicator_order", "unit"),
            *("nature", "direction", "weight", "base_edition", "scale_value", "annualise"),
            *("tolerance_pct", "parts_expected_count", "has_break"),
        ),
        _REGISTRY,
    ),
    **dict.fromkeys(
        (
            *("influence_level", "structure_level", "comparison_basis", "draw_count", "seed"),
            *("factor_label", "method_id", "method_label", "method_description_fr"),
        ),
        _METHOD,
    ),
    **dict.fromkeys(("study_year", "actor_label"), _CODEBOOK),
    "year": _EDITION,
}
"""Why a column of an edition's tables may be made from no column of another asset."""


def _nothing_else(_: Context, __: int) -> str:
    return ""


def _itself(year: int) -> tuple[int, ...]:
    return (year,)


@dataclass(frozen=True)
class Part:
    """Tables of one edition that one step builds.

    Attributes:
        name: name of the step, and of its record in the ledger.
        sources: for each table, in order of building, the core tables that it is made from.
        audits: for each table, the audits it gets besides the contract.
        build: yields the tables of an edition, audited and not yet written; what its module imports
            decides what comes out.
        inputs: digest of what the tables depend on besides other tables, registry and code.
        kinds: tags of the assets in Dagster.
        lineage: for each table, what its columns are made from; what the registry alone decides
            (labels, weights) is left out, and the SQL models say it themselves.
        years_read: for an edition, the editions whose tables it reads, itself and earlier ones; one
            that is not built yet counts as absent.
    """

    name: str
    sources: Mapping[str, tuple[str, ...]]
    build: Callable[[Context, int], Iterator[Built]]
    audits: Mapping[str, tuple[str, ...]]
    inputs: Callable[[Context, int], str] = _nothing_else
    kinds: frozenset[str] = frozenset({"numpy", "parquet"})
    lineage: Mapping[str, Lineage] = field(default_factory=dict)
    years_read: Callable[[int], tuple[int, ...]] = _itself

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the part builds, in order."""
        return tuple(self.sources)

    @property
    def reads(self) -> tuple[str, ...]:
        """The tables of other parts that the part is made from."""
        named = {source for sources in self.sources.values() for source in sources}
        return tuple(sorted(named - set(self.sources)))


def part_key(part: Part, year: int) -> str:
    """Return the ledger key of a part of an edition."""
    return f"{part.name}/{year}"


def write_tables(context: Context, year: int, tables: Iterable[tuple[str, pa.Table]]) -> list[Path]:
    """Write core tables of an edition by their name, and return their files."""
    paths = []
    with batch() as put:
        for name, table in tables:
            path = context.workspace.core_file(name, year)
            write_parquet(table, name, path, {"edition": str(year)}, put)
            paths.append(path)
    return paths

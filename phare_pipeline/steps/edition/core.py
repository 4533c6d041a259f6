"""Builds the SQL tables of one edition: consolidation, indicators, comparison, coverage.

The models are in `dbt_like_sql/`; here are only their inputs, their order and their audits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd
import pyarrow as pa

from phare_pipeline.registry.model import Registry
from phare_pipeline.sql.project import SqlProject
from phare_pipeline.sql.run import connect, run_model
from phare_pipeline.state.digests import digest
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.part import Part
from phare_pipeline.steps.edition.registry_tables import lookback_years, sql_relations
from phare_pipeline.steps.staging.observations import NAME as OBSERVATIONS
from phare_pipeline.steps.staging.observations import years_digest
from phare_pipeline.warehouse.staging import quoted
from phare_pipeline.warehouse.tables import conform

# Sums of the same parts in another grouping differ by rounding of the last bits only.
CONSERVATION_TOLERANCE: Final = 1e-9

Auditor = Callable[[duckdb.DuckDBPyConnection], Audit]


def build_core(
    observations: Path, registry: Registry, project: SqlProject, year: int
) -> Iterator[Built]:
    """Yield the SQL tables of an edition in order of dependency, each with its audits.

    Args:
        observations: the Parquet file of `core_observations`; only what is needed is read.
        registry: measures, indicators and territories.
        project: the SQL models.
        year: the edition.

    Raises:
        SqlError: a model fails.
    """
    connection = connect()
    try:
        connection.execute("create schema staging; create schema registry")
        file = quoted(str(observations))
        connection.execute(f"create view staging.core_observations as from read_parquet({file})")
        for name, table in sql_relations(registry).items():
            _load(connection, f"registry.{name}", table)
        for name in project.order():
            table = conform(run_model(connection, project, name, {"edition_year": year}), name)
            _load(connection, name, table)
            yield built(name, table, [audit(connection) for audit in AUDITS.get(name, ())])
    finally:
        connection.close()


def _load(connection: duckdb.DuckDBPyConnection, relation: str, table: pa.Table) -> None:
    """Copy an Arrow table into the connection; `relation` is one of our own names, never data."""
    connection.register("incoming", table)
    connection.execute(f"create table {relation} as select * from incoming")  # noqa: S608
    connection.unregister("incoming")


def _query(connection: duckdb.DuckDBPyConnection, sql: str) -> pd.DataFrame:
    return connection.execute(sql).df()


def audit_conservation(connection: duckdb.DuckDBPyConnection) -> Audit:
    """Check that what is at one level is neither lost nor counted twice at the level above.

    Each level is summed on its own from the parts, so the levels can disagree: a département that
    two regions claim, or none, shows here.
    """
    rows = _query(
        connection,
        f"""
        with additive as (
            select c.* from core_measures as c
            inner join registry.measures as m using (measure_id)
            where m.aggregation <> 'non_additive'
        ),
        levels as (
            select measure_id, period, territory_level, count(value) = count(*) as is_whole,
                   sum(value order by territory_code) as total
            from additive group by all
        ),
        national as (select * from levels where territory_level = 'national')
        select l.measure_id, l.period, l.territory_level, l.total, n.total as national_total
        from levels as l
        inner join national as n using (measure_id, period)
        where (l.is_whole <> n.is_whole)
           or (l.is_whole and abs(l.total - n.total)
               > {CONSERVATION_TOLERANCE} * greatest(1, abs(n.total)))
        order by all
        """,  # noqa: S608
    )
    return failing("totals_conserved", "every level adds up to metropolitan France", rows)


def audit_reconciliation(connection: duckdb.DuckDBPyConnection) -> Audit:
    """Check our own sums against the totals that the producers print."""
    rows = _query(
        connection,
        """
        select measure_id, territory_level, territory_code, period, own_sum_value,
               published_value, difference_pct, tolerance_pct
        from core_reconciliation where not is_within_tolerance order by all
        """,
    )
    return failing(
        "published_totals", "own sums equal published totals within the registry's tolerance", rows
    )


def audit_comparison(connection: duckdb.DuckDBPyConnection) -> Audit:
    """Check that every indicator has its row in every region, and every hole its reason."""
    rows = _query(
        connection,
        """
        with wanted as (
            select i.indicator_id, r.region_code
            from registry.indicators as i cross join registry.regions as r
        )
        select w.*, c.value, c.value_status, c.reason_fr
        from wanted as w left join core_comparison as c using (indicator_id, region_code)
        where c.indicator_id is null
           or (c.value is null) <> (c.reason_fr is not null)
           or (c.value is null) <> (c.value_status in
               ('not_available', 'confidential', 'not_applicable'))
           or (c.value is null) <> (c.rank is null)
        order by all
        """,
    )
    return failing("complete_grid", "13 regions an indicator, a reason for every hole", rows)


AUDITS: dict[str, tuple[Auditor, ...]] = {
    "core_measures": (audit_conservation,),
    "core_reconciliation": (audit_reconciliation,),
    "core_comparison": (audit_comparison,),
}


def _build(context: Context, year: int) -> Iterator[Built]:
    return build_core(context.workspace.observations_file, context.registry, context.project, year)


def _inputs(context: Context, year: int) -> str:
    """Return the hash of the figures and models: only years that the edition can use."""
    facts = context.ledger.facts_of(OBSERVATIONS)
    first = year - max(lookback_years(context.registry).values(), default=0)
    return digest(years_digest(facts, first, year), context.models_hash)


PART = Part(
    name="core",
    # The models say what each of them reads.
    sources={
        "core_measures": (),
        "core_reconciliation": (),
        "core_annual_measures": (),
        "core_indicators": (),
        "core_comparison": (),
        "core_coverage": (),
        "core_level_comparison": (),
    },
    audits={
        "core_measures": ("totals_conserved",),
        "core_reconciliation": ("published_totals",),
        "core_comparison": ("complete_grid",),
    },
    build=_build,
    inputs=_inputs,
    kinds=frozenset({"sql", "duckdb", "parquet"}),
)

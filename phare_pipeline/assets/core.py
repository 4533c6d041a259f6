"""Builds an edition in two steps, SQL tables then index tables, each table an asset.

One year a run: a run over several years would fail as a whole for one bad year. Tables are audited
in memory first; when a check fails it turns red, nothing is written and the old tables stand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import dagster as dg
import pyarrow as pa

from phare_pipeline.assets.metadata import (
    OWNERS,
    built_metadata,
    check_result,
    check_spec,
    sql_lineage,
    static_metadata,
)
from phare_pipeline.assets.partitions import YEARS
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.staging import Results, refuse
from phare_pipeline.contract.tables import table_of
from phare_pipeline.errors import PhareError
from phare_pipeline.sql.project import SqlProject
from phare_pipeline.steps import core, edition, scores
from phare_pipeline.steps.audit import Built
from phare_pipeline.steps.context import Context
from phare_pipeline.steps.observations import NAME as OBSERVATIONS

ONE_YEAR_A_RUN = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)


def sql_assets(project: SqlProject) -> dg.AssetsDefinition:
    """Build the assets of the SQL models, with their column lineage."""
    specs = [
        _spec(
            name,
            _upstream(project, name),
            kinds={"sql", "duckdb", "parquet"},
        )
        for name in project.order()
    ]
    lineage = {name: sql_lineage(project, name) for name in project.order()}

    @dg.multi_asset(
        name="core_sql",
        specs=specs,
        check_specs=_checks(edition.SQL_TABLES, core.AUDIT_NAMES),
        partitions_def=YEARS,
        backfill_policy=ONE_YEAR_A_RUN,
    )
    def core_sql(context: dg.AssetExecutionContext, installation: Installation) -> Results:
        year, loaded = int(context.partition_key), installation.context()
        yield from _make(
            loaded,
            year,
            edition.sql_key(year),
            edition.sql_fingerprint(loaded, year),
            edition.core_tables,
            lineage,
        )

    return core_sql


def index_assets() -> dg.AssetsDefinition:
    """Build the assets of the index."""

    @dg.multi_asset(
        name="core_index",
        specs=[
            _spec("core_normalised", ["core_comparison"], kinds={"numpy", "parquet"}),
            _spec("core_scores", ["core_normalised"], kinds={"numpy", "parquet"}),
            _spec("core_pareto", ["core_scores"], kinds={"numpy", "parquet"}),
        ],
        check_specs=_checks(edition.INDEX_TABLES, scores.AUDIT_NAMES),
        partitions_def=YEARS,
        backfill_policy=ONE_YEAR_A_RUN,
    )
    def core_index(context: dg.AssetExecutionContext, installation: Installation) -> Results:
        year, loaded = int(context.partition_key), installation.context()
        yield from _make(
            loaded,
            year,
            edition.index_key(year),
            edition.index_fingerprint(loaded, year),
            edition.index_tables,
            {},
        )

    return core_index


def _upstream(project: SqlProject, name: str) -> Sequence[str]:
    """Return the assets a model reads: other models, and the figures of the sources."""
    model = project.models[name]
    figures = [OBSERVATIONS] if any(source == "staging" for source, _ in model.sources) else []
    return [*figures, *sorted(model.refs)]


def _spec(name: str, deps: Sequence[str], *, kinds: set[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        name,
        deps=deps,
        group_name="core",
        description=table_of(name).description_fr,
        kinds=kinds,
        owners=OWNERS,
        metadata=static_metadata(name),
        skippable=True,
        automation_condition=dg.AutomationCondition.eager(),
    )


def _checks(tables: Sequence[str], named: Mapping[str, Sequence[str]]) -> list[dg.AssetCheckSpec]:
    """Declare the checks of year-partitioned tables; each is kept by partition, and blocks."""
    return [
        check_spec(check, table, YEARS)
        for table in tables
        for check in ("contract", *named.get(table, ()))
    ]


def _make(
    context: Context,
    year: int,
    key: str,
    fingerprint: str,
    build: Callable[[Context, int], Iterator[Built]],
    lineage: Mapping[str, dg.TableColumnLineage],
) -> Results:
    """Audit every table, write them together, then report them."""
    passed: list[Built] = []
    try:
        for result in build(context, year):
            yield from (check_result(result.name, audit) for audit in result.audits)
            if not result.passed:
                raise refuse(result.error(f"edition {year}"))
            passed.append(result)
        tables: list[tuple[str, pa.Table]] = [(r.name, r.table) for r in passed]
        edition.write_tables(context, year, key, fingerprint, tables)
    except PhareError as error:
        raise refuse(error) from error
    outputs = context.ledger.outputs_of(key)
    for result in passed:
        version = next(v for path, v in outputs.items() if f"/{result.name}/" in path)
        yield dg.MaterializeResult(
            asset_key=result.name,
            metadata=built_metadata(result, lineage.get(result.name)),
            data_version=dg.DataVersion(version),
        )

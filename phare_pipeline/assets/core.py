"""Builds an edition part by part, a step a part, each table an asset.

One year a run: a run over several years would fail as a whole for one bad year. Tables are audited
in memory first; when a check fails it turns red, nothing is written and the old tables stand.
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg
import pyarrow as pa

from phare_pipeline.assets.metadata import (
    OWNERS,
    built_metadata,
    check_result,
    check_spec,
    part_lineage,
    sql_lineage,
    staged_columns,
    static_metadata,
)
from phare_pipeline.assets.partitions import YEARS, years_mapping
from phare_pipeline.assets.pictures import shown_of_edition
from phare_pipeline.assets.plan import EDITION
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.staging import Results, refuse
from phare_pipeline.contract.tables import table_of
from phare_pipeline.errors import PhareError
from phare_pipeline.sql.project import SqlProject
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.common.audit import Built
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition import build as edition
from phare_pipeline.steps.edition import core, survey_tables
from phare_pipeline.steps.edition.part import Part, part_key
from phare_pipeline.steps.staging.observations import NAME as OBSERVATIONS

ONE_YEAR_A_RUN = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)

Lineage = Mapping[str, dg.TableColumnLineage]


def core_assets(project: SqlProject, surveys: Sequence[str]) -> Iterator[dg.AssetsDefinition]:
    """Build the assets of every part; SQL models say themselves what their columns are made of.

    Args:
        project: the SQL models.
        surveys: the assets of staged surveys, from which the survey results of editions come.
    """
    columns = lineages(project, surveys)
    upstream = {name: _upstream(project, name) for name in project.order()}
    for part in edition.PARTS:
        if part is core.PART:
            yield _part_assets(part, upstream, columns)
            continue
        sources: Mapping[str, Sequence[str]] = part.sources
        if part is survey_tables.PART:
            sources = {**sources, survey_tables.RESULTS: surveys}
        yield _part_assets(part, sources, columns)


def lineages(project: SqlProject, surveys: Sequence[str]) -> Lineage:
    """Return what the columns of every table of an edition are made of.

    Args:
        project: the SQL models.
        surveys: the assets of staged surveys.
    """
    return {
        **{name: sql_lineage(project, name) for name in project.order()},
        **{
            name: part_lineage(found)
            for part in edition.PARTS
            for name, found in part.lineage.items()
        },
        survey_tables.RESULTS: staged_columns(
            survey_tables.RESULTS, "staged_survey_results", surveys
        ),
    }


def _part_assets(
    part: Part, deps: Mapping[str, Sequence[str]], lineage: Lineage
) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"edition_{part.name}",
        specs=[_spec(part, name, deps[name]) for name in part.tables],
        check_specs=[
            # Kept by partition, and blocking.
            check_spec(check, table, YEARS)
            for table in part.tables
            for check in ("contract", *part.audits.get(table, ()))
        ],
        partitions_def=YEARS,
        backfill_policy=ONE_YEAR_A_RUN,
        # One table may be asked for: its part is built whole, and what was asked for is shown.
        can_subset=True,
    )
    def build(context: dg.AssetExecutionContext, installation: Installation) -> Results:
        asked = {key.to_user_string() for key in context.selected_asset_keys}
        for result in _make(installation.context(), part, int(context.partition_key), lineage):
            if result.asset_key is None or result.asset_key.to_user_string() in asked:
                yield result

    return build


def _upstream(project: SqlProject, name: str) -> Sequence[str]:
    """Return the assets a model reads: other models, and the figures of the sources."""
    model = project.models[name]
    figures = [OBSERVATIONS] if any(source == "staging" for source, _ in model.sources) else []
    return [*figures, *sorted(model.refs)]


def _spec(part: Part, name: str, deps: Sequence[str]) -> dg.AssetSpec:
    earlier = years_mapping(part.years_read)
    return dg.AssetSpec(
        name,
        deps=[*(dg.AssetDep(dep, partition_mapping=earlier) for dep in deps), EDITION],
        code_version=code_digest(part.build.__module__),
        group_name="core",
        description=table_of(name).description_fr,
        kinds=set(part.kinds),
        owners=OWNERS,
        metadata=static_metadata(name),
        skippable=True,
        automation_condition=dg.AutomationCondition.eager(),
    )


def _make(context: Context, part: Part, year: int, lineage: Lineage) -> Results:
    """Audit every table, write them together, then report them."""
    passed: list[Built] = []
    try:
        for result in part.build(context, year):
            yield from (check_result(result.name, audit) for audit in result.audits)
            if not result.passed:
                raise refuse(result.error(f"edition {year}"))
            passed.append(result)
        tables: list[tuple[str, pa.Table]] = [(r.name, r.table) for r in passed]
        edition.write_part(context, part, year, tables)
    except PhareError as error:
        raise refuse(error) from error
    outputs = context.ledger.outputs_of(part_key(part, year))
    shown = shown_of_edition(context, year, part.tables)
    for result in passed:
        version = next(v for path, v in outputs.items() if f"/{result.name}/" in path)
        yield dg.MaterializeResult(
            asset_key=result.name,
            metadata={
                **built_metadata(result, lineage.get(result.name)),
                **shown.get(result.name, {}),
            },
            data_version=dg.DataVersion(version),
        )

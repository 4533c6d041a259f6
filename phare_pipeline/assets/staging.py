"""Stages each source in an asset of its own, then unites them; the work is in `steps`."""

from collections.abc import Iterator

import dagster as dg

from phare_pipeline.assets.metadata import (
    OWNERS,
    built_metadata,
    check_result,
    check_spec,
    static_metadata,
    united_columns,
)
from phare_pipeline.assets.plan import dep_on_step
from phare_pipeline.assets.raw import raw_key
from phare_pipeline.assets.resources import Installation
from phare_pipeline.contract.tables import table_of
from phare_pipeline.errors import PhareError
from phare_pipeline.sources.catalogue import Source
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.staging import observations
from phare_pipeline.steps.staging import source as staging
from phare_pipeline.steps.staging.witness import check_renewal
from phare_pipeline.warehouse.staging import staging_key

Results = Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]


def refuse(error: PhareError) -> dg.Failure:
    """Turn a refusal into a failure that nobody retries: the same input gives the same error."""
    failure = dg.Failure(str(error), allow_retries=False)
    # Also where it is raised without `from`: the command line tells the refusal, not the failure.
    failure.__cause__ = error
    return failure


def staging_asset(source: Source) -> dg.AssetsDefinition:
    """Build the staging asset of a source: written only when no row is rejected."""
    source_id, name = source.source_id, staging_key(source.source_id)

    @dg.asset(
        name=name,
        deps=[dg.AssetKey(raw_key(source_id)), dep_on_step(name)],
        code_version=code_digest(staging.__name__),
        group_name="staging",
        description=f"Chiffres lus dans : {source.title} ({source.producer}, {source.vintage}).",
        kinds={"duckdb", "pandas"},
        owners=OWNERS,
        metadata=static_metadata(name),
        check_specs=[check_spec("no_rejected_rows", name)],
        output_required=False,
        automation_condition=dg.AutomationCondition.eager(),
    )
    def stage(installation: Installation) -> Results:
        context = installation.context()
        current = context.sources[source_id]
        try:
            staged, built = staging.read_source(context, current)
        except PhareError as error:
            raise refuse(error) from error
        [audit] = built.audits
        yield check_result(name, audit)
        if not built.passed:
            raise refuse(staging.rejection(current, staged.rejections))
        try:
            check_renewal(context, current, staged.observations)
        except PhareError as error:
            raise refuse(error) from error
        staging.write_source(context, current, staged)
        yield dg.MaterializeResult(
            asset_key=name,
            metadata={**built_metadata(built), "vintage": current.vintage},
            data_version=dg.DataVersion(staging.staging_fingerprint(context, current)),
        )

    return stage


def observations_asset(sources: dict[str, Source]) -> dg.AssetsDefinition:
    """Build the asset that unites all sources."""
    name = observations.NAME
    lineage = united_columns(name, [staging_key(source_id) for source_id in sources])

    @dg.asset(
        name=name,
        deps=[*(dg.AssetKey(staging_key(source)) for source in sources), dep_on_step(name)],
        code_version=code_digest(observations.__name__),
        group_name="core",
        description=table_of(name).description_fr,
        kinds={"parquet", "duckdb"},
        owners=OWNERS,
        metadata=static_metadata(name),
        check_specs=[check_spec(check, name) for check in observations.CHECKS],
        output_required=False,
        automation_condition=dg.AutomationCondition.eager(),
    )
    def unite(installation: Installation) -> Results:
        context = installation.context()
        built = observations.build_observations(context)
        for audit in built.audits:
            yield check_result(name, audit)
        if not built.passed:
            raise refuse(built.error("all years"))
        observations.write_observations(context, built.table)
        yield dg.MaterializeResult(
            asset_key=name,
            metadata=built_metadata(built, lineage),
            data_version=dg.DataVersion(observations.observations_fingerprint(context)),
        )

    return unite

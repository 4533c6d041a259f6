"""Cuts the published tables by region and edition; nothing is computed, so any list of keys goes.

A single run takes many partitions: one region, one edition, or all of them.
"""

from itertools import groupby

import dagster as dg

from phare_pipeline.assets.metadata import (
    COLUMN_LINEAGE,
    OWNERS,
    same_columns,
    static_metadata,
)
from phare_pipeline.assets.partitions import REGION_YEARS, TO_YEAR, pair_of
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.staging import Results, refuse
from phare_pipeline.contract.tables import CUT_FROM, table_of
from phare_pipeline.errors import PhareError
from phare_pipeline.steps import publish


def out_assets() -> dg.AssetsDefinition:
    """Build the assets of the published tables."""
    specs = [
        dg.AssetSpec(
            name,
            deps=[dg.AssetDep(core, partition_mapping=TO_YEAR)],
            group_name="out",
            description=table_of(name).description_fr,
            kinds={"parquet"},
            owners=OWNERS,
            metadata={
                **static_metadata(name),
                "path": f"warehouse/current/{name}/region=<slug>/<year>.parquet",
            },
            automation_condition=dg.AutomationCondition.eager(),
        )
        for name, core in CUT_FROM.items()
    ]

    @dg.multi_asset(
        name="out",
        specs=specs,
        partitions_def=REGION_YEARS,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def out(context: dg.AssetExecutionContext, installation: Installation) -> Results:
        loaded = installation.context()
        pairs = sorted((pair_of(key) for key in context.partition_keys), key=lambda pair: pair[1])
        rows = dict.fromkeys(CUT_FROM, 0)
        try:
            for year, group in groupby(pairs, key=lambda pair: pair[1]):
                edition = publish.EditionTables(loaded, year)
                for slug, _ in group:
                    for name, count in publish.cut_region(loaded, slug, edition).items():
                        rows[name] += count
        except PhareError as error:
            raise refuse(error) from error
        # All partitions of a run share its metadata: a count of one partition or of the whole run.
        counted = "dagster/row_count" if len(pairs) == 1 else "rows_of_the_run"
        for name, count in rows.items():
            lineage = same_columns(name, CUT_FROM[name])
            yield dg.MaterializeResult(
                asset_key=name, metadata={counted: count, COLUMN_LINEAGE: lineage}
            )

    return out

"""Cuts the published tables by region and edition; nothing is computed, so any list of keys goes.

A single run takes many partitions: one region, one edition, or all of them.
"""

from collections.abc import Mapping
from itertools import groupby

import dagster as dg

from phare_pipeline.assets.metadata import (
    COLUMN_LINEAGE,
    OWNERS,
    same_columns,
    source_links,
    static_metadata,
    study_links,
)
from phare_pipeline.assets.partitions import REGION_YEARS, TO_YEAR, pair_of, region_year
from phare_pipeline.assets.pictures import edition_of, shown_of_region
from phare_pipeline.assets.plan import REGION
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.staging import Results, refuse
from phare_pipeline.contract.tables import CUT_FROM, table_of
from phare_pipeline.errors import PhareError
from phare_pipeline.sources.catalogue import Source
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.documents import reports
from phare_pipeline.steps.edition import survey_tables
from phare_pipeline.steps.release import publish
from phare_pipeline.survey.codebook import Codebook

# A run of as many partitions draws their charts, whatever their edition: one region, one edition.
FEW = 13
# Tables that hold nothing but what actors have said.
SURVEYS = frozenset(t for t in survey_tables.PART.tables if t != "core_perception")


def out_assets(
    sources: Mapping[str, Source], studies: Mapping[str, Codebook]
) -> dg.AssetsDefinition:
    """Build the assets of the published tables, each with links to the sources of its figures."""
    of_sources, of_studies = source_links(sources), study_links(studies)
    specs = [
        dg.AssetSpec(
            name,
            deps=[dg.AssetDep(core, partition_mapping=TO_YEAR), REGION],
            code_version=code_digest(publish.__name__),
            group_name="out",
            description=table_of(name).description_fr,
            kinds={"parquet"},
            owners=OWNERS,
            metadata={
                **static_metadata(name),
                "path": f"warehouse/current/{name}/region=<slug>/<year>.parquet",
                **({"sources": of_sources} if core not in SURVEYS else {}),
                **({"studies": of_studies} if core in survey_tables.PART.tables else {}),
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
        try:
            drawn = {y for _, y in pairs} if len(pairs) <= FEW else reports.years(loaded)
            for year, group in groupby(pairs, key=lambda pair: pair[1]):
                slugs = [slug for slug, _ in group]
                _cut(context, loaded, year, slugs, has_charts=year in drawn)
        except PhareError as error:
            raise refuse(error) from error
        for name, core in CUT_FROM.items():
            lineage = same_columns(name, core)
            yield dg.MaterializeResult(asset_key=name, metadata={COLUMN_LINEAGE: lineage})

    return out


def _cut(
    context: dg.AssetExecutionContext,
    loaded: Context,
    year: int,
    slugs: list[str],
    *,
    has_charts: bool,
) -> None:
    """Cut regions of an edition; each partition gets its number of rows, and charts if wanted."""
    tables = publish.EditionTables(loaded, year)
    edition = edition_of(loaded, year) if has_charts else None
    for slug, rows in publish.cut_regions(loaded, slugs, tables).items():
        shown = shown_of_region(edition, slug) if edition is not None else {}
        for name, count in rows.items():
            metadata = {"dagster/row_count": count, **shown.get(name, {})}
            context.add_asset_metadata(metadata, name, region_year(slug, year))

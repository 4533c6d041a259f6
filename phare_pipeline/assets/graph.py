"""All assets of the pipeline, built once from the declared sources and SQL models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import dagster as dg

from phare_pipeline.assets.core import core_assets
from phare_pipeline.assets.documents import document_assets
from phare_pipeline.assets.out import out_assets
from phare_pipeline.assets.plan import state_specs
from phare_pipeline.assets.raw import raw_assets
from phare_pipeline.assets.release import release
from phare_pipeline.assets.staging import observations_asset, staging_asset
from phare_pipeline.assets.surveys import raw_survey_assets, survey_asset
from phare_pipeline.steps.common import studies
from phare_pipeline.steps.common.loading import load_context


@dataclass(frozen=True)
class Graph:
    """The assets by layer."""

    raw: dg.AssetsDefinition
    staging: tuple[dg.AssetsDefinition, ...]
    observations: dg.AssetsDefinition
    surveys: tuple[dg.AssetsDefinition, ...]
    core: tuple[dg.AssetsDefinition, ...]
    out: dg.AssetsDefinition
    documents: tuple[dg.AssetsDefinition, ...]
    release: dg.AssetsDefinition
    plan: tuple[dg.AssetSpec, ...]

    @property
    def all(self) -> tuple[dg.AssetsDefinition | dg.AssetSpec, ...]:
        """Every asset, from raw files to release."""
        below = (self.raw, *self.staging, self.observations, *self.surveys, *self.core)
        return (*below, self.out, *self.documents, self.release, *self.plan)


@cache
def graph() -> Graph:
    """Build the assets from `raw/sources.toml`, `raw/surveys/` and `dbt_like_sql/`."""
    context = load_context()
    sources, waves = context.sources, studies.waves(context)
    raw_surveys = raw_survey_assets(context.studies)
    return Graph(
        raw=raw_assets(sources),
        staging=tuple(staging_asset(source) for source in sources.values()),
        observations=observations_asset(sources),
        surveys=(
            *(() if raw_surveys is None else (raw_surveys,)),
            *(survey_asset(context, wave) for wave in waves),
        ),
        core=tuple(core_assets(context.project, [wave.name for wave in waves])),
        out=out_assets(sources, context.studies),
        documents=tuple(document_assets()),
        release=release,
        plan=state_specs(context),
    )

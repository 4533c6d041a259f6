"""Shows charts of the index on the pages of its tables, as Markdown that the UI opens on a click.

The charts are those of the reports; here is only which table shows which. The UI puts Markdown of
more than a thousand characters, as every picture is, behind a link (`[Show Markdown]`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import dagster as dg

from phare_pipeline.contract.tables import PUBLISHED_FROM
from phare_pipeline.outputs.charts import Chart
from phare_pipeline.outputs.reports.edition import FRANCE, Area, Edition
from phare_pipeline.outputs.reports.pictures import pictures
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.dimensions.tables import known_dimensions
from phare_pipeline.warehouse.tables import read_parquet

# Table -> chart of the report of France, and of a region.
OF_EDITIONS = {"core_pareto": "ordre", "core_uncertainty": "rangs"}
OF_REGIONS = {
    "out_scores": "profil",
    "out_contributions": "contributions",
    "out_uncertainty": "rangs",
}
_READ = ("out_scores", "out_pareto", "out_uncertainty", "out_contributions")

Shown = Mapping[str, dict[str, dg.MarkdownMetadataValue]]


def edition_of(context: Context, year: int) -> Edition:
    """Return the tables of an edition that the charts read, as far as they are built."""
    files = {name: context.workspace.core_file(PUBLISHED_FROM[name], year) for name in _READ}
    facts = {name: read_parquet(file) for name, file in files.items() if file.is_file()}
    return Edition(year, {**facts, **known_dimensions(context)})


def shown_of_edition(context: Context, year: int, tables: Collection[str]) -> Shown:
    """Return what the pages of these core tables show of an edition; nothing for most of them."""
    if not OF_EDITIONS.keys() & set(tables):
        return {}
    return _shown(edition_of(context, year), FRANCE, OF_EDITIONS)


def shown_of_region(edition: Edition, slug: str) -> Shown:
    """Return what the pages of the published tables show of a region in an edition."""
    area = next(area for area in edition.areas.values() if area.slug == slug)
    return _shown(edition, area, OF_REGIONS)


def _shown(edition: Edition, area: Area, charts: Mapping[str, str]) -> Shown:
    drawn = pictures(edition, area)
    return {
        table: {"graphique": dg.MetadataValue.md(_markdown(drawn[name].wide))}
        for table, name in charts.items()
        if name in drawn
    }


def _markdown(chart: Chart) -> str:
    words = chart.alt_fr.replace("[", "(").replace("]", ")")
    return f"![{words}]({chart.data_uri})"

"""Makes the reports of an edition from its published tables; what they say is in `outputs`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from phare_pipeline.contract.documents import REPORT
from phare_pipeline.contract.tables import PUBLISHED_FROM
from phare_pipeline.steps.context import Context
from phare_pipeline.steps.dimensions import is_classified, known_dimensions
from phare_pipeline.steps.document import Maker
from phare_pipeline.steps.edition import edition_hash
from phare_pipeline.steps.fingerprints import code_digest, digest, resources_digest, value_digest
from phare_pipeline.warehouse.tables import read_parquet

CODE = (
    "contract",
    "explain/places.py",
    "explain/reference.py",
    "outputs",
    "steps/dimensions.py",
    "steps/reports.py",
)


def default_years(context: Context) -> tuple[int, ...]:
    """Return the newest edition that classifies all regions, and those of the studies' years.

    In the edition of a study's year both halves of a report are of the same time.
    """
    newest = next((y for y in reversed(context.editions) if _is_classified(context, y)), None)
    wanted = {newest, *(study.year for study in context.studies.values())}
    return tuple(year for year in context.editions if year in wanted)


def _is_classified(context: Context, year: int) -> bool:
    path = context.workspace.core_file("core_scores", year)
    if not path.is_file():
        return False
    return is_classified(read_parquet(path).to_pandas(), year, len(context.slugs))


def fingerprint(context: Context, year: int) -> str:
    """Return the hash of all that the reports of an edition depend on."""
    return digest(
        edition_hash(context, year),
        context.registry_hash,
        value_digest({name: vars(source) for name, source in context.sources.items()}),
        code_digest(*CODE),
        resources_digest("outputs"),
    )


def edition_tables(context: Context, year: int) -> dict[str, pa.Table]:
    """Return the published tables of an edition and the dimensions, by name."""
    facts = {
        out: read_parquet(context.workspace.core_file(core, year))
        for out, core in PUBLISHED_FROM.items()
    }
    return {**facts, **known_dimensions(context)}


def make_reports(context: Context, year: int, slugs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the report of each region (or France) as HTML."""
    # Jinja and the view take a while to import, and the graph of assets loads this module.
    from phare_pipeline.outputs.reports.edition import Edition
    from phare_pipeline.outputs.reports.render import render
    from phare_pipeline.outputs.reports.report import area_named, build_report

    edition = Edition(year, edition_tables(context, year))
    for slug in slugs:
        yield slug, render(build_report(edition, area_named(edition, slug))).encode("utf-8")


MAKER = Maker(
    document=REPORT, default_years=default_years, fingerprint=fingerprint, make=make_reports
)

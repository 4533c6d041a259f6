"""Makes the reports of an edition from its published tables; what they say is in `outputs`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from phare_pipeline.contract.documents import REPORT
from phare_pipeline.contract.tables import PUBLISHED_FROM
from phare_pipeline.state.digests import digest, value_digest
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.dimensions.tables import known_dimensions
from phare_pipeline.steps.documents.document import Maker
from phare_pipeline.steps.edition.foundation import OTHER, headline_statuses
from phare_pipeline.steps.edition.tables import edition_hash, read_edition
from phare_pipeline.warehouse.tables import read_parquet


def years(context: Context) -> tuple[int, ...]:
    """Return the editions whose reports are published: what is declared, whatever was made before.

    They are the headline (see `steps.edition.foundation`) where it classifies all regions, those of
    the studies' years, in which both halves of a report are of the same time, and those that
    PHARE_REPORTS names.
    """
    wanted = {
        _headline(context),
        *(s.year for s in context.studies.values()),
        *context.report_years,
    }
    return tuple(year for year in context.editions if year in wanted)


def _headline(context: Context) -> int | None:
    """Return the edition shown first of those that are built, None where it has no index."""
    paths = (context.workspace.core_file("core_foundation", year) for year in context.editions)
    rows = [row for path in paths if path.is_file() for row in read_parquet(path).to_pylist()]
    statuses = headline_statuses(rows)
    return next(
        (
            row["year"]
            for row in rows
            if statuses[row["year"]] != OTHER
            and row["classified_region_count"] == row["region_total"]
        ),
        None,
    )


def fingerprint(context: Context, year: int) -> str:
    """Return the hash of all that the reports of an edition depend on."""
    return digest(
        edition_hash(context, year),
        context.registry_hash,
        value_digest({name: vars(source) for name, source in context.sources.items()}),
        code_digest(__name__),
    )


def edition_tables(context: Context, year: int) -> dict[str, pa.Table]:
    """Return the published tables of an edition and the dimensions, by name."""
    return {**read_edition(context, year, PUBLISHED_FROM), **known_dimensions(context)}


def make_reports(context: Context, year: int, slugs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the report of each region (or France) as HTML."""
    # Jinja and the view take a while to import, and the graph of assets loads this module.
    from phare_pipeline.outputs.reports.edition import Edition
    from phare_pipeline.outputs.reports.render import render
    from phare_pipeline.outputs.reports.report import area_named, build_report

    edition = Edition(year, edition_tables(context, year))
    for slug in slugs:
        yield slug, render(build_report(edition, area_named(edition, slug))).encode("utf-8")


MAKER = Maker(document=REPORT, years=years, fingerprint=fingerprint, make=make_reports)

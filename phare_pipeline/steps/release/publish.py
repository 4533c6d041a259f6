"""Cuts regions out of the tables of an edition; nothing is computed, so nothing can move.

Putting the files in front of readers is `gather`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from phare_pipeline.contract.tables import CUT_FROM
from phare_pipeline.state.digests import digest
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.tables import edition_hash, read_edition
from phare_pipeline.warehouse.files import batch
from phare_pipeline.warehouse.tables import write_parquet

if TYPE_CHECKING:
    from phare_pipeline.registry.model import Region


def cut_key(slug: str, year: int) -> str:
    """Return the ledger key of a region's files of an edition."""
    return f"out/{slug}/{year}"


def cut_fingerprint(context: Context, year: int) -> str:
    """Return the hash of what the files of an edition depend on."""
    return digest(edition_hash(context, year), code_digest(__name__))


def is_cut(context: Context, slug: str, year: int, fingerprint: str) -> bool:
    """Tell whether the files of a region and edition are there and current."""
    return context.ledger.is_fresh(cut_key(slug, year), fingerprint)


def region_of(context: Context, slug: str) -> Region:
    """Return the region of a partition key."""
    return next(r for r in context.registry.study_regions if r.slug == slug)


class EditionTables:
    """The published tables of one edition, read once for all the regions cut from them."""

    def __init__(self, context: Context, year: int) -> None:
        self.year = year
        self.edition_hash = edition_hash(context, year)
        self.fingerprint = cut_fingerprint(context, year)
        self.tables = read_edition(context, year, CUT_FROM)


def cut_regions(
    context: Context, slugs: Sequence[str], edition: EditionTables
) -> dict[str, dict[str, int]]:
    """Write the published files of regions in an edition; return the rows of each table."""
    footer = {"edition": str(edition.year), "edition_hash": edition.edition_hash}
    rows: dict[str, dict[str, int]] = {}
    with batch() as put:
        for slug in slugs:
            code = region_of(context, slug).region_code
            for name, table in edition.tables.items():
                part = table.filter(pc.equal(table["region_code"], code))
                path = context.workspace.out_file(name, slug, edition.year)
                write_parquet(part, name, path, footer, put)
                rows.setdefault(slug, {})[name] = part.num_rows
    facts = {"edition_hash": edition.edition_hash}
    with batch() as put:
        for slug in slugs:
            paths = [context.workspace.out_file(name, slug, edition.year) for name in CUT_FROM]
            key = cut_key(slug, edition.year)
            context.ledger.record(key, edition.fingerprint, paths, facts, put)
    return rows

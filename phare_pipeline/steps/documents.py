"""Makes documents of regions and editions, records them, and says which are due and which hold.

A document is published only while it is what its edition would give now: one that is stale is left
out of a release, never shown beside tables that say something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from phare_pipeline.contract.documents import NATIONAL
from phare_pipeline.steps import reports
from phare_pipeline.steps.context import Context
from phare_pipeline.steps.document import Maker
from phare_pipeline.warehouse.files import write_bytes_atomic

MAKERS: tuple[Maker, ...] = (reports.MAKER,)

Pair = tuple[str, int]


def places(context: Context) -> tuple[str, ...]:
    """Return the slugs of the regions, and the one of France."""
    return (*context.slugs, NATIONAL)


def document_key(maker: Maker, slug: str, year: int) -> str:
    """Return the ledger key of a document."""
    return f"{maker.document.name}/{slug}/{year}"


def document_file(context: Context, maker: Maker, slug: str, year: int) -> Path:
    """Return where a document lies before its release."""
    return context.workspace.document_file(maker.document.path(slug, year))


def make_documents(context: Context, maker: Maker, year: int, slugs: Sequence[str]) -> list[Path]:
    """Make and record the documents of some regions (or `NATIONAL`) in one edition."""
    fingerprint = maker.fingerprint(context, year)
    paths = []
    for slug, content in maker.make(context, year, slugs):
        path = document_file(context, maker, slug, year)
        write_bytes_atomic(path, content)
        context.ledger.record(document_key(maker, slug, year), fingerprint, [path], {})
        paths.append(path)
    return paths


def due_documents(
    context: Context, maker: Maker, years: Iterable[int], slugs: Sequence[str], asked: Iterable[int]
) -> Iterator[Pair]:
    """Yield the documents that a run has to make.

    Args:
        context: the installation.
        maker: of the documents.
        years: editions to look at.
        slugs: regions to look at; France is always looked at.
        asked: editions of which documents are wanted besides the default ones. What was made once
            is kept up to date as well.
    """
    wanted = {*maker.default_years(context), *asked}
    for year in sorted(set(years)):
        fingerprint = maker.fingerprint(context, year)
        for slug in (*slugs, NATIONAL):
            key = document_key(maker, slug, year)
            is_wanted = year in wanted or context.ledger.fingerprint_of(key) is not None
            if is_wanted and not context.ledger.is_fresh(key, fingerprint):
                yield slug, year


def current_documents(context: Context, years: Iterable[int]) -> dict[str, Path]:
    """Return the documents that hold for their edition as it is now, by path in a release."""
    found = {}
    for maker in MAKERS:
        for year in years:
            fingerprint = maker.fingerprint(context, year)
            for slug in places(context):
                if context.ledger.is_fresh(document_key(maker, slug, year), fingerprint):
                    path = document_file(context, maker, slug, year)
                    found[maker.document.path(slug, year)] = path
    return found

"""Makes documents of regions and editions, records them, and says which are due and which hold.

Which editions have documents in a release is declared, not a matter of what was made before; one
that is stale or missing holds the release back, it does not vanish from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from phare_pipeline.contract.documents import NATIONAL
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.documents import reports
from phare_pipeline.steps.documents.document import Maker
from phare_pipeline.warehouse.files import batch, write_bytes_atomic

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
    made: dict[str, Path] = {}
    with batch() as put:
        for slug, content in maker.make(context, year, slugs):
            made[slug] = document_file(context, maker, slug, year)
            write_bytes_atomic(made[slug], content, put)
    with batch() as put:
        for slug, path in made.items():
            context.ledger.record(document_key(maker, slug, year), fingerprint, [path], {}, put)
    return list(made.values())


def due_documents(
    context: Context, maker: Maker, years: Iterable[int], slugs: Sequence[str]
) -> Iterator[Pair]:
    """Yield the documents that a run has to make: those of a release that are not as they must be.

    Args:
        context: the installation.
        maker: of the documents.
        years: editions to look at; those whose documents no release holds have none due.
        slugs: regions to look at; France is always looked at.
    """
    for year in sorted({*years} & {*maker.years(context)}):
        fingerprint = maker.fingerprint(context, year)
        for slug in (*slugs, NATIONAL):
            if not context.ledger.is_fresh(document_key(maker, slug, year), fingerprint):
                yield slug, year


def published_documents(context: Context) -> dict[str, Path]:
    """Return the documents of a release by their path in it: those of the declared editions."""
    return {
        maker.document.path(slug, year): document_file(context, maker, slug, year)
        for maker in MAKERS
        for year in maker.years(context)
        for slug in places(context)
    }

"""Gathers what was built into a release and makes it the current one, whole or not at all.

How folders are assembled and switched belongs in `warehouse/assemble`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from phare_pipeline.contract import CONTRACT_VERSION
from phare_pipeline.contract.documents import EXPLORER
from phare_pipeline.contract.fields import FIELDS
from phare_pipeline.contract.tables import PUBLISHED_FROM, TABLES
from phare_pipeline.errors import ReleaseError
from phare_pipeline.outputs.explorer.build import explorer_page
from phare_pipeline.outputs.tables.files import release_files
from phare_pipeline.steps.context import Context
from phare_pipeline.steps.dimensions import build_dimensions
from phare_pipeline.steps.documents import current_documents
from phare_pipeline.steps.edition import PARTS, edition_hash, origins_of
from phare_pipeline.steps.fingerprints import code_digests, value_digest
from phare_pipeline.steps.origins import (
    declared_files,
    forget_states,
    keep_state,
    state_files,
    state_of,
)
from phare_pipeline.steps.part import part_key
from phare_pipeline.steps.surveys import study_files
from phare_pipeline.warehouse.assemble import assemble, regional_files
from phare_pipeline.warehouse.files import sha256_of
from phare_pipeline.warehouse.prune import KEPT
from phare_pipeline.warehouse.releases import Release, current_release
from phare_pipeline.warehouse.tables import read_parquet

KEY = "release"


def built_editions(context: Context) -> tuple[int, ...]:
    """Return the editions of which all core tables have been built."""
    ledger = context.ledger
    return tuple(
        year
        for year in context.editions
        if all(ledger.fingerprint_of(part_key(part, year)) for part in PARTS)
    )


def is_current(context: Context) -> bool:
    """Tell whether `current` is the release of exactly what is built now."""
    if not built_editions(context):
        return False
    fingerprint = _fingerprint(context, built_hashes(context))
    current = current_release(context.workspace)
    recorded = context.ledger.facts_of(KEY).get("release_id")
    return (
        context.ledger.is_fresh(KEY, fingerprint)
        and current is not None
        and current.release_id == recorded
    )


def make_release(context: Context, *, keep: int = KEPT) -> Release:
    """Assemble the release of all built editions and switch `current` to it.

    Raises:
        ReleaseError: nothing is built yet, or a region's files were cut from another state of
            their edition; `current` stays as it is.
    """
    hashes = built_hashes(context)
    if not hashes:
        raise ReleaseError("Nothing is built yet", expected="one edition", action="phare run")
    keep_state(context)
    marts = release_tables(context, hashes)
    inputs = _inputs(context, hashes)
    states = {edition["origins"] for edition in inputs["editions"].values()}
    files = {
        **regional_files(context.workspace, hashes, context.slugs),
        **state_files(context, states),
        **current_documents(context, hashes),
    }
    release = assemble(
        context.workspace,
        files=files,
        contents=release_contents(marts),
        marts=marts,
        inputs=inputs,
        keep=keep,
    )
    forget_states(context, states)
    facts: dict[str, str | int | float] = {"release_id": release.release_id}
    context.ledger.record(KEY, _fingerprint(context, hashes), (), facts)
    return release


def release_tables(context: Context, hashes: Mapping[int, str]) -> dict[str, pa.Table]:
    """Return the flat tables of the given editions as they are built, facts then dimensions."""
    facts = {
        out: _all_editions(context, core, tuple(hashes)) for out, core in PUBLISHED_FROM.items()
    }
    return {**facts, **build_dimensions(context, hashes, facts)}


def release_contents(marts: Mapping[str, pa.Table]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files for other tools, and of the explorer."""
    yield from release_files(marts)
    yield EXPLORER, explorer_page(marts).encode("utf-8")


def release_inputs(context: Context) -> dict[str, Any]:
    """Return what a release of what is built now would be made from, as in its manifest."""
    return _inputs(context, built_hashes(context))


def _fingerprint(context: Context, hashes: Mapping[int, str]) -> str:
    """Return the hash of what is to be published: the inputs, and the documents as they are."""
    documents = current_documents(context, hashes)
    contents = {name: sha256_of(path) for name, path in documents.items()}
    return value_digest([_inputs(context, hashes), contents])


def built_hashes(context: Context) -> dict[int, str]:
    """Return the hash of each edition that is built."""
    return {year: edition_hash(context, year) for year in built_editions(context)}


def _all_editions(context: Context, core: str, editions: tuple[int, ...]) -> pa.Table:
    tables = [read_parquet(context.workspace.core_file(core, year)) for year in editions]
    return pa.concat_tables([table.replace_schema_metadata(None) for table in tables])


def present_inputs(context: Context) -> dict[str, Any]:
    """Return what a release made now would be made from, its editions aside."""
    return {
        "sources": {
            source.source_id: {
                "vintage": source.vintage,
                "files": {file.path: file.sha256 for file in source.files},
            }
            for source in context.sources.values()
        },
        "studies": {study_id: study_files(context, study_id) for study_id in context.studies},
        "declarations": {name: sha256_of(path) for name, path in declared_files(context).items()},
        "models": context.models_hash,
        **made_with(context),
    }


def made_with(context: Context) -> dict[str, Any]:
    """Return what decides the figures of any release, whatever they are about."""
    return {
        # By content: moved rows and rewritten comments are declarations that change no figure.
        "registry": context.registry_hash,
        "code": code_digests(),
        "contract": {
            "version": CONTRACT_VERSION,
            "sha256": contract_digest(),
        },
        "lock": sha256_of(context.workspace.lock),
    }


def contract_digest() -> str:
    """Return the hash of all declared columns and tables."""
    return value_digest([list(FIELDS.values()), list(TABLES.values())])


def _inputs(context: Context, hashes: Mapping[int, str]) -> dict[str, Any]:
    present = state_of(context)
    return {
        **present_inputs(context),
        "editions": {
            str(year): {
                "hash": value,
                # What it was built from: not what is there now when only part was rerun.
                "origins": origins_of(context, year, present),
                "parts": {p.name: context.ledger.fingerprint_of(part_key(p, year)) for p in PARTS},
            }
            for year, value in hashes.items()
        },
    }

"""Gathers what was built into a release and makes it the current one, whole or not at all.

How folders are assembled and switched belongs in `warehouse/release`.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from phare_pipeline.contract import CONTRACT_VERSION
from phare_pipeline.contract.tables import PUBLISHED_FROM
from phare_pipeline.errors import ReleaseError
from phare_pipeline.steps.context import Context
from phare_pipeline.steps.dimensions import build_dimensions
from phare_pipeline.steps.edition import PARTS, edition_hash, part_key
from phare_pipeline.steps.fingerprints import code_digest, value_digest
from phare_pipeline.warehouse.files import sha256_of
from phare_pipeline.warehouse.release import Release, assemble, current_release
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
    fingerprint = value_digest(_inputs(context, _hashes(context)))
    current = current_release(context.workspace)
    recorded = context.ledger.facts_of(KEY).get("release_id")
    return (
        context.ledger.is_fresh(KEY, fingerprint)
        and current is not None
        and current.release_id == recorded
    )


def make_release(context: Context, *, keep: int = 5) -> Release:
    """Assemble the release of all built editions and switch `current` to it.

    Raises:
        ReleaseError: nothing is built yet, or a region's files were cut from another state of
            their edition; `current` stays as it is.
    """
    hashes = _hashes(context)
    if not hashes:
        raise ReleaseError("Nothing is built yet", expected="one edition", action="phare run")
    facts = {
        out: _all_editions(context, core, tuple(hashes)) for out, core in PUBLISHED_FROM.items()
    }
    marts = {**facts, **build_dimensions(context, hashes, facts)}
    inputs = _inputs(context, hashes)
    release = assemble(
        context.workspace,
        editions=hashes,
        slugs=context.slugs,
        marts=marts,
        inputs=inputs,
        keep=keep,
    )
    facts_of_release: dict[str, str | int | float] = {"release_id": release.release_id}
    context.ledger.record(KEY, value_digest(inputs), (), facts_of_release)
    return release


def _hashes(context: Context) -> dict[int, str]:
    return {year: edition_hash(context, year) for year in built_editions(context)}


def _all_editions(context: Context, core: str, editions: tuple[int, ...]) -> pa.Table:
    tables = [read_parquet(context.workspace.core_file(core, year)) for year in editions]
    return pa.concat_tables([table.replace_schema_metadata(None) for table in tables])


def _inputs(context: Context, hashes: dict[int, str]) -> dict[str, Any]:
    return {
        "sources": {s.source_id: s.data_version for s in context.sources.values()},
        "corrections": sha256_of(context.workspace.raw / "corrections.csv"),
        "gaps": sha256_of(context.workspace.raw / "gaps.csv"),
        "registry": context.registry_hash,
        "models": context.models_hash,
        "code": code_digest("."),
        "contract": CONTRACT_VERSION,
        "lock": sha256_of(context.workspace.lock),
        "editions": {
            str(year): {
                "hash": value,
                # What the edition was built from: another than today's when only part was rerun.
                **{p.name: context.ledger.fingerprint_of(part_key(p, year)) for p in PARTS},
            }
            for year, value in hashes.items()
        },
    }

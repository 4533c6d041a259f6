"""Gathers what was built into a release and makes it the current one, whole or not at all.

How folders are assembled and switched belongs in `warehouse/assemble`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from phare_pipeline.config import EDITIONS, EDITIONS_VARIABLE, REPORTS_VARIABLE
from phare_pipeline.contract import CONTRACT_VERSION, DISCLOSURE_RULE
from phare_pipeline.contract.documents import EXPLORER
from phare_pipeline.contract.fields import FIELDS
from phare_pipeline.contract.tables import PUBLISHED_FROM, TABLES
from phare_pipeline.errors import ReleaseError
from phare_pipeline.outputs.explorer.build import explorer_page
from phare_pipeline.outputs.tables.files import release_files
from phare_pipeline.state.digests import value_digest
from phare_pipeline.state.snapshot import code_digest, code_digests
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.one_state import ALL_STEPS, check_unchanged
from phare_pipeline.steps.common.origins import (
    declared_files,
    forget_states,
    keep_state,
    state_files,
    state_of,
)
from phare_pipeline.steps.common.studies import study_files
from phare_pipeline.steps.dimensions.study_issues import study_issues
from phare_pipeline.steps.dimensions.tables import build_dimensions, conformed
from phare_pipeline.steps.documents.making import MAKERS, due_documents, places, published_documents
from phare_pipeline.steps.edition.build import PARTS, is_edition_built, origins_of
from phare_pipeline.steps.edition.part import part_key
from phare_pipeline.steps.edition.tables import edition_hash
from phare_pipeline.steps.release.basket import basket_table
from phare_pipeline.steps.release.publish import cut_fingerprint, is_cut
from phare_pipeline.warehouse.assemble import assemble, regional_files
from phare_pipeline.warehouse.files import sha256_of
from phare_pipeline.warehouse.manifest import read_manifest
from phare_pipeline.warehouse.releases import Release, current_release
from phare_pipeline.warehouse.secrecy import INPUT
from phare_pipeline.warehouse.tables import read_parquet

KEY = "release"

Notice = Callable[[str], None]


def built_editions(context: Context) -> tuple[int, ...]:
    """Return the editions of which all core tables have been built."""
    ledger = context.ledger
    return tuple(
        year
        for year in context.editions
        if all(ledger.fingerprint_of(part_key(part, year)) for part in PARTS)
    )


def is_current(context: Context) -> bool:
    """Tell whether `current` is the release of exactly what is declared, all of it built."""
    if built_editions(context) != context.editions:
        return False
    current = current_release(context.workspace)
    recorded = context.ledger.facts_of(KEY).get("release_id")
    return (
        current is not None
        and current.release_id == recorded
        and context.ledger.is_fresh(KEY, _fingerprint(context, built_hashes(context)))
    )


def make_release(context: Context, *, notice: Notice = lambda _: None) -> Release:
    """Assemble the release of all declared editions and switch `current` to it.

    Args:
        context: the installation.
        notice: told which documents leave the release with this one.

    Raises:
        ReleaseError: something was built from another state, or not at all, or code or a
            declaration was changed while the run was on; `current` stays as it is.
    """
    check_unchanged(context)
    _check_one_state(context)
    hashes = built_hashes(context)
    keep_state(context)
    marts = release_tables(context, hashes)
    inputs = _inputs(context, hashes)
    states = {edition["origins"] for edition in inputs["editions"].values()}
    documents = published_documents(context)
    for text in leaving(context, documents):
        notice(text)
    files = {
        **regional_files(context.workspace, hashes, context.slugs),
        **state_files(context, states),
        **documents,
    }
    release = assemble(
        context.workspace,
        files=files,
        contents=release_contents(marts),
        marts=marts,
        inputs=inputs,
        confirm=lambda: check_unchanged(context),
        keep=context.kept_releases,
    )
    forget_states(context, states)
    facts: dict[str, str | int | float] = {"release_id": release.release_id}
    context.ledger.record(KEY, _fingerprint(context, hashes), (), facts)
    return release


def _check_one_state(context: Context) -> None:
    """Refuse a release of which any part is missing or of another state than the rest.

    One registry, one code, one set of models and of packages stand behind all editions: a part
    whose fingerprint is not the present one was made by others.

    Raises:
        ReleaseError: with what is stale and what to run.
    """
    built = [year for year in context.editions if is_edition_built(context, year)]
    stale = [f"edition {year}" for year in context.editions if year not in built]
    for year in built:
        fingerprint = cut_fingerprint(context, year)
        cuts = [slug for slug in context.slugs if not is_cut(context, slug, year, fingerprint)]
        if cuts:
            few = "all regions" if len(cuts) == len(context.slugs) else ", ".join(cuts)
            stale.append(f"{few} of {year}")
    for maker in MAKERS:
        due = Counter(year for _, year in due_documents(context, maker, built, context.slugs))
        stale += [f"{n} documents of {year} ({maker.document.name})" for year, n in due.items()]
    if stale:
        raise ReleaseError(
            "A release would be a mixture of states",
            where="warehouse/build",
            found="missing, or of another registry, code, model, figure or package: "
            + "; ".join(stale),
            expected=f"editions {_span(context.editions)} of one state, with the files of all "
            "regions and the declared documents",
            action="phare run (in Dagster: the job everything)"
            + (f"; {EDITIONS_VARIABLE} declares fewer editions" if len(built) < len(stale) else ""),
        )


def _span(years: tuple[int, ...]) -> str:
    return ", ".join(map(str, years)) if len(years) < 3 else f"{years[0]} to {years[-1]}"


def leaving(context: Context, documents: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each edition whose documents are in `current` and not in the next one.

    Args:
        context: the installation.
        documents: paths of the documents of the next release.
    """
    current = current_release(context.workspace)
    if current is None:
        return
    published, kept = read_manifest(current.path)["files"].keys(), set(documents)
    for maker in MAKERS:
        for year in EDITIONS:
            paths = {maker.document.path(slug, year) for slug in places(context)}
            if gone := (paths & published) - kept:
                yield (
                    f"{len(gone)} documents of {year} ({maker.document.name}) leave the release: "
                    f"their edition is not declared; {REPORTS_VARIABLE}={year} keeps them"
                )


def release_tables(context: Context, hashes: Mapping[int, str]) -> dict[str, pa.Table]:
    """Return the flat tables of the given editions as they are built, facts then dimensions."""
    facts = {
        out: _all_editions(context, core, tuple(hashes)) for out, core in PUBLISHED_FROM.items()
    }
    dimensions = build_dimensions(context, hashes, facts)
    basket = basket_table(facts, context.registry)
    return {**facts, "out_basket": basket, **dimensions, **conformed(study_issues(context))}


def release_contents(marts: Mapping[str, pa.Table]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files for other tools, and of the explorer."""
    yield from release_files(marts)
    yield EXPLORER, explorer_page(marts).encode("utf-8")


def release_inputs(context: Context) -> dict[str, Any]:
    """Return what a release of what is built now would be made from, as in its manifest."""
    return _inputs(context, built_hashes(context))


def _fingerprint(context: Context, hashes: Mapping[int, str]) -> str:
    """Return the hash of what is to be published: inputs, code, and the documents as they are."""
    documents = {name: sha256_of(path) if path.is_file() else "absent"
                 for name, path in published_documents(context).items()}  # fmt: skip
    return value_digest([_inputs(context, hashes), documents, code_digest(__name__)])


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
        INPUT: DISCLOSURE_RULE,
        "declarations": {name: sha256_of(path) for name, path in declared_files(context).items()},
        "models": context.models_hash,
        **made_with(context),
    }


def made_with(context: Context, module: str = ALL_STEPS) -> dict[str, Any]:
    """Return what decides the figures of any release, whatever they are about.

    Installed versions are not among it: a release is named by what it holds, and the same bytes
    from another machine are the same release. They make a step due (see `state.modules`).

    Args:
        context: the installation.
        module: dotted name of the module that orders what is made.
    """
    return {
        # By content: moved rows and rewritten comments are declarations that change no figure.
        "registry": context.registry_hash,
        "code": code_digests(module),
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
            }
            for year, value in hashes.items()
        },
    }

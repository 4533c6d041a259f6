"""Assembles a release: an immutable folder named by its content, whole or not at all.

Published files are hard links to files of the build area or of the release before. That is safe
because nothing ever writes into a file that exists: every writer replaces it (see `files`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from phare_pipeline.config import KEPT_RELEASES, Workspace
from phare_pipeline.contract.tables import CUT_FROM
from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse.catalogue import write_catalogue
from phare_pipeline.warehouse.digests import describe
from phare_pipeline.warehouse.files import (
    TEMPORARY,
    batch,
    link,
    refusal,
    remove_folder,
    write_bytes_atomic,
)
from phare_pipeline.warehouse.manifest import CATALOGUE, MANIFEST, build_manifest, id_of
from phare_pipeline.warehouse.prune import prune
from phare_pipeline.warehouse.releases import Release
from phare_pipeline.warehouse.secrecy import withdraw
from phare_pipeline.warehouse.switch import publish
from phare_pipeline.warehouse.tables import read_footer, write_parquet
from phare_pipeline.warehouse.wholeness import damages


def assemble(
    workspace: Workspace,
    *,
    files: Mapping[str, Path],
    contents: Iterable[tuple[str, bytes]] = (),
    marts: Mapping[str, pa.Table],
    inputs: Mapping[str, Any],
    confirm: Callable[[], None] = lambda: None,
    keep: int = KEPT_RELEASES,
    footer: Mapping[str, str] | None = None,
) -> Release:
    """Make a release of what is built and switch `current` to it; the lock must be held.

    Args:
        workspace: where builds and releases are.
        files: what is published as it is, by its path in the release (see `regional_files`).
        contents: what is written for this release: path in it and bytes.
        marts: the flat tables, conformed, by name.
        inputs: what the release was made from, for its manifest.
        confirm: called last before the release takes its place; what it raises holds it back.
        keep: how many releases stay; the current one and named ones always do.
        footer: what every flat table says in its metadata besides the contract.

    Raises:
        PhareError: the disk is full; `current` stays as it is.
    """
    draft = workspace.releases / f"{TEMPORARY}{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        for name, source in files.items():
            link(source, draft / name)
        with batch() as put:
            for name, content in contents:
                write_bytes_atomic(draft / name, content, put)
            for table, rows in sorted(marts.items()):
                path = draft / "marts" / f"{table}.parquet"
                write_parquet(rows, table, path, dict(footer or {}), put)
        manifest = build_manifest(draft, describe(marts), inputs)
        write_bytes_atomic(draft / MANIFEST, manifest)
        target = workspace.releases / id_of(manifest)
        is_new = not _is_whole(target)
        if is_new:
            write_catalogue(draft / CATALOGUE, marts)
            _protect(draft)
        confirm()
        if is_new:
            # A damaged release of the same name makes room.
            remove_folder(target)
            draft.rename(target)
    except OSError as error:
        raise refusal(error, workspace.releases) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    publish(workspace, target.name)
    withdraw(workspace)
    prune(workspace, keep)
    return Release(target.name, target, is_new)


def regional_files(
    workspace: Workspace, editions: Mapping[int, str], slugs: Sequence[str]
) -> dict[str, Path]:
    """Return the files of all regions and editions by their path in the release.

    Args:
        workspace: where builds are.
        editions: hash of each edition; every regional file must have been cut from it.
        slugs: the regions that must be there.

    Raises:
        ReleaseError: files are missing or of another state of their edition.
    """
    files: dict[str, Path] = {}
    stale: dict[int, set[str]] = {}
    for year, edition_hash in editions.items():
        for slug in slugs:
            for table in CUT_FROM:
                path = workspace.out_file(table, slug, year)
                if not path.is_file() or read_footer(path).get("edition_hash") != edition_hash:
                    stale.setdefault(year, set()).add(slug)
                files[f"{table}/region={slug}/{year}.parquet"] = path
    if stale:
        found = "; ".join(
            f"{year}: {_few(sorted(regions), len(slugs))}" for year, regions in stale.items()
        )
        years = " ".join(f"--year {year}" for year in stale)
        raise ReleaseError(
            "The regions of an edition do not come from the same state of it",
            found=f"stale or missing in {found}",
            expected="all regions cut from the edition as it is now: a rank compares them all",
            action=f"phare run {years}",
        )
    return files


def _few(regions: Sequence[str], total: int) -> str:
    return "all regions" if len(regions) == total else ", ".join(regions)


def _is_whole(target: Path) -> bool:
    """Tell whether the release is there already, every file as it should be."""
    return (target / MANIFEST).is_file() and not damages(target)


def _protect(folder: Path) -> None:
    """Make published files read-only, so that no tool changes one by accident."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)

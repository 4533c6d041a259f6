"""Assembles releases and switches between them: immutable folders named by their content.

Published files are hard links to files of the build area or of the release before. That is safe
because nothing ever writes into a file that exists: every writer replaces it (see `files`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from phare_pipeline.config import Workspace
from phare_pipeline.contract import CONTRACT_VERSION
from phare_pipeline.contract.tables import CUT_FROM
from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse.catalogue import write_catalogue
from phare_pipeline.warehouse.files import TEMPORARY, refusal, sha256_of, write_bytes_atomic
from phare_pipeline.warehouse.tables import read_footer, write_parquet

MANIFEST = "manifest.json"
CATALOGUE = "phare.duckdb"
ID_LENGTH = 16


@dataclass(frozen=True)
class Release:
    """A published release: its name is the hash of its manifest."""

    release_id: str
    path: Path
    is_new: bool


def assemble(
    workspace: Workspace,
    *,
    editions: Mapping[int, str],
    slugs: Sequence[str],
    marts: Mapping[str, pa.Table],
    inputs: Mapping[str, Any],
    keep: int = 5,
) -> Release:
    """Make a release of what is built and switch `current` to it.

    Args:
        workspace: where builds and releases are.
        editions: hash of each edition; every regional file must have been cut from it.
        slugs: the regions that must be there.
        marts: the flat tables, conformed, by name.
        inputs: what the release was made from, for its manifest.
        keep: how many releases stay; the current one always does.

    Raises:
        ReleaseError: files are missing or of another state of their edition.
        PhareError: the disk is full. In both cases `current` stays as it is.
    """
    files = _regional_files(workspace, editions, slugs)
    draft = workspace.releases / f"{TEMPORARY}{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        for name, source in files.items():
            _link(source, draft / name)
        for table, rows in sorted(marts.items()):
            write_parquet(rows, table, draft / "marts" / f"{table}.parquet", {})
        manifest = _manifest(draft, marts, inputs)
        write_bytes_atomic(draft / MANIFEST, manifest)
        release_id = hashlib.sha256(manifest).hexdigest()[:ID_LENGTH]
        target = workspace.releases / release_id
        is_new = not target.exists()
        if is_new:
            write_catalogue(draft / CATALOGUE, marts)
            _protect(draft)
            draft.rename(target)
    except OSError as error:
        raise refusal(error, workspace.releases) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _publish(workspace, release_id)
    _prune(workspace, keep)
    return Release(release_id, target, is_new)


def _regional_files(
    workspace: Workspace, editions: Mapping[int, str], slugs: Sequence[str]
) -> dict[str, Path]:
    """Return the files of all regions and editions, refusing a mixture of states."""
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


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        # Another file system, or one without links: a copy is the same to readers.
        shutil.copyfile(source, target)


def _manifest(draft: Path, marts: Mapping[str, pa.Table], inputs: Mapping[str, Any]) -> bytes:
    files = {
        path.relative_to(draft).as_posix(): {
            "sha256": sha256_of(path),
            "bytes": path.stat().st_size,
        }
        for path in sorted(draft.rglob("*.parquet"))
    }
    content = {
        "contract_version": CONTRACT_VERSION,
        "inputs": inputs,
        "files": files,
        # The catalogue's bytes differ at every build; its rows are those of the flat tables.
        "catalogue": {
            name: {"rows": table.num_rows, "same_rows_as": f"marts/{name}.parquet"}
            for name, table in sorted(marts.items())
        },
    }
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    return (text + "\n").encode("utf-8")


def _protect(folder: Path) -> None:
    """Make published files read-only, so that no tool changes one by accident."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)


def _publish(workspace: Workspace, release_id: str) -> None:
    """Log and switch; the switch comes last, so a failure before it changes nothing for readers."""
    try:
        _log(workspace, release_id)
        _switch(workspace, release_id)
    except OSError as error:
        raise refusal(error, workspace.current) from error


def _switch(workspace: Workspace, release_id: str) -> None:
    """Point `current` to a release in one step: readers see the old one or the new one."""
    link = workspace.warehouse / f"{TEMPORARY}current-{os.getpid()}"
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(Path("releases") / release_id)
        link.replace(workspace.current)
    finally:
        link.unlink(missing_ok=True)


def _log(workspace: Workspace, release_id: str) -> None:
    """Note when a release becomes current; this log is private and may hold the clock."""
    path = workspace.build / "releases.log"
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    before = path.read_bytes() if path.is_file() else b""
    write_bytes_atomic(path, before + f"{now} {release_id}\n".encode())


def _logged(workspace: Workspace) -> list[str]:
    """Return the releases in the order in which they last became current."""
    path = workspace.build / "releases.log"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    last = {line.split()[1]: number for number, line in enumerate(lines)}
    return sorted(last, key=lambda release_id: last[release_id])


def _prune(workspace: Workspace, keep: int) -> None:
    present = [r for r in _logged(workspace) if (workspace.releases / r).is_dir()]
    current = current_release(workspace)
    for release_id in present[: max(0, len(present) - keep)]:
        if current is None or release_id != current.release_id:
            shutil.rmtree(workspace.releases / release_id)


def current_release(workspace: Workspace) -> Release | None:
    """Return the release that readers see, None when nothing is published."""
    if not (workspace.current / MANIFEST).is_file():
        return None
    path = workspace.current.resolve()
    return Release(path.name, path, is_new=False)


def rollback(workspace: Workspace, release_id: str) -> Release:
    """Make an earlier release the current one again.

    Raises:
        ReleaseError: there is no such release.
    """
    path = workspace.releases / release_id
    if not (path / MANIFEST).is_file():
        names = sorted(p.name for p in workspace.releases.glob("*") if (p / MANIFEST).is_file())
        raise ReleaseError(
            "There is no such release",
            found=release_id,
            expected=f"one of {', '.join(names) or 'none yet'}",
        )
    _publish(workspace, release_id)
    return Release(release_id, path, is_new=False)

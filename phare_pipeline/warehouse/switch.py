"""Makes a release the one that readers see, in one step; the lock must be held.

Which releases there are is said by `releases`, which go is decided by `prune`.
"""

from __future__ import annotations

import os
from pathlib import Path

from phare_pipeline.config import Workspace
from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse import run_log
from phare_pipeline.warehouse.files import TEMPORARY, refusal
from phare_pipeline.warehouse.manifest import read_manifest
from phare_pipeline.warehouse.releases import Release, find_release
from phare_pipeline.warehouse.secrecy import refuse_superseded
from phare_pipeline.warehouse.wholeness import damages


def publish(workspace: Workspace, release_id: str, event: str = run_log.PUBLISHED) -> None:
    """Log and switch; the switch comes last, so a failure before it changes nothing for readers.

    The release is on the disk before the entry of the log is moved in (see `files`).

    Raises:
        PhareError: the disk is full.
    """
    try:
        run_log.write_entry(workspace, event, release=release_id)
        _switch(workspace, release_id)
    except OSError as error:
        raise refusal(error, workspace.current) from error


def _switch(workspace: Workspace, release_id: str) -> None:
    """Point `current` to a release: readers see the old one or the new one."""
    link = workspace.warehouse / f"{TEMPORARY}current-{os.getpid()}"
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(Path("releases") / release_id)
        link.replace(workspace.current)
    finally:
        link.unlink(missing_ok=True)


def rollback(workspace: Workspace, text: str) -> Release:
    """Make an earlier release the current one again, when all its files are what they were.

    Args:
        workspace: where the releases are.
        text: its name, its id or the beginning of its id.

    Raises:
        ReleaseError: there is no such release, it is damaged, or it hides by another rule;
            `current` stays as it is.
    """
    release = find_release(workspace, text)
    read_manifest(release.path)
    found = damages(release.path)
    if found:
        raise ReleaseError(
            "A damaged release cannot be the current one",
            where=f"warehouse/releases/{release.release_id}",
            found="; ".join(found[:3]),
            expected="the files of its manifest",
            action="phare verify lists all of it; choose another release",
        )
    refuse_superseded(release)
    publish(workspace, release.release_id, run_log.RESTORED)
    return release

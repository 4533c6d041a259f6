"""Removes old releases: never the current one, never a named one; the lock must be held."""

from __future__ import annotations

from phare_pipeline.config import KEPT_RELEASES, Workspace
from phare_pipeline.errors import PhareError
from phare_pipeline.warehouse import run_log
from phare_pipeline.warehouse.files import remove_folder
from phare_pipeline.warehouse.releases import (
    Release,
    all_releases,
    current_release,
    release_names,
)


def removable(workspace: Workspace, keep: int = KEPT_RELEASES) -> list[Release]:
    """Return what pruning would remove, oldest first.

    The newest `keep` releases by when they last were current stay, the current one and named ones
    among them or in addition to them.

    Raises:
        PhareError: `keep` is negative.
    """
    if keep < 0:
        raise PhareError(
            "A number of releases to keep is not negative", found=str(keep), expected="0 or more"
        )
    current = current_release(workspace)
    needed = {*release_names(workspace).values(), current.release_id if current else ""}
    releases = all_releases(workspace)
    old = releases[: max(0, len(releases) - keep)]
    return [release for release in old if release.release_id not in needed]


def prune(workspace: Workspace, keep: int = KEPT_RELEASES) -> list[Release]:
    """Remove what `removable` lists and return it."""
    gone = removable(workspace, keep)
    for release in gone:
        run_log.write_entry(workspace, run_log.REMOVED, release=release.release_id)
        remove_folder(release.path)
    return gone

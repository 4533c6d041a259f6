"""Finds releases by id, name or `current`, and gives them names; making one is `assemble`.

A name is a link `warehouse/named/<name>`: readers open it like `current`, and what it points to is
never removed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.config import Workspace
from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse import run_log
from phare_pipeline.warehouse.files import TEMPORARY, refusal
from phare_pipeline.warehouse.manifest import ID_LENGTH, MANIFEST

CURRENT = "current"
SHORTEST_PREFIX = 4
_ID = re.compile(f"[0-9a-f]{{{ID_LENGTH}}}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Release:
    """A published release: its name is the hash of its manifest."""

    release_id: str
    path: Path
    is_new: bool = False


def current_release(workspace: Workspace) -> Release | None:
    """Return the release that readers see, None when nothing is published."""
    if not (workspace.current / MANIFEST).is_file():
        return None
    path = workspace.current.resolve()
    return Release(path.name, path)


def all_releases(workspace: Workspace) -> list[Release]:
    """Return the releases that are there, in the order in which they last became current.

    One that never did (its run was killed just before) comes first.
    """
    order = {release_id: n for n, release_id in enumerate(run_log.last_current(workspace), 1)}
    found = [
        Release(path.name, path)
        for path in workspace.releases.glob("*")
        if _ID.fullmatch(path.name) and path.is_dir()
    ]
    return sorted(found, key=lambda release: (order.get(release.release_id, 0), release.release_id))


def find_release(workspace: Workspace, text: str = CURRENT) -> Release:
    """Return a release by `current`, its name, its id or the beginning of its id.

    Raises:
        ReleaseError: nothing fits, or more than one does.
    """
    if text == CURRENT:
        current = current_release(workspace)
        if current is None:
            raise ReleaseError("Nothing is published yet", action="phare run")
        return current
    releases = all_releases(workspace)
    named = release_names(workspace)
    wanted = named.get(text, text)
    found = [r for r in releases if r.release_id == wanted]
    if not found and len(text) >= SHORTEST_PREFIX:
        found = [r for r in releases if r.release_id.startswith(text)]
    if len(found) == 1:
        return found[0]
    choices = [CURRENT, *named, *(r.release_id for r in reversed(releases))]
    raise ReleaseError(
        "More than one release begins like this" if found else "There is no such release",
        found=text,
        expected=f"one of {', '.join(choices)}" if releases else "none is published yet",
        action="phare releases lists them",
    )


def names_folder(workspace: Workspace) -> Path:
    """Return where the links of named releases are."""
    return workspace.warehouse / "named"


def release_names(workspace: Workspace) -> dict[str, str]:
    """Return the release of each name, in order of the names."""
    links = sorted(path for path in names_folder(workspace).glob("*") if _NAME.fullmatch(path.name))
    return {link.name: Path(link.readlink()).name for link in links if link.is_symlink()}


def name_release(workspace: Workspace, name: str, release: Release) -> None:
    """Give a release a name, or give the name to another release; the lock must be held.

    Raises:
        ReleaseError: the name cannot be told from an id or from `current`, or is no plain word.
    """
    if not _NAME.fullmatch(name) or name == CURRENT or re.fullmatch("[0-9a-f]{4,}", name):
        raise ReleaseError(
            "This cannot be the name of a release",
            found=name,
            expected="small letters, figures, points and dashes; not `current`, not like an id",
        )
    folder = names_folder(workspace)
    link = folder / f"{TEMPORARY}{os.getpid()}-{name}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(Path("..") / "releases" / release.release_id)
        link.replace(folder / name)
    except OSError as error:
        raise refusal(error, folder) from error
    finally:
        link.unlink(missing_ok=True)
    run_log.write_entry(workspace, run_log.NAMED, release=release.release_id, name=name)


def unname_release(workspace: Workspace, name: str) -> None:
    """Take a name away; its release may then be removed. The lock must be held.

    Raises:
        ReleaseError: there is no such name.
    """
    names = release_names(workspace)
    if name not in names:
        raise ReleaseError(
            "No release has this name", found=name, expected=", ".join(names) or "no name is given"
        )
    (names_folder(workspace) / name).unlink()
    run_log.write_entry(workspace, run_log.UNNAMED, release=names[name], name=name)

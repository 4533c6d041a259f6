"""Sums up each release for a list: since when, how large, made from what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phare_pipeline.config import Workspace
from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse import run_log
from phare_pipeline.warehouse.manifest import canonical, id_of, read_manifest
from phare_pipeline.warehouse.releases import all_releases, current_release, release_names

SHORT = 8


@dataclass(frozen=True)
class Summary:
    """One release in a list.

    Attributes:
        release_id: its name in `warehouse/releases`.
        names: the names a person gave it.
        is_current: readers see it.
        current_since: when it last became the current one, UTC; None when it never did.
        bytes: size of its files.
        own_bytes: what removing it would free: files that no other release or build shares.
        origin: what it was made from, in short, or why that cannot be read.
    """

    release_id: str
    names: tuple[str, ...]
    is_current: bool
    current_since: str | None
    bytes: int
    own_bytes: int
    origin: str


def summaries(workspace: Workspace) -> list[Summary]:
    """Return the releases, the one that was current last first."""
    current, names = current_release(workspace), release_names(workspace)
    since = run_log.last_current(workspace)
    found = []
    for release in reversed(all_releases(workspace)):
        total, own = _sizes(release.path)
        name = release.release_id
        found.append(
            Summary(
                release_id=name,
                names=tuple(
                    n for n, release_id in names.items() if release_id == release.release_id
                ),
                is_current=current is not None and current.release_id == name,
                current_since=since.get(name),
                bytes=total,
                own_bytes=own,
                origin=_origin(release.path),
            )
        )
    return found


def _sizes(folder: Path) -> tuple[int, int]:
    stats = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return sum(s.st_size for s in stats), sum(s.st_size for s in stats if s.st_nlink == 1)


def _origin(folder: Path) -> str:
    try:
        inputs: dict[str, Any] = read_manifest(folder)["inputs"]
    except ReleaseError as error:
        return error.what
    years = sorted(map(int, inputs["editions"]))
    editions = f"{years[0]}–{years[-1]}" if len(years) > 1 else ", ".join(map(str, years))
    code = id_of(canonical(inputs["code"]))[:SHORT]
    return (
        f"{len(inputs['sources'])} sources, editions {editions}, "
        f"registry {inputs['registry'][:SHORT]}, code {code}"
    )

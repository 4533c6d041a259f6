"""Says whether an installation is well: release, inputs, their age, disk; it writes nothing.

Whether figures are right is `verify`; what is due and why is `plan`.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from phare_pipeline.config import Workspace
from phare_pipeline.errors import PhareError
from phare_pipeline.service.settings import Freshness
from phare_pipeline.sources.catalogue import Source
from phare_pipeline.sources.pins import check_pin
from phare_pipeline.warehouse import run_log
from phare_pipeline.warehouse.releases import current_release
from phare_pipeline.warehouse.wholeness import damages

# A build and two releases fit in it; below, a run may be refused for want of room.
FREE_BYTES = 2 * 1024**3


class Level(StrEnum):
    """How bad a finding is; only a failure makes the installation unwell."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """What one look found."""

    name: str
    level: Level
    text: str


def examine(
    workspace: Workspace, sources: dict[str, Source], freshness: Freshness, now: dt.datetime
) -> Iterator[Finding]:
    """Yield what each look finds, in a few seconds.

    Args:
        workspace: the folders.
        sources: what figures are read from.
        freshness: how long the files of a source may stay the same.
        now: the present, with its time zone.
    """
    looks: dict[str, Callable[[], Iterator[Finding]]] = {
        "release": lambda: _release(workspace),
        "runs": lambda: _runs(workspace),
        "inputs": lambda: _inputs(workspace, sources),
        "freshness": lambda: _freshness(workspace, sources, freshness, now),
        "disk": lambda: _disk(workspace.warehouse),
    }
    for name, look in looks.items():
        try:
            yield from look()
        except (PhareError, OSError) as error:
            yield Finding(name, Level.FAILURE, str(error))


def _release(workspace: Workspace) -> Iterator[Finding]:
    current = current_release(workspace)
    if current is None:
        yield Finding("release", Level.FAILURE, "nothing is published: phare run")
        return
    damaged = damages(current.path)
    if damaged:
        more = f" and {len(damaged) - 1} more" if len(damaged) > 1 else ""
        yield Finding("release", Level.FAILURE, f"{current.release_id}: {damaged[0]}{more}")
        return
    yield Finding("release", Level.OK, f"{current.release_id} is whole")


def _runs(workspace: Workspace) -> Iterator[Finding]:
    entries = run_log.read_log(workspace)
    last = f"the last entry is of {entries[-1]['at']}" if entries else "no run is logged yet"
    yield Finding("runs", Level.OK, last)


def _inputs(workspace: Workspace, sources: dict[str, Source]) -> Iterator[Finding]:
    count = 0
    for source in sources.values():
        for file in source.files:
            check_pin(workspace.raw, file)
            count += 1
    yield Finding("inputs", Level.OK, f"{count} raw files are the pinned ones")


def _freshness(
    workspace: Workspace, sources: dict[str, Source], freshness: Freshness, now: dt.datetime
) -> Iterator[Finding]:
    unknown = sorted(freshness.sources.keys() - sources.keys())
    if unknown:
        yield Finding("freshness", Level.WARNING, f"there is no source {', '.join(unknown)}")
    old = []
    for source_id, source in sources.items():
        newest = max((workspace.raw / file.path).stat().st_mtime for file in source.files)
        days = (now - dt.datetime.fromtimestamp(newest, dt.UTC)).days
        if days > freshness.days_of(source_id):
            old.append(f"{source_id} ({days} days)")
    if old:
        yield Finding("freshness", Level.WARNING, f"files that stay the same: {', '.join(old)}")
    else:
        yield Finding("freshness", Level.OK, f"{len(sources)} sources are young enough")


def _disk(warehouse: Path) -> Iterator[Finding]:
    if not os.access(warehouse, os.W_OK):
        yield Finding("disk", Level.FAILURE, "the warehouse cannot be written")
        return
    free = shutil.disk_usage(warehouse).free
    level = Level.OK if free >= FREE_BYTES else Level.WARNING
    yield Finding("disk", level, f"{free / 1024**3:.1f} GB are free")

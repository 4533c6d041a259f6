"""Keeps the log of runs and releases: when, on which machine, how long; nothing here is published.

One JSON object a line in `warehouse/log.jsonl`, beside the releases and outside of them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from pathlib import Path
from typing import Any

from phare_pipeline.config import Workspace
from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse.files import write_bytes_atomic

# What an entry may be about. PUBLISHED and RESTORED say that a release became the current one.
PUBLISHED, RESTORED, REMOVED, NAMED, UNNAMED, RUN, RENEWED = (
    "published",
    "restored",
    "removed",
    "named",
    "unnamed",
    "run",
    "renewed",
)


def log_file(workspace: Workspace) -> Path:
    """Return where the log is."""
    return workspace.warehouse / "log.jsonl"


def write_entry(workspace: Workspace, event: str, **facts: Any) -> None:
    """Add an entry with the time and the machine; the log is replaced whole, never half written.

    Raises:
        OSError, PhareError: the disk is full; the log is as it was.
    """
    path = log_file(workspace)
    entry = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
        "event": event,
        **facts,
        "machine": machine(),
    }
    before = path.read_bytes() if path.is_file() else b""
    write_bytes_atomic(path, before + f"{json.dumps(entry, ensure_ascii=False)}\n".encode())


def machine() -> dict[str, str | int]:
    """Say where this runs."""
    return {
        "host": platform.node(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "processors": os.cpu_count() or 0,
        "process": os.getpid(),
    }


def read_log(workspace: Workspace) -> list[dict[str, Any]]:
    """Return all entries, oldest first.

    Raises:
        ReleaseError: a line is no entry.
    """
    path = log_file(workspace)
    if not path.is_file():
        return []
    entries = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            entries.append(dict(json.loads(line)))
        except (ValueError, TypeError) as error:
            raise ReleaseError(
                "The log of releases cannot be read",
                where=f"warehouse/{path.name}, line {number}",
                found=line[:80],
                expected="one JSON object a line",
                action="remove this line: it only tells the order of past releases",
            ) from error
    return entries


def last_current(workspace: Workspace) -> dict[str, str]:
    """Return when each release last became the current one, in that order."""
    moments: dict[str, str] = {}
    for entry in read_log(workspace):
        if entry["event"] in (PUBLISHED, RESTORED):
            moments.pop(entry["release"], None)
            moments[entry["release"]] = entry["at"]
    return moments

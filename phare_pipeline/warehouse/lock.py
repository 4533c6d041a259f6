"""Lets one process at a time write to the warehouse, and sweeps what killed ones left behind.

The system frees the lock when its holder ends, however it ends. A process that holds it may ask
again, and so may those it starts: they find its token in their environment.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse.files import LOCK, sweep

TIMEOUT_SECONDS = 10.0
LOOK_SECONDS = 0.1
TOKEN = "PHARE_LOCK_TOKEN"


def _say_nothing(_: str) -> None:
    """Stand in where nobody wants to know why a run waits."""


@contextmanager
def exclusive(
    warehouse: Path,
    what: str,
    timeout: float = TIMEOUT_SECONDS,
    report: Callable[[str], None] = _say_nothing,
) -> Iterator[None]:
    """Hold the warehouse alone, with the leftovers of killed runs removed.

    Args:
        warehouse: the folder.
        what: what the holder does, for those who wait.
        timeout: how long to wait for another holder, in seconds.
        report: told once who holds it when there is a wait.

    Raises:
        ReleaseError: another process still holds it after `timeout` seconds; it says which.
    """
    path = warehouse / LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        if not _take(file, timeout, report):
            yield
            return
        token = secrets.token_hex(16)
        _write(file, {"token": token, "what": what, **_who()})
        os.environ[TOKEN] = token
        try:
            sweep(warehouse)
            yield
        finally:
            os.environ.pop(TOKEN, None)


def _take(file: IO[str], timeout: float, report: Callable[[str], None]) -> bool:
    """Wait for the lock and return True; False when this process or its parent has it already."""
    deadline = time.monotonic() + timeout
    has_waited = False
    while not _try_lock(file.fileno()):
        holder = _read(file)
        if holder.get("token", "") == os.environ.get(TOKEN):
            return False
        if not has_waited:
            report(f"waiting for {_describe(holder)}")
            has_waited = True
        if time.monotonic() > deadline:
            raise ReleaseError(
                "Another run is writing to the warehouse",
                found=_describe(holder),
                expected="one run at a time",
                action="wait until it has ended, then run again",
            )
        time.sleep(LOOK_SECONDS)
    return True


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _who() -> dict[str, str | int]:
    return {"process": os.getpid(), "host": platform.node()}


def _write(file: IO[str], holder: dict[str, str | int]) -> None:
    file.seek(0)
    file.truncate()
    file.write(json.dumps(holder))
    file.flush()


def _read(file: IO[str]) -> dict[str, Any]:
    """Return what the holder says of itself; nothing in the instant before it has said it."""
    file.seek(0)
    try:
        return dict(json.loads(file.read()))
    except (ValueError, TypeError):
        return {}


def _describe(holder: dict[str, Any]) -> str:
    if not holder:
        return "another process"
    return f"process {holder['process']} on {holder['host']} ({holder['what']})"

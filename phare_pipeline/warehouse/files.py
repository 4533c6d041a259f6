"""Writes files whole or not at all, and lets one writer in at a time; what is in them is unknown here.

A killed process leaves only files whose name starts with `.phare-tmp-`; no reader's pattern matches
them and `sweep` removes them.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from phare_pipeline.errors import PhareError, ReleaseError

TEMPORARY_PREFIX: Final = ".phare-tmp-"
LOCK_TIMEOUT_S: Final = 60.0
_POLL_S: Final = 0.05
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

_log = logging.getLogger(__name__)


def temporary_beside(path: Path) -> Path:
    """Return a name beside `path` that only `sweep` recognises; it carries our process id."""
    return path.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{secrets.token_hex(4)}-{path.name}.part")


def write_atomic(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make a file under a temporary name, then put it in the place of `path`.

    Readers see the old file or the new one; the new one is on the disk before it is seen. What
    stood under the old name is not changed but replaced, so hard links to it keep its content.

    Raises:
        PhareError: the disk is full; the old file is intact and nothing is left over.
    """
    with refusing_full_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_beside(path)
        try:
            write(temporary)
            sync(temporary)
            temporary.replace(path)
        except BaseException:
            _remove_attempt(temporary)
            raise
        sync(path.parent)


def write_bytes_atomic(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path`; see `write_atomic`."""
    write_atomic(path, lambda temporary: _write_bytes(temporary, content))


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _remove_attempt(temporary: Path) -> None:
    """Remove a temporary file and what an engine put beside it (DuckDB: `.wal`, `.tmp`)."""
    for leftover in temporary.parent.glob(f"{temporary.name}*"):
        _remove(leftover)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def refusing_full_disk(path: Path) -> Iterator[None]:
    """Turn "no space left" of the system, Arrow or DuckDB into an error that names `path`."""
    try:
        yield
    except PhareError:
        raise
    except Exception as error:
        if not _is_full_disk(error):
            raise
        raise PhareError(
            "The disk is full",
            where=str(path),
            found=str(error),
            expected="room for the new file beside the old one",
            action="free some space and run again; what was there before is intact",
        ) from error


def _is_full_disk(error: Exception) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    # DuckDB passes the system's text on, without its number.
    return os.strerror(errno.ENOSPC) in str(error)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep(folder: Path) -> list[Path]:
    """Remove what killed processes left anywhere below `folder`; return what was removed.

    Only our temporary names are touched, and none of another process that is still alive. Call it
    before this process writes anything: leftovers under its own number are taken for those of an
    earlier process that had the same one.
    """
    removed = []
    for leftover in sorted(folder.rglob(f"{TEMPORARY_PREFIX}*")):
        if leftover.exists(follow_symlinks=False) and not _is_in_use(leftover):
            _remove(leftover)
            removed.append(leftover)
    return removed


def _is_in_use(temporary: Path) -> bool:
    number = temporary.name.removeprefix(TEMPORARY_PREFIX).partition("-")[0]
    if not number.isdecimal() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def exclusive(
    warehouse: Path, *, timeout_s: float = LOCK_TIMEOUT_S, name: str = "lock"
) -> Iterator[None]:
    """Hold the warehouse's lock: one writer at a time, over all processes of this machine.

    The system releases it when the process ends, however it ends. It is not re-entrant.

    Args:
        warehouse: the folder whose `build/<name>` is the lock file.
        timeout_s: how long to wait for another writer.
        name: which lock.

    Raises:
        ReleaseError: another process still holds it after `timeout_s`.
    """
    path = warehouse / "build" / name
    with refusing_full_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    with file:
        _acquire(file, path, timeout_s)
        with refusing_full_disk(path):
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        yield


def _acquire(file: IO[str], path: Path, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    is_said = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            holder = path.read_text("ascii").strip() or "of unknown number"
            if time.monotonic() >= deadline:
                raise ReleaseError(
                    "Another process is writing to the warehouse",
                    where=str(path),
                    found=f"process {holder} has held the lock for {timeout_s:g} s or more",
                    expected="one writer at a time",
                    action="wait until it has finished, or end it, then run again",
                ) from error
            if not is_said:
                _log.warning("waiting for process %s, which writes to the warehouse", holder)
                is_said = True
            time.sleep(_POLL_S)

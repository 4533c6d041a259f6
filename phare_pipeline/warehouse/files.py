"""Writes files whole or not at all, one writer at a time; what is in them belongs elsewhere."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from phare_pipeline.errors import PhareError, ReleaseError

# No reader looks for names that begin like this, and `sweep` may delete them.
TEMPORARY = ".tmp-"
LOCK_TIMEOUT_SECONDS = 10.0


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomic(path: Path, write: Callable[[Path], None]) -> None:
    """Have `write` make a file beside its place, then move it in; readers see old or new.

    Raises:
        PhareError: the disk is full; the old file stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # DuckDB and polars match `*.parquet` with names that begin with a dot, so the ending changes.
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}.part")
    try:
        write(temporary)
        _sync(temporary)
        temporary.replace(path)
        _sync(path.parent)
    except Exception as error:
        raise refusal(error, path) from error
    finally:
        # DuckDB keeps a log beside its file, which stays when it cannot finish.
        for leftover in path.parent.glob(f"{temporary.name}*"):
            leftover.unlink()


def refusal(error: Exception, path: Path) -> Exception:
    """Turn a full disk into a message; any other error is returned as it is."""
    if isinstance(error, PhareError) or not _is_full_disk(error):
        return error
    return PhareError(
        "The disk is full",
        where=path.name,
        found=os.strerror(errno.ENOSPC),
        expected="room for one more release",
        action="free space and run again; what was there before stands",
    )


def _is_full_disk(error: Exception) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    # DuckDB's errors hold the system's text, not its number.
    return os.strerror(errno.ENOSPC) in str(error)


def write_bytes_atomic(path: Path, content: bytes) -> None:
    """Write bytes whole or not at all."""
    write_atomic(path, lambda temporary: _write_bytes(temporary, content))


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _sync(path: Path) -> None:
    """Have the system put a file or folder on the disk before anything depends on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> list[Path]:
    """Remove what killed runs left behind; only the holder of the lock may call this.

    Returns:
        the files and folders removed.
    """
    leftovers = sorted(folder.rglob(f"{TEMPORARY}*"))
    for path in leftovers:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return leftovers


@contextmanager
def exclusive(warehouse: Path, timeout: float = LOCK_TIMEOUT_SECONDS) -> Iterator[None]:
    """Hold the warehouse alone; the system frees it when the process ends, however it ends.

    Raises:
        ReleaseError: another process still holds it after `timeout` seconds.
    """
    path = warehouse / "build" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        deadline = time.monotonic() + timeout
        while not _try_lock(file.fileno()):
            if time.monotonic() > deadline:
                file.seek(0)
                raise ReleaseError(
                    "Another run is writing to the warehouse",
                    found=f"process {file.read().strip() or 'unknown'}",
                    expected="one run at a time",
                    action="wait until it has ended, then run again",
                )
            time.sleep(0.1)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

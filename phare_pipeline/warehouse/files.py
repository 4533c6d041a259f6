"""Writes files whole or not at all; what is in them belongs elsewhere."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from phare_pipeline.errors import PhareError

# No reader looks for names that begin like this, and `sweep` may delete them.
TEMPORARY = ".tmp-"
# Where the lock of a warehouse is, below it.
LOCK = Path("build") / "lock"


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

    A warehouse below this one has a lock of its own, so what lies there may be in use.

    Returns:
        the files and folders removed.
    """
    leftovers = []
    for place, folders, files in os.walk(folder):
        inside = Path(place)
        for name in [*folders, *files]:
            path = inside / name
            if name.startswith(TEMPORARY):
                leftovers.append(path)
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
        folders[:] = [
            name
            for name in folders
            if not name.startswith(TEMPORARY) and not (inside / name / LOCK).is_file()
        ]
    return sorted(leftovers)


def link(source: Path, target: Path) -> None:
    """Put a file at another place too, its folder made where it is missing.

    A hard link where the file system has them: safe, because nothing here writes into a file that
    exists. A copy elsewhere, which is the same to readers.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def remove_folder(folder: Path) -> None:
    """Remove a folder, if it is there, so that nobody ever sees half of it under its name."""
    if folder.exists():
        grave = folder.with_name(f"{TEMPORARY}{os.getpid()}-{folder.name}")
        shutil.rmtree(grave, ignore_errors=True)
        folder.rename(grave)
        shutil.rmtree(grave)

"""Writes files whole or not at all; what is in them belongs elsewhere.

Files that belong together are a batch: all are written beside their places, the system puts them on
the disk at once, then they are moved in. Whatever is written after a batch (the record of a build,
the switch of a release) is moved in later than all of it is on the disk.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from phare_pipeline.errors import PhareError

# No reader looks for names that begin like this, and `sweep` may delete them.
TEMPORARY = ".tmp-"
# Where the lock of a warehouse is, below it.
LOCK = Path("build") / "lock"
# Has a function write a file, then puts it in its place.
Put = Callable[[Path, Callable[[Path], None]], None]
_LIBC = ctypes.CDLL(None, use_errno=True)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def batch() -> Iterator[Put]:
    """Give what writes files beside their places; at the end all are on the disk and moved in.

    Each reader sees an old file or a new one, never a part of one. When anything is raised inside,
    nothing was moved.

    Raises:
        PhareError: the disk is full.
    """
    drafts: dict[Path, Path] = {}

    def put(path: Path, write: Callable[[Path], None]) -> None:
        # DuckDB and polars match `*.parquet` with names that begin with a dot: another ending.
        drafts[path] = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write(drafts[path])
        except Exception as error:
            raise refusal(error, path) from error

    try:
        yield put
        _move(drafts)
    except BaseException:
        for draft in drafts.values():
            # DuckDB keeps a log beside its file, which stays when it cannot finish.
            for leftover in draft.parent.glob(f"{draft.name}*"):
                leftover.unlink()
        raise


def _move(drafts: Mapping[Path, Path]) -> None:
    """Have the disk hold all drafts, then put each in its place."""
    one_of_each_disk = {path.parent.stat().st_dev: path for path in drafts}
    try:
        for path in one_of_each_disk.values():
            flush(path.parent)
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        raise refusal(error, path) from error


def write_atomic(path: Path, write: Callable[[Path], None]) -> None:
    """Have `write` make a file beside its place, then move it in; readers see old or new.

    Raises:
        PhareError: the disk is full; the old file stands.
    """
    with batch() as put:
        put(path, write)


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


def write_bytes_atomic(path: Path, content: bytes, put: Put = write_atomic) -> None:
    """Write bytes whole or not at all; `put` is that of a batch, for files that belong together."""
    put(path, lambda draft: _write_bytes(draft, content))


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def flush(folder: Path) -> None:
    """Have the system put all that was written in the file system of a folder on the disk.

    Raises:
        OSError: it cannot.
    """
    if not hasattr(_LIBC, "syncfs"):
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if _LIBC.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
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
        # Not the name of a draft that is about to take its place.
        grave = folder.with_name(f"{TEMPORARY}{os.getpid()}-removed-{folder.name}")
        shutil.rmtree(grave, ignore_errors=True)
        folder.rename(grave)
        shutil.rmtree(grave)

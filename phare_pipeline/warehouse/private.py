"""Keeps files that only their owner may read: answers, and results before anything is hidden.

What belongs there is the caller's matter; a release links none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from phare_pipeline.warehouse.files import write_atomic

FILE_MODE, FOLDER_MODE = 0o600, 0o700


def private_folder(folder: Path, below: Path) -> Path:
    """Make a folder and all above it, up to `below` without it, their owner's only.

    Args:
        folder: the folder; it may be there already.
        below: a folder above it, which stays as it is.

    Returns:
        the folder.
    """
    inside = folder.relative_to(below)
    folder.mkdir(parents=True, exist_ok=True)
    for place in (inside, *inside.parents[:-1]):
        (below / place).chmod(FOLDER_MODE)
    return folder


def write_private(path: Path, write: Callable[[Path], None], *, below: Path) -> None:
    """Have `write` make a private file whole or not at all, in private folders below a folder.

    Raises:
        PhareError: the disk is full; the old file stands.
    """
    private_folder(path.parent, below)

    def write_closed(temporary: Path) -> None:
        temporary.touch(FILE_MODE)
        write(temporary)
        temporary.chmod(FILE_MODE)

    write_atomic(path, write_closed)

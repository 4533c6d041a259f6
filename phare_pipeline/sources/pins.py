"""Compares raw files with their pins, and renews the pins on request; files are never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.catalogue import CATALOGUE, SourceFile
from phare_pipeline.sources.kinds import check_size


@dataclass(frozen=True)
class PinChange:
    """A pin that `renew_pins` rewrote; the old values are None for a new entry."""

    source_id: str
    path: str
    old_sha256: str | None
    new_sha256: str
    old_bytes: int | None
    new_bytes: int


def measure_file(raw_dir: Path, path: str) -> tuple[str, int]:
    """Return sha256 and size of a raw file.

    Raises:
        SourceError: the file is missing, or too large to be read.
    """
    try:
        check_size(raw_dir / path, f"raw/{path}")
        with (raw_dir / path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    except OSError as error:
        raise SourceError(
            "A raw file is missing",
            where=f"raw/{path}",
            found="no such file",
            expected=f"the file that raw/{CATALOGUE} lists",
            action="restore the file, or remove its entry",
        ) from error


def check_pin(raw_dir: Path, file: SourceFile) -> None:
    """Refuse a file that is not the pinned one.

    Raises:
        SourceError: the file is missing, or its hash or size differ; both hashes are shown.
    """
    sha256, size = measure_file(raw_dir, file.path)
    if (sha256, size) != (file.sha256, file.bytes):
        raise SourceError(
            "A raw file has changed since it was pinned",
            where=f"raw/{file.path}",
            found=f"sha256 {sha256}, {size} bytes",
            expected=f"sha256 {file.sha256}, {file.bytes} bytes",
            action="restore the file; if the change is meant, review it and run `phare pin`",
        )


def renew_pins(raw_dir: Path) -> list[PinChange]:
    """Write hash and size of every listed file into the catalogue; comments and order stay.

    Returns:
        the pins that changed, in order of the catalogue.

    Raises:
        SourceError: a listed file is missing; then nothing is written.
    """
    import tomlkit

    path = raw_dir / CATALOGUE
    document = tomlkit.parse(path.read_text("utf-8"))
    changes = []
    for source_id, entry in document.items():
        for file in entry.get("files", []):
            change = _renew(raw_dir, source_id, file)
            changes += [change] if change is not None else []
    if changes:
        draft = path.with_suffix(".toml.new")
        draft.write_text(tomlkit.dumps(document), "utf-8")
        draft.replace(path)
    return changes


def _renew(raw_dir: Path, source_id: str, file: Any) -> PinChange | None:
    sha256, size = measure_file(raw_dir, str(file["path"]))
    old_sha256, old_size = file.get("sha256"), file.get("bytes")
    if (old_sha256, old_size) == (sha256, size):
        return None
    file["sha256"], file["bytes"] = sha256, size
    return PinChange(
        source_id,
        str(file["path"]),
        None if old_sha256 is None else str(old_sha256),
        sha256,
        None if old_size is None else int(old_size),
        size,
    )

"""Writes and reads the manifest of a release: what it was made from and each file it holds.

Canonical JSON without clock, machine or path: same content, same bytes, and their hash is the
release's name. Who made a release and when stands in `run_log`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse.files import sha256_of

MANIFEST = "manifest.json"
CATALOGUE = "phare.duckdb"
FORMAT = 2
ID_LENGTH = 16


def build_manifest(
    folder: Path, catalogue: Mapping[str, Mapping[str, Any]], inputs: Mapping[str, Any]
) -> bytes:
    """Describe the files of a folder, the tables of its catalogue, and what they were made from.

    Args:
        folder: a draft that holds all files but the manifest and the catalogue.
        catalogue: rows and content of each of its tables (see `digests`): the catalogue's bytes
            differ at every build.
        inputs: plain data without a clock or a path of this machine.
    """
    files = {
        path.relative_to(folder).as_posix(): {
            "sha256": sha256_of(path),
            "bytes": path.stat().st_size,
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return canonical({"format": FORMAT, "inputs": inputs, "files": files, "catalogue": catalogue})


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return plain data as JSON with one spelling: sorted keys, UTF-8, a line break at the end."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def id_of(manifest: bytes) -> str:
    """Return the name of the release that has this manifest."""
    return hashlib.sha256(manifest).hexdigest()[:ID_LENGTH]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a release.

    Raises:
        ReleaseError: it is missing, no JSON, or of a format that this version does not know.
    """
    path = folder / MANIFEST
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        found = content.get("format", 1)
    except FileNotFoundError as error:
        raise ReleaseError(
            "A release has no manifest",
            where=folder.name,
            expected=MANIFEST,
            action="go back to another release: phare rollback",
        ) from error
    except (ValueError, AttributeError) as error:
        raise ReleaseError(
            "The manifest of a release cannot be read", where=f"{folder.name}/{MANIFEST}"
        ) from error
    if found != FORMAT:
        raise ReleaseError(
            "A release was made by another version of the project",
            where=f"{folder.name}/{MANIFEST}",
            found=f"manifest format {found}",
            expected=f"format {FORMAT}",
            action="read it with the version that made it, or make a new release: phare run",
        )
    return content

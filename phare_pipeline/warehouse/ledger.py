"""Remembers what was built from what, so that unchanged things are left alone.

A record is believed only when its files are there with the recorded hashes: deleting or changing
a file by hand makes it due again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from phare_pipeline.errors import PhareError
from phare_pipeline.warehouse.files import Put, sha256_of, write_atomic, write_bytes_atomic

Facts = Mapping[str, str | int | float]


class Ledger:
    """The records of a build area, one small JSON file for each thing built."""

    def __init__(self, build: Path) -> None:
        self._build = build
        self._folder = build / "ledger"

    def is_fresh(self, key: str, fingerprint: str) -> bool:
        """Tell whether something was built from exactly these inputs and is still there."""
        record = self._read(key)
        return record.get("fingerprint") == fingerprint and all(
            self._holds(name, sha256) for name, sha256 in record["outputs"].items()
        )

    def _holds(self, name: str, sha256: str) -> bool:
        path = self._build / name
        return path.is_file() and sha256_of(path) == sha256

    def record(
        self,
        key: str,
        fingerprint: str,
        outputs: Iterable[Path],
        facts: Facts,
        put: Put = write_atomic,
    ) -> None:
        """Record what was just built and is in its place; `put` is that of a batch of records."""
        hashes = {self._name(path): sha256_of(path) for path in outputs}
        content = {"fingerprint": fingerprint, "outputs": hashes, "facts": dict(facts)}
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        write_bytes_atomic(self._path(key), text.encode("utf-8"), put)

    def fingerprint_of(self, key: str) -> str | None:
        """Return what something was last built from, None when it never was."""
        fingerprint: str | None = self._read(key).get("fingerprint")
        return fingerprint

    def outputs_of(self, key: str) -> dict[str, str]:
        """Return the hashes of what was built, by path below the build area."""
        return dict(self._read(key).get("outputs", {}))

    def facts_of(self, key: str) -> dict[str, Any]:
        """Return what was recorded beside the hashes."""
        return dict(self._read(key).get("facts", {}))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._build).as_posix()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _read(self, key: str) -> dict[str, Any]:
        path = self._path(key)
        if not path.is_file():
            return {}
        try:
            content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise PhareError(
                "A record of the build ledger cannot be read",
                where=f"ledger/{key}.json",
                found=str(error),
                expected="the JSON that a build writes",
                action="delete this file: what it describes is then built again",
            ) from error
        return content

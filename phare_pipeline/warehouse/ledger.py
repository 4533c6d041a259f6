"""Remembers what each built thing was built from; deciding what to build belongs in `steps`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from phare_pipeline.errors import PhareError
from phare_pipeline.warehouse.canonical import canonical_json
from phare_pipeline.warehouse.files import sha256_of, write_bytes_atomic

Fact = str | int | float

_KEY: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


def fingerprint(*parts: str) -> str:
    """Return the sha256 of texts, each kept apart from its neighbours."""
    joined = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        joined.update(f"{len(encoded)}:".encode())
        joined.update(encoded)
    return joined.hexdigest()


class Ledger:
    """The entries of one build area, a small canonical JSON file each, below `ledger/`.

    An entry holds the fingerprint of the inputs, the outputs (path below the build area, sha256,
    bytes) and free facts. No clock, so the same build gives the same entry.
    """

    def __init__(self, build: Path) -> None:
        self._build = build

    def is_fresh(self, key: str, fingerprint: str) -> bool:
        """Tell whether `key` was built from these inputs and its outputs are as they were then.

        Outputs are compared by size and content; their dates do not count.
        """
        entry = self._entry(key)
        return entry.get("fingerprint") == fingerprint and all(
            self._is_intact(path, output) for path, output in entry["outputs"].items()
        )

    def _is_intact(self, relative: str, output: Mapping[str, Any]) -> bool:
        path = self._build / relative
        return (
            path.is_file()
            and path.stat().st_size == output["bytes"]
            and sha256_of(path) == output["sha256"]
        )

    def record(
        self,
        key: str,
        fingerprint: str,
        outputs: Iterable[Path],
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        """Write the entry of `key`; the outputs are files of the build area as they stand now."""
        entry = {
            "key": key,
            "fingerprint": fingerprint,
            "outputs": {
                path.relative_to(self._build).as_posix(): {
                    "sha256": sha256_of(path),
                    "bytes": path.stat().st_size,
                }
                for path in outputs
            },
            "facts": dict(facts or {}),
        }
        write_bytes_atomic(self._path(key), canonical_json(entry))

    def forget(self, key: str) -> None:
        """Remove the entry of `key`, if there is one; its outputs stay."""
        self._path(key).unlink(missing_ok=True)

    def fingerprint_of(self, key: str) -> str | None:
        """Return the fingerprint of the inputs of the last build, or None if there was none."""
        found: str | None = self._entry(key).get("fingerprint")
        return found

    def outputs_of(self, key: str) -> dict[str, str]:
        """Return the sha256 of each output by its path below the build area; empty if not built."""
        outputs = self._entry(key).get("outputs", {})
        return {path: output["sha256"] for path, output in outputs.items()}

    def facts_of(self, key: str) -> dict[str, Fact]:
        """Return the facts recorded with the last build; empty if not built."""
        return dict(self._entry(key).get("facts", {}))

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a key of the ledger: {key!r}")
        return self._build / "ledger" / f"{key}.json"

    def _entry(self, key: str) -> dict[str, Any]:
        path = self._path(key)
        try:
            entry: dict[str, Any] = json.loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise PhareError(
                "An entry of the build ledger is not readable",
                where=str(path),
                found=str(error),
                expected="the JSON that a build writes",
                action="delete this file: what it describes is then built again",
            ) from error
        return entry

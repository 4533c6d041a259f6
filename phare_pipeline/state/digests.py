"""Hashes texts and plain data; what is hashed, and why, is said elsewhere."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any


def digest(*parts: str) -> str:
    """Return the sha256 of texts, each kept apart from its neighbours."""
    joined = hashlib.sha256()
    for part in parts:
        joined.update(f"{len(part)}:".encode())
        joined.update(part.encode())
    return joined.hexdigest()


def value_digest(value: Any) -> str:
    """Return the sha256 of plain data: dataclasses, dictionaries, sequences, dates, numbers."""
    return digest(json.dumps(value, sort_keys=True, default=_plain, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)

"""Hashes what people declare and a run has loaded: the registry and the SQL models.

They count by their content: moved rows, comments and white space are none.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phare_pipeline.state.digests import digest, value_digest

if TYPE_CHECKING:
    from phare_pipeline.registry.model import Registry


def models_digest(models: Path) -> str:
    """Return the sha256 of the SQL models without their comments and white space."""
    parts: list[str] = []
    for file in sorted((models / "models").rglob("*.sql")):
        text = re.sub(r"--[^\n]*", " ", file.read_text("utf-8"))
        parts += [file.name, " ".join(text.split())]
    return digest(*parts)


def registry_digest(registry: Registry) -> str:
    """Return the sha256 of the registry's content, wherever its rows stand in their files."""
    tables = {f.name: getattr(registry, f.name) for f in dataclasses.fields(registry)}
    for name in ("goalposts", "socle"):
        tables[name] = sorted(map(without_line, tables[name].values()), key=str)
    for name in ("measures", "indicators"):
        tables[name] = [without_line(row) for row in tables[name].values()]
    return value_digest(tables)


def without_line(row: Any) -> dict[str, Any]:
    """Return the content of a row and of the rows in it, wherever they stand in their files."""
    return {
        f.name: _content(getattr(row, f.name)) for f in dataclasses.fields(row) if f.name != "line"
    }


def _content(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_content(part) for part in value]
    return without_line(value) if dataclasses.is_dataclass(value) else value

"""Writes JSON so that equal content gives equal bytes; no file is touched here."""

from __future__ import annotations

import json
from typing import Any


def canonical_json(content: Any) -> bytes:
    """Return UTF-8 JSON with sorted keys, two spaces a level and a line end; NaN is refused."""
    text = json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()

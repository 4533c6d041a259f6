"""Reads a table of an R data file packed by xz: numbers, texts, factors; for tests only.

Format: XDR serialization, versions 2 and 3 (R Internals, chapter "Serialization Formats").
"""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

NOTHING = (254, 242, 251, 253)
SYMBOL, PAIRS, CHARACTERS, REFERENCE = 1, 2, 9, 255
NUMBERS = {10: ">i4", 13: ">i4", 14: ">f8"}
TEXTS, LIST = 16, 19
HEADER = len(b"RDX2\nX\n")


def read_rdata(path: Path, name: str) -> pd.DataFrame:
    """Return the table `name` of a file."""
    reader = _Reader(lzma.decompress(path.read_bytes()), HEADER)
    version, _, _ = (reader.integer() for _ in range(3))
    if version == 3:
        reader.at += reader.integer()
    return pd.DataFrame(reader.item()[name])


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.symbols: list[Any] = []

    def integer(self) -> int:
        return int(self.numbers(">i4", 1)[0])

    def numbers(self, form: str, n: int) -> Any:
        found = np.frombuffer(self.data, dtype=form, count=n, offset=self.at)
        self.at += found.nbytes
        return found.astype(found.dtype.newbyteorder("="))

    def item(self) -> Any:
        flags = self.integer()
        kind = flags & 255
        if kind in NOTHING:
            return None
        if kind == REFERENCE:
            return self.symbols[(flags >> 8) - 1]
        if kind == SYMBOL:
            self.symbols.append(self.item())
            return self.symbols[-1]
        if kind == PAIRS:
            return self.pairs(flags)
        n = self.integer()
        if kind == CHARACTERS:
            self.at += max(n, 0)
            return self.data[self.at - n : self.at].decode("utf-8") if n >= 0 else None
        if kind in NUMBERS:
            values = self.numbers(NUMBERS[kind], n)
        elif kind in (TEXTS, LIST):
            values = [self.item() for _ in range(n)]
        else:
            raise ValueError(f"kind {kind} is not read")
        attributes = (self.item() or {}) if flags & 512 else {}
        if "levels" in attributes:
            return [attributes["levels"][code - 1] if code > 0 else None for code in values]
        if kind == LIST and "names" in attributes:
            return dict(zip(attributes["names"], values, strict=True))
        return values

    def pairs(self, flags: int) -> dict[Any, Any]:
        found = {}
        while flags & 255 == PAIRS:
            if flags & 512:
                self.item()
            tag = self.item() if flags & 1024 else None
            found[tag] = self.item()
            flags = self.integer()
        return found

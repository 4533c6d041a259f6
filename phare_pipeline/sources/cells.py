"""Texts and places of cells: cleaned text, text of a number, column letters; no meaning of values.

Everything that is compared (headers, sheet names, codes, markers) goes through `clean`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import cache

Cell = str | int | float | bool | dt.date | dt.time | dt.timedelta

_C1 = re.compile("[\x80-\x9f]")


def _repair_c1(match: re.Match[str]) -> str:
    return match.group().encode("latin-1").decode("cp1252", errors="replace")


def clean(text: str) -> str:
    """Fold white space (non-breaking included), compose accents, turn C1 into what cp1252 meant."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _C1.sub(_repair_c1, text))
    return " ".join(text.split())


def cell_text(cell: Cell) -> str:
    """Return the text of a cell as a person reads it: `1995.0` is `1995`, dates are ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time()
        return cell.date().isoformat() if is_day else cell.isoformat(sep=" ")
    return str(cell)


@cache
def column_letter(index: int) -> str:
    """Return the letters of a 0-based column (0 is `A`, 26 is `AA`)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the 0-based column of its letters.

    Raises:
        ValueError: the text holds something else than letters A to Z.
    """
    if not re.fullmatch("[A-Z]{1,3}", letters):
        raise ValueError(f"{letters!r} is no column letter")
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1

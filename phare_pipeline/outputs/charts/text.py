"""Measures and breaks the texts of charts, so that none is cut and none runs into another.

Widths come from `data/font_widths.csv`: the advances of DejaVu Sans, the widest of the fonts that a
chart asks for. A text measured here takes at most this room, whichever of them is there. Nothing is
drawn here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal

MIDDLE = 0.36
"""How far below the middle of a line its baseline stands, as a share of the font size."""
LEADING = 1.25
"""Distance between two baselines of one text, as a share of the font size."""

Manner = Literal["label", "title", "paragraph"]
"""How a text is broken: a label also after hyphens, label and title in even lines."""

# A line may break after a space or a slash, never at a no-break space.
_WORDS = re.compile(r"[^ /]*(?: ?/+ ?| +|$)")
_SYLLABLES = re.compile(r"[^ \-/]*(?: ?/+ ?|-+ ?| +|$)")


@cache
def _table() -> dict[bool, dict[str, int]]:
    file = resources.files("phare_pipeline.outputs.charts").joinpath("data/font_widths.csv")
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    return {
        is_bold: {chr(int(row["code_point"], 16)): int(row[column]) for row in rows}
        for is_bold, column in ((False, "regular"), (True, "bold"))
    }


def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the largest width that one line of text takes, in the unit of its font size."""
    widths = _table()[is_bold]
    # A character that the table does not know is taken to be as wide as the widest.
    return sum(widths.get(c) or max(widths.values()) for c in text) * size / 1000


def widest(texts: Sequence[str], size: float, *, is_bold: bool = False) -> float:
    """Return the width of the widest of some lines; 0 for none."""
    return max((text_width(text, size, is_bold=is_bold) for text in texts), default=0.0)


def longest_piece(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the width of the widest part of a label that no line break can divide."""
    pieces = [piece.rstrip(" ") for piece in _SYLLABLES.findall(text)]
    return widest(pieces, size, is_bold=is_bold)


def wrap(
    text: str,
    width: float,
    size: float,
    *,
    is_bold: bool = False,
    manner: Manner = "label",
) -> list[str]:
    """Break a text into as few lines as fit in a width.

    A word that is wider than the line is broken where it must be, so every line fits; a width
    below one character gives one character a line.

    Args:
        text: broken after spaces and slashes; a label also after hyphens.
        width: of a line.
        size: of the font.
        is_bold: measure it in bold.
        manner: a label or title has lines of about the same length, a paragraph fills each.
    """
    pieces = (_SYLLABLES if manner == "label" else _WORDS).findall(text.strip(" "))
    pieces = [part for piece in pieces for part in _parts(piece, width, size, is_bold)]
    lines = _fill(pieces, width, size, is_bold)
    if len(lines) < 2 or manner == "paragraph":
        return lines
    # The narrowest width that needs no more lines makes them even.
    low, high = width / len(lines) / 2, width
    while high - low > size / 4:
        middle = (low + high) / 2
        if len(_fill(pieces, middle, size, is_bold)) > len(lines):
            low = middle
        else:
            high = middle
    return _fill(pieces, high, size, is_bold)


def _parts(piece: str, width: float, size: float, is_bold: bool) -> list[str]:
    """Divide what no line can hold."""
    parts = []
    while len(piece) > 1 and text_width(piece.rstrip(" "), size, is_bold=is_bold) > width:
        count = 1
        while text_width(piece[: count + 1], size, is_bold=is_bold) <= width:
            count += 1
        parts.append(piece[:count])
        piece = piece[count:]
    return [*parts, piece]


def _fill(pieces: Sequence[str], width: float, size: float, is_bold: bool) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if line and text_width((line + piece).rstrip(" "), size, is_bold=is_bold) > width:
            lines.append(line.rstrip(" "))
            line = ""
        line += piece
    if line.strip(" "):
        lines.append(line.rstrip(" "))
    return lines

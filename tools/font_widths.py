"""Carry advance widths of a font into the table by which charts measure their texts.

Development tool only. DejaVu Sans is the widest of the fonts that charts ask for (or any system is
likely to put in their place), so a text measured by it fits in the others. Only widths are carried,
no outlines.

Usage: python tools/font_widths.py DejaVuSans.ttf DejaVuSans-Bold.ttf
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

TABLE = Path(__file__).parents[1] / "phare_pipeline/outputs/charts/data/font_widths.csv"
# Beyond Latin: punctuation, indices, arrows, signs of mathematics, shapes.
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x2009, 0x203A),
    (0x2080, 0x2089),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2265),
    (0x25A0, 0x25CF),
)


def main(arguments: list[str]) -> int:
    """Write the table; return 2 when the two font files are not named."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    regular, bold = (_widths(TTFont(path)) for path in arguments)
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["code_point", "regular", "bold"])
        for code in (code for first, last in RANGES for code in range(first, last + 1)):
            if code in regular and code in bold:
                writer.writerow([f"{code:04X}", regular[code], bold[code]])
    return 0


def _widths(font: TTFont) -> dict[int, int]:
    """Advance widths in thousandths of the font size, rounded up, by code point."""
    per_em = font["head"].unitsPerEm
    advances = font["hmtx"]
    return {
        code: -(-advances[glyph][0] * 1000 // per_em) for code, glyph in font.getBestCmap().items()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

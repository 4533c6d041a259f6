"""Places of the thirteen regions in a grid of tiles, near to where they lie on a map."""

from __future__ import annotations

from typing import Final

# Column and row, from the top left, by region code.
TILES: Final[dict[str, tuple[int, int]]] = {
    "32": (2, 0),
    "53": (0, 1),
    "28": (1, 1),
    "11": (2, 1),
    "44": (3, 1),
    "52": (0, 2),
    "24": (1, 2),
    "27": (2, 2),
    "75": (0, 3),
    "84": (2, 3),
    "76": (1, 4),
    "93": (2, 4),
    "94": (3, 5),
}

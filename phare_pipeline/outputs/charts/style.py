"""Colours, sizes and shapes of all charts, and the contrast by which colours are judged.

The four axes keep their colour and their shape in every chart. Colours stay apart for the common
kinds of colour blindness (tests simulate them) and text keeps a contrast of 4.5 or more; a colour
never stands alone for a meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

Shape = Literal["circle", "square", "triangle", "diamond"]

FONTS: Final = (
    "'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif"
)

TITLE_SIZE: Final = 16.0
LABEL_SIZE: Final = 12.0
SMALL_SIZE: Final = 11.0

PAPER: Final = "#ffffff"
INK: Final = "#1a1f2b"
MUTED: Final = "#565e6c"
"""Secondary text."""
LINE: Final = "#838b99"
"""Axes, ticks and the marks of the other regions."""
GRID: Final = "#dfe3e8"
BAND: Final = "#d3dbe6"
"""Ranges that lie behind marks."""
ACCENT: Final = "#123f7a"
"""The region or series that a chart is about."""
ACCENT_BAND: Final = "#a9c3e6"
FRAGILE: Final = "#a9440f"
ROBUST: Final = "#1f7a80"
ALERT: Final = "#8c1d18"
"""The words « données synthétiques »."""

AXIS_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "economique": "#2b6cb8",
        "social": "#8f5f00",
        "societal": "#6b1f5c",
        "environnemental": "#17816a",
    }
)
AXIS_SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "economique": "circle",
        "social": "square",
        "societal": "triangle",
        "environnemental": "diamond",
    }
)

SEQUENCE: Final = ("#f6ecdc", "#e9c893", "#d3904f", "#a4531f", "#5f2a14")
"""From less to more; each step darker than the one before, so that it prints in grey."""


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours `#rrggbb`, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour `#rrggbb`, from 0 to 1 (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ink_on(background: str) -> str:
    """Return the text colour, dark or white, that is read best on a background."""
    return max((INK, PAPER), key=lambda ink: contrast(ink, background))

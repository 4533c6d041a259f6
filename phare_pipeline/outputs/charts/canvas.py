"""Writes SVG elements with the same bytes for the same drawing; knows no chart.

Attributes stand on the elements (no style sheet), so that a chart looks the same inline, as an
image and in a PDF, and leaks nothing into the page around it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from phare_pipeline.outputs.charts import style
from phare_pipeline.outputs.charts.style import Shape
from phare_pipeline.outputs.charts.text import LEADING, MIDDLE

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

MIN_WIDTH = 320
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_HATCH_STEP = 5


class Canvas:
    """A drawing of a given width that grows downwards; y points down, lengths in pixels.

    Args:
        width: width of the picture; at least 320.
        prefix: begins every id of the document, so that charts of one page do not collide.
    """

    def __init__(self, width: float, prefix: str) -> None:
        if not math.isfinite(width) or width < MIN_WIDTH:
            raise ValueError(f"found width {width}, expected {MIN_WIDTH} or more")
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(
                f"found prefix {prefix!r}, expected a letter, then letters, digits, - _"
            )
        self.width = float(width)
        self.prefix = prefix
        self.elements: list[str] = []
        self.definitions: dict[str, str] = {}

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        stroke: str | None = None,
        thickness: float = 1,
        radius: float = 0,
    ) -> None:
        """Draw a rectangle; a width or height below 0 is an error of the caller."""
        if width < 0 or height < 0:
            raise ValueError(f"found a rectangle of {width} × {height}, expected no negative side")
        self._element(
            "rect",
            x=x,
            y=y,
            width=width,
            height=height,
            rx=radius or None,
            fill=fill,
            stroke=stroke,
            stroke_width=thickness if stroke and thickness != 1 else None,
        )

    def line(
        self,
        start: Point,
        end: Point,
        colour: str,
        thickness: float = 1,
        *,
        dash: str | None = None,
        is_round: bool = False,
    ) -> None:
        """Draw a straight line."""
        self._element(
            "line",
            x1=start[0],
            y1=start[1],
            x2=end[0],
            y2=end[1],
            stroke=colour,
            stroke_width=thickness if thickness != 1 else None,
            stroke_dasharray=dash,
            stroke_linecap="round" if is_round else None,
        )

    def path(
        self,
        data: str,
        *,
        fill: str = "none",
        stroke: str | None = None,
        thickness: float = 1,
        dash: str | None = None,
    ) -> None:
        """Draw a path given as SVG path data (see `path_data`)."""
        self._element(
            "path",
            d=data,
            fill=fill,
            stroke=stroke,
            stroke_width=thickness if stroke and thickness != 1 else None,
            stroke_dasharray=dash,
            stroke_linejoin="round" if stroke else None,
        )

    def marker(
        self,
        shape: Shape,
        x: float,
        y: float,
        radius: float,
        fill: str,
        *,
        stroke: str = style.PAPER,
        thickness: float = 1.5,
    ) -> None:
        """Draw a mark; the four shapes cover about the same area for the same radius."""
        if shape == "circle":
            self._element(
                "circle", cx=x, cy=y, r=radius, fill=fill, stroke=stroke, stroke_width=thickness
            )
            return
        r = radius
        outlines: dict[Shape, Sequence[Point]] = {
            "square": [(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
            "triangle": [(0, -1.25), (1.12, 0.75), (-1.12, 0.75)],
            "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
        }
        corners = [(x + r * dx, y + r * dy) for dx, dy in outlines[shape]]
        self.path(path_data(corners, is_closed=True), fill=fill, stroke=stroke, thickness=thickness)

    def text(
        self,
        x: float,
        y: float,
        content: str,
        *,
        size: float = style.LABEL_SIZE,
        fill: str = style.INK,
        anchor: Anchor = "start",
        is_bold: bool = False,
        is_italic: bool = False,
        turn: float = 0,
    ) -> None:
        """Write one line of text whose baseline stands at y, turned by degrees around (x, y)."""
        attributes = self._attributes(
            x=x,
            y=y,
            font_size=size if size != style.LABEL_SIZE else None,
            fill=fill if fill != style.INK else None,
            text_anchor=anchor if anchor != "start" else None,
            font_weight="bold" if is_bold else None,
            font_style="italic" if is_italic else None,
            transform=f"rotate({figure(turn)} {figure(x)} {figure(y)})" if turn else None,
        )
        self.elements.append(f"<text{attributes}>{escape(content)}</text>")

    def lines(
        self,
        x: float,
        middle: float,
        contents: Sequence[str],
        *,
        size: float = style.LABEL_SIZE,
        fill: str = style.INK,
        anchor: Anchor = "start",
        is_bold: bool = False,
        is_italic: bool = False,
    ) -> None:
        """Write lines of text as one block whose middle stands at a height."""
        step = size * LEADING
        baseline = middle + size * MIDDLE - step * (len(contents) - 1) / 2
        for index, content in enumerate(contents):
            self.text(
                x,
                baseline + index * step,
                content,
                size=size,
                fill=fill,
                anchor=anchor,
                is_bold=is_bold,
                is_italic=is_italic,
            )

    def hatch(self) -> str:
        """Return the paint of what is missing or unknown: thin lines on white."""
        name = f"{self.prefix}-hachures"
        step = figure(_HATCH_STEP)
        self.definitions[name] = (
            f'<pattern id="{name}" width="{step}" height="{step}" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><rect width="{step}" height="{step}" '
            f'fill="{style.PAPER}"/><rect width="1" height="{step}" fill="{style.LINE}"/></pattern>'
        )
        return f"url(#{name})"

    def place(self, other: Canvas, x: float, y: float) -> None:
        """Draw another canvas, its origin moved to (x, y)."""
        self.definitions.update(other.definitions)
        self.elements.append(f'<g transform="translate({figure(x)} {figure(y)})">')
        self.elements.extend(other.elements)
        self.elements.append("</g>")

    def _element(self, name: str, **attributes: str | float | None) -> None:
        self.elements.append(f"<{name}{self._attributes(**attributes)}/>")

    @staticmethod
    def _attributes(**attributes: str | float | None) -> str:
        return "".join(
            f" {name.replace('_', '-')}={quoteattr(v if isinstance(v, str) else figure(v))}"
            for name, v in attributes.items()
            if v is not None
        )


def figure(value: float) -> str:
    """Write a length or position: two decimals at most, no sign on zero, no exponent."""
    if not math.isfinite(value):
        raise ValueError(f"found {value} as a position, expected a finite number")
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def path_data(points: Sequence[Point], *, is_closed: bool = False) -> str:
    """Write a broken line through points as SVG path data."""
    written = " L ".join(f"{figure(x)} {figure(y)}" for x, y in points)
    return f"M {written}{' Z' if is_closed else ''}"

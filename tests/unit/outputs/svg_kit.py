"""Reads a finished SVG as a browser would lay it out: text boxes, what lies behind them, ids.

It shares the width table and the contrast with the charts and nothing else of their code, so that
it can contradict them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree

from phare_pipeline.outputs.charts.style import contrast
from phare_pipeline.outputs.charts.text import text_width

SVG = "{http://www.w3.org/2000/svg}"
WATERMARK = "#f3e2e0"
CAPITALS, DESCENDERS = 0.76, 0.22

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    fill: str
    polygons: tuple[tuple[Point, ...], ...]

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside, by the even-odd rule over all outlines."""
        x, y = point
        corners = [corner for polygon in self.polygons for corner in polygon]
        if not any(px <= x for px, _ in corners) or not any(px >= x for px, _ in corners):
            return False
        if not any(py <= y for _, py in corners) or not any(py >= y for _, py in corners):
            return False
        return sum(_contains(polygon, point) for polygon in self.polygons) % 2 == 1


@dataclass(frozen=True)
class Text:
    content: str
    corners: tuple[Point, ...]
    fill: str
    behind: tuple[Shape, ...]
    size: float
    is_watermark: bool

    @cached_property
    def background(self) -> str:
        """The fill of the last shape below the middle of the text."""
        xs, ys = zip(*self.corners, strict=True)
        middle = (sum(xs) / 4, sum(ys) / 4)
        fills = (shape.fill for shape in reversed(self.behind) if shape.holds(middle))
        return next(fills, "#ffffff")

    @property
    def box(self) -> tuple[float, float, float, float]:
        xs, ys = zip(*self.corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True)
class Picture:
    root: ElementTree.Element
    width: float
    height: float
    texts: tuple[Text, ...]
    shapes: tuple[Shape, ...]

    @property
    def ids(self) -> list[str]:
        return [e.attrib["id"] for e in self.root.iter() if "id" in e.attrib]

    @property
    def words(self) -> str:
        return " ".join(text.content for text in self.texts if not text.is_watermark)


def read_svg(svg: str) -> Picture:
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    texts: list[Text] = []
    shapes: list[Shape] = []
    _walk(root, (0.0, 0.0), root.attrib, texts, shapes)
    return Picture(root, width, height, tuple(texts), tuple(shapes))


def outside(picture: Picture) -> list[str]:
    """Texts that leave the picture."""
    return [
        text.content
        for text in picture.texts
        if not all(
            -0.01 <= x <= picture.width + 0.01 and -0.01 <= y <= picture.height + 0.01
            for x, y in text.corners
        )
    ]


def overlapping(picture: Picture) -> list[tuple[str, str]]:
    """Pairs of texts that run into each other; the watermark lies behind everything."""
    texts = [t for t in picture.texts if not t.is_watermark]
    return [
        (a.content, b.content)
        for i, a in enumerate(texts)
        for b in texts[i + 1 :]
        if _overlap(a, b)
    ]


def _overlap(a: Text, b: Text, slack: float = 0.3) -> bool:
    """Whether two boxes, turned or not, share more than a touch (separating axes)."""
    for corners in (a.corners, b.corners):
        for k in range(4):
            (x1, y1), (x2, y2) = corners[k], corners[(k + 1) % 4]
            length = math.hypot(x2 - x1, y2 - y1) or 1.0
            nx, ny = (y1 - y2) / length, (x2 - x1) / length
            first = [x * nx + y * ny for x, y in a.corners]
            second = [x * nx + y * ny for x, y in b.corners]
            if max(first) - slack <= min(second) or max(second) - slack <= min(first):
                return False
    return True


def _walk(element, origin, inherited, texts, shapes) -> None:
    tag = element.tag.removeprefix(SVG)
    if tag in {"defs", "title", "desc"}:
        return
    attributes = element.attrib
    transform = attributes.get("transform", "")
    if tag == "g" and transform:
        dx, dy = map(float, re.fullmatch(r"translate\((\S+) (\S+)\)", transform).groups())
        origin = (origin[0] + dx, origin[1] + dy)
    if tag == "text":
        texts.append(_text(element, origin, inherited, shapes))
        assert len(element) == 0
    elif tag in {"rect", "circle", "path"} and attributes.get("fill", "") not in {"none", ""}:
        shapes.append(Shape(attributes["fill"], _polygons(tag, attributes, origin)))
    for child in element:
        _walk(child, origin, inherited, texts, shapes)


def _text(element, origin, inherited, shapes) -> Text:
    attributes = element.attrib
    size = float(attributes.get("font-size", inherited["font-size"]))
    fill = attributes.get("fill", inherited["fill"])
    width = text_width(element.text or "", size, is_bold=attributes.get("font-weight") == "bold")
    x, y = float(attributes["x"]), float(attributes["y"])
    start = (
        x - {"start": 0, "middle": width / 2, "end": width}[attributes.get("text-anchor", "start")]
    )
    corners = [
        (start, y - CAPITALS * size),
        (start + width, y - CAPITALS * size),
        (start + width, y + DESCENDERS * size),
        (start, y + DESCENDERS * size),
    ]
    if "transform" in attributes:
        turn, cx, cy = map(
            float, re.fullmatch(r"rotate\((\S+) (\S+) (\S+)\)", attributes["transform"]).groups()
        )
        sine, cosine = math.sin(math.radians(turn)), math.cos(math.radians(turn))
        corners = [
            (cx + (px - cx) * cosine - (py - cy) * sine, cy + (px - cx) * sine + (py - cy) * cosine)
            for px, py in corners
        ]
    corners = [(px + origin[0], py + origin[1]) for px, py in corners]
    return Text(
        element.text or "",
        tuple(corners),
        fill,
        tuple(shapes),
        size,
        fill == WATERMARK,
    )


def _polygons(tag: str, attributes, origin: Point) -> tuple[tuple[Point, ...], ...]:
    if tag == "rect":
        x, y = float(attributes.get("x", 0)), float(attributes.get("y", 0))
        w, h = float(attributes["width"]), float(attributes["height"])
        found = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)]]
    elif tag == "circle":
        x, y, r = (float(attributes[name]) for name in ("cx", "cy", "r"))
        turns = [k * math.pi / 8 for k in range(16)]
        found = [[(x + r * math.cos(turn), y + r * math.sin(turn)) for turn in turns]]
    else:
        found = path_points(attributes["d"])
    dx, dy = origin
    return tuple(tuple((x + dx, y + dy) for x, y in polygon) for polygon in found)


def path_points(data: str) -> list[list[Point]]:
    """The corners of the outlines of a path of straight lines (M, L, l, Z, z)."""
    found: list[list[Point]] = []
    for command, rest in re.findall(r"([MLlZz])([^MLlZz]*)", data):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "M":
            found.append(pairs)
        elif command == "L":
            found[-1] += pairs
        else:
            for dx, dy in pairs:
                x, y = found[-1][-1]
                found[-1].append((x + dx, y + dy))
    return found


def _contains(polygon: tuple[Point, ...], point: Point) -> bool:
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def assert_readable(svg: str) -> Picture:
    """Fail when a text is cut, meets another or is too faint; return the picture."""
    picture = read_svg(svg)
    for found in (outside(picture), overlapping(picture), faint(picture)):
        assert not found, found
    return picture


def faint(picture: Picture) -> list[tuple[str, str, str]]:
    """Texts whose contrast with what lies behind them is below 4.5."""
    return [
        (t.content, t.fill, t.background)
        for t in picture.texts
        if not t.is_watermark
        and (t.background.startswith("url(") or contrast(t.fill, t.background) < 4.5)
    ]

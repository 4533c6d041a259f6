"""Outlines of regions and départements from `data/contours.json`, as points and as path data.

The outlines are simplified and small islands are missing: they serve no measurement. Their source
and licence stand in the file and, by `ATTRIBUTION`, under every map.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

ATTRIBUTION = "contours IGN, Admin Express (Licence Ouverte), simplifiés"

Level = Literal["regions", "departements"]
Ring = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Contours:
    """Outlines of one level, on a grid with y downwards.

    Attributes:
        width, height: of the grid.
        rings: closed rings by code (first point not repeated); a ring inside another is a hole.
        label_points: by region code, a point well inside.
    """

    width: int
    height: int
    rings: Mapping[str, tuple[Ring, ...]]
    label_points: Mapping[str, tuple[int, int]]


@cache
def load_contours(level: Level) -> Contours:
    """Return the outlines of the 13 regions or the 96 départements, by their codes."""
    data = _data()
    arcs = [_points(arc) for arc in data["arcs"]]
    width, height = data["size"]
    return Contours(
        width,
        height,
        {
            code: tuple(_ring(ring, arcs) for ring in rings)
            for code, rings in sorted(data[level].items())
        },
        {code: (x, y) for code, (x, y) in data["label_points"].items()},
    )


@cache
def _data() -> dict[str, Any]:
    file = resources.files("phare_pipeline.outputs.charts").joinpath("data/contours.json")
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def _points(arc: Sequence[int]) -> list[tuple[int, int]]:
    """Read an arc: its first point, then steps."""
    x = y = 0
    points = []
    for dx, dy in zip(arc[::2], arc[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


def _ring(signed: Sequence[int], arcs: Sequence[list[tuple[int, int]]]) -> Ring:
    """Chain arcs; −k − 1 stands for arc k backwards."""
    ring: list[tuple[int, int]] = []
    for k in signed:
        points = arcs[k] if k >= 0 else arcs[-k - 1][::-1]
        ring += points[:-1]
    return tuple(ring)


@dataclass(frozen=True)
class Frame:
    """Where a map stands: pixels a unit of its grid, and where the grid begins."""

    scale: float
    left: float
    top: float

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return the place of a point of the grid."""
        return self.left + point[0] * self.scale, self.top + point[1] * self.scale


@lru_cache(maxsize=32)
def outlines(level: Level, frame: Frame) -> Mapping[str, str]:
    """Return the outlines of a level as SVG path data, by code.

    Maps of one size have the same outlines, so those of the last frames are kept.
    """
    return {code: _outline(rings, frame) for code, rings in load_contours(level).rings.items()}


def _outline(rings: Sequence[Ring], frame: Frame) -> str:
    """Write rings as path data, in steps of tenths of a pixel from point to point."""
    data = []
    for ring in rings:
        tenths = [(round(10 * x), round(10 * y)) for x, y in map(frame.at, ring)]
        (x, y), *others = tenths
        steps = []
        for x2, y2 in others:
            if (x2, y2) != (x, y):
                steps += [x2 - x, y2 - y]
            x, y = x2, y2
        data.append(f"M{tenths[0][0] / 10:g} {tenths[0][1] / 10:g}l{_terse(steps)}z")
    return "".join(data)


def _terse(tenths: Sequence[int]) -> str:
    """Write numbers as short as path data allows: `.5-1.2 3` for 0.5, −1.2, 3."""
    written: list[str] = []
    for number in tenths:
        text = f"{number / 10:g}".replace("0.", ".", 1) if abs(number) < 10 else f"{number / 10:g}"
        written.append(text if text.startswith("-") or not written else f" {text}")
    return "".join(written)

"""Finds a place for the labels of points, so that none covers another label or a point.

Every label tries places around its point, near ones first, in one, two or three lines; who has the
fewest places chooses first, and one who finds none may send another elsewhere. The same input gives
the same places. Nothing is drawn here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]

_FREE = 9.0
"""A label farther than this from its mark gets a leader."""
_CROSSING = 7.0
"""What it costs to stand on a line, in pixels of distance."""
_DISTANCES = (4.0, 9.0, 18.0, 30.0, 46.0, 64.0)
# Right and left first: a label is read best on the line of its point.
_DIRECTIONS = (0, 180, 30, -30, 150, -150, 60, -60, 120, -120, 90, -90)


@dataclass(frozen=True)
class Box:
    """A rectangle with sides along the axes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0) -> bool:
        """Say whether two boxes are nearer than a gap."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def within(self, other: Box) -> bool:
        """Say whether it lies inside another."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )

    def crossed_by(self, start: Point, end: Point) -> bool:
        """Say whether a straight line from one point to another enters the box."""
        first, last = 0.0, 1.0
        for a, b, low, high in (
            (start[0], end[0], self.left, self.right),
            (start[1], end[1], self.top, self.bottom),
        ):
            if a == b:
                if not low < a < high:
                    return False
                continue
            near, far = sorted(((low - a) / (b - a), (high - a) / (b - a)))
            first, last = max(first, near), min(last, far)
        return first < last


@dataclass(frozen=True)
class Place:
    """Where a label stands.

    Attributes:
        box: its room.
        variant: which of the label's forms stands there.
        leader: the line that leads to its point, where it stands too far to do without.
    """

    box: Box
    variant: int
    leader: tuple[Point, Point] | None

    def blocks(self, other: Place) -> bool:
        """Say whether two labels or their leaders get into each other's way."""
        return (
            self.box.meets(other.box, 2)
            or (self.leader is not None and other.box.crossed_by(*self.leader))
            or (other.leader is not None and self.box.crossed_by(*other.leader))
        )


def place_labels(
    points: Sequence[Point],
    radius: float,
    sizes: Sequence[Sequence[tuple[float, float]]],
    area: Box,
    taken: Sequence[Box] = (),
    lines: Sequence[Box] = (),
    *,
    is_centred: bool = False,
) -> list[Place] | None:
    """Place one label for each point.

    Args:
        points: middles of the marks.
        radius: of the marks, which no label may cover; 0 for none.
        sizes: for each point the (width, height) of its label in each variant, preferred first.
        area: no label leaves it.
        taken: what else no label may cover.
        lines: what labels should rather not cover.
        is_centred: a label may stand on its own point, and best does.

    Returns:
        A place for each point, or None when some label finds none.
    """
    marks = [Box(x - radius, y - radius, x + radius, y + radius) for x, y in points if radius]
    candidates = [
        [
            place
            for place in _places(point, radius, variants, lines, is_centred=is_centred)
            if place.box.within(area)
            and not any(place.box.meets(mark, 1) for mark in marks)
            and not any(place.box.meets(box, 1) for box in taken)
        ]
        for point, variants in zip(points, sizes, strict=True)
    ]
    chosen: dict[int, Place] = {}
    for index in sorted(range(len(points)), key=lambda i: (len(candidates[i]), i)):
        if not _settle(index, candidates, chosen, set()):
            return None
    _improve(candidates, chosen)
    return [chosen[index] for index in range(len(points))]


def _places(
    point: Point,
    radius: float,
    variants: Sequence[tuple[float, float]],
    lines: Sequence[Box],
    *,
    is_centred: bool,
) -> list[Place]:
    """All places of a label, the best first."""
    places = _around(point, radius, variants, lines)
    if not is_centred:
        return places
    (x, y), (width, height) = point, variants[0]
    box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return [Place(box, 0, None), *places]


def _around(
    point: Point,
    radius: float,
    variants: Sequence[tuple[float, float]],
    lines: Sequence[Box],
) -> list[Place]:
    """All places of a label around its point, the best first."""
    x, y = point
    found: list[tuple[float, Place]] = []
    for distance, (rank, degrees) in itertools.product(_DISTANCES, enumerate(_DIRECTIONS)):
        angle = math.radians(degrees)
        reach = radius + distance
        ax, ay = x + reach * math.cos(angle), y - reach * math.sin(angle)
        for variant, (width, height) in enumerate(variants):
            left = ax - width * (1 - math.cos(angle)) / 2
            top = ay - height * (1 + math.sin(angle)) / 2
            box = Box(left, top, left + width, top + height)
            cost = distance + 0.8 * rank + 2.5 * variant
            cost += _CROSSING * sum(box.meets(line) for line in lines)
            leader = None
            if distance > _FREE:
                near = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
                leader = (point, near)
            found.append((cost, Place(box, variant, leader)))
    return [place for _, place in sorted(found, key=lambda item: item[0])]


def _settle(
    index: int, candidates: Sequence[Sequence[Place]], chosen: dict[int, Place], sent: set[int]
) -> bool:
    """Give a label its best free place; send away another label if there is no free one.

    A label is sent away once at most (`sent` grows), so the search ends soon even where it fails.
    """
    for place in candidates[index]:
        if not _in_the_way(place, chosen, index):
            chosen[index] = place
            return True
    for place in candidates[index]:
        blockers = _in_the_way(place, chosen, index)
        if len(blockers) == 1 and blockers[0] not in sent:
            other = blockers[0]
            sent |= {index, other}
            before = chosen.pop(other)
            chosen[index] = place
            if _settle(other, candidates, chosen, sent):
                return True
            chosen.pop(index, None)
            chosen[other] = before
    return False


def _in_the_way(place: Place, chosen: dict[int, Place], index: int) -> list[int]:
    return [
        other for other, taken in sorted(chosen.items()) if other != index and place.blocks(taken)
    ]


def _improve(candidates: Sequence[Sequence[Place]], chosen: dict[int, Place]) -> None:
    """Bring every label to its best place among the others' places, as long as one gains."""
    for _ in range(len(chosen)):
        is_better = False
        for index in range(len(candidates)):
            best = next(p for p in candidates[index] if not _in_the_way(p, chosen, index))
            if best != chosen[index]:
                chosen[index] = best
                is_better = True
        if not is_better:
            return

"""The plane of perceived against measured, with its four fields, points and names.

What the points mean in words, and the table, are in `quadrant`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phare_pipeline import french
from phare_pipeline.outputs.charts import parts, style
from phare_pipeline.outputs.charts.canvas import Canvas
from phare_pipeline.outputs.charts.chart import MARGIN
from phare_pipeline.outputs.charts.labels import Box, Place, place_labels
from phare_pipeline.outputs.charts.style import Shape
from phare_pipeline.outputs.charts.text import LEADING, longest_piece, text_width, widest, wrap

_RADIUS = 5.5
_SIZE = style.SMALL_SIZE
_LINE = _SIZE * LEADING

CORNERS = {
    (True, True): "reconnue",
    (True, False): "méconnue",
    (False, True): "ressentie",
    (False, False): "faible",
}
"""The four fields by (measured above France, perceived above France)."""


@dataclass(frozen=True)
class Plane:
    """What the two axes of the plot measure, and where they divide.

    Attributes:
        measured, perceived: their names, with units.
        measured_reference, perceived_reference: the values of France.
        decimals: of both, when written.
    """

    measured: str = "Indice mesuré (France = 100)"
    perceived: str = "Indice perçu (France = 100)"
    measured_reference: float = 100.0
    perceived_reference: float = 100.0
    decimals: int = 1


@dataclass(frozen=True)
class Point:
    """A domain that can be drawn: see `quadrant.DomainView`.

    Attributes:
        label, axis_id, axis_label, measured, perceived: as given.
        corner: its field, of `CORNERS`.
        is_sure: the perceived value differs surely from the reference.
    """

    label: str
    axis_id: str
    axis_label: str
    measured: float
    perceived: float
    corner: str
    is_sure: bool


def draw_mark(
    canvas: Canvas, shape: Shape, x: float, y: float, colour: str, *, is_full: bool
) -> None:
    """Draw a mark, full or hollow."""
    if is_full:
        canvas.marker(shape, x, y, _RADIUS, colour)
    else:
        canvas.marker(shape, x, y, _RADIUS - 0.5, style.PAPER, stroke=colour, thickness=2)


class Field:
    """The plane with its four fields, the points and their names."""

    def __init__(self, canvas: Canvas, plane: Plane, points: Sequence[Point], top: float) -> None:
        self.canvas, self.plane, self.points = canvas, plane, points
        x_range = parts.widened([plane.measured_reference, *(p.measured for p in points)], 0.08)
        y_range = parts.widened([plane.perceived_reference, *(p.perceived for p in points)], 0.1)
        self.x_ticks, self.y_ticks = parts.round_ticks(*x_range, 4), parts.round_ticks(*y_range, 4)
        self.left = MARGIN + widest(self.y_ticks.labels(), _SIZE) + 8
        self.right = canvas.width - MARGIN
        words = canvas.width - 2 * MARGIN
        self.upwards = wrap(f"↑ {french.typographic(plane.perceived)}", words, _SIZE)
        self.across = wrap(f"{french.typographic(plane.measured)} →", words, _SIZE)
        self.words_top = top
        self.top = top + len(self.upwards) * _LINE + 6
        size = self.right - self.left
        self.bottom = self.top + min(size, max(300.0, 0.72 * size))
        self.x = parts.Scale(*x_range, self.left, self.right)
        self.y = parts.Scale(*y_range, self.bottom, self.top)

    def draw(self) -> float:
        """Draw all of it; return where it ends."""
        self._draw_axes()
        corners = self._draw_corners()
        places = self._place(corners)
        bottom = self.bottom + (1.5 + len(self.across)) * _LINE + 6
        if places is not None:
            self._draw_names(places, [self._variants(p) for p in self.points])
            self._draw_marks()
            return bottom
        numbers = [[str(k)] for k in range(1, len(self.points) + 1)]
        self._draw_marks()
        self._draw_numbers(numbers, corners)
        return self._draw_list(bottom)

    def _draw_axes(self) -> None:
        canvas, plane = self.canvas, self.plane
        middle = (self.words_top + self.top - 6) / 2
        canvas.lines(MARGIN, middle, self.upwards, size=_SIZE, fill=style.MUTED)
        for value, label in zip(self.y_ticks.values, self.y_ticks.labels(), strict=True):
            y = self.y(float(value))
            canvas.line((self.left, y), (self.right, y), style.GRID)
            canvas.lines(self.left - 6, y, [label], size=_SIZE, fill=style.MUTED, anchor="end")
        for value, label in zip(self.x_ticks.values, self.x_ticks.labels(), strict=True):
            x = self.x(float(value))
            canvas.line((x, self.top), (x, self.bottom), style.GRID)
            canvas.text(
                x, self.bottom + _LINE + 2, label, size=_SIZE, fill=style.MUTED, anchor="middle"
            )
        x, y = self.x(plane.measured_reference), self.y(plane.perceived_reference)
        canvas.line((x, self.top), (x, self.bottom), style.INK, 1.2)
        canvas.line((self.left, y), (self.right, y), style.INK, 1.2)
        middle = self.bottom + 1.5 * _LINE + 4 + len(self.across) * _LINE / 2
        canvas.lines(self.right, middle, self.across, size=_SIZE, fill=style.MUTED, anchor="end")

    def _draw_corners(self) -> list[Box]:
        """Name the four fields in the corners of the plane; return the room that takes."""
        boxes = []
        for (is_right, is_up), word in CORNERS.items():
            width = text_width(word.upper(), _SIZE, is_bold=True)
            middle = self.top + 12 if is_up else self.bottom - 12
            x = self.right - 6 if is_right else self.left + 6
            left = x - width if is_right else x
            boxes.append(Box(left, middle - 8, left + width, middle + 8))
            self.canvas.lines(
                x, middle, [word.upper()], size=_SIZE, fill=style.MUTED,
                anchor="end" if is_right else "start", is_bold=True,
            )  # fmt: skip
        return boxes

    def _place(self, corners: Sequence[Box]) -> list[Place] | None:
        sizes = [
            [(widest(lines, _SIZE), len(lines) * _LINE) for lines in self._variants(p)]
            for p in self.points
        ]
        return self._places(sizes, corners)

    def _variants(self, point: Point) -> list[list[str]]:
        """Break a name in one, two and three lines, where that makes a difference."""
        label = french.typographic(point.label)
        whole = text_width(label, _SIZE)
        found = [[label]] if whole < (self.right - self.left) / 3 else []
        least = longest_piece(label, _SIZE)
        for share in (0.62, 0.42):
            lines = wrap(label, min(max(whole * share, least), self.right - self.left), _SIZE)
            if lines not in found:
                found.append(lines)
        return found

    def _middles(self) -> list[tuple[float, float]]:
        return [(self.x(p.measured), self.y(p.perceived)) for p in self.points]

    def _places(
        self, sizes: Sequence[Sequence[tuple[float, float]]], corners: Sequence[Box]
    ) -> list[Place] | None:
        return place_labels(
            self._middles(),
            _RADIUS + 1,
            sizes,
            Box(self.left + 2, self.top + 2, self.right, self.bottom - 2),
            taken=corners,
            lines=self._references(),
        )

    def _references(self) -> list[Box]:
        """Return the room of the two lines of France."""
        x, y = self.x(self.plane.measured_reference), self.y(self.plane.perceived_reference)
        return [
            Box(x - 1, self.top, x + 1, self.bottom),
            Box(self.left, y - 1, self.right, y + 1),
        ]

    def _draw_names(self, places: Sequence[Place], names: Sequence[list[list[str]]]) -> None:
        """Write names on paper of their own, with a line to the points that are far."""
        for box in (place.box for place in places):
            if any(box.meets(line) for line in self._references()):
                self.canvas.rect(
                    box.left, box.top, box.right - box.left, box.bottom - box.top, style.PAPER
                )
        for place in places:
            if place.leader is not None:
                self.canvas.line(*place.leader, style.LINE)
        for (x, _), place, variants in zip(self._middles(), places, names, strict=True):
            box = place.box
            is_left = box.right <= x
            self.canvas.lines(
                box.right if is_left else box.left,
                (box.top + box.bottom) / 2,
                variants[place.variant],
                size=_SIZE,
                anchor="end" if is_left else "start",
            )

    def _draw_marks(self) -> None:
        for point, (x, y) in zip(self.points, self._middles(), strict=True):
            shape, colour = (
                style.AXIS_SHAPES[point.axis_id],
                style.AXIS_COLOURS[point.axis_id],
            )
            draw_mark(self.canvas, shape, x, y, colour, is_full=point.is_sure)

    def _draw_numbers(self, numbers: Sequence[list[str]], corners: Sequence[Box]) -> None:
        sizes = [[(text_width(n[0], _SIZE), _LINE)] for n in numbers]
        places = self._places(sizes, corners)
        if places is None:
            # Marks lie on each other: their numbers stand in the list only.
            return
        self._draw_names(places, [[n] for n in numbers])

    def _draw_list(self, top: float) -> float:
        """List the numbered names in columns; return where they end."""
        room = self.canvas.width - 2 * MARGIN
        columns = max(1, int(room // 240))
        width = room / columns - 12
        names = [
            wrap(f"{k}{french.NO_BREAK}– {french.typographic(p.label)}", width, _SIZE)
            for k, p in enumerate(self.points, start=1)
        ]
        per_column = -(-len(names) // columns)
        lowest = top
        for column in range(columns):
            y = top + 4
            for lines in names[column * per_column : (column + 1) * per_column]:
                height = len(lines) * _LINE + 3
                x = MARGIN + column * (room / columns)
                self.canvas.lines(x, y + height / 2, lines, size=_SIZE)
                y += height
            lowest = max(lowest, y)
        return lowest

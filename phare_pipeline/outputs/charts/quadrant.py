"""Perceived against measured: which fragilities the actors see, miss, or feel without figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phare_pipeline import french
from phare_pipeline.index.ties import compared
from phare_pipeline.outputs.charts import parts, style
from phare_pipeline.outputs.charts.canvas import Canvas
from phare_pipeline.outputs.charts.chart import (
    WIDTH,
    Caption,
    Chart,
    TableTwin,
    compose,
    known,
)
from phare_pipeline.outputs.charts.quadrant_field import CORNERS, Field, Plane, Point, draw_mark

SURE = 1.96
"""A perceived value nearer to the reference than this many standard errors is unsure."""

_SENTENCES = {
    "reconnue": "Fragilités mesurées et perçues",
    "méconnue": "Mesurées mais peu perçues",
    "ressentie": "Perçues mais peu mesurées",
    "faible": "Ni mesurées ni perçues",
}


@dataclass(frozen=True)
class DomainView:
    """One domain as measured and as an actor perceives it; None where either is missing.

    Attributes:
        label: name of the domain.
        axis_id: axis of the registry, which gives shape and colour.
        axis_label: its name.
        measured: index of the domain, above the reference = more fragile than France.
        perceived: the actor's composite or note, above the reference = more than in France.
        error: standard error of the perceived value; None when it has none.
        reason: why one of the two is missing; required then.
    """

    label: str
    axis_id: str
    axis_label: str
    measured: float | None
    perceived: float | None
    error: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.axis_id not in style.AXIS_COLOURS:
            expected = [*style.AXIS_COLOURS]
            raise ValueError(f"found axis {self.axis_id!r}, expected one of {expected}")
        if None in (known(self.measured), known(self.perceived)) and not self.reason:
            raise ValueError(f"{self.label}: found a missing value and no reason")


def perception_quadrant(
    actor: str,
    views: Sequence[DomainView],
    caption: Caption,
    *,
    plane: Plane | None = None,
    width: float = WIDTH,
    prefix: str = "perception",
) -> Chart:
    """Draw the domains in the four fields: recognised, missed, felt, low.

    A full mark is surely above or below France in perception, a hollow one is not (95 %). Names
    stand at their points where all find room; otherwise points are numbered and the names follow.

    Args:
        actor: whose perception it is, as in « les citoyens ».
        views: at least one domain; those with a missing value are listed below with the reason.
        caption: the words around the plot.
        plane: what the axes measure; by default both indices with France = 100.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.
    """
    if not views:
        raise ValueError("found no domain, expected at least one")
    plane = plane or Plane()
    canvas = Canvas(width, prefix)
    read = [_point(view, plane) for view in views]
    points = [point for point in read if point is not None]
    bottom = _draw_key(canvas, points)
    if points:
        bottom = Field(canvas, plane, points, bottom + 6).draw()
    for view, point in zip(views, read, strict=True):
        if point is None:
            text = f"{view.label}, {parts.missing(view.reason)}"
            bottom = parts.draw_remark(canvas, text, bottom)
    return compose(
        canvas,
        bottom,
        caption,
        message=_message(actor, points, len(views)),
        table=_table(views, read, plane),
    )


def _point(view: DomainView, plane: Plane) -> Point | None:
    """Return the place of a domain in the plane; None when one of its values is missing."""
    measured, perceived = known(view.measured), known(view.perceived)
    if measured is None or perceived is None:
        return None
    gap = perceived - plane.perceived_reference
    corner = CORNERS[
        compared(measured) > compared(plane.measured_reference),
        compared(perceived) > compared(plane.perceived_reference),
    ]
    error = known(view.error)
    is_sure = error is None or compared(abs(gap)) > compared(SURE * error)
    return Point(view.label, view.axis_id, view.axis_label, measured, perceived, corner, is_sure)


def _draw_key(canvas: Canvas, points: Sequence[Point]) -> float:
    def sign(axis_id: str, label: str) -> parts.KeyEntry:
        shape, colour = style.AXIS_SHAPES[axis_id], style.AXIS_COLOURS[axis_id]

        def draw(c: Canvas, x: float, y: float) -> None:
            draw_mark(c, shape, x + 6, y, colour, is_full=True)

        return parts.KeyEntry(12, draw, label)

    labels = {p.axis_id: p.axis_label for p in points}
    entries = [sign(axis_id, labels[axis_id]) for axis_id in style.AXIS_SHAPES if axis_id in labels]
    if any(not p.is_sure for p in points):

        def draw_hollow(c: Canvas, x: float, y: float) -> None:
            draw_mark(c, "circle", x + 6, y, style.MUTED, is_full=False)

        entries.append(parts.KeyEntry(12, draw_hollow, "perception proche de la France"))
    return parts.draw_key(canvas, entries, 0) if entries else 0.0


def _message(actor: str, points: Sequence[Point], count: int) -> str:
    if not points:
        return f"Aucun des {count} domaines n’a de mesure et de perception à comparer."
    sentences = []
    for corner, words in _SENTENCES.items():
        names = [p.label for p in points if p.corner == corner]
        if names and corner != "faible":
            sentences.append(f"{words}{french.NO_BREAK}: {french.listing(names)}.")
    low = sum(p.corner == "faible" for p in points)
    if low:
        sentences.append(f"{french.counted(low, 'domaine')} sous la France des deux côtés.")
    unsure = [p.label for p in points if not p.is_sure]
    if unsure:
        sentences.append(
            f"Perception trop proche de la France pour trancher{french.NO_BREAK}: "
            f"{french.listing(unsure)}."
        )
    return french.typographic(f"Selon {actor}. {' '.join(sentences)}")


def _table(views: Sequence[DomainView], read: Sequence[Point | None], plane: Plane) -> TableTwin:
    rows = []
    for view, point in zip(views, read, strict=True):
        reading = parts.missing(view.reason)
        if point is not None:
            reading = point.corner if point.is_sure else f"{point.corner} (perception incertaine)"
        measured = _cell(view.measured, plane.decimals)
        rows.append((view.label, measured, _cell(view.perceived, plane.decimals), reading))
    return TableTwin.of(("Domaine", plane.measured, plane.perceived, "Lecture"), rows)


def _cell(value: float | None, decimals: int) -> str:
    found = known(value)
    return french.NOT_AVAILABLE if found is None else french.number(found, decimals)

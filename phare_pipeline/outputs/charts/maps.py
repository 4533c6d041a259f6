"""Maps of the 13 regions and of the 96 départements, in classes that print in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from phare_pipeline import french
from phare_pipeline.outputs.charts import classes, parts, style
from phare_pipeline.outputs.charts.canvas import Canvas
from phare_pipeline.outputs.charts.chart import MARGIN, WIDTH, Caption, Chart, compose, known
from phare_pipeline.outputs.charts.classes import Classes, PlaceValue
from phare_pipeline.outputs.charts.geometry import (
    ATTRIBUTION,
    Contours,
    Frame,
    load_contours,
    outlines,
)
from phare_pipeline.outputs.charts.labels import Box, place_labels
from phare_pipeline.outputs.charts.ranking import Measure
from phare_pipeline.outputs.charts.text import LEADING, text_width, wrap

PARIS = ("75", "92", "93", "94")
"""Départements that are too small for the map and are drawn again, larger."""

_SIZE = style.SMALL_SIZE
_BROAD = 600.0
_REGIONS = ("région", "régions")
_DEPARTEMENTS = ("département", "départements")


def region_map(
    places: Sequence[PlaceValue],
    measure: Measure,
    caption: Caption,
    *,
    highlight: str | None = None,
    width: float = WIDTH,
    prefix: str = "carte",
) -> Chart:
    """Draw a map of the regions in up to five natural classes, each with its value.

    Regions that are not among the places stay blank. The source of the outlines is added.

    Args:
        places: by region code, at least one.
        measure: unit, decimals and, for the text, the value of France.
        caption: the words around the plot.
        highlight: code of the region the chart is about.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.
    """
    contours = load_contours("regions")
    classes.refuse_unknown(places, [*contours.rings])
    canvas = Canvas(width, prefix)
    found = classes.classify(places)
    frame, bottom = _lay_out(canvas, contours, found, places, measure, _REGIONS)
    # Limits in ink: the palest class must not melt into the paper.
    _draw_areas(canvas, outlines("regions", frame), found, places, edge=style.INK)
    _draw_chosen(canvas, frame, highlight)
    _draw_values(canvas, contours, frame, places, measure, highlight)
    bottom = classes.draw_reasons(canvas, places, bottom)
    return _finish(canvas, bottom, caption, places, measure, highlight, _REGIONS)


def departement_map(
    places: Sequence[PlaceValue],
    measure: Measure,
    caption: Caption,
    *,
    highlight: str | None = None,
    width: float = WIDTH,
    prefix: str = "carte-departements",
) -> Chart:
    """Draw a map of the départements in up to five natural classes, Paris and its ring enlarged.

    The highest and lowest values are named beside or below; all values stand in the table.

    Args:
        places: by code of the département, at least one.
        measure: unit, decimals and, for the text, the value of France.
        caption: the words around the plot.
        highlight: code of the *region* that is outlined.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.
    """
    contours = load_contours("departements")
    classes.refuse_unknown(places, [*contours.rings])
    canvas = Canvas(width, prefix)
    found = classes.classify(places)
    frame, bottom = _lay_out(canvas, contours, found, places, measure, _DEPARTEMENTS)
    _draw_areas(canvas, outlines("departements", frame), found, places)
    for limit in outlines("regions", frame).values():
        canvas.path(limit, stroke=style.INK, thickness=0.8)
    _draw_chosen(canvas, frame, highlight)
    _draw_paris(canvas, contours, frame, found, places)
    bottom = classes.draw_reasons(canvas, places, bottom)
    return _finish(canvas, bottom, caption, places, measure, None, _DEPARTEMENTS)


def _finish(
    canvas: Canvas,
    bottom: float,
    caption: Caption,
    places: Sequence[PlaceValue],
    measure: Measure,
    highlight: str | None,
    words: tuple[str, str],
) -> Chart:
    source = f"{caption.source.rstrip('.')}{french.NARROW}; {ATTRIBUTION}"
    return compose(
        canvas,
        bottom,
        replace(caption, source=source),
        message=classes.message(places, measure, highlight, words),
        table=classes.table(places, measure),
    )


def _lay_out(
    canvas: Canvas,
    contours: Contours,
    found: Classes | None,
    places: Sequence[PlaceValue],
    measure: Measure,
    words: tuple[str, str],
) -> tuple[Frame, float]:
    """Draw key and extremes, beside the map or around it; return its frame and where all ends."""
    key = classes.class_key(canvas, found, places, measure, words)
    is_broad = canvas.width >= _BROAD
    room = canvas.width - 2 * MARGIN
    across = min(0.62 * room, 560.0) if is_broad else room
    scale = across / contours.width
    height = contours.height * scale
    if is_broad:
        x = MARGIN + across + 16
        side = canvas.width - MARGIN - x
        y = parts.draw_key_column(canvas, key, x, 8, side)
        y = _draw_extremes(canvas, places, measure, words, (x, y + 12, side))
        return Frame(scale, MARGIN, 4), max(height + 8, y)
    top = parts.draw_key(canvas, key, 0) + 4
    frame = Frame(scale, MARGIN, top)
    bottom = top + height + 4
    return frame, _draw_extremes(canvas, places, measure, words, (MARGIN, bottom, room))


def _draw_extremes(
    canvas: Canvas,
    places: Sequence[PlaceValue],
    measure: Measure,
    words: tuple[str, str],
    box: tuple[float, float, float],
) -> float:
    """Name the highest and lowest values where they are too many to be written on the map."""
    x, y, room = box
    values = [(v, p) for p in places if (v := known(p.value)) is not None]
    if words != _DEPARTEMENTS or len(values) < 2:
        return y
    values.sort(key=lambda pair: (-pair[0], pair[1].label))
    count = min(3, len(values) // 2)
    for title, chosen in (
        ("Les plus hautes valeurs", values[:count]),
        ("Les plus basses valeurs", values[-count:][::-1]),
    ):
        lines = [f"{p.label}{french.NO_BREAK}: {measure.write_short(v)}" for v, p in chosen]
        for index, text in enumerate([title, *lines]):
            broken = wrap(french.typographic(text), room, _SIZE, is_bold=index == 0)
            step = len(broken) * _SIZE * LEADING + 2
            canvas.lines(x, y + step / 2, broken, size=_SIZE, is_bold=index == 0)
            y += step
        y += 8
    return y


def _draw_areas(
    canvas: Canvas,
    shapes: Mapping[str, str],
    found: Classes | None,
    places: Sequence[PlaceValue],
    *,
    edge: str | None = None,
) -> None:
    """Fill the territories; without an edge for all, each has the one that its paint asks for."""
    by_key = {place.key: place for place in places}
    for code, shape in shapes.items():
        paint = _paint(canvas, found, by_key.get(code))
        is_pale = paint == style.PAPER or paint not in style.SEQUENCE
        own = style.LINE if is_pale else style.PAPER
        canvas.path(shape, fill=paint, stroke=edge or own, thickness=0.8 if edge else 0.7)


def _paint(canvas: Canvas, found: Classes | None, place: PlaceValue | None) -> str:
    if place is None:
        return style.PAPER
    value = known(place.value)
    return canvas.hatch() if value is None or found is None else found.fill(value)


def _draw_chosen(canvas: Canvas, frame: Frame, highlight: str | None) -> None:
    shapes = outlines("regions", frame)
    if highlight is not None and highlight in shapes:
        canvas.path(shapes[highlight], stroke=style.INK, thickness=2.6)


def _draw_values(
    canvas: Canvas,
    contours: Contours,
    frame: Frame,
    places: Sequence[PlaceValue],
    measure: Measure,
    highlight: str | None,
) -> None:
    """Write every value on a slip of paper in its region, or beside it where there is no room."""
    texts = []
    for place in places:
        value = known(place.value)
        texts.append(french.NOT_AVAILABLE if value is None else measure.write_short(value))
    sizes = [[(text_width(t, _SIZE, is_bold=True) + 6, _SIZE + 5)] for t in texts]
    points = [frame.at(contours.label_points[p.key]) for p in places]
    area = Box(1, frame.top, canvas.width - 1, frame.top + contours.height * frame.scale)
    slots = place_labels(points, 0, sizes, area, is_centred=True)
    if slots is None:
        raise ValueError(f"found no room for {max(texts, key=len)!r}, expected shorter values")
    for place, text, slot in zip(places, texts, slots, strict=True):
        if slot.leader is not None:
            canvas.line(*slot.leader, style.INK)
        box = slot.box
        width, height = box.right - box.left, box.bottom - box.top
        is_chosen = place.key == highlight
        canvas.rect(
            box.left, box.top, width, height, style.ACCENT if is_chosen else style.PAPER, radius=3
        )
        canvas.lines(
            (box.left + box.right) / 2,
            (box.top + box.bottom) / 2,
            [text],
            size=_SIZE,
            fill=style.PAPER if is_chosen else style.INK,
            anchor="middle",
            is_bold=True,
        )


def _draw_paris(
    canvas: Canvas,
    contours: Contours,
    frame: Frame,
    found: Classes | None,
    places: Sequence[PlaceValue],
) -> None:
    """Draw Paris and the three départements around it again, in the sea off the Landes."""
    rings = {code: contours.rings[code] for code in PARIS}
    points = [point for outlines in rings.values() for ring in outlines for point in ring]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    right, bottom = max(x for x, _ in points), max(y for _, y in points)
    across, down = contours.width * frame.scale, contours.height * frame.scale
    side = 0.2 * across
    scale = side / max(right - left, bottom - top)
    corner = (frame.left + 0.01 * across, frame.top + 0.62 * down)
    inset = Frame(scale, corner[0] - left * scale, corner[1] - top * scale)
    enlarged = outlines("departements", inset)
    _draw_areas(canvas, {code: enlarged[code] for code in PARIS}, found, places)
    below = corner[1] + (bottom - top) * scale + 4
    lines = wrap("Paris et petite couronne", side + 6, _SIZE)
    height = len(lines) * _SIZE * LEADING
    canvas.lines(corner[0], below + height / 2, lines, size=_SIZE, fill=style.MUTED)

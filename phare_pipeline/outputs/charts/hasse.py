"""Dominance (Hasse) diagram: which regions are more fragile than which on every axis."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from phare_pipeline import french
from phare_pipeline.outputs.charts import style
from phare_pipeline.outputs.charts.canvas import Canvas, figure
from phare_pipeline.outputs.charts.chart import (
    MARGIN,
    WIDTH,
    Caption,
    Chart,
    TableTwin,
    compose,
)
from phare_pipeline.outputs.charts.layered import (
    Layout,
    Matrix,
    Node,
    Spaces,
    check_order,
    lay_out,
    layers_of,
)
from phare_pipeline.outputs.charts.text import LEADING, longest_piece, wrap

_SIZE = style.SMALL_SIZE
_GAP = 12.0
_LANE = 10.0
_WIDEST_BOX = 138.0


@dataclass(frozen=True)
class Unit:
    """A unit of the order: what `highlight` names it by, and its name."""

    key: str
    label: str


@dataclass(frozen=True)
class _Boxes:
    """Size of all boxes, and their labels in lines."""

    width: float
    height: float
    labels: tuple[tuple[str, ...], ...]
    per_row: int


def hasse_diagram(
    units: Sequence[Unit],
    dominance: Matrix,
    caption: Caption,
    *,
    highlight: str | None = None,
    width: float = WIDTH,
    prefix: str = "ordre",
) -> Chart:
    """Draw a partial order: a line leads down from each unit to those just below it.

    Units that can be compared with none stand apart, below. With `highlight`, the lines that lead
    to and from that unit are emphasised.

    Args:
        units: n of them, in the order that breaks ties from left to right.
        dominance: (n, n), [r][q] is true when r is at least as fragile as q on all axes and more on
            one (`index.pareto.order_units`).
        caption: the words around the plot.
        highlight: key of the unit the chart is about.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.

    Raises:
        ValueError: not a strict partial order of these units.
    """
    order = check_order(dominance)
    if not units or len(order) != len(units):
        raise ValueError(
            f"found {len(units)} units and {len(order)} rows, expected as many, 1 or more"
        )
    canvas = Canvas(width, prefix)
    n = len(units)
    alone = [i for i in range(n) if not any(order[i]) and not any(order[k][i] for k in range(n))]
    placed = [i for i in range(n) if i not in alone]
    boxes = _boxes(units, width, _widest_layer(order, placed))
    chosen = next((i for i, unit in enumerate(units) if unit.key == highlight), None)
    bottom = 0.0
    if placed:
        bottom = _draw_order(canvas, order, placed, boxes, chosen)
    if alone:
        bottom = _draw_alone(canvas, alone, boxes, chosen, bottom)
    return compose(
        canvas,
        bottom,
        caption,
        message=_message(units, order, alone, chosen),
        table=_table(units, order),
    )


def _widest_layer(order: list[list[bool]], placed: Sequence[int]) -> int:
    layer = layers_of(order)
    counts = [sum(layer[i] == k for i in placed) for k in range(len(order))]
    return max(counts, default=1) or 1


def _boxes(units: Sequence[Unit], width: float, wanted: int) -> _Boxes:
    """Choose the width of boxes: enough for whole words, little enough for the widest layer."""
    labels = [french.typographic(unit.label) for unit in units]
    room = width - 2 * MARGIN
    least = min(max(longest_piece(t, _SIZE, is_bold=True) for t in labels) + 12, room)
    box = min(max((room - (wanted - 1) * _GAP) / wanted, least), max(_WIDEST_BOX, least))
    lines = [tuple(wrap(t, box - 10, _SIZE, is_bold=True)) for t in labels]
    height = max(len(line) for line in lines) * _SIZE * LEADING + 9
    return _Boxes(box, height, tuple(lines), max(1, int((room + _GAP) // (box + _GAP))))


def _draw_order(
    canvas: Canvas,
    order: list[list[bool]],
    placed: Sequence[int],
    boxes: _Boxes,
    chosen: int | None,
) -> float:
    half = boxes.width / 2
    spaces = Spaces(
        left=MARGIN + half,
        right=canvas.width - MARGIN - half,
        unit=boxes.width + _GAP,
        beside=half + _GAP,
        lane=_LANE,
        outside=half - 2,
    )
    layout = lay_out(order, placed, spaces, boxes.per_row)
    top = 22.0
    step = boxes.height + 40
    canvas.text(MARGIN, 12, "↑ plus fragile sur tous les axes", size=_SIZE, fill=style.MUTED)
    tops = [top + index * step for index in range(len(layout.rows))]
    _draw_ways(canvas, order, layout, tops, boxes, chosen)
    for index, (y, row) in enumerate(zip(tops, layout.rows, strict=True)):
        for unit in row:
            _draw_box(canvas, layout.x[unit, index], y, boxes, unit, is_chosen=unit == chosen)
    bottom = tops[-1] + boxes.height
    canvas.text(
        MARGIN, bottom + 18, "↓ moins fragile sur tous les axes", size=_SIZE, fill=style.MUTED
    )
    return bottom + 26


def _draw_ways(
    canvas: Canvas,
    order: list[list[bool]],
    layout: Layout,
    tops: list[float],
    boxes: _Boxes,
    chosen: int | None,
) -> None:
    def is_strong(above: int, below: int) -> bool:
        if chosen is None:
            return False
        leads_down = above == chosen or order[chosen][above]
        return leads_down or below == chosen or order[below][chosen]

    steps: dict[tuple[Node, Node], bool] = {}
    for (above, below), way in layout.ways.items():
        for step in itertools.pairwise(way):
            steps[step] = steps.get(step, False) or is_strong(above, below)
    # The emphasised lines come last, above the others.
    for (start, end), strong in sorted(steps.items(), key=lambda item: (item[1], item[0])):
        x, y = layout.x[start], tops[start[1]] + boxes.height
        x2, y2 = layout.x[end], tops[end[1]]
        bend = (y + y2) / 2
        places = [(x, y), (x, bend), (x2, bend), (x2, y2)]
        first, *rest = (f"{figure(px)} {figure(py)}" for px, py in places)
        data = f"M {first} C {' '.join(rest)}"
        if end[0] == start[0]:
            data += f" L {figure(x2)} {figure(y2 + boxes.height)}"
        canvas.path(
            data,
            stroke=style.ACCENT if strong else style.LINE,
            thickness=2.2 if strong else 1.2,
        )


def _draw_box(
    canvas: Canvas, x: float, top: float, boxes: _Boxes, unit: int, *, is_chosen: bool
) -> None:
    canvas.rect(
        x - boxes.width / 2,
        top,
        boxes.width,
        boxes.height,
        style.ACCENT if is_chosen else style.PAPER,
        stroke=style.ACCENT if is_chosen else style.LINE,
        thickness=1.2,
        radius=4,
    )
    canvas.lines(
        x,
        top + boxes.height / 2,
        boxes.labels[unit],
        size=_SIZE,
        fill=style.PAPER if is_chosen else style.INK,
        anchor="middle",
        is_bold=is_chosen,
    )


def _draw_alone(
    canvas: Canvas, alone: Sequence[int], boxes: _Boxes, chosen: int | None, top: float
) -> float:
    """Draw the units that can be compared with none, under a heading of their own."""
    room = canvas.width - 2 * MARGIN
    heading = wrap("Comparables à aucune autre : tantôt plus, tantôt moins fragiles", room, _SIZE)
    height = len(heading) * _SIZE * LEADING
    canvas.lines(MARGIN, top + 6 + height / 2, heading, size=_SIZE, fill=style.MUTED)
    top += height + 12
    for start in range(0, len(alone), boxes.per_row):
        for place, unit in enumerate(alone[start : start + boxes.per_row]):
            x = MARGIN + boxes.width / 2 + place * (boxes.width + _GAP)
            _draw_box(canvas, x, top, boxes, unit, is_chosen=unit == chosen)
        top += boxes.height + _GAP
    return top


def _message(
    units: Sequence[Unit], order: list[list[bool]], alone: Sequence[int], chosen: int | None
) -> str:
    n = len(units)
    pairs = n * (n - 1) // 2
    compared = sum(map(sum, order))
    sentences = []
    if pairs:
        share = french.quantity(100 * compared / pairs, "%")
        sentences.append(
            f"{share} des paires se comparent sur tous les axes ({compared} sur {pairs})."
        )
    if chosen is not None:
        sentences.append(_place(units, order, chosen))
    else:
        below = [u.label for i, u in enumerate(units) if any(r[i] for r in order)]
        first = [u.label for i, u in enumerate(units) if u.label not in below and any(order[i])]
        if first:
            sentences.append(
                f"Aucune n’est plus fragile partout que {french.listing(first, 'ou')}."
            )
    if alone and len(alone) < n:
        names = french.listing([units[i].label for i in alone])
        verb = french.plural(len(alone), "compare", "comparent")
        sentences.append(f"Ne se {verb} à aucune{french.NO_BREAK}: {names}.")
    if not compared:
        sentences.append("Aucune n’est plus fragile qu’une autre sur tous les axes.")
    return french.typographic(" ".join(sentences))


def _place(units: Sequence[Unit], order: list[list[bool]], chosen: int) -> str:
    below = [units[q].label for q in range(len(units)) if order[chosen][q]]
    above = [units[r].label for r in range(len(units)) if order[r][chosen]]
    down = f"plus fragile que {french.listing(below)}" if below else "plus fragile qu’aucune"
    up = f"moins fragile que {french.listing(above)}" if above else "moins fragile qu’aucune"
    return f"Sur tous les axes à la fois, {units[chosen].label} est {down} et {up}."


def _table(units: Sequence[Unit], order: list[list[bool]]) -> TableTwin:
    """For each unit those below and above it, directly or not."""

    def names(members: list[int]) -> str:
        return ", ".join(units[i].label for i in members) or "aucun"

    n = range(len(units))
    return TableTwin.of(
        ("Territoire", "Plus fragile que", "Moins fragile que"),
        [
            (
                unit.label,
                names([q for q in n if order[i][q]]),
                names([r for r in n if order[r][i]]),
            )
            for i, unit in enumerate(units)
        ],
    )

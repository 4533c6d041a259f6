"""Tile grid of the 13 regions: every region of the same size, with its name and value."""

from __future__ import annotations

from collections.abc import Sequence

from phare_pipeline import french
from phare_pipeline.outputs.charts import classes, parts, style
from phare_pipeline.outputs.charts.canvas import Canvas
from phare_pipeline.outputs.charts.chart import MARGIN, WIDTH, Caption, Chart, compose, known
from phare_pipeline.outputs.charts.classes import PlaceValue
from phare_pipeline.outputs.charts.ranking import Measure
from phare_pipeline.outputs.charts.text import LEADING, wrap
from phare_pipeline.outputs.tiles import TILES

_SIZE = style.SMALL_SIZE
_GAP = 4.0
_COLUMNS = 4
_WIDEST = 132.0
_WORDS = ("région", "régions")


def region_tiles(
    places: Sequence[PlaceValue],
    measure: Measure,
    caption: Caption,
    *,
    highlight: str | None = None,
    width: float = WIDTH,
    prefix: str = "tuiles",
) -> Chart:
    """Draw the regions as tiles in up to five natural classes, each with name and value.

    Regions that are not among the places have no tile.

    Args:
        places: by region code, at least one.
        measure: unit, decimals and, for the text, the value of France.
        caption: the words around the plot.
        highlight: code of the region the chart is about.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.
    """
    classes.refuse_unknown(places, [*TILES])
    canvas = Canvas(width, prefix)
    found = classes.classify(places)
    key = classes.class_key(canvas, found, places, measure, _WORDS)
    top = parts.draw_key(canvas, key, 0) + 8
    room = width - 2 * MARGIN
    tile = min((room - (_COLUMNS - 1) * _GAP) / _COLUMNS, _WIDEST)
    names = {p.key: wrap(french.typographic(p.label), tile - 8, _SIZE) for p in places}
    height = (max(map(len, names.values())) + 1) * _SIZE * LEADING + 12
    # The chosen tile comes last: its frame lies over its neighbours' edges.
    for place in sorted(places, key=lambda p: (p.key == highlight, p.key)):
        column, row = TILES[place.key]
        x, y = MARGIN + column * (tile + _GAP), top + row * (height + _GAP)
        value = known(place.value)
        fill = canvas.hatch() if value is None or found is None else found.fill(value)
        is_chosen = place.key == highlight
        canvas.rect(
            x,
            y,
            tile,
            height,
            fill,
            stroke=style.INK if is_chosen else style.LINE,
            thickness=3 if is_chosen else 0.8,
            radius=3,
        )
        ink = style.ink_on(fill) if value is not None else style.INK
        written = french.NOT_AVAILABLE if value is None else measure.write_short(value)
        lines = names[place.key]
        if value is None:
            # The hatching is no ground for text.
            canvas.rect(x + 4, y + 4, tile - 8, height - 8, style.PAPER)
        block = (len(lines) + 1) * _SIZE * LEADING
        middle = y + height / 2
        canvas.lines(
            x + tile / 2,
            middle - _SIZE * LEADING / 2,
            lines,
            size=_SIZE,
            fill=ink,
            anchor="middle",
            is_bold=is_chosen,
        )
        canvas.lines(
            x + tile / 2,
            middle + block / 2 - _SIZE * LEADING / 2,
            [written],
            fill=ink,
            anchor="middle",
            is_bold=True,
        )
    last = max(TILES[p.key][1] for p in places)
    bottom = top + (last + 1) * (height + _GAP)
    bottom = classes.draw_reasons(canvas, places, bottom)
    return compose(
        canvas,
        bottom,
        caption,
        message=classes.message(places, measure, highlight, _WORDS),
        table=classes.table(places, measure),
    )

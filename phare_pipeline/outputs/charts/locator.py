"""Where a region lies: a small map without figures, for the cover of its report."""

from __future__ import annotations

from collections.abc import Collection

from phare_pipeline.outputs.charts import style
from phare_pipeline.outputs.charts.canvas import MIN_WIDTH, Canvas
from phare_pipeline.outputs.charts.chart import document
from phare_pipeline.outputs.charts.geometry import Frame, load_contours, outlines

_EDGE = 2.0


def locator_map(
    regions: Collection[str],
    departements: Collection[str],
    *,
    title: str,
    message: str,
    prefix: str = "situation",
) -> str:
    """Return a map as SVG on which some regions are filled, with the limits of départements.

    Args:
        regions: codes of the regions that are filled.
        departements: codes of the départements that are outlined within them.
        title: of the picture.
        message: what it shows, in a French sentence.
        prefix: of the ids in the document.

    Raises:
        KeyError: a territory has no outline.
    """
    size = load_contours("regions")
    canvas = Canvas(MIN_WIDTH, prefix)
    frame = Frame((canvas.width - 2 * _EDGE) / size.width, _EDGE, _EDGE)
    shapes, parts = outlines("regions", frame), outlines("departements", frame)
    chosen = [shapes[code] for code in sorted(regions)]
    for code, shape in shapes.items():
        if code not in regions:
            canvas.path(shape, fill=style.GRID, stroke=style.PAPER)
    for shape in chosen:
        canvas.path(shape, fill=style.ACCENT, stroke=style.PAPER)
    for code in sorted(departements):
        canvas.path(parts[code], stroke=style.PAPER, thickness=0.6)
    return document(canvas, size.height * frame.scale + 2 * _EDGE, title, message)

"""Correlations of domains or indicators as a triangle of squares."""

from __future__ import annotations

import math
from collections.abc import Sequence

from phare_pipeline import french
from phare_pipeline.index.ties import compared
from phare_pipeline.outputs.charts import parts, style
from phare_pipeline.outputs.charts.canvas import Canvas
from phare_pipeline.outputs.charts.chart import (
    MARGIN,
    WIDTH,
    Caption,
    Chart,
    TableTwin,
    compose,
    known,
)
from phare_pipeline.outputs.charts.text import LEADING, wrap

_SIZE = style.SMALL_SIZE
_LEAST_CELL = 12.0
_LEAST_COLUMN = 84.0
_NAMED = 3
_STRONG = 0.7


def correlation_matrix(
    labels: Sequence[str],
    values: Sequence[Sequence[float | None]],
    caption: Caption,
    *,
    width: float = WIDTH,
    prefix: str = "correlations",
) -> Chart:
    """Draw correlations as squares whose side grows with strength: full above 0, hollow below.

    The lower triangle is drawn; columns carry the numbers of the rows. The strongest pairs are
    named below with their values, all values stand in the table.

    Args:
        labels: n names, two at least.
        values: (n, n), from −1 to 1, symmetric; None or NaN where it is not defined (a constant).
        caption: the words around the plot.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.

    Raises:
        ValueError: not square, not symmetric, outside [−1, 1], or too many for the width.
    """
    matrix = _check_correlations(labels, values)
    canvas = Canvas(width, prefix)
    top = _draw_correlation_key(canvas)
    bottom = _draw_correlations(canvas, labels, matrix, top + 6)
    return compose(
        canvas,
        bottom,
        caption,
        message=_correlation_message(labels, matrix),
        table=_correlation_table(labels, matrix),
    )


def _check_correlations(
    labels: Sequence[str], values: Sequence[Sequence[float | None]]
) -> list[list[float | None]]:
    n = len(labels)
    if n < 2 or len(values) != n or any(len(row) != n for row in values):
        raise ValueError(f"found {n} labels and {len(values)} rows, expected n × n, n from 2 on")
    matrix = [[known(v) for v in row] for row in values]
    for i in range(n):
        for j in range(i):
            low, high = matrix[i][j], matrix[j][i]
            is_same = low == high or (
                low is not None and high is not None and math.isclose(low, high, abs_tol=1e-9)
            )
            if not is_same:
                raise ValueError(f"found {low} and {high} for {labels[i]} and {labels[j]}")
            if low is not None and abs(low) > 1 + 1e-9:
                raise ValueError(f"found a correlation of {low}, expected −1 to 1")
    return matrix


def _draw_correlation_key(canvas: Canvas) -> float:
    def entry(value: float | None, label: str) -> parts.KeyEntry:
        def draw(c: Canvas, x: float, y: float) -> None:
            _draw_square(c, value, x + 8, y, 16)

        return parts.KeyEntry(16, draw, label)

    return parts.draw_key(
        canvas,
        [
            entry(1.0, "liées (1)"),
            entry(0.4, "un peu (0,4)"),
            entry(-0.8, f"opposées ({french.MINUS}0,8)"),
            entry(None, "non définie"),
        ],
        0,
    )


def _draw_square(canvas: Canvas, value: float | None, x: float, y: float, cell: float) -> None:
    if value is None:
        canvas.line((x - 4, y - 4), (x + 4, y + 4), style.LINE, 1.2)
        canvas.line((x - 4, y + 4), (x + 4, y - 4), style.LINE, 1.2)
        return
    # The area tells the strength; a weak one stays visible.
    side = max(2.5, (cell - 2) * math.sqrt(abs(value)))
    if value >= 0:
        canvas.rect(x - side / 2, y - side / 2, side, side, style.ACCENT)
    else:
        side = max(side, 5.0)
        canvas.rect(
            x - side / 2 + 1, y - side / 2 + 1, side - 2, side - 2, style.PAPER,
            stroke=style.FRAGILE, thickness=2,
        )  # fmt: skip


def _draw_correlations(
    canvas: Canvas, labels: Sequence[str], matrix: list[list[float | None]], top: float
) -> float:
    n = len(labels)
    names = [f"{k}{french.NO_BREAK}{french.typographic(t)}" for k, t in enumerate(labels, start=1)]
    room = canvas.width - 2 * MARGIN - 10
    limit = min(0.36 * canvas.width, room - _LEAST_CELL * (n - 1))
    if limit < _LEAST_COLUMN:
        raise ValueError(f"found {n} labels, expected fewer at a width of {canvas.width:g}")
    column = parts.label_width(names, limit, is_bold=False)
    cell = min((room - column) / (n - 1), 44.0)
    left = MARGIN + column + 10
    rows = parts.lay_rows(names, column, top=top, is_bold=False)
    for i, row in enumerate(rows):
        canvas.lines(left - 10, row.middle, row.label, anchor="end")
        for j in range(i):
            side = min(cell, row.height)
            _draw_square(canvas, matrix[i][j], left + (j + 0.5) * cell, row.middle, side)
        if i < n - 1:
            x = left + (i + 0.5) * cell
            canvas.lines(x, row.middle, [str(i + 1)], size=_SIZE, fill=style.MUTED, anchor="middle")
    return _draw_strongest(canvas, labels, matrix, rows[-1].bottom + 10)


def _draw_strongest(
    canvas: Canvas, labels: Sequence[str], matrix: list[list[float | None]], top: float
) -> float:
    """Name the strongest pairs with their values; return where they end."""
    room = canvas.width - 2 * MARGIN
    for title, pairs in _strongest(labels, matrix):
        lines = [title, *pairs]
        for index, text in enumerate(lines):
            broken = wrap(french.typographic(text), room, _SIZE, is_bold=index == 0)
            height = len(broken) * _SIZE * LEADING + 2
            canvas.lines(MARGIN, top + height / 2, broken, size=_SIZE, is_bold=index == 0)
            top += height
        top += 6
    return top


def _strongest(
    labels: Sequence[str], matrix: list[list[float | None]]
) -> list[tuple[str, list[str]]]:
    """Return the three strongest pairs of each sign, written, under their title."""
    pairs = [
        (value, f"{labels[j]} et {labels[i]} ({french.number(value, 2)})")
        for i in range(len(labels))
        for j in range(i)
        if (value := matrix[i][j]) is not None
    ]
    found = []
    above = sorted((p for p in pairs if compared(p[0]) > 0), key=lambda p: -compared(p[0]))[:_NAMED]
    below = sorted((p for p in pairs if compared(p[0]) < 0), key=lambda p: compared(p[0]))[:_NAMED]
    for title, chosen in (("Les plus liées", above), ("Les plus opposées", below)):
        if chosen:
            found.append((title, [text for _, text in chosen]))
    return found


def _correlation_message(labels: Sequence[str], matrix: list[list[float | None]]) -> str:
    strongest = _strongest(labels, matrix)
    if not strongest:
        return "Aucune corrélation n’est définie ni différente de zéro."
    sentences = [
        f"{title}{french.NO_BREAK}: {french.listing(pairs)}." for title, pairs in strongest
    ]
    values = [abs(v) for i, row in enumerate(matrix) for v in row[:i] if v is not None]
    strong = sum(v >= _STRONG for v in values)
    sentences.append(
        f"{strong} paires sur{french.NO_BREAK}{len(values)} ont une corrélation d’au moins "
        f"{french.number(_STRONG, 1)} en valeur absolue."
    )
    return french.typographic(" ".join(sentences))


def _correlation_table(labels: Sequence[str], matrix: list[list[float | None]]) -> TableTwin:
    rows = [
        [label, *(french.NOT_AVAILABLE if v is None else french.number(v, 2) for v in row)]
        for label, row in zip(labels, matrix, strict=True)
    ]
    return TableTwin.of(["", *labels], rows)

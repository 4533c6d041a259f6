"""Stacked bands: how the answers of a survey divide, with those who do not know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
from phare_pipeline.outputs.charts.text import LEADING, text_width, wrap

_SIZE = style.SMALL_SIZE
_BAR = 18.0
_BROAD = 520.0
# Rounded shares of one item may miss 100 by a point and a half.
_TOLERANCE = 1.5


@dataclass(frozen=True)
class BandItem:
    """One question item.

    Attributes:
        label: its name.
        shares: one for each band, in percent of all who were asked; None when hidden or missing.
        unknown: share of « ne sait pas »; None where the question has no such answer.
        reason: why there are no shares; required then.
    """

    label: str
    shares: tuple[float, ...] | None
    unknown: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.shares is None:
            if not self.reason:
                raise ValueError(f"{self.label}: found no shares and no reason")
            return
        values = [*self.shares, self.unknown or 0.0]
        if any(known(v) is None or v < 0 for v in values):
            raise ValueError(f"{self.label}: found shares {values}, expected numbers from 0 on")
        if abs(math.fsum(values) - 100) > _TOLERANCE:
            found = math.fsum(values)
            raise ValueError(f"{self.label}: found shares of {found:g} % in all, expected 100")


def stacked_bands(
    bands: Sequence[str],
    items: Sequence[BandItem],
    caption: Caption,
    *,
    decimals: int = 0,
    width: float = WIDTH,
    prefix: str = "bandes",
) -> Chart:
    """Draw each item as a bar of bands from the lightest to the darkest, « ne sait pas » hatched.

    Items keep their order. A share is written into its band where it finds room, and stands in the
    table in any case.

    Args:
        bands: their names with their definition (« 8 à 10 »), from low to high; one to five.
        items: at least one.
        caption: the words around the plot.
        decimals: of the shares.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.

    Raises:
        ValueError: shares that do not make 100 % (within 1.5), or not one for each band.
    """
    if not items or not 1 <= len(bands) <= len(style.SEQUENCE):
        raise ValueError(f"found {len(items)} items and {len(bands)} bands, expected 1 and 1 to 5")
    for item in items:
        if item.shares is not None and len(item.shares) != len(bands):
            raise ValueError(
                f"{item.label}: found {len(item.shares)} shares, expected {len(bands)}"
            )
    canvas = Canvas(width, prefix)
    fills = _fills(len(bands))
    has_unknown = any(item.unknown is not None for item in items)
    top = _draw_key(canvas, bands, fills, has_unknown=has_unknown) + 6
    is_broad = width >= _BROAD
    column = parts.label_width([i.label for i in items], 0.4 * width) if is_broad else 0.0
    left = MARGIN + column + 14 if is_broad else MARGIN
    right = width - MARGIN
    rows = _rows(items, column, top, right - left, is_broad=is_broad)
    for item, row in zip(items, rows, strict=True):
        if is_broad:
            canvas.lines(left - 14, row.middle, row.label, anchor="end")
        else:
            height = len(row.label) * style.LABEL_SIZE * LEADING
            canvas.lines(MARGIN, row.top - height / 2, row.label)
        if item.shares is None:
            parts.draw_missing(canvas, left, row, right - left, item.reason)
        else:
            _draw_bar(canvas, item, row, left, right, fills, decimals)
    return compose(
        canvas,
        rows[-1].bottom,
        caption,
        message=_message(bands, items, decimals),
        table=_table(bands, items, decimals, has_unknown=has_unknown),
    )


def _fills(count: int) -> list[str]:
    """Spread so many steps over the sequence, its darkest always last."""
    last = len(style.SEQUENCE) - 1
    if count == 1:
        return [style.SEQUENCE[last]]
    return [style.SEQUENCE[round(k * last / (count - 1))] for k in range(count)]


def _rows(
    items: Sequence[BandItem], column: float, top: float, room: float, *, is_broad: bool
) -> list[parts.Row]:
    labels = [i.label for i in items]
    reasons = [i.reason if i.shares is None else "" for i in items]
    if is_broad:
        return parts.lay_rows(labels, column, top=top, reasons=reasons, room=room, is_bold=False)
    rows = []
    for label, reason in zip(labels, reasons, strict=True):
        lines = wrap(french.typographic(label), room, style.LABEL_SIZE)
        top += len(lines) * style.LABEL_SIZE * LEADING + 3
        height = _BAR + 8
        if reason:
            said = wrap(parts.missing(reason), room, _SIZE, manner="paragraph")
            height = max(height, len(said) * _SIZE * LEADING + 5)
        rows.append(parts.Row(top, height, tuple(lines)))
        top += height
    return rows


def _draw_key(
    canvas: Canvas, bands: Sequence[str], fills: Sequence[str], *, has_unknown: bool
) -> float:
    paints = [*fills, *([canvas.hatch()] if has_unknown else [])]
    labels = [*map(french.typographic, bands), *(["ne sait pas"] if has_unknown else [])]

    def entry(paint: str, label: str) -> parts.KeyEntry:
        def draw(c: Canvas, x: float, y: float) -> None:
            c.rect(x, y - 6, 16, 12, paint, stroke=style.LINE)

        return parts.KeyEntry(16, draw, label)

    return parts.draw_key(canvas, [entry(p, t) for p, t in zip(paints, labels, strict=True)], 0)


def _draw_bar(
    canvas: Canvas,
    item: BandItem,
    row: parts.Row,
    left: float,
    right: float,
    fills: Sequence[str],
    decimals: int,
) -> None:
    assert item.shares is not None
    values = [*item.shares, *([item.unknown] if item.unknown is not None else [])]
    paints = [*fills, *([canvas.hatch()] if item.unknown is not None else [])]
    whole = math.fsum(values)
    top, x = row.middle - _BAR / 2, left
    for value, paint in zip(values, paints, strict=True):
        length = (right - left) * value / whole
        is_hatched = paint not in fills
        edge = style.LINE if is_hatched else style.PAPER
        canvas.rect(x, top, length, _BAR, paint, stroke=edge)
        text = french.number(value, decimals)
        room = text_width(text, _SIZE)
        if length >= room + 6:
            if is_hatched:
                middle = x + length / 2
                canvas.rect(middle - room / 2 - 1, top + 2, room + 2, _BAR - 4, style.PAPER)
            ink = style.INK if is_hatched else style.ink_on(paint)
            canvas.lines(x + length / 2, row.middle, [text], size=_SIZE, fill=ink, anchor="middle")
        x += length


def _message(bands: Sequence[str], items: Sequence[BandItem], decimals: int) -> str:
    shown = [(i.shares[-1], i) for i in items if i.shares is not None]
    if not shown:
        return "Aucune répartition ne peut être montrée."
    first = sorted(shown, key=lambda pair: -compared(pair[0]))
    band = bands[-1]
    named = [f"{i.label} ({french.quantity(v, '%', decimals)})" for v, i in first[:3]]
    sentences = [f"Part la plus forte de «{french.NO_BREAK}{band}{french.NO_BREAK}»"
                 f"{french.NO_BREAK}: {french.listing(named)}."]  # fmt: skip
    if len(first) > 3:
        value, item = first[-1]
        least = f"{item.label} ({french.quantity(value, '%', decimals)})"
        sentences.append(f"La plus faible{french.NO_BREAK}: {least}.")
    hidden = [i.label for i in items if i.shares is None]
    if hidden:
        sentences.append(f"Sans résultat{french.NO_BREAK}: {french.listing(hidden)}.")
    return french.typographic(" ".join(sentences))


def _table(
    bands: Sequence[str], items: Sequence[BandItem], decimals: int, *, has_unknown: bool
) -> TableTwin:
    rows = []
    for item in items:
        if item.shares is None:
            cells = [parts.missing(item.reason), *[""] * (len(bands) - 1)]
        else:
            cells = [french.quantity(v, "%", decimals) for v in item.shares]
        if has_unknown:
            is_known = item.shares is not None and item.unknown is not None
            cells.append(french.quantity(item.unknown or 0.0, "%", decimals) if is_known else "")
        rows.append([item.label, *cells])
    return TableTwin.of(["Item", *bands, *(["Ne sait pas"] if has_unknown else [])], rows)

"""Contributions: which domains and indicators put a region above or below France."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from phare_pipeline import french
from phare_pipeline.index.ties import compared
from phare_pipeline.outputs.charts import parts, style
from phare_pipeline.outputs.charts.canvas import Anchor, Canvas
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

REFERENCE = 100
_BAR = 13.0
_DECIMALS = 2
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Contribution:
    """What a part adds to F − 100, in points of the index; None when it is not scored.

    Attributes:
        label: name of the part.
        points: above 0 it makes the region more fragile than France, below 0 less.
        reason: why it is not scored; required then.
    """

    label: str
    points: float | None
    reason: str = ""

    def __post_init__(self) -> None:
        if known(self.points) is None and not self.reason:
            raise ValueError(f"{self.label}: found no value and no reason, expected one of them")


def contributions(
    score: float,
    domains: Sequence[Contribution],
    indicators: Sequence[Contribution],
    caption: Caption,
    *,
    width: float = WIDTH,
    prefix: str = "contributions",
) -> Chart:
    """Draw what makes F differ from 100: bars by domain, their sum, then single indicators.

    Domains are ordered from the largest addition to the largest deduction; indicators stay in the
    order given. Both share one scale.

    Args:
        score: F of the region; the scored domains must add up to F − 100.
        domains: at least one.
        indicators: those with the largest contributions (five, as a rule); may be empty.
        caption: the words around the plot.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.

    Raises:
        ValueError: contributions that do not add up to F − 100 (within 1e-6).
    """
    ordered = _checked(score, domains)
    canvas = Canvas(width, prefix)
    bars = _Bars(canvas, [*ordered, *indicators])
    bottom = bars.draw_axis(16)
    bottom = bars.draw_rows(ordered, bottom)
    bottom = bars.draw_total(score, bottom)
    if indicators:
        title = f"Les {len(indicators)} indicateurs qui pèsent le plus"
        if len(indicators) == 1:
            title = "L’indicateur qui pèse le plus"
        canvas.lines(MARGIN, bottom + 20, [title], is_bold=True)
        bottom = bars.draw_rows(indicators, bottom + 34)
    bars.draw_zero(22, bottom)
    return compose(
        canvas,
        bottom + 4,
        caption,
        message=_message(score, ordered, indicators),
        table=_table(score, ordered, indicators),
    )


def _checked(score: float, domains: Sequence[Contribution]) -> list[Contribution]:
    if not domains:
        raise ValueError("found no domain, expected at least one")
    if known(score) is None:
        raise ValueError("found no score, expected one: a region without it has no contributions")
    total = math.fsum(
        d.points for d in domains if d.points is not None and known(d.points) is not None
    )
    if abs(total - (score - REFERENCE)) > _TOLERANCE:
        raise ValueError(
            f"found contributions of {total} in all, expected F − 100 = {score - REFERENCE}"
        )

    def order(domain: Contribution) -> tuple[bool, float, str]:
        points = known(domain.points)
        return (points is None, -compared(points or 0.0), domain.label)

    return sorted(domains, key=order)


class _Bars:
    """Rows of bars that leave from zero, with labels on the left and values at their ends."""

    def __init__(self, canvas: Canvas, items: Sequence[Contribution]) -> None:
        self.canvas = canvas
        values = [v for item in items if (v := known(item.points)) is not None]
        low, high = min([0.0, *values]), max([0.0, *values])
        if low == high:
            low, high = -1.0, 1.0
        self.column = parts.label_width([i.label for i in items], 0.4 * canvas.width)
        left, right = MARGIN + self.column + 14, canvas.width - MARGIN
        room = max(text_width(_points(v), style.LABEL_SIZE, is_bold=True) for v in (low, high)) + 7
        start = left + (room if low < 0 else 0)
        end = right - (room if high > 0 else 0)
        self.left = left
        self.scale = parts.Scale(low, high, start, end)

    def draw_axis(self, y: float) -> float:
        """Say which side is which; return where rows may begin."""
        size, zero = style.SMALL_SIZE, self.scale(0)
        less, more = "← moins fragile", "plus fragile →"
        if zero - 8 - text_width(less, size, is_bold=True) > 0:
            self.canvas.text(
                zero - 8, y - 4, less, size=size, fill=style.ROBUST, anchor="end", is_bold=True
            )
        if zero + 8 + text_width(more, size, is_bold=True) < self.canvas.width:
            self.canvas.text(zero + 8, y - 4, more, size=size, fill=style.FRAGILE, is_bold=True)
        return y + 6

    def draw_rows(self, items: Sequence[Contribution], top: float) -> float:
        """Draw a row for each part; return where they end."""
        room = self.canvas.width - MARGIN - self.left
        rows = parts.lay_rows(
            [i.label for i in items],
            self.column,
            top=top,
            reasons=[i.reason if known(i.points) is None else "" for i in items],
            room=room,
            is_bold=False,
        )
        for item, row in zip(items, rows, strict=True):
            self.canvas.lines(self.left - 14, row.middle, row.label, anchor="end")
            points = known(item.points)
            if points is None:
                parts.draw_missing(self.canvas, self.left, row, room, item.reason)
            else:
                self._draw_bar(points, row.middle)
        return rows[-1].bottom

    def draw_total(self, score: float, top: float) -> float:
        """Draw the sum of the domains under a line; return where it ends."""
        canvas = self.canvas
        canvas.line((MARGIN, top + 4), (canvas.width - MARGIN, top + 4), style.LINE)
        label = f"Ensemble{french.NO_BREAK}: indice {french.number(score, 1)}"
        lines = wrap(label, self.column, style.LABEL_SIZE, is_bold=True)
        height = max(parts.ROW_HEIGHT, len(lines) * style.LABEL_SIZE * LEADING + 5)
        middle = top + 6 + height / 2
        canvas.lines(self.left - 14, middle, lines, anchor="end", is_bold=True)
        self._write_points(score - REFERENCE, self.scale(0), middle, is_bold=True)
        return top + 6 + height

    def draw_zero(self, top: float, bottom: float) -> None:
        """Draw the line of France."""
        x = self.scale(0)
        self.canvas.line((x, top), (x, bottom), style.INK, 1.2)

    def _draw_bar(self, points: float, middle: float) -> None:
        zero, end = self.scale(0), self.scale(points)
        colour = style.FRAGILE if points > 0 else style.ROBUST
        self.canvas.rect(min(zero, end), middle - _BAR / 2, abs(end - zero), _BAR, colour)
        self._write_points(points, end, middle)

    def _write_points(
        self, points: float, x: float, middle: float, *, is_bold: bool = False
    ) -> None:
        """Write a value beyond a point, on the side that its sign points to."""
        anchor: Anchor = "end" if points < 0 else "start"
        offset = -5 if points < 0 else 5
        self.canvas.lines(x + offset, middle, [_points(points)], anchor=anchor, is_bold=is_bold)


def _points(value: float) -> str:
    return french.number(value, _DECIMALS, is_signed=True)


def _message(
    score: float, domains: Sequence[Contribution], indicators: Sequence[Contribution]
) -> str:
    gap = french.rounded(score - REFERENCE, 1)
    where = "comme la France (100)"
    if gap:
        points = french.quantity(abs(gap), "point", 1)
        where = f"{points} {'au-dessus' if gap > 0 else 'au-dessous'} de la France (100)"
    sentences = [f"Indice de {french.number(score, 1)}, {where}."]
    scored = [(d.label, v) for d in domains if (v := known(d.points)) is not None]
    adding = [f"{label} ({_points(v)})" for label, v in scored if french.rounded(v, _DECIMALS) > 0]
    taking = [
        f"{label} ({_points(v)})"
        for label, v in reversed(scored)
        if french.rounded(v, _DECIMALS) < 0
    ]
    if adding:
        sentences.append(f"Ajoutent le plus{french.NO_BREAK}: {french.listing(adding[:3])}.")
    if taking:
        sentences.append(f"Retirent le plus{french.NO_BREAK}: {french.listing(taking[:3])}.")
    missing = [d.label for d in domains if known(d.points) is None]
    if missing:
        verb = french.plural(len(missing), "n’est pas noté", "ne sont pas notés")
        sentences.append(f"{french.listing(missing)} {verb}.")
    first = next((i for i in indicators if known(i.points) is not None), None)
    if first is not None and first.points is not None:
        sentences.append(
            f"Premier indicateur{french.NO_BREAK}: {first.label} ({_points(first.points)})."
        )
    return french.typographic(" ".join(sentences))


def _table(
    score: float, domains: Sequence[Contribution], indicators: Sequence[Contribution]
) -> TableTwin:
    rows = [
        *(("Domaine", d.label, _cell(d)) for d in domains),
        ("Ensemble", f"Indice {french.number(score, 1)}", _points(score - REFERENCE)),
        *(("Indicateur", i.label, _cell(i)) for i in indicators),
    ]
    return TableTwin.of(
        ("Niveau", "Partie", "Contribution à l’écart avec la France, en points"), rows
    )


def _cell(item: Contribution) -> str:
    points = known(item.points)
    return parts.missing(item.reason) if points is None else _points(points)

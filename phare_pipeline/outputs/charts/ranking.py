"""Ranking: one value of each region as a bar, with France as a line."""

from __future__ import annotations

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
from phare_pipeline.outputs.charts.text import text_width, widest

_BAR = 15.0


@dataclass(frozen=True)
class RankedValue:
    """The value of one region.

    Attributes:
        key: what `highlight` names it by.
        label: its name.
        value: in the unit of the chart; None when missing.
        rank: its rank by value, 1 = the highest; None when missing.
        rank_of: how many are ranked.
        reason: why it is missing; required then.
    """

    key: str
    label: str
    value: float | None
    rank: int | None = None
    rank_of: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        if known(self.value) is None and not self.reason:
            raise ValueError(f"{self.label}: found no value and no reason, expected one of them")
        if known(self.value) is not None and self.rank is None:
            raise ValueError(f"{self.label}: found a value without its rank")


@dataclass(frozen=True)
class Measure:
    """How the values of a chart are written.

    Attributes:
        unit: « % », « € », « pour 1 000 habitants »; short ones stand behind every value.
        decimals: of the values.
        france: the national value; None when there is none.
    """

    unit: str
    decimals: int
    france: float | None = None

    def write(self, value: float) -> str:
        """Write a value with its unit."""
        return french.quantity(value, self.unit, self.decimals)

    def write_short(self, value: float) -> str:
        """Write a value, with its unit only if that is a sign (`%`, `‰`, `€`, `M€`)."""
        return french.quantity(value, self._sign, self.decimals)

    def write_range(self, low: float, high: float) -> str:
        """Write a range of values, with the unit once and only if it is a sign."""
        return french.interval(low, high, self._sign, self.decimals)

    @property
    def _sign(self) -> str:
        return self.unit if len(self.unit) <= 2 else ""


def region_ranking(
    values: Sequence[RankedValue],
    measure: Measure,
    caption: Caption,
    *,
    highlight: str | None = None,
    width: float = WIDTH,
    prefix: str = "classement",
) -> Chart:
    """Draw values as bars from zero, the highest first, with rank and a line for France.

    Missing values come last with their reason.

    Args:
        values: at least one.
        measure: unit, decimals and the value of France.
        caption: the words around the plot.
        highlight: key of the region the chart is about.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.
    """
    if not values:
        raise ValueError("found no value, expected at least one")
    ordered = sorted(values, key=_order)
    canvas = Canvas(width, prefix)
    bottom = _Bars(canvas, ordered, measure, highlight).draw()
    return compose(
        canvas,
        bottom,
        caption,
        message=_message(ordered, measure, highlight),
        table=_table(ordered, measure),
    )


def _order(value: RankedValue) -> tuple[bool, float, str]:
    found = known(value.value)
    return (found is None, -compared(found or 0.0), value.label)


class _Bars:
    """Rows of rank, name, bar and value."""

    def __init__(
        self,
        canvas: Canvas,
        values: Sequence[RankedValue],
        measure: Measure,
        highlight: str | None,
    ) -> None:
        self.canvas, self.values, self.measure = canvas, values, measure
        self.highlight = highlight
        self.france = known(measure.france)
        self.ranks = widest([_rank(v) for v in values], style.LABEL_SIZE)
        self.column = parts.label_width([v.label for v in values], 0.36 * canvas.width)
        self.left = MARGIN + self.ranks + 8 + self.column + 12
        found = [x for v in values if (x := known(v.value)) is not None]
        shown = [*found, *([self.france] if self.france is not None else [])]
        low, high = min([0.0, *shown]), max([0.0, *shown])
        if low == high:
            high = 1.0
        self.right = canvas.width - MARGIN
        room = widest([measure.write_short(x) for x in found], style.LABEL_SIZE, is_bold=True)
        self.scale = parts.Scale(low, high, self.left, self.right - room - 14)

    def draw(self) -> float:
        """Draw all rows; return where they end."""
        top = 22.0 if self.france is not None else 2.0
        room = self.canvas.width - MARGIN - self.left
        rows = parts.lay_rows(
            [v.label for v in self.values],
            self.column,
            top=top,
            reasons=[v.reason if known(v.value) is None else "" for v in self.values],
            room=room,
        )
        for value, row in zip(self.values, rows, strict=True):
            self._draw_row(value, row, room)
        zero = self.scale(0)
        self.canvas.line((zero, top), (zero, rows[-1].bottom), style.LINE)
        if self.france is not None:
            self._draw_france(self.france, rows)
        return rows[-1].bottom

    def _draw_row(self, value: RankedValue, row: parts.Row, room: float) -> None:
        is_chosen = value.key == self.highlight
        colour = style.ACCENT if is_chosen else style.INK
        x = MARGIN + self.ranks
        self.canvas.lines(x, row.middle, [_rank(value)], anchor="end", fill=style.MUTED)
        self.canvas.lines(x + 8, row.middle, row.label, is_bold=is_chosen, fill=colour)
        found = known(value.value)
        if found is None:
            parts.draw_missing(self.canvas, self.left, row, room, value.reason)
            return
        start, end = sorted((self.scale(0), self.scale(found)))
        fill = style.ACCENT if is_chosen else style.ACCENT_BAND
        self.canvas.rect(start, row.middle - _BAR / 2, end - start, _BAR, fill)
        text = self.measure.write_short(found)
        self.canvas.lines(
            self.right, row.middle, [text], anchor="end", is_bold=is_chosen, fill=colour
        )

    def _draw_france(self, france: float, rows: Sequence[parts.Row]) -> None:
        x = self.scale(france)
        words = f"France{french.NO_BREAK}: {self.measure.write_short(france)}"
        half = text_width(words, style.SMALL_SIZE, is_bold=True) / 2
        middle = min(max(x, MARGIN + half), self.canvas.width - MARGIN - half)
        self.canvas.text(middle, 12, words, size=style.SMALL_SIZE, anchor="middle", is_bold=True)
        shown = [r for v, r in zip(self.values, rows, strict=True) if known(v.value) is not None]
        bottom = shown[-1].bottom if shown else rows[0].top
        self.canvas.line((x, 17), (x, bottom), style.INK, 1.4, dash="4 3")


def _rank(value: RankedValue) -> str:
    return "" if known(value.value) is None or value.rank is None else french.ordinal(value.rank)


def _message(values: Sequence[RankedValue], measure: Measure, highlight: str | None) -> str:
    found = [(x, v) for v in values if (x := known(v.value)) is not None]
    if not found:
        return "Aucune région n’a de valeur."
    sentences = []
    chosen = next(((x, v) for x, v in found if v.key == highlight), None)
    if chosen is not None:
        x, value = chosen
        sentences.append(
            f"{value.label}{french.NO_BREAK}: {measure.write(x)}, "
            f"{_rank(value)} sur{french.NO_BREAK}{value.rank_of}."
        )
    (high, first), (low, last) = found[0], found[-1]
    if len(found) > 1:
        sentences.append(
            f"De {measure.write(high)} ({first.label}) à {measure.write(low)} ({last.label})."
        )
    elif chosen is None:
        sentences.append(f"{first.label}{french.NO_BREAK}: {measure.write(high)}.")
    france = known(measure.france)
    if france is not None:
        above = sum(compared(x) > compared(france) for x, _ in found)
        sentences.append(
            f"France{french.NO_BREAK}: {measure.write(france)}{french.NARROW}; "
            f"{french.counted(above, 'région')} au-dessus."
        )
    missing = [v.label for v in values if known(v.value) is None]
    if missing:
        sentences.append(f"Sans valeur{french.NO_BREAK}: {french.listing(missing)}.")
    return french.typographic(" ".join(sentences))


def _table(values: Sequence[RankedValue], measure: Measure) -> TableTwin:
    rows = []
    for value in values:
        found = known(value.value)
        written = parts.missing(value.reason) if found is None else measure.write(found)
        rows.append((_rank(value), value.label, written))
    france = known(measure.france)
    if france is not None:
        rows.append(("", "France", measure.write(france)))
    return TableTwin.of(("Rang", "Territoire", "Valeur"), rows)

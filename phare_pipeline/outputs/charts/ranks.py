"""Rank intervals: how sure the rank of each region is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phare_pipeline import french
from phare_pipeline.outputs.charts import parts, style
from phare_pipeline.outputs.charts.canvas import Canvas
from phare_pipeline.outputs.charts.chart import (
    MARGIN,
    WIDTH,
    Caption,
    Chart,
    TableTwin,
    compose,
)
from phare_pipeline.outputs.charts.text import text_width, widest

_BAR = 9.0
_SURE = 2
"""An interval that leaves the median by at most this many ranks is called out as sure."""


@dataclass(frozen=True)
class Ranks:
    """How the rank of one unit varies; 1 is the most fragile.

    Attributes:
        median: median rank over the draws.
        low, high: 90 % interval of method, ranks that occurred.
        best, worst: range of its rank by any increasing index of the axes (Pareto).

    Raises:
        ValueError: ranks below 1 or out of order.
    """

    median: int
    low: int
    high: int
    best: int
    worst: int

    def __post_init__(self) -> None:
        if not 1 <= self.low <= self.median <= self.high or not 1 <= self.best <= self.worst:
            raise ValueError(
                f"found median {self.median}, interval {self.low}–{self.high}, "
                f"range {self.best}–{self.worst}, expected ranks from 1 in order"
            )


@dataclass(frozen=True)
class RankInterval:
    """One unit and its ranks.

    Attributes:
        key: what `highlight` names it by.
        label: its name.
        ranks: None when it is not classified.
        reason: why it is not classified; required then.
    """

    key: str
    label: str
    ranks: Ranks | None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.ranks is None and not self.reason:
            raise ValueError(f"{self.label}: found no ranks and no reason, expected one of them")


def rank_intervals(
    units: Sequence[RankInterval],
    caption: Caption,
    *,
    highlight: str | None = None,
    width: float = WIDTH,
    prefix: str = "rangs",
) -> Chart:
    """Draw median rank, 90 % interval and rank range of each unit, the most fragile first.

    Units with the same median are ordered by interval, then by label; unclassified ones come last
    with their reason.

    Args:
        units: at least one.
        caption: the words around the plot.
        highlight: key of the unit the chart is about.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.
    """
    ordered = _ordered(units)
    canvas = Canvas(width, prefix)
    most = (max(u.ranks.high, u.ranks.worst) for u in ordered if u.ranks is not None)
    count = max([len(ordered), *most])
    top = _draw_key(canvas)
    written = [_written(unit.ranks) for unit in ordered]
    column = parts.label_width([u.label for u in ordered], 0.36 * width)
    left = MARGIN + column + 16
    right = width - MARGIN - widest(written, style.LABEL_SIZE, is_bold=True) - 14
    scale = parts.Scale(1, max(count, 2), left, right)
    rows = parts.lay_rows(
        [u.label for u in ordered],
        column,
        top=top + 42,
        reasons=[u.reason if u.ranks is None else "" for u in ordered],
        room=width - MARGIN - left,
    )
    _draw_axis(canvas, scale, count, rows[0].top, rows[-1].bottom)
    for unit, row, text in zip(ordered, rows, written, strict=True):
        _draw_unit(canvas, scale, unit, row, text, is_highlighted=unit.key == highlight)
    return compose(
        canvas,
        rows[-1].bottom,
        caption,
        message=_message(ordered, highlight),
        table=_table(ordered),
    )


def _ordered(units: Sequence[RankInterval]) -> list[RankInterval]:
    if not units:
        raise ValueError("found no unit, expected at least one")

    def order(unit: RankInterval) -> tuple[bool, int, int, int, str]:
        ranks = unit.ranks or Ranks(1, 1, 1, 1, 1)
        return (unit.ranks is None, ranks.median, ranks.low, ranks.high, unit.label)

    return sorted(units, key=order)


def _draw_key(canvas: Canvas) -> float:
    def draw_median(c: Canvas, x: float, y: float) -> None:
        c.marker("circle", x + 6, y, 5, style.INK)

    def draw_interval(c: Canvas, x: float, y: float) -> None:
        c.rect(x, y - _BAR / 2, 26, _BAR, style.BAND, radius=_BAR / 2)

    def draw_range(c: Canvas, x: float, y: float) -> None:
        _draw_range(c, x + 1, x + 27, y)

    return parts.draw_key(
        canvas,
        [
            parts.KeyEntry(12, draw_median, "rang médian"),
            parts.KeyEntry(
                26, draw_interval, f"9 choix de méthode sur{french.NO_BREAK}10 (entre parenthèses)"
            ),
            parts.KeyEntry(28, draw_range, "rangs possibles quels que soient les poids"),
        ],
        0,
    )


def _draw_axis(canvas: Canvas, scale: parts.Scale, count: int, top: float, bottom: float) -> None:
    size = style.SMALL_SIZE
    more, less = "← plus fragile", "moins fragile →"
    end = canvas.width - MARGIN
    canvas.text(scale.start - 6, top - 23, more, size=size, fill=style.MUTED)
    if scale.start - 6 + text_width(more, size) + 8 < end - text_width(less, size):
        canvas.text(end, top - 23, less, size=size, fill=style.MUTED, anchor="end")
    free = -1.0
    for position in range(1, count + 1):
        x, label = scale(position), french.ordinal(position)
        half = text_width(label, size) / 2
        if (position - 1) % 3 == 0 and x - half > free:
            canvas.text(x, top - 6, label, size=size, fill=style.MUTED, anchor="middle")
            free = x + half + 6
        canvas.line((x, top), (x, bottom), style.GRID)


def _draw_unit(
    canvas: Canvas,
    scale: parts.Scale,
    unit: RankInterval,
    row: parts.Row,
    written: str,
    *,
    is_highlighted: bool,
) -> None:
    colour = style.ACCENT if is_highlighted else style.INK
    canvas.lines(
        scale.start - 16, row.middle, row.label, anchor="end", is_bold=is_highlighted, fill=colour
    )
    if unit.ranks is None:
        parts.draw_missing(
            canvas, scale.start, row, canvas.width - MARGIN - scale.start, unit.reason
        )
        return
    ranks, y = unit.ranks, row.middle
    _draw_range(canvas, scale(ranks.best), scale(ranks.worst), y)
    start, end = scale(ranks.low) - _BAR / 2, scale(ranks.high) + _BAR / 2
    band = style.ACCENT_BAND if is_highlighted else style.BAND
    canvas.rect(start, y - _BAR / 2, end - start, _BAR, band, radius=_BAR / 2)
    canvas.marker("circle", scale(ranks.median), y, 6 if is_highlighted else 5, colour)
    canvas.lines(
        canvas.width - MARGIN, y, [written], anchor="end", is_bold=is_highlighted, fill=colour
    )


def _draw_range(canvas: Canvas, start: float, end: float, y: float) -> None:
    canvas.line((start, y), (end, y), style.LINE, 1.5)
    for x in (start, end):
        canvas.line((x, y - 4), (x, y + 4), style.LINE, 1.5)


def _written(ranks: Ranks | None) -> str:
    if ranks is None:
        return ""
    span = f"{ranks.low}–{ranks.high}" if ranks.low < ranks.high else str(ranks.low)
    return f"{french.ordinal(ranks.median)} ({span})"


def _message(units: Sequence[RankInterval], highlight: str | None) -> str:
    classified = [(u, u.ranks) for u in units if u.ranks is not None]
    if not classified:
        return "Aucune région n’est classée."
    unit, ranks = next((c for c in classified if c[0].key == highlight), classified[0])
    sentences = [
        f"{unit.label}{french.NO_BREAK}: rang médian {french.rank(ranks.median, len(classified))} "
        f"du plus au moins fragile, {french.rank_range(ranks.low, ranks.high)} neuf fois sur dix "
        f"selon la méthode, {french.rank_range(ranks.best, ranks.worst)} quels que soient les "
        "poids des axes."
    ]
    sure = [u.label for u, r in classified if max(r.median - r.low, r.high - r.median) <= _SURE]
    if sure and len(sure) < len(classified):
        sentences.append(
            f"Neuf fois sur dix, le rang tient à {_SURE} places près pour {french.listing(sure)}."
        )
    last = [u.label for u in units if u.ranks is None]
    if last:
        verb = french.plural(len(last), "n’est pas classée", "ne sont pas classées")
        sentences.append(f"{french.listing(last)} {verb}.")
    return french.typographic(" ".join(sentences))


def _table(units: Sequence[RankInterval]) -> TableTwin:
    headers = (
        "Territoire",
        "Rang médian",
        "Intervalle à 90 %, de",
        "Intervalle à 90 %, à",
        "Rangs possibles, de",
        "Rangs possibles, à",
    )
    return TableTwin.of(headers, [(unit.label, *_cells(unit)) for unit in units])


def _cells(unit: RankInterval) -> list[str]:
    if unit.ranks is None:
        return [parts.missing(unit.reason), "", "", "", ""]
    r = unit.ranks
    return [french.ordinal(rank) for rank in (r.median, r.low, r.high, r.best, r.worst)]

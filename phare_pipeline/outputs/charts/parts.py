"""Parts that several charts share: scales, ticks, rows with a label, keys; no chart by itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from phare_pipeline import french
from phare_pipeline.outputs.charts import style
from phare_pipeline.outputs.charts.canvas import Canvas
from phare_pipeline.outputs.charts.chart import MARGIN
from phare_pipeline.outputs.charts.text import LEADING, text_width, widest, wrap

ROW_HEIGHT = 24.0
GAP = 10.0


@dataclass(frozen=True)
class Scale:
    """A linear scale from data [low, high] to pixels [start, end]."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the position of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


@dataclass(frozen=True)
class Ticks:
    """Round values on an axis."""

    values: tuple[Decimal, ...]

    def labels(self, *, is_signed: bool = False) -> list[str]:
        """Write them with the decimals that they need."""
        decimals = max(
            (max(0, -int(v.normalize().as_tuple().exponent)) for v in self.values), default=0
        )
        return [french.number(v, decimals, is_signed=is_signed) for v in self.values]


def widened(values: Sequence[float], share: float = 0.04) -> tuple[float, float]:
    """Return the range of some values with a margin on both sides, never without width.

    Args:
        values: at least one.
        share: the margin, as a share of the range.
    """
    low, high = min(values), max(values)
    margin = (high - low) * share or abs(low) / 10 or 1.0
    return low - margin, high + margin


def round_ticks(low: float, high: float, count: int = 5) -> Ticks:
    """Choose round values (steps of 1, 2 or 5 × 10^k) within a range, about `count` of them."""
    raw = (high - low) / max(count, 1)
    power = Decimal(1).scaleb(math.floor(math.log10(raw)))
    step = next(m * power for m in (1, 2, 5, 10) if float(m * power) >= raw * 0.999)
    first = math.ceil(low / float(step) - 1e-9)
    last = math.floor(high / float(step) + 1e-9)
    return Ticks(tuple(step * k for k in range(first, last + 1)))


@dataclass(frozen=True)
class Row:
    """A row of a chart: where it stands, and its label in lines."""

    top: float
    height: float
    label: tuple[str, ...]

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return self.top + self.height / 2

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + self.height


def label_width(labels: Sequence[str], limit: float, *, is_bold: bool = True) -> float:
    """Return the width of a column of labels: as wide as the widest needs, within a limit."""
    return min(limit, widest(list(labels), style.LABEL_SIZE, is_bold=is_bold))


def lay_rows(
    labels: Sequence[str],
    width: float,
    *,
    top: float = 0,
    reasons: Sequence[str] = (),
    room: float = 0,
    is_bold: bool = True,
) -> list[Row]:
    """Stack rows whose labels are broken to a width.

    Args:
        labels: one a row.
        width: of their column.
        top: where the first row begins.
        reasons: one a row where there are any: why it has no value, or nothing.
        room: width for the reasons, which `draw_missing` writes.
        is_bold: measure labels in bold, so that any of them can be the emphasised one.
    """
    rows = []
    for label, reason in zip(labels, reasons or [""] * len(labels), strict=True):
        lines = wrap(french.typographic(label), width, style.LABEL_SIZE, is_bold=is_bold)
        height = max(ROW_HEIGHT, len(lines) * style.LABEL_SIZE * LEADING + 5)
        if reason:
            said = wrap(missing(reason), room, style.SMALL_SIZE, manner="paragraph")
            height = max(height, len(said) * style.SMALL_SIZE * LEADING + 5)
        rows.append(Row(top, height, tuple(lines)))
        top += height
    return rows


def draw_missing(canvas: Canvas, x: float, row: Row, width: float, reason: str) -> None:
    """Write in a row why it has no value; the text is as small as charts allow."""
    size = style.SMALL_SIZE
    lines = wrap(missing(reason), width, size, manner="paragraph")
    room = widest(lines, size)
    canvas.rect(x - 3, row.top + 1, room + 6, row.height - 2, style.PAPER)
    canvas.lines(x, row.middle, lines, size=size, fill=style.MUTED, is_italic=True)


def missing(reason: str) -> str:
    """Write that a value is missing, and why."""
    return f"{french.NOT_AVAILABLE}{french.NO_BREAK}: {french.typographic(reason)}"


@dataclass(frozen=True)
class KeyEntry:
    """An entry of a key: a sign of a width, drawn by a function of (canvas, x, middle)."""

    width: float
    draw: Callable[[Canvas, float, float], None]
    label: str


def draw_key(canvas: Canvas, entries: Sequence[KeyEntry], top: float) -> float:
    """Draw a key in lines over the whole width; return where it ends."""
    size, gap, step = style.SMALL_SIZE, 5.0, 18.0
    x, middle = MARGIN, top + step / 2
    for entry in entries:
        room = canvas.width - 2 * MARGIN - entry.width - gap
        lines = wrap(entry.label, room, size, manner="paragraph")
        width = entry.width + gap + widest(lines, size)
        if x > MARGIN and x + width > canvas.width - MARGIN:
            x, middle = MARGIN, middle + step
        entry.draw(canvas, x, middle)
        for index, line in enumerate(lines):
            if index:
                middle += size * LEADING
            canvas.lines(x + entry.width + gap, middle, [line], size=size, fill=style.MUTED)
        x += width + 16
    return middle + step / 2


def draw_key_column(
    canvas: Canvas, entries: Sequence[KeyEntry], x: float, top: float, width: float
) -> float:
    """Draw a key as a column, one entry below the other; return where it ends."""
    size, gap = style.SMALL_SIZE, 5.0
    for entry in entries:
        lines = wrap(entry.label, width - entry.width - gap, size, manner="paragraph")
        height = max(18.0, len(lines) * size * LEADING + 3)
        entry.draw(canvas, x, top + height / 2)
        canvas.lines(x + entry.width + gap, top + height / 2, lines, size=size, fill=style.MUTED)
        top += height
    return top


def draw_remark(canvas: Canvas, text: str, top: float) -> float:
    """Write a small remark over the whole width; return where it ends."""
    size = style.SMALL_SIZE
    room = canvas.width - 2 * MARGIN
    lines = wrap(french.typographic(text), room, size, manner="paragraph")
    height = len(lines) * size * LEADING
    canvas.lines(MARGIN, top + 4 + height / 2, lines, size=size, fill=style.MUTED, is_italic=True)
    return top + height + 4


def draw_grid(
    canvas: Canvas,
    scale: Scale,
    ticks: Ticks,
    top: float,
    bottom: float,
    *,
    is_signed: bool = False,
) -> None:
    """Draw lines at the ticks and their labels above; labels that would touch are left out."""
    labels = ticks.labels(is_signed=is_signed)
    size = style.SMALL_SIZE
    end = -math.inf
    for value, label in zip(ticks.values, labels, strict=True):
        x = scale(float(value))
        canvas.line((x, top), (x, bottom), style.GRID)
        half = text_width(label, size) / 2
        if x - half < end + 4:
            continue
        end = x + half
        canvas.text(x, top - 5, label, size=size, fill=style.MUTED, anchor="middle")

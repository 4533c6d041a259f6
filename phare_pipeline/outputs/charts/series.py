"""Time series: values by year, with their gaps, breaks and provisional figures."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phare_pipeline import french
from phare_pipeline.outputs.charts import parts, style
from phare_pipeline.outputs.charts.canvas import Canvas, path_data
from phare_pipeline.outputs.charts.chart import (
    MARGIN,
    WIDTH,
    Caption,
    Chart,
    TableTwin,
    compose,
    known,
)
from phare_pipeline.outputs.charts.ranking import Measure
from phare_pipeline.outputs.charts.style import Shape
from phare_pipeline.outputs.charts.text import LEADING, text_width, widest, wrap

MAX_SERIES = 4

_SIZE = style.SMALL_SIZE
_LINE = _SIZE * LEADING
_RADIUS = 3.5
# (colour, shape, thickness): the region, France, then others.
_LOOKS: tuple[tuple[str, Shape, float], ...] = (
    (style.ACCENT, "circle", 2.6),
    (style.INK, "square", 1.6),
    (style.FRAGILE, "triangle", 1.8),
    (style.ROBUST, "diamond", 1.8),
)


@dataclass(frozen=True)
class YearValue:
    """The value of one year; None with the reason when missing."""

    year: int
    value: float | None
    is_provisional: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        if known(self.value) is None and not self.reason:
            raise ValueError(f"{self.year}: found no value and no reason, expected one of them")


@dataclass(frozen=True)
class Series:
    """The values of one territory, in any order; a year that is not there is a gap too."""

    label: str
    values: tuple[YearValue, ...]

    def __post_init__(self) -> None:
        years = [v.year for v in self.values]
        if len(years) != len(set(years)):
            raise ValueError(f"{self.label}: found a year twice in {sorted(years)}")


def time_series(
    series: Sequence[Series],
    measure: Measure,
    caption: Caption,
    *,
    breaks: Mapping[int, str] | None = None,
    width: float = WIDTH,
    prefix: str = "evolution",
) -> Chart:
    """Draw up to four series: the region first, then France, then others.

    A line joins years that follow each other only; it stops at a break of the series. Provisional
    figures have hollow marks and a dashed line. `measure.france` is not used: France is a series.

    Args:
        series: one to four.
        measure: unit and decimals.
        caption: the words around the plot.
        breaks: first year of the new series and what changed, in a few words.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.
    """
    if not 1 <= len(series) <= MAX_SERIES:
        raise ValueError(f"found {len(series)} series, expected 1 to {MAX_SERIES}")
    years = sorted({v.year for s in series for v in s.values})
    if not years:
        raise ValueError("found no year, expected at least one")
    canvas = Canvas(width, prefix)
    breaks = {y: t for y, t in sorted((breaks or {}).items()) if years[0] <= y <= years[-1]}
    bottom = _Plot(canvas, series, measure, years, breaks).draw()
    return compose(
        canvas,
        bottom,
        caption,
        message=_message(series, measure, breaks),
        table=_table(series, measure, years, breaks),
    )


class _Plot:
    """Lines over years, with names at their ends."""

    def __init__(
        self,
        canvas: Canvas,
        series: Sequence[Series],
        measure: Measure,
        years: Sequence[int],
        breaks: Mapping[int, str],
    ) -> None:
        self.canvas, self.series, self.measure = canvas, series, measure
        self.breaks = breaks
        values = [v for s in series for p in s.values if (v := known(p.value)) is not None]
        self.has_values = bool(values)
        low, high = parts.widened(values or [0.0, 1.0], 0.12)
        ticks = parts.round_ticks(low, high, 5)
        self.ticks = ticks if self.has_values else parts.Ticks(())
        names = widest([s.label for s in series], style.LABEL_SIZE, is_bold=True)
        written = [measure.write_short(v) for v in values]
        self.names = max(
            min(names, 0.27 * canvas.width), widest(written, style.LABEL_SIZE, is_bold=True)
        )
        self.left = MARGIN + widest(self.ticks.labels(), _SIZE) + 8
        self.right = canvas.width - MARGIN - self.names - 16
        self.top = self._notes_height() + 12
        self.bottom = self.top + max(190.0, min(300.0, 0.42 * canvas.width))
        first, last = years[0], max(years[-1], years[0] + 1)
        self.years = range(first, last + 1)
        self.x = parts.Scale(first - 0.3, last + 0.3, self.left, self.right)
        self.y = parts.Scale(low, high, self.bottom, self.top)

    def _notes(self) -> list[list[str]]:
        room = self.canvas.width - 2 * MARGIN - 26
        return [
            wrap(f"{year}{french.NO_BREAK}: {french.typographic(text)}", room, _SIZE)
            for year, text in self.breaks.items()
        ]

    def _notes_height(self) -> float:
        return sum(len(lines) * _LINE + 3 for lines in self._notes())

    def draw(self) -> float:
        """Draw all of it; return where it ends."""
        self._draw_notes()
        self._draw_axes()
        for series, look in zip(self.series, _LOOKS, strict=False):
            self._draw_series(series, *look)
        end = max(self.bottom + 20, self._draw_names())
        if any(p.is_provisional for s in self.series for p in s.values):
            end = self._draw_provisional(end)
        return end

    def _draw_notes(self) -> None:
        """Say what changed at each break, beside the sign of a break."""
        y = 0.0
        for lines in self._notes():
            height = len(lines) * _LINE
            x = MARGIN + 9
            self.canvas.line((x, y), (x, y + height), style.ALERT, 1.4, dash="3 3")
            self.canvas.lines(MARGIN + 26, y + height / 2, lines, size=_SIZE, fill=style.MUTED)
            y += height + 3

    def _draw_axes(self) -> None:
        for value, label in zip(self.ticks.values, self.ticks.labels(), strict=True):
            y = self.y(float(value))
            self.canvas.line((self.left, y), (self.right, y), style.GRID)
            self.canvas.lines(self.left - 6, y, [label], size=_SIZE, fill=style.MUTED, anchor="end")
        if not self.has_values:
            middle = (self.top + self.bottom) / 2
            lines = wrap("Aucune valeur pour ces années", self.right - self.left, _SIZE)
            x = (self.left + self.right) / 2
            self.canvas.lines(
                x, middle, lines, size=_SIZE, fill=style.MUTED, anchor="middle", is_italic=True
            )
        self.canvas.line((self.left, self.bottom), (self.right, self.bottom), style.LINE)
        for year in self._labelled_years():
            x = self.x(year)
            self.canvas.line((x, self.bottom), (x, self.bottom + 4), style.LINE)
            self.canvas.text(
                x, self.bottom + 16, str(year), size=_SIZE, fill=style.MUTED, anchor="middle"
            )
        for year in self.breaks:
            x = self.x(year - 0.5)
            self.canvas.line((x, self.top), (x, self.bottom), style.ALERT, 1.4, dash="3 3")

    def _labelled_years(self) -> list[int]:
        """Choose years at a regular step, so that their labels keep apart, the last included."""
        room = text_width("2000", _SIZE) + 8
        step = next(k for k in (1, 2, 5, 10, 20, 50, 100) if self._pace() * k >= room or k == 100)
        return [year for year in self.years if (self.years[-1] - year) % step == 0]

    def _pace(self) -> float:
        return self.x(self.years[0] + 1) - self.x(self.years[0])

    def _draw_series(self, series: Series, colour: str, shape: Shape, thickness: float) -> None:
        points = [
            (p, value)
            for p in sorted(series.values, key=lambda p: p.year)
            if (value := known(p.value)) is not None
        ]
        for (before, low), (after, high) in itertools.pairwise(points):
            if after.year - before.year > 1 or after.year in self.breaks:
                continue
            ends = [(self.x(before.year), self.y(low)), (self.x(after.year), self.y(high))]
            dash = "5 3" if after.is_provisional or before.is_provisional else None
            self.canvas.path(path_data(ends), stroke=colour, thickness=thickness, dash=dash)
        for point, value in points:
            x, y = self.x(point.year), self.y(value)
            if point.is_provisional:
                self.canvas.marker(shape, x, y, _RADIUS, style.PAPER, stroke=colour, thickness=1.8)
            else:
                self.canvas.marker(shape, x, y, _RADIUS + 0.5, colour, thickness=1)

    def _draw_names(self) -> float:
        """Write name and last value at the end of each line, apart; return where they end."""
        entries = []
        for index, series in enumerate(self.series):
            last = max(
                (p for p in series.values if known(p.value) is not None),
                key=lambda p: p.year,
                default=None,
            )
            lines = wrap(
                french.typographic(series.label), self.names, style.LABEL_SIZE, is_bold=True
            )
            if last is None or (value := known(last.value)) is None:
                entries.append((self.bottom, index, [*lines, french.NOT_AVAILABLE]))
                continue
            written = self.measure.write_short(value)
            entries.append((self.y(value), index, [*lines, written]))
        step = style.LABEL_SIZE * LEADING
        entries.sort()
        heights = [len(lines) * step + 3 for _, _, lines in entries]
        middles = _apart([y for y, _, _ in entries], heights, self.top, self.bottom)
        for (_, index, lines), middle in zip(entries, middles, strict=True):
            colour, shape, _ = _LOOKS[index]
            self.canvas.marker(
                shape, self.right + 8, middle - (len(lines) - 1) * step / 2, 4, colour
            )
            self.canvas.lines(self.right + 16, middle, lines, fill=colour, is_bold=True)
        return middles[-1] + heights[-1] / 2

    def _draw_provisional(self, top: float) -> float:
        def draw(c: Canvas, x: float, y: float) -> None:
            c.line((x, y), (x + 24, y), style.INK, 1.8, dash="5 3")
            c.marker("circle", x + 12, y, _RADIUS, style.PAPER, stroke=style.INK, thickness=1.8)

        return parts.draw_key(self.canvas, [parts.KeyEntry(24, draw, "provisoire")], top + 2)


def _apart(
    wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float
) -> list[float]:
    """Move the middles of blocks, given from the top, until none meets the next."""
    middles: list[float] = []
    edge = top - heights[0]
    for y, height in zip(wanted, heights, strict=True):
        middles.append(max(y, edge + height / 2))
        edge = middles[-1] + height / 2
    edge = max(bottom + heights[-1] / 2, top + sum(heights))
    for index in range(len(middles) - 1, -1, -1):
        middles[index] = min(middles[index], edge - heights[index] / 2)
        edge = middles[index] - heights[index] / 2
    return middles


def _message(series: Sequence[Series], measure: Measure, breaks: Mapping[int, str]) -> str:
    sentences = []
    for one in series:
        found = sorted((p.year, v) for p in one.values if (v := known(p.value)) is not None)
        if not found:
            sentences.append(f"{one.label}{french.NO_BREAK}: aucune valeur.")
            continue
        (first, start), (last, end) = found[0], found[-1]
        if first == last:
            sentences.append(f"{one.label}{french.NO_BREAK}: {measure.write(start)} en {first}.")
            continue
        sentences.append(
            f"{one.label}{french.NO_BREAK}: {measure.write(start)} en {first}, "
            f"{measure.write(end)} en {last}."
        )
        gaps = (last - first + 1) - len(found)
        if gaps:
            sentences.append(f"{french.counted(gaps, 'année')} sans valeur entre les deux.")
    for year, text in breaks.items():
        sentences.append(f"Rupture de série en {year}{french.NO_BREAK}: {text}.")
    return french.typographic(" ".join(sentences))


def _table(
    series: Sequence[Series], measure: Measure, years: Sequence[int], breaks: Mapping[int, str]
) -> TableTwin:
    by_year = [{p.year: p for p in s.values} for s in series]
    rows = []
    for year in years:
        cells = [_cell(one.get(year), measure) for one in by_year]
        rows.append([str(year), *cells, *([breaks.get(year, "")] if breaks else [])])
    headers = ["Année", *(s.label for s in series), *(["Rupture de série"] if breaks else [])]
    return TableTwin.of(headers, rows)


def _cell(point: YearValue | None, measure: Measure) -> str:
    if point is None:
        return french.NOT_AVAILABLE
    value = known(point.value)
    if value is None:
        return parts.missing(point.reason)
    return measure.write(value) + (" (provisoire)" if point.is_provisional else "")

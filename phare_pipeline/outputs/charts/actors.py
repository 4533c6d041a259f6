"""Notes of the actors beside the national ones: three kinds of actors, domain by domain."""

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
from phare_pipeline.outputs.charts.text import LEADING, widest, wrap

_RADIUS = 5.0
_SIZE = style.SMALL_SIZE
_LINE = _SIZE * LEADING
_BROAD = 600.0
"""From this width on the names stand beside the panels, otherwise above them."""


@dataclass(frozen=True)
class Note:
    """The mean notes of one actor for one domain; None where there is none.

    Attributes:
        area: of the actor's own area.
        france: national.
        is_different: the difference is significant; None where it was not tested.
        reason: why the note of the area is missing; required then.
    """

    area: float | None
    france: float | None
    is_different: bool | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if known(self.area) is None and not self.reason:
            raise ValueError("found no note and no reason, expected one of them")


@dataclass(frozen=True)
class ActorNotes:
    """One kind of actor.

    Attributes:
        label: « Citoyens ».
        area: where they were asked, which may be larger than the region (« Nord Est »).
        base: size of the sample as printed, « 182 répondants »; may be empty.
        notes: one for each domain, in the order of the domains.
    """

    label: str
    area: str
    base: str
    notes: tuple[Note, ...]


def actor_notes(
    domains: Sequence[str],
    actors: Sequence[ActorNotes],
    caption: Caption,
    *,
    width: float = WIDTH,
    prefix: str = "notes",
) -> Chart:
    """Draw the notes of each actor's area (full mark) beside France (hollow mark).

    Domains keep their order. All panels share one scale. A significant difference has a thick
    line, an arrow and a bold note; others are drawn thin.

    Args:
        domains: their names, at least one.
        actors: one panel each, at least one.
        caption: the words around the plot.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.

    Raises:
        ValueError: an actor without one note for each domain.
    """
    if not domains or not actors:
        raise ValueError(f"found {len(domains)} domains and {len(actors)} actors, expected some")
    for actor in actors:
        if len(actor.notes) != len(domains):
            found = len(actor.notes)
            raise ValueError(f"{actor.label}: found {found} notes, expected {len(domains)}")
    canvas = Canvas(width, prefix)
    bottom = _Panels(canvas, domains, actors).draw(_draw_key(canvas))
    return compose(
        canvas,
        bottom,
        caption,
        message=_message(domains, actors),
        table=_table(domains, actors),
    )


def _draw_key(canvas: Canvas) -> float:
    def draw_area(c: Canvas, x: float, y: float) -> None:
        c.marker("circle", x + 6, y, _RADIUS, style.ACCENT)

    def draw_france(c: Canvas, x: float, y: float) -> None:
        _draw_hollow(c, x + 6, y)

    def draw_different(c: Canvas, x: float, y: float) -> None:
        c.line((x, y), (x + 22, y), style.ACCENT, 4)

    return parts.draw_key(
        canvas,
        [
            parts.KeyEntry(12, draw_area, "territoire interrogé"),
            parts.KeyEntry(12, draw_france, "France"),
            parts.KeyEntry(22, draw_different, "écart significatif (note en gras, ▲ ou ▼)"),
        ],
        0,
    )


def _draw_hollow(canvas: Canvas, x: float, y: float) -> None:
    canvas.marker("circle", x, y, _RADIUS - 0.5, style.PAPER, stroke=style.INK, thickness=1.6)


class _Panels:
    """The panels of the actors side by side, a row for each domain."""

    def __init__(
        self, canvas: Canvas, domains: Sequence[str], actors: Sequence[ActorNotes]
    ) -> None:
        self.canvas, self.domains, self.actors = canvas, domains, actors
        self.is_broad = canvas.width >= _BROAD
        room = canvas.width - 2 * MARGIN
        self.column = parts.label_width(domains, 0.34 * canvas.width) if self.is_broad else 0.0
        start = MARGIN + (self.column + 16 if self.is_broad else 0)
        self.step = (MARGIN + room - start + 14) / len(actors)
        self.starts = [start + index * self.step for index in range(len(actors))]
        values = [v for a in actors for n in a.notes for v in _values(n)]
        self.low, self.high = parts.widened(values or [1.0, 10.0])
        self.ticks = parts.round_ticks(self.low, self.high, 4)
        written = [_written(n) for a in actors for n in a.notes]
        self.note = widest(written, style.LABEL_SIZE, is_bold=True)

    def draw(self, top: float) -> float:
        """Draw all panels; return where they end."""
        y = self._draw_heads(top + 8) + 24
        first = y
        rows = []
        if self.is_broad:
            rows = parts.lay_rows(self.domains, self.column, top=y, is_bold=False)
        else:
            room = self.canvas.width - 2 * MARGIN
            for domain in self.domains:
                lines = wrap(french.typographic(domain), room, style.LABEL_SIZE)
                above = len(lines) * style.LABEL_SIZE * LEADING
                rows.append(parts.Row(y + above, 24, tuple(lines)))
                y += above + 24
        self._draw_scales(first, rows[-1].bottom)
        for index, row in enumerate(rows):
            self._draw_label(row)
            for actor, start in zip(self.actors, self.starts, strict=True):
                self._draw_note(actor.notes[index], start, row)
        return rows[-1].bottom

    def _scale(self, start: float) -> parts.Scale:
        end = start + self.step - 14 - self.note - 12
        return parts.Scale(self.low, self.high, start, end)

    def _draw_heads(self, top: float) -> float:
        bottom = top
        for actor, start in zip(self.actors, self.starts, strict=True):
            room = self.step - 14
            y = top
            for text, is_bold in ((actor.label, True), (actor.area, False), (actor.base, False)):
                if not text:
                    continue
                words = french.typographic(text)
                lines = wrap(words, room, _SIZE, is_bold=is_bold)
                height = len(lines) * _LINE
                self.canvas.lines(
                    start,
                    y + height / 2,
                    lines,
                    size=_SIZE,
                    fill=style.INK if is_bold else style.MUTED,
                    is_bold=is_bold,
                )
                y += height
            bottom = max(bottom, y)
        return bottom

    def _draw_scales(self, top: float, bottom: float) -> None:
        for start in self.starts:
            parts.draw_grid(self.canvas, self._scale(start), self.ticks, top, bottom)

    def _draw_label(self, row: parts.Row) -> None:
        if self.is_broad:
            x = MARGIN + self.column
            self.canvas.lines(x, row.middle, row.label, anchor="end")
            return
        height = len(row.label) * style.LABEL_SIZE * LEADING
        # Rules of the scales run behind the names.
        room = widest(row.label, style.LABEL_SIZE)
        self.canvas.rect(MARGIN, row.top - height, room, height, style.PAPER)
        self.canvas.lines(MARGIN, row.top - height / 2, row.label)

    def _draw_note(self, note: Note, start: float, row: parts.Row) -> None:
        scale, y = self._scale(start), row.middle
        area, france = known(note.area), known(note.france)
        self.canvas.line((scale.start, y), (scale.end, y), style.GRID)
        if area is not None and france is not None:
            is_different = bool(note.is_different)
            self.canvas.line(
                (scale(france), y),
                (scale(area), y),
                style.ACCENT if is_different else style.LINE,
                4 if is_different else 1.5,
            )
        if france is not None:
            _draw_hollow(self.canvas, scale(france), y)
        if area is not None:
            self.canvas.marker("circle", scale(area), y, _RADIUS, style.ACCENT)
        self.canvas.lines(
            start + self.step - 14,
            y,
            [_written(note)],
            anchor="end",
            fill=style.MUTED if area is None else style.INK,
            is_bold=bool(note.is_different),
            is_italic=area is None,
        )


def _values(note: Note) -> list[float]:
    return [v for v in (known(note.area), known(note.france)) if v is not None]


def _written(note: Note) -> str:
    area, france = known(note.area), known(note.france)
    if area is None:
        return french.NOT_AVAILABLE
    text = french.number(area, 1)
    if note.is_different and france is not None:
        text = f"{'▲' if compared(area) > compared(france) else '▼'}{french.NO_BREAK}{text}"
    return text


def _message(domains: Sequence[str], actors: Sequence[ActorNotes]) -> str:
    return french.typographic(" ".join(_sentence(domains, actor) for actor in actors))


def _sentence(domains: Sequence[str], actor: ActorNotes) -> str:
    given = [(v, d, n) for d, n in zip(domains, actor.notes, strict=True) if (v := known(n.area))]
    who = f"{actor.label} ({actor.area})"
    if not given:
        return f"{who}{french.NO_BREAK}: aucune note."
    best = sorted(given, key=lambda item: -compared(item[0]))[:3]
    named = french.listing([f"{domain} ({french.number(v, 1)})" for v, domain, _ in best])
    sentence = f"{who}{french.NO_BREAK}: les notes les plus fortes vont à {named}."
    different = [(v, d, n.france) for v, d, n in given if n.is_different and n.france is not None]
    above = [d for v, d, france in different if compared(v) > compared(france)]
    below = [d for v, d, france in different if compared(v) < compared(france)]
    if above:
        sentence += (
            f" Significativement plus qu’en France{french.NO_BREAK}: {french.listing(above)}."
        )
    if below:
        sentence += f" Significativement moins{french.NO_BREAK}: {french.listing(below)}."
    return sentence


def _table(domains: Sequence[str], actors: Sequence[ActorNotes]) -> TableTwin:
    headers = ["Domaine"]
    for actor in actors:
        headers += [f"{actor.label}, {actor.area}", f"{actor.label}, France", "Écart"]
    rows = []
    for index, domain in enumerate(domains):
        row = [domain]
        for actor in actors:
            note = actor.notes[index]
            area, france = known(note.area), known(note.france)
            row.append(parts.missing(note.reason) if area is None else french.number(area, 1))
            row.append(french.NOT_AVAILABLE if france is None else french.number(france, 1))
            row.append(_gap(note))
        rows.append(row)
    return TableTwin.of(headers, rows)


def _gap(note: Note) -> str:
    area, france = known(note.area), known(note.france)
    if area is None or france is None:
        return french.NOT_AVAILABLE
    gap = french.number(area - france, 1, is_signed=True)
    words = {True: f"{gap} (significatif)", False: f"{gap} (non significatif)", None: gap}
    return words[note.is_different]

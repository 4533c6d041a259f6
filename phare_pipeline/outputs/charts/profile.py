"""Profile of the domains: where a region stands in each, among the 13 and beside France."""

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
from phare_pipeline.outputs.charts.text import LEADING, text_width, widest, wrap

REFERENCE = 100
_BAND = 10.0
_HEADING = 26.0


@dataclass(frozen=True)
class DomainPoint:
    """One domain of one region.

    Attributes:
        label: name of the domain.
        axis_id: axis of the registry (`economique` …), which gives shape and colour.
        axis_label: its name.
        score: F of the domain, France = 100; None when not scored.
        others: scores of the other regions, those without one left out.
        rank: fragility rank, 1 = the most fragile; None when not scored.
        rank_of: how many regions have a score.
        reason: why it is not scored; required then.
    """

    label: str
    axis_id: str
    axis_label: str
    score: float | None
    others: tuple[float, ...] = ()
    rank: int | None = None
    rank_of: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        if self.axis_id not in style.AXIS_COLOURS:
            raise ValueError(
                f"found axis {self.axis_id!r}, expected one of {[*style.AXIS_COLOURS]}"
            )
        if known(self.score) is None and not self.reason:
            raise ValueError(f"{self.label}: found no score and no reason, expected one of them")
        if known(self.score) is not None and self.rank is None:
            raise ValueError(f"{self.label}: found a score without its rank")


def domain_profile(
    region: str,
    domains: Sequence[DomainPoint],
    caption: Caption,
    *,
    width: float = WIDTH,
    prefix: str = "profil",
) -> Chart:
    """Draw each domain as the range of all regions, a tick for each, and the region's own mark.

    Domains keep their order; those of one axis that follow each other stand under its name.

    Args:
        region: its name, for key and text.
        domains: at least one.
        caption: the words around the plot.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.
    """
    if not domains:
        raise ValueError("found no domain, expected at least one")
    canvas = Canvas(width, prefix)
    top = _draw_key(canvas, region)
    groups = _groups(domains)
    labels = [d.label for d in domains]
    column = parts.label_width(labels, 0.38 * width, is_bold=False)
    written = [_score(d) for d in domains] + ["Indice"]
    ranks = [_rank(d) for d in domains] + ["Rang"]
    rank_x = width - MARGIN
    score_x = rank_x - widest(ranks, style.LABEL_SIZE) - 12
    left = MARGIN + column + 18
    right = score_x - widest(written, style.LABEL_SIZE, is_bold=True) - 14
    values = [v for d in domains for v in _values(d)]
    low, high = parts.widened([REFERENCE, *values])
    scale = parts.Scale(low, high, left, right)
    ticks = parts.round_ticks(low, high, 4)

    y = top + 34
    placed: list[tuple[DomainPoint, parts.Row]] = []
    headings: list[tuple[float, DomainPoint]] = []
    for group in groups:
        headings.append((y, group[0]))
        rows = parts.lay_rows(
            [d.label for d in group],
            column,
            top=y + _heading_height(canvas, group[0]),
            reasons=[d.reason if known(d.score) is None else "" for d in group],
            room=rank_x - left,
            is_bold=False,
        )
        placed += zip(group, rows, strict=True)
        y = rows[-1].bottom + 4
    parts.draw_grid(canvas, scale, ticks, top + 30, y)
    _draw_reference(canvas, scale, top + 30, y)
    for x, head in ((score_x, "Indice"), (rank_x, "Rang")):
        canvas.text(x, top + 25, head, size=style.SMALL_SIZE, fill=style.MUTED, anchor="end")
    for height, domain in headings:
        _draw_heading(canvas, domain, height)
    for domain, row in placed:
        canvas.lines(left - 18, row.middle, row.label, anchor="end")
        _draw_domain(canvas, scale, domain, row, score_x, rank_x)
    return compose(canvas, y, caption, message=_message(region, domains), table=_table(domains))


def _groups(domains: Sequence[DomainPoint]) -> list[list[DomainPoint]]:
    groups: list[list[DomainPoint]] = []
    for domain in domains:
        if not groups or groups[-1][0].axis_id != domain.axis_id:
            groups.append([])
        groups[-1].append(domain)
    return groups


def _draw_key(canvas: Canvas, region: str) -> float:
    def draw_mark(c: Canvas, x: float, y: float) -> None:
        for index, shape in enumerate(style.AXIS_SHAPES.values()):
            colour = list(style.AXIS_COLOURS.values())[index]
            c.marker(shape, x + 6 + 13 * index, y, 5, colour)

    def draw_others(c: Canvas, x: float, y: float) -> None:
        c.rect(x, y - _BAND / 2, 40, _BAND, style.BAND, radius=_BAND / 2)
        for dx in (6, 14, 25, 34):
            _draw_tick(c, x + dx, y)

    return parts.draw_key(
        canvas,
        [
            parts.KeyEntry(52, draw_mark, region),
            parts.KeyEntry(40, draw_others, "les autres régions, de la moins à la plus fragile"),
        ],
        0,
    )


def _draw_tick(canvas: Canvas, x: float, y: float) -> None:
    canvas.line((x, y - _BAND / 2 + 1), (x, y + _BAND / 2 - 1), style.LINE, 1.5)


def _draw_reference(canvas: Canvas, scale: parts.Scale, top: float, bottom: float) -> None:
    x = scale(REFERENCE)
    canvas.line((x, top), (x, bottom), style.INK, 1.2)
    size, words = style.SMALL_SIZE, "France = 100"
    half = text_width(words, size, is_bold=True) / 2 + 6
    y = top - 18
    canvas.text(x, y, words, size=size, anchor="middle", is_bold=True)
    canvas.text(x - half, y, "← moins fragile", size=size, fill=style.MUTED, anchor="end")
    canvas.text(x + half, y, "plus fragile →", size=size, fill=style.MUTED)


def _draw_heading(canvas: Canvas, domain: DomainPoint, top: float) -> None:
    colour = style.AXIS_COLOURS[domain.axis_id]
    middle = top + _heading_height(canvas, domain) / 2 + 3
    lines = _heading_lines(canvas, domain)
    # The plot's grid runs behind: the name of the axis keeps it at a distance.
    room = widest(lines, style.LABEL_SIZE, is_bold=True)
    height = len(lines) * style.LABEL_SIZE * LEADING
    canvas.rect(MARGIN, middle - height / 2, room + 22, height, style.PAPER)
    canvas.marker(style.AXIS_SHAPES[domain.axis_id], MARGIN + 6, middle, 5, colour)
    canvas.lines(MARGIN + 18, middle, lines, fill=colour, is_bold=True)


def _heading_lines(canvas: Canvas, domain: DomainPoint) -> list[str]:
    room = canvas.width - 2 * MARGIN - 22
    return wrap(french.typographic(domain.axis_label), room, style.LABEL_SIZE, is_bold=True)


def _heading_height(canvas: Canvas, domain: DomainPoint) -> float:
    lines = len(_heading_lines(canvas, domain))
    return _HEADING + (lines - 1) * style.LABEL_SIZE * LEADING


def _draw_domain(
    canvas: Canvas,
    scale: parts.Scale,
    domain: DomainPoint,
    row: parts.Row,
    score_x: float,
    rank_x: float,
) -> None:
    score, y = known(domain.score), row.middle
    values = _values(domain)
    if values:
        start, end = scale(min(values)) - 3, scale(max(values)) + 3
        canvas.rect(start, y - _BAND / 2, end - start, _BAND, style.BAND, radius=_BAND / 2)
    for value in sorted(domain.others):
        _draw_tick(canvas, scale(value), y)
    if score is None:
        parts.draw_missing(canvas, scale.start, row, rank_x - scale.start, domain.reason)
        return
    shape, colour = style.AXIS_SHAPES[domain.axis_id], style.AXIS_COLOURS[domain.axis_id]
    canvas.marker(shape, scale(score), y, 6.5, colour, thickness=1.8)
    canvas.lines(score_x, y, [_score(domain)], anchor="end", is_bold=True)
    canvas.lines(rank_x, y, [_rank(domain)], anchor="end", fill=style.MUTED)


def _score(domain: DomainPoint) -> str:
    score = known(domain.score)
    return "" if score is None else french.number(score, 1)


def _rank(domain: DomainPoint) -> str:
    return "" if known(domain.score) is None or domain.rank is None else french.ordinal(domain.rank)


def _message(region: str, domains: Sequence[DomainPoint]) -> str:
    scored = [(v, d) for d in domains if (v := known(d.score)) is not None]
    if not scored:
        return french.typographic(f"{region}{french.NO_BREAK}: aucun domaine n’est noté.")
    above = sum(french.rounded(v, 1) > REFERENCE for v, _ in scored)
    sentences = [
        f"{region} est plus fragile que la France dans {french.counted(above, 'domaine')} "
        f"sur{french.NO_BREAK}{len(scored)}."
    ]
    ordered = sorted(scored, key=lambda item: (-compared(item[0]), item[1].label))
    most = [_named(d) for _, d in ordered[:3]]
    sentences.append(f"Les plus fragiles{french.NO_BREAK}: {french.listing(most)}.")
    if len(ordered) > 3:
        sentences.append(f"Le moins fragile{french.NO_BREAK}: {_named(ordered[-1][1])}.")
    missing = [d.label for d in domains if known(d.score) is None]
    if missing:
        verb = french.plural(len(missing), "Non noté", "Non notés")
        sentences.append(f"{verb}{french.NO_BREAK}: {french.listing(missing)}.")
    return french.typographic(" ".join(sentences))


def _named(domain: DomainPoint) -> str:
    return f"{domain.label} ({_score(domain)}, {_rank(domain)})"


def _table(domains: Sequence[DomainPoint]) -> TableTwin:
    headers = (
        "Axe",
        "Domaine",
        "Indice (France = 100)",
        "Rang",
        "Région la moins fragile",
        "Région la plus fragile",
    )
    return TableTwin.of(headers, [_cells(domain) for domain in domains])


def _cells(domain: DomainPoint) -> tuple[str, ...]:
    values = _values(domain)
    place = f"{_rank(domain)} sur{french.NO_BREAK}{domain.rank_of}" if _rank(domain) else ""
    return (
        domain.axis_label,
        domain.label,
        _score(domain) or parts.missing(domain.reason),
        place,
        french.number(min(values), 1) if values else french.NOT_AVAILABLE,
        french.number(max(values), 1) if values else french.NOT_AVAILABLE,
    )


def _values(domain: DomainPoint) -> list[float]:
    """All regions' scores, the region's own included."""
    score = known(domain.score)
    return [*domain.others, *([score] if score is not None else [])]

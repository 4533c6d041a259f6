"""How the ranks move under other methods: a table of ranks, darker where more fragile."""

from __future__ import annotations

from collections.abc import Sequence
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
)
from phare_pipeline.outputs.charts.text import LEADING, text_width, widest, wrap

NOTABLE = 3
"""A rank that moves by at least so many places is marked."""

_SIZE = style.SMALL_SIZE
_LEAST_COLUMN = 60.0


@dataclass(frozen=True)
class MethodRanks:
    """The ranks that one method gives, one for each unit; None where it gives none."""

    label: str
    ranks: tuple[int | None, ...]


def rank_moves(
    units: Sequence[str],
    published: MethodRanks,
    alternatives: Sequence[MethodRanks],
    caption: Caption,
    *,
    highlight: str | None = None,
    width: float = WIDTH,
    prefix: str = "methodes",
) -> Chart:
    """Draw the rank of each unit under each method, the darker the more fragile.

    Units are ordered by published rank, then by name. A rank that differs from the published one by
    three places or more is bold with an arrow: ▲ more fragile, ▼ less.

    Args:
        units: names, at least one.
        published: the method that counts.
        alternatives: the others, at least one, as many as the width can hold (columns of 22).
        caption: the words around the plot.
        highlight: name of the unit the chart is about.
        width: of the picture in pixels, 320 or more.
        prefix: of the ids in the document.

    Raises:
        ValueError: ranks that are not one for each unit, or more columns than the width holds.
    """
    _check_ranks(units, [published, *alternatives])
    canvas = Canvas(width, prefix)
    order = sorted(
        range(len(units)), key=lambda i: (published.ranks[i] or len(units) + 1, units[i])
    )
    bottom = _draw_ranks(canvas, units, order, published, alternatives, highlight)
    return compose(
        canvas,
        bottom,
        caption,
        message=_moves_message(units, order, published, alternatives),
        table=_moves_table(units, order, [published, *alternatives]),
    )


def _check_ranks(units: Sequence[str], methods: Sequence[MethodRanks]) -> None:
    if not units or len(methods) < 2:
        raise ValueError(f"found {len(units)} units and {len(methods)} methods, expected 1 and 2")
    for method in methods:
        if len(method.ranks) != len(units):
            found = len(method.ranks)
            raise ValueError(f"{method.label}: found {found} ranks, expected {len(units)}")
        if any(rank is not None and rank < 1 for rank in method.ranks):
            raise ValueError(f"{method.label}: found a rank below 1")


def _draw_ranks(
    canvas: Canvas,
    units: Sequence[str],
    order: Sequence[int],
    published: MethodRanks,
    alternatives: Sequence[MethodRanks],
    highlight: str | None,
) -> float:
    methods = [published, *alternatives]
    least = text_width("13", _SIZE, is_bold=True) + 6
    room = canvas.width - 2 * MARGIN - 8
    limit = min(0.3 * canvas.width, room - 6 - least * len(methods))
    if limit < _LEAST_COLUMN:
        count, width = len(methods), f"{canvas.width:g}"
        raise ValueError(f"found {count} methods, expected fewer at a width of {width}")
    column = parts.label_width(units, limit)
    cell = min((room - column - 6) / len(methods), 64.0)
    left = MARGIN + column + 8
    starts = [left + k * cell + (6 if k else 0) for k in range(len(methods))]
    top = _draw_heads(canvas, [m.label for m in methods], starts, cell)
    rows = parts.lay_rows([units[i] for i in order], column, top=top)
    most = max([r for m in methods for r in m.ranks if r is not None], default=1)
    for i, row in zip(order, rows, strict=True):
        is_chosen = units[i] == highlight
        canvas.lines(
            left - 8, row.middle, row.label, anchor="end", is_bold=is_chosen,
            fill=style.ACCENT if is_chosen else style.INK,
        )  # fmt: skip
        for method, start in zip(methods, starts, strict=True):
            move = _move(published.ranks[i], method.ranks[i])
            _draw_rank(canvas, method.ranks[i], most, move, (start, row.top, cell, row.height))
    return rows[-1].bottom + 2


def _draw_heads(
    canvas: Canvas, labels: Sequence[str], starts: Sequence[float], cell: float
) -> float:
    """Write the names of columns upright if they fit, or turned; return where cells begin."""
    upright = [wrap(french.typographic(t), cell - 4, _SIZE, manner="title") for t in labels]
    words = [w for t in labels for w in french.typographic(t).split(" ")]
    step = _SIZE * LEADING
    if widest(words, _SIZE, is_bold=True) <= cell - 4:
        height = max(len(lines) for lines in upright) * step
        for k, (lines, start) in enumerate(zip(upright, starts, strict=True)):
            middle = height - len(lines) * step / 2
            canvas.lines(
                start + cell / 2, middle, lines, size=_SIZE, anchor="middle", is_bold=k == 0
            )
        return height + 6
    # Turned to read upwards, in as many lines as a column holds.
    most = max(1, int((cell - 2) // step))
    turned = []
    for k, label in enumerate(labels):
        text = french.typographic(label)
        whole = text_width(text, _SIZE, is_bold=k == 0)
        least = widest(text.split(" "), _SIZE, is_bold=k == 0)
        rooms = [max(least, whole * share / 10) for share in range(5, 10)]
        broken = [wrap(text, room, _SIZE, is_bold=k == 0, manner="title") for room in rooms]
        turned.append(next((lines for lines in broken if len(lines) <= most), [text]))
    length = max(widest(lines, _SIZE, is_bold=k == 0) for k, lines in enumerate(turned))
    for k, (lines, start) in enumerate(zip(turned, starts, strict=True)):
        first = start + cell / 2 + _SIZE * 0.36 - step * (len(lines) - 1) / 2
        for index, line in enumerate(lines):
            canvas.text(first + index * step, length, line, size=_SIZE, is_bold=k == 0, turn=-90)
    return length + 8


def _move(published: int | None, rank: int | None) -> int:
    """How many places a rank differs from the published one; above 0 = more fragile."""
    return 0 if published is None or rank is None else published - rank


def _draw_rank(
    canvas: Canvas, rank: int | None, most: int, move: int, box: tuple[float, float, float, float]
) -> None:
    x, y, width, height = box
    middle = (x + width / 2, y + height / 2)
    if rank is None:
        canvas.rect(x, y, width, height, style.PAPER, stroke=style.GRID)
        canvas.lines(*middle, ["–"], size=_SIZE, fill=style.MUTED, anchor="middle")
        return
    steps = len(style.SEQUENCE)
    fill = style.SEQUENCE[steps - 1 - min(steps - 1, (rank - 1) * steps // most)]
    canvas.rect(x, y, width, height, fill, stroke=style.PAPER)
    is_notable = abs(move) >= NOTABLE
    ink = style.ink_on(fill)
    canvas.lines(*middle, [str(rank)], size=_SIZE, fill=ink, anchor="middle", is_bold=is_notable)
    if is_notable:
        _draw_arrow(canvas, x + width - 5, y if move > 0 else y + height, ink, is_up=move > 0)


def _draw_arrow(canvas: Canvas, x: float, edge: float, ink: str, *, is_up: bool) -> None:
    """Draw a small arrow that points to the edge of a cell."""
    tip, base = (edge + 2, edge + 6) if is_up else (edge - 2, edge - 6)
    corners = [(x, tip), (x + 3, base), (x - 3, base)]
    canvas.path(path_data(corners, is_closed=True), fill=ink)


def _moves_message(
    units: Sequence[str],
    order: Sequence[int],
    published: MethodRanks,
    alternatives: Sequence[MethodRanks],
) -> str:
    spans = []
    for i in order:
        ranks = [r for m in (published, *alternatives) if (r := m.ranks[i]) is not None]
        if ranks:
            spans.append((max(ranks) - min(ranks), units[i], min(ranks), max(ranks)))
    if not spans:
        return "Aucun territoire n’est classé."
    still = [unit for move, unit, _, _ in spans if move <= 1]
    sentences = []
    if still:
        sentences.append(
            f"Ne bougent que d’une place au plus d’une méthode à l’autre{french.NO_BREAK}: "
            f"{french.listing(still)}."
        )
    move, unit, best, worst = max(spans, key=lambda s: s[0])
    if move > 1:
        sentences.append(
            f"Bouge le plus{french.NO_BREAK}: {unit}, {french.rank_range(best, worst)}."
        )
    notable = sum(
        abs(_move(published.ranks[i], m.ranks[i])) >= NOTABLE for m in alternatives for i in order
    )
    cells = sum(None not in (published.ranks[i], m.ranks[i]) for m in alternatives for i in order)
    sentences.append(
        f"{notable} des {cells} rangs diffèrent d’au moins {NOTABLE} places du rang publié."
    )
    return french.typographic(" ".join(sentences))


def _moves_table(
    units: Sequence[str], order: Sequence[int], methods: Sequence[MethodRanks]
) -> TableTwin:
    rows = []
    for i in order:
        ranks = [m.ranks[i] for m in methods]
        cells = [french.NOT_AVAILABLE if r is None else french.ordinal(r) for r in ranks]
        rows.append([units[i], *cells])
    return TableTwin.of(["Territoire", *(m.label for m in methods)], rows)

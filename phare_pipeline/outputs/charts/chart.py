"""What a chart is: its picture, and everything that says the same without the picture.

Here are the types that every chart takes and returns, and the frame around every plot (title,
note, source, mark of synthetic data). What is drawn inside the frame belongs to the modules of the
chart families.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from phare_pipeline.french import NO_BREAK, typographic
from phare_pipeline.outputs.charts import style
from phare_pipeline.outputs.charts.canvas import Canvas, figure
from phare_pipeline.outputs.charts.text import LEADING, text_width, wrap

WIDTH = 640
MARGIN = 14.0
SYNTHETIC = "Données synthétiques"

_BAR = (36.0, 5.0)
_WATERMARK = "#f3e2e0"


@dataclass(frozen=True)
class Caption:
    """The words around a plot; French typography is applied to them.

    Attributes:
        title: what the reader should take away, in a few words.
        source: producers and years, without the word « Source ».
        subtitle: what is measured, in which unit and year.
        note: how to read it, and what is not true of the data.
        is_synthetic: the data are invented: the picture and every text say so.
    """

    title: str
    source: str
    subtitle: str = ""
    note: str = ""
    is_synthetic: bool = False


@dataclass(frozen=True)
class TableTwin:
    """The same data as a table, every cell already written for French readers.

    Raises:
        ValueError: a row that has not one cell for each header.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> TableTwin:
        """Make a table, with French typography in every cell."""
        return cls(
            tuple(map(typographic, headers)),
            tuple(tuple(map(typographic, row)) for row in rows),
        )

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.headers):
                raise ValueError(f"found {len(row)} cells, expected {len(self.headers)}: {row}")


@dataclass(frozen=True)
class Chart:
    """A finished chart.

    Attributes:
        svg: a whole SVG document, `role="img"` with title and description, light background.
        title_fr: its title, with « données synthétiques » where they are.
        alt_fr: its message in words, for who does not see the picture.
        table: the same data as a table.
        source_fr: the source note, beginning with « Source : ».
        is_synthetic: the data are invented.
        width, height: size of the picture in pixels.
    """

    svg: str
    title_fr: str
    alt_fr: str
    table: TableTwin
    source_fr: str
    is_synthetic: bool
    width: float
    height: float

    @property
    def data_uri(self) -> str:
        """The picture as the source of an `<img>`, which WeasyPrint tags with its alt text."""
        encoded = base64.b64encode(self.svg.encode("utf-8")).decode("ascii")
        return f"data:image/svg+xml;base64,{encoded}"


def known(value: float | None) -> float | None:
    """Return a value, or None when it is missing (None or NaN). Raises ValueError for ±inf."""
    if value is None or math.isnan(value):
        return None
    if math.isinf(value):
        raise ValueError(f"found {value}, expected a finite value or a missing one")
    return value


def compose(
    plot: Canvas, height: float, caption: Caption, *, message: str, table: TableTwin
) -> Chart:
    """Put the frame around a plot.

    Args:
        plot: what is drawn, its origin at the top left of the whole width.
        height: height of the plot.
        caption: the words around it.
        message: what the picture shows, in French sentences.
        table: the same data.
    """
    page = Canvas(plot.width, plot.prefix)
    page.definitions.update(plot.definitions)
    head = _draw_head(page, caption)
    if caption.is_synthetic:
        _draw_watermarks(page, head, height)
    page.place(plot, 0, head)
    bottom = _draw_foot(page, head + height, caption)
    title, source = typographic(caption.title), _source(caption)
    alt = message
    if caption.is_synthetic:
        title, alt = f"{title} ({SYNTHETIC.lower()})", f"{SYNTHETIC}. {message}"
    return Chart(
        svg=document(page, bottom, title, alt),
        title_fr=title,
        alt_fr=alt,
        table=table,
        source_fr=source,
        is_synthetic=caption.is_synthetic,
        width=page.width,
        height=bottom,
    )


def _source(caption: Caption) -> str:
    mark = f" {SYNTHETIC}." if caption.is_synthetic else ""
    return f"Source{NO_BREAK}: {typographic(caption.source).rstrip('.')}.{mark}"


def _draw_head(page: Canvas, caption: Caption) -> float:
    """Draw bar, mark of synthetic data, title and subtitle; return where the plot begins."""
    page.rect(MARGIN, 0, *_BAR, style.INK)
    y = _BAR[1] + 8
    if caption.is_synthetic:
        y = _paragraph(page, y, SYNTHETIC, style.SMALL_SIZE, style.ALERT, is_bold=True) + 2
    room = page.width - 2 * MARGIN
    lines = wrap(typographic(caption.title), room, style.TITLE_SIZE, is_bold=True, manner="title")
    height = len(lines) * style.TITLE_SIZE * LEADING
    page.lines(MARGIN, y + height / 2, lines, size=style.TITLE_SIZE, is_bold=True)
    y += height
    if caption.subtitle:
        y = _paragraph(page, y + 3, caption.subtitle, style.LABEL_SIZE, style.MUTED)
    return math.ceil(y + 10)


def _draw_foot(page: Canvas, y: float, caption: Caption) -> float:
    """Draw note and source; return the height of the whole picture."""
    page.line((MARGIN, y + 8), (page.width - MARGIN, y + 8), style.GRID)
    y += 14
    if caption.note:
        y = _paragraph(page, y, caption.note, style.SMALL_SIZE, style.MUTED) + 3
    y = _paragraph(page, y, _source(caption), style.SMALL_SIZE, style.MUTED)
    return math.ceil(y + 8)


def _paragraph(
    page: Canvas, top: float, text: str, size: float, fill: str, *, is_bold: bool = False
) -> float:
    """Write a text over the whole width below a height; return where it ends."""
    room = page.width - 2 * MARGIN
    lines = wrap(typographic(text), room, size, is_bold=is_bold, manner="paragraph")
    height = len(lines) * size * LEADING
    page.lines(MARGIN, top + height / 2, lines, size=size, fill=fill, is_bold=is_bold)
    return top + height


def _draw_watermarks(page: Canvas, top: float, height: float) -> None:
    """Write « données synthétiques » large, pale and aslant behind the plot, every 300 pixels."""
    words = SYNTHETIC.upper()
    turn = 20.0
    slope = math.radians(turn)
    count = max(1, round(height / 300))
    length = text_width(words, 1, is_bold=True)
    across = (page.width - 2 * MARGIN) / (length * math.cos(slope) + math.sin(slope))
    along = height / count / (length * math.sin(slope) + math.cos(slope))
    size = min(across, along)
    for index in range(count):
        middle = top + height * (index + 0.5) / count
        page.text(
            page.width / 2,
            middle + size / 3,
            words,
            size=size,
            fill=_WATERMARK,
            anchor="middle",
            is_bold=True,
            turn=-turn,
        )


def document(page: Canvas, height: float, title: str, description: str) -> str:
    """Return a drawing as an SVG element that says its title and description."""
    width, prefix = figure(page.width), page.prefix
    definitions = "".join(page.definitions[name] for name in sorted(page.definitions))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {figure(height)}" '
            f'width="{width}" height="{figure(height)}" role="img" '
            f'aria-labelledby="{prefix}-titre {prefix}-texte" font-family="{style.FONTS}" '
            f'font-size="{figure(style.LABEL_SIZE)}" fill="{style.INK}">',
            f'<title id="{prefix}-titre">{escape(title)}</title>',
            f'<desc id="{prefix}-texte">{escape(description)}</desc>',
            *([f"<defs>{definitions}</defs>"] if definitions else []),
            f'<rect width="{width}" height="{figure(height)}" fill="{style.PAPER}"/>',
            *page.elements,
            "</svg>",
            "",
        ]
    )

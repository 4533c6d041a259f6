"""A figure as a report prints it: its text, its value, and the place of the tables it comes from.

Every number of a report is one of these, so that a test finds a number that somebody typed. What a
figure means, and the sentence around it, belong elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup, escape

from phare_pipeline import french

Number = int | float


@dataclass(frozen=True)
class Figure:
    """A printed figure.

    Attributes:
        text: as readers see it.
        value: as the table holds it.
        reference: what `phare explain` takes, empty for a figure that it does not know (a count).
        source: the table and column, `out_indicators.value`; for a count, the table counted.
    """

    text: str
    value: Number
    reference: str
    source: str

    def __html__(self) -> Markup:
        """Write it with its value and place, for machines and for tests.

        Numbers and identifiers hold nothing that HTML would read as its own.
        """
        place = f' data-ref="{self.reference}"' if self.reference else ""
        return Markup(
            f'<data value="{self.value!r}"{place} data-src="{self.source}">{self.text}</data>'
        )

    def prefixed(self, text: str) -> Figure:
        """Return it with a text before it, which stays with it on one line."""
        return replace(self, text=f"{text}{french.NO_BREAK}{self.text}")


@dataclass(frozen=True)
class Label:
    """A text that stands in a table (indicator, question, source) and may hold digits."""

    text: str
    source: str

    def __html__(self) -> Markup:
        """Write it with the table it stands in."""
        return _labelled(self.text, self.source)


@lru_cache(maxsize=10_000)
def _labelled(text: str, source: str) -> Markup:
    return Markup('<span data-src="{}">{}</span>').format(source, french.typographic(text))


@dataclass(frozen=True)
class Year:
    """A year, or a range of years."""

    first: int
    last: int | None = None

    def __html__(self) -> Markup:
        """Write it as a time."""
        if self.last is None or self.last == self.first:
            return Markup(f"<time>{self.first}</time>")
        return Markup(f"<time>{self.first}</time> à <time>{self.last}</time>")


@dataclass(frozen=True)
class Missing:
    """A figure that is not there, and why."""

    reason: str

    def __html__(self) -> Markup:
        """Write « n. d. » with the reason, for eyes and for screen readers."""
        return Markup(
            '<span class="nd" title="{reason}">{nd}<span class="vh"> ({reason})</span></span>'
        ).format(reason=french.typographic(self.reason), nd=french.NOT_AVAILABLE)


Shown = Figure | Missing


def count(value: int, source: str) -> Figure:
    """Return a number of rows, items or regions."""
    return Figure(french.number(value), value, "", source)


def counted(value: int, source: str, singular: str, several: str | None = None) -> Markup:
    """Return a count with its word: 1 région, 13 régions."""
    word = french.plural(value, singular, several)
    return Markup("{}\u00a0{}").format(count(value, source), word)


def say(text: str, *parts: object, **named: object) -> Markup:
    """Put figures, labels and plain words into the `{}` of a sentence; words are escaped."""
    return Markup(text).format(*parts, **named)


def sentence(*clauses: object) -> Markup:
    """Join clauses with spaces, leave out the empty ones, and end with a full stop."""
    joined = Markup(" ").join(escape(clause) for clause in clauses if clause)
    return joined if joined.endswith((".", "?", "!")) else joined + Markup(".")


def listing(items: Iterable[object], last: str = "et") -> Markup:
    """Join items as a sentence does: a, b et c."""
    written = [escape(item) for item in items]
    if len(written) < 2:
        return Markup("").join(written)
    return Markup(", ").join(written[:-1]) + Markup(f" {escape(last)} ") + written[-1]

"""Looks at the cells of figures: decimal mark, marks of missing ones, flags, doubtful thousands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from phare_pipeline.sources.cells import Cell, cell_text, clean
from phare_pipeline.sources.values import UNREADABLE, Status, ValueReader

# What signs mean by the conventions of Insee and Eurostat; they are proposed, and said.
CONVENTIONS: Final = {
    "///": Status.NOT_APPLICABLE,
    "//": Status.NOT_APPLICABLE,
    "…": Status.NOT_AVAILABLE,
    "...": Status.NOT_AVAILABLE,
    "..": Status.NOT_AVAILABLE,
    ":": Status.NOT_AVAILABLE,
    "nc": Status.NOT_AVAILABLE,
    "n.c.": Status.NOT_AVAILABLE,
    "ns": Status.NOT_AVAILABLE,
    "n.s.": Status.NOT_AVAILABLE,
    "so": Status.NOT_APPLICABLE,
    "ss": Status.CONFIDENTIAL,
}
FLAGS: Final = {
    "p": Status.PROVISIONAL,
    "(p)": Status.PROVISIONAL,
    "e": Status.ESTIMATED,
    "(e)": Status.ESTIMATED,
    "r": Status.OBSERVED,
    "(r)": Status.OBSERVED,
}
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,])\d{3}")
_FLAGGED = re.compile(r"([+-]?[\d\s.,]*\d)\s*([^\d\s.,][^\d]*)")
_ANY = ValueReader("mixed")


@dataclass(frozen=True)
class Marks:
    """How figures are written.

    Attributes:
        decimal: the mark before decimals, None where no figure shows one.
        missing: proposed meaning of texts that are no figure.
        flags: proposed meaning of what is glued to figures.
        questions: what cannot be decided from the cells.
    """

    decimal: str | None
    missing: dict[str, str]
    flags: dict[str, str]
    questions: tuple[str, ...]


def is_figure(cell: Cell) -> bool:
    """Tell whether a cell holds a number, under any decimal mark."""
    return _ANY.read(cell)[0] is not None


def is_blank_or_figure(cell: Cell) -> bool:
    """Tell whether a cell may stand in a column of figures: a number, a known mark or nothing."""
    return _ANY.read(cell)[1] != UNREADABLE


def marks_of(cells: Iterable[Cell]) -> Marks:
    """Return how the cells of the columns of figures are written."""
    texts = Counter(clean(cell_text(c)) for c in cells if isinstance(c, str))
    numbers = [t for t in texts if is_figure(t)]
    decimal, questions = _decimal(numbers)
    missing: dict[str, str] = {}
    flags: dict[str, str] = {}
    for text, count in texts.most_common():
        if _ANY.read(text)[1] != UNREADABLE:
            continue
        flagged = _FLAGGED.fullmatch(text)
        if text.casefold() in CONVENTIONS:
            missing[text] = str(CONVENTIONS[text.casefold()])
        elif flagged and flagged.group(2).casefold() in FLAGS:
            flags[flagged.group(2)] = str(FLAGS[flagged.group(2).casefold()])
        elif len(questions) < _MOST_ASKED:
            questions.append(f"{text!r} stands {count} times for a figure: `missing` or `flags`?")
    return Marks(decimal, missing, flags, tuple(questions))


_MOST_ASKED = 8


def _decimal(numbers: list[str]) -> tuple[str | None, list[str]]:
    """Return the decimal mark of texts, and what is doubtful about it."""
    with_mark = {mark: [t for t in numbers if mark in t] for mark in ",."}
    present = [mark for mark, found in with_mark.items() if found]
    if not present:
        return None, []
    if len(present) == 2:
        examples = f"{with_mark[','][0]!r} and {with_mark['.'][0]!r}"
        return "mixed", [f"both decimal marks stand in the figures ({examples}): `decimal`?"]
    [mark] = present
    if all(_THOUSANDS.fullmatch(text) for text in with_mark[mark]):
        text = with_mark[mark][0]
        return mark, [f"{text!r} may be thousands or three decimals: `decimal`?"]
    return mark, []

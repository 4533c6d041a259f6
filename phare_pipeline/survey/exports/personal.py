"""Refuses personal data at the door: columns and cells that say who answered.

E-mail and IP addresses, telephone and social security numbers, titles with a name, and columns
called after such things. A bare name in a text cannot be told from any other word: such columns are
seen by their heading only, and no text column is ever kept. Nothing found is repeated anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from phare_pipeline.registry.territories import fold
from phare_pipeline.survey.exports.issues import IssueBook, Severity
from phare_pipeline.survey.exports.table import Cells, RawTable

_KINDS = {
    "an e-mail address": re.compile(r"[^\s@<>]+@[^\s@<>]+\.[A-Za-zÀ-ÿ]{2,}"),
    "a telephone number": re.compile(
        r"(?<![\d.,])(?:(?:\+|00)33[\s.-]?(?:\(0\)\s?)?|0)[1-9](?:[\s.-]?\d{2}){4}(?![\d.,])"
    ),
    "a social security number": re.compile(
        r"(?<!\d)[12]\s?\d{2}\s?(?:0[1-9]|1[0-2]|[2-9]\d)\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}"
        r"(?:\s?\d{2})?(?!\d)"
    ),
    "an IP address": re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}"
                                r"(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])"),
    "a title with a name": re.compile(
        r"\b(?:M\.|Mr\.?|Mme|Mlle|Monsieur|Madame|Mademoiselle)\s+[A-ZÀ-ÖØ-Ý]"
    ),
}  # fmt: skip

_WORDS = frozenset(
    {"email", "courriel", "telephone", "prenom", "prenoms", "ipaddr", "nir", "gsm", "firstname"}
    | {"lastname", "surname", "siret", "siren"}
)
_HEADINGS = re.compile(
    r"(e )?mails?|adresse( e)? mail|mail .*|tel|tel .*|portable|mobile|noms?|name|full name"
    r"|noms? (et )?prenoms?|nom (de famille|complet|usuel)"
    r"|nom (du |de la |de l )?(repondante?|contact|personne|dirigeante?|presidente?|interviewee?)"
    r"|(first|last|user) name|adresse( ip| postale)?|ip( address)?|date de naissance|birth ?date"
    r"|(n|num|numero)( de)? securite sociale|identite|contact"
)
_MOBILE = (600_000_000, 799_999_999)
"""Mobile numbers that a spreadsheet has made numbers, without their first 0."""


def refuse_personal_data(table: RawTable, book: IssueBook) -> None:
    """Note every column that names people, by its heading or by a cell.

    Args:
        table: all columns of the export, also those that nobody will read.
        book: takes one issue a column; they give the number of the column, never its content.
    """
    for i, (name, cells) in enumerate(table.columns.items()):
        for kind in _in_text(name):
            _note(book, f"number {i + 1}", f"{kind} as heading", table.lines[:0])
        if is_personal_heading(name):
            _note(
                book, f"number {i + 1}", "a heading that announces personal data", table.lines[:0]
            )
        for kind, is_hit in _in_cells(cells):
            _note(book, f"number {i + 1}", kind, table.lines[is_hit])


def is_personal_heading(name: str) -> bool:
    """Tell whether a heading announces who answered."""
    folded = fold(name)
    words = folded.split()
    return not _WORDS.isdisjoint(words) or _HEADINGS.fullmatch(folded) is not None


def _in_text(text: str) -> Iterable[str]:
    return (kind for kind, pattern in _KINDS.items() if pattern.search(text))


def _in_cells(cells: Cells) -> Iterable[tuple[str, NDArray[np.bool_]]]:
    texts = {cell for cell in cells if isinstance(cell, str)}
    for kind, pattern in _KINDS.items():
        hits = {text for text in texts if pattern.search(text)}
        if hits:
            yield kind, np.array([isinstance(c, str) and c in hits for c in cells], dtype=np.bool_)
    is_mobile = np.array([_is_mobile(cell) for cell in cells], dtype=np.bool_)
    # One such number may be an amount; a column of them is none.
    if is_mobile.sum() * 2 > np.sum([cell is not None for cell in cells]):
        yield "telephone numbers", is_mobile


def _is_mobile(cell: object) -> bool:
    return isinstance(cell, int | float) and _MOBILE[0] <= cell <= _MOBILE[1] and cell % 1 == 0


def _note(book: IssueBook, column: str, found: str, lines: NDArray[np.int64]) -> None:
    book.add(
        Severity.ERROR,
        "personal_data",
        "An export holds personal data; nothing of it was kept",
        found=found,
        expected="answers only, under identifiers that name nobody",
        action="remove the column where the export is made, then delete this copy of the file",
        column=column,
        lines=lines,
    )

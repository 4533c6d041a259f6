"""Refuses personal data at the door: columns and cells that say who answered.

How such things are recognised is in `identifying`. A bare name in a text cannot be told from any
other word: such columns are seen by their heading only, and no text column is ever kept. Nothing
found is repeated anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from phare_pipeline.survey.exports.identifying import (
    KINDS,
    is_nir_without_key,
    is_personal_heading,
)
from phare_pipeline.survey.exports.issues import IssueBook, Severity
from phare_pipeline.survey.exports.table import Cells, RawTable

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


def _in_text(text: str) -> Iterable[str]:
    return (kind for kind, is_hit in KINDS.items() if is_hit(text))


def _in_cells(cells: Cells) -> Iterable[tuple[str, NDArray[np.bool_]]]:
    texts = {cell for cell in cells if isinstance(cell, str)}
    for kind, is_hit in KINDS.items():
        hits = {text for text in texts if is_hit(text)}
        if hits:
            yield kind, np.array([isinstance(c, str) and c in hits for c in cells], dtype=np.bool_)
    # One such number may be an amount or an identifier; a column of them is none.
    for kind, is_number_of in (
        ("telephone numbers", _is_mobile),
        ("social security numbers", _is_nir),
    ):
        is_number = np.array([is_number_of(cell) for cell in cells], dtype=np.bool_)
        if is_number.sum() * 2 > np.sum([cell is not None for cell in cells]):
            yield kind, is_number


def _is_mobile(cell: object) -> bool:
    return isinstance(cell, int | float) and _MOBILE[0] <= cell <= _MOBILE[1] and cell % 1 == 0


def _is_nir(cell: object) -> bool:
    if isinstance(cell, int | float):
        text = f"{cell:.0f}" if cell % 1 == 0 else ""
        return is_nir_without_key(text) or KINDS["a social security number"](text)
    return isinstance(cell, str) and is_nir_without_key(cell)


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

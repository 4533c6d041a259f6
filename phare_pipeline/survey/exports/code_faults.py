"""Says what is wrong with cells that are no code of their column; they are read in `codes`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phare_pipeline.survey.codebook import Column
from phare_pipeline.survey.exports.echo import cell_found, hint
from phare_pipeline.survey.exports.issues import IssueBook, Severity
from phare_pipeline.survey.exports.meanings import Kind, Meaning, meaning_of_label
from phare_pipeline.survey.exports.table import RawTable

HOW_NUMBERS = (
    "write numbers without a mark of thousands; decimals are told from them by another number of "
    "digits, in that cell or in another of the column"
)

_WHAT = {
    "declared_missing": "A value that SPSS declares missing is no missing code of the codebook",
    "label_for_code": "Labels stand where codes are expected",
    "note_out_of_range": "A note is outside its scale",
    "note_not_whole": "A note is no whole number",
    "ambiguous_number": "A number may be thousands or decimals",
    "no_number": "A cell of a numeric column is no number",
    "unknown_code": "A code is not one of the question",
}
_ACTION = {
    "declared_missing": "say in options.csv which of the three missings it is, or undo the "
    "declaration in SPSS",
    "label_for_code": "export answer codes instead of full answers",
    "note_out_of_range": "correct the cell, or give the code its meaning in options.csv",
    "note_not_whole": "export answers, not means; look at the decimal mark of the file",
    "ambiguous_number": HOW_NUMBERS,
    "no_number": "correct the cell",
    "unknown_code": "correct the cell, or add the code to options.csv with its meaning",
}


def note_faults(
    column: Column,
    meanings: Sequence[Meaning],
    faults: Sequence[str | None],
    places: NDArray[np.int64],
    uniques: NDArray[np.object_],
    table: RawTable,
    book: IssueBook,
) -> None:
    """Note one issue for each rule that cells of a column break, with the lines of all of them.

    Args:
        column: of the codebook.
        meanings: of its codes.
        faults: (k,) rule that each different cell breaks, or None.
        places: (n,) place of each cell among the different ones.
        uniques: (k,) the different cells.
        table: for the lines.
        book: takes the issues.
    """
    for rule in dict.fromkeys(filter(None, faults)):
        wrong = [place for place, fault in enumerate(faults) if fault == rule]
        book.add(
            Severity.ERROR,
            rule,
            _WHAT[rule],
            found=_found(rule, uniques[wrong[0]], meanings),
            expected=_expected(rule, meanings),
            action=_ACTION[rule],
            column=column.name,
            lines=table.lines[np.isin(places, wrong)],
        )


def _found(rule: str, value: object, meanings: Sequence[Meaning]) -> str:
    label = meaning_of_label(value, meanings) if isinstance(value, str) else None
    if label is not None:
        return f"the label {label.labels[0]!r}, whose code is {label.code}"
    labels = [text for meaning in meanings for text in meaning.labels]
    return cell_found(value) + (hint(value, labels) if rule == "unknown_code" else "")


def _expected(rule: str, meanings: Sequence[Meaning]) -> str:
    if rule in ("no_number", "ambiguous_number"):
        return "a number, with a decimal comma or point"
    if rule == "note_not_whole":
        return "whole notes from 1 to 10"
    if rule == "declared_missing":
        missing = ", ".join(m.code for m in meanings if m.kind is not Kind.ANSWER) or "none"
        return f"a code for don’t know, refused or not asked: {missing}"
    return "codes: " + ", ".join(meaning.code for meaning in meanings[:20])


def compare_labels(
    column: Column, meanings: Sequence[Meaning], table: RawTable, book: IssueBook
) -> None:
    """A .sav names its codes: one under the label of another has been swapped."""
    by_code = {meaning.code: meaning for meaning in meanings}
    for code, label in table.value_labels.get(column.name, {}).items():
        meaning, other = by_code.get(code), meaning_of_label(label, meanings)
        if meaning is not None and other is not None and other.code != meaning.code:
            book.add(
                Severity.ERROR,
                "labels_differ",
                "The export gives a code the label of another one",
                found=f"code {code} labelled as code {other.code} ({other.labels[0]!r})",
                expected=f"code {code} means {meaning.labels[0]!r}",
                action="check the order of the scale with the institute before anything else",
                column=column.name,
            )

"""Turns the cells of one column into codes of its scale; who was asked is judged in `asking`.

A cell is compared as text first, then as a number: 1, 1.0, "1" and "1,0" are the code 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.registry.territories import fold
from phare_pipeline.survey.codebook import (
    Column,
    ExportFormat,
    Question,
    QuestionType,
    Variable,
)
from phare_pipeline.survey.exports.code_faults import compare_labels, note_faults
from phare_pipeline.survey.exports.issues import IssueBook
from phare_pipeline.survey.exports.meanings import Kind, Meaning, meaning_of_label, meanings_of
from phare_pipeline.survey.exports.table import Cells, RawTable, ambiguous_numbers, number_of
from phare_pipeline.survey.expressions import canonical_code

_LETTERS: Mapping[str, frozenset[str]] = {
    "Y": frozenset({"oui", "yes"}),
    "N": frozenset({"non", "no"}),
    "F": frozenset({"femme", "feminin", "une femme", "female"}),
    "M": frozenset({"homme", "masculin", "un homme", "male"}),
}
"""Labels, folded, of the answers that LimeSurvey writes as a letter."""

Kinds: TypeAlias = NDArray[np.int8]


@dataclass(eq=False)
class Answers:
    """A decoded column of n respondents; `kinds` is completed by `asking`.

    Attributes:
        codes: (n,) the code as in the codebook, None without one.
        choices: (n,) id of the option, or of the item for a rank; None without one.
        numbers: (n,) of a numeric question or variable, else NaN.
    """

    column: Column
    kinds: Kinds
    codes: Cells
    choices: Cells
    numbers: NDArray[np.float64]


def decode_column(
    column: Column,
    thing: Question | Variable,
    table: RawTable,
    export_format: ExportFormat,
    book: IssueBook,
) -> Answers:
    """Decode one column and note what is no code.

    Args:
        column: of the codebook; the table has it.
        thing: its question or variable; without scale the cells are numbers.
        table: the export.
        export_format: LimeSurvey writes Y, N and N/A.
        book: takes one issue for each kind of fault.
    """
    decoder = _Decoder(column, thing, table, export_format)
    cells = table.columns[column.name]
    places, uniques = pd.factorize(cells, use_na_sentinel=True)
    found = [decoder.read(value) for value in uniques]
    faults = [None if m else decoder.fault(value) for value, m in zip(uniques, found, strict=True)]
    note_faults(column, decoder.meanings, faults, places, uniques, table, book)
    compare_labels(column, decoder.meanings, table, book)
    # The last entry stands for the place −1, an empty cell.
    kinds = np.array([m.kind if m else Kind.WRONG for m in found] + [Kind.BLANK], dtype=np.int8)
    numbers = [decoder.number(value, m) for value, m in zip(uniques, found, strict=True)]
    return Answers(
        column=column,
        kinds=kinds[places],
        codes=_take([m.code or None if m else None for m in found], places),
        choices=_take([m.choice if m else None for m in found], places),
        numbers=np.array([*numbers, np.nan])[places],
    )


def is_ticked(question: Question, answers: Answers) -> NDArray[np.bool_]:
    """Tell who ticked a box of a multi question: (n,)."""
    positive = () if question.scale is None else question.scale.positive_codes
    is_positive = np.array([code in positive for code in answers.codes], dtype=np.bool_)
    return np.asarray(is_positive & (answers.kinds == Kind.ANSWER))


def _take(values: list[str | None], places: NDArray[np.int64]) -> Cells:
    taken = np.empty(len(values) + 1, dtype=object)
    taken[:] = [*values, None]
    cells: Cells = taken[places]
    return cells


class _Decoder:
    """Reads the different cells of one column."""

    def __init__(
        self,
        column: Column,
        thing: Question | Variable,
        table: RawTable,
        export_format: ExportFormat,
    ) -> None:
        self._thing = thing
        self.meanings = meanings_of(thing)
        self._by_code = {meaning.code: meaning for meaning in self.meanings}
        self._declared = table.declared_missing.get(column.name, ())
        cells = table.columns[column.name]
        self._ambiguous = set(cells[ambiguous_numbers(cells)]) if thing.scale is None else set()
        if export_format is ExportFormat.LIMESURVEY:
            self._by_code = {**self._words_of_limesurvey(), **self._by_code}

    def _words_of_limesurvey(self) -> dict[str, Meaning]:
        """What LimeSurvey writes for itself: N/A, and letters of yes, no, woman and man.

        A box of several choices is Y where it is ticked; a question of type yes/no or gender has Y
        and N, F and M, also where its answers are exported as codes.
        """
        is_multi = getattr(self._thing, "type", None) is QuestionType.MULTI
        not_asked = next((m for m in self.meanings if m.kind is Kind.NOT_ASKED), None)
        words = {"N/A": not_asked or Meaning(Kind.NOT_ASKED, "", None, ())}
        scale = self._thing.scale
        if is_multi and scale is not None:
            positive = scale.positive_codes
            for meaning in self.meanings:
                if meaning.kind is Kind.ANSWER:
                    words["Y" if meaning.code in positive else "N"] = meaning
        else:
            for letter, labels in _LETTERS.items():
                named = [m for m in self.meanings if not labels.isdisjoint(map(fold, m.labels))]
                if len(named) == 1:
                    words[letter] = named[0]
        return words

    def read(self, value: object) -> Meaning | None:
        """Return the meaning of a cell, None when it has none."""
        number = number_of(value)
        meaning = self._by_code.get(value) if isinstance(value, str) else None
        if self._thing.scale is None and meaning is None:
            is_known = number is not None and not self._is_declared(value)
            is_known = is_known and value not in self._ambiguous
            return Meaning(Kind.ANSWER, "", None, ()) if is_known else None
        if meaning is None and number is not None:
            meaning = self._by_code.get(canonical_code(number) or "")
        is_contradiction = meaning is not None and meaning.kind is Kind.ANSWER
        return None if is_contradiction and self._is_declared(value) else meaning

    def number(self, value: object, meaning: Meaning | None) -> float:
        """Return the number of a cell of a numeric question, or of a note."""
        is_number = self._thing.scale is None or self._is_note
        number = number_of(value) if is_number else None
        is_answer = meaning is not None and meaning.kind is Kind.ANSWER
        return number if is_answer and number is not None else np.nan

    @property
    def _is_note(self) -> bool:
        return isinstance(self._thing, Question) and self._thing.type is QuestionType.NOTE

    def _is_declared(self, value: object) -> bool:
        return any(missing.holds(value) for missing in self._declared)

    def fault(self, value: object) -> str:
        """Return the rule that a cell without meaning breaks."""
        if self._is_declared(value):
            return "declared_missing"
        if value in self._ambiguous:
            return "ambiguous_number"
        if isinstance(value, str) and meaning_of_label(value, self.meanings) is not None:
            return "label_for_code"
        number = number_of(value)
        if self._is_note and number is not None:
            return "note_out_of_range" if number.is_integer() else "note_not_whole"
        return "no_number" if self._thing.scale is None else "unknown_code"

"""Who was asked what: filters, and what an empty cell is; the codes themselves are in `codes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from phare_pipeline.survey.codebook import (
    ExportFile,
    Question,
    QuestionType,
    Variable,
    VariableType,
)
from phare_pipeline.survey.exports.codes import Answers, is_ticked
from phare_pipeline.survey.exports.issues import IssueBook, Severity
from phare_pipeline.survey.exports.meanings import OF_OPTION, Kind
from phare_pipeline.survey.exports.table import Cells

Booleans = NDArray[np.bool_]
GIVEN = (Kind.ANSWER, Kind.DONT_KNOW, Kind.REFUSED)


def settle_question(
    question: Question,
    columns: Sequence[Answers],
    codes: Mapping[str, Cells],
    export: ExportFile,
    lines: NDArray[np.int64],
    book: IssueBook,
) -> None:
    """Give every empty cell of a question its kind, and note what contradicts the filter.

    Not asked: an empty cell is `NOT_ASKED`. Asked: beside a ticked box an empty box is not ticked;
    after a first choice an empty rank is no further choice; else it is what the export declares
    (`blank`), and an error when it declares nothing.

    Args:
        question: of the codebook.
        columns: its decoded columns, of n respondents; their kinds are changed in place.
        codes: short id → (n,) codes, of whatever filters look at.
        export: how the file was written.
        lines: (n,) for messages.
        book: takes the issues.
    """
    n = lines.size
    asked = np.ones(n, dtype=np.bool_) if question.filter is None else question.filter.mask(codes)
    explained = _explained(question, columns)
    for answers in columns:
        kinds = answers.kinds
        _note_filter(question, answers, lines[~asked & np.isin(kinds, GIVEN)], book)
        _note_hidden(question, answers, lines[asked & (kinds == Kind.NOT_ASKED)], book)
        is_blank = kinds == Kind.BLANK
        kinds[is_blank & ~asked] = Kind.NOT_ASKED
        _settle_explained(question, answers, is_blank & asked & explained)
        left = is_blank & asked & ~explained
        if export.blank is not None:
            kinds[left] = OF_OPTION[export.blank]
        else:
            _note_blank(question.question_id, answers, lines[left], book)


def settle_variable(
    variable: Variable,
    answers: Answers,
    export: ExportFile,
    lines: NDArray[np.int64],
    book: IssueBook,
) -> None:
    """Give an empty cell of a variable its kind; a quota is known of everybody."""
    is_blank = answers.kinds == Kind.BLANK
    if export.blank is not None and variable.type is not VariableType.QUOTA:
        answers.kinds[is_blank] = OF_OPTION[export.blank]
    else:
        _note_blank(variable.variable_id, answers, lines[is_blank], book)


def _explained(question: Question, columns: Sequence[Answers]) -> Booleans:
    """Respondents whose other answers to the question say what an empty cell of it means."""
    if question.type is QuestionType.MULTI:
        ticked = np.array([is_ticked(question, answers) for answers in columns])
        return np.asarray(ticked.any(axis=0), dtype=np.bool_)
    if question.type is QuestionType.TOP3:
        first = next(answers for answers in columns if answers.column.rank == 1)
        return np.asarray(first.kinds != Kind.BLANK)
    return np.zeros(columns[0].kinds.size, dtype=np.bool_)


def _settle_explained(question: Question, answers: Answers, where: Booleans) -> None:
    if question.type is QuestionType.TOP3:
        answers.kinds[where] = Kind.NONE
        return
    if question.scale is not None and where.any():
        positive = question.scale.positive_codes
        no = next(o for o in question.scale.options if not o.is_missing and o.code not in positive)
        answers.kinds[where] = Kind.ANSWER
        answers.codes[where] = no.code
        answers.choices[where] = no.option_id


def _note_filter(
    question: Question, answers: Answers, lines: NDArray[np.int64], book: IssueBook
) -> None:
    if lines.size and question.filter is not None:
        book.add(
            Severity.ERROR,
            "filter",
            f"{question.question_id} is answered by respondents whom its filter leaves out",
            found=f"{lines.size} answers",
            expected=f"answers where {question.filter.text} only, empty or not asked elsewhere",
            action="look for shifted columns or a filter that the questionnaire did not have",
            column=answers.column.name,
            lines=lines,
        )


def _note_hidden(
    question: Question, answers: Answers, lines: NDArray[np.int64], book: IssueBook
) -> None:
    if lines.size:
        rule = "everybody" if question.filter is None else question.filter.text
        book.add(
            Severity.ERROR,
            "not_asked",
            f"{question.question_id} is coded as not asked for respondents who had to be asked",
            found=f"{lines.size} codes for not asked",
            expected=f"not asked only outside of: {rule}",
            action="correct the filter in questions.csv, or code refusals and don’t-knows as such",
            column=answers.column.name,
            lines=lines,
        )


def _note_blank(uid: str, answers: Answers, lines: NDArray[np.int64], book: IssueBook) -> None:
    if lines.size:
        book.add(
            Severity.ERROR,
            "blank_answer",
            f"An answer to {uid} is empty though it was asked",
            found=f"{lines.size} empty cells",
            expected="an answer, or the code for don’t know or refused",
            action="ask the institute what an empty cell means there and declare it as `blank` of "
            "the export in study.toml; a quota must be complete",
            column=answers.column.name,
            lines=lines,
        )

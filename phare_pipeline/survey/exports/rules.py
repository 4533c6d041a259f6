"""Rules on what respondents answered: choices that exclude each other, ranks, signs of bad quality.

Codes and filters are judged before (`codes`, `asking`); who respondents are, in `respondents`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phare_pipeline.survey.codebook import Question, QuestionType
from phare_pipeline.survey.exports.codes import Answers, is_ticked
from phare_pipeline.survey.exports.issues import IssueBook, Severity
from phare_pipeline.survey.exports.meanings import Kind

DONT_KNOW_WARNING = 0.25
STRAIGHT_LINE_WARNING = 0.10
STRAIGHT_LINE_ITEMS = 5
"""A respondent who gives one answer to a list of fewer items may well mean it."""

Booleans = NDArray[np.bool_]
Lines = NDArray[np.int64]


def check_answers(
    question: Question, columns: Sequence[Answers], lines: Lines, book: IssueBook
) -> None:
    """Note what the answers to one question contradict, and what makes them doubtful.

    Args:
        question: of the codebook.
        columns: its settled columns.
        lines: (n,) for messages.
        book: takes the issues.
    """
    if question.type is QuestionType.MULTI:
        _check_boxes(question, columns, lines, book)
    if question.type is QuestionType.TOP3:
        _check_ranks(question, columns, lines, book)
    _warn_dont_know(question, columns, book)
    if question.type in (QuestionType.NOTE, QuestionType.AGREE, QuestionType.IMPACT):
        _warn_straight_lines(question, columns, book)


def _check_boxes(
    question: Question, columns: Sequence[Answers], lines: Lines, book: IssueBook
) -> None:
    ticked = np.array([is_ticked(question, answers) for answers in columns])
    is_exclusive = np.array([a.column.item_code in question.exclusive_items for a in columns])
    clash = ticked[is_exclusive].any(axis=0) & (ticked.sum(axis=0) > 1)
    if clash.any():
        book.add(
            Severity.ERROR,
            "exclusive_answer",
            f"An answer to {question.question_id} that excludes all others stands beside another",
            found=f"{int(clash.sum())} respondents",
            expected=", ".join(question.exclusive_items) + " alone",
            action="correct the export; only the institute knows which of the answers was meant",
            lines=lines[clash],
            column=_names(columns),
        )
    limit = question.max_choices
    too_many = ticked[~is_exclusive].sum(axis=0) > (len(columns) if limit is None else limit)
    if too_many.any():
        book.add(
            Severity.ERROR,
            "too_many_choices",
            f"Too many answers to {question.question_id}",
            found=f"{int(too_many.sum())} respondents with more",
            expected=f"at most {limit}",
            action="correct the export, or max_choices in questions.csv",
            lines=lines[too_many],
            column=_names(columns),
        )


def _check_ranks(
    question: Question, columns: Sequence[Answers], lines: Lines, book: IssueBook
) -> None:
    ranked = sorted(columns, key=lambda a: a.column.rank or 0)
    is_choice = np.array([a.kinds == Kind.ANSWER for a in ranked])
    choices = np.array([a.choices for a in ranked])
    n = lines.size
    repeated = np.zeros(n, dtype=np.bool_)
    gap = np.zeros(n, dtype=np.bool_)
    for later in range(1, len(ranked)):
        for earlier in range(later):
            repeated |= is_choice[later] & is_choice[earlier] & (choices[earlier] == choices[later])
            gap |= is_choice[later] & ~is_choice[earlier]
    for rule, wrong, what, expected in (
        ("rank_repeated", repeated, "names one item at two ranks", "three different items"),
        ("rank_gap", gap, "skips a rank", "a first before a second, a second before a third"),
    ):
        if wrong.any():
            book.add(
                Severity.ERROR,
                rule,
                f"An answer to {question.question_id} {what}",
                found=f"{int(wrong.sum())} respondents",
                expected=expected,
                action="correct the export; ranks are never guessed",
                lines=lines[wrong],
                column=_names(ranked),
            )


def _warn_dont_know(question: Question, columns: Sequence[Answers], book: IssueBook) -> None:
    shares = {}
    for answers in columns:
        base = np.isin(answers.kinds, (Kind.ANSWER, Kind.DONT_KNOW)).sum()
        if base:
            shares[answers.column.name] = float((answers.kinds == Kind.DONT_KNOW).sum() / base)
    high = {name: share for name, share in shares.items() if share > DONT_KNOW_WARNING}
    if high:
        worst = max(high, key=high.__getitem__)
        book.add(
            Severity.WARNING,
            "many_dont_know",
            f"Many respondents do not know what to answer to {question.question_id}",
            found=f"up to {high[worst]:.0%} of the base, above the limit in {len(high)} columns",
            expected=f"at most {DONT_KNOW_WARNING:.0%}",
            action="show the share of don’t-knows beside every mean of these columns",
            column=worst,
        )


def _warn_straight_lines(question: Question, columns: Sequence[Answers], book: IssueBook) -> None:
    if len(columns) < STRAIGHT_LINE_ITEMS:
        return
    is_answer = np.array([a.kinds == Kind.ANSWER for a in columns]).all(axis=0)
    codes = np.array([a.codes for a in columns])
    is_line = is_answer & (codes == codes[0]).all(axis=0)
    n_asked = int(np.isin(columns[0].kinds, (Kind.ANSWER, Kind.DONT_KNOW, Kind.REFUSED)).sum())
    share = is_line.sum() / n_asked if n_asked else 0.0
    if share > STRAIGHT_LINE_WARNING:
        book.add(
            Severity.WARNING,
            "straight_lining",
            f"Many respondents give one answer to all items of {question.question_id}",
            found=f"{share:.0%} of {n_asked} respondents",
            expected=f"at most {STRAIGHT_LINE_WARNING:.0%}",
            action="ask the institute for its quality checks; compare results without them",
            column=_names(columns),
        )


def _names(columns: Sequence[Answers]) -> str:
    first, last = columns[0].column.name, columns[-1].column.name
    return first if first == last else f"{first} to {last}"

"""Lays decoded columns out as the canonical long table of answers; nothing is judged here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from phare_pipeline.survey.codebook import Codebook, Question, QuestionType
from phare_pipeline.survey.exports.codes import Answers
from phare_pipeline.survey.exports.meanings import Kind
from phare_pipeline.survey.exports.table import Cells

ANSWER_COLUMNS = (
    *("study_id", "actor", "respondent_id", "uid", "item_code", "rank", "code", "number", "kind"),
)
KINDS = ("answer", "dont_know", "refused", "not_asked")
_CATEGORIES = ("study_id", "actor", "respondent_id", "uid", "item_code", "code", "kind")


def answers_frame(
    ids: Cells, decoded: Sequence[Answers], actor: str, codebook: Codebook
) -> pd.DataFrame:
    """Lay out answers, one row for each respondent and column of a question, quota or profile.

    Returns:
        study_id, actor, respondent_id, uid, item_code (the line of the question; of a single
        question or a variable the option chosen; of a top 3 the item chosen), rank (of a top 3),
        code, number (notes and numeric questions), kind (answer, dont_know, refused, not_asked).
        A rank that was not used has no row. Texts are categories; rows are in the order of the
        codebook's columns, respondents in that of the file.
    """
    parts = [_part(ids, answers, codebook) for answers in decoded]
    empty = pd.DataFrame({name: [] for name in ANSWER_COLUMNS})
    frame = pd.concat(parts, ignore_index=True) if parts else empty
    frame["study_id"], frame["actor"] = codebook.study_id, actor
    frame["rank"] = frame["rank"].astype("Int8")
    frame["number"] = frame["number"].astype("float64")
    for name in _CATEGORIES:
        frame[name] = frame[name].astype("category")
    return frame[list(ANSWER_COLUMNS)]


def _part(ids: Cells, answers: Answers, codebook: Codebook) -> pd.DataFrame:
    column = answers.column
    question: Question | None = codebook.questions.get(column.uid)
    is_used = answers.kinds <= Kind.NOT_ASKED
    is_choice = question is None or question.type in (QuestionType.SINGLE, QuestionType.TOP3)
    items = answers.choices if is_choice else np.full(ids.size, column.item_code, dtype=object)
    if is_choice:
        is_named = np.isin(answers.kinds, (Kind.ANSWER, Kind.DONT_KNOW))
        if question is not None and question.type is QuestionType.TOP3:
            is_named = answers.kinds == Kind.ANSWER
        items = items.copy()
        items[~is_named] = None
    return pd.DataFrame(
        {
            "respondent_id": ids[is_used],
            "uid": column.uid,
            "item_code": items[is_used],
            "rank": column.rank,
            "code": answers.codes[is_used],
            "number": answers.numbers[is_used],
            "kind": np.array(KINDS, dtype=object)[answers.kinds[is_used]],
        }
    )

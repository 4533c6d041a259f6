"""Lays the long table of answers out as arrays, one a question: who is in which base and said what.

The arrays are those that `estimates` takes; which respondents are looked at is the caller's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.index.checks import Floats
from phare_pipeline.survey.codebook import (
    NOTE_BANDS,
    RANKS,
    Question,
    QuestionType,
)

Booleans = NDArray[np.bool_]
_IN_BASE = ("answer", "dont_know")


@dataclass(frozen=True, eq=False)
class Measured:
    """A statistic of a question over n respondents and its m items.

    Attributes:
        statistic: of the codebook.
        items: codes of the m items.
        in_base: (n, m) asked and not refused, don't-knows included.
        is_answered: (n, m) those of them who gave an answer.
        is_plus: (n, m) who gave the answer that the statistic counts.
        is_minus: (n, m) of a net balance, who gave the answer that it subtracts; None elsewhere.
        notes: (n, m) of a mean, NaN without an answer; None elsewhere.
    """

    statistic: str
    items: tuple[str, ...]
    in_base: Booleans
    is_answered: Booleans
    is_plus: Booleans
    is_minus: Booleans | None = None
    notes: Floats | None = None


def measure_question(
    question: Question, answers: pd.DataFrame, respondent_ids: Sequence[str]
) -> tuple[Measured, ...]:
    """Measure every statistic that the codebook asks of a question.

    Args:
        question: of the codebook.
        answers: long (see `exports.frames`), at least those of this question.
        respondent_ids: n identifiers, in the order of the rows wanted.

    Returns:
        One entry a statistic, in the order of the codebook; none when the question has no answer,
        as one that was not in the export.
    """
    own = answers[answers["uid"] == question.question_id]
    if own.empty or not question.statistics:
        return ()
    if question.type is QuestionType.TOP3:
        return _ranked(question, own, respondent_ids)
    if question.type is QuestionType.SINGLE:
        return _single(question, own, respondent_ids)
    return _by_item(question, own, respondent_ids)


def _places(wanted: pd.Series, known: Sequence[str]) -> NDArray[np.int64]:
    """The place of each text among the known ones."""
    lookup = {name: place for place, name in enumerate(known)}
    return np.array([lookup[text] for text in wanted], dtype=np.int64)


def _by_item(
    question: Question, own: pd.DataFrame, respondent_ids: Sequence[str]
) -> tuple[Measured, ...]:
    """Questions with one answer an item: notes, degrees, boxes."""
    items = tuple(question.items)
    shape = len(respondent_ids), len(items)
    cells = _places(own["respondent_id"], respondent_ids), _places(own["item_code"], items)
    kinds, codes = np.full(shape, "", dtype=object), np.full(shape, "", dtype=object)
    notes = np.full(shape, np.nan)
    kinds[cells] = own["kind"].astype(object)
    codes[cells] = own["code"].astype(object)
    notes[cells] = own["number"]
    in_base = np.isin(kinds.astype(str), _IN_BASE)
    is_answered = kinds == "answer"
    found = []
    for name in question.statistics:
        if name == "mean":
            found.append(Measured(name, items, in_base, is_answered, is_answered, notes=notes))
        else:
            counted = in_base & ~is_answered
            if name != "share_nsp":
                counted = is_answered & np.isin(codes.astype(str), _counted_codes(question, name))
            found.append(Measured(name, items, in_base, is_answered, counted))
    return tuple(found)


def _counted_codes(question: Question, statistic: str) -> tuple[str, ...]:
    if statistic in (*NOTE_BANDS, "share_top1", "share_top2"):
        return question.bands[statistic].codes
    return () if question.scale is None else question.scale.positive_codes


def _single(
    question: Question, own: pd.DataFrame, respondent_ids: Sequence[str]
) -> tuple[Measured, ...]:
    """Questions with one answer: each option is an item, derived items add options up."""
    n = len(respondent_ids)
    places = _places(own["respondent_id"], respondent_ids)
    kinds, chosen = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
    kinds[places] = own["kind"].astype(object)
    chosen[places] = own["item_code"].astype(object).where(own["item_code"].notna(), "")
    in_base = np.isin(kinds.astype(str), _IN_BASE)
    is_answered = kinds == "answer"
    found = []
    for name in question.statistics:
        items = question.results_of(name)
        plus, minus = [], []
        for item in items:
            derived = question.derived.get(item)
            wanted = (item,) if derived is None else derived.plus
            plus.append(in_base & np.isin(chosen.astype(str), wanted))
            taken = () if derived is None else derived.minus
            minus.append(in_base & np.isin(chosen.astype(str), taken))
        wide = (n, len(items))
        found.append(
            Measured(
                name,
                items,
                np.broadcast_to(in_base[:, None], wide),
                np.broadcast_to(is_answered[:, None], wide),
                np.array(plus).T,
                np.array(minus).T if name == "net_balance" else None,
            )
        )
    return tuple(found)


def _ranked(
    question: Question, own: pd.DataFrame, respondent_ids: Sequence[str]
) -> tuple[Measured, ...]:
    """Three choices in order; whoever has a first choice, or does not know, is in the base."""
    items = tuple(question.items)
    n = len(respondent_ids)
    places = _places(own["respondent_id"], respondent_ids)
    is_first_rank = (own["rank"] == 1).to_numpy(dtype=np.bool_)
    kinds = np.full(n, "", dtype=object)
    kinds[places[is_first_rank]] = own["kind"].astype(object)[is_first_rank]
    in_base = np.isin(kinds.astype(str), _IN_BASE)
    is_choice = (own["kind"] == "answer").to_numpy(dtype=np.bool_)
    ranks = np.zeros((n, len(items)), dtype=np.int64)
    columns = _places(own["item_code"][is_choice], items)
    ranks[places[is_choice], columns] = own["rank"][is_choice].to_numpy(dtype=np.int64)
    wide = (n, len(items))
    found = []
    for name in question.statistics:
        counted = [RANKS.index(code) + 1 for code in question.bands[name].codes]
        found.append(
            Measured(
                name,
                items,
                np.broadcast_to(in_base[:, None], wide),
                np.broadcast_to((kinds == "answer")[:, None], wide),
                np.isin(ranks, counted) & in_base[:, None],
            )
        )
    return tuple(found)

"""Invents what respondents answer, question by question, in the codes of the codebook.

First those of the area whose figures are printed, with its weights; then everybody else, so that
the country has its own printed figures with its own weights. Opinions lean by region and by person,
which moves who says what and no total.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from examples.phare_demo.choices import invent_boxes, invent_ranks
from examples.phare_demo.degrees import invent_degrees
from examples.phare_demo.notes import other_notes, own_notes
from examples.phare_demo.people import Crowd
from examples.phare_demo.targets import Printed, level
from examples.phare_demo.work import Cells, Part, Work
from phare_pipeline.index.checks import Integers
from phare_pipeline.survey.codebook import Codebook, OptionKind, QuestionType
from phare_pipeline.survey.published import PublishedResult

Key = tuple[str, str | None, int | None]


def invent_answers(
    codebook: Codebook, crowd: Crowd, results: Sequence[PublishedResult]
) -> dict[Key, Cells]:
    """Invent the answers of a crowd to every question of its actor.

    Args:
        codebook: of the demonstration.
        crowd: respondents with their weights.
        results: printed figures of 2016.

    Returns:
        (question, item, rank) → (n,) code; None where there is none: not asked, or no further rank.
    """
    found: dict[Key, Cells] = {}
    codes: dict[str, Cells] = {}
    for question in codebook.questions.values():
        if question.actor != crowd.actor:
            continue
        work = Work.of(codebook, crowd, question, results, codes)
        cells = _INVENTORS[question.type](work)
        found |= {(question.question_id, *part): column for part, column in cells.items()}
        if question.type is QuestionType.SINGLE:
            codes[question.question_id.partition(":")[2]] = cells[None, None]
    return found


def _invent_notes(work: Work) -> dict[Part, Cells]:
    nsp = work.code(OptionKind.DONT_KNOW)

    def coded(notes: Integers) -> Cells:
        return np.array([str(note) if note else nsp for note in notes], dtype=object)

    found: dict[Part, Cells] = {}
    for item in work.question.items:
        here = own_notes(
            work.question,
            item,
            work.here,
            work.own_weights[work.own],
            work.latent(work.own),
            work.rng,
        )
        elsewhere = other_notes(
            work.question,
            (here, work.country_weights[work.own]),
            item,
            work.country,
            work.country_weights[work.others],
            work.latent(work.others),
            work.rng,
        )
        cells = work.blank()
        cells[work.own], cells[work.others] = coded(here), coded(elsewhere)
        found[item, None] = cells
    return found


def _invent_single(work: Work) -> dict[Part, Cells]:
    here = _shares(work, work.here)
    if here is None:
        raise ValueError(f"{work.question.question_id}: no figure is printed for its own area")
    return {(None, None): work.deal(here, _shares(work, work.country))}


def _shares(work: Work, printed: Printed) -> dict[str, float] | None:
    """Shares of the options of a question, None where none is printed.

    Options without a printed share divide what the others leave, the first of them most.
    """
    found = {
        item.code or "": printed.get(code, "share") for code, item in work.question.items.items()
    }
    known = {code: share for code, share in found.items() if share is not None}
    if not known:
        return None
    rest = max(100.0 - sum(known.values()), 0.0)
    halves = {code: 0.5**i for i, code in enumerate(c for c in found if c not in known)}
    parts = {code: rest * half / sum(halves.values()) for code, half in halves.items()}
    levelled = level(known | parts)
    return {code: levelled[code] for code in found}


_INVENTORS: Mapping[QuestionType, Callable[[Work], dict[Part, Cells]]] = {
    QuestionType.NOTE: _invent_notes,
    QuestionType.AGREE: invent_degrees,
    QuestionType.IMPACT: invent_degrees,
    QuestionType.SINGLE: _invent_single,
    QuestionType.MULTI: invent_boxes,
    QuestionType.TOP3: invent_ranks,
}

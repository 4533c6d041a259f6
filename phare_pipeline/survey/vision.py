"""How each kind of actor sees the fragility of the domains, area by area, and where they agree.

Made of mean notes as printed: bands differ by actor, and an order of unrounded means would tell
what their rounding hides. An area is the survey's own: a super-region is never
one of its regions, and actors are compared where they were asked. The composite P and its gap to
the index are in `index.perception`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from phare_pipeline.errors import SourceError
from phare_pipeline.index.agreement import Agreement, kendall_w
from phare_pipeline.index.ranks import fragility_rank
from phare_pipeline.survey.codebook import WHOLE, Codebook, Question
from phare_pipeline.survey.results import Result, ResultKey

FRAGILITY = "fragilite"
"""The topic of the questions whose mean notes are the perceived fragility of the domains."""

MAJOR = 5
"""How many domains are the great fragilities of an actor; those that tie with the last as well."""

SEED = 2016


@dataclass(frozen=True)
class DomainNote:
    """The note of a domain by an actor in an area.

    Attributes:
        result: the mean itself, with base, error, disclosure and origin; None when the study has
            none for this area and domain.
        place: place among the shown means of the actor and area, as printed, 1 for the highest;
            equal means share it. None without a shown mean.
        place_of: how many means are shown.
        is_major: among the five highest; None without a shown mean.
        major_actors: actors asked in the same area for whom the domain is among the five highest.
        area_actors: actors with shown means in the same area.
    """

    actor: str
    area_id: str
    domain_id: str
    question_id: str
    result: Result | None
    place: int | None
    place_of: int
    is_major: bool | None
    major_actors: int
    area_actors: int

    @property
    def is_shown(self) -> bool:
        """True when the mean may be shown."""
        return self.result is not None and self.result.is_shown


@dataclass(frozen=True)
class AreaAgreement:
    """How far the actors asked in one area put the domains in the same order.

    Attributes:
        actors: those with shown means there, at least two.
        domains: noted by all of them.
        common: domains among the five highest of every one of them.
        agreement: Kendall's W of their orders.
    """

    area_id: str
    actors: tuple[str, ...]
    domains: tuple[str, ...]
    common: tuple[str, ...]
    agreement: Agreement


def domain_notes(rows: Iterable[Result], codebook: Codebook) -> tuple[DomainNote, ...]:
    """Return actor × area × domain, nothing left out, in the order of the codebook.

    Args:
        rows: results of the study, disclosed.
        codebook: of the study.

    Raises:
        SourceError: an actor has several questions on fragility; which one is meant is unknown.
    """
    means = {row.key: row for row in rows if row.statistic == "mean" and row.segment_id == WHOLE}
    questions = codebook.questions_of(FRAGILITY)
    _refuse_two_questions(questions, codebook)
    notes: list[DomainNote] = []
    for question in questions:
        for area_id in codebook.actors[question.actor].areas:
            notes += _placed(question, area_id, means)
    return _with_others(notes)


def _placed(
    question: Question, area_id: str, means: Mapping[ResultKey, Result]
) -> list[DomainNote]:
    """The domains of one actor in one area, placed by their shown means."""
    found = {
        item.domain_id: means.get((question.question_id, code, area_id, WHOLE, "mean"))
        for code, item in question.items.items()
        if item.domain_id is not None
    }
    shown = {
        domain: row.value_public
        for domain, row in found.items()
        if row is not None and row.is_shown and row.value_public is not None
    }
    ranks = fragility_rank(list(shown.values()), 1).rank
    places = {domain: int(place) for domain, place in zip(shown, ranks, strict=True)}
    return [
        DomainNote(
            actor=question.actor,
            area_id=area_id,
            domain_id=domain,
            question_id=question.question_id,
            result=row,
            place=places.get(domain),
            place_of=len(shown),
            is_major=places[domain] <= MAJOR if domain in places else None,
            major_actors=0,
            area_actors=0,
        )
        for domain, row in found.items()
    ]


def _with_others(notes: Sequence[DomainNote]) -> tuple[DomainNote, ...]:
    actors: dict[str, set[str]] = defaultdict(set)
    major: dict[tuple[str, str], int] = defaultdict(int)
    for note in notes:
        if note.place is not None:
            actors[note.area_id].add(note.actor)
        major[note.area_id, note.domain_id] += bool(note.is_major)
    return tuple(
        replace(
            note,
            major_actors=major[note.area_id, note.domain_id],
            area_actors=len(actors[note.area_id]),
        )
        for note in notes
    )


def agreements(notes: Sequence[DomainNote]) -> tuple[AreaAgreement, ...]:
    """Return the agreement of the actors of every area in which two were asked at least.

    The areas come in the order of the notes. Orders only: an actor who notes everything higher
    agrees with one who notes everything lower.
    """
    found = []
    for area_id in dict.fromkeys(note.area_id for note in notes):
        own: dict[str, dict[str, DomainNote]] = defaultdict(dict)
        for note in notes:
            if note.area_id == area_id and note.place is not None:
                own[note.actor][note.domain_id] = note
        if len(own) < 2:
            continue
        first, *others = own.values()
        domains = tuple(d for d in first if all(d in other for other in others))
        values = [[_value(table[domain]) for domain in domains] for table in own.values()]
        found.append(
            AreaAgreement(
                area_id=area_id,
                actors=tuple(own),
                domains=domains,
                common=tuple(d for d in domains if all(t[d].is_major for t in own.values())),
                agreement=kendall_w(np.array(values, dtype=np.float64), seed=SEED),
            )
        )
    return tuple(found)


def _value(note: DomainNote) -> float:
    value = None if note.result is None else note.result.value_public
    return float("nan") if value is None else value


def _refuse_two_questions(questions: Sequence[Question], codebook: Codebook) -> None:
    actors = [question.actor for question in questions]
    for actor in actors:
        if actors.count(actor) > 1:
            ids = ", ".join(q.question_id for q in questions if q.actor == actor)
            raise SourceError(
                "Two questions of an actor ask for the fragility of the domains",
                where=f"{codebook.study_id}/questions.csv",
                found=ids,
                expected=f"one question with the topic {FRAGILITY!r} for each actor",
                action="give the others another topic",
            )

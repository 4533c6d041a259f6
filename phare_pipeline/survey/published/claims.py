"""Reads what a report says about its survey figures in words: ranks, significance, precision."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from phare_pipeline.survey.codebook import (
    WHOLE,
    Codebook,
    CodebookRow,
    Question,
    codebook_rows,
)
from phare_pipeline.survey.published.cells import read_slide
from phare_pipeline.survey.published.files import pinned_file

CLAIM_COLUMNS = (
    *("kind", "actor", "area_id", "question_id", "item_code", "segment_id", "statistic", "number"),
    *("slide", "note_fr"),
)


class ClaimKind(StrEnum):
    """What is claimed.

    RANK: `number` is the place in decreasing order. ABOVE: significantly above the country, or for
    a segment above everybody. MARGIN: `number` is the largest margin of error in points.
    """

    RANK = "rank"
    ABOVE = "significantly_above"
    MARGIN = "margin"


@dataclass(frozen=True)
class Claim:
    """A sentence of the report about one figure, or about an actor's sample (a margin).

    Attributes:
        question_id: empty, with item and statistic, for a margin.
        number: the place or the margin; None for significance.
    """

    kind: ClaimKind
    actor: str
    area_id: str
    question_id: str
    item_code: str
    segment_id: str
    statistic: str
    number: float | None
    slide: int
    note_fr: str
    file: str
    line: int


def read_claims(surveys_dir: Path, codebook: Codebook) -> tuple[Claim, ...]:
    """Read the claims of a study's report, in the order of their file.

    Raises:
        SourceError: the file is missing or is not the pinned one.
        CodebookError: a line is unknown to the codebook or badly written.
    """
    file = pinned_file(surveys_dir, codebook, "claims")
    rows = codebook_rows(surveys_dir / file.path, CLAIM_COLUMNS)
    return tuple(_claim(row, codebook, file.path) for row in rows)


def _claim(row: CodebookRow, codebook: Codebook, file: str) -> Claim:
    kind = ClaimKind(row.one_of("kind", [kind.value for kind in ClaimKind]))
    actor = row.one_of("actor", codebook.actors)
    uids = [uid for uid, q in codebook.questions.items() if q.actor == actor]
    is_margin = kind is ClaimKind.MARGIN
    question_id = row.one_of("question_id", ("",) if is_margin else uids)
    question = codebook.questions.get(question_id)
    segments = [segment for owner, segment in codebook.segments if owner == actor]
    return Claim(
        kind=kind,
        actor=actor,
        area_id=row.one_of("area_id", codebook.actors[actor].areas),
        question_id=question_id,
        item_code=row.one_of("item_code", _items(question)),
        segment_id=row.one_of("segment_id", (WHOLE,) if is_margin else segments),
        statistic=row.one_of("statistic", ("",) if question is None else question.statistics),
        number=_number(row, kind),
        slide=read_slide(row),
        note_fr=row.cells["note_fr"],
        file=file,
        line=row.line,
    )


def _items(question: Question | None) -> tuple[str, ...]:
    return ("",) if question is None else tuple(question.items)


def _number(row: CodebookRow, kind: ClaimKind) -> float | None:
    if kind is ClaimKind.ABOVE:
        row.one_of("number", ("",))
        return None
    number = row.number("number")
    if number <= 0:
        raise row.error("number", "no place and no margin", expected="a number above 0")
    return number

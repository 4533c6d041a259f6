"""Reads the other places where a report prints a result: repeats, syntheses, sentences.

They are read as printed, so that they can contradict the result itself, its question or its area.
Which printing is the result, and which a repeat, was decided when the report was typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.survey.codebook import (
    CONFIDENCES,
    STATISTICS,
    Codebook,
    CodebookRow,
    Question,
    codebook_rows,
)
from phare_pipeline.survey.published.cells import read_slide, read_value
from phare_pipeline.survey.published.files import pinned_file
from phare_pipeline.survey.published.results import SUPPORTS, Key

DIFFERENCE = "diff_national"
"""What a sentence gives as the gap to the country, in points; no chart prints it."""

REPRINT_COLUMNS = (
    *("actor", "question_id", "item_code", "area_id", "segment_id", "statistic", "heading"),
    *("value", "value_printed", "slide", "support", "area_claimed", "confidence", "note_fr"),
)


@dataclass(frozen=True)
class Reprint:
    """One other printing of a figure.

    Attributes:
        question_id: empty, with `item_code`, when the page does not say which question or item.
        statistic: as printed; it may be one that the question cannot have.
        heading: how the page heads the column, empty where it does not.
        area_claimed: area to which the words give the figure when it is not `area_id`, else empty.
        file: path below `raw/surveys/`; `line` is its line in it.
    """

    actor: str
    question_id: str
    item_code: str
    area_id: str
    segment_id: str
    statistic: str
    heading: str
    value: float
    value_printed: str
    slide: int
    support: str
    area_claimed: str
    confidence: str
    note_fr: str
    file: str
    line: int

    @property
    def key(self) -> Key:
        """The key of the result of which this is another printing."""
        return self.question_id, self.item_code, self.area_id, self.segment_id, self.statistic

    @property
    def is_attributed(self) -> bool:
        """False when the page does not say which question and item the figure is about."""
        return bool(self.question_id)


def read_reprints(surveys_dir: Path, codebook: Codebook) -> tuple[Reprint, ...]:
    """Read the other printings of a study's results, in the order of their file.

    Raises:
        SourceError: the file is missing or is not the pinned one.
        CodebookError: a line is unknown to the codebook or badly written.
    """
    file = pinned_file(surveys_dir, codebook, "reprints")
    rows = codebook_rows(surveys_dir / file.path, REPRINT_COLUMNS)
    return tuple(_reprint(row, codebook, file.path) for row in rows)


def _reprint(row: CodebookRow, codebook: Codebook, file: str) -> Reprint:
    actor = row.one_of("actor", codebook.actors)
    uids = [uid for uid, q in codebook.questions.items() if q.actor == actor]
    question = codebook.questions.get(row.one_of("question_id", ("", *uids)))
    areas = codebook.actors[actor].areas
    segments = [segment for owner, segment in codebook.segments if owner == actor]
    return Reprint(
        actor=actor,
        question_id="" if question is None else question.question_id,
        item_code=row.one_of("item_code", _items(question)),
        area_id=row.one_of("area_id", areas),
        segment_id=row.one_of("segment_id", segments),
        statistic=row.one_of("statistic", (*STATISTICS, DIFFERENCE)),
        heading=row.cells["heading"],
        value=read_value(row),
        value_printed=row.text("value_printed"),
        slide=read_slide(row),
        support=row.one_of("support", SUPPORTS),
        area_claimed=row.one_of("area_claimed", ("", *codebook.areas)),
        confidence=row.one_of("confidence", CONFIDENCES),
        note_fr=row.cells["note_fr"],
        file=file,
        line=row.line,
    )


def _items(question: Question | None) -> tuple[str, ...]:
    return ("",) if question is None else (*question.items, *question.derived)

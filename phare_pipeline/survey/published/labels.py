"""Reads the labels that a report prints on items where they are not those of the codebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.survey.codebook import Codebook, CodebookRow, codebook_rows
from phare_pipeline.survey.published.cells import read_slide
from phare_pipeline.survey.published.files import pinned_file

LABEL_COLUMNS = ("question_id", "item_code", "slide", "label_printed")


@dataclass(frozen=True)
class PrintedLabel:
    """An item's label on one page, as printed there."""

    question_id: str
    item_code: str
    slide: int
    label_printed: str
    file: str
    line: int


def read_labels(surveys_dir: Path, codebook: Codebook) -> tuple[PrintedLabel, ...]:
    """Read the printed labels of a study, in the order of their file.

    Raises:
        SourceError: the file is missing or is not the pinned one.
        CodebookError: a line is unknown to the codebook or badly written.
    """
    file = pinned_file(surveys_dir, codebook, "labels")
    rows = codebook_rows(surveys_dir / file.path, LABEL_COLUMNS)
    return tuple(_label(row, codebook, file.path) for row in rows)


def _label(row: CodebookRow, codebook: Codebook, file: str) -> PrintedLabel:
    question = codebook.questions[row.one_of("question_id", codebook.questions)]
    return PrintedLabel(
        question_id=question.question_id,
        item_code=row.one_of("item_code", question.items),
        slide=read_slide(row),
        label_printed=row.text("label_printed"),
        file=file,
        line=row.line,
    )

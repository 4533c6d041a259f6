"""Reads which column of an export holds which question, item or rank."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from phare_pipeline.survey.codebook.model import Column, Question, Variable
from phare_pipeline.survey.codebook.rows import add_once, codebook_rows
from phare_pipeline.survey.codebook.vocabulary import RANKS, QuestionType

COLUMN_COLUMNS = ("actor", "column", "uid", "item_code", "rank")


def read_columns(
    folder: Path,
    actors: Collection[str],
    questions: Mapping[str, Question],
    variables: Mapping[str, Variable],
) -> tuple[Column, ...]:
    """The columns of the study's exports; a study without microdata has no such table."""
    if not (folder / "columns.csv").exists():
        return ()
    names: dict[tuple[str, str], Column] = {}
    meanings: dict[tuple[str, str | None, int | None], Column] = {}
    for row in codebook_rows(folder / "columns.csv", COLUMN_COLUMNS):
        actor = row.one_of("actor", actors)
        known = [uid for uid in (*questions, *variables) if uid.startswith(f"{actor}:")]
        uid = row.one_of("uid", known)
        question = questions.get(uid)
        items, ranks = _parts(question)
        rank = row.one_of("rank", ranks)
        column = Column(
            actor=actor,
            name=row.text("column"),
            uid=uid,
            item_code=row.one_of("item_code", items) or None,
            rank=int(rank) if rank else None,
        )
        add_once(names, (actor, column.name), column, row, "column")
        add_once(meanings, (uid, column.item_code, column.rank), column, row, "uid")
    return tuple(names.values())


def _parts(question: Question | None) -> tuple[Collection[str], Collection[str]]:
    """The item codes and ranks that a column of a question may have."""
    if question is None or question.type in (QuestionType.SINGLE, QuestionType.NUMERIC):
        return ("",), ("",)
    if question.type is QuestionType.TOP3:
        return ("",), RANKS
    return tuple(question.items), ("",)

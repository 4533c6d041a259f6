"""Reads which column of an export holds which question, item or rank."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from phare_pipeline.survey.codebook.model import Column, Question, Variable
from phare_pipeline.survey.codebook.rows import CodebookError, Tables, add_once
from phare_pipeline.survey.codebook.vocabulary import RANKS, QuestionType, VariableType

COLUMN_COLUMNS = ("actor", "column", "uid", "item_code", "rank")

_TABLE = "columns.csv"
_Meaning = tuple[str, str | None, int | None]


def read_columns(
    tables: Tables,
    actors: Collection[str],
    questions: Mapping[str, Question],
    variables: Mapping[str, Variable],
) -> tuple[Column, ...]:
    """The columns of the study's exports; a study without microdata has no such table.

    Raises:
        CodebookError: an unknown question, item or rank, a column or a meaning given twice, an
            actor's export without identifier or with a part of a question only.
    """
    names: dict[tuple[str, str], Column] = {}
    meanings: dict[_Meaning, Column] = {}
    for row in tables.optional_rows(_TABLE, COLUMN_COLUMNS):
        actor = row.one_of("actor", actors)
        known = [uid for uid in (*questions, *variables) if uid.startswith(f"{actor}:")]
        uid = row.one_of("uid", known)
        items, ranks = _parts(questions.get(uid))
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
    _refuse_gaps(tables, meanings, questions)
    _refuse_without_id(tables, meanings, variables)
    return tuple(names.values())


def _parts(question: Question | None) -> tuple[Collection[str], Collection[str]]:
    """The item codes and ranks that a column of a question may have."""
    if question is None or question.type in (QuestionType.SINGLE, QuestionType.NUMERIC):
        return ("",), ("",)
    if question.type is QuestionType.TOP3:
        return ("",), RANKS
    return tuple(question.items), ("",)


def _refuse_gaps(
    tables: Tables, meanings: Collection[_Meaning], questions: Mapping[str, Question]
) -> None:
    for uid in dict.fromkeys(uid for uid, _, _ in meanings if uid in questions):
        items, ranks = _parts(questions[uid])
        for item in items:
            for rank in ranks:
                if (uid, item or None, int(rank) if rank else None) not in meanings:
                    raise CodebookError(
                        f"Codebook: the columns of {uid} are not complete",
                        where=f"{tables.folder.name}/{_TABLE}",
                        found=f"no column for {item or f'the rank {rank}'}",
                        expected="a column for each item or rank of the question",
                        action="add it, or leave out the whole question",
                    )


def _refuse_without_id(
    tables: Tables, meanings: Collection[_Meaning], variables: Mapping[str, Variable]
) -> None:
    held = {uid for uid, _, _ in meanings}
    with_id = {v.actor for uid, v in variables.items() if v.type is VariableType.ID and uid in held}
    for actor in dict.fromkeys(uid.partition(":")[0] for uid, _, _ in meanings):
        if actor not in with_id:
            raise CodebookError(
                f"Codebook: the export of {actor} has no identifier",
                where=f"{tables.folder.name}/{_TABLE}",
                expected="the column of a variable of type id",
                action="add it; an identifier names nobody",
            )

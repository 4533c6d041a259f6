"""Reads one export from file to canonical tables, in the order in which faults can be judged.

Looked at first: size and kind of the file, then its shape, then personal data, then its columns;
only an export that passes all of that is decoded, and all faults of answers are told at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from phare_pipeline.registry.model import Registry
from phare_pipeline.survey.codebook import (
    Codebook,
    Column,
    ExportFile,
    ExportFormat,
    Question,
    Variable,
    VariableType,
)
from phare_pipeline.survey.exports.asking import settle_question, settle_variable
from phare_pipeline.survey.exports.codes import Answers, decode_column
from phare_pipeline.survey.exports.door import check_file, warn_of_readers
from phare_pipeline.survey.exports.frames import answers_frame
from phare_pipeline.survey.exports.headings import SUBMITTED, Headings
from phare_pipeline.survey.exports.issues import ExportError, Issue, IssueBook, Severity
from phare_pipeline.survey.exports.matching import match_columns
from phare_pipeline.survey.exports.personal import refuse_personal_data
from phare_pipeline.survey.exports.quotas import check_quotas
from phare_pipeline.survey.exports.respondents import describe_respondents
from phare_pipeline.survey.exports.rules import check_answers
from phare_pipeline.survey.exports.spss import read_spss
from phare_pipeline.survey.exports.table import Cells, RawTable
from phare_pipeline.survey.exports.text import read_text
from phare_pipeline.survey.exports.workbook import read_workbook

_ABOUT_ANSWERS = (VariableType.QUOTA, VariableType.PROFILE, VariableType.NUMERIC)


@dataclass(frozen=True, eq=False)
class Export:
    """An export without error. Both tables are private: they are never published.

    Attributes:
        actor: who answered.
        file: path below `raw/surveys/`.
        sha256: of the file.
        respondents: one row a respondent (see `describe_respondents`).
        answers: long (see `answers_frame`).
        warnings: what to tell beside its results.
    """

    actor: str
    file: str
    sha256: str
    respondents: pd.DataFrame
    answers: pd.DataFrame
    warnings: tuple[Issue, ...]


def read_export(surveys_dir: Path, codebook: Codebook, actor: str, registry: Registry) -> Export:
    """Read, decode and check the export of an actor.

    Args:
        surveys_dir: the folder `raw/surveys`, or another that holds the files of the study.
        codebook: of the study; it names the file, its columns, codes and rules.
        actor: one of the study's.
        registry: for the regions.

    Raises:
        ExportError: at the first of: a file that cannot be opened, personal data, columns that are
            missing; else with all errors of the answers. Its `issues` hold the warnings as well.
    """
    export = _export_of(codebook, actor)
    columns = codebook.columns_of(actor)
    if not columns:
        raise ExportError(
            f"The codebook does not say which column of the export of {actor} holds what",
            where=f"{codebook.study_id}/columns.csv",
            expected="a row for each column",
            action="add them",
        )
    path = surveys_dir / export.path
    sha256 = check_file(path, export)
    table = _open(path, export, Headings(codebook, actor))
    book = IssueBook(export.path)
    if not codebook.is_synthetic:
        warn_of_readers(path, book)
    refuse_personal_data(table, book)
    book.refuse_errors()
    match_columns(table, columns, book)
    book.refuse_errors()
    table = _without_incomplete(table, codebook, actor, export, book)
    respondents = describe_respondents(table, actor, codebook, registry, book)
    decoded = _decode(table, columns, codebook, export, book)
    book.refuse_errors()
    answers = answers_frame(respondents["respondent_id"].to_numpy(), decoded, actor, codebook)
    check_quotas(respondents, answers, codebook, codebook.margins, book)
    book.refuse_errors()
    return Export(actor, export.path, sha256, respondents, answers, book.issues)


def _export_of(codebook: Codebook, actor: str) -> ExportFile:
    try:
        return codebook.export_of(actor)
    except KeyError:
        raise ExportError(
            "A study has no export of this actor",
            where=f"{codebook.study_id}/study.toml",
            found=", ".join(e.actor for e in codebook.exports) or "no [[exports]]",
            expected=f"one of the actors of the study: {', '.join(codebook.actors)}",
            action=f"add an [[exports]] entry for {actor!r}, or ask for another actor",
        ) from None


def _open(path: Path, export: ExportFile, known: Headings) -> RawTable:
    if export.format is ExportFormat.SPSS:
        return read_spss(path, export.path)
    if path.suffix.lower() == ".xlsx":
        return read_workbook(path, export.path, export.sheet, known, export.header_rows)
    return read_text(path, export.path, known, export.header_rows)


def _without_incomplete(
    table: RawTable, codebook: Codebook, actor: str, export: ExportFile, book: IssueBook
) -> RawTable:
    """Set aside what LimeSurvey keeps of respondents who never submitted: no date of submission.

    The date stands in its own column, which a study may read as the day or not, else in that of the
    day.
    """
    variable = codebook.variable_of(actor, VariableType.DATE)
    names = [SUBMITTED] if SUBMITTED in table.columns else []
    names += [
        c.name for c in codebook.columns_of(actor) if variable and c.uid == variable.variable_id
    ]
    if export.format is not ExportFormat.LIMESURVEY or not names:
        return table
    is_complete = np.array([cell is not None for cell in table.columns[names[0]]])
    if not is_complete.any():
        raise ExportError(
            "An export holds incomplete responses only",
            where=f"{export.path}, column {names[0]}",
            found=f"{table.n} rows without a date of submission",
            expected="complete responses",
            action="export complete responses, with the column of the date of submission",
        )
    if not is_complete.all():
        book.add(
            Severity.WARNING,
            "incomplete",
            f"{int((~is_complete).sum())} of {table.n} responses are incomplete and were set aside",
            found="no date of submission",
            expected="complete responses",
            action="nothing, if the sample is large enough without them",
            column=names[0],
            lines=table.lines[~is_complete],
        )
    return table.keep(is_complete)


def _decode(
    table: RawTable,
    columns: Sequence[Column],
    codebook: Codebook,
    export: ExportFile,
    book: IssueBook,
) -> list[Answers]:
    """Decode the columns of questions, quotas and profiles, and judge them question by question."""
    by_uid: dict[str, list[Answers]] = {}
    for column in columns:
        thing: Question | Variable | None = codebook.questions.get(column.uid)
        if thing is None:
            thing = codebook.variables[column.uid]
            if thing.type not in _ABOUT_ANSWERS:
                continue
        answers = decode_column(column, thing, table, export.format, book)
        by_uid.setdefault(column.uid, []).append(answers)
    codes = _codes_for_filters(by_uid)
    for uid, group in by_uid.items():
        question = codebook.questions.get(uid)
        if question is None:
            settle_variable(codebook.variables[uid], group[0], export, table.lines, book)
        else:
            settle_question(question, group, codes, export, table.lines, book)
            check_answers(question, group, table.lines, book)
    return [answers for group in by_uid.values() for answers in group]


def _codes_for_filters(by_uid: Mapping[str, Sequence[Answers]]) -> dict[str, Cells]:
    """What filters look at: codes of one-column questions and variables, or numbers."""
    codes: dict[str, Cells] = {}
    for uid, group in by_uid.items():
        if len(group) == 1 and group[0].column.item_code is None:
            answers = group[0]
            is_number = ~np.isnan(answers.numbers)
            numbers = answers.numbers.astype(object)
            codes[uid.partition(":")[2]] = np.where(is_number, numbers, answers.codes)
    return codes

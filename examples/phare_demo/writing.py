"""Writes invented answers as three survey programs would export them; the bytes repeat themselves.

Every file says that it is synthetic: in its name, in its title or labels, and in a column.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.survey.codebook import (
    SYNTHETIC_FR,
    Codebook,
    Column,
    ExportFormat,
    OptionKind,
    Question,
    QuestionType,
    Variable,
    VariableType,
)
from phare_pipeline.survey.exports.header import BETWEEN
from phare_pipeline.survey.exports.matching import SYNTHETIC_COLUMN

Cells = NDArray[np.object_]
Frame = Mapping[str, Cells]

_SAV_CLOCK = slice(92, 109)
_NO_CLOCK = b"01 Jan 1600:00:00"
_CREATED = dt.datetime(2016, 1, 1)
_INCOMPLETE = 2
"""Responses that LimeSurvey keeps of people who gave up; a reader sets them aside."""


def write_export(path: Path, codebook: Codebook, actor: str, frame: Frame) -> None:
    """Write the export of an actor in the format that its study declares.

    Args:
        path: the file to write.
        codebook: of the study.
        actor: whose answers.
        frame: column of the codebook → (n,) code, date, or None where there is no answer.
    """
    _WRITERS[codebook.export_of(actor).format](path, codebook, actor, frame)


def _thing(codebook: Codebook, column: Column) -> Question | Variable:
    return codebook.questions.get(column.uid) or codebook.variables[column.uid]


# --- SPSS ----------------------------------------------------------------------------------------
def _write_spss(path: Path, codebook: Codebook, actor: str, frame: Frame) -> None:
    import pyreadstat

    data: dict[str, Sequence[object] | NDArray[np.float64]] = {}
    labels: dict[str, dict[int | float, str]] = {}
    missing: dict[str, list[Any]] = {}
    captions: dict[str, str | None] = {}
    for column in codebook.columns_of(actor):
        thing, cells = _thing(codebook, column), frame[column.name]
        captions[column.name] = _caption(thing, column)
        if thing.scale is None:
            data[column.name] = list(cells)
            continue
        data[column.name] = np.array([np.nan if c is None else float(c) for c in cells])
        labels[column.name] = {float(o.code): o.label_fr for o in thing.scale.options}
        codes = [float(o.code) for o in thing.scale.options if o.kind is not OptionKind.ANSWER]
        if codes:
            missing[column.name] = codes
    data[SYNTHETIC_COLUMN] = np.ones(len(frame[column.name]))
    captions[SYNTHETIC_COLUMN] = SYNTHETIC_FR.capitalize()
    pyreadstat.write_sav(
        pd.DataFrame(data),
        path,
        file_label=SYNTHETIC_FR.capitalize(),
        column_labels=captions,
        variable_value_labels=labels,
        missing_ranges=missing,
        row_compress=True,
    )
    content = bytearray(path.read_bytes())
    content[_SAV_CLOCK] = _NO_CLOCK
    path.write_bytes(content)


def _caption(thing: Question | Variable, column: Column) -> str:
    if isinstance(thing, Variable):
        return thing.label_fr
    item = "" if column.item_code is None else f" – {thing.items[column.item_code].label_fr}"
    return f"{thing.wording_fr}{item}"


# --- LimeSurvey ----------------------------------------------------------------------------------
def _write_limesurvey(path: Path, codebook: Codebook, actor: str, frame: Frame) -> None:
    columns = codebook.columns_of(actor)
    shown = {c.name: _as_limesurvey(_thing(codebook, c), frame[c.name]) for c in columns}
    n = len(next(iter(shown.values())))
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*shown, "startlanguage", SYNTHETIC_COLUMN])
    for i in range(n):
        writer.writerow([*(cells[i] for cells in shown.values()), "fr", "1"])
    for i in range(_INCOMPLETE):
        writer.writerow([str(n + i + 1), *[""] * (len(shown) - 1), "fr", "1"])
    path.write_text(text.getvalue(), "utf-8-sig")


def _as_limesurvey(thing: Question | Variable, cells: Cells) -> list[str]:
    words: dict[str | None, str] = {None: ""}
    if isinstance(thing, Question) and thing.type is QuestionType.MULTI and thing.scale:
        for option in thing.scale.options:
            if not option.is_missing:
                words[option.code] = "Y" if option.is_positive else "N"
    if thing.type is VariableType.DATE:
        return [f"{day} 10:00:00" for day in cells]
    return [words.get(cell, str(cell)) for cell in cells]


# --- institute -----------------------------------------------------------------------------------
def _write_workbook(path: Path, codebook: Codebook, actor: str, frame: Frame) -> None:
    import xlsxwriter

    export = codebook.export_of(actor)
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": codebook.title, "created": _CREATED})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(export.sheet)
    names = [*(c.name for c in codebook.columns_of(actor)), SYNTHETIC_COLUMN]
    sheet.merge_range(0, 0, 0, 9, codebook.title)
    sheet.write(1, 0, f"Réponses individuelles – {codebook.actors[actor].label_fr}")
    top = 3
    for i, name in enumerate(names):
        upper, _, lower = name.partition(BETWEEN)
        if lower:
            sheet.write(top, i, upper)
            sheet.write(top + 1, i, lower)
        else:
            sheet.merge_range(top, i, top + 1, i, name)
    _merge_headings(sheet, names, top)
    for i, column in enumerate(codebook.columns_of(actor)):
        is_coded = _thing(codebook, column).scale is not None
        for j, cell in enumerate(frame[column.name]):
            if isinstance(cell, dt.date):
                sheet.write_datetime(top + 2 + j, i, dt.datetime(*cell.timetuple()[:3]), day)
            elif cell is not None and is_coded:
                sheet.write_number(top + 2 + j, i, float(cell))
            elif cell is not None:
                sheet.write_string(top + 2 + j, i, str(cell))
    for j in range(len(frame[names[0]])):
        sheet.write_number(top + 2 + j, len(names) - 1, 1)
    about = book.add_worksheet("Lisez-moi")
    about.write(0, 0, codebook.title)
    about.write(1, 0, codebook.note_fr)
    book.close()


def _merge_headings(sheet: Any, names: list[str], top: int) -> None:
    """Merge the cells of one question's heading over its columns, as spreadsheets are made."""
    start = 0
    uppers = [name.partition(BETWEEN) for name in names]
    for i in range(1, len(names) + 1):
        is_same = i < len(names) and uppers[i][0] == uppers[start][0] and uppers[i][1]
        if not is_same:
            if i - start > 1:
                sheet.merge_range(top, start, top, i - 1, uppers[start][0])
            start = i


_WRITERS: Mapping[ExportFormat, Callable[[Path, Codebook, str, Frame], None]] = {
    ExportFormat.SPSS: _write_spss,
    ExportFormat.LIMESURVEY: _write_limesurvey,
    ExportFormat.INSTITUTE: _write_workbook,
}

"""Damage to surveys: tables of printed figures with renewed pins, and exports of answers.

Printed figures are those of the study of 2016; what their rules find is published beside them as
`data_issues`. Exports are those of the small study of the unit tests: no real answers exist.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

from phare_pipeline.errors import PhareError
from phare_pipeline.steps.common.studies import waves
from phare_pipeline.steps.staging.surveys import read_wave
from phare_pipeline.survey.computed import compute_results
from phare_pipeline.survey.consistency import check_study
from phare_pipeline.survey.exports import Export
from phare_pipeline.survey.published.study import load_published_study
from tests.integration.corruption.kinds import Change, Judgement, Kind, Outcome
from tests.integration.corruption.staged import Clean, context_of
from tests.integration.small import STUDY, Installation, pin_study_file
from tests.unit.survey.exports_kit import Study, rows, write_csv

PRINTED, EXPORT = "printed figures", "export of answers"
ACTOR = "citoyens"
RESULT = ["area_id", "question_id", "item_code", "segment_id", "statistic", "band"]

Rows = list[dict[str, str]]
Edit = Callable[[Rows, random.Random], Rows]


# --- tools -------------------------------------------------------------------------------------
def printed_file(folder: Path) -> Path:
    """Return the table of printed figures of an installation."""
    return Installation(folder).raw / "surveys" / "published" / f"{STUDY}.csv"


def printed(edit: Edit) -> Change:
    """Return a change of the rows of the table of printed figures."""
    return lambda folder, chance: edit_csv(printed_file(folder), ",", "utf-8", edit, chance)


def export(edit: Edit) -> Change:
    """Return a change of the rows of an export; the folder is that of its study."""
    return lambda folder, chance: edit_csv(export_file(folder), ";", "cp1252", edit, chance)


def export_file(folder: Path) -> Path:
    """Return the export of the small study."""
    return folder / "surveys" / "exports" / f"{ACTOR}.csv"


def edit_csv(path: Path, delimiter: str, encoding: str, edit: Edit, chance: random.Random) -> None:
    """Change the rows of a csv by the names of its columns."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter)
        names, found = list(reader.fieldnames or ()), list(reader)
    found = edit(found, chance)
    out = io.StringIO()
    columns = list(found[0]) if set(found[0]) != set(names) else names
    writer = csv.DictWriter(out, columns, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    path.write_text(out.getvalue(), encoding, newline="")


def raw_bytes(
    path_of: Callable[[Path], Path], edit: Callable[[bytes, random.Random], bytes]
) -> Change:
    """Return a change of the bytes of a file."""

    def change(folder: Path, chance: random.Random) -> None:
        path = path_of(folder)
        path.write_bytes(edit(path.read_bytes(), chance))

    return change


def every(column: str, edit: Callable[[str], str]) -> Edit:
    """Return an edit of all cells of a column."""
    return lambda found, _: [{**row, column: edit(row[column])} for row in found]


def one(column: str, edit: Callable[[dict[str, str]], str], **equal: str) -> Edit:
    """Return an edit of one cell, in a row that has some values."""

    def change(found: Rows, chance: random.Random) -> Rows:
        places = [i for i, row in enumerate(found) if equal.items() <= row.items()]
        place = chance.choice(places)
        found[place] = {**found[place], column: edit(found[place])}
        return found

    return change


def swap_rows(found: Rows, chance: random.Random) -> Rows:
    i, j = chance.sample(range(len(found)), 2)
    found[i], found[j] = found[j], found[i]
    return found


def swap_cells(column: str, **equal: str) -> Edit:
    """Return an edit that exchanges the cells of two rows that have some values."""

    def change(found: Rows, chance: random.Random) -> Rows:
        places = [i for i, row in enumerate(found) if equal.items() <= row.items()]
        i = chance.choice(places)
        j = next(k for k in places if found[k][column] != found[i][column])
        for name in (column, f"{column}_printed"):
            if name in found[i]:
                found[i][name], found[j][name] = found[j][name], found[i][name]
        return found

    return change


def shift(first: str) -> Edit:
    """Return an edit that moves the cells of every row one column to the left from a column on."""

    def change(found: Rows, _: random.Random) -> Rows:
        names = list(found[0])
        start = names.index(first)
        moved = []
        for row in found:
            cells = list(row.values())
            cells = [*cells[:start], *cells[start + 1 :], ""]
            moved.append(dict(zip(names, cells, strict=True)))
        return moved

    return change


def drop(**equal: str) -> Edit:
    """Return an edit that drops one row that has some values."""

    def change(found: Rows, chance: random.Random) -> Rows:
        places = [i for i, row in enumerate(found) if equal.items() <= row.items()]
        del found[chance.choice(places)]
        return found

    return change


def duplicate_block(found: Rows, chance: random.Random) -> Rows:
    first = chance.randrange(len(found) - 5)
    return [*found[: first + 5], *found[first : first + 5], *found[first + 5 :]]


def rename(old: str, new: str) -> Edit:
    """Return an edit that gives a column another header."""
    return lambda found, _: [
        {new if name == old else name: cell for name, cell in row.items()} for row in found
    ]


def thousand(text: str) -> str:
    if not text:
        return text
    number = f"{1000 * float(text.replace(',', '.')):g}"
    return number.replace(".", ",") if "," in text else number


def point(text: str) -> str:
    return text.replace(",", ".")


def comma(text: str) -> str:
    return text.replace(".", ",")


def add_column(name: str, cell: str) -> Edit:
    """Return an edit that adds a column with one text in all rows."""
    return lambda found, _: [{**row, name: cell} for row in found]


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) // 3, 2 * len(content) // 3)]


def mix(old: bytes, new: bytes) -> Callable[[bytes, random.Random], bytes]:
    """Return an edit that writes one text in another encoding."""

    def change(content: bytes, _: random.Random) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return change


MEAN = {"statistic": "mean", "actor": ACTOR}
LOW = {"statistic": "share_band_low", "actor": ACTOR}
ANSWERS = "an answer that could be true: only who asked can know; the audit of the field work"
ROUNDED = "a printed figure that contradicts no other one; the pin of the reviewed table shows it"

KINDS: tuple[Kind, ...] = (
    Kind("printed: two rows swapped", PRINTED, printed(swap_rows), Outcome.UNCHANGED),
    Kind("printed: column shifted", PRINTED, printed(shift("item_code")), Outcome.REFUSED),
    Kind("printed: a band dropped", PRINTED, printed(drop(**LOW)), Outcome.FLAGGED),
    Kind("printed: decimal mark changed", PRINTED, printed(every("value", comma)), Outcome.REFUSED),
    Kind("printed: block duplicated", PRINTED, printed(duplicate_block), Outcome.REFUSED),
    Kind(
        "printed: area of before 2016",
        PRINTED,
        printed(every("area_id", lambda t: "nord-pas-de-calais" if t == "hauts-de-france" else t)),
        Outcome.REFUSED,
    ),
    Kind("printed: truncated", PRINTED, raw_bytes(printed_file, cut), Outcome.FLAGGED),
    Kind("printed: scaled by 1 000", PRINTED, printed(every("value", thousand)), Outcome.REFUSED),
    Kind("printed: header renamed", PRINTED, printed(rename("value", "valeur")), Outcome.REFUSED),
    Kind(
        "printed: encodings mixed",
        PRINTED,
        raw_bytes(printed_file, mix("é".encode(), "é".encode("cp1252"))),
        Outcome.REFUSED,
    ),
    Kind(
        "printed: another number than its own print",
        PRINTED,
        printed(one("value", lambda row: str(float(row["value"]) + 1), **MEAN)),
        Outcome.REFUSED,
    ),
    Kind(
        "printed: two bands exchanged",
        PRINTED,
        printed(swap_cells("value", **LOW)),
        Outcome.FLAGGED,
    ),
    Kind(
        "printed: two means exchanged",
        PRINTED,
        printed(swap_cells("value", **MEAN)),
        Outcome.FLAGGED,
    ),
    Kind("answers: two rows swapped", EXPORT, export(swap_rows), Outcome.UNCHANGED),
    Kind("answers: column shifted", EXPORT, export(shift("sexe")), Outcome.REFUSED),
    Kind("answers: block duplicated", EXPORT, export(duplicate_block), Outcome.REFUSED),
    Kind("answers: truncated", EXPORT, raw_bytes(export_file, cut), Outcome.REFUSED),
    Kind("answers: header renamed", EXPORT, export(rename("Q3", "Q33")), Outcome.REFUSED),
    Kind("answers: header lost", EXPORT, export(rename("poids", "")), Outcome.REFUSED),
    Kind("answers: decimal mark changed", EXPORT, export(every("poids", point)), Outcome.UNCHANGED),
    Kind(
        "answers: weights scaled by 1 000",
        EXPORT,
        export(every("poids", thousand)),
        Outcome.UNCHANGED,
    ),
    Kind(
        "answers: UTF-16",
        EXPORT,
        raw_bytes(export_file, lambda b, _: b.decode("cp1252").encode("utf-16")),
        Outcome.REFUSED,
    ),
    Kind(
        "answers: nomenclature flipped: a département for a region",
        EXPORT,
        export(every("region", lambda t: "59" if t == "32" else t)),
        Outcome.REFUSED,
    ),
    Kind(
        "answers: region of before 2016",
        EXPORT,
        export(every("region", lambda t: "31" if t == "32" else t)),
        Outcome.UNCHANGED,
    ),
    Kind(
        "answers: a code beyond its scale",
        EXPORT,
        export(one("Q1[SQ001]", lambda _: "11")),
        Outcome.REFUSED,
    ),
    Kind(
        "answers: a formula in a cell",
        EXPORT,
        export(one("Q3", lambda _: "=1+1")),
        Outcome.REFUSED,
    ),
    Kind(
        "answers: names of respondents",
        EXPORT,
        export(add_column("email", "a.b@exemple.fr")),
        Outcome.REFUSED,
    ),
    Kind(
        "answers: two codes of a quota exchanged",
        EXPORT,
        export(every("sexe", lambda t: {"1": "2", "2": "1"}.get(t, t))),
        Outcome.REFUSED,
    ),
    Kind(
        "answers: a filtered question answered",
        EXPORT,
        export(one("Q6", lambda _: "2", Q6="")),
        Outcome.REFUSED,
    ),
    Kind("answers: a respondent dropped", EXPORT, export(drop()), Outcome.SILENT, ANSWERS),
    Kind(
        "answers: plausible outlier",
        EXPORT,
        export(one("Q1[SQ001]", lambda row: "10" if row["Q1[SQ001]"] != "10" else "1")),
        Outcome.SILENT,
        ANSWERS,
    ),
)


# --- what becomes of them ----------------------------------------------------------------------
def judge(kind: Kind, clean: Clean, folder: Path) -> Judgement:
    """Damage a copy; say what becomes of it, and the message or what is published."""
    if kind.where == EXPORT:
        return _judge_export(kind, folder)
    copy = clean.installation.copy_to(folder)
    kind.change(copy.folder, kind.chance)
    pin_study_file(copy, printed_file(copy.folder))
    try:
        if read_printed(copy).equals(read_printed(clean.installation)):
            return Outcome.UNCHANGED, ""
        known = findings(clean.installation)
        new = [text for text in findings(copy) if text not in known]
    except PhareError as error:
        return Outcome.REFUSED, error.what
    return (Outcome.FLAGGED, f"data_issues: {new[0]}") if new else (Outcome.SILENT, "")


@cache
def read_printed(installation: Installation) -> pd.DataFrame:
    """Return the results of an actor as the pipeline publishes them.

    Raises:
        PhareError: something is refused.
    """
    context = context_of(installation)
    [wave] = [w for w in waves(context) if (w.study_id, w.actor) == (STUDY, ACTOR)]
    built = read_wave(context, wave)
    if not built.passed:
        raise built.error(ACTOR)
    frame: pd.DataFrame = built.table.to_pandas()
    return frame[[*RESULT, "value", "base_n"]].sort_values(RESULT, ignore_index=True)


@cache
def findings(installation: Installation) -> tuple[str, ...]:
    """Return what the rules find in the printed figures of the study."""
    registry = context_of(installation).registry
    study = load_published_study(installation.raw / "surveys", STUDY, registry)
    return tuple(f"{found.rule_id}: {found.message_fr}" for found in check_study(study))


def _judge_export(kind: Kind, folder: Path) -> Judgement:
    study = make_study(folder / "damaged")
    kind.change(folder / "damaged", kind.chance)
    whole = make_study(folder / "whole").read()
    try:
        found = study.read()
    except PhareError as error:
        return Outcome.REFUSED, error.what
    if _results(study, whole) == _results(study, found):
        return Outcome.UNCHANGED, ""
    new = [str(w) for w in found.warnings if w not in whole.warnings]
    return (Outcome.FLAGGED, new[0]) if new else (Outcome.SILENT, "")


def _results(study: Study, export: Export) -> dict[object, float]:
    """Return what would be published of an export, but for the last digits of sums."""
    found = compute_results(study.codebook, export.respondents, export.answers, ()).results
    return {result.key: round(result.value, 9) for result in found}


def make_study(folder: Path) -> Study:
    """Write the small study with its export."""
    folder.mkdir(parents=True)
    study = Study(folder, "institute", ".csv")
    write_csv(study.path, rows())
    return study

"""What an export may hide, leave open or write otherwise, in cases that are made anew."""

import csv
import io
import itertools
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phare_pipeline.survey.exports import Export, ExportError, read_export
from phare_pipeline.survey.exports.headings import Headings
from phare_pipeline.survey.exports.table import MissingRange, ambiguous_numbers, number_of
from tests.unit.survey.exports_kit import (
    N,
    Rows,
    Study,
    rows,
    write_csv,
    write_limesurvey,
    write_sav,
    write_xlsx,
)
from tests.unit.survey.kit import REGISTRY

anew = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
counter = itertools.count()


@pytest.fixture(scope="module")
def new(tmp_path_factory):
    """A new study at each call, for tests that hypothesis calls many times."""
    return lambda form="institute", ending=".csv": Study(
        tmp_path_factory.mktemp(f"door{next(counter)}"), form, ending
    )


def refuse(study: Study, rule: str | None = None) -> ExportError:
    with pytest.raises(ExportError) as error:
        study.read()
    assert rule is None or rule in {issue.rule for issue in error.value.issues}
    return error.value


def answers_of(export: Export) -> list[tuple[object, ...]]:
    frame = export.answers.astype(object)
    return [tuple(row) for row in frame.where(frame.notna(), None).to_numpy()]


# --- hidden rows ---------------------------------------------------------------------------------
def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Change the XML of every sheet."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(old, new))


@anew
@given(
    hidden=st.sets(st.integers(0, N - 1), max_size=15),
    how=st.sampled_from(["hidden", "height"]),
    title=st.booleans(),
)
def test_rows_that_a_sheet_hides_are_refused_with_their_lines(new, hidden, how, title):
    study = new("institute", ".xlsx")
    first = write_xlsx(study.path, rows(), title=title, merged=False)
    book = openpyxl.load_workbook(study.path)
    answers = book["Réponses"]
    # A sheet without answers may hide what it likes, a title too.
    other = book.create_sheet("Codes", 0)
    other.append(["a"])
    other.row_dimensions[1].hidden = True
    if title:
        answers.row_dimensions[1].hidden = True
    for i in hidden:
        answers.row_dimensions[first + i].hidden = True
    book.save(study.path)
    if how == "height":
        rewrite(study.path, b' hidden="1"', b' ht="0" customHeight="1"')
    study.declare('sheet = "Réponses"')
    if not hidden:
        assert len(study.read().respondents) == N
        return
    error = refuse(study)
    assert error.what == "Rows of a sheet are hidden"
    lines = [str(first + i) for i in sorted(hidden)][:10]
    assert f"lines {', '.join(lines)}" in (error.where or "")
    assert f"{len(hidden)} hidden rows of {N}" in (error.found or "")


# --- declared missing ----------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "value", "missing"),
    [
        ("poids", 99.0, [99]),
        ("poids", 99.0, [{"lo": 90, "hi": 999}]),
        ("region", "32", ["32"]),
        ("region", "Bretagne", ["99", "Bretagne"]),
        ("ident", "r003", ["r003"]),
    ],
)
def test_what_spss_declares_missing_is_nobodys_value(tmp_path, column, value, missing):
    study = Study(tmp_path, "spss", ".sav")
    data = rows()
    data[3][column] = value
    write_sav(study.path, data, missing_ranges={column: missing})
    study.change("margins.csv", "citoyens,france,citoyens:salaries,,1200.5,total,INSEE\n", "")
    error = refuse(study, "declared_missing")
    issue = next(issue for issue in error.issues if issue.rule == "declared_missing")
    assert 4 in issue.lines and issue.column == column
    assert "declares missing" in issue.what


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2).map(sorted), st.floats(-1e6, 1e6))
def test_a_range_holds_numbers_however_they_are_written(ends, value):
    missing = MissingRange(*ends)
    assert missing.holds(value) == (ends[0] <= value <= ends[1])
    written = f"{value:.6f}"
    assert missing.holds(written.replace(".", ",")) == missing.holds(float(written))
    assert not missing.holds("abc") and not missing.holds(None)
    assert MissingRange("32", "32").holds("32") and not MissingRange("32", "32").holds(32.0)


# --- thousands or decimals -----------------------------------------------------------------------
def cells(*values: object) -> np.ndarray:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


unclear = st.builds("{}{}{:03d}".format, st.integers(1, 999), st.just("#"), st.integers(0, 999))
clear = st.one_of(
    st.builds("0#{:03d}".format, st.integers(0, 999)),
    st.builds("{}#{}".format, st.integers(0, 999), st.sampled_from(["1", "25", "1234", "00001"])),
    st.builds("{}#{:03d}".format, st.integers(1000, 99999), st.integers(0, 999)),
)
wholes = st.lists(st.integers(0, 10**6).map(str) | st.none() | st.floats(0, 9), max_size=5)


@given(st.lists(unclear, min_size=1, max_size=4), wholes, st.sampled_from(".,"))
def test_three_digits_behind_a_mark_may_be_thousands(texts, others, mark):
    texts = [text.replace("#", mark) for text in texts]
    found = ambiguous_numbers(cells(*texts, *others))
    assert found.tolist() == [True] * len(texts) + [False] * len(others)


@given(st.lists(unclear, max_size=4), clear, wholes, st.sampled_from([",.", ".,"]))
def test_another_cell_of_the_column_tells_decimals(texts, sure, others, marks):
    mark, other = marks
    column = [*(text.replace("#", mark) for text in texts), sure.replace("#", mark), *others]
    assert not ambiguous_numbers(cells(*column)).any()
    # The other mark stays unclear.
    found = ambiguous_numbers(cells(*column, f"7{other}125"))
    assert found.sum() == 1 and found[-1]


@given(st.floats(1e-12, 1e9, allow_nan=False))
def test_numbers_of_full_precision_are_read(value):
    assert number_of(repr(value).replace(".", ",")) in (value, None)
    if "e+" not in repr(value):
        assert number_of(repr(value)) == value


@anew
@given(
    text=unclear, mark=st.sampled_from(".,"), column=st.sampled_from(["salaries", "poids", "Q6"])
)
def test_an_ambiguous_number_is_refused_with_its_line(new, text, mark, column):
    study = new()
    data = [{**row, "poids": 1} for row in rows()]
    data[5][column] = text.replace("#", mark)
    write_csv(study.path, data)
    error = refuse(study, "ambiguous_number")
    issue = next(issue for issue in error.issues if issue.rule == "ambiguous_number")
    assert (issue.lines, issue.column) == ((7,), column)
    assert "mark of thousands" in issue.action


# --- LimeSurvey ----------------------------------------------------------------------------------
@anew
@given(st.lists(st.booleans(), min_size=N, max_size=N))
def test_letters_of_yes_no_and_gender_are_their_answers(new, is_letter):
    """The same tables, whichever cells are exported as a letter."""
    plain, lettered = new("limesurvey"), new("limesurvey")
    write_limesurvey(plain.path, rows())
    data = rows()
    for row, turned in zip(data, is_letter, strict=True):
        if turned:
            row["Q3"] = {1: "Y", 2: "N"}.get(row["Q3"], row["Q3"])  # type: ignore[call-overload]
            row["sexe"] = {1: "M", 2: "F"}[row["sexe"]]  # type: ignore[index]
    write_limesurvey(lettered.path, data)
    assert answers_of(lettered.read()) == answers_of(plain.read())


def test_letters_are_no_codes_of_an_institute(tmp_path):
    study = Study(tmp_path, "institute", ".csv")
    data = rows()
    data[0]["Q3"] = "Y"
    write_csv(study.path, data)
    refuse(study, "unknown_code")


@anew
@given(st.sets(st.integers(0, N - 1), max_size=N - 25))
def test_partial_responses_are_set_aside_and_counted(new, partial):
    """LimeSurvey's own date says who gave up, though the study reads another column as the day."""
    study = new("limesurvey")
    data = [
        {**row, "submitdate": None if i in partial else "2020-01-10 10:00:00"}
        for i, row in enumerate(rows())
    ]
    write_limesurvey(study.path, data)
    study.change("margins.csv", ",47,%", ",48,%")
    study.change("margins.csv", ",53,%", ",52,%")
    try:
        export = study.read()
    except ExportError as error:
        issues, n = error.issues, None
        assert {issue.rule for issue in issues} <= {"incomplete", "quota_gap", "many_dont_know"}
    else:
        issues, n = export.warnings, len(export.respondents)
    assert n in (None, N - len(partial))
    found = [issue.what for issue in issues if issue.rule == "incomplete"]
    told = f"{len(partial)} of {N} responses are incomplete and were set aside"
    assert found == ([told] if partial else [])


# --- headings ------------------------------------------------------------------------------------
TEXTS = {
    "ident": "Identifiant", "region": "Région", "poids": "Poids", "jour": "Jour", "sexe": "Sexe",
    "age": "Âge", "salaries": "Salariés", "Q1[SQ001]": "Note de fragilité [Emploi]",
    "Q1[SQ002]": "Note de fragilité [Santé]", "Q2[SQ001]": "Objectif [Aider]", "Q3": "Engagement",
    "Q4[SQ001]": "Niveaux [Local]", "Q4[SQ002]": "Niveaux [Régional]",
    "Q4[SQ003]": "Niveaux [Aucun]", "Q5[1]": "Trois priorités [Rang 1]",
    "Q5[2]": "Trois priorités [Rang 2]", "Q5[3]": "Trois priorités [Rang 3]",
    "Q6": "Nombre d’actions", "Q7": "Avenir",
}  # fmt: skip
forms = st.sampled_from(["{code}", "{code}. {text}", "{code}: {text}", "{code} - {text}", "{text}"])


@anew
@given(st.lists(forms, min_size=len(TEXTS), max_size=len(TEXTS)), st.sampled_from(";,\t"))
def test_a_heading_is_a_code_a_text_or_both(new, chosen, delimiter):
    plain, study = new(), new()
    write_csv(plain.path, rows(), decimal=".")
    shown = {
        code: form.format(code=code, text=text)
        for (code, text), form in zip(TEXTS.items(), chosen, strict=True)
    }
    data = [{shown[name]: value for name, value in row.items()} for row in rows()]
    write_csv(study.path, data, delimiter=delimiter, decimal=".", encoding="utf-8")
    assert answers_of(study.read()) == answers_of(plain.read())


def test_a_text_of_two_columns_and_a_code_of_two_headings_name_none(tmp_path):
    study = Study(tmp_path, "institute", ".csv")
    study.change(
        "variables.csv", "citoyens:age,citoyens,quota,Âge", "citoyens:age,citoyens,quota,Sexe"
    )
    headings = Headings(study.codebook, "citoyens")
    assert headings.rename(["Sexe", "Engagement"]) == ["Sexe", "Q3"]
    assert headings.rename(["Q3. Engagement", "Q3. Autre"]) == ["Q3. Engagement", "Q3. Autre"]
    assert headings.rename(["Q3", "Q3. Autre"]) == ["Q3", "Q3. Autre"]
    assert headings.rename(["Date de soumission"]) == ["submitdate"]


# --- several rows of headings --------------------------------------------------------------------
def write_two_rows(
    study: Study, upper: list[str], lower: list[str], data: Rows, above: int
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([["Étude d’essai"]] * above)
    writer.writerows([upper, lower])
    writer.writerows([["" if v is None else v for v in row.values()] for row in data])
    study.path.write_text(text.getvalue(), "utf-8")


@anew
@given(
    above=st.integers(0, 3),
    lower=st.sampled_from(["the same", "texts", "parts"]),
    declared=st.booleans(),
)
def test_several_heading_rows_give_one_message_that_says_what_to_declare(
    new, above, lower, declared
):
    study = new()
    codes = list(TEXTS)
    if lower == "parts":
        text = (study.folder / "columns.csv").read_text("utf-8")
        (study.folder / "columns.csv").write_text(text.replace("[SQ", " / SQ").replace("]", ""))
        upper, second = zip(*(code.partition("[")[::2] for code in codes), strict=True)
        second = tuple(part.rstrip("]") for part in second)
        study.change("columns.csv", "Q5[1", "Q5 / 1")
        study.change("columns.csv", "Q5[2", "Q5 / 2")
        study.change("columns.csv", "Q5[3", "Q5 / 3")
    else:
        upper = tuple(codes)
        second = upper if lower == "the same" else tuple(TEXTS.values())
    write_two_rows(study, list(upper), list(second), rows(), above)
    if declared:
        study.declare("header_rows = 2")
        export = study.read()
        assert export.respondents["line"].tolist() == list(range(above + 3, above + 3 + N))
        return
    error = refuse(study)
    assert error.issues == ()
    assert error.what == "The headings of an export stand in several rows"
    assert f"lines {above + 1} to {above + 2}" in (error.where or "")
    assert "`header_rows = 2`" in (error.action or "")


# --- other readers -------------------------------------------------------------------------------
@given(st.integers(0, 0o777))
@anew
def test_an_export_that_others_may_read_is_told(new, mode):
    study = new()
    write_csv(study.path, rows())
    study.path.chmod(mode | 0o400)
    export = read_export(study.surveys, study.codebook, "citoyens", REGISTRY)
    rules = [issue.rule for issue in export.warnings]
    assert rules == (["readable_by_others"] if mode & 0o077 else [])
    assert study.path.stat().st_mode & 0o777 == mode | 0o400


# --- free text -----------------------------------------------------------------------------------
@anew
@given(
    st.text("abcdefghijklmnopqrstuvwxyz éèç'-", min_size=3, max_size=60),
    st.sampled_from(["remarque", "Q3[other]", "Q1[SQ001comment]", "Q9. Autre"]),
)
def test_no_text_is_kept_that_the_codebook_does_not_declare(new, text, heading):
    study = new()
    marked = f"zq{text}zq"
    write_csv(study.path, [{**row, heading: marked} for row in rows()], encoding="utf-8")
    export = study.read()
    for frame in (export.respondents, export.answers):
        assert not frame.astype(str).apply(lambda column: column.str.contains("zq")).any(axis=None)
    assert "zq" not in repr(export.warnings)


@given(st.text("abcdefghijklmnopqrstuvwxyzABC._-", min_size=1, max_size=40))
@anew
def test_an_identifier_without_a_digit_may_be_a_name(new, word):
    study = new()
    data = rows()
    data[0]["ident"] = word
    write_csv(study.path, data)
    refuse(study, "id_form")

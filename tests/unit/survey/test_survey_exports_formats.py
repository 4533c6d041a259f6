"""Every format gives the same respondents and answers; the three kinds of missing stay apart."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from phare_pipeline.survey.exports import Export
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

FORMATS = {
    "institute csv": ("institute", ".csv"),
    "institute xlsx": ("institute", ".xlsx"),
    "limesurvey csv": ("limesurvey", ".csv"),
    "limesurvey xlsx": ("limesurvey", ".xlsx"),
    "sav": ("spss", ".sav"),
    "zsav": ("spss", ".zsav"),
}


def write(study: Study, kind: str, data: Rows) -> None:
    """Write an export as its program would."""
    if kind.endswith("sav"):
        missing = {"Q1_SQ002": [98, 99], "Q3": [{"lo": 97, "hi": 99}]}
        write_sav(study.path, data, compress=kind == "zsav", missing_ranges=missing)
    elif kind == "limesurvey csv":
        write_limesurvey(study.path, data)
    elif kind == "limesurvey xlsx":
        words = {1: "Y", 0: None}
        cleared = [
            {n: words.get(v, v) if n.startswith("Q4") else v for n, v in row.items()}  # type: ignore[call-overload]
            for row in data
        ]
        write_xlsx(study.path, cleared, title=False, merged=False)
    elif kind == "institute xlsx":
        study.declare("header_rows = 2")
        write_xlsx(study.path, data)
    else:
        write_csv(study.path, data)


def read(tmp_path: Path, kind: str, data: Rows | None = None) -> Export:
    study = Study(tmp_path, *FORMATS[kind])
    write(study, kind, rows() if data is None else data)
    return study.read()


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return read(tmp_path_factory.mktemp("reference"), "institute csv")


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.slow if kind.endswith("sav") else ())
        for kind in FORMATS
        if kind != "institute csv"
    ],
)
def test_every_format_gives_the_same_tables(tmp_path, reference, kind):
    found = read(tmp_path, kind)
    pd.testing.assert_frame_equal(plain(found.answers), plain(reference.answers))
    respondents = found.respondents.drop(columns="line")
    pd.testing.assert_frame_equal(
        plain(respondents), plain(reference.respondents.drop(columns="line"))
    )


def test_lines_are_those_of_the_file(tmp_path, reference):
    assert reference.respondents["line"].tolist() == list(range(2, N + 2))
    study = Study(tmp_path, "institute", ".xlsx")
    study.declare("header_rows = 2")
    first = write_xlsx(study.path, rows())
    assert study.read().respondents["line"].tolist() == list(range(first, first + N))


def test_respondents_have_place_weight_and_day(reference):
    respondents = reference.respondents
    assert respondents["respondent_id"].tolist() == [f"r{i:03d}" for i in range(N)]
    assert set(respondents["region_code"]) == {"32", "53"}
    assert respondents["area_id"].isna().all()
    assert respondents["weight"].tolist() == [0.5 + i % 4 / 4 for i in range(N)]
    assert str(respondents["answered_on"].iloc[0]) == "2020-01-06"
    assert not respondents["is_synthetic"].any()
    assert set(respondents["study_id"]) == {"essai-2020"}
    assert reference.warnings == ()
    assert len(reference.sha256) == 64


def test_kinds_of_missing_are_never_merged(reference):
    answers = reference.answers
    sante = answers[(answers["uid"] == "citoyens:Q1") & (answers["item_code"] == "sante")]
    assert sante["kind"].value_counts().to_dict() == {
        "answer": 30,
        "dont_know": 5,
        "refused": 5,
        "not_asked": 0,
    }
    assert sante["number"].notna().sum() == 30
    q4 = answers[(answers["uid"] == "citoyens:Q4") & (answers["item_code"] == "local")]
    assert q4["kind"].value_counts()["not_asked"] == 10
    assert set(q4.loc[q4["kind"] == "answer", "code"]) == {"0", "1"}
    q3 = answers[answers["uid"] == "citoyens:Q3"]
    assert set(q3.loc[q3["kind"] == "dont_know", "item_code"]) == {"nsp"}
    assert q3.loc[q3["kind"] == "refused", "item_code"].isna().all()


def test_ranks_name_items_and_unused_ranks_have_no_row(reference):
    q5 = reference.answers[reference.answers["uid"] == "citoyens:Q5"]
    assert q5.groupby("rank").size().to_dict() == {1: N, 2: N - 7, 3: N - 14}
    first = q5[(q5["respondent_id"] == "r002")].sort_values("rank")
    assert first["item_code"].tolist() == ["logement", "culture", "emploi"]


def test_numbers_and_quotas_are_answers_too(reference):
    answers = reference.answers
    q6 = answers[answers["uid"] == "citoyens:Q6"]
    assert np.nansum(q6["number"]) == sum(1 + i % 3 for i in range(N) if i % 4 != 3)
    assert set(answers.loc[answers["uid"] == "citoyens:sexe", "item_code"]) == {"homme", "femme"}
    assert answers.loc[answers["uid"] == "citoyens:salaries", "number"].sum() == sum(range(10, 50))


# --- text files ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("delimiter", "encoding", "decimal"),
    [(";", "utf-8", ","), (";", "utf-8-sig", "."), (",", "utf-8", "."), ("\t", "cp1252", ",")],
)
def test_texts_of_other_habits(tmp_path, reference, delimiter, encoding, decimal):
    study = Study(tmp_path, "institute", ".csv")
    data = rows()
    data[0]["region"] = "Île-de-France"
    write_csv(study.path, data, delimiter=delimiter, encoding=encoding, decimal=decimal)
    found = study.read()
    assert found.respondents["region_code"].iloc[0] == "11"
    pd.testing.assert_frame_equal(plain(found.answers), plain(reference.answers))


def test_a_header_below_titles_is_found(tmp_path, reference):
    study = Study(tmp_path, "institute", ".csv")
    write_csv(study.path, rows(), above=("Étude d’essai", "", "ident;réponses"))
    found = study.read()
    assert found.respondents["line"].iloc[0] == 5
    pd.testing.assert_frame_equal(plain(found.answers), plain(reference.answers))


def test_a_header_of_two_rows_is_joined(tmp_path):
    study = Study(tmp_path, "institute", ".csv")
    text = (study.folder / "columns.csv").read_text("utf-8")
    text = text.replace("Q1[SQ001]", "Q1 / SQ001").replace("Q1[SQ002]", "Q1 / SQ002")
    (study.folder / "columns.csv").write_text(text, "utf-8")
    study.change("study.toml", "citoyens.csv", "citoyens.xlsx")
    study.declare("header_rows = 2")
    book = xlsxwriter.Workbook(str(study.path.with_suffix(".xlsx")))
    sheet = book.add_worksheet()
    data = rows()
    names = list(data[0])
    first = names.index("Q1[SQ001]")
    for i, name in enumerate(names):
        if not name.startswith("Q1"):
            sheet.merge_range(0, i, 1, i, name)
    sheet.merge_range(0, first, 0, first + 1, "Q1")
    sheet.write(1, first, "SQ001")
    sheet.write(1, first + 1, "SQ002")
    for j, row in enumerate(data):
        for i, value in enumerate(row.values()):
            if value is not None:
                sheet.write(2 + j, i, value)
    book.close()
    q1 = study.read().answers.query("uid == 'citoyens:Q1' and item_code == 'emploi'")
    assert q1["number"].tolist() == [1 + i % 10 for i in range(N)]


def test_a_cell_merged_over_rows_stands_for_each_of_them(tmp_path):
    study = Study(tmp_path, "institute", ".xlsx")
    data = rows()
    book = xlsxwriter.Workbook(str(study.path))
    sheet = book.add_worksheet()
    for i, name in enumerate(data[0]):
        sheet.write(0, i, name)
    for j, row in enumerate(data):
        for i, (name, value) in enumerate(row.items()):
            if value is not None and name != "region":
                sheet.write(1 + j, i, value)
    sheet.merge_range(1, 1, 24, 1, "Hauts-de-France")
    sheet.merge_range(25, 1, N, 1, "Bretagne")
    book.close()
    assert study.read().respondents["region_code"].tolist() == ["32"] * 24 + ["53"] * 16


# --- LimeSurvey ----------------------------------------------------------------------------------
def test_incomplete_responses_are_set_aside_and_told(tmp_path):
    data = rows()
    for i in (3, 33):
        data[i]["jour"] = None
        data[i]["Q1[SQ001]"] = None
    found = read(tmp_path, "limesurvey csv", data)
    assert len(found.respondents) == N - 2
    assert "r003" not in set(found.answers["respondent_id"])
    (warning,) = found.warnings
    assert warning.rule == "incomplete"
    assert warning.lines == (5, 35)
    assert warning.what == "2 of 40 responses are incomplete and were set aside"


def test_limesurvey_words(tmp_path):
    data = rows()
    data[3]["Q6"] = "N/A"
    data[0]["Q4[SQ002]"] = "N"
    found = read(tmp_path, "limesurvey csv", data).answers
    q6 = found[(found["uid"] == "citoyens:Q6") & (found["respondent_id"] == "r003")]
    assert q6["kind"].tolist() == ["not_asked"]
    box = found[(found["item_code"] == "regional") & (found["respondent_id"] == "r000")]
    assert box["code"].tolist() == ["0"]


# --- a blank and what it means -------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["refused", "dont_know"])
def test_a_blank_is_what_the_study_says(tmp_path, kind):
    study = Study(tmp_path, "institute", ".csv")
    study.declare(f'blank = "{kind}"')
    data = rows()
    data[0]["Q2[SQ001]"] = None
    data[1]["Q5[1]"] = data[1]["Q5[2]"] = data[1]["Q5[3]"] = None
    write_csv(study.path, data)
    answers = study.read().answers
    blank = answers[(answers["uid"] == "citoyens:Q2") & (answers["respondent_id"] == "r000")]
    assert blank["kind"].tolist() == [kind]
    ranks = answers[(answers["uid"] == "citoyens:Q5") & (answers["respondent_id"] == "r001")]
    assert ranks["kind"].tolist() == [kind] * 3


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31", "32"),
        ("22", "32"),
        ("Nord-Pas-de-Calais", "32"),
        ("PICARDIE", "32"),
        ("Nord-Pas-de-Calais-Picardie", "32"),
        ("hdf", "32"),
        ("FR-HDF", "32"),
        ("Languedoc-Roussillon-Midi-Pyrénées", "76"),
        ("Limousin", "75"),
        ("centre", "24"),
        ("94", "94"),
        (93, "93"),
        ("provence alpes côte d’azur", "93"),
    ],
)
def test_regions_of_today_and_of_before(tmp_path, written, code):
    data = rows()
    data[0]["region"] = written
    assert read(tmp_path, "institute csv", data).respondents["region_code"].iloc[0] == code

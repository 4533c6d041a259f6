"""What an export must pass, rule by rule: where, found, expected, what to do; no cell repeated."""

import re
import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phare_pipeline.survey.exports import Export, ExportError, Severity
from tests.unit.survey.exports_kit import N, Rows, Study, rows, write_csv, write_sav


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path, "institute", ".csv")


def read(study: Study, data: Rows) -> Export:
    write_csv(study.path, data)
    return study.read()


def refuse(study: Study, data: Rows) -> ExportError:
    with pytest.raises(ExportError) as error:
        read(study, data)
    assert error.value.issues
    for issue in error.value.issues:
        assert issue.what and issue.found and issue.expected and issue.action
        assert issue.file == "exports/citoyens.csv"
    return error.value


def cell(line: int, column: str, value: object) -> Rows:
    """The good rows with another cell, by its line in the file."""
    data = rows()
    data[line - 2][column] = value
    return data


# rule, line, column, cell, what must stand in the message
CELLS = [
    ("unknown_code", 4, "Q3", 7, "found: '7'", "codes: 1, 2, 98, 99, 97"),
    ("unknown_code", 4, "sexe", "X", "found: 'X'", "codes: 1, 2"),
    ("unknown_code", 4, "Q3", 1.5, "found: '1,5'", "column Q3"),
    ("unknown_code", 4, "Q5[1]", 9, "found: '9'", "codes: 1, 2, 3, 4, 98"),
    ("unknown_code", 4, "Q3", "Ouii", "a text of 4 characters; did you mean 'Oui'?", "Q3"),
    ("label_for_code", 4, "Q3", "Oui", "the label 'Oui', whose code is 1", "answer codes"),
    ("label_for_code", 4, "Q3", "OUI", "the label 'Oui', whose code is 1", "answer codes"),
    ("label_for_code", 4, "Q1[SQ001]", "Ne sait pas", "the label 'NSP', whose code is 98", "codes"),
    ("label_for_code", 4, "Q5[1]", "Santé", "the label 'Santé', whose code is 2", "answer codes"),
    ("note_out_of_range", 4, "Q1[SQ001]", 11, "found: '11'", "codes: 1, 2, 3, 4, 5, 6, 7, 8"),
    ("note_out_of_range", 4, "Q1[SQ001]", 0, "found: '0'", "outside its scale"),
    ("note_not_whole", 4, "Q1[SQ001]", 7.5, "found: '7,5'", "whole notes from 1 to 10"),
    ("no_number", 2, "Q6", "deux", "a text of 4 characters", "a number"),
    ("no_number", 2, "salaries", "1 200", "a text of 5 characters", "a number"),
    ("blank_answer", 2, "Q2[SQ001]", None, "1 empty cells", "declare it as `blank`"),
    ("blank_answer", 2, "sexe", None, "1 empty cells", "a quota must be complete"),
    ("blank_answer", 2, "Q6", None, "1 empty cells", "line 2, column Q6"),
    ("filter", 5, "Q6", 2, "answers where Q3 == 1 only", "line 5, column Q6"),
    ("filter", 5, "Q4[SQ001]", 1, "answers where Q3 in [1] only", "column Q4[SQ001]"),
    ("filter", 5, "Q4[SQ001]", 0, "answers where Q3 in [1] only", "column Q4[SQ001]"),
    ("filter", 5, "Q4[SQ001]", 99, "answers where Q3 in [1] only", "column Q4[SQ001]"),
    ("not_asked", 2, "Q1[SQ001]", 97, "not asked only outside of: everybody", "column Q1[SQ001]"),
    ("not_asked", 2, "Q4[SQ001]", 97, "not asked only outside of: Q3 in [1]", "column Q4[SQ001]"),
    ("exclusive_answer", 4, "Q4[SQ001]", 1, "1 respondents", "expected: aucun alone"),
    ("rank_repeated", 4, "Q5[2]", 3, "1 respondents", "three different items"),
    ("rank_gap", 4, "Q5[1]", 98, "1 respondents", "a first before a second"),
    ("weight", 2, "poids", 0, "found: '0'", "a finite number above 0"),
    ("weight", 2, "poids", -0.5, "found: '-0,5'", "a finite number above 0"),
    ("weight", 2, "poids", None, "an empty cell", "a finite number above 0"),
    ("weight", 2, "poids", "inf", "a text of 3 characters", "a finite number above 0"),
    ("date_form", 2, "jour", "janvier", "an empty cell or no date", "2015-10-05 or 05/10/2015"),
    ("date_form", 2, "jour", None, "an empty cell or no date", "column jour"),
    ("date_form", 2, "jour", "31/02/2020", "an empty cell or no date", "column jour"),
    ("date_outside", 2, "jour", "2020-03-01", "from 2020-03-01 to 2020-03-01",
     "from 2020-01-06 to 2020-02-29"),
    ("date_outside", 2, "jour", "05/01/2020 10:30", "2020-01-05", "leave out test interviews"),
    ("id_missing", 2, "ident", None, "an empty cell", "an identifier for each respondent"),
    ("id_repeated", 2, "ident", "r001", "2 rows that share an identifier", "lines 2, 3"),
    ("id_form", 2, "ident", "Dupont Jean", "a cell that may hold a name", "without blanks"),
    ("unknown_region", 2, "region", "99", "found: '99'", "one of the 13 regions"),
    ("unknown_region", 2, "region", "01", "found: '01'", "overseas regions are outside"),
    ("unknown_region", 2, "region", "Bretagn", "did you mean 'Bretagne'?", "a text of 7 char"),
    ("no_region", 2, "region", None, "an empty cell", "a region for each respondent"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "line", "column", "value", "first", "second"), CELLS)
def test_a_wrong_cell_breaks_its_rule(study, rule, line, column, value, first, second):
    error = refuse(study, cell(line, column, value))
    broken = [issue for issue in error.issues if issue.rule == rule]
    assert broken and broken[0].severity is Severity.ERROR
    assert line in broken[0].lines
    text = "\n".join(issue.text() for issue in error.issues)
    assert first in text and second in text


def test_all_faults_are_told_at_once_with_all_their_lines(study):
    data = rows()
    for row in data[:15]:
        row["sexe"] = 8
    data[20]["Q3"] = 44
    error = refuse(study, data)
    assert [issue.rule for issue in error.issues if issue.rule == "unknown_code"] == [
        "unknown_code"
    ] * 2
    sexe = next(issue for issue in error.issues if issue.column == "sexe")
    assert (sexe.n_lines, len(sexe.lines)) == (15, 10)
    assert "lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 5 more, column sexe" in sexe.where
    assert "more: A code is not one of the question" in str(error)


def test_too_many_choices(study):
    study.change("questions.csv", "coche,Niveaux,2", "coche,Niveaux,1")
    error = refuse(study, rows())
    (issue,) = error.issues
    assert issue.rule == "too_many_choices"
    assert issue.expected == "at most 1"


# --- columns -------------------------------------------------------------------------------------
def test_a_missing_column_is_named_with_the_nearly_alike(study):
    data = [{("q1_SQ001" if k == "Q1[SQ001]" else k): v for k, v in row.items()} for row in rows()]
    for row in data:
        del row["Q6"]
    error = refuse(study, data)
    missing = {issue.column: issue for issue in error.issues if issue.rule == "missing_column"}
    assert set(missing) == {"Q1[SQ001]", "Q6"}
    assert missing["Q1[SQ001]"].found == "nearly the same: 'q1_SQ001'"
    assert "rename it or correct columns.csv" in missing["Q1[SQ001]"].action
    assert missing["Q6"].found == "no such column"
    assert "citoyens:Q6, its answer" in missing["Q6"].what


def test_other_columns_are_told_and_not_read(study):
    data = [{**row, "commentaire": "x", "lastpage": 3, "un long titre": 1} for row in rows()]
    (warning,) = read(study, data).warnings
    assert warning.rule == "unknown_column"
    assert warning.found == "2 columns: 'commentaire', a name of 13 characters"


def test_no_header_and_no_respondent_and_twins(study):
    write_csv(study.path, [{"a": 1, "b": 2}])
    with pytest.raises(ExportError, match="No row names the columns"):
        study.read()
    write_csv(study.path, rows())
    header = study.path.read_text("cp1252").splitlines()[0]
    study.path.write_text(header + "\r\n;;;\r\n", "cp1252")
    with pytest.raises(ExportError, match="columns but no respondent"):
        study.read()
    study.path.write_text(header.replace("age", "sexe") + "\r\n1;2\r\n", "cp1252")
    with pytest.raises(ExportError, match="bear the same name"):
        study.read()
    study.path.write_text(header + "\r\n" + "1;" * 30 + "\r\n", "cp1252")
    with pytest.raises(ExportError, match=r"cell in a column without name\n  where: .*, line 2"):
        study.read()


def test_an_unknown_actor_and_a_study_without_columns(study):
    from phare_pipeline.survey.exports import read_export
    from tests.unit.survey.kit import REGISTRY

    with pytest.raises(ExportError, match="no export of this actor") as error:
        read_export(study.surveys, study.codebook, "elus", REGISTRY)
    assert "one of the actors of the study: citoyens, associations" in str(error.value)
    (study.folder / "columns.csv").unlink()
    with pytest.raises(ExportError, match="does not say which column"):
        study.read()


# --- warnings ------------------------------------------------------------------------------------
def test_many_dont_knows_are_told(study):
    data = rows()
    for row in data[:11]:
        row["Q2[SQ001]"] = 98
    warnings = {issue.rule: issue for issue in read(study, data).warnings}
    assert set(warnings) == {"many_dont_know"}
    assert warnings["many_dont_know"].column == "Q2[SQ001]"
    # 11 and the 5 of the other lines whose number is 4 modulo 5.
    assert "up to 42% of the base" in warnings["many_dont_know"].found


def test_a_quarter_of_dont_knows_is_not_yet_many(study):
    data = rows()
    for i, row in enumerate(data):
        row["Q2[SQ001]"] = 98 if i % 4 == 0 else 1
    assert read(study, data).warnings == ()


def five_items(study: Study, lines: int) -> Rows:
    """The study with five items in Q1 and a number of respondents who answer 5 to each."""
    items = ("emploi", "sante", "logement", "culture", "securite")
    study.change("items.csv", "citoyens:Q2,aide", "\n".join(
        [f"citoyens:Q1,{i},,{i},,{i},,item,false" for i in items[2:]] + ["citoyens:Q2,aide"]
    ))  # fmt: skip
    study.change("columns.csv", "citoyens,Q3,", "\n".join(
        [f"citoyens,Q1[SQ00{3 + i}],citoyens:Q1,{item}," for i, item in enumerate(items[2:])]
        + ["citoyens,Q3,"]
    ))  # fmt: skip
    data = rows()
    for i, row in enumerate(data):
        for j in range(5):
            row[f"Q1[SQ00{j + 1}]"] = 5 if i < lines else 1 + (i + j) % 10
    return data


def test_straight_lines_are_told(study):
    assert read(study, five_items(study, 4)).warnings == ()


def test_more_than_a_tenth_of_straight_lines(study):
    (warning,) = read(study, five_items(study, 5)).warnings
    assert warning.rule == "straight_lining"
    assert warning.found == "12% of 40 respondents"


@pytest.mark.parametrize(
    ("target", "severity"), [(52.5, None), (47.5, None), (47, Severity.WARNING),
                             (38, Severity.WARNING), (37, Severity.ERROR)]
)  # fmt: skip
def test_a_sample_far_from_its_quotas(study, target, severity):
    # 21 women of 40 are 52,5 %.
    study.change("margins.csv", "femme,53,%", f"femme,{target},%")
    study.change("margins.csv", "homme,47,%", f"homme,{100 - target},%")
    if severity is Severity.ERROR:
        error = refuse(study, rows())
        issue = next(i for i in error.issues if i.severity is Severity.ERROR)
    elif severity is None:
        assert read(study, rows()).warnings == ()
        return
    else:
        issue = read(study, rows()).warnings[0]
    assert (issue.rule, issue.severity) == ("quota_gap", severity)
    assert "citoyens:sexe, france" in issue.what
    assert issue.column == "sexe"


# --- personal data -------------------------------------------------------------------------------
SECRETS = [
    "jeanne.durand@example.fr",
    "J.D@mairie-lille.fr ",
    "06 12 34 56 78",
    "0612345678",
    "+33 6 12 34 56 78",
    "0033(0)612345678",
    "03.20.12.34.56",
    "2 85 05 59 350 123 45",
    "285052A004123",
    "192.168.10.254",
    "Mme Durand",
    "écrire à jeanne@example.org ou au 06-12-34-56-78",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("column", ["ident", "Q3", "region", "remarque", "Q6"])
def test_personal_data_are_refused_and_never_repeated(study, caplog, secret, column):
    data = [{**row, "remarque": "rien"} for row in rows()]
    data[7][column] = secret
    error = refuse(study, data)
    assert {issue.rule for issue in error.issues} == {"personal_data"}
    assert error.issues[0].lines == (9,)
    everything = str(error) + repr(error.issues) + caplog.text
    assert error.__cause__ is None
    for part in re.findall(r"[A-Za-z@]{4,}|[0-9]{4,}", secret):
        assert part not in everything


@pytest.mark.parametrize(
    "heading",
    ["nom", "Nom", "NOM DE FAMILLE", "prénom", "Prénom du répondant", "email", "E-mail", "mail",
     "adresse mail", "Courriel", "téléphone", "Tel", "tel_portable", "ipaddr", "Adresse IP",
     "firstname", "last name", "Date de naissance", "n° de sécurité sociale", "NIR", "SIRET",
     "nom du contact", "adresse", "adresse postale", "jeanne@example.fr"],
)  # fmt: skip
def test_personal_headings_are_refused_even_above_nothing(study, heading):
    data = [{**row, heading: None} for row in rows()]
    error = refuse(study, data)
    assert error.issues[0].rule == "personal_data"
    assert error.issues[0].column == "number 20"
    assert heading not in str(error)


@pytest.mark.parametrize("value", ["12/05/2020 10:30", "1.2.3", "0,5", "@", "a@b", "123456", "0"])
def test_cells_that_only_look_like_it(study, value):
    data = [{**row, "remarque": value} for row in rows()]
    assert {issue.rule for issue in read(study, data).warnings} == {"unknown_column"}


def test_mobile_numbers_that_a_spreadsheet_made_numbers(tmp_path):
    from tests.unit.survey.exports_kit import write_xlsx

    study = Study(tmp_path, "institute", ".xlsx")
    data = [{**row, "remarque": 612345678 + i} for i, row in enumerate(rows())]
    write_xlsx(study.path, data, merged=False)
    with pytest.raises(ExportError) as error:
        study.read()
    assert error.value.issues[0].found == "telephone numbers"
    assert "6123" not in str(error.value)
    # One amount of such a size is no telephone number.
    write_xlsx(study.path, [{**row, "remarque": 10 + i} for i, row in enumerate(rows())])
    study.declare("header_rows = 2")
    study.read()


def test_weights_of_full_precision_are_weights(study):
    """One in fourteen such doubles holds digits in the order of a social security number."""
    weights = np.random.default_rng(14).uniform(0.2, 5, 2000)
    data = [{**row, "ident": f"i{i}", "poids": weights[i]} for i, row in enumerate(rows() * 50)]
    assert read(study, data).respondents["weight"].tolist() == weights.tolist()


def test_a_column_of_social_security_numbers_without_key(study):
    data = [{**row, "remarque": f"28505593501{i:02d}"} for i, row in enumerate(rows())]
    assert refuse(study, data).issues[0].found == "social security numbers"
    # One number of 13 digits among others says nothing.
    data = [{**row, "remarque": f"{9 - 8 * (i == 3)}850559350123"} for i, row in enumerate(rows())]
    assert {issue.rule for issue in read(study, data).warnings} == {"unknown_column"}


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    secret=st.text(string.ascii_letters + " éèçñ'-.", min_size=5, max_size=20),
    column=st.sampled_from(["ident", "region", "poids", "jour", "Q1[SQ001]", "Q3", "Q5[2]", "Q6"]),
)
def test_no_text_of_a_cell_ever_leaves_in_a_message(tmp_path_factory, secret, column):
    study = Study(tmp_path_factory.mktemp("secret"), "institute", ".csv")
    marked = f"zq{secret}zq"
    write_csv(study.path, cell(3, column, marked), encoding="utf-8")
    try:
        found = study.read()
        assert column == "ident", "an identifier may be any word"
        text = repr(found.warnings)
    except ExportError as error:
        text = str(error) + repr(error.issues)
        assert error.__cause__ is None
    assert "zq" not in text


# --- what SPSS declares --------------------------------------------------------------------------
def sav(tmp_path: Path, data: Rows | None = None, **options: object) -> Export:
    study = Study(tmp_path, "spss", ".sav")
    write_sav(study.path, rows() if data is None else data, **options)
    return study.read()


@pytest.mark.slow
def test_declared_missing_values_have_to_be_missing_codes(tmp_path):
    data = rows()
    data[7]["Q3"] = 96
    with pytest.raises(ExportError) as error:
        sav(tmp_path, data, missing_ranges={"Q3": [96, 98, 99]})
    (issue,) = error.value.issues
    assert issue.rule == "declared_missing"
    assert issue.found == "96"
    assert issue.expected == "a code for don’t know, refused or not asked: 98, 99, 97"


@pytest.mark.slow
def test_an_answer_that_is_declared_missing_is_a_contradiction(tmp_path):
    with pytest.raises(ExportError) as error:
        sav(tmp_path, missing_ranges={"Q3": [2]})
    assert {issue.rule for issue in error.value.issues} == {"declared_missing"}
    assert error.value.issues[0].found == "2"


@pytest.mark.slow
def test_a_declared_missing_number_is_no_number(tmp_path):
    data = rows()
    data[0]["Q6"] = 999
    with pytest.raises(ExportError) as error:
        sav(tmp_path, data, missing_ranges={"Q6": [{"lo": 900, "hi": 999}]})
    assert error.value.issues[0].rule == "declared_missing"


@pytest.mark.slow
def test_labels_of_other_codes_are_refused(tmp_path):
    good = {"Q3": {1: "Oui", 2: "Non", 98: "Ne se prononce pas"}}
    sav(tmp_path / "good", variable_value_labels=good)
    with pytest.raises(ExportError) as error:
        sav(tmp_path / "bad", variable_value_labels={"Q3": {1: "non", 2: "Oui"}})
    found = [issue.found for issue in error.value.issues]
    assert found == ["code 1 labelled as code 2 ('Non')", "code 2 labelled as code 1 ('Oui')"]
    assert error.value.issues[0].rule == "labels_differ"


@pytest.mark.slow
def test_lines_of_a_sav_are_cases(tmp_path):
    data = rows()
    data[4]["Q3"] = 55
    with pytest.raises(ExportError) as error:
        sav(tmp_path, data)
    assert error.value.issues[0].lines == (5,)
    assert len(data) == N

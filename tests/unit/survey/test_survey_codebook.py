"""Codebooks: what a good one gives, and fault by fault what a wrong one says."""

from pathlib import Path

import pytest

from phare_pipeline.errors import PhareError
from phare_pipeline.survey.codebook import (
    AreaKind,
    CodebookError,
    Column,
    ExportFormat,
    MarginUnit,
    OptionKind,
    QuestionType,
    VariableType,
    load_codebook,
)
from tests.unit.survey.kit import REGISTRY, STUDY, change, load, write_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_study(tmp_path)


# --- a good codebook -----------------------------------------------------------------------------
def test_a_study_is_loaded_in_the_order_of_its_tables(folder):
    study = load(folder)
    assert study.study_id == STUDY
    assert not study.is_synthetic and study.based_on is None
    assert list(study.actors) == ["citoyens", "associations"]
    assert study.actors["citoyens"].field_start == "2020-01-06"
    assert study.actors["associations"].field_start is None
    assert [area.kind for area in study.areas.values()] == [
        AreaKind.REGION,
        AreaKind.REGION,
        AreaKind.SUPER_REGION,
        AreaKind.NATIONAL,
    ]
    assert study.areas["nord-est"].region_code is None
    assert list(study.questions) == [f"citoyens:Q{i}" for i in range(1, 8)]


def test_the_three_kinds_of_missing_keep_their_codes(folder):
    scale = load(folder).scales["note"]
    assert scale.codes(OptionKind.DONT_KNOW) == ("98",)
    assert scale.codes(OptionKind.REFUSED) == ("99",)
    assert scale.codes(OptionKind.NOT_ASKED) == ("97",)
    assert len(scale.codes(OptionKind.ANSWER)) == 10
    assert [option.is_missing for option in scale.options] == [False] * 10 + [True] * 3


def test_a_question_knows_items_bands_filter_and_exclusive_lines(folder):
    questions = load(folder).questions
    q1, q4 = questions["citoyens:Q1"], questions["citoyens:Q4"]
    assert q1.items["emploi"].aliases == ("Travail", "Chômage")
    assert q1.bands["share_band_high"].codes == ("8", "9", "10")
    assert q1.filter is None
    assert q4.filter is not None and q4.filter.names == ("Q3",)
    assert q4.exclusive_items == ("aucun",)
    assert questions["citoyens:Q5"].items["logement"].code == "3"


def test_options_of_a_single_question_are_its_items_but_not_refused_nor_not_asked(folder):
    q3 = load(folder).questions["citoyens:Q3"]
    assert list(q3.items) == ["oui", "non", "nsp"]
    assert q3.items["nsp"].kind == "dont_know"


def test_statistics_of_a_question_have_their_items(folder):
    q7 = load(folder).questions["citoyens:Q7"]
    assert q7.results_of("net_balance") == ("net",)
    assert q7.results_of("share_net") == ("non_diminuer",)
    assert q7.results_of("share") == ("developper", "stagner", "diminuer", "nsp")


def test_columns_exports_and_margins(folder):
    study = load(folder)
    columns = study.columns_of("citoyens")
    assert Column("citoyens", "Q1[SQ002]", "citoyens:Q1", "sante", None) in columns
    assert Column("citoyens", "Q5[2]", "citoyens:Q5", None, 2) in columns
    assert study.columns_of("associations") == ()
    export = study.export_of("citoyens")
    assert (export.format, export.header_rows, export.blank) == (ExportFormat.INSTITUTE, 1, None)
    with pytest.raises(KeyError, match="no export of 'associations'"):
        study.export_of("associations")
    assert [m.unit for m in study.margins] == [
        *[MarginUnit.PERCENT] * 2,
        *[MarginUnit.COUNT] * 2,
        MarginUnit.TOTAL,
    ]
    region = study.variable_of("citoyens", VariableType.REGION)
    assert region is not None and region.variable_id == "citoyens:region"
    assert study.variable_of("associations", VariableType.REGION) is None
    with pytest.raises(KeyError, match="no file of kind 'sample'"):
        study.file("sample")


def test_a_study_without_microdata_has_no_columns_and_no_margins(folder):
    (folder / "columns.csv").unlink()
    (folder / "margins.csv").unlink()
    study = load(folder)
    assert study.columns == () and study.margins == ()


def test_a_study_may_take_over_the_questionnaire_of_another(folder):
    wave = folder.parent / "essai-2021"
    wave.mkdir()
    text = (folder / "study.toml").read_text("utf-8")
    text = text.replace("essai-2020", "essai-2021").replace(
        'vintage = "2020"', 'vintage = "2021"\nbased_on = "essai-2020"'
    )
    text = text.replace('["hauts-de-france", "france"]', '["corse", "france"]')
    (wave / "study.toml").write_text(text, "utf-8")
    (wave / "areas.csv").write_text(
        "area_id,label_fr,kind,region_code,note_fr\ncorse,Corse,region,94,\n", "utf-8"
    )
    (wave / "samples.csv").write_text(
        (folder / "samples.csv").read_text("utf-8").replace("hauts-de-france", "corse"), "utf-8"
    )
    base, study = load(folder), load(wave)
    assert study.based_on == STUDY
    assert study.questions == base.questions
    assert study.areas == {**base.areas, "corse": study.areas["corse"]}
    assert study.columns == () and study.margins == ()

    (wave / "questions.csv").write_bytes((folder / "questions.csv").read_bytes())
    with pytest.raises(CodebookError) as error:
        load(wave)
    assert "the same thing is given twice" in str(error.value)
    assert "essai-2021/questions.csv, line 2, column question_id" in str(error.value)


def test_institutions_are_a_fourth_actor(folder):
    for table in ("study.toml", "variables.csv", "segments.csv"):
        path = folder / table
        path.write_text(path.read_text("utf-8").replace("associations", "institutions"), "utf-8")
    assert list(load(folder).actors) == ["citoyens", "institutions"]


def test_the_shipped_codebook_holds_the_24_questions_of_2016(repository):
    study = load_codebook(repository / "raw/surveys/codebooks/phare-2016", REGISTRY)
    assert len(study.questions) == 24
    assert {question.type for question in study.questions.values()} == {
        QuestionType.NOTE,
        QuestionType.IMPACT,
        QuestionType.SINGLE,
        QuestionType.TOP3,
        QuestionType.MULTI,
        QuestionType.AGREE,
    }
    for question in study.questions_of("fragilite"):
        assert len({item.domain_id for item in question.items.values()} - {None}) == 16


# --- fault by fault ------------------------------------------------------------------------------
LAST_BAND = "citoyens,note_1_10,share_band_high,8-10,8 9 10"

FAULTS = [
    # study.toml
    ("study.toml", 'study_id = "essai-2020"', 'study_id = "essai"', "'essai-2020', as the folder"),
    ("study.toml", 'licence = "libre"', 'licens = "libre"', "The key 'licence' is wrong"),
    ("study.toml", 'note_fr = ""\n', 'note_fr = ""\nnotes = ""\n', "Unknown key 'notes'"),
    ("study.toml", "[actors.citoyens]", "[actors.citoyen]", "Unknown key 'citoyen'"),
    ("study.toml", '"2020-01-06"', '"2020-13"', "a month or a day"),
    ("study.toml", 'field_start = "2020-01-06"\n', "", "one date of two"),
    ("study.toml", 'field_end = "2020-02"', 'field_end = "2019-12"', "2020-01-06 or later"),
    ("study.toml", '["hauts-de-france", "france"]', '["haut-de-france"]', "mean 'hauts-de-france'"),
    ("study.toml", '["hauts-de-france", "france"]', "[]", "at least one area"),
    ("study.toml", 'kind = "results"', 'kind = "result"', "one of results, sample"),
    ("study.toml", '"published/essai-2020.csv"', '"../essai.csv"', "a path below raw/surveys/"),
    ("study.toml", "0" * 64, "0" * 63, "64 hexadecimal digits"),
    ("study.toml", 'format = "institute"', 'format = "institut"', "did you mean 'institute'?"),
    ("study.toml", 'format = "institute"', 'format = "spss"', "a name in .sav or .zsav"),
    ("study.toml", '"exports/citoyens.csv"', '"/exports/citoyens.csv"', "a path below raw"),
    ("study.toml", 'format = "institute"', 'format = "institute"\nblank = "nsp"', "dont_know"),
    ("study.toml", 'format = "institute"', 'format = "institute"\nheader_rows = 9', "from 1 to 3"),
    ("study.toml", 'format = "institute"', 'format = "institute"\nbytes = 3', "half a pin"),
    ("study.toml", 'actor = "citoyens"', 'actor = "elus"', "one of citoyens, associations"),
    # areas.csv
    ("areas.csv", "region,32,", "region,31,", "column region_code"),
    ("areas.csv", ",Hauts-de-France,", ",Nord,", "a region under another name"),
    ("areas.csv", "Nord Est,", "Grand Est,", "a super_region bears the name of a region"),
    ("areas.csv", "bretagne,", "hauts-de-france,", "an id is given twice"),
    ("areas.csv", "bretagne,Bretagne,region,53", "nord,Hauts-de-France,region,32",
     "two areas of one region"),
    ("areas.csv", "bretagne,", "Bretagne,", "lower-case letters, digits and -"),
    ("areas.csv", "super_region", "super-region", "did you mean 'super_region'"),
    ("areas.csv", "area_id,label_fr", "area;label_fr", "the header of a table"),
    # options.csv
    ("options.csv", "sexe,femme,2", "sexe,femme,1", "a code has two meanings"),
    ("options.csv", "sexe,femme,2", "sexe,homme,2", "the same thing is given twice"),
    ("options.csv", "note,nsp,98,NSP,Ne sait pas,dont_know,false",
     "note,nsp,98,NSP,Ne sait pas,dont_know,true", "a missing answer counts as positive"),
    ("options.csv", "note,nsp,98,NSP,Ne sait pas,dont_know", "note,nsp,98,NSP,,dontknow",
     "did you mean 'dont_know'"),
    ("options.csv", "age,vieux,2,", "age,vieux,2-3,", "letters, digits and _"),
    ("options.csv", "coche,oui,1", "coche,oui,1,1", "one cell a column"),
    # bands.csv
    ("bands.csv", LAST_BAND, "citoyens,note_1_10,share_band_high,8-10,9 10", "each note once"),
    ("bands.csv", LAST_BAND, "citoyens,note_1_10,share_band_high,8-10,7 8 9 10", "each note once"),
    ("bands.csv", LAST_BAND, "citoyens,note_1_10,share_band_high,8-10,8 9 98", "of no answer"),
    ("bands.csv", LAST_BAND, "citoyens,note_1_10,share_band_high,8-10,", "a band of no code"),
    ("bands.csv", LAST_BAND, "citoyens,note_1_10,share_band_high,8-10,8 9 9", "given twice"),
    ("bands.csv", LAST_BAND, "citoyens,agree4,share_band_high,8-10,8", "has no such statistic"),
    ("bands.csv", LAST_BAND, "citoyens,note_1_10,share_band_low,8-10,8", "given twice"),
    ("bands.csv", LAST_BAND + "\n", "", "share_band_high has no band for citoyens"),
    ("bands.csv", "d’accord,1 2", "d’accord,1 2 3", "the positive codes of the scale: 1 2"),
    # derived.csv
    ("derived.csv", "net_balance,developper,diminuer", "net_balance,,diminuer", "without its part"),
    ("derived.csv", "net_balance,developper,diminuer", "net_balance,developper,", "only a balance"),
    ("derived.csv", "net_balance,developper,diminuer", "net_balance,developper,developper",
     "added and subtracted"),
    ("derived.csv", "net_balance,developper,diminuer", "net_balance,developer,diminuer",
     "did you mean 'developper'"),
    ("derived.csv", "share_net,developper stagner,,", "share_net,developper,,stagner",
     "a part needs its whole"),
    ("derived.csv", "Q7,net,", "Q7,stagner,", "the id of an item or option"),
    ("derived.csv", "citoyens:Q7,net,", "citoyens:Q8,net,", "no item for net_balance"),
    ("derived.csv", "Q7,non_diminuer,", "Q8,non_diminuer,", "no item for share_net"),
    # items.csv
    ("items.csv", "citoyens:Q1,sante,,Santé,,sante", "citoyens:Q1,sante,,Santé,,emploi",
     "two items of a question on one domain"),
    ("items.csv", "citoyens:Q1,sante,,Santé,,sante,", "citoyens:Q1,sante,,Santé,,,",
     "neither domain nor reason"),
    ("items.csv", "citoyens:Q1,sante,,Santé,,sante,", "citoyens:Q1,sante,,Santé,,santé,",
     "column domain_id"),
    ("items.csv", "citoyens:Q1,sante,,", "citoyens:Q1,sante,2,", "only of a top-3"),
    ("items.csv", "citoyens:Q5,sante,2", "citoyens:Q5,sante,", "only of a top-3"),
    ("items.csv", "citoyens:Q5,sante,2", "citoyens:Q5,sante,1", "a code has two meanings"),
    ("items.csv", "citoyens:Q5,sante,2", "citoyens:Q5,sante,98", "a code has two meanings"),
    ("items.csv", "none,true", "none,false", "true for none and dont_know"),
    ("items.csv", "citoyens:Q2,aide", "citoyens:Q9,aide", "a question without items"),
    ("items.csv", "citoyens:Q5,culture,4", "citoyens:Q6,culture,", "a numeric question with items"),
    ("items.csv", "citoyens:Q5,culture,4", "citoyens:Q3,culture,", "its options instead"),
    ("items.csv", "citoyens:Q5,culture,4", "citoyens:Q9,culture,4", "column question_id"),
    # questions.csv
    ("questions.csv", "citoyens:Q2,citoyens", "entreprises:Q2,citoyens", "no id of this actor"),
    ("questions.csv", "citoyens:Q2,citoyens", "citoyens:Q 2,citoyens", "no id of this actor"),
    ("questions.csv", "citoyens:Q2,citoyens", "citoyens:sexe,citoyens", "the id of a variable"),
    ("questions.csv", "agree4,accord", "agree4,note", "a scale with four answers"),
    ("questions.csv", "note_1_10,note,Note", "note_1_10,accord,Note", "the answers 1 to 10"),
    ("questions.csv", "multi,coche", "multi,accord", "two answers, one of them positive"),
    ("questions.csv", "top3_rank,rang", "top3_rank,oui_non", "the ranks 1, 2, 3"),
    ("questions.csv", "numeric,,", "numeric,note,", "column scale_id"),
    ("questions.csv", "oui_non,Engagement,1", "oui_non,Engagement,2", "at most 1"),
    ("questions.csv", "coche,Niveaux,2", "coche,Niveaux,3", "at most 2"),
    ("questions.csv", "Trois priorités,3", "Trois priorités,2", "at most 3"),
    ("questions.csv", "note,Note de fragilité,,", "note,Note de fragilité,1,", "expected: empty"),
    ("questions.csv", "Engagés,share_multi", "Engagés,share", "share of a multi question"),
    ("questions.csv", "Tous,share,3", "Tous,share share_net,3", "a row in derived.csv"),
    ("questions.csv", "Tous,share,3", "Tous,share,trois", "whole numbers between blanks"),
    ("questions.csv", "Q3 in [1]", "Q3 in (1)", "filter"),
    ("questions.csv", "Q3 in [1]", "__import__('os')", "comparisons of a question with codes"),
    ("questions.csv", "Q3 in [1]", "Q3 in [7]", "Q3 has no code 7"),
    ("questions.csv", "Q3 in [1]", "Q3 >= 1", ">= on Q3"),
    ("questions.csv", "Q3 in [1]", "Q1 in [1]", "a single or numeric question of citoyens"),
    ("questions.csv", "Q3 in [1]", "Q4 in [1]", "a single or numeric question of citoyens"),
    ("questions.csv", "Q3 in [1]", "sex == 1", "did you mean 'sexe'?"),
    ("questions.csv", "Q3 == 1", "Q3 == 1.5", "not allowed in a filter"),
    # variables.csv
    ("variables.csv", "quota,Sexe,sexe", "quota,Sexe,", "column scale_id"),
    ("variables.csv", "date,Jour,", "date,Jour,sexe", "column scale_id"),
    ("variables.csv", "citoyens:salaries,citoyens,numeric", "citoyens:salaries,citoyens,id",
     "a second id of citoyens"),
    ("variables.csv", "citoyens:age,", "citoyens:sexe,", "the same thing is given twice"),
    # segments.csv
    ("segments.csv", "citoyens:sexe,femme,", "citoyens:sexe,femmes,", "did you mean 'femme'"),
    ("segments.csv", "citoyens:sexe,femme,", "citoyens:jour,,", "column variable_id"),
    ("segments.csv", ",,La page ne dit pas qui.", ",,", "options, or why not"),
    ("segments.csv", "associations,ensemble", "associations,tous", "a segment without options"),
    ("segments.csv", "associations,ensemble,Ensemble,,,\n", "", "have no segment 'ensemble'"),
    # samples.csv
    ("samples.csv", "182,6000000", "6000001,6000000", "0 < sample ≤ universe"),
    ("samples.csv", "182,6000000", "0,6000000", "0 < sample ≤ universe"),
    ("samples.csv", "182,6000000", "1_82,6000000", "a whole number in plain digits"),
    ("samples.csv", "citoyens,france,", "citoyens,bretagne,", "column area_id"),
    ("samples.csv", "citoyens,france,", "citoyens,hauts-de-france,", "given twice"),
    # columns.csv
    ("columns.csv", "citoyens,Q6,citoyens:Q6", "citoyens,Q3,citoyens:Q6", "given twice"),
    ("columns.csv", "citoyens,Q7,citoyens:Q7", "citoyens,Q7,citoyens:Q3", "given twice"),
    ("columns.csv", "citoyens,Q7,citoyens:Q7", "citoyens,Q7,citoyens:Q70", "mean 'citoyens:Q7'"),
    ("columns.csv", "citoyens:Q1,sante,", "citoyens:Q1,santé,", "did you mean 'sante'"),
    ("columns.csv", "citoyens:Q5,,3", "citoyens:Q5,,4", "column rank"),
    ("columns.csv", "citoyens,Q5[3],citoyens:Q5,,3\n", "", "no column for the rank 3"),
    ("columns.csv", "citoyens,Q1[SQ002],citoyens:Q1,sante,\n", "", "no column for sante"),
    ("columns.csv", "citoyens,ident,citoyens:ident,,\n", "", "the export of citoyens has no ident"),
    # margins.csv
    ("margins.csv", "sexe,homme,48,%", "sexe,homme,0,%", "a category that must weigh nothing"),
    ("margins.csv", "sexe,homme,48,%", "sexe,homme,48,count", "a variable with two units"),
    ("margins.csv", "sexe,homme,48,%", "sexe,hommes,48,%", "did you mean 'homme'"),
    ("margins.csv", "sexe,homme,48,%", "sexe,femme,48,%", "the same thing is given twice"),
    ("margins.csv", "sexe,homme,48,%", "sexe,homme,inf,%", "a number is not finite"),
    ("margins.csv", "region,bretagne", "region,nord-est", "column categories"),
    ("margins.csv", "sexe,homme,48,%", "sexe,homme femme,48,%", "given twice"),
    ("margins.csv", "sexe,homme,48,%", "sexe,,48,%", "categories of a total, or none"),
    ("margins.csv", "1200.5,total", "1200.5,%", "column unit"),
    ("margins.csv", "citoyens:salaries,,1200.5", "citoyens:poids,,1200.5", "column variable_id"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "old", "new", "message"), FAULTS)
def test_a_wrong_cell_is_named(folder, table, old, new, message):
    change(folder, table, old, new)
    with pytest.raises(PhareError) as error:
        load(folder)
    text = str(error.value)
    assert message in text
    assert "where: essai-2020/" in text
    if table.endswith(".csv"):
        assert isinstance(error.value, CodebookError)
        assert error.value.what.startswith("Codebook:")
        assert error.value.action is not None


def test_no_table_is_optional_but_columns_and_margins(folder):
    for table in sorted(folder.glob("*.csv")):
        content = table.read_bytes()
        table.unlink()
        if table.name in ("columns.csv", "margins.csv"):
            load(folder)
        else:
            with pytest.raises(CodebookError, match="a table is missing"):
                load(folder)
        table.write_bytes(content)


def test_a_table_in_another_encoding_is_refused_with_its_byte(folder):
    path = folder / "areas.csv"
    path.write_bytes(path.read_text("utf-8").encode("cp1252"))
    with pytest.raises(CodebookError, match=r"not in UTF-8\n  where: essai-2020/areas.csv, byte"):
        load(folder)


def test_a_study_that_is_no_toml_or_missing(folder):
    (folder / "study.toml").write_text("study_id = ", "utf-8")
    with pytest.raises(PhareError, match="no TOML"):
        load(folder)
    (folder / "study.toml").unlink()
    with pytest.raises(PhareError, match="study of a codebook is missing"):
        load(folder)


def test_two_exports_of_an_actor_are_refused(folder):
    path = folder / "study.toml"
    text = path.read_text("utf-8")
    path.write_text(text + text[text.index("[[exports]]") :], "utf-8")
    with pytest.raises(PhareError, match="two of citoyens"):
        load(folder)


def test_an_export_of_a_synthetic_study_says_so_in_its_name(folder):
    change(folder, "study.toml", "Étude d’essai", "Étude d’essai (données synthétiques)")
    change(folder, "study.toml", 'vintage = "2020"', 'vintage = "2020"\nsynthetic = true')
    with pytest.raises(PhareError, match="a name with the word synthetic"):
        load(folder)
    change(folder, "study.toml", "exports/citoyens.csv", "exports/citoyens-synthetic.csv")
    change(folder, "study.toml", " (données synthétiques)", "")
    with pytest.raises(PhareError, match="a title that says « données synthétiques »"):
        load(folder)
    change(folder, "study.toml", "Étude d’essai", "Étude d’essai (données synthétiques)")
    assert load(folder).is_synthetic


# --- which editions may show a study --------------------------------------------------------------
def test_the_years_of_a_study(folder):
    assert (load(folder).year, load(folder).max_age_years) == (None, None)
    years = 'vintage = "2020"\nyear = 2020\nmax_age_years = 5'
    change(folder, "study.toml", 'vintage = "2020"', years)
    assert (load(folder).year, load(folder).max_age_years) == (2020, 5)


@pytest.mark.parametrize(
    "years", ["year = 2020", "max_age_years = 5", "year = 20\nmax_age_years = 5",
              "year = 2020\nmax_age_years = -1"],
)  # fmt: skip
def test_wrong_years_of_a_study(folder, years):
    change(folder, "study.toml", 'vintage = "2020"', f'vintage = "2020"\n{years}')
    with pytest.raises(PhareError, match="year"):
        load(folder)

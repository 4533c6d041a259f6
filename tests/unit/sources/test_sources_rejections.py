"""Every bad cell is rejected by its rule, with file, line, column, found and expected."""

import pytest

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.figures import Rejection
from tests.unit.sources.kit import (
    DEPARTEMENTS,
    REGIONS,
    Kit,
    assert_rejected,
    make_measure,
    rejections,
    statuses,
    values,
)

OPTIONS = {
    "header_lines": [1],
    "territory": {"column": "code", "level": "departement"},
    "period": {"fixed": "2021"},
    "series": {"values": ["n"]},
}
REGION = {**OPTIONS, "territory": {"column": "code", "level": "region"}}


def table(codes=DEPARTEMENTS, **cells):
    """A CSV with 1 for every code, but for the cells given by code."""
    rows = [f"{code};{cells.get('_' + code, '1')}" for code in codes]
    return "code;n\n" + "\n".join(rows) + "\n"


def line_of(code: str, codes=DEPARTEMENTS) -> int:
    return list(codes).index(code) + 2


# --- territories -----------------------------------------------------------------------------
def test_unknown_code(kit: Kit):
    staged = kit.stage(table([*DEPARTEMENTS, "99"]), OPTIONS)
    assert_rejected(
        staged, "unknown_territory", line=98, column="A", found="'99'", expected="no departement"
    )


def test_blank_code_with_a_figure(kit: Kit):
    staged = kit.stage(table([*DEPARTEMENTS, ""]), OPTIONS)
    assert_rejected(
        staged, "unknown_territory", line=98, column="A", found="''", expected="is blank"
    )


def test_lost_zero(kit: Kit):
    codes = [code.lstrip("0") for code in DEPARTEMENTS]
    staged = kit.stage(table(codes), OPTIONS)
    lost = rejections(staged, "lost_zero")
    assert [r.found for r in lost] == [repr(str(n)) for n in range(1, 10)]
    assert lost[0].message == (
        "f.csv, line 2, column A: lost_zero: found '1'; expected a code or name of the registry "
        "('1' has lost its leading zero ('01' is a departement))"
    )


def test_declared_lost_zero(kit: Kit):
    territory = {"column": "code", "level": "departement", "nomenclature": "insee_unpadded"}
    codes = [code.lstrip("0") for code in DEPARTEMENTS]
    staged = kit.stage(table(codes), {**OPTIONS, "territory": territory})
    assert not staged.rejections
    assert set(values(staged)) == set(DEPARTEMENTS)


def test_former_region_where_a_region_is_expected(kit: Kit):
    staged = kit.stage(table([*REGIONS, "22"]), REGION, make_measure(levels="region"))
    assert_rejected(
        staged,
        "former_region_code",
        line=15,
        column="A",
        found="'22'",
        expected="'22' is a former_region code, not a region code",
    )


def test_the_22_regions_are_a_level_of_their_own(kit: Kit):
    codes = list(kit.registry.former_regions)
    options = {**OPTIONS, "territory": {"column": "code", "level": "former_region"}}
    staged = kit.stage(table(codes), options, make_measure(levels="former_region"))
    assert not staged.rejections
    assert set(staged.observations["territory_level"]) == {"former_region"}


def test_code_of_both_region_nomenclatures_is_ambiguous(kit: Kit):
    options = {**OPTIONS, "territory": {"column": "code", "level": "region|former_region"}}
    staged = kit.stage(table(["11"]), options, make_measure(levels="region"))
    assert_rejected(
        staged, "ambiguous_territory", line=2, column="A", found="'11'", expected="region"
    )


def test_picardie_is_no_cotes_d_armor(kit: Kit):
    territory = {"column": "code", "level": "departement", "nomenclature": "label_code"}
    content = table(["22 - Picardie", "22 - Côtes-d’Armor"])
    staged = kit.stage(content, {**OPTIONS, "territory": territory})
    assert values(staged) == {"22": 1}
    assert rejections(staged, "unknown_territory")[0].line == 2


def test_notes_without_a_figure_are_no_rows(kit: Kit):
    content = table() + "Source : Insee;\n* : provisoire;\n;\n"
    assert not kit.stage(content, OPTIONS).rejections


def test_rows_dropped_on_purpose(kit: Kit):
    options = {**OPTIONS, "ignore_rows": [{"pattern": "^(Total|97[58])", "reason": "hors étude"}]}
    staged = kit.stage(table([*DEPARTEMENTS, "Total", "975", "978"]), options)
    assert not staged.rejections


def test_overseas_rows_are_counted_and_left_out(kit: Kit):
    staged = kit.stage(table([*DEPARTEMENTS, "971", "976"], _971="texte"), OPTIONS)
    assert not staged.rejections
    assert staged.outside_study == 2
    assert len(staged.observations) == 96


def test_recode_of_one_row_and_its_disuse(kit: Kit):
    recode = [{"item": "Pont", "found": "14", "replacement": "89", "reason": "code postal faux"}]
    territory = {**OPTIONS["territory"], "recode": recode}
    options = {**OPTIONS, "territory": territory, "item": {"column": "nom"}}
    content = "code;nom;n\n" + "".join(f"{c};gare;1\n" for c in DEPARTEMENTS)
    staged = kit.stage(content + "14;Pont;5\n", options)
    assert not staged.rejections
    assert staged.observations.query("item == 'Pont'")["territory_code"].tolist() == ["89"]
    unused = kit.stage(content, options)
    assert [r.rule for r in unused.rejections] == ["recode_not_applicable"]


# --- values ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ("beaucoup", "text_in_value", "a number, or a marker"),
        ("1.5", "text_in_value", "a number, or a marker"),
        ("-inf", "not_finite", "a finite number"),
        ("#DIV/0!", "not_finite", "a finite number"),
        ("1e999", "not_finite", "a finite number"),
        ("-4", "negative_count", "at least 0"),
        ("1000", "out_of_bounds", "at most 100"),
    ],
)
def test_bad_value(kit: Kit, text, rule, expected):
    staged = kit.stage(table(_59=text), OPTIONS, make_measure(max=100.0))
    line = line_of("59")
    assert_rejected(staged, rule, line=line, column="B", found=text, expected=expected)
    assert "59" not in values(staged)
    assert len(staged.observations) == 95


def test_bad_value_in_a_workbook_names_the_sheet(kit: Kit):
    rows = [["code", "n"], *([c, "?" if c == "59" else 1] for c in DEPARTEMENTS)]
    (row,) = kit.stage({"DEP": rows}, OPTIONS).rejections
    assert row.message.startswith("f.xlsx, sheet 'DEP', line 59, column B: text_in_value: ")


def test_markers_of_missing_and_secret_figures(kit: Kit):
    marks = {"_01": "s", "_02": "nd", "_03": "", "_04": "(O)", "_05": "ns", "_06": "5 (e)"}
    marks |= {"_07": "s.s", "_08": "-", "_09": "<5"}
    options = {
        **OPTIONS,
        "missing": {"ns": "not_applicable", "<5": "confidential"},
        "flags": {"(e)": "estimated"},
    }
    staged = kit.stage(table(**marks), options)
    assert not staged.rejections
    found = statuses(staged)
    assert [found[f"0{n}"] for n in range(1, 10)] == [
        "confidential",
        "not_available",
        "not_available",
        "not_available",
        "not_applicable",
        "estimated",
        "confidential",
        "not_available",
        "confidential",
    ]
    assert values(staged)["06"] == 5
    assert staged.observations["value"].isna().sum() == 8


def test_blank_may_be_nothing_or_zero(kit: Kit):
    zero = kit.stage(table(_59=""), {**OPTIONS, "missing": {"": "zero"}})
    assert values(zero)["59"] == 0
    skipped = kit.stage(table(_59=""), {**OPTIONS, "missing": {"": "skip"}})
    assert [r.rule for r in skipped.rejections] == ["missing_territory"]


def test_the_upper_bound_is_that_of_one_territory(kit: Kit):
    territory = {
        "column": "code",
        "level": "departement|national",
        "national": {"M": "metropole"},
    }
    content = table([*DEPARTEMENTS, "M"], _M="5000")
    staged = kit.stage(content, {**OPTIONS, "territory": territory}, make_measure(max=100.0))
    assert not staged.rejections


def test_factor_comes_before_the_bounds(kit: Kit):
    staged = kit.stage(table(), OPTIONS, make_measure(factor=1000.0, max=100.0))
    assert len(rejections(staged, "out_of_bounds")) == 96


# --- keys and completeness -------------------------------------------------------------------
def test_duplicated_key(kit: Kit):
    staged = kit.stage(table([*DEPARTEMENTS, "59"]), OPTIONS)
    assert_rejected(
        staged,
        "duplicated_key",
        line=98,
        column="B",
        found="departement 59, 2021",
        expected=f"one (see f.csv, line {line_of('59')}, column B)",
    )


def test_missing_territory(kit: Kit):
    staged = kit.stage(table([c for c in DEPARTEMENTS if c != "2A"]), OPTIONS)
    assert_rejected(
        staged,
        "missing_territory",
        line=2,
        column="B",
        found="no figure for departement 2A, 2021",
        expected="raw/gaps.csv",
    )


def test_truncated_file(kit: Kit):
    content = table()
    content = content[: content.index("\n60;") + 3]
    with pytest.raises(SourceError, match="does not end with a line end"):
        kit.stage(content, OPTIONS)
    staged = kit.stage(content + "\n", OPTIONS)
    assert [r.rule for r in staged.rejections][:1] == ["short_row"]
    assert len(rejections(staged, "missing_territory")) == 37 + 1


def test_perimeter_leaves_territories_out(kit: Kit):
    import dataclasses

    perimeters = dict(kit.registry.perimeters)
    perimeters["hors_moselle"] = dataclasses.replace(
        perimeters["metropole"], perimeter_id="hors_moselle", excluded_departements=("57",)
    )
    kit.registry = dataclasses.replace(kit.registry, perimeters=perimeters)
    content = table([c for c in DEPARTEMENTS if c != "57"])
    assert not kit.stage(content, OPTIONS, make_measure(perimeter="hors_moselle")).rejections


def test_declared_absence_and_one_that_is_not_needed(kit: Kit):
    kit.declare(
        absent=[
            "essai,mesure,20*,departement,2A,non publié",
            "essai,mesure,2021,departement,59,non publié",
            "autre,mesure,2021,departement,60,autre source",
        ]
    )
    other = make_measure("autre", source_id="autre")
    content = table([c for c in DEPARTEMENTS if c != "2A"])
    staged = kit.stage(content, OPTIONS, make_measure(), other)
    (row,) = staged.rejections
    assert (row.rule, row.file, row.line) == ("gap_not_needed", "gaps.csv", 3)


def test_a_period_in_which_nobody_has_anything(kit: Kit):
    """A column that moved leaves an empty one behind; a producer that means it is declared."""
    empty = table(**{f"_{code}": "" for code in DEPARTEMENTS})
    assert_rejected(
        kit.stage(empty, OPTIONS),
        "empty_period",
        line=2,
        column="B",
        found="nothing in any departement in 2021",
        expected="raw/gaps.csv",
    )
    one = table(**{f"_{code}": "" for code in DEPARTEMENTS[1:]})
    assert not kit.stage(one, OPTIONS).rejections
    marked = table(**{f"_{code}": "nd" for code in DEPARTEMENTS})
    assert not kit.stage(marked, OPTIONS).rejections
    kit.declare(absent=["essai,mesure,2021,departement,*,colonne vide"])
    assert not kit.stage(empty, OPTIONS).rejections


def test_missing_measure_of_the_registry(kit: Kit):
    options = {**OPTIONS, "series": {"values": ["n", "m"]}}
    content = "code;n;m\n" + "".join(f"{c};1;2\n" for c in DEPARTEMENTS)
    staged = kit.stage(content, options, make_measure(series="n"), make_measure("x", "mm"))
    (row,) = staged.rejections
    assert row.rule == "missing_series"
    assert "the source holds 'm'" in row.found
    assert "series 'mm' of measure x (measures.csv, line 2)" in row.expected


def test_missing_level(kit: Kit):
    measure = make_measure(aggregation="non_additive", levels="departement+region")
    (row,) = kit.stage(table(), OPTIONS, measure).rejections
    assert (row.rule, row.found) == ("missing_level", "only levels departement")


def test_missing_part_of_a_sum(kit: Kit):
    content = "code;an;n;m\n" + "".join(
        f"{c};{an};1;{m}\n" for c in DEPARTEMENTS for an, m in (("2020", "2"), ("2021", "x"))
    )
    options = {**OPTIONS, "period": {"column": "an"}, "missing": {"x": "skip"}}
    options["series"] = {"values": ["n", "m"]}
    staged = kit.stage(content, options, make_measure(series="n + m"))
    assert_rejected(
        staged,
        "missing_part",
        line=3,
        column="C",
        found="for departement, 2021 only 'n'",
        expected="series 'm', a part of mesure",
    )


def test_unreadable_period(kit: Kit):
    content = "code;an;n\n" + "".join(f"{c};2021;1\n" for c in DEPARTEMENTS) + "59;1968-1975;1\n"
    staged = kit.stage(content, {**OPTIONS, "period": {"column": "an"}})
    assert_rejected(
        staged, "unreadable_period", line=98, column="B", found="1968-1975", expected="a period"
    )


def test_contract_is_checked_lazily(kit: Kit):
    """Years that the contract refuses: every row is listed, none is raised."""
    staged = kit.stage(table(), {**OPTIONS, "period": {"fixed": "1066"}})
    assert len(rejections(staged, "contract")) == 96
    assert staged.observations.empty
    first = rejections(staged, "contract")[0]
    assert (first.file, first.line, first.column) == ("f.csv", 2, "B")
    assert first.found == "data_year = 1066"


def test_a_message_leaves_out_what_is_not_there():
    row = Rejection("gaps.csv", None, 0, "", "gap_not_needed", "a", "b")
    assert row.message == "gaps.csv: gap_not_needed: found a; expected b"


# --- corrections -----------------------------------------------------------------------------
def correction(found="9999", replacement="99", status="observed", code="59") -> str:
    return (
        f"c1,essai,f.csv,mesure,departement,{code},2021,,{found},{replacement},{status},"
        "faute de frappe,bulletin,2024-01-31"
    )


def test_correction_is_applied_before_the_checks(kit: Kit):
    kit.declare(corrected=[correction()])
    staged = kit.stage(table(_59="9999"), OPTIONS, make_measure(unit="ha", max=100.0, factor=0.5))
    assert not staged.rejections
    assert staged.corrections_applied == ("c1",)
    row = staged.observations.query("territory_code == '59'").iloc[0]
    assert (row["value"], row["raw_text"], row["correction_id"]) == (49.5, "9999", "c1")


def test_correction_of_a_text_to_nothing(kit: Kit):
    kit.declare(corrected=[correction("erreur", "", "not_available")])
    staged = kit.stage(table(_59="erreur"), OPTIONS)
    assert not staged.rejections
    assert statuses(staged)["59"] == "not_available"


@pytest.mark.parametrize(
    ("code", "found"), [("59", "c1: '12' (line 59)"), ("99", "c1: no such figure")]
)
def test_correction_that_no_longer_applies(kit: Kit, code, found):
    kit.declare(corrected=[correction(code=code)])
    staged = kit.stage(table(_59="12"), OPTIONS)
    assert_rejected(
        staged,
        "correction_not_applicable",
        line=2,
        column="found",
        found=found,
        expected="remove the correction if the source is right now",
    )
    assert staged.corrections_applied == ()


def test_declaration_of_an_unknown_source(kit: Kit):
    kit.declare(corrected=[correction().replace("essai", "esai")])
    with pytest.raises(SourceError, match="names a source that no measure reads") as error:
        kit.stage(table(), OPTIONS)
    assert error.value.where == "raw/corrections.csv, line 2, column source_id"
    assert error.value.action == "did you mean 'essai'?"

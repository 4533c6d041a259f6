"""The families `territory_columns` and `bdm_family` on small workbooks and texts."""

import datetime as dt

import pytest

from phare_pipeline.errors import SourceError
from tests.unit.sources.kit import DEPARTEMENTS, Kit, assert_rejected, make_measure, rejections

MONTHS = r"^(?P<year>\d{4})-(?P<month>\d{2})-\d{2}$|^(?P<month_name>[^\W\d]+)-(?P<yy>\d{2})$"
MONTHLY = {
    "sheets": ["Tableau 2"],
    "territory_line": 2,
    "series_line": 4,
    "territory": {
        "level": "departement|national",
        "nomenclature": "insee_unpadded",
        "national": {"Total": "metropole"},
    },
    "period": {"column": "@A", "pattern": MONTHS},
    "flags": {"*": "provisional"},
    "series": {"sheet": True},
}


def monthly(last="juin-20*", cell=7.0):
    """Two columns a département, as DREES publishes its monthly tables."""
    codes = [int(code) if code.isdigit() else code for code in DEPARTEMENTS]
    rows = [
        ["Tableau 2"],
        ["Numero", *(x for code in codes for x in (code, "")), "Total"],
        ["Département", *(x for code in codes for x in (f"nom {code}", "")), "France"],
        ["", *(x for _ in codes for x in ("Effectif", "Evolution")), "Effectif"],
        [dt.date(2020, 5, 1), *(x for _ in codes for x in (6, "nd")), 576],
        [last, *(x for _ in codes for x in (cell, 3.5)), 672],
        ["nd : non disponible."],
        ["Lecture : fin juin 2020, 7 foyers."],
    ]
    return {"Tableau 2": rows}


def test_territories_in_columns(kit: Kit):
    measure = make_measure(series="Tableau 2|Effectif")
    staged = kit.stage(monthly(), MONTHLY, measure, reader="territory_columns")
    assert not staged.rejections
    frame = staged.observations
    assert len(frame) == 2 * 97
    assert frame.groupby(["period", "value_status"]).size().to_dict() == {
        ("2020-M05", "observed"): 97,
        ("2020-M06", "provisional"): 97,
    }
    row = frame.query("territory_code == '02' and period == '2020-M06'").iloc[0]
    assert (row.origin_sheet, row.origin_line, row.origin_column) == ("Tableau 2", 6, "D")


def test_bad_figure_names_line_and_column_of_the_file(kit: Kit):
    sheets = monthly()
    sheets["Tableau 2"][4][3] = "x"
    measure = make_measure(series="Tableau 2|Effectif")
    staged = kit.stage(sheets, MONTHLY, measure, reader="territory_columns")
    assert_rejected(staged, "text_in_value", line=5, column="D", found="'x'", expected="a number")


def test_figures_under_no_period(kit: Kit):
    measure = make_measure(series="Tableau 2|Effectif")
    staged = kit.stage(monthly("jiun-20"), MONTHLY, measure, reader="territory_columns")
    assert_rejected(
        staged, "unreadable_period", line=6, column="A", found="'jiun-20'", expected="a period"
    )


def test_one_text_column_per_departement(kit: Kit):
    names = [f"Nom {code}" for code in DEPARTEMENTS]
    content = "\ufeff" + "\n".join(
        [";".join(["Mois", *names, "Total"]), ";".join(["janv-96", *["1 120"] * 97]), "Note;", ""]
    )
    options = {
        "territory_line": 1,
        "territory": {"level": "departement", "pattern": r"(\w+)$"},
        "period": {"column": "@A", "pattern": MONTHS},
        "ignore_columns": [{"pattern": "^Total$", "reason": "total"}],
    }
    staged = kit.stage(content, options, reader="territory_columns")
    assert not staged.rejections
    assert set(staged.observations["value"]) == {1120}
    assert set(staged.observations["period"]) == {"1996-M01"}


def test_services_of_a_departement_are_summed(kit: Kit):
    codes = [code for code in DEPARTEMENTS for _ in range(2)]
    rows = [
        ["", "", *codes, "978"],
        ["", "", *["service"] * len(codes), "s"],
        [1, "Homicides", *[1, 2] * len(DEPARTEMENTS), 4],
    ]
    options = {
        "sheets_matching": r"^Services PN \d{4}$",
        "territory_line": 1,
        "first_line": 3,
        "first_column": "C",
        "territory": {"level": "departement"},
        "series": {"columns": ["@B"]},
        "period": {"sheet": True, "pattern": r"(?P<year>\d{4})$"},
        "item": {"sheet": "(PN|GN)"},
        "sum_repeated": True,
        "ignore_columns": [{"pattern": "^978$", "reason": "hors étude"}],
    }
    sheets = {"Services PN 2014": rows, "Notes": [["x"]]}
    staged = kit.stage(
        sheets, options, make_measure(series="Homicides"), reader="territory_columns"
    )
    assert not staged.rejections
    row = staged.observations.query("territory_code == '01'").iloc[0]
    assert (row["value"], row["raw_text"], row["item"]) == (3, "1 + 2", "PN")
    assert (row.origin_line, row.origin_column) == (3, "C:D")


def test_period_pattern_is_needed(kit: Kit):
    options = {**MONTHLY, "period": {"column": "@A"}}
    with pytest.raises(SourceError, match="'pattern' is wrong"):
        kit.stage(monthly(), options, reader="territory_columns")


# --- BDM -------------------------------------------------------------------------------------
BDM = {
    "expect_unit": "%",
    "expect_power": "0",
    "territory": {"level": "departement|national", "national": {"France": "france_entiere"}},
}


def bdm(kit: Kit, unit="%", zone="59 - Nord", drop=None):
    departements = [
        f"{d.departement_code} - {d.name_fr}"
        for d in kit.registry.departements.values()
        if d.perimeter == "metropole" and d.departement_code != "59"
    ]
    zones = [zone, *departements, "France"]
    ids = [f"00{n:04d}" for n in range(len(zones))]
    date = "21/03/2025 12:00"
    values = [["Libellé", "idBank", "Dernière mise à jour", "Période", "2014-T4", "2015-T1"]]
    values += [[f"Taux - {z}", i, date, "", 10.1, "(O)"] for z, i in zip(zones, ids, strict=True)]
    values[1][5] = "9.9 (P)"
    about = [["idBank", "Dernière mise à jour", "Unité", "Puissance", "Zone géographique",
              "Indicateur"]]  # fmt: skip
    about += [[i, date, "%", "0", z, "Taux de chômage"] for z, i in zip(zones, ids, strict=True)]
    about[-1][2] = unit
    if drop is not None:
        del about[drop]
    return {"valeurs_trimestrielles": values, "caractéristiques": about, "codes": [["O", "?"]]}


def test_bdm_export(kit: Kit):
    options = {**BDM, "decimal": "."}
    measure = make_measure(series="Taux de chômage", unit="ha")
    staged = kit.stage(bdm(kit), options, measure, reader="bdm_family")
    assert not staged.rejections
    frame = staged.observations
    assert frame.groupby(["period", "value_status"]).size().to_dict() == {
        ("2014-T4", "observed"): 97,
        ("2015-T1", "not_available"): 96,
        ("2015-T1", "provisional"): 1,
    }
    row = frame.query("territory_code == '59' and period == '2014-T4'").iloc[0]
    assert (row.origin_sheet, row.origin_line, row.origin_column) == (
        "valeurs_trimestrielles",
        2,
        "E",
    )


def test_bdm_unit_contradiction(kit: Kit):
    with pytest.raises(SourceError, match="contradicts the declaration") as error:
        kit.stage(bdm(kit, unit="Individus"), BDM, reader="bdm_family")
    assert error.value.where == "f.xlsx, sheet 'caractéristiques', line 98, column C"
    assert (error.value.found, error.value.expected) == ("Unité 'Individus'", "Unité '%'")


def test_bdm_series_without_characteristics(kit: Kit):
    staged = kit.stage(bdm(kit, drop=2), {**BDM, "decimal": "."}, reader="bdm_family")
    (row,) = rejections(staged, "unknown_series")
    assert (row.line, row.column, row.found) == (3, "B", "'000001'")
    assert len(rejections(staged, "missing_territory")) == 2


def test_bdm_unknown_zone_is_named_at_its_series(kit: Kit):
    staged = kit.stage(bdm(kit, zone="Zone A"), {**BDM, "decimal": "."}, reader="bdm_family")
    assert_rejected(
        staged,
        "unknown_territory",
        line=2,
        column="B",
        found="'Zone A'",
        expected="is no departement",
    )


def test_unit_of_a_table_contradicts_the_declaration(kit: Kit):
    options = {
        "header_lines": [2],
        "territory": {"column": "code", "level": "departement"},
        "period": {"fixed": "2021"},
        "expect": [{"sheet": "s", "cell": "B1", "text": "en %"}],
    }
    rows = [["Titre", "(en milliers)"], ["code", "n"], *([c, 1] for c in DEPARTEMENTS)]
    with pytest.raises(SourceError, match="must stand in the file") as error:
        kit.stage({"s": rows}, options)
    assert error.value.where == "f.xlsx, sheet 's', line 1, column B"
    assert (error.value.found, error.value.expected) == ("'(en milliers)'", "'en %'")

"""The readers on official files as published: counts of territories and figures checked by hand.

Expected figures are those printed in the files, or in the producers' publications of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from phare_pipeline.sources.staging import Staged
from tests.unit.sources.kit import Kit, make_measure

pytestmark = pytest.mark.slow

METROPOLE = {"France métropolitaine": "metropole"}
ALL_LEVELS = {"departement": 96, "national": 2, "region": 13}


@pytest.fixture(scope="session")
def official(shared_dir: Path) -> Path:
    return shared_dir / "data"


@pytest.fixture
def stage_official(kit: Kit, official: Path):
    """Stage official files (globs below the folder), each with options of its own."""

    def run(files: Mapping[str, Mapping[str, Any]], options, *measures, reader="table") -> Staged:
        kit.declare()
        entries = []
        for pattern, own in files.items():
            (path,) = official.glob(pattern)
            name = path.name
            content = path.read_bytes()
            # As an extract has it: some exports of Insee end without a line end.
            is_cut = path.suffix == ".csv" and not content.endswith(b"\n")
            (kit.raw_dir / name).write_bytes(content + b"\n" * is_cut)
            entries.append(kit.file(name, **own))
        return kit.stage_source(kit.source(entries, options, reader), *measures)

    return run


def counts(frame: pd.DataFrame, by: str | Sequence[str] = "territory_level") -> dict[Any, int]:
    return frame.groupby(by).size().to_dict()


def figure(staged: Staged, level: str, code: str, period: str, measure: str = "mesure") -> float:
    rows = staged.observations.query(
        "territory_level == @level and territory_code == @code and period == @period"
        " and measure_id == @measure"
    )
    assert len(rows) == 1
    return float(rows["value"].iloc[0])


RATE = {"aggregation": "non_additive", "levels": "departement+region+national", "max": 100.0}


def test_bdm_family_of_unemployment_rates(stage_official):
    national = {**METROPOLE, "France hors Mayotte": "france_hors_mayotte"}
    staged = stage_official(
        {"emploi/famille_TAUX-CHOMAGE_*.xlsx": {}},
        {
            "expect_unit": "%",
            "expect_power": "0",
            "territory": {"level": "departement|region|national", "national": national},
        },
        make_measure(series="Taux de chômage localisé", **RATE),
        reader="bdm_family",
    )
    assert not staged.rejections
    assert counts(staged.observations.query("period == '2014-T4'")) == ALL_LEVELS
    assert staged.observations["period"].nunique() == 100
    assert figure(staged, "region", "32", "2014-T4") == 12.7
    assert figure(staged, "national", "metropole", "2014-T4") == 10.1
    assert figure(staged, "national", "france_hors_mayotte", "2014-T4") == 10.5
    missing = staged.observations.query("value_status == 'not_available'")
    assert set(missing["raw_text"]) == {"(O)"}
    assert set(missing["territory_code"]) == {"france_hors_mayotte"}


def test_localised_unemployment_xls(stage_official):
    national = {
        "FRANCE METROPOLITAINE": "metropole",
        "FRANCE (HORS MAYOTTE)": "france_hors_mayotte",
    }
    staged = stage_official(
        {"emploi/sl_etc_2023T4.xls": {}},
        {
            "header_lines": [4],
            "period": {"header": r"^T(?P<quarter>\d)_(?P<year>\d{4})$"},
            "expect": [{"sheet": "Région", "cell": "A2", "text": "(en%)"}],
            "blocks": [
                {
                    "sheets": ["Département"],
                    "territory": {"column": "Code", "level": "departement"},
                },
                {
                    "sheets": ["Région"],
                    "territory": {
                        "column": "Libellé",
                        "level": "region|national",
                        "nomenclature": "name",
                        "national": national,
                    },
                },
            ],
        },
        make_measure(**RATE),
    )
    assert not staged.rejections
    assert counts(staged.observations.query("period == '2023-T4'")) == ALL_LEVELS
    assert staged.observations["period"].nunique() == 168
    assert figure(staged, "departement", "01", "1982-T1") == 3.8
    assert figure(staged, "departement", "02", "1983-T3") == 8.7
    assert figure(staged, "region", "24", "1982-T3") == 5.9
    assert figure(staged, "national", "metropole", "1983-T3") == 7.2


def test_census_activity_two_level_header(stage_official):
    staged = stage_official(
        {"emploi/TCRD_015.xlsx": {}},
        {
            "header_lines": [4, 5],
            "period": {"fixed": "2021"},
            "blocks": [
                {"sheets": ["DEP"], "territory": {"column": "@A", "level": "departement"}},
                {
                    "sheets": ["REG"],
                    "territory": {
                        "column": "@A",
                        "level": "region|national",
                        "national": {"F": "france_hors_mayotte", "M": "metropole"},
                    },
                },
            ],
        },
        make_measure("actifs", "Population active de 15 à 64 ans / Ensemble"),
        make_measure("taux", "Taux d’activité (en %) / 15 – 64 ans", **RATE),
    )
    assert not staged.rejections
    assert counts(staged.observations.query("measure_id == 'actifs'")) == ALL_LEVELS
    assert figure(staged, "departement", "01", "2021", "actifs") == 323537
    assert figure(staged, "departement", "93", "2021", "taux") == 72.7
    assert figure(staged, "region", "84", "2021", "actifs") == 3818895
    assert figure(staged, "national", "france_hors_mayotte", "2021", "actifs") == 31179974
    actifs = staged.observations.query("measure_id == 'actifs'")
    departements = actifs.query("territory_level == 'departement'")["value"].sum()
    regions = actifs.query("territory_level == 'region'")["value"].sum()
    assert departements == pytest.approx(regions, abs=100)


def test_filosofi_columns_change_their_suffix_each_year(stage_official):
    files = {
        f"revenus/FILO{year}_DISP_{name}.csv": {
            "period": {"fixed": str(year)},
            "territory": {"level": level},
        }
        for year in range(2014, 2019)
        for name, level in (
            ("DEP", "departement"),
            ("REG", "region"),
            ("METROPOLE", "national"),
        )
    }
    staged = stage_official(
        files,
        {
            "header_lines": [1],
            "territory": {"column": "CODGEO", "national": {"1": "metropole"}},
            "series": {"rename": [["1[4-8]$", ""]]},
        },
        make_measure("menages", "NBMEN"),
        make_measure("d9d1", "RD", **RATE),
        make_measure("s80s20", "S80S20", **RATE),
    )
    assert not staged.rejections
    assert counts(staged.observations, ["measure_id", "period", "territory_level"]) == {
        (measure, str(year), level): n
        for measure in ("menages", "d9d1", "s80s20")
        for year in range(2014, 2019)
        for level, n in (("departement", 96), ("region", 13), ("national", 1))
    }
    assert figure(staged, "departement", "01", "2014", "menages") == 248252
    assert figure(staged, "national", "metropole", "2014", "d9d1") == 3.5
    assert figure(staged, "region", "32", "2014", "d9d1") == 3.3
    menages = staged.observations.query(
        "measure_id == 'menages' and period == '2014' and territory_level == 'departement'"
    )
    assert menages["value"].sum() == pytest.approx(26924251, rel=1e-4)


def test_drees_minima_with_a_break_given_twice(stage_official):
    staged = stage_official(
        {"social_drees/Minima sociaux*.xlsx": {}},
        {
            "sheets": ["Tableau 1"],
            "header_lines": [3],
            "territory": {
                "column": "N° Dep",
                "label": "Libelle Dep",
                "level": "departement|national",
                "nomenclature": "drees",
                "national": METROPOLE,
            },
            "period": {"header": r"^(?P<year>\d{4})"},
            "series": {"sheet": True},
            "ignore_rows": [{"pattern": "^(DOM|France)$", "reason": "autre champ"}],
            "expect": [{"sheet": "Tableau 1", "cell": "A1", "text": "allocataires de l'AAH"}],
        },
        make_measure("aah", "Tableau 1", unit="t"),
        make_measure("aah_2016", "Tableau 1|(1)", unit="t"),
    )
    assert not staged.rejections
    assert counts(staged.observations.query("measure_id == 'aah' and period == '2014'")) == {
        "departement": 96, "national": 1,
    }  # fmt: skip
    assert set(staged.observations.query("measure_id == 'aah_2016'")["period"]) == {"2016"}
    assert figure(staged, "departement", "01", "1995", "aah") == 3307
    hauts_de_france = ["02", "59", "60", "62", "80"]
    year = staged.observations.query("measure_id == 'aah' and period == '2014'")
    assert year[year["territory_code"].isin(hauts_de_france)]["value"].sum() == 109450
    assert {"2A", "2B"} <= set(year["territory_code"])


def test_drees_monthly_with_territories_in_columns(stage_official):
    staged = stage_official(
        {"social_drees/Donn*mensuelles*.xlsx": {}},
        {
            "sheets": ["Tableau 2"],
            "territory_line": 5,
            "series_line": 7,
            "territory": {"level": "departement", "nomenclature": "insee_unpadded"},
            "period": {
                "column": "@A",
                "pattern": r"^(?P<year>\d{4})-(?P<month>\d{2})-\d{2}$"
                r"|^(?P<month_name>[^\W\d]+)-(?P<yy>\d{2})$",
            },
            "flags": {"*": "provisional"},
            "series": {"sheet": True},
        },
        make_measure(series="Tableau 2|Effectif"),
        reader="territory_columns",
    )
    assert not staged.rejections
    assert counts(staged.observations, "period") == dict.fromkeys(
        [f"{y}-M{m:02d}" for y in range(2017, 2021) for m in range(1, 13)][:46], 96
    )
    assert figure(staged, "departement", "01", "2017-M01") == 7660
    assert figure(staged, "departement", "02", "2020-M10") == 19290
    provisional = staged.observations.query("value_status == 'provisional'")
    assert sorted(set(provisional["period"])) == [f"2020-M{m:02d}" for m in range(6, 11)]


def test_population_one_sheet_a_year_out_of_order(stage_official):
    staged = stage_official(
        {"population/estim-pop-dep-sexe-gca-1975-2023.xls": {}},
        {
            "sheets_matching": r"^\d{4}$",
            "header_lines": [4, 5],
            "territory": {
                "column": "@A",
                "level": "departement|national",
                "national": {**METROPOLE, "France métropolitaine et DOM": "france_entiere"},
            },
            "period": {"sheet": True},
            "ignore_rows": [{"pattern": "^DOM$", "reason": "hors étude"}],
        },
        make_measure("total", "Ensemble / Total"),
        make_measure("moins_20", "Ensemble / 0 à 19 ans"),
        make_measure("sexes", "Hommes / Total + Femmes / Total"),
    )
    assert not staged.rejections
    total = staged.observations.query("measure_id == 'total'")
    assert total["period"].nunique() == 49
    assert set(counts(total.query("territory_level == 'departement'"), "period").values()) == {96}
    year = total.query("period == '2014' and territory_level == 'departement'")
    assert year["value"].sum() == figure(staged, "national", "metropole", "2014", "total")
    hauts_de_france = year[year["territory_code"].isin(["02", "59", "60", "62", "80"])]
    assert hauts_de_france["value"].sum() == 6006156
    assert figure(staged, "departement", "02", "2023", "total") == 522791
    sexes = staged.observations.query("measure_id == 'sexes' and period == '2014'")
    assert set(sexes["item"]) == {"Hommes / Total", "Femmes / Total"}
    assert sexes["value"].sum() == total.query("period == '2014'")["value"].sum()


def test_poverty_2021_two_figures(stage_official):
    staged = stage_official(
        {"revenus/taux_pauvrete_2021.xlsx": {}},
        {
            "period": {"fixed": "2021"},
            "missing": {"ns": "not_available"},
            "blocks": [
                {
                    "sheets": ["Figure 1"],
                    "header_lines": [3, 4],
                    "territory": {"column": "Région", "level": "region", "nomenclature": "name"},
                    "ignore_rows": [{"pattern": "^France", "reason": "autre périmètre"}],
                },
                {
                    "sheets": ["Figure 2"],
                    "header_lines": [3],
                    "territory": {"column": "Code département", "level": "departement"},
                },
            ],
        },
        # The heading of Figure 1 calls a note, raised in the middle of its words.
        make_measure("region", "Taux de pauvreté¹ (en %)", **{**RATE, "levels": "region"}),
        make_measure("departement", "Taux de pauvreté (en %)", **{**RATE, "levels": "departement"}),
        make_measure("median", "Niveau de vie annuel (en euros) / Médian", levels="region"),
    )
    assert not staged.rejections
    assert counts(staged.observations, "measure_id") == {
        "departement": 96, "median": 13, "region": 13,
    }  # fmt: skip
    assert staged.outside_study == 10
    assert figure(staged, "region", "32", "2021", "region") == 18.0
    assert figure(staged, "region", "11", "2021", "median") == 25210
    assert figure(staged, "departement", "93", "2021", "departement") == 28.4


def test_itdd_regions_and_departements_stacked(stage_official):
    staged = stage_official(
        {"itdd/ITDD-DonneesDetaillees.xls": {}},
        {
            "sheets": ["Social"],
            "period": {"header": r" / (?P<year>\d{4})\*?$"},
            "missing": {"nc": "not_available"},
            "ignore_rows": [{"pattern": "^(P|F)$", "reason": "autre périmètre"}],
            "blocks": [
                {
                    "after": "REGIONS",
                    "until": "DEPARTEMENTS",
                    "header_lines": [5, 6],
                    "territory": {
                        "column": "@A",
                        "level": "region|national",
                        "national": {"M": "metropole"},
                    },
                },
                {
                    "after": "DEPARTEMENTS",
                    "header_lines": [33, 34],
                    "territory": {"column": "@A", "level": "departement"},
                    "ignore_rows": [{"pattern": "^[PMF]$", "reason": "déjà lu plus haut"}],
                },
            ],
        },
        make_measure("d9d1", "Disparité de niveau de vie (Rapport interdécile)", **RATE),
        make_measure("vie", "Espérance de vie des hommes à la naissance- (années)", **RATE),
    )
    assert not staged.rejections
    year = staged.observations.query("measure_id == 'vie' and period == '2014'")
    assert counts(year) == {"departement": 96, "national": 1, "region": 13}
    assert round(figure(staged, "region", "32", "2013", "d9d1"), 1) == 3.3
    assert round(figure(staged, "national", "metropole", "2013", "d9d1"), 1) == 3.5
    assert figure(staged, "region", "11", "2008", "vie") == 79.1
    assert figure(staged, "departement", "02", "2014", "vie") == 76.6


def test_ssmsi_long_table(stage_official):
    staged = stage_official(
        {"securite/donnees_ssmsi_france.csv": {}},
        {
            "header_lines": [1],
            "territory": {"column": "Code_departement", "level": "departement"},
            "period": {"column": "annee"},
            "series": {"columns": ["indicateur"], "values": ["nombre"]},
        },
        make_measure("homicides", "Homicides|nombre"),
    )
    assert not staged.rejections
    assert counts(staged.observations, "period") == {str(y): 96 for y in range(2016, 2025)}
    assert figure(staged, "departement", "01", "2016", "homicides") == 5
    assert figure(staged, "departement", "06", "2016", "homicides") == 97
    assert staged.outside_study == 45


def test_ditp_indicator(stage_official):
    staged = stage_official(
        {"barometre_ditp/ind/ind-200.csv": {}},
        {
            "header_lines": [1],
            "delimiter": ",",
            "decimal": ".",
            "territory": {
                "column": "enforce_zone_id",
                "level": "departement|region|national",
                "nomenclature": "ditp",
                "national": {"FRANCE": "france_entiere"},
            },
            "period": {
                "column": "metric_enforce_date",
                "pattern": r"^(?P<year>\d{4})-(?P<month>\d{2})-01$",
            },
            "missing": {"": "skip"},
            "series": {"columns": ["indic_id"], "values": ["indic_va"]},
        },
        make_measure(series="IND-200|indic_va", **RATE),
    )
    assert not staged.rejections
    assert counts(staged.observations.query("period == '2023-M01'")) == {
        "departement": 96, "national": 1, "region": 13,
    }  # fmt: skip
    assert figure(staged, "departement", "01", "2023-M05") == 79.59
    assert figure(staged, "region", "94", "2024-M09") == 48.38
    assert "2026-M12" not in set(staged.observations["period"])


def test_physicians_sum_to_the_22_former_regions(stage_official, registry):
    staged = stage_official(
        {"sante/rpps_tab3.csv": {}},
        {
            "header_lines": [1],
            "delimiter": ",",
            "decimal": ".",
            "where": {"mode_exercice": "Ensemble des modes d'exercice"},
            "territory": {
                "column": "zone_inscription",
                "level": "departement|former_region|national",
                "nomenclature": {"departement": "label_code", "former_region": "name"},
                "national": {"FRANCE Métropolitaine": "metropole"},
                "aliases": {"62 - Nord-Pas-de-Calais": "62 - Pas-de-Calais"},
            },
            "period": {"column": "annee"},
            "series": {"columns": ["specialite"]},
            "ignore_rows": [
                {
                    "pattern": "^(DOM-COM|FRANCE ENTIERE|Guadeloupe|Guyane|La Réunion|Martinique"
                    "|Mayotte)$",
                    "reason": "hors étude",
                }
            ],
        },
        make_measure(series="Médecine générale"),
    )
    assert not staged.rejections
    frame = staged.observations
    assert counts(frame.query("period == '2014'")) == {
        "departement": 96, "former_region": 22, "national": 1,
    }  # fmt: skip
    for _, rows in frame.groupby("period"):
        year = rows.set_index(["territory_level", "territory_code"])
        departements = year.loc["departement", "value"]
        former = departements.groupby(
            lambda code: registry.departements[code].former_region_code
        ).sum()
        assert (former == year.loc["former_region", "value"].sort_index()).all()


def test_fibre_two_lines_a_departement(stage_official):
    staged = stage_official(
        {"numerique/ftthDepartements.csv": {}},
        {
            "header_lines": [5],
            "delimiter": ",",
            "territory": {"column": "Code département", "level": "departement"},
            "where": {"Champ": "Locaux Raccordables"},
            "period": {"header": r"^T(?P<quarter>\d) (?P<year>\d{4})$"},
            "ignore_rows": [{"pattern": "^97[578]$", "reason": "hors étude"}],
        },
        make_measure(),
    )
    assert not staged.rejections
    assert counts(staged.observations, "period") == {
        "2017-T3": 96, "2017-T4": 96, "2018-T1": 96,
    }  # fmt: skip
    assert figure(staged, "departement", "01", "2018-T1") == 116403
    assert staged.observations["origin_line"].min() == 6


def test_life_expectancy_by_region_and_departement(stage_official):
    staged = stage_official(
        {
            "sante/esperance_de_vie_departement.csv": {"territory": {"level": "departement"}},
            "sante/esperance_de_vie_region.csv": {"territory": {"level": "region"}},
        },
        {
            "header_lines": [3],
            "decimal": ".",
            "territory": {"column": "Code"},
            "period": {"header": r" (?P<year>\d{4})$"},
            "expect": [{"cell": "A1", "text": "Statistiques locales"}],
        },
        make_measure(
            series="Espérance de vie des femmes à la naissance",
            aggregation="non_additive",
            levels="departement+region",
        ),
    )
    assert not staged.rejections
    assert counts(staged.observations) == {"departement": 96, "region": 13}
    assert figure(staged, "departement", "02", "2023") == 83.9
    assert figure(staged, "region", "94", "2023") == 86


def test_renewable_energy_with_a_geojson_in_every_row(stage_official):
    staged = stage_official(
        {"energie/prod-region-annuelle-enr.csv": {}},
        {
            "header_lines": [1],
            "decimal": ".",
            "territory": {"column": "Code INSEE région", "level": "region"},
            "period": {"column": "Annee"},
        },
        make_measure(
            series="Production électrique renouvelable (GWh)", levels="region", unit="GWh"
        ),
    )
    assert not staged.rejections
    assert counts(staged.observations, "period") == {str(y): 13 for y in range(2008, 2025)}
    assert figure(staged, "region", "32", "2021") == 11419.154999999999
    assert figure(staged, "region", "44", "2016") == 14250.278


def test_offences_of_services_are_summed_by_departement(stage_official):
    staged = stage_official(
        {"securite/crimes-et-delits-*.xlsx": {}},
        {
            "sheets": ["Services PN 2014"],
            "territory_line": 1,
            "first_line": 4,
            "first_column": "C",
            "territory": {"level": "departement"},
            "series": {"columns": ["@A"]},
            "period": {"sheet": True, "pattern": r"(?P<year>\d{4})$"},
            "item": {"sheet": "(PN|GN)"},
            "sum_repeated": True,
            "ignore_columns": [{"pattern": "^97[578]$|^98", "reason": "hors étude"}],
        },
        make_measure(series="3"),
        reader="territory_columns",
    )
    assert not staged.rejections
    assert counts(staged.observations) == {"departement": 96}
    row = staged.observations.query("territory_code == '59'").iloc[0]
    parts = [float(part) for part in row["raw_text"].split(" + ")]
    assert row["value"] == sum(parts)
    assert row["origin_column"].count(":") == 1

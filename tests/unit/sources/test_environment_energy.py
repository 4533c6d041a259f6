"""Traps of the extracts of environment and energy, on the extracts themselves.

Totals are those that the producers print; each test fails if the trap comes back with a new file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.sources.catalogue import load_sources
from phare_pipeline.sources.staging import stage
from tests.unit.sources.kit import REGIONS

RAW = Path(__file__).resolve().parents[3] / "raw"
SOURCES = (
    "cgdd_hub_indicateurs",
    "insee_superficie",
    "bdiff_incendies",
    "odre_consommation",
    "jrc_edgar",
    "ore_residentiel",
    "sdes_bilan_residentiel",
)


@cache
def observed(source_id: str) -> pd.DataFrame:
    staged = stage(load_sources(RAW)[source_id], load_registry(), RAW)
    assert not staged.rejections
    return staged.observations


def figures(source_id: str, measure_id: str, level: str) -> pd.DataFrame:
    """The figures of a measure, a row a territory, a column a year."""
    rows = observed(source_id).query("measure_id == @measure_id and territory_level == @level")
    return rows.pivot(index="territory_code", columns="data_year", values="value")


def hub(measure_id: str, level: str = "region") -> pd.DataFrame:
    return figures("cgdd_hub_indicateurs", measure_id, level)


@pytest.mark.parametrize("source_id", SOURCES)
def test_a_source_is_staged_whole(source_id: str):
    assert len(observed(source_id))


@pytest.mark.parametrize(
    ("measure_id", "years"),
    [
        ("cgdd_bio", range(2017, 2025)),
        ("itdd_waste_recovery", range(2015, 2022, 2)),
        ("espaces_consommes", range(2011, 2024)),
        ("achats_phytosanitaires", range(2016, 2024)),
        ("cgdd_voitures_electriques", range(2019, 2025)),
        ("cgdd_fossile_industrie", range(2014, 2024)),
        ("cgdd_protection_forte", range(2024, 2025)),
    ],
)
def test_no_year_is_partial_or_overseas_only(measure_id: str, years: range):
    table = hub(measure_id)
    assert sorted(table.columns) == list(years)
    assert sorted(table.index) == REGIONS


def test_a_zero_of_the_industry_of_corse_is_missing():
    table = hub("cgdd_fossile_industrie")
    assert table.loc["94"].isna().all()
    assert (table.drop("94") > 20).all(axis=None)


def test_oil_and_gas_of_the_tertiary_sector_are_not_carried():
    carried = {path.stem for path in (RAW / "cgdd" / "hub_indicateurs").glob("*.csv")}
    assert not carried & {"683", "257", "255"}


def test_national_lines_are_those_printed_and_no_zero_stands_for_a_hole():
    fleet = hub("cgdd_voitures_electriques", "national").loc["metropole"]
    assert (fleet[2019], fleet[2024]) == (0.28, 2.21)
    assert hub("cgdd_bio", "national").loc["france_entiere", 2024] == 10.09
    protected = hub("cgdd_protection_forte", "national").loc["metropole"].dropna()
    assert sorted(protected.index) == [2021, 2022, 2023, 2024]
    assert (protected > 1).all()


def test_a_national_share_lies_among_the_regions():
    for measure_id, code in (
        ("cgdd_bio", "france_entiere"),
        ("itdd_waste_recovery", "metropole"),
        ("cgdd_voitures_electriques", "metropole"),
    ):
        regions, national = hub(measure_id), hub(measure_id, "national").loc[code]
        for year in regions.columns:
            assert regions[year].quantile(0.15) < national[year] < regions[year].quantile(0.85)


def test_protected_land_weighted_by_area_is_the_printed_share():
    area = region_area()
    share = hub("cgdd_protection_forte")[2024]
    assert (share * area).sum() / area.sum() == pytest.approx(1.55, abs=0.005)


def region_area() -> pd.Series:
    area = figures("insee_superficie", "superficie", "departement")[2024]
    region_of = {d.departement_code: d.region_code for d in load_registry().departements.values()}
    return area.groupby(area.index.map(region_of)).sum()


def test_areas_add_up_to_metropolitan_france_and_count_no_arrondissement_twice():
    area = figures("insee_superficie", "superficie", "departement")
    assert area[2024].sum() == pytest.approx(543_940, abs=1)
    assert area.loc["75", 2024] == pytest.approx(105.4, abs=0.1)
    assert area.nunique(axis=1).eq(1).all()


def test_soil_used_is_that_of_cerema():
    """60 366 ha from 2021 to 2023, overseas included; the window is of the regions of the study."""
    rows = pd.read_csv(RAW / "cgdd" / "hub_indicateurs" / "611.csv", sep=";", dtype={0: str})
    rows.columns = ["region", "year", "hectares"]
    recent = rows[rows["year"].str[:4].isin(["2021", "2022", "2023"])]
    assert recent["hectares"].sum() == pytest.approx(60_366, rel=0.001)
    home = recent[recent["region"].isin(REGIONS)]["hectares"].sum() / 3
    assert hub("espaces_consommes")[2023].sum() == pytest.approx(home, rel=1e-9)


def test_the_launching_year_of_pesticides_enters_no_mean():
    first = hub("achats_phytosanitaires").sum()[2016]
    assert first == pytest.approx((59_335 + 51_562 + 54_260) * 1000 / 3, rel=0.05)


FIRES_HA = {2016: 14_381, 2019: 15_190, 2022: 59_021, 2024: 2_766}


def test_forest_fires_are_hectares_of_five_years():
    """Years that the base totals, overseas included: their sums bound those of the windows."""
    table = figures("bdiff_incendies", "surface_brulee", "departement")
    assert sorted(table.columns) == list(range(2018, 2025))
    rows = pd.read_csv(
        RAW / "bdiff" / "incendies" / "incendies-2014-2024.csv", sep=";", skiprows=3, dtype=str
    )
    assert len(rows) == 29_806
    metres = rows["Surface parcourue (m2)"].astype(float)
    years = rows["Année"].astype(int)
    for year, hectares in FIRES_HA.items():
        assert metres[years == year].sum() / 10_000 == pytest.approx(hectares, abs=1)
    home = ~rows["Département"].str.startswith("97")
    last = metres[home & years.between(2020, 2024)].sum() / 10_000 / 5
    assert table[2024].sum() == pytest.approx(last, rel=1e-9)


def test_a_departement_without_fires_has_none():
    table = figures("bdiff_incendies", "surface_brulee", "departement")
    assert len(table) == 96
    assert (table.loc[["75", "92"]] == 0).all(axis=None)


def test_gas_of_corse_is_none_for_lack_of_a_network():
    gas = figures("odre_consommation", "consommation_gaz", "region")
    assert (gas.loc["94"] == 0).all()
    assert (gas.drop("94") > 1000).all(axis=None)


@pytest.mark.parametrize(("year", "printed"), [(2013, 19.5), (2024, 33.9)])
def test_renewable_power_is_a_share_of_consumption(year: int, printed: float):
    use = figures("odre_consommation", "consommation_electricite", "region")[year].sum()
    made = figures("odre_enr", "renewable_power", "region")[year].sum()
    assert 100 * made / use == pytest.approx(printed, abs=0.05)


@pytest.mark.parametrize(("year", "citepa"), [(2019, 437.7), (2022, 405.8), (2023, 378.2)])
def test_modelled_emissions_are_near_the_inventory(year: int, citepa: float):
    table = figures("jrc_edgar", "emissions_ges", "former_region")
    assert len(table) == 22
    assert table[year].sum() / 1e6 == pytest.approx(citepa, rel=0.03)


def test_homes_are_read_after_small_professionals_have_left_them():
    table = figures("ore_residentiel", "residentiel_electricite_gaz", "departement")
    assert sorted(table.columns) == [2018, 2019, 2020, 2021]
    assert len(table) == 96


def test_no_departement_doubles_from_a_year_to_the_next():
    """Alpes-Maritimes 2024 (+131 % in the official file) would."""
    table = figures("ore_residentiel", "residentiel_electricite_gaz", "departement")
    assert (table.pct_change(axis=1).iloc[:, 1:].abs() < 0.25).all(axis=None)


def test_regions_add_up_to_the_residential_total():
    regions = figures("sdes_bilan_residentiel", "residentiel_energie", "region")[2024]
    assert regions.sum() == pytest.approx(371_169.657394175, rel=1e-9)

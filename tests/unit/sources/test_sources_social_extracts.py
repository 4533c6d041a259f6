"""The extracts on housing, ties, equality and elections say what their producers print elsewhere.

Expected figures are printed by the producers, in the file or in a publication that the note of the
source names; they were not computed by this program.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from phare_pipeline.config import PROJECT
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.sources.catalogue import load_sources
from phare_pipeline.sources.staging import stage

RAW = PROJECT / "raw"
METROPOLE = 96


@cache
def figures(source_id: str) -> pd.DataFrame:
    """What is staged of a source; a row that was not read would be a wrong sum."""
    staged = stage(load_sources(RAW)[source_id], load_registry(), RAW)
    assert not staged.rejections
    return staged.observations.query("value.notna()")


def column(source_id: str, measure: str, period: str, level: str = "departement") -> pd.Series:
    rows = figures(source_id).query(
        "measure_id == @measure and period == @period and territory_level == @level"
    )
    return rows.groupby("territory_code")["value"].sum()


def test_turnout_of_metropolitan_france_is_the_printed_one() -> None:
    source = "interieur_presidentielle"
    voters = column(source, "presidentielle_votants", "2017")
    enrolled = column(source, "presidentielle_inscrits", "2017")
    assert round(100 * (1 - voters.sum() / enrolled.sum()), 2) == 19.98


@pytest.mark.parametrize(
    ("election", "years"),
    [
        ("legislatives", ("2017", "2022", "2024")),
        ("presidentielle", ("2017", "2022")),
        ("europeennes", ("2019", "2024")),
    ],
)
def test_every_departement_votes_once(election: str, years: tuple[str, ...]) -> None:
    """Codes lost their zero in some files, and European results come by constituency."""
    for year in years:
        voters, enrolled = (
            column(f"interieur_{election}", f"{election}_{name}", year)
            for name in ("votants", "inscrits")
        )
        assert len(enrolled) == METROPOLE
        assert (voters < enrolled).all()
        # The roll hardly moves between elections: a constituency forgotten or counted twice shows.
        other = column("interieur_legislatives", "legislatives_inscrits", "2022")
        assert ((enrolled / other).between(0.85, 1.1)).all()


def test_volunteers_by_departement_give_the_printed_regions() -> None:
    rate = column("anct_benevoles_2015", "benevoles_associations", "2015")
    people = column("insee_estimations_population", "pop_total", "2015")
    region = {d.departement_code: d.region_code for d in load_registry().departements.values()}
    weighted = (rate * people).groupby(region).sum() / people[rate.index].groupby(region).sum()
    printed = {"94": 12.03, "76": 10.47, "93": 9.90, "32": 7.55, "28": 7.61, "11": 7.81}
    for code, value in printed.items():
        assert weighted[code] == pytest.approx(value, abs=0.03)


def test_pay_of_women_and_men_by_sheet() -> None:
    source = "insee_salaires_sexe_2021"
    women = column(source, "salaire_horaire_femmes", "2021", "national")["metropole"]
    men = column(source, "salaire_horaire_hommes", "2021", "national")["metropole"]
    assert (round(women, 2), round(men, 2)) == (14.94, 17.42)
    assert len(column(source, "salaire_horaire_femmes", "2021", "region")) == 13
    assert len(column(source, "salaire_horaire_femmes", "2021")) == METROPOLE


def test_single_parents_are_counted_among_households_not_families() -> None:
    """Insee prints 9.1 % of the households of Bas-Rhin for 2021, 18.7 % of Nord's families."""
    share = column("insee_rp_menages", "menages_monoparentaux_part", "2022")
    assert share["67"] == pytest.approx(9.1, abs=0.1)
    assert share["59"] < 12


def test_people_alone_in_paris_are_near_the_printed_table() -> None:
    alone = column("insee_rp_menages", "seuls_55_64_part", "2016")
    assert alone["75"] == pytest.approx(32.2, abs=0.2)


def test_the_france_of_the_census_shares_is_metropolitan() -> None:
    """The regions, weighted by dwellings, come to its line; with overseas they would not."""
    source, homes = "insee_rp_menages", column("cdc_logements", "residences_principales", "2016")
    share = column(source, "suroccupation_part", "2016")
    printed = column(source, "suroccupation_part", "2016", "national")["metropole"]
    assert (share * homes).sum() / homes.sum() == pytest.approx(printed, abs=0.05)


def test_labels_f_and_g_are_added_and_have_no_national_line() -> None:
    rows = figures("sdes_etiquettes_dpe")
    assert set(rows["territory_level"]) == {"region"}
    share = column("sdes_etiquettes_dpe", "residences_f_g_part", "2024", "region")
    assert [round(share[code], 1) for code in ("11", "84", "76")] == [20.0, 15.8, 7.5]


def test_segregation_is_a_mean_of_departements() -> None:
    """The national index that DEPP prints (0.096 in 2014) also holds gaps between départements."""
    index = column("depp_colleges", "segregation_colleges", "2014")
    schools = column("depp_colleges", "depp_colleges", "2014")
    assert 0.07 < (index * schools).sum() / schools.sum() < 0.075

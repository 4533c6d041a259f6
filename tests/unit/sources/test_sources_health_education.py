"""The extracts of health and education: their traps, and totals that are printed elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from phare_pipeline.registry.model import Registry
from phare_pipeline.sources.catalogue import load_sources
from phare_pipeline.sources.staging import stage


@pytest.fixture(scope="session")
def figures(repository: Path, registry: Registry):
    """Figures of a measure, one row a territory and one column a year."""
    raw, staged = repository / "raw", {}

    def observed(source_id: str) -> pd.DataFrame:
        if source_id not in staged:
            staged[source_id] = stage(load_sources(raw)[source_id], registry, raw).observations
        return staged[source_id]

    def read(measure_id: str, level: str = "departement") -> pd.DataFrame:
        sources = dict.fromkeys(m.source_id for m in registry.measures[measure_id].readings)
        rows = pd.concat([observed(source_id) for source_id in sources]).query(
            "measure_id == @measure_id and territory_level == @level and value.notna()"
        )
        by_year = rows.groupby(["territory_code", "period"])["value"]
        return by_year.sum().unstack().rename(columns=int)

    return read


@pytest.fixture(scope="session")
def by_region(registry: Registry):
    """Sum figures of départements to the 13 regions."""
    region = {d.departement_code: d.region_code for d in registry.departements.values()}
    return lambda frame: frame.groupby(region).sum()


def test_deaths_stand_in_the_departement_of_their_nuts_region(figures):
    men = figures("pop_40_59") - figures("pop_femmes_40_59")
    rates = (figures("deces_hommes_40_59") / men * 1000)[range(2013, 2022)]
    assert rates.notna().all(axis=None) and len(rates) == 96
    # A code put under another département would give the deaths of one and the people of another.
    assert rates.stack().between(1.5, 9).all()
    assert rates.div(rates.median(axis=1), axis=0).stack().between(0.5, 2).all()


def test_deaths_fit_the_premature_mortality_that_insee_publishes(figures, by_region, repository):
    deaths = by_region(figures("deces_hommes_40_59") + figures("deces_femmes_40_59"))
    rates = (deaths / by_region(figures("pop_40_59")))[2021]
    path = repository / "raw/insee/mortalite/esperance_de_vie_region.csv"
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file.readlines()[2:], delimiter=";"))
    published = pd.Series(
        {
            row["Code"]: float(row["Taux de mortalité standardisé des 0 à 64 ans 2023"])
            for row in rows
        }
    )
    assert rates.rank().corr(published.reindex(rates.index).rank()) > 0.85
    departements = figures("mortalite_standard_0_64")
    weights = figures("popq_0_64")
    regional = by_region(departements[2023] * weights[2023]) / by_region(weights[2023])
    assert (regional - published.reindex(regional.index)).abs().max() < 0.07


def test_all_causes_has_the_year_of_the_epidemic_and_every_departement(figures):
    rates = figures("mortalite_toutes_causes")
    assert rates.shape == (96, 14)
    assert (rates.loc["62", 2023], rates.loc["75", 2023]) == (1181.2, 757.3)
    weights = figures("pop_total")[rates.columns]
    national = (rates * weights).sum() / weights.sum()
    assert national[2020] - national[2019] > 80


def test_the_line_of_france_has_no_territory_and_is_read_by_its_year(figures):
    france = figures("ditp_hpv_girls", "national").loc["france_entiere"]
    # Printed by the barometer of the DITP for 2023, and by the inventory of the file for 2024.
    assert (france[2023], france[2024]) == (54.6, 58.4)
    assert list(france.index) == list(range(2011, 2025))
    regions = figures("ditp_hpv_girls", "region")
    inside = (regions.min() <= france) & (france <= regions.max())
    assert inside.all()


def test_nothing_is_read_before_the_break_of_the_labour_force_survey(figures):
    low, active = (
        figures(name, "former_region") for name in ("actifs_peu_diplomes", "actifs_25_64")
    )
    assert list(low.columns) == [2013, 2014, 2015] and len(low) == 22
    share = low.sum() / active.sum()
    # Eurostat's line of France: 4 663,3 of 26 443,3 thousand in 2015, overseas included.
    assert share[2015] == pytest.approx(4663.3 / 26443.3, abs=0.006)


def test_pupils_of_the_baccalaureat_stay_in_their_region(figures):
    present, admitted = (figures(name, "region") for name in ("bac_presents", "bac_admis"))
    assert len(present) == 13
    assert (admitted.sum() / present.sum())[2021] == pytest.approx(0.939, abs=5e-4)
    assert present.sum()[2021] < 735_245  # printed for France, overseas included
    # Three académies make Île-de-France: one of them alone would hold a tenth of the candidates.
    assert 0.17 < present.loc["11", 2021] / present[2021].sum() < 0.22


def test_shares_of_pupils_are_weighted_and_stay_near_the_printed_line(figures):
    shares, colleges = figures("collegiens_defavorises"), figures("depp_colleges")
    national = (shares * colleges).sum() / colleges.sum()
    # The DEPP prints 38,34 and 37,37 for France, overseas included.
    assert national[2014] == pytest.approx(38.34, abs=0.6) and national[2014] < 38.34
    assert national[2021] == pytest.approx(37.37, abs=0.6) and national[2021] < 37.37


def test_the_brevet_counts_pupils_and_not_schools(figures):
    candidates, honours = figures("brevet_candidats"), figures("brevet_mentions")
    assert list(candidates.columns) == [2022, 2023, 2024] and len(candidates) == 96
    assert 700_000 < candidates[2024].sum() < 744_274  # printed for France, overseas included
    assert (honours < candidates).all(axis=None)


def test_doctors_of_2018_add_up_to_the_printed_line_and_follow_those_of_2014(figures):
    doctors = figures("medecins")
    assert doctors[2018].sum() == 220_398  # printed for metropolitan France
    practitioners = figures("medecins_generalistes")
    population = figures("pop_total")[2018]
    # The DREES prints 153,5 for 100 000 inhabitants, on an earlier estimate of the population.
    assert practitioners[2018].sum() / population.sum() * 1e5 == pytest.approx(153.5, abs=1)
    assert (practitioners[2018] / practitioners[2014]).between(0.75, 1.25).all()

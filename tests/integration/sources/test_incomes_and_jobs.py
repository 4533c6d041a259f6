"""Traps of the files on incomes, poverty, jobs and wages, met in the project's own extracts."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pandas as pd
import pytest

from phare_pipeline.config import PROJECT
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Level, Registry
from phare_pipeline.sources.catalogue import load_sources
from phare_pipeline.sources.staging import stage

RAW = PROJECT / "raw"
Series = Callable[..., pd.Series]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def read(registry: Registry) -> Series:
    """Return the figures of a source by territory, for one measure, period and level."""
    sources, staged = load_sources(RAW), {}

    def run(source: str, measure: str, period: int, level: str = "departement") -> pd.Series:
        if source not in staged:
            result = stage(sources[source], registry, RAW)
            assert result.rejections == ()
            staged[source] = result.observations
        rows = staged[source].query(
            "measure_id == @measure and period == @year and territory_level == @level",
            local_dict={"measure": measure, "year": str(period), "level": level},
        )
        return rows.set_index("territory_code")["value"]

    return run


@pytest.mark.parametrize(
    ("year", "source", "printed"),
    [
        (2015, "insee_filosofi_dep", 14.87),
        (2019, "insee_filosofi_dep", 14.5),
        (2020, "insee_filosofi_dep", 14.4),
        (2021, "insee_filosofi_dep", 14.9),
    ],
)
def test_poverty_of_departements_gives_the_printed_rate_of_the_metropole(
    read: Series, year: int, source: str, printed: float
) -> None:
    rates = read(source, "personnes_pauvres_2017", year)
    persons = read(source, "personnes_menages_fiscaux_2017", year)
    assert len(rates) == len(persons) == 96
    assert (rates * persons).sum() / persons.sum() == pytest.approx(printed, abs=0.05)


def test_the_line_of_2021_that_a_third_party_copied_lies_within_the_regions(read: Series) -> None:
    for measure in ("filo_niveau_vie_median", "filo_niveau_vie_d9", "filo_rapport_interdecile"):
        regions = read("insee_filosofi_reg", measure, 2021, "region")
        line = read("insee_filosofi_reg", measure, 2021, "national")
        assert len(regions) == 13 and len(line) == 1
        assert regions.min() < line.iloc[0] < regions.max()
    assert read("insee_filosofi_reg", "filo_niveau_vie_d1", 2021, "national").empty


def test_the_third_party_has_the_published_figures_where_both_are(read: Series) -> None:
    """What lets its line stand for the one that the file of 2021 does not have."""
    with (RAW / "insee/agregats_regions/agg_reg.csv").open(encoding="utf-8") as file:
        copied = {row["code"]: row for row in csv.DictReader(file, delimiter=";")}
    for year, name in ((2019, "rev_med_19"), (2021, "rev_med_21")):
        source = "insee_filosofi_disp" if year == 2019 else "insee_filosofi_reg"
        published = read(source, "filo_niveau_vie_median", year, "region")
        assert {c: float(copied[c][name]) for c in published.index} == published.to_dict()
    metropole = read("insee_filosofi_disp", "filo_niveau_vie_median", 2019, "national")
    assert float(copied["00FR"]["rev_med_19"]) == metropole.iloc[0]


def test_employers_only_in_both_years(read: Series) -> None:
    """The total of 2018 counts employers, that of 2014 all: 18 % against 6 %."""
    shares = {}
    for source, year in (("insee_etablissements_2014", 2014), ("insee_comparateur_2018", 2018)):
        large, employers = (
            read(source, f"etablissements_{part}", year).sum() for part in ("10_plus", "employeurs")
        )
        shares[year] = 100 * large / employers
    assert shares[2014] == pytest.approx(18.6, abs=0.05)
    assert shares[2018] == pytest.approx(18.1, abs=0.05)
    every = read("insee_etablissements_2014", "etablissements", 2014).sum()
    large = read("insee_etablissements_2014", "etablissements_10_plus", 2014).sum()
    assert 100 * large / every == pytest.approx(6.1, abs=0.05)


def test_arrondissements_are_counted_once() -> None:
    """Paris, Lyon and Marseille stand in the file twice, whole and in parts."""
    cities, parts = {"75": 0, "69": 0, "13": 0}, {"75": 0, "69": 0, "13": 0}
    whole = {"75056", "69123", "13055"}
    for path in (RAW / "insee/comparateur_2018").glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter=";"):
                code = row["CODGEO"]
                if code in whole:
                    cities[code[:2]] += int(row["ETTOT18"])
                elif code.startswith(("751", "132", "6938")):
                    parts[code[:2]] += int(row["ETTOT18"])
    assert all(cities.values())
    assert cities == parts


def test_corse_does_not_set_the_scale_of_neet(read: Series, registry: Registry) -> None:
    for year in range(2013, 2023):
        regions = read("eurostat_neet", "neet_15_29", year, "region")
        assert len(regions) == 12 and "94" not in regions.index
    assert {b.year for b in registry.breaks if b.measure_id == "neet_15_29"} == {2013, 2014, 2021}


def test_wages_are_read_from_the_sheets_of_the_producer_alone(read: Series) -> None:
    source = load_sources(RAW)["insee_salaires_2021"]
    blocks = source.options_of(source.files[0])["blocks"]
    assert sorted(sheet for block in blocks for sheet in block["sheets"]) == [
        "DEP", "METRODOM", "REG",
    ]  # fmt: skip
    line = read("insee_salaires_2021", "salaire_net_horaire", 2021, "national").iloc[0]
    assert line == pytest.approx(16.39, abs=0.005)
    assert len(read("insee_salaires_2021", "salaire_net_horaire", 2021)) == 96


def test_private_jobs_add_up_to_the_known_total(read: Series) -> None:
    """19.87 M in France of 2022 but Mayotte, 0.41 M of them overseas."""
    jobs = read("urssaf_emploi_prive", "effectif_prive", 2022)
    assert len(jobs) == 96
    assert jobs.sum() == pytest.approx(19.46e6, rel=1e-3)


def test_long_unemployment_has_the_lines_that_its_producer_prints(read: Series) -> None:
    measure, source = "part_demandeurs_longue_duree", "anct_demandeurs_longue_duree"
    for year, printed in ((2013, 40.8), (2017, 44.2)):
        assert read(source, measure, year, "national").iloc[0] == printed
        regions = read(source, measure, year, "region")
        assert len(regions) == 13 and regions.min() < printed < regions.max()


def test_one_population_series(registry: Registry) -> None:
    """Two vintages of one estimate differed by up to 2.6 % in one release."""
    spans = {
        name: {(o.source_id, o.first_period, o.last_period) for o in measure.others}
        for name, measure in registry.measures.items()
        if measure.source_id == "insee_estimations_population"
    }
    assert spans
    assert set(map(frozenset, spans.values())) == {
        frozenset({("insee_population_age", 2016, 2024)})
    }


@pytest.mark.parametrize("indicator", ["ass_taux", "aah_taux", "rsa_taux", "asi_taux"])
def test_rates_stand_on_the_ages_entitled(registry: Registry, indicator: str) -> None:
    (term,) = registry.indicators[indicator].denominator
    assert registry.measures[term.measure_id].label_fr == "Population de 20 à 64 ans"
    period = registry.socle.get((indicator, Level.REGION))
    assert period is None or period.first_period == 2016

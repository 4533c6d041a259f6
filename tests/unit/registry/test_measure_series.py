"""A measure is read from several series: which one in which year, and what is refused."""

from __future__ import annotations

import csv
import random
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from phare_pipeline.errors import RegistryError
from phare_pipeline.registry.loader import TABLES, load_registry
from phare_pipeline.registry.model import MeasureSeries, Registry
from phare_pipeline.registry.series import COLUMNS, FILE
from phare_pipeline.steps.common.declared import registry_digest
from phare_pipeline.steps.edition.registry_tables import FIRST_YEAR, LAST_YEAR, sql_relations

PRIMARY = "Population active de 15 à 64 ans / Ensemble"
COUNT, RATE, BASE = "actifs_15_64", "personnes_pauvres_2017", "personnes_menages_fiscaux_2017"


def row_of(**cells: str) -> dict[str, str]:
    usual = {
        "measure_id": COUNT,
        "source_id": "autre",
        "series": "Actifs",
        "source_level": "departement",
        "factor": "",
        "first_period": "2019",
        "last_period": "2021",
        "note_fr": "Mêmes champ et définition.",
    }
    return usual | cells


def written(folder: Path, *rows: dict[str, str]) -> Path:
    tables = folder / "tables"
    shutil.copytree(TABLES, tables, dirs_exist_ok=True)
    with (tables / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return tables


def test_every_year_has_one_series(tmp_path: Path) -> None:
    """Inside a span it is that of the row, the ends included; outside that of measures.csv."""
    registry = load_registry(
        written(
            tmp_path,
            row_of(source_id="tard", first_period="2024", last_period="2024", factor="1000"),
            row_of(source_level="region", series="A + B"),
        )
    )
    measure = registry.measures[COUNT]
    found = {year: measure.reading_of(year) for year in range(2017, 2027)}
    assert {y: r.source_id for y, r in found.items() if r.source_id != measure.source_id} == {
        2019: "autre", 2020: "autre", 2021: "autre", 2024: "tard",
    }  # fmt: skip
    assert (found[2020].series, found[2024].factor, found[2022].factor) == (("A", "B"), 1000, 1)
    assert {y for y, r in found.items() if r.takes("B") and r.holds(y)} == {2019, 2020, 2021}
    assert registry.source_ids >= {"autre", "tard", measure.source_id}
    [read] = registry.measures_of("autre")
    assert (read.measure_id, read.declared_at) == (COUNT, "measure_series.csv, line 3")
    assert measure in registry.measures_of(measure.source_id)


def test_the_years_of_the_levels_follow_each_other() -> None:
    """Whatever the spans are: every year of a measure is read at one level."""
    registry = load_registry(TABLES)
    measure = registry.measures[COUNT]
    for seed in range(40):
        chance = random.Random(seed)
        ends = sorted(chance.sample(range(FIRST_YEAR, LAST_YEAR + 1), 6))
        spans = list(zip(ends[::2], ends[1::2], strict=True))[: chance.randrange(4)]
        others = tuple(
            MeasureSeries(COUNT, f"s{a}", ("x",), measure.source_levels, 1.0, a, b, "Essai.", 2)
            for a, b in spans
        )
        prolonged = replace(measure, others=others)
        rows = sql_relations(replace(registry, measures={COUNT: prolonged}))["readings"].to_pylist()
        bounds = [(row["first_year"], row["last_year"]) for row in rows]
        assert bounds[0][0] == FIRST_YEAR
        assert bounds[-1][1] == LAST_YEAR
        assert all(b + 1 == c for (_, b), (c, _) in pairwise(bounds)), bounds
        assert set(spans) <= set(bounds)


@pytest.mark.parametrize(
    ("rows", "column", "found"),
    [
        ([row_of(measure_id="actifs")], "measure_id", "unknown value"),
        ([row_of(source_id="")], "source_id", "empty cell"),
        ([row_of(series="")], "series", "empty cell"),
        ([row_of(source_level="canton")], "source_level", "unknown level"),
        ([row_of(source_level="departement+region")], "source_level", "several levels"),
        ([row_of(factor="-1")], "factor", "not positive"),
        ([row_of(factor="0")], "factor", "not positive"),
        ([row_of(first_period="")], "first_period", "empty cell"),
        ([row_of(last_period="")], "last_period", "empty cell"),
        ([row_of(first_period="2022")], "last_period", "before the first"),
        ([row_of(note_fr="")], "note_fr", "empty cell"),
        ([row_of(), row_of(first_period="2021", last_period="2030")], "first_period", "2021"),
        ([row_of(), row_of(first_period="2010", last_period="2019")], "first_period", "2019"),
        ([row_of(), row_of(first_period="2020", last_period="2020")], "first_period", "2020"),
        (
            [row_of(source_id="insee_rp_activite", series=PRIMARY)],
            "series",
            "names already",
        ),
        ([row_of(measure_id=RATE, source_level="region")], "source_level", "rate and its base"),
        ([row_of(measure_id=BASE, source_level="region")], "source_level", "rate and its base"),
    ],
)  # fmt: skip
def test_what_is_refused(
    rows: list[dict[str, str]], column: str, found: str, tmp_path: Path
) -> None:
    """With file, line and column."""
    with pytest.raises(RegistryError) as refused:
        load_registry(written(tmp_path, *rows))
    assert f"{FILE}, line {len(rows) + 1}, column {column}" in str(refused.value)
    assert found in str(refused.value)


def test_a_series_counts_by_its_content(tmp_path: Path) -> None:
    """Another year, source or factor is another registry; another line of the file is not."""
    other = row_of(measure_id="pop_total", series="Population")
    one = load_registry(written(tmp_path, row_of(), other))
    assert registry_digest(one) == registry_digest(
        load_registry(written(tmp_path, other, row_of()))
    )

    def changed(**cells: str) -> Registry:
        return load_registry(written(tmp_path, row_of(**cells), other))

    digests = [
        registry_digest(r)
        for r in (one, changed(last_period="2022"), changed(source_id="x"), changed(factor="2"))
    ]
    assert len(set(digests)) == len(digests)

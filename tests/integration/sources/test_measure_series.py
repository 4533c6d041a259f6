"""A new layout prolongs a measure end to end: staged, explained, verified, named in the report."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import tomlkit

from phare_pipeline.cli.main import main
from phare_pipeline.registry.series import COLUMNS, FILE
from tests.integration.conftest import use
from tests.integration.small import RUN, YEAR, Installation, sha256_of

PRIMARY, OTHER = "insee_estimations_population", "essai_population"
MEASURE = "pop_total"
# Thousands of people, so that every figure says from which file it is.
FACTOR = 1000


def prolong(small: Installation) -> dict[str, int]:
    """Give the measure another file for the edition's year; return its thousands by département."""
    with (small.registry / "departements.csv").open(encoding="utf-8") as file:
        codes = [
            r["departement_code"] for r in csv.DictReader(file) if r["perimeter"] == "metropole"
        ]
    thousands = {code: 700 + 3 * n for n, code in enumerate(codes)}
    path = small.raw / "essai" / "population.csv"
    path.parent.mkdir()
    lines = [f"{code};{year};{n}" for code, n in thousands.items() for year in (YEAR, YEAR + 1)]
    path.write_text("dep;an;milliers\n" + "\n".join(lines) + "\n", "utf-8")
    document = tomlkit.parse((small.raw / "sources.toml").read_text("utf-8"))
    entry = {
        "title": "Population, nouvelle présentation",
        "producer": "Essai",
        "licence": "Licence Ouverte 2.0",
        "address": "https://example.org/population",
        "vintage": "essai",
        "geography_year": 2016,
        "reader": "table",
        "note_fr": "",
        "options": {
            "header_lines": [1],
            "series": {"values": ["milliers"], "header": True},
            "period": {"column": "an"},
            "territory": {"column": "dep", "level": "departement", "nomenclature": "insee"},
        },
        "files": [
            {
                "path": "essai/population.csv",
                "sha256": sha256_of(path),
                "bytes": path.stat().st_size,
                "origin_title": "population.csv",
                "origin_sha256": sha256_of(path),
            }
        ],
    }
    document[OTHER] = entry
    (small.raw / "sources.toml").write_text(tomlkit.dumps(document), "utf-8")
    row = {
        "measure_id": MEASURE,
        "source_id": OTHER,
        "series": "milliers",
        "source_level": "departement",
        "factor": FACTOR,
        "first_period": YEAR,
        "last_period": YEAR,
        "note_fr": "Même champ, en milliers.",
    }
    with (small.registry / FILE).open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, COLUMNS, lineterminator="\n").writerow(row)
    return thousands


@pytest.fixture(scope="module")
def prolonged(
    published_small: Installation, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Installation, dict[str, int]]:
    copy = published_small.copy_to(tmp_path_factory.mktemp("series") / "installation")
    thousands = prolong(copy)
    with pytest.MonkeyPatch.context() as patch:
        use(patch, copy)
        assert main(RUN) == 0
    return copy, thousands


def test_the_year_comes_from_the_new_file_and_the_others_from_the_old_one(prolonged) -> None:
    """The year after, which the new file has too and no row asks for, stays with the old one."""
    small, thousands = prolonged
    [state] = (small.warehouse / "current" / "origins").iterdir()
    cells = pd.read_parquet(state / "core_observations.parquet")
    cells = cells[cells["measure_id"] == MEASURE]
    assert cells.groupby("data_year")["source_id"].agg(set).map(len).eq(1).all()
    new = cells[cells["source_id"] == OTHER]
    assert set(new["data_year"]) == {YEAR}
    assert dict(zip(new["territory_code"], new["value"], strict=True)) == {
        code: FACTOR * n for code, n in thousands.items()
    }
    assert set(cells.loc[cells["data_year"].isin((YEAR - 1, YEAR + 1)), "source_id"]) == {PRIMARY}


def test_its_figures_are_explained_by_the_file_they_come_from(
    prolonged, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small, thousands = prolonged
    use(monkeypatch, small)
    indicators = pd.read_parquet(small.warehouse / "current" / "marts" / "dim_indicator.parquet")
    name = next(
        row.indicator_id
        for row in indicators.itertuples()
        if row.denominator == MEASURE and "évolution" not in row.nature
    )
    capsys.readouterr()
    assert main(["explain", "HDF", name, str(YEAR), "--all"]) == 0
    text = capsys.readouterr().out
    assert "Population, nouvelle présentation (Essai)" in text
    assert f"série : « milliers », de {YEAR} à {YEAR} : Même champ, en milliers." in text
    assert "raw/essai/population.csv" in text
    assert f"« {thousands['59']} »" in text


def test_it_is_verified_to_the_last_figure(
    prolonged, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small, _ = prolonged
    use(monkeypatch, small)
    capsys.readouterr()
    code = main(["verify", "--json"])
    data = json.loads(capsys.readouterr().out)
    assert code == 0, [check for check in data["checks"] if check["outcome"] != "verified"]


def test_the_release_names_both_series(prolonged) -> None:
    small, _ = prolonged
    marts = small.warehouse / "current" / "marts"
    series = pd.read_parquet(marts / "dim_measure_series.parquet")
    own = series[series["measure_id"] == MEASURE].sort_values("series_order")
    assert list(own["source_id"]) == [PRIMARY, OTHER]
    assert list(own["first_year"].fillna(0)) == [0, YEAR]
    assert OTHER in set(pd.read_parquet(marts / "dim_source.parquet")["source_id"])
    [page] = (small.warehouse / "current" / "reports").glob(f"region=hauts-de-france/{YEAR}.html")
    assert "Population, nouvelle présentation" in page.read_text("utf-8")


def test_forged_cells_of_another_source_are_found(prolonged, tmp_path: Path) -> None:
    """Cells that stand in the file of the years around are not those that are declared."""
    from phare_pipeline.explain.check.figures import check_series
    from phare_pipeline.explain.reading.state import State

    small, _ = prolonged
    [folder] = (small.warehouse / "current" / "origins").iterdir()
    copy = shutil.copytree(folder, tmp_path / folder.name)
    assert not check_series(State(copy)).failed
    (copy / "registry" / FILE).write_text(",".join(COLUMNS) + "\n", "utf-8")
    found = check_series(State(copy))
    assert found.failed
    assert MEASURE in found.samples[0]
    assert OTHER in found.samples[0]

"""A new indicator is computed before it is written, and the registry itself judges its row."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.intake.indicator import row_of, try_row
from phare_pipeline.registry.loader import TABLES, load_registry
from phare_pipeline.registry.model import Level, Role
from phare_pipeline.sources.catalogue import load_sources
from phare_pipeline.sources.staging import stage

RENEWABLE = "odre_enr"
SAID = {
    "indicator-id": "essai_eolien",
    "label-fr": "Part de l’éolien",
    "domain-id": "environnement",
    "numerator": "renewable_wind",
    "denominator": "renewable_power",
    "role": "complement",
    "direction": "-1",
    "definition-fr": "Production éolienne rapportée à la production électrique renouvelable.",
    "reason-fr": "Essai.",
}


@pytest.fixture
def tables(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = shutil.copytree(TABLES, tmp_path / "tables")
    monkeypatch.setenv("PHARE_REGISTRY", str(folder))
    monkeypatch.setenv("PHARE_RAW", str(repository / "raw"))
    return folder


def said(**others: str) -> list[str]:
    answers = SAID | {key.replace("_", "-"): value for key, value in others.items()}
    return ["indicator", "new", *(f"--{key}={value}" for key, value in answers.items())]


def test_what_it_shows_is_the_quotient_of_the_cells(tables: Path, repository: Path) -> None:
    registry = load_registry(tables)
    answers = {key.replace("-", "_"): value for key, value in SAID.items()}
    trial = try_row(row_of(answers, registry), tables, repository / "raw")
    source = load_sources(repository / "raw")[RENEWABLE]
    cells = stage(source, registry, repository / "raw").observations
    cells = cells[(cells["data_year"] == trial.year) & (cells["territory_level"] == "region")]
    wide = cells.pivot(index="territory_code", columns="measure_id", values="value")
    sums = wide[["renewable_wind", "renewable_power"]].sum()
    assert trial.france == pytest.approx(100 * sums.iloc[0] / sums.iloc[1])
    shares = 100 * wide["renewable_wind"] / wide["renewable_power"]
    names = {u.code: u.name_fr for u in registry.units_of(Level.REGION)}
    assert trial.values == pytest.approx({names[c]: v for c, v in shares.items()})
    assert trial.scale == pytest.approx((shares - trial.france).abs().max())
    assert trial.year == max(trial.complete)
    assert load_registry(tables) == registry


@pytest.mark.parametrize("role", ["complement", "socle"])
def test_the_row_is_written_and_loads(
    role: str, tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing else of the tables moves; the socle gets the years that were found."""
    before = {p.name: p.read_bytes() for p in tables.iterdir()}
    assert main(said(role=role)) == 0
    assert "Part de l’éolien" in capsys.readouterr().out
    registry = load_registry(tables)
    found = registry.indicators["essai_eolien"]
    assert (found.role, found.direction, found.scale) == (Role(role), -1, 100)
    assert found.operation == registry.indicators["part_hydraulique"].operation
    assert (("essai_eolien", "region") in registry.socle) == (role == "socle")
    for name, content in before.items():
        assert (tables / name).read_bytes().startswith(content), name


def test_a_dry_run_writes_nothing(tables: Path) -> None:
    before = {p.name: p.read_bytes() for p in tables.iterdir()}
    assert main([*said(), "--dry-run"]) == 0
    assert {p.name: p.read_bytes() for p in tables.iterdir()} == before


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"numerator": "renewable_wint"}, "renewable_wint"),
        ({"role": "contexte"}, "column role"),
        ({"direction": "2"}, "column direction"),
        ({"indicator_id": "taux_chomage"}, "an id is given twice"),
        ({"indicator_id": "../x"}, "column indicator_id"),
        ({"domain_id": "meteo"}, "column domain_id"),
    ],
)
def test_what_the_registry_refuses(
    answers: dict[str, str], message: str, tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tables / "indicators.csv").read_bytes()
    assert main(said(**answers)) == 1
    assert message in capsys.readouterr().err
    assert (tables / "indicators.csv").read_bytes() == before


def test_sides_without_a_year_in_common(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Households of 2017 and a base that is only there by quarter: both are said."""
    answers = said(numerator="menages_fiscaux_2017", denominator="ftth_premises")
    assert main([*answers, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    [households] = [line for line in shown.splitlines() if line.startswith("menages_fiscaux_2017:")]
    assert "2017" in households
    assert "ftth_premises: no year\n" in shown
    assert "the sides have no year in common" in shown

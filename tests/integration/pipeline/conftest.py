"""A small but real installation: a few shipped sources, their measures and indicators."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomlkit

from phare_pipeline.cli import main
from phare_pipeline.registry.loader import TABLES
from phare_pipeline.sources.catalogue import load_sources

YEAR = 2016
# One source of each reader and format: BDM workbook, csv of départements, csv of regions,
# workbook with a sheet a year.
SOURCES = ("insee_chomage_localise", "arcep_ftth", "odre_enr", "insee_estimations_population")


@dataclass(frozen=True)
class Installation:
    """The folders of an installation made for one test."""

    raw: Path
    registry: Path
    warehouse: Path

    def file(self, source_id: str) -> Path:
        """Return the first raw file of a source."""
        return self.raw / load_sources(self.raw)[source_id].files[0].path

    def run(self, *options: str) -> int:
        """Run the real command on one edition, without Dagster."""
        return main(["run", "--plain", "--year", str(YEAR), *options])


def keep_rows(path: Path, is_kept: Callable[[dict[str, str]], bool]) -> None:
    """Keep some rows of a registry table."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), [row for row in reader if is_kept(row)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make_installation(repository: Path, folder: Path) -> Installation:
    """Copy the chosen sources and the part of the registry that needs nothing else."""
    raw, registry = folder / "raw", folder / "registry"
    shutil.copytree(TABLES, registry)
    document = tomlkit.parse((repository / "raw" / "sources.toml").read_text("utf-8"))
    for source_id in [name for name in document if name not in SOURCES]:
        del document[source_id]
    raw.mkdir(parents=True)
    (raw / "sources.toml").write_text(tomlkit.dumps(document), "utf-8")
    for name in ("corrections.csv", "gaps.csv"):
        shutil.copy(repository / "raw" / name, raw / name)
    for source in load_sources(raw).values():
        for file in source.files:
            (raw / file.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / "raw" / file.path, raw / file.path)
    keep_rows(registry / "measures.csv", lambda row: row["source_id"] in SOURCES)
    with (registry / "measures.csv").open(newline="", encoding="utf-8") as text:
        measures = {row["measure_id"] for row in csv.DictReader(text)}
    keep_rows(
        registry / "indicators.csv",
        lambda row: (
            set(f"{row['numerator']} + {row['denominator']}".replace("-", "+").split(" + "))
            <= measures | {""}
        ),
    )
    with (registry / "indicators.csv").open(newline="", encoding="utf-8") as text:
        indicators = {row["indicator_id"] for row in csv.DictReader(text)}
    keep_rows(registry / "goalposts.csv", lambda row: row["indicator_id"] in indicators)
    keep_rows(registry / "breaks.csv", lambda row: row["measure_id"] in measures)
    return Installation(raw, registry, folder / "warehouse")


@pytest.fixture(scope="session")
def published(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small installation that has published a release."""
    folder = tmp_path_factory.mktemp("published")
    installation = make_installation(repository, folder)
    with pytest.MonkeyPatch.context() as patch:
        use(patch, installation)
        assert installation.run() == 0
    return folder


def use(patch: pytest.MonkeyPatch, installation: Installation) -> None:
    """Point the command line to an installation."""
    patch.setenv("PHARE_RAW", str(installation.raw))
    patch.setenv("PHARE_REGISTRY", str(installation.registry))
    patch.setenv("PHARE_WAREHOUSE", str(installation.warehouse))


@pytest.fixture
def installation(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Return a copy of the published installation, for one test to damage."""
    shutil.copytree(published, tmp_path / "copy", symlinks=True)
    copy = Installation(
        tmp_path / "copy" / "raw", tmp_path / "copy" / "registry", tmp_path / "copy" / "warehouse"
    )
    use(monkeypatch, copy)
    return copy

"""A small installation of real extracts, one a reader family and format, for end-to-end tests.

It runs the real command on one edition; what a test damages or measures belongs in the test.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from phare_pipeline.registry.model import parse_terms
from phare_pipeline.sources.catalogue import load_sources

YEAR = 2016
# The few sources have no scored row of the environment: these stand in for one, on scales of their
# own (base edition, value of France, largest gap).
STAND_INS = {
    "electricite_renouvelable_par_habitant": (2012, 1.29733, 2.3912),
    "electricite_renouvelable_evolution_5ans": (2013, 34.7598, 324.502),
    "solaire_par_habitant": (2012, 64.2183, 256.091),
    "bioenergies_par_habitant": (2012, 65.1509, 101.877),
}
# Two editions show what changes from one to the next; the first is the study's own.
TWO_YEARS = (2016, 2017)
STUDY = "phare-2016"
SOURCES = (
    "insee_chomage_localise",  # BDM family, workbook
    "insee_estimations_population",  # table, a sheet a year
    "insee_rp_activite",  # table, two workbooks with merged headers
    "arcep_ftth",  # table, wide csv under title rows
    "odre_enr",  # table, long csv of regions
    "insee_filosofi_dep_2017",  # table, csv; carries rates from which counts are reconstructed
    "france_travail_jeunes",  # territories in columns, csv
)


@dataclass(frozen=True)
class Installation:
    """Raw files, registry and warehouse of one installation."""

    folder: Path

    @property
    def raw(self) -> Path:
        """The extracts with their catalogue."""
        return self.folder / "raw"

    @property
    def registry(self) -> Path:
        """The tables of the registry."""
        return self.folder / "registry"

    @property
    def warehouse(self) -> Path:
        """Builds and releases."""
        return self.folder / "warehouse"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make the command use this installation."""
        return {
            "PHARE_RAW": str(self.raw),
            "PHARE_REGISTRY": str(self.registry),
            "PHARE_WAREHOUSE": str(self.warehouse),
            # Its releases hold one edition.
            "PHARE_EDITIONS": str(YEAR),
        }

    def use(self) -> None:
        """Make the command of this process use this installation."""
        os.environ.update(self.environment)

    def raw_file(self, source_id: str, position: int = 0) -> Path:
        """Return a raw file of a source."""
        return self.raw / load_sources(self.raw)[source_id].files[position].path

    def copy_to(self, folder: Path) -> Installation:
        """Copy everything, published releases too."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Installation(folder)


RUN = ("run", "--plain", "--year", str(YEAR))


def make_installation(
    repository: Path, folder: Path, sources: Iterable[str] = SOURCES
) -> Installation:
    """Copy the chosen sources, the study of 2016, and of the registry what needs only them."""
    small, kept = Installation(folder), set(sources)
    _copy_sources(repository / "raw", small.raw, kept)
    _copy_study(repository / "raw" / "surveys", small.raw / "surveys")
    shutil.copytree(repository / "phare_pipeline" / "registry" / "tables", small.registry)
    _score_stand_ins(small.registry)
    make_lenient(small.registry)
    measures = keep_rows(small.registry / "measures.csv", lambda row: row["source_id"] in kept)
    keep_rows(small.registry / "breaks.csv", lambda row: row["measure_id"] in measures)
    keep_rows(
        small.registry / "measure_series.csv",
        lambda row: row["measure_id"] in measures and row["source_id"] in kept,
    )
    keep_rows(
        small.registry / "measure_rules.csv",
        lambda row: {row["measure_id"], row["whole_id"] or row["measure_id"]} <= measures,
    )
    indicators = keep_rows(
        small.registry / "indicators.csv", lambda row: _measures_of(row) <= measures
    )
    for name in ("goalposts.csv", "socle.csv"):
        keep_rows(small.registry / name, lambda row: row["indicator_id"] in indicators)
    return small


def make_lenient(registry: Path) -> None:
    """Score every row that has a direction, on whatever is there.

    What follows from scores is tested where few figures make them; the rule of base has its own
    tests.
    """
    (registry / "base_rule.csv").write_text("rule,value,reason_fr\n", "utf-8")
    raised = _change_rows(registry / "indicators.csv", _raise_complement)
    with (registry / "socle.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            (row["indicator_id"], "region", 1990, 2030) for row in raised
        )


def _raise_complement(row: dict[str, str]) -> bool:
    is_raised = row["role"] == "complement"
    if is_raised:
        row["role"] = "socle"
    row["concept"] = ""
    return is_raised


def _change_rows(path: Path, change: Callable[[dict[str, str]], bool]) -> list[dict[str, str]]:
    """Change rows of a table in place; return those that the function says it has changed."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        rows = list(reader)
    changed = [row for row in rows if change(row)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return changed


def _score_stand_ins(registry: Path) -> None:
    def change(row: dict[str, str]) -> bool:
        is_stand_in = row["indicator_id"] in STAND_INS
        if is_stand_in:
            row |= {"direction": "-1", "role": "complement"}
        return is_stand_in

    _change_rows(registry / "indicators.csv", change)
    with (registry / "goalposts.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            ("region", name, *scale) for name, scale in STAND_INS.items()
        )


def _copy_sources(shipped: Path, raw: Path, kept: set[str]) -> None:
    raw.mkdir(parents=True)
    document = tomlkit.parse((shipped / "sources.toml").read_text("utf-8"))
    for source_id in [name for name in document if name not in kept]:
        del document[source_id]
    (raw / "sources.toml").write_text(tomlkit.dumps(document), "utf-8")
    for source in load_sources(raw).values():
        for file in source.files:
            (raw / file.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shipped / file.path, raw / file.path)
    for name in ("corrections.csv", "gaps.csv"):
        shutil.copyfile(shipped / name, raw / name)
        keep_rows(raw / name, lambda row: row["source_id"] in kept)


def _copy_study(shipped: Path, surveys: Path) -> None:
    """Copy the codebook and the published figures of the study of 2016."""
    for part in (f"codebooks/{STUDY}", "published"):
        shutil.copytree(shipped / part, surveys / part)


def _measures_of(indicator: Mapping[str, str]) -> set[str]:
    terms = (*parse_terms(indicator["numerator"]), *parse_terms(indicator["denominator"]))
    return {term.measure_id for term in terms}


def keep_rows(path: Path, is_kept: Callable[[dict[str, str]], bool]) -> set[str]:
    """Keep some rows of a table; return what stands in the first column of these."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        rows = [row for row in reader if is_kept(row)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return {row[columns[0]] for row in rows}


def pin_study_file(installation: Installation, path: Path) -> None:
    """Pin a published file of the study anew, as somebody does who means the change."""
    surveys = installation.raw / "surveys"
    book = surveys / "codebooks" / STUDY / "study.toml"
    document = tomlkit.parse(book.read_text("utf-8"))
    [entry] = [f for f in document["files"] if f["path"] == path.relative_to(surveys).as_posix()]
    entry["sha256"], entry["bytes"] = sha256_of(path), path.stat().st_size
    book.write_text(tomlkit.dumps(document), "utf-8")


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def verify_release(release: Path) -> str:
    """Check every file of a release against its manifest and its name; return its id."""
    text = (release / "manifest.json").read_bytes()
    assert hashlib.sha256(text).hexdigest()[:16] == release.name
    files = json.loads(text)["files"]
    for name, entry in files.items():
        assert (sha256_of(release / name), (release / name).stat().st_size) == (
            entry["sha256"],
            entry["bytes"],
        ), name
    found = {p.relative_to(release).as_posix() for p in release.rglob("*") if p.is_file()}
    assert found == {*files, "manifest.json", "phare.duckdb"}
    return release.name


def verify_current(installation: Installation) -> str:
    """Check the release that readers see; return its id."""
    return verify_release((installation.warehouse / "current").resolve(strict=True))


def published_files(installation: Installation) -> dict[str, str]:
    """Check the release that readers see; return the hash of each file, the catalogue too."""
    current = installation.warehouse / "current"
    release_id = verify_current(installation)
    return {
        f"{release_id}/{path.relative_to(current).as_posix()}": sha256_of(path)
        for path in sorted(current.rglob("*"))
        if path.is_file()
    }

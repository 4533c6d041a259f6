"""Says where things lie on this machine; what is in them belongs elsewhere.

Everything is relative to the project folder unless an environment variable says otherwise, so no
published file ever holds a machine path.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from phare_pipeline.errors import PhareError

PROJECT = Path(__file__).resolve().parent.parent

FIRST_EDITION = 2012
LAST_EDITION = 2024
EDITIONS: tuple[int, ...] = tuple(range(FIRST_EDITION, LAST_EDITION + 1))
# The edition that changes are counted from (why: docs/decisions.md).
BASE_EDITION = 2016

# Releases that stay, when service.toml says nothing else.
KEPT_RELEASES = 5

# What a release holds, when it is not everything: editions, and editions whose reports are added.
EDITIONS_VARIABLE, REPORTS_VARIABLE = "PHARE_EDITIONS", "PHARE_REPORTS"

# The folders that an environment variable may name: PHARE_RAW and so on.
MOVABLE = ("raw", "registry", "warehouse")


@dataclass(frozen=True)
class Workspace:
    """The folders of one installation: inputs are read, only `warehouse` is written."""

    raw: Path
    registry: Path
    models: Path
    warehouse: Path
    lock: Path

    @classmethod
    def from_environment(cls) -> Workspace:
        """Return the project's folders; PHARE_RAW, PHARE_REGISTRY and PHARE_WAREHOUSE override."""
        default = cls(
            raw=PROJECT / "raw",
            registry=PROJECT / "phare_pipeline" / "registry" / "tables",
            models=PROJECT / "dbt_like_sql",
            warehouse=PROJECT / "warehouse",
            lock=PROJECT / "requirements.lock",
        )
        chosen = {
            name: Path(value).resolve()
            for name in MOVABLE
            if (value := os.environ.get(f"PHARE_{name.upper()}"))
        }
        return replace(default, **chosen)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make another process use the same folders, wherever it starts."""
        return {f"PHARE_{name.upper()}": str(getattr(self, name)) for name in MOVABLE}

    @property
    def build(self) -> Path:
        """The private build area."""
        return self.warehouse / "build"

    @property
    def releases(self) -> Path:
        """The published releases, one folder each."""
        return self.warehouse / "releases"

    @property
    def current(self) -> Path:
        """The link to the release that readers see."""
        return self.warehouse / "current"

    def staging_file(self, source_id: str) -> Path:
        """The DuckDB file of one staged source."""
        return self.build / "staging" / f"stg_{source_id}.duckdb"

    @property
    def surveys(self) -> Path:
        """The surveys: codebooks, published figures, exports."""
        return self.raw / "surveys"

    def survey_file(self, study_id: str, actor: str) -> Path:
        """The results of one actor in one study, private."""
        return self.build / "surveys" / study_id / f"{actor}.parquet"

    def of_study(self, study_id: str) -> Workspace:
        """The folders of a study that stands alone: the same inputs, a warehouse of its own."""
        return replace(self, warehouse=self.warehouse / "studies" / study_id)

    @property
    def observations_file(self) -> Path:
        """The figures of all sources."""
        return self.build / "core" / "core_observations.parquet"

    def core_file(self, table: str, year: int) -> Path:
        """A core table of one edition."""
        return self.build / "core" / table / f"{year}.parquet"

    def out_file(self, table: str, slug: str, year: int) -> Path:
        """A published table of one region and edition, before its release."""
        return self.build / "out" / table / f"region={slug}" / f"{year}.parquet"

    def document_file(self, path: str) -> Path:
        """A published document, by its path in a release, before its release."""
        return self.build / "documents" / path


def editions_in_scope() -> tuple[int, ...]:
    """Return the editions that a release holds: all, or those that PHARE_EDITIONS names.

    Raises:
        PhareError: it names none, or one that there is not.
    """
    return _years(EDITIONS_VARIABLE) or EDITIONS


def reports_in_scope() -> tuple[int, ...]:
    """Return the editions whose reports PHARE_REPORTS adds to those of every release.

    Raises:
        PhareError: it names an edition that there is not.
    """
    return _years(REPORTS_VARIABLE)


def _years(variable: str) -> tuple[int, ...]:
    """Return the editions that a variable names: years and ranges, such as "2012 2016-2018"."""
    found: set[int] = set()
    for word in os.environ.get(variable, "").replace(",", " ").split():
        first, _, last = word.partition("-")
        try:
            years = range(int(first), int(last or first) + 1)
        except ValueError:
            years = range(0)
        if not years or not set(years) <= set(EDITIONS):
            raise PhareError(
                f"{variable} names an edition that there is not",
                found=word,
                expected=f"years or ranges between {FIRST_EDITION} and {LAST_EDITION}, "
                'such as "2012 2016-2018"',
                action=f"correct {variable}, or remove it",
            )
        found.update(years)
    return tuple(sorted(found))

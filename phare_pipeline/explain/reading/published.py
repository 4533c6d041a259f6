"""Reads rows, files and inputs of one release, for those who explain or examine it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from phare_pipeline.errors import ReleaseError
from phare_pipeline.explain.reading.state import State
from phare_pipeline.steps.common.origins import FOLDER
from phare_pipeline.warehouse.manifest import read_manifest
from phare_pipeline.warehouse.releases import Release
from phare_pipeline.warehouse.tables import to_frame

if TYPE_CHECKING:
    import pandas as pd


Row = dict[str, Any]


def records(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame as dictionaries by column; what is missing is None."""
    names = [str(name) for name in frame.columns]
    columns = [
        [None if is_absent else cell for cell, is_absent in zip(values, absent, strict=True)]
        for values, absent in ((c.tolist(), c.isna().tolist()) for _, c in frame.items())
    ]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Published:
    """One release, read where it lies."""

    release: Release

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the release says of itself."""
        return read_manifest(self.release.path)

    @property
    def editions(self) -> tuple[int, ...]:
        """The editions of the release."""
        return tuple(sorted(map(int, self.manifest["inputs"]["editions"])))

    @property
    def study_alone(self) -> str | None:
        """The study that the release holds and nothing else; None for a release of editions."""
        found = self.manifest["inputs"].get("study")
        return None if found is None else str(found)

    def state_of(self, year: int) -> State:
        """Return what an edition was made from.

        Raises:
            ReleaseError: the release has no such edition.
        """
        editions = self.manifest["inputs"]["editions"]
        if str(year) not in editions:
            raise ReleaseError(
                "The release has no such edition",
                where=self.release.release_id,
                found=str(year),
                expected=", ".join(map(str, self.editions)),
                action=f"phare run --year {year}",
            )
        return self._states[editions[str(year)]["origins"]]

    def states(self) -> list[tuple[State, list[int]]]:
        """Return each state with the editions that were made from it."""
        years: dict[str, list[int]] = {}
        for year in self.editions:
            years.setdefault(self.state_of(year).name, []).append(year)
        return [(self._states[name], found) for name, found in years.items()]

    @cached_property
    def _states(self) -> dict[str, State]:
        folder = self.release.path / FOLDER
        return {path.name: State(path) for path in folder.iterdir()}

    def rows(self, table: str, **equal: str | int) -> pd.DataFrame:
        """Return the rows of a flat table whose columns have the given values."""
        filters = [(column, "=", value) for column, value in equal.items()] or None
        path = self.release.path / "marts" / f"{table}.parquet"
        return to_frame(pq.read_table(path, filters=filters, partitioning=None))

    def records(self, table: str, **equal: str | int) -> list[Row]:
        """Return the same rows one by one."""
        return records(self.rows(table, **equal))

    def study_files(self, study_id: str) -> dict[str, str]:
        """Return the sha256 of all that a study is made of, by path below `raw/surveys/`."""
        return dict(self.manifest["inputs"]["studies"][study_id])

    def study_file_count(self) -> int:
        """Return how many files the studies of the release are made of."""
        return sum(len(files) for files in self.manifest["inputs"]["studies"].values())

    def file_hash(self, path: str) -> str:
        """Return the sha256 that the manifest has for a file."""
        return str(self.manifest["files"][path]["sha256"])

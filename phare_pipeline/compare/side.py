"""One of the two things compared: a release, or what is built now, read in the same way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pyarrow.parquet as pq

from phare_pipeline.errors import ReleaseError
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.explain.reading.state import State
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.origins import FOLDER, keep_state
from phare_pipeline.steps.release.gather import built_hashes, release_inputs, release_tables
from phare_pipeline.warehouse.lock import exclusive
from phare_pipeline.warehouse.releases import find_release
from phare_pipeline.warehouse.tables import to_frame

BUILD = "build"


class Side(Protocol):
    """What a comparison needs of a release or a build."""

    @property
    def name(self) -> str:
        """How it is called in what is printed."""

    @property
    def inputs(self) -> dict[str, Any]:
        """What it was made from, as in a manifest."""

    @property
    def files(self) -> dict[str, str] | None:
        """sha256 of each file that is no flat table; None when nothing is assembled yet."""

    def table_names(self) -> Iterable[str]:
        """The flat tables it has."""

    def table(self, name: str) -> pd.DataFrame:
        """The rows of one of them."""

    def state_of(self, year: int) -> State:
        """What an edition was made from."""


@dataclass(frozen=True)
class ReleaseSide:
    """A release that lies in the warehouse."""

    published: Published

    @property
    def name(self) -> str:
        """Its id."""
        return self.published.release.release_id

    @property
    def inputs(self) -> dict[str, Any]:
        """What it was made from."""
        inputs: dict[str, Any] = self.published.manifest["inputs"]
        return inputs

    @property
    def files(self) -> dict[str, str] | None:
        """Its files for people and other tools, and that regional tables are there.

        What stands in a regional table is a part of the flat one, and is compared there.
        """
        files = self.published.manifest["files"]
        return {
            path: "present" if path.endswith(".parquet") else entry["sha256"]
            for path, entry in files.items()
            if not path.startswith((f"{FOLDER}/", "marts/"))
        }

    def table_names(self) -> Iterable[str]:
        """Its flat tables."""
        return sorted(p.stem for p in (self.published.release.path / "marts").glob("*.parquet"))

    def table(self, name: str) -> pd.DataFrame:
        """The rows of one of them."""
        path = self.published.release.path / "marts" / f"{name}.parquet"
        return to_frame(pq.read_table(path, partitioning=None))

    def state_of(self, year: int) -> State:
        """What an edition was made from."""
        return self.published.state_of(year)


class BuildSide:
    """What is built and not yet published."""

    def __init__(self, context: Context) -> None:
        self._context = context
        with exclusive(context.workspace.warehouse, "phare diff"):
            keep_state(context)
        self.inputs: dict[str, Any] = release_inputs(context)
        if not self.inputs["editions"]:
            raise ReleaseError("Nothing is built yet", action="phare run")

    name = BUILD
    files: dict[str, str] | None = None

    @cached_property
    def _tables(self) -> dict[str, Any]:
        return release_tables(self._context, built_hashes(self._context))

    def table_names(self) -> Iterable[str]:
        """The tables that a release would have."""
        return sorted(self._tables)

    def table(self, name: str) -> pd.DataFrame:
        """The rows of one of them."""
        return to_frame(self._tables[name])

    def state_of(self, year: int) -> State:
        """What an edition was built from."""
        folder: Path = self._context.workspace.build / FOLDER
        return State(folder / self.inputs["editions"][str(year)]["origins"])


def side_of(context: Context, text: str) -> Side:
    """Return a side by its name on the command line.

    Args:
        context: the installation.
        text: `build`, `current`, a release's name, its id or the beginning of its id.

    Raises:
        ReleaseError: there is no such release, or nothing is built.
    """
    if text == BUILD:
        return BuildSide(context)
    return ReleaseSide(Published(find_release(context.workspace, text)))

"""Reads what a release was made from: one state of figures and declarations; nothing is computed.

The states are folders `origins/<state>` of a release (see `steps/common/origins`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from phare_pipeline.errors import PhareError, ReleaseError
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Registry
from phare_pipeline.sources.catalogue import Source, load_sources
from phare_pipeline.sources.corrections import Correction, load_corrections
from phare_pipeline.steps.common.origins import OBSERVATIONS, REGISTRY
from phare_pipeline.survey.codebook import Codebook, load_codebook
from phare_pipeline.survey.published.study import CODEBOOKS

if TYPE_CHECKING:
    import pandas as pd

SURVEYS = "surveys"
COLUMNS = (
    "source_id",
    "measure_id",
    "territory_level",
    "territory_code",
    "period",
    "data_year",
    "item",
    "value",
    "value_status",
    "raw_text",
    "correction_id",
    "origin_file",
    "origin_sheet",
    "origin_line",
    "origin_column",
)


@dataclass(frozen=True)
class State:
    """The figures of all sources and all declarations of one moment."""

    folder: Path

    @property
    def name(self) -> str:
        """The name of the state, which is the hash of its content."""
        return self.folder.name

    @cached_property
    def registry(self) -> Registry:
        """The registry as it was.

        Raises:
            ReleaseError: it has the shape of another version of the project.
        """
        try:
            return load_registry(self.folder / REGISTRY)
        except PhareError as error:
            raise _other_version(self.folder, error) from error

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The catalogue of sources as it was, with the pin of each file."""
        try:
            return load_sources(self.folder)
        except PhareError as error:
            raise _other_version(self.folder, error) from error

    @cached_property
    def corrections(self) -> dict[str, Correction]:
        """The corrections as they were."""
        try:
            return load_corrections(self.folder)
        except PhareError as error:
            raise _other_version(self.folder, error) from error

    @cached_property
    def _codebooks(self) -> dict[str, Codebook]:
        return {}

    def codebook(self, study_id: str) -> Codebook:
        """Return the codebook of a study as it was.

        Raises:
            ReleaseError: it has the shape of another version of the project.
        """
        if study_id not in self._codebooks:
            folder = self.folder / SURVEYS / CODEBOOKS / study_id
            try:
                self._codebooks[study_id] = load_codebook(folder, self.registry)
            except PhareError as error:
                raise _other_version(self.folder, error) from error
        return self._codebooks[study_id]

    def observations(self, measure_ids: Collection[str] | None = None) -> pd.DataFrame:
        """Return the figures of some measures, or of all, as they were staged."""
        filters = None if measure_ids is None else [("measure_id", "in", sorted(measure_ids))]
        table = pq.read_table(
            self.folder / OBSERVATIONS, columns=list(COLUMNS), filters=filters, partitioning=None
        )
        frame: pd.DataFrame = table.to_pandas()
        return frame


def _other_version(folder: Path, error: PhareError) -> ReleaseError:
    return ReleaseError(
        "What a release was made from cannot be read by this version of the project",
        where=f"origins/{folder.name}",
        found=error.what if error.where is None else f"{error.what} ({error.where})",
        action="explain it with the version that made it",
    )

"""Names the reader families; a new family is a line here, its code a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.bdm import check_bdm_options, read_bdm
from phare_pipeline.sources.figures import Reading, Wanted
from phare_pipeline.sources.table import check_table_options, read_table
from phare_pipeline.sources.territory_columns import (
    check_territory_columns_options,
    read_territory_columns,
)


class CheckOptions(Protocol):
    """Refuses wrong options of a family; `where` names them in the message."""

    def __call__(self, options: Mapping[str, Any], where: str) -> None:
        """Raise SourceError when an option is wrong."""


class ReadFile(Protocol):
    """Reads one file of a family (see `table.read_table`)."""

    def __call__(
        self,
        path: Path,
        label: str,
        options: Mapping[str, Any],
        territories: Territories,
        wanted: Wanted,
    ) -> Reading:
        """Return figures and rejected rows."""


@dataclass(frozen=True)
class Reader:
    """A family: how its options are checked and how its files are read."""

    check: CheckOptions
    read: ReadFile


READERS: Mapping[str, Reader] = {
    "table": Reader(check_table_options, read_table),
    "territory_columns": Reader(check_territory_columns_options, read_territory_columns),
    "bdm_family": Reader(check_bdm_options, read_bdm),
}

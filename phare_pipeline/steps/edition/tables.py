"""The written tables of an edition: read by name, and hashed as what is published of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pyarrow as pa

from phare_pipeline.contract.tables import PUBLISHED_FROM
from phare_pipeline.steps.common.context import Context
from phare_pipeline.warehouse.files import sha256_of
from phare_pipeline.warehouse.tables import read_parquet


def read_edition(context: Context, year: int, wanted: Mapping[str, str]) -> dict[str, pa.Table]:
    """Return core tables of an edition by the name they are published under.

    Args:
        context: the installation.
        year: the edition.
        wanted: published name to core table.
    """
    place = context.workspace
    return {out: read_parquet(place.core_file(core, year)) for out, core in wanted.items()}


def edition_hash(context: Context, year: int) -> str:
    """Return the hash of the edition's tables that are published."""
    joined = hashlib.sha256()
    for table in sorted(PUBLISHED_FROM.values()):
        joined.update(f"{table}:{sha256_of(context.workspace.core_file(table, year))}\n".encode())
    return joined.hexdigest()

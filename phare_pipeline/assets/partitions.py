"""The partitions of the pipeline: editions, and regions × editions for what is published."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import dagster as dg

from phare_pipeline.config import EDITIONS, Workspace
from phare_pipeline.registry.loader import load_registry

REGIONS = load_registry(Workspace.from_environment().registry).study_regions

YEARS = dg.StaticPartitionsDefinition([str(year) for year in EDITIONS])
SLUGS = dg.StaticPartitionsDefinition([region.slug for region in REGIONS])
REGION_YEARS = dg.MultiPartitionsDefinition({"region": SLUGS, "year": YEARS})

TO_YEAR = dg.MultiToSingleDimensionPartitionMapping("year")
EVERY_PARTITION = dg.AllPartitionMapping()


def years_mapping(years_read: Callable[[int], Iterable[int]]) -> dg.PartitionMapping | None:
    """Return which editions an edition is made from; None when each is made from itself alone."""
    readers: dict[str, list[str]] = {str(year): [] for year in EDITIONS}
    for year in EDITIONS:
        for read in years_read(year):
            readers[str(read)].append(str(year))
    if all(years == [year] for year, years in readers.items()):
        return None
    return dg.StaticPartitionMapping(readers)


def region_year(slug: str, year: int) -> dg.MultiPartitionKey:
    """Return the partition key of a region and edition."""
    return dg.MultiPartitionKey({"region": slug, "year": str(year)})


def pair_of(key: str) -> tuple[str, int]:
    """Return the region and edition of a partition key."""
    dimensions = dict(zip(("region", "year"), key.split("|"), strict=True))
    return dimensions["region"], int(dimensions["year"])

"""Does the work of a run through Dagster, in process, so that the UI shows every part of it.

What is due is decided in `steps/run`; the assets do the same work as the plain functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import dagster as dg

from phare_pipeline.assets.partitions import region_year
from phare_pipeline.assets.raw import raw_key
from phare_pipeline.errors import PhareError, ReleaseError
from phare_pipeline.steps import observations, staging
from phare_pipeline.steps.context import Context
from phare_pipeline.steps.run import Pair
from phare_pipeline.warehouse.release import Release, current_release

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class DagsterExecutor:
    """Runs the project's jobs on a Dagster instance, in this process; an edition is a run."""

    def __init__(
        self, context: Context, instance: dg.DagsterInstance, repository: dg.RepositoryDefinition
    ) -> None:
        self._context = context
        self._instance = instance
        self._repository = repository

    def stage(self, source_ids: Sequence[str]) -> None:
        """Observe the files of the sources, then stage them."""
        self._run("observation", [raw_key(source_id) for source_id in source_ids])
        self._run("staging", [staging.staging_key(source_id) for source_id in source_ids])

    def unite(self) -> None:
        """Unite the staged sources."""
        self._run("staging", [observations.NAME])

    def build(self, year: int) -> None:
        """Build the core tables of an edition."""
        self._run("edition", partition=str(year))

    def cut(self, pairs: Sequence[Pair]) -> None:
        """Cut regions and editions: a run for each unbroken range of editions of a region."""
        for first, last in _ranges(pairs, self._context.editions):
            self._run("region", tags={RANGE_START: first, RANGE_END: last})

    def publish(self) -> Release:
        """Assemble and switch the release."""
        self._run("release")
        published = current_release(self._context.workspace)
        if published is None:
            raise ReleaseError("The release was made but is not the current one")
        return published

    def _run(
        self,
        job: str,
        assets: Sequence[str] | None = None,
        *,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Run a job, or some of its assets; give back the refusal that a step raised."""
        try:
            self._repository.get_job(job).execute_in_process(
                run_config=QUIET,
                instance=self._instance,
                partition_key=partition,
                tags=tags,
                asset_selection=None if assets is None else [dg.AssetKey(a) for a in assets],
            )
        except dg.Failure as failure:
            if isinstance(failure.__cause__, PhareError):
                raise failure.__cause__ from None
            raise


def _ranges(pairs: Sequence[Pair], editions: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    """Yield first and last key of each unbroken range of editions, region by region."""
    for slug, group in groupby(sorted(pairs), key=lambda pair: pair[0]):
        years = [year for _, year in group]
        first = years[0]
        for year, following in zip(years, [*years[1:], None], strict=True):
            if following is None or editions.index(following) != editions.index(year) + 1:
                yield region_year(slug, first), region_year(slug, year)
                first = following if following is not None else first

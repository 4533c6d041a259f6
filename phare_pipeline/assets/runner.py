"""Does the work of a run through Dagster, in process, so that the UI shows every part of it.

What is due is decided in `steps/run`; the assets do the same work as the plain functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby

import dagster as dg
from dagster._core.storage.tags import REPOSITORY_LABEL_TAG

from phare_pipeline.assets.partitions import region_year
from phare_pipeline.assets.plan import RANGE_END, RANGE_START, mark
from phare_pipeline.assets.raw import raw_key
from phare_pipeline.assets.surveys import raw_key as raw_survey_key
from phare_pipeline.contract.documents import NATIONAL
from phare_pipeline.errors import PhareError, ReleaseError
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.studies import Wave
from phare_pipeline.steps.documents.document import Maker
from phare_pipeline.steps.documents.making import published_documents
from phare_pipeline.steps.release.gather import leaving
from phare_pipeline.steps.run import Pair, Report
from phare_pipeline.steps.staging import observations
from phare_pipeline.warehouse.releases import Release, current_release
from phare_pipeline.warehouse.staging import staging_key

# By this tag the UI's timeline and job pages find the runs of the command line; the location's name
# stands in workspace.yaml.
LABEL = "__repository__@phare"
# A run that is part of another one, which tells how all of it ended.
PART = "phare/part"


QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def document_job(maker: Maker, slug: str | None = None) -> str:
    """Return the job that makes the documents of regions, or those of France."""
    name = maker.document.name.removeprefix("out_")
    return name if slug is None else f"{name}_{slug}"


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
        self._run("staging", [staging_key(source_id) for source_id in source_ids])

    def unite(self) -> None:
        """Unite the staged sources."""
        self._run("staging", [observations.NAME])

    def ask(self, waves: Sequence[Wave]) -> None:
        """Observe the files of the studies, then stage their results."""
        studies = dict.fromkeys(wave.study_id for wave in waves)
        self._run("observation", [raw_survey_key(study_id) for study_id in studies])
        self._run("staging", [wave.name for wave in waves])

    def build(self, year: int) -> None:
        """Build the core tables of an edition."""
        self._run("edition", partition=str(year))

    def cut(self, pairs: Sequence[Pair]) -> None:
        """Cut regions and editions, a run for each range of regions × range of editions."""
        self._run_ranges("region", pairs)

    def document(self, maker: Maker, pairs: Sequence[Pair]) -> None:
        """Make documents of regions by range, and those of France by edition."""
        self._run_ranges(document_job(maker), [pair for pair in pairs if pair[0] != NATIONAL])
        for year in sorted(year for slug, year in pairs if slug == NATIONAL):
            self._run(document_job(maker, NATIONAL), partition=str(year))

    def close(self) -> None:
        """Mark in Dagster what is due after the run: also what was judged anew and left alone."""
        # Inputs that no plan can be made of have refused the run already.
        with suppress(PhareError):
            mark(self._context, self._instance)

    def _run_ranges(self, job: str, pairs: Sequence[Pair]) -> None:
        context = self._context
        for first, last, start, end in rectangles(pairs, context.slugs, context.editions):
            tags = {RANGE_START: region_year(first, start), RANGE_END: region_year(last, end)}
            self._run(job, tags=tags)

    def publish(self, report: Report) -> Release:
        """Assemble and switch the release; tell what leaves it."""
        for sentence in leaving(self._context, published_documents(self._context)):
            report(sentence)
        self._run("publication")
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
                tags={REPOSITORY_LABEL_TAG: LABEL, PART: "yes", **(tags or {})},
                asset_selection=None if assets is None else [dg.AssetKey(a) for a in assets],
            )
        except dg.Failure as failure:
            if isinstance(failure.__cause__, PhareError):
                raise failure.__cause__ from None
            raise


Rectangle = tuple[str, str, int, int]


def rectangles(
    pairs: Sequence[Pair], slugs: Sequence[str], editions: Sequence[int]
) -> list[Rectangle]:
    """Cover regions × editions by ranges of both: first and last region, first and last edition.

    Dagster runs a range of regions × a range of editions at once; everything is one range.
    """
    found: list[Rectangle] = []
    previous: dict[tuple[int, int], int] = {}
    for slug in slugs:
        years = sorted(editions.index(year) for s, year in pairs if s == slug)
        current: dict[tuple[int, int], int] = {}
        for first, last in _unbroken(years):
            span = editions[first], editions[last]
            if span in previous:
                number = previous[span]
                found[number] = (found[number][0], slug, *span)
            else:
                number = len(found)
                found.append((slug, slug, *span))
            current[span] = number
        previous = current
    return found


def _unbroken(positions: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of consecutive numbers."""
    for _, group in groupby(enumerate(positions), key=lambda item: item[1] - item[0]):
        run = [position for _, position in group]
        yield run[0], run[-1]

"""The jobs that a person launches: staging, one edition, one region, the release, everything."""

from typing import Any

import dagster as dg

from phare_pipeline.assets.documents import national_name
from phare_pipeline.assets.plan import RELEASE_ASSETS, compare
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.runner import DagsterExecutor, document_job
from phare_pipeline.assets.staging import refuse
from phare_pipeline.contract.documents import NATIONAL
from phare_pipeline.contract.tables import CUT_FROM
from phare_pipeline.errors import PhareError
from phare_pipeline.steps.documents.making import MAKERS
from phare_pipeline.steps.edition import build as edition
from phare_pipeline.steps.run import Scope, run
from phare_pipeline.steps.staging import observations

PUBLICATION = "publication"
# A line of a log.
MOST_NAMED = 8


def build_jobs() -> list[Any]:
    """Return every job; year and region × year partitions cannot share one."""
    figures = dg.AssetSelection.assets(observations.NAME)
    return [
        dg.define_asset_job(
            "observation",
            selection=dg.AssetSelection.groups("raw", include_sources=True),
            description="Looks at the raw files: their hashes are the versions of all below.",
        ),
        dg.define_asset_job(
            "staging",
            selection=dg.AssetSelection.groups("staging") | figures,
            description="Reads every source and unites their figures.",
        ),
        dg.define_asset_job(
            "edition",
            selection=dg.AssetSelection.assets(*edition.TABLES),
            description="Builds one edition: measures, indicators, comparison, index.",
        ),
        dg.define_asset_job(
            "region",
            selection=dg.AssetSelection.assets(*CUT_FROM),
            description="Writes the files of one region and edition from the edition's tables.",
        ),
        *_document_jobs(),
        # An asset and a job of one name would clash: the asset is `release`.
        dg.define_asset_job(
            PUBLICATION,
            selection=dg.AssetSelection.assets(*RELEASE_ASSETS),
            description="Publishes what is built; refuses a mixture of states.",
        ),
        everything,
        comparison,
    ]


def _document_jobs() -> list[Any]:
    return [
        job
        for maker in MAKERS
        for job in (
            dg.define_asset_job(
                document_job(maker),
                selection=dg.AssetSelection.assets(maker.document.name),
                description="Writes the document of a region and edition.",
            ),
            dg.define_asset_job(
                document_job(maker, NATIONAL),
                selection=dg.AssetSelection.assets(national_name(maker)),
                description="Writes the document of France and an edition.",
            ),
        )
    ]


@dg.op(description="Runs what is due, as `phare run` does; its parts appear as runs of their own.")
def run_everything(context: dg.OpExecutionContext, installation: Installation) -> None:
    """Run all editions and regions, each edition in a run of its own on the same instance."""
    loaded = installation.context()
    executor = DagsterExecutor(loaded, context.instance, context.repository_def)
    try:
        run(loaded, lambda: executor, Scope(loaded.editions, loaded.slugs), context.log.info)
    except PhareError as error:
        raise refuse(error) from error
    executor.close()


@dg.job(description="Everything that is due: sources, all editions, all regions, the release.")
def everything() -> None:
    """Run all that `phare run` runs."""
    run_everything()


@dg.op(description="Marks in Dagster what `phare plan` has due, and as fresh what it has not.")
def compare_with_plan(context: dg.OpExecutionContext, installation: Installation) -> None:
    """Compare what Dagster says with the plan, and correct Dagster."""
    try:
        due = compare(installation.context(), context.instance, context.repository_def.asset_graph)
    except PhareError as error:
        raise refuse(error) from error
    context.log.info(f"{len(due)} steps are due: {', '.join(due[:MOST_NAMED])}")


@dg.job(description="Looks at what is due, as `phare plan` does, and marks it; builds nothing.")
def comparison() -> None:
    """Make Dagster say what `phare plan` says."""
    compare_with_plan()

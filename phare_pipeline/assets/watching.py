"""Looks for changed raw files by schedule and by sensor; both are off until somebody starts them.

A changed file without its pin is named and nothing is launched: a person runs `phare pin` first.
"""

import datetime as dt
from typing import Any

import dagster as dg

from phare_pipeline.assets.jobs import PUBLICATION, comparison, everything
from phare_pipeline.assets.plan import compare
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.runner import PART
from phare_pipeline.config import Workspace
from phare_pipeline.errors import PhareError
from phare_pipeline.service.notify import News, tell
from phare_pipeline.service.settings import load_settings
from phare_pipeline.state.digests import digest
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.warehouse.releases import current_release

LOOK_SECONDS = 300
EVERY_MORNING, EVERY_SUNDAY = "0 6 * * *", "0 5 * * 0"
ENDED = frozenset({"SUCCESS", "FAILURE", "CANCELED"})
OFF_SENSOR, OFF_SCHEDULE = dg.DefaultSensorStatus.STOPPED, dg.DefaultScheduleStatus.STOPPED


@dg.sensor(
    job=everything,
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=OFF_SENSOR,
    description="Launches everything that is due once a pinned raw file or a declaration changes.",
)
def changed_inputs(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Compare with the plan; ask for one run of `everything` for each state that is due."""
    definitions = context.repository_def
    if definitions is None:
        return dg.SkipReason("the definitions are not loaded")
    try:
        loaded = load_context()
        due = compare(loaded, context.instance, definitions.asset_graph)
    except PhareError as error:
        return dg.SkipReason(str(error))
    if not due:
        return dg.SkipReason("nothing is due")
    # One run for one state: a run that is refused is not launched again until something changes.
    declared = (part for item in sorted(loaded.declared.items()) for part in item)
    return dg.RunRequest(run_key=digest(*declared, *due))


daily_comparison = dg.ScheduleDefinition(
    name="daily_comparison",
    job=comparison,
    cron_schedule=EVERY_MORNING,
    execution_timezone="Europe/Paris",
    default_status=OFF_SCHEDULE,
    description="Every morning: looks at raw files and declarations, marks what is due.",
)


@dg.run_failure_sensor(
    default_status=OFF_SENSOR,
    description="Tells of a run that failed, as service.toml says: webhook, e-mail.",
)
def failure_told(context: dg.RunFailureSensorContext) -> None:
    """Tell of a failure once; the parts of a run are told of by the run."""
    run = context.dagster_run
    if PART not in run.tags:
        text = f"{run.job_name} failed (run {run.run_id}): {context.failure_event.message}"
        tell(News("failure", run.job_name, text), load_settings().notify, context.log.warning)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    default_status=OFF_SENSOR,
    description="Tells of a new release, as service.toml says: webhook, e-mail.",
)
def release_told(context: dg.RunStatusSensorContext) -> None:
    """Tell of the release that a publication has made, once."""
    run = context.dagster_run
    if run.job_name not in (PUBLICATION, everything.name) or PART in run.tags:
        return
    published = current_release(Workspace.from_environment())
    if published is not None:
        text = f"{run.job_name} ended; the current release is {published.release_id}"
        news = News("release", run.job_name, text, published.release_id)
        tell(news, load_settings().notify, context.log.warning)


@dg.op(description="Removes finished runs of Dagster that are older than service.toml says.")
def remove_old_runs(context: dg.OpExecutionContext, installation: Installation) -> None:
    """Remove finished runs; what they have built stays.

    With a run Dagster forgets what it has made: that is confirmed again from the ledger.
    """
    days = load_settings().retention.runs_days
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    ended = [status for status in dg.DagsterRunStatus if status.value in ENDED]
    asked = dg.RunsFilter(statuses=ended, created_before=before)
    gone = context.instance.get_run_ids(asked)
    for run_id in gone:
        context.instance.delete_run(run_id)
    if gone:
        compare(installation.context(), context.instance, context.repository_def.asset_graph)
    context.log.info(f"{len(gone)} runs older than {days} days are removed")


@dg.job(description="Removes old runs, by the days of service.toml; releases go when one is made.")
def retention() -> None:
    """Keep what service.toml says."""
    remove_old_runs()


weekly_retention = dg.ScheduleDefinition(
    name="weekly_retention",
    job=retention,
    cron_schedule=EVERY_SUNDAY,
    execution_timezone="Europe/Paris",
    default_status=OFF_SCHEDULE,
    description="Every Sunday: removes old runs of Dagster.",
)

SENSORS: list[Any] = [changed_inputs, failure_told, release_told]
SCHEDULES: list[Any] = [daily_comparison, weekly_retention]

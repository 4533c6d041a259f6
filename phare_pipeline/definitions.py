"""Assembles the Dagster definitions; nothing else."""

from __future__ import annotations

import dagster as dg

from phare_pipeline.assets.graph import graph
from phare_pipeline.assets.jobs import build_jobs
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.watching import SCHEDULES, SENSORS, retention

defs = dg.Definitions(
    assets=graph().all,
    jobs=[*build_jobs(), retention],
    sensors=SENSORS,
    schedules=SCHEDULES,
    resources={"installation": Installation()},
    executor=dg.in_process_executor,
)

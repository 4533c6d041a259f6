"""Opens the Dagster instance that the command line and the UI share; its files are private."""

from __future__ import annotations

import os
import shutil

import dagster as dg

from phare_pipeline.config import PROJECT, Workspace

# Events of one step are stored together; Dagster reads this from the environment only.
EVENT_BATCH_SIZE = "1000"


def dagster_environment(workspace: Workspace) -> dict[str, str]:
    """Return the variables that Dagster needs; its folder is made ready with our settings."""
    home = workspace.build / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT / "dagster.yaml", home / "dagster.yaml")
    return {
        "DAGSTER_HOME": str(home),
        "DAGSTER_EVENT_BATCH_SIZE": EVENT_BATCH_SIZE,
        "PHARE_EVENT_LOG": str(home / "history" / "runs"),
    }


def open_instance(workspace: Workspace) -> dg.DagsterInstance:
    """Return the persistent instance; runs of the command line appear in the UI."""
    environment = dagster_environment(workspace)
    os.environ.update(environment)
    return dg.DagsterInstance.from_config(environment["DAGSTER_HOME"])

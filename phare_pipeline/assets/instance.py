"""Opens the Dagster instance that the command line and the UI share; its files are private."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import dagster as dg

from phare_pipeline.config import PROJECT, Workspace

# Events of one step are stored together; Dagster reads this from the environment only.
EVENT_BATCH_SIZE = "1000"
# Where Dagster keeps runs and settings; an operator may name a folder of their own.
HOME = "DAGSTER_HOME"


def dagster_environment(workspace: Workspace) -> dict[str, str]:
    """Return the variables that Dagster needs; its folder is made ready with settings.

    A folder that the operator names in DAGSTER_HOME is theirs: a `dagster.yaml` that is there is
    left as it is.
    """
    own = workspace.build / "dagster"
    home = Path(os.environ.get(HOME) or own).resolve()
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if home == own.resolve() or not settings.exists():
        shutil.copyfile(PROJECT / "dagster.yaml", settings)
    return {
        HOME: str(home),
        "DAGSTER_EVENT_BATCH_SIZE": EVENT_BATCH_SIZE,
        "PHARE_EVENT_LOG": str(home / "history" / "runs"),
    }


def open_instance(workspace: Workspace) -> dg.DagsterInstance:
    """Return the persistent instance; runs of the command line appear in the UI."""
    environment = dagster_environment(workspace)
    home = environment.pop(HOME)
    # What the operator has named stays what it is for the next instance of this process.
    os.environ.update(environment)
    return dg.DagsterInstance.from_config(home)

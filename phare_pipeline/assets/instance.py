"""Opens the Dagster instance that the command line and the UI share; its files are private."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import dagster as dg

from phare_pipeline.config import PROJECT, Workspace


def dagster_home(workspace: Workspace) -> Path:
    """Return the folder of Dagster's own files, made ready with the project's settings."""
    home = workspace.build / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT / "dagster.yaml", home / "dagster.yaml")
    return home


def open_instance(workspace: Workspace) -> dg.DagsterInstance:
    """Return the persistent instance; runs of the command line appear in the UI."""
    home = dagster_home(workspace)
    os.environ["DAGSTER_HOME"] = str(home)
    return dg.DagsterInstance.from_config(str(home))

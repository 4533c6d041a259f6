"""The commands of who keeps the service: its health, the environment of Dagster's tools."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shlex
from dataclasses import asdict


def health(options: argparse.Namespace) -> int:
    """Print what each look finds; 1 when one is a failure."""
    from phare_pipeline.config import Workspace
    from phare_pipeline.service.health import Level, examine
    from phare_pipeline.service.settings import load_settings
    from phare_pipeline.sources.catalogue import load_sources

    workspace, settings = Workspace.from_environment(), load_settings()
    sources = load_sources(workspace.raw)
    findings = list(examine(workspace, sources, settings.freshness, dt.datetime.now(dt.UTC)))
    for found in findings:
        if options.json:
            print(json.dumps(asdict(found), ensure_ascii=False))
        else:
            print(f"{found.level:<8}  {found.name:<10} {found.text}")
    return int(any(found.level is Level.FAILURE for found in findings))


def env(_: argparse.Namespace) -> int:
    """Print the variables that Dagster's own commands need, as a shell reads them."""
    from phare_pipeline.assets.instance import dagster_environment
    from phare_pipeline.config import PROJECT, Workspace

    workspace = Workspace.from_environment()
    needed = {**workspace.environment, **dagster_environment(workspace), "PYTHONPATH": str(PROJECT)}
    for name, value in needed.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0

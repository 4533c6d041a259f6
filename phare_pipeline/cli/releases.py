"""The commands that list, name, restore and remove releases; making one is `phare run`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from phare_pipeline.config import Workspace
from phare_pipeline.service.settings import load_settings
from phare_pipeline.warehouse import prune as pruning
from phare_pipeline.warehouse import switch
from phare_pipeline.warehouse.lock import exclusive
from phare_pipeline.warehouse.releases import (
    find_release,
    name_release,
    unname_release,
)
from phare_pipeline.warehouse.summary import Summary, summaries


def releases(options: argparse.Namespace) -> int:
    """List the releases, newest first; give or take a name first when asked to."""
    workspace = Workspace.from_environment()
    if options.name:
        name, text = options.name
        with exclusive(workspace.warehouse, "phare releases --name", options.wait):
            name_release(workspace, name, find_release(workspace, text))
    if options.unname:
        with exclusive(workspace.warehouse, "phare releases --unname", options.wait):
            unname_release(workspace, options.unname)
    found = summaries(workspace)
    if options.json:
        print(json.dumps([asdict(summary) for summary in found], indent=1, ensure_ascii=False))
    else:
        _show(found)
    return 0


def rollback(options: argparse.Namespace) -> int:
    """Make an earlier release the current one again."""
    workspace = Workspace.from_environment()
    with exclusive(workspace.warehouse, "phare rollback", options.wait):
        restored = switch.rollback(workspace, options.release)
    print(f"current is {restored.release_id} again; the next `phare run` publishes what is built")
    return 0


def prune(options: argparse.Namespace) -> int:
    """Remove old releases, or say which would go."""
    workspace = Workspace.from_environment()
    kept = load_settings().retention.releases if options.keep is None else options.keep
    if options.dry_run:
        for release in pruning.removable(workspace, kept):
            print(f"would remove {release.release_id}")
        return 0
    with exclusive(workspace.warehouse, "phare prune", options.wait):
        gone = pruning.prune(workspace, kept)
    for release in gone:
        print(f"removed {release.release_id}")
    print(f"{len(gone)} releases removed")
    return 0


def _show(found: list[Summary]) -> None:
    if not found:
        print("no release yet: phare run")
        return
    print(f"{'':1} {'release':<16}  {'current since':<20} {'MB':>6} {'own MB':>7}  made from")
    for summary in found:
        mark = "*" if summary.is_current else " "
        since = (summary.current_since or "never").replace("T", " ")[:19]
        print(
            f"{mark} {summary.release_id:<16}  {since:<20} {summary.bytes / 1e6:>6.1f} "
            f"{summary.own_bytes / 1e6:>7.1f}  {summary.origin}"
        )
        if summary.names:
            print(f"  named {', '.join(summary.names)}")

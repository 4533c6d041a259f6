"""Holds a renewed source against the last release, which is a witness; see `sources/witness`.

It only stops a run or lets it pass, and writes the log: nothing published depends on it.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.witness_limits import load_witness_limits
from phare_pipeline.sources.catalogue import CATALOGUE, Source
from phare_pipeline.sources.witness import KEY, Comparison, Finding, compare
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.origins import FOLDER, OBSERVATIONS
from phare_pipeline.steps.staging.accepted import load_accepted, open_findings
from phare_pipeline.warehouse import run_log
from phare_pipeline.warehouse.manifest import read_manifest
from phare_pipeline.warehouse.releases import current_release

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SHOWN = 8


def compare_with_last(
    context: Context, source: Source, observations: pd.DataFrame
) -> Comparison | None:
    """Compare what is staged of a source with the last release.

    Returns:
        None when there is nothing to compare: no release, a source that it does not have, or the
        same bytes.
    """
    state = _last_state(context)
    if state is None:
        return None
    before = _pins(state, source.source_id)
    if not before or before == [file.sha256 for file in source.files]:
        return None
    import pandas as pd

    old = pd.read_parquet(
        state / OBSERVATIONS,
        columns=[*KEY, "value"],
        filters=[("source_id", "==", source.source_id)],
        partitioning=None,
    )
    return compare(old, observations, load_witness_limits(context.workspace.registry))


def _last_state(context: Context) -> Path | None:
    """Return what the newest edition of the current release was made from."""
    release = current_release(context.workspace)
    if release is None:
        return None
    editions: dict[str, dict[str, str]] = read_manifest(release.path)["inputs"]["editions"]
    if not editions:
        return None
    return release.path / FOLDER / editions[max(editions)]["origins"]


def _pins(state: Path, source_id: str) -> list[str]:
    """Return the pins of a source as they were, whatever options another version has written."""
    entries = tomllib.loads((state / CATALOGUE).read_text("utf-8"))
    return [file["sha256"] for file in entries.get(source_id, {}).get("files", ())]


def check_renewal(context: Context, source: Source, observations: pd.DataFrame) -> None:
    """Let a renewed source pass, or stop the run and name the cells.

    Raises:
        SourceError: it is beyond a declared limit, and nobody has accepted it.
    """
    found = compare_with_last(context, source, observations)
    if found is None:
        return
    accepted = load_accepted(context.workspace.raw)
    open_ones = open_findings(found.findings, accepted, source.source_id, source.data_version)
    run_log.write_entry(
        context.workspace,
        run_log.RENEWED,
        source=source.source_id,
        data_version=source.data_version,
        compared=found.compared,
        changed=found.changed,
        added=found.added,
        gone=found.gone,
        beyond_limits=len(found.findings),
        open=len(open_ones),
    )
    if open_ones:
        raise refusal_of(source, found, open_ones)


def refusal_of(source: Source, found: Comparison, findings: tuple[Finding, ...]) -> SourceError:
    """Build the error: the rules in one line, the first findings of each, how to accept them."""
    lines = [f"{finding.rule}: {finding.text}" for finding in in_turn(findings)[:SHOWN]]
    if len(findings) > SHOWN:
        lines.append(f"and {len(findings) - SHOWN} more")
    return SourceError(
        f"stg_{source.source_id}: the file has changed more than a renewal does: "
        f"{found.changed} of {found.compared} figures differ from the last release, "
        f"{found.gone} are gone, {found.added} are new",
        where=", ".join(f"raw/{file.path}" for file in source.files[:3]),
        found="\n    ".join(lines),
        expected="changes within registry/witness_limits.csv",
        action="compare the file with the producer's page and the one before; when it is right: "
        f'phare accept {source.source_id} --because "…"',
    )


def in_turn(findings: tuple[Finding, ...]) -> list[Finding]:
    """Return the findings, the first of each rule before the second of any."""
    count: dict[str, int] = {}
    turns = []
    for finding in findings:
        count[finding.rule] = count.get(finding.rule, 0) + 1
        turns.append((count[finding.rule], finding))
    return [finding for _, finding in sorted(turns, key=lambda pair: pair[0])]

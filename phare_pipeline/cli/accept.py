"""`phare accept`: declares that what a renewed source has changed beyond the limits is true."""

from __future__ import annotations

import argparse
import datetime as dt

from phare_pipeline.errors import SourceError
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.staging.accepted import FILE, add_accepted, load_accepted, open_findings
from phare_pipeline.steps.staging.source import read_source, rejection
from phare_pipeline.steps.staging.witness import compare_with_last


def accept(options: argparse.Namespace) -> int:
    """Read the source, print what is beyond the limits, and write it to `raw/accepted.csv`."""
    context = load_context()
    source = context.sources.get(options.source)
    if source is None:
        raise SourceError(
            "There is no such source",
            found=options.source,
            expected=f"one of {', '.join(context.sources)}",
        )
    if not options.because.strip():
        raise SourceError(
            "Nothing is accepted without a reason", expected='--because "…": what the producer says'
        )
    staged, built = read_source(context, source)
    if not built.passed:
        raise rejection(source, staged.rejections)
    found = compare_with_last(context, source, staged.observations)
    raw = context.workspace.raw
    findings = open_findings(
        found.findings if found else (), load_accepted(raw), source.source_id, source.data_version
    )
    for finding in findings:
        print(f"{finding.rule}: {finding.text}")
    if findings:
        today = dt.datetime.now(dt.UTC).date().isoformat()
        add_accepted(
            raw, findings, source.source_id, source.data_version, options.because.strip(), today
        )
    print(f"{len(findings)} findings accepted in raw/{FILE}" if findings else "nothing to accept")
    return 0

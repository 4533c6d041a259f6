"""Prints what the rules of consistency find in a study, the gravest first."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

from phare_pipeline.survey.consistency import Finding, Severity
from phare_pipeline.survey.consistency.findings import Place
from phare_pipeline.survey.published.study import PublishedStudy

MOST_PLACES = 6
INDENT = " " * 8


def show_findings(study: PublishedStudy, findings: Sequence[Finding]) -> None:
    """Print each finding: how grave, by which rule, about what, where it is printed, what to do."""
    book = study.codebook
    print(f"{book.study_id}: {book.title} ({book.producer}, {book.vintage})")
    print(
        f"{len(study.results)} results, {len(study.reprints)} other printings, "
        f"{len(study.figures)} figures, {len(study.sample)} figures of samples"
    )
    for finding in findings:
        print(f"\n{finding.severity.value:<8}{finding.rule_id}: {finding.subject}")
        _wrapped(finding.message_fr)
        for place in finding.places[:MOST_PLACES]:
            _wrapped(f"at: {_place(place)}")
        if len(finding.places) > MOST_PLACES:
            print(f"{INDENT}at: {len(finding.places) - MOST_PLACES} more")
        _wrapped(f"do: {finding.action_fr}")
    counts = {s: sum(f.severity is s for f in findings) for s in Severity}
    print("\n" + ", ".join(f"{count} {severity.value}" for severity, count in counts.items()))


def _place(place: Place) -> str:
    where = [
        *(() if place.slide is None else (f"page {place.slide}",)),
        place.file if place.line is None else f"{place.file}, line {place.line}",
    ]
    return f"{', '.join(where)}: {place.printed}" if place.printed else ", ".join(where)


def _wrapped(text: str) -> None:
    width = max(shutil.get_terminal_size().columns, 60)
    print(textwrap.fill(text, width, initial_indent=INDENT, subsequent_indent=INDENT))

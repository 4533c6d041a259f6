"""Prints what the rules of consistency find in a study, and what its own release holds."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

import pandas as pd

from phare_pipeline.steps.common.context import Context
from phare_pipeline.survey.codebook import SYNTHETIC_FR
from phare_pipeline.survey.consistency import Finding, Severity
from phare_pipeline.survey.consistency.findings import Place
from phare_pipeline.survey.published.study import PublishedStudy
from phare_pipeline.warehouse.releases import Release

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


def show_study_release(context: Context, release: Release) -> None:
    """Print what a study's own release holds, what of it is hidden, and where to look."""
    [book] = context.studies.values()
    results = pd.read_parquet(context.workspace.current / "marts" / "out_survey_results.parquet")
    print(f"{book.study_id}: {book.title}, release {release.release_id}")
    if book.is_synthetic:
        print(f"{SYNTHETIC_FR}: these answers are made up and never stand beside real figures")
    for actor, own in results.groupby("actor", sort=False):
        hidden = own.loc[own["disclosure"] != "shown", "disclosure"].value_counts()
        reasons = ", ".join(f"{count} {name}" for name, count in sorted(hidden.items()))
        print(
            f"  {actor}: {len(own)} results in {own['area_id'].nunique()} areas, "
            f"{int(hidden.sum())} hidden" + (f" ({reasons})" if reasons else "")
        )
    print(f"read: {context.workspace.current}")

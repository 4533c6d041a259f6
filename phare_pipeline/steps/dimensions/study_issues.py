"""Lists the faults of what studies have printed, as rows of `data_issues` (rules: `survey`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from phare_pipeline.steps.common.context import Context
from phare_pipeline.survey.consistency import RULES, Finding, check_study
from phare_pipeline.survey.published.study import CODEBOOKS, load_published_study

Rows = list[dict[str, Any]]

MOST_PLACES = 6


def study_issues(context: Context) -> dict[str, Rows]:
    """Return what is wrong with the published studies; judging all their figures takes a second."""
    return {
        "data_issues": [row for study_id in context.studies for row in _issues(context, study_id)]
    }


def _issues(context: Context, study_id: str) -> Iterator[dict[str, Any]]:
    study = load_published_study(context.workspace.surveys, study_id, context.registry)
    titles = {rule.rule_id: rule.title_fr for rule in RULES}
    for order, finding in enumerate(check_study(study), start=1):
        first = finding.places[0]
        yield {
            "study_id": study_id,
            "issue_order": order,
            "severity": finding.severity.value,
            "rule_id": finding.rule_id,
            "rule_title_fr": titles[finding.rule_id],
            "subject": finding.subject,
            "message_fr": finding.message_fr,
            "action_fr": finding.action_fr,
            "slides": " ".join(map(str, finding.slides)) or None,
            "evidence_fr": _evidence(finding),
            "origin_file": _path(study_id, first.file),
            "origin_line": first.line,
        }


def _path(study_id: str, file: str) -> str:
    """The path below `raw/` of a published file, or of a table of the codebook."""
    return f"surveys/{file}" if "/" in file else f"surveys/{CODEBOOKS}/{study_id}/{file}"


def _evidence(finding: Finding) -> str:
    """Where the fault is printed, in words: "page 50 : +28 ; page 50 : 45%"."""
    shown = [
        f"page {place.slide} : {place.printed}" if place.slide is not None else place.printed
        for place in finding.places[:MOST_PLACES]
        if place.printed
    ]
    return " ; ".join(dict.fromkeys(shown)) or finding.subject

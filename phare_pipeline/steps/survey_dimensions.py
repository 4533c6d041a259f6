"""Describes the studies of a release: who was asked what, and the faults of what is printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from phare_pipeline.steps.context import Context
from phare_pipeline.steps.surveys import study_version
from phare_pipeline.survey.codebook import Codebook
from phare_pipeline.survey.consistency import RULES, Finding, check_study
from phare_pipeline.survey.published.study import CODEBOOKS, load_published_study

Rows = list[dict[str, Any]]

MOST_PLACES = 6


def survey_dimensions(context: Context) -> dict[str, Rows]:
    """Return the rows of the tables on studies, by table.

    Raises:
        SourceError, CodebookError: a file cannot be used.
    """
    books = context.studies
    return {
        "dim_study": [_study(context, book) for book in books.values()],
        "dim_actor": [row for book in books.values() for row in _actors(book)],
        "dim_question": [row for book in books.values() for row in _questions(book)],
    }


def study_issues(context: Context) -> dict[str, Rows]:
    """Return what is wrong with the published studies; judging all their figures takes a second."""
    return {
        "data_issues": [row for study_id in context.studies for row in _issues(context, study_id)]
    }


def _study(context: Context, book: Codebook) -> dict[str, Any]:
    return {
        "study_id": book.study_id,
        "study_title": book.title,
        "study_year": book.year,
        "producer": book.producer,
        "vintage": book.vintage,
        "licence": book.licence,
        "max_age_years": book.max_age_years,
        "is_synthetic": book.is_synthetic,
        "file_sha256": study_version(context, book.study_id),
        "note_fr": book.note_fr or None,
    }


def _actors(book: Codebook) -> Iterator[dict[str, Any]]:
    for actor in book.actors.values():
        yield {
            "study_id": book.study_id,
            "actor": actor.actor,
            "actor_label": actor.label_fr,
            "unit_fr": actor.unit_fr,
            "population_fr": actor.population_fr,
            "mode_fr": actor.mode_fr,
            "field_start": actor.field_start,
            "field_end": actor.field_end,
            "sampling_fr": actor.sampling_fr,
            "is_synthetic": book.is_synthetic,
            "note_fr": actor.note_fr or None,
        }


def _questions(book: Codebook) -> Iterator[dict[str, Any]]:
    for order, question in enumerate(book.questions.values(), start=1):
        yield {
            "study_id": book.study_id,
            "question_id": question.question_id,
            "actor": question.actor,
            "question_order": order,
            "topic": question.topic,
            "question_type": question.type.value,
            "question_label": question.wording_fr,
            "base_fr": question.base_fr,
            "filter": None if question.filter is None else question.filter.text,
            "statistics": " ".join(question.statistics),
            "slides": " ".join(map(str, question.slides)) or None,
            "is_synthetic": book.is_synthetic,
            "note_fr": question.note_fr or None,
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

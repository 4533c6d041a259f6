"""Describes the studies of a release: who was asked what; their faults are in `study_issues`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from phare_pipeline.contract import DISCLOSURE_RULE
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.studies import study_version

if TYPE_CHECKING:
    from phare_pipeline.survey.codebook import Codebook

Rows = list[dict[str, Any]]


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
        "disclosure_rule": DISCLOSURE_RULE,
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

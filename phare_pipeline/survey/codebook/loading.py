"""Loads a codebook from its folder, table by table."""

from __future__ import annotations

from pathlib import Path

from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.rows import by_id
from phare_pipeline.survey.codebook.columns import read_columns
from phare_pipeline.survey.codebook.model import Codebook
from phare_pipeline.survey.codebook.questions import read_questions
from phare_pipeline.survey.codebook.respondents import read_samples, read_segments, read_variables
from phare_pipeline.survey.codebook.rows import codebook_rows, refuse_strangers
from phare_pipeline.survey.codebook.scales import DERIVED_COLUMNS, read_scales
from phare_pipeline.survey.codebook.study import (
    read_actors,
    read_areas,
    read_pinned_file,
    read_study,
)

_STUDY_TEXTS = ("study_id", "title", "producer", "vintage", "licence")


def load_codebook(folder: Path, registry: Registry) -> Codebook:
    """Load and check the codebook of a study.

    Args:
        folder: a folder of `raw/surveys/codebooks/`, named as the study's id.
        registry: for the domains of items and the codes of regions.

    Raises:
        CodebookError: a table, line or cell is wrong or contradicts another.
        SourceError: `study.toml` is missing or wrong.
    """
    study = read_study(folder)
    areas = by_id(read_areas(folder, registry), "area_id")
    actors = read_actors(study, areas)
    texts = {key: study.need(key, str) for key in _STUDY_TEXTS}
    note = study.get("note_fr", str) or ""
    files = tuple(read_pinned_file(table) for table in study.tables("files"))
    study.finish()
    if texts["study_id"] != folder.name:
        raise study.error("study_id", repr(texts["study_id"]), f"{folder.name!r}, as the folder")
    scales = read_scales(folder)
    derived_rows = list(codebook_rows(folder / "derived.csv", DERIVED_COLUMNS))
    variables = read_variables(folder, actors, scales, derived_rows)
    questions = read_questions(folder, actors, scales, derived_rows, variables, registry)
    refuse_strangers(derived_rows, "uid", {*questions, *variables})
    return Codebook(
        **texts,
        note_fr=note,
        actors=actors,
        files=files,
        areas=areas,
        scales=scales,
        questions=questions,
        variables=variables,
        segments=read_segments(folder, actors, variables),
        samples=read_samples(folder, actors),
        columns=read_columns(folder, actors, questions, variables),
    )

"""Loads a codebook from its folder, table by table."""

from __future__ import annotations

from pathlib import Path

from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.rows import by_id
from phare_pipeline.sources.options import Options
from phare_pipeline.survey.codebook.columns import read_columns
from phare_pipeline.survey.codebook.margins import read_margins
from phare_pipeline.survey.codebook.model import Codebook, ExportFile
from phare_pipeline.survey.codebook.questions import read_questions
from phare_pipeline.survey.codebook.respondents import read_samples, read_segments, read_variables
from phare_pipeline.survey.codebook.rows import Tables, refuse_strangers
from phare_pipeline.survey.codebook.scales import DERIVED_COLUMNS, read_scales
from phare_pipeline.survey.codebook.study import (
    read_actors,
    read_areas,
    read_export_file,
    read_pinned_file,
    read_study,
    read_years,
)
from phare_pipeline.survey.codebook.vocabulary import SYNTHETIC_FR

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
    based_on = study.get("based_on", str)
    tables = Tables(folder, None if based_on is None else folder.parent / based_on)
    areas = by_id(read_areas(tables, registry), "area_id")
    actors = read_actors(study, areas)
    is_synthetic = study.get("synthetic", bool) or False
    texts = {key: study.need(key, str) for key in _STUDY_TEXTS}
    note = study.get("note_fr", str) or ""
    year, max_age_years = read_years(study)
    files = tuple(read_pinned_file(table) for table in study.tables("files"))
    exports = tuple(
        read_export_file(table, actors, is_synthetic=is_synthetic)
        for table in study.tables("exports")
    )
    study.finish()
    if texts["study_id"] != folder.name:
        raise study.error("study_id", repr(texts["study_id"]), f"{folder.name!r}, as the folder")
    if is_synthetic and SYNTHETIC_FR not in texts["title"]:
        raise study.error("title", repr(texts["title"]), f"a title that says « {SYNTHETIC_FR} »")
    _refuse_two_exports(study, exports)
    scales = read_scales(tables)
    derived_rows = list(tables.rows("derived.csv", DERIVED_COLUMNS))
    variables = read_variables(tables, actors, scales, derived_rows)
    questions = read_questions(tables, actors, scales, derived_rows, variables, registry)
    refuse_strangers(derived_rows, "uid", {*questions, *variables})
    return Codebook(
        **texts,
        year=year,
        max_age_years=max_age_years,
        note_fr=note,
        based_on=based_on,
        is_synthetic=is_synthetic,
        actors=actors,
        files=files,
        exports=exports,
        areas=areas,
        scales=scales,
        questions=questions,
        variables=variables,
        segments=read_segments(tables, actors, variables),
        samples=read_samples(tables, actors),
        columns=read_columns(tables, actors, questions, variables),
        margins=read_margins(tables, actors, areas, variables),
    )


def _refuse_two_exports(study: Options, exports: tuple[ExportFile, ...]) -> None:
    actors = [export.actor for export in exports]
    for actor in actors:
        if actors.count(actor) > 1:
            raise study.error("exports", f"two of {actor}", "one export an actor")

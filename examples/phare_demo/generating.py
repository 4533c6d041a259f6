"""Makes the three exports of the demonstration study from its codebook and the figures of 2016."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from examples.phare_demo.answers import invent_answers
from examples.phare_demo.people import Crowd, invent_crowd, own_area_of
from examples.phare_demo.writing import write_export
from phare_pipeline.registry.model import Registry
from phare_pipeline.survey.codebook import Codebook, VariableType, load_codebook
from phare_pipeline.survey.published import read_published, read_sample_structure

DEMO_STUDY = "phare-demo"


def write_demo_exports(surveys_dir: Path, target: Path, registry: Registry) -> tuple[Path, ...]:
    """Invent respondents and answers of every actor and write their exports.

    The same codebooks and figures give the same bytes.

    Args:
        surveys_dir: the folder `raw/surveys`, with both codebooks and the published figures.
        target: folder that takes the files below their paths in the study.
        registry: for the codebooks.

    Returns:
        The files, in the order of the study.
    """
    codebooks = surveys_dir / "codebooks"
    codebook = load_codebook(codebooks / DEMO_STUDY, registry)
    base = load_codebook(codebooks / (codebook.based_on or ""), registry)
    results = read_published(surveys_dir, base)
    sample = read_sample_structure(surveys_dir, base)
    paths = []
    for export in codebook.exports:
        own_area = own_area_of(base, export.actor)
        crowd = invent_crowd(codebook, export.actor, own_area, sample)
        answers = invent_answers(codebook, crowd, results)
        path = target / export.path
        path.parent.mkdir(parents=True, exist_ok=True)
        write_export(path, codebook, export.actor, _frame(codebook, crowd, answers))
        paths.append(path)
    return tuple(paths)


def _frame(
    codebook: Codebook,
    crowd: Crowd,
    answers: dict[tuple[str, str | None, int | None], NDArray[np.object_]],
) -> dict[str, NDArray[np.object_]]:
    """Lay everything out as columns of the codebook."""
    found = {}
    for column in codebook.columns_of(crowd.actor):
        if column.uid in codebook.questions:
            found[column.name] = answers[column.uid, column.item_code, column.rank]
            continue
        variable = codebook.variables[column.uid]
        if variable.scale is not None:
            by_id = {option.option_id: option.code for option in variable.scale.options}
            options = crowd.profile[column.uid]
            found[column.name] = np.array([by_id[option] for option in options], dtype=object)
        else:
            found[column.name] = _of_respondent(codebook, crowd, variable.type)
    return found


def _of_respondent(codebook: Codebook, crowd: Crowd, kind: VariableType) -> NDArray[np.object_]:
    name = {
        VariableType.ID: "respondent_id",
        VariableType.REGION: "region_code",
        VariableType.AREA: "area_id",
        VariableType.DATE: "answered_on",
    }[kind]
    cells = crowd.respondents[name].astype(object).to_numpy()
    if kind is VariableType.AREA:
        labels = {area.area_id: area.label_fr for area in codebook.areas.values()}
        return np.array([labels.get(cell) for cell in cells], dtype=object)
    return cells

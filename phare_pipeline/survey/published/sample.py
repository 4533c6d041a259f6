"""Reads the printed structure of the samples: who the respondents of an actor are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.survey.codebook import (
    CONFIDENCES,
    Codebook,
    CodebookRow,
    Variable,
    codebook_rows,
)
from phare_pipeline.survey.published.cells import read_slide, read_value, refuse_second
from phare_pipeline.survey.published.files import pinned_file

SAMPLE_STRUCTURE_COLUMNS = (
    *("actor", "area_id", "variable_id", "item_code", "statistic", "value", "value_printed"),
    *("unit", "slide", "confidence", "note_fr"),
)


@dataclass(frozen=True)
class SampleFigure:
    """One published figure of the structure of an actor's respondents in an area.

    It is the weighted structure: it does not give the unweighted respondents of a category.
    """

    actor: str
    area_id: str
    variable_id: str
    item_code: str
    statistic: str
    value: float
    value_printed: str
    unit: str
    slide: int
    confidence: str
    note_fr: str
    file: str
    line: int


def read_sample_structure(surveys_dir: Path, codebook: Codebook) -> tuple[SampleFigure, ...]:
    """Read the published structure of the samples, in the order of its file.

    Raises:
        SourceError: the file is missing or is not the pinned one.
        CodebookError: a line is unknown to the codebook, badly written or given twice.
    """
    file = pinned_file(surveys_dir, codebook, "sample")
    found: dict[tuple[str, ...], SampleFigure] = {}
    for row in codebook_rows(surveys_dir / file.path, SAMPLE_STRUCTURE_COLUMNS):
        figure = _sample_figure(row, codebook, file.path)
        key = (figure.variable_id, figure.area_id, figure.item_code)
        refuse_second(row, found, key)
        found[key] = figure
    return tuple(found.values())


def _sample_figure(row: CodebookRow, codebook: Codebook, file: str) -> SampleFigure:
    actor = row.one_of("actor", codebook.actors)
    uids = [uid for uid, v in codebook.variables.items() if v.actor == actor]
    variable = codebook.variables[row.one_of("variable_id", uids)]
    item_code = row.one_of("item_code", _categories(variable))
    derived = variable.derived.get(item_code)
    statistic = row.one_of("statistic", ("share" if derived is None else derived.statistic,))
    value = read_value(row)
    is_share = statistic != "mean"
    if is_share and not 0 <= value <= 100:
        raise row.error("value", "a share out of bounds", expected="from 0 to 100")
    unit = row.one_of("unit", ("%",)) if is_share else row.text("unit")
    return SampleFigure(
        actor=actor,
        area_id=row.one_of("area_id", codebook.actors[actor].areas),
        variable_id=variable.variable_id,
        item_code=item_code,
        statistic=statistic,
        value=value,
        value_printed=row.text("value_printed"),
        unit=unit,
        slide=read_slide(row),
        confidence=row.one_of("confidence", CONFIDENCES),
        note_fr=row.cells["note_fr"],
        file=file,
        line=row.line,
    )


def _categories(variable: Variable) -> tuple[str, ...]:
    options = () if variable.scale is None else variable.scale.options
    return (*(option.option_id for option in options), *variable.derived)

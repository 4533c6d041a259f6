"""Reads the results a report has printed; each figure keeps the file and line it stands on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.survey.codebook import (
    CONFIDENCES,
    STATISTICS,
    Codebook,
    CodebookRow,
    codebook_rows,
)
from phare_pipeline.survey.published.cells import (
    read_mark,
    read_slide,
    read_value,
    refuse_out_of_bounds,
    refuse_second,
)
from phare_pipeline.survey.published.files import pinned_file

RESULT_COLUMNS = (
    *("actor", "question_id", "item_code", "area_id", "segment_id", "statistic", "band"),
    *("value", "value_printed", "unit", "base_n", "universe_n", "base_from", "slide", "support"),
    *("confidence", "note_fr"),
)
SUPPORTS = ("chart", "synthesis", "text")
BASES_FROM = ("page", "method", "")
"""Where the base is printed: under the chart, on the pages of method only, or nowhere."""

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class PublishedResult:
    """One published figure.

    Attributes:
        area_id: where it holds, never widened to the region of a report.
        band: what the statistic counts, as printed ("8-10"); empty for the others.
        value: in `unit` (%, note, points); NaN where the source prints a mark instead.
        value_printed: the figure as the document prints it, or its mark (s, n.d., secret).
        base_n: unweighted respondents of this very figure, don't-knows included; None where not
            printed (segments, national figures of filtered questions).
        universe_n: what the base stands for; None where not printed.
        base_from: page, method or empty (see `BASES_FROM`).
        confidence: certain, inferred (from the order of a flattened chart) or ambiguous.
        file: path below `raw/surveys/`; `line` is its line in it.
    """

    actor: str
    question_id: str
    item_code: str
    area_id: str
    segment_id: str
    statistic: str
    band: str
    value: float
    value_printed: str
    unit: str
    base_n: int | None
    universe_n: int | None
    base_from: str
    slide: int
    support: str
    confidence: str
    note_fr: str
    file: str
    line: int
    source_label: str = ""

    @property
    def key(self) -> Key:
        """What no two figures share: question, item, area, segment, statistic."""
        return self.question_id, self.item_code, self.area_id, self.segment_id, self.statistic


def read_published(surveys_dir: Path, codebook: Codebook) -> tuple[PublishedResult, ...]:
    """Read the published results of a study, in the order of their file.

    Args:
        surveys_dir: the folder `raw/surveys`.
        codebook: of the study; it names and pins the file.

    Raises:
        SourceError: the file is missing or is not the pinned one.
        CodebookError: a line is unknown to the codebook, badly written or given twice.
    """
    file = pinned_file(surveys_dir, codebook, "results")
    found: dict[tuple[str, ...], PublishedResult] = {}
    for row in codebook_rows(surveys_dir / file.path, RESULT_COLUMNS):
        result = _result(row, codebook, file.path)
        refuse_second(row, found, result.key)
        found[result.key] = result
    return tuple(found.values())


def _result(row: CodebookRow, codebook: Codebook, file: str) -> PublishedResult:
    actor = row.one_of("actor", codebook.actors)
    uids = [uid for uid, q in codebook.questions.items() if q.actor == actor]
    question = codebook.questions[row.one_of("question_id", uids)]
    statistic = row.one_of("statistic", question.statistics)
    mark = read_mark(row)
    value = math.nan if mark else read_value(row)
    if not mark:
        refuse_out_of_bounds(row, statistic, value)
    segments = [segment for owner, segment in codebook.segments if owner == actor]
    band = question.bands.get(statistic) if STATISTICS[statistic].has_band else None
    result = PublishedResult(
        actor=actor,
        question_id=question.question_id,
        item_code=row.one_of("item_code", question.results_of(statistic)),
        area_id=row.one_of("area_id", codebook.actors[actor].areas),
        segment_id=row.one_of("segment_id", segments),
        statistic=statistic,
        band=row.one_of("band", ("",) if band is None else (band.label_fr,)),
        value=value,
        value_printed=row.text("value_printed"),
        unit=row.one_of("unit", (STATISTICS[statistic].unit,)),
        base_n=row.count("base_n"),
        universe_n=row.count("universe_n"),
        base_from=row.one_of("base_from", BASES_FROM),
        slide=read_slide(row),
        support=row.one_of("support", SUPPORTS),
        confidence=row.one_of("confidence", CONFIDENCES),
        note_fr=row.cells["note_fr"],
        file=file,
        line=row.line,
        source_label=mark,
    )
    _check_base(row, result)
    return result


def _check_base(row: CodebookRow, result: PublishedResult) -> None:
    has_base = result.base_n is not None or result.universe_n is not None
    if has_base != bool(result.base_from):
        raise row.error(
            "base_from",
            "a base without its place, or the place of no base",
            expected="page or method when base_n or universe_n is given, empty otherwise",
        )
    if result.base_n == 0 or result.universe_n == 0:
        raise row.error("base_n", "a figure about nobody", expected="above 0, or empty")

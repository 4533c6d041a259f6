"""Reads the figures a study has published, as printed; what contradicts is kept, never corrected.

Every figure keeps the file and line it stands on. Consistency between figures is judged elsewhere,
figures computed from microdata are made elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from phare_pipeline.errors import SourceError
from phare_pipeline.survey.codebook import (
    CONFIDENCES,
    STATISTICS,
    WHOLE,
    AreaKind,
    Codebook,
    CodebookRow,
    PinnedFile,
    Question,
    Variable,
    codebook_rows,
)

PROVENANCE: Final = "published"
FRAGILITY = "fragilite"
"""The topic of the questions whose mean notes are the perceived fragility of the domains."""

RESULT_COLUMNS = (
    *("actor", "question_id", "item_code", "area_id", "segment_id", "statistic", "band"),
    *("value", "value_printed", "unit", "base_n", "universe_n", "base_from", "slide", "support"),
    *("confidence", "note_fr"),
)
SAMPLE_STRUCTURE_COLUMNS = (
    *("actor", "area_id", "variable_id", "item_code", "statistic", "value", "value_printed"),
    *("unit", "slide", "confidence", "note_fr"),
)
SUPPORTS = ("chart", "synthesis", "text")
BASES_FROM = ("page", "method", "")
"""Where the base is printed: under the chart, on the pages of method only, or nowhere."""

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_PRINTED = re.compile(r"[+−-]?[0-9]{1,3}([ \u202f\u00a0]?[0-9]{3})*([,.][0-9]+)? ?(%|ans)?")


@dataclass(frozen=True)
class PublishedResult:
    """One published figure.

    Attributes:
        area_id: where it holds, never widened to the region of a report.
        band: what the statistic counts, as printed ("8-10"); empty for the others.
        value: in `unit` (%, note, points).
        value_printed: the figure as the document prints it.
        base_n: unweighted respondents of this very figure, don't-knows included; None where not
            printed (segments, national figures of filtered questions).
        universe_n: what the base stands for; None where not printed.
        base_from: page, method or empty (see `BASES_FROM`).
        confidence: certain, inferred (from the order of a flattened chart) or ambiguous.
        file: path below `raw/surveys/`; `line` is its line in it.
        provenance: always "published".
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
    provenance: str = PROVENANCE

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What no two figures share: question, item, area, segment, statistic."""
        return self.question_id, self.item_code, self.area_id, self.segment_id, self.statistic


@dataclass(frozen=True)
class SampleFigure:
    """One published figure of the structure of an actor's respondents in an area."""

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
    provenance: str = PROVENANCE


@dataclass(frozen=True)
class DomainMean:
    """The mean note of a domain in an area beside the national one.

    Attributes:
        mean: note 1–10, don't-knows excluded; None when not printed.
        base_n: respondents, don't-knows included; None when not printed.
        nsp_share: percent of don't-knows in that base; None when not printed.
        national_mean, national_base_n, national_nsp_share: the same for the whole country.
        origin, national_origin: the figures themselves, with file, line and slide.
    """

    actor: str
    area_id: str
    domain_id: str
    question_id: str
    mean: float | None
    base_n: int | None
    nsp_share: float | None
    national_mean: float | None
    national_base_n: int | None
    national_nsp_share: float | None
    origin: PublishedResult | None
    national_origin: PublishedResult | None


def read_published(surveys_dir: Path, codebook: Codebook) -> tuple[PublishedResult, ...]:
    """Read the published results of a study, in the order of their file.

    Args:
        surveys_dir: the folder `raw/surveys`.
        codebook: of the study; it names and pins the file.

    Raises:
        SourceError: the file is missing or is not the pinned one.
        CodebookError: a line is unknown to the codebook, badly written or given twice.
    """
    file = _pinned(surveys_dir, codebook, "results")
    found: dict[tuple[str, ...], PublishedResult] = {}
    for row in codebook_rows(surveys_dir / file.path, RESULT_COLUMNS):
        result = _result(row, codebook, file.path)
        _refuse_second(row, found, result.key)
        found[result.key] = result
    return tuple(found.values())


def read_sample_structure(surveys_dir: Path, codebook: Codebook) -> tuple[SampleFigure, ...]:
    """Read the published structure of the samples, in the order of its file; raises as above."""
    file = _pinned(surveys_dir, codebook, "sample")
    found: dict[tuple[str, ...], SampleFigure] = {}
    for row in codebook_rows(surveys_dir / file.path, SAMPLE_STRUCTURE_COLUMNS):
        figure = _sample_figure(row, codebook, file.path)
        key = (figure.variable_id, figure.area_id, figure.item_code)
        _refuse_second(row, found, key)
        found[key] = figure
    return tuple(found.values())


def domain_means(results: Iterable[PublishedResult], codebook: Codebook) -> tuple[DomainMean, ...]:
    """Give the perceived fragility of the domains: actor × area × domain, nothing left out.

    The rows are those of every area of an actor that is not the whole country, in the order of the
    codebook, domains as in the question; a mean that is not printed is None, never filled in. Bands
    do not enter: they differ between actors.

    Raises:
        SourceError: an actor has several questions on fragility; which one is meant is unknown.
    """
    whole: dict[tuple[str, ...], PublishedResult]
    whole = {result.key: result for result in results if result.segment_id == WHOLE}
    questions = codebook.questions_of(FRAGILITY)
    _refuse_two_questions(questions, codebook)
    return tuple(
        _domain_mean(question, item_code, domain_id, area_id, whole, codebook)
        for question in questions
        for area_id in codebook.actors[question.actor].areas
        if codebook.areas[area_id].kind is not AreaKind.NATIONAL
        for item_code, item in question.items.items()
        if (domain_id := item.domain_id) is not None
    )


def _domain_mean(
    question: Question,
    item_code: str,
    domain_id: str,
    area_id: str,
    whole: Mapping[tuple[str, ...], PublishedResult],
    codebook: Codebook,
) -> DomainMean:
    def find(place: str | None, statistic: str) -> PublishedResult | None:
        if place is None:
            return None
        return whole.get((question.question_id, item_code, place, WHOLE, statistic))

    def value(result: PublishedResult | None) -> float | None:
        return None if result is None else result.value

    country = _national_area(question, codebook)
    local, national = find(area_id, "mean"), find(country, "mean")
    return DomainMean(
        actor=question.actor,
        area_id=area_id,
        domain_id=domain_id,
        question_id=question.question_id,
        mean=value(local),
        base_n=None if local is None else local.base_n,
        nsp_share=value(find(area_id, "share_nsp")),
        national_mean=value(national),
        national_base_n=None if national is None else national.base_n,
        national_nsp_share=value(find(country, "share_nsp")),
        origin=local,
        national_origin=national,
    )


def _national_area(question: Question, codebook: Codebook) -> str | None:
    areas = codebook.actors[question.actor].areas
    return next((a for a in areas if codebook.areas[a].kind is AreaKind.NATIONAL), None)


def _refuse_two_questions(questions: tuple[Question, ...], codebook: Codebook) -> None:
    actors = [question.actor for question in questions]
    for actor in actors:
        if actors.count(actor) > 1:
            ids = ", ".join(q.question_id for q in questions if q.actor == actor)
            raise SourceError(
                "Two questions of an actor ask for the fragility of the domains",
                where=f"{codebook.study_id}/questions.csv",
                found=ids,
                expected=f"one question with the topic {FRAGILITY!r} for each actor",
                action="give the others another topic",
            )


# --- one line ------------------------------------------------------------------------------------
def _result(row: CodebookRow, codebook: Codebook, file: str) -> PublishedResult:
    actor = row.one_of("actor", codebook.actors)
    uids = [uid for uid, q in codebook.questions.items() if q.actor == actor]
    question = codebook.questions[row.one_of("question_id", uids)]
    statistic = row.one_of("statistic", question.statistics)
    value = _value(row)
    _refuse_out_of_bounds(row, statistic, value)
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
        slide=_slide(row),
        support=row.one_of("support", SUPPORTS),
        confidence=row.one_of("confidence", CONFIDENCES),
        note_fr=row.cells["note_fr"],
        file=file,
        line=row.line,
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


def _sample_figure(row: CodebookRow, codebook: Codebook, file: str) -> SampleFigure:
    actor = row.one_of("actor", codebook.actors)
    uids = [uid for uid, v in codebook.variables.items() if v.actor == actor]
    variable = codebook.variables[row.one_of("variable_id", uids)]
    item_code = row.one_of("item_code", _categories(variable))
    derived = variable.derived.get(item_code)
    statistic = row.one_of("statistic", ("share" if derived is None else derived.statistic,))
    value = _value(row)
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
        slide=_slide(row),
        confidence=row.one_of("confidence", CONFIDENCES),
        note_fr=row.cells["note_fr"],
        file=file,
        line=row.line,
    )


def _categories(variable: Variable) -> tuple[str, ...]:
    options = () if variable.scale is None else variable.scale.options
    return (*(option.option_id for option in options), *variable.derived)


def _value(row: CodebookRow) -> float:
    """Read `value` and see that it is the printed figure and nothing else."""
    value = float(row.matching("value", _NUMBER, "a number in digits with a decimal point"))
    printed = row.matching("value_printed", _PRINTED, "the figure as printed, such as 7,3 or 17%")
    digits = re.sub(r"[^0-9,.−-]", "", printed).replace(",", ".").replace("−", "-")
    if float(digits) != value:
        raise row.error("value", f"{value} is not the printed {printed}", expected=digits)
    return value


def _slide(row: CodebookRow) -> int:
    slide = row.count("slide")
    if not slide:
        raise row.error("slide", "a figure without its page", expected="a page number from 1")
    return slide


def _refuse_out_of_bounds(row: CodebookRow, statistic: str, value: float) -> None:
    low, high = STATISTICS[statistic].low, STATISTICS[statistic].high
    if not low <= value <= high:
        raise row.error("value", f"{statistic} out of bounds", expected=f"from {low:g} to {high:g}")


def _refuse_second(
    row: CodebookRow, found: Mapping[tuple[str, ...], object], key: tuple[str, ...]
) -> None:
    if key in found:
        raise row.error(
            "item_code",
            f"the figure {' · '.join(key)} is given twice",
            expected="one line for each question, item, area, segment and statistic",
        )


# --- the pinned file -----------------------------------------------------------------------------
def _pinned(surveys_dir: Path, codebook: Codebook, kind: str) -> PinnedFile:
    """Find the file of a kind and refuse one that is not the pinned one, by size first."""
    try:
        file = codebook.file(kind)
    except KeyError as error:
        raise SourceError(
            "A study has no published figures of this kind",
            where=f"{codebook.study_id}/study.toml",
            found=", ".join(f.kind for f in codebook.files) or "no [[files]]",
            expected=f"a [[files]] entry of kind {kind!r}",
            action="add it, or do not ask for them",
        ) from error
    where = f"raw/surveys/{file.path}"
    expected = f"sha256 {file.sha256}, {file.bytes} bytes"
    path = surveys_dir / file.path
    if not path.is_file():
        raise SourceError(
            "A file of published figures is missing",
            where=where,
            found="no such file",
            expected=expected,
            action="restore it",
        )
    size = path.stat().st_size
    # A file of another size is refused before it is read, however large it is.
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest() if size == file.bytes else "not read"
    if sha256 != file.sha256:
        raise SourceError(
            "A file of published figures has changed since it was pinned",
            where=where,
            found=f"sha256 {sha256}, {size} bytes",
            expected=expected,
            action="restore it; a change that is meant is reviewed and pinned in study.toml",
        )
    return file

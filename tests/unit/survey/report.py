"""Printed reports for tests of consistency: a figure a line, the rest from the codebook of 2016."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.survey.codebook import STATISTICS, Codebook, load_codebook
from phare_pipeline.survey.consistency.findings import Finding, Severity
from phare_pipeline.survey.published.figures import Definition, PrintedFigure
from phare_pipeline.survey.published.reprints import Reprint
from phare_pipeline.survey.published.results import PublishedResult
from phare_pipeline.survey.published.study import PublishedStudy
from tests.conftest import REPOSITORY

REGISTRY = load_registry()
BOOK: Codebook = load_codebook(REPOSITORY / "raw/surveys/codebooks/phare-2016", REGISTRY)

Rule = Callable[[PublishedStudy], Iterator[Finding]]


def number(text: str) -> float:
    """The value of a French number: "7,3" is 7.3, "46%" is 46."""
    return float(text.rstrip(" %").replace(",", ".").replace("−", "-"))


def result(question_id: str, item: str, statistic: str, text: str, **changes) -> PublishedResult:
    """A printed result of the region of the actor, on page 1, base printed under the chart."""
    question = BOOK.questions[question_id]
    band = question.bands.get(statistic)
    figure = PublishedResult(
        actor=question.actor,
        question_id=question_id,
        item_code=item,
        area_id=BOOK.actors[question.actor].areas[0],
        segment_id="ensemble",
        statistic=statistic,
        band=band.label_fr if band is not None and STATISTICS[statistic].has_band else "",
        value=number(text),
        value_printed=text,
        unit=STATISTICS[statistic].unit,
        base_n=200,
        universe_n=10_000,
        base_from="page",
        slide=1,
        support="chart",
        confidence="certain",
        note_fr="",
        file="published/test.csv",
        line=2,
    )
    return replace(figure, **changes)


def reprint(of: PublishedResult, text: str, slide: int, **changes) -> Reprint:
    """Another printing of a result."""
    other = Reprint(
        actor=of.actor,
        question_id=of.question_id,
        item_code=of.item_code,
        area_id=of.area_id,
        segment_id=of.segment_id,
        statistic=of.statistic,
        heading="",
        value=number(text),
        value_printed=text,
        slide=slide,
        support="text",
        area_claimed="",
        confidence="certain",
        note_fr="",
        file="published/test-reprints.csv",
        line=2,
    )
    return replace(other, **changes)


def definition(figure_id: str, nature: str, unit: str, **changes) -> Definition:
    """What a figure of a report is; it needs no year unless said."""
    plain = Definition(figure_id, "bloc", figure_id, (), nature, unit, 0, False, None)
    return replace(plain, **changes)


def cell(figure_id: str, column: str, value: float | None, text: str, **changes) -> PrintedFigure:
    """A printed figure of a report, on page 1, in percent unless said."""
    plain = PrintedFigure(
        figure_id, column, 1, value, text, "%", "", "certain", "", "published/test-figures.csv", 2
    )
    return replace(plain, **changes)


def study(*results: PublishedResult, **others) -> PublishedStudy:
    """A published study of the codebook of 2016."""
    return PublishedStudy(**{"codebook": BOOK, "registry": REGISTRY, "results": results, **others})


def passes(rule: Rule, subject: PublishedStudy) -> None:
    """Assert that a rule finds nothing but what it explains itself."""
    found = [finding for finding in rule(subject) if finding.severity is not Severity.INFO]
    assert not found, found


def found_by(rule: Rule, subject: PublishedStudy) -> Finding:
    """Return the one fault that a rule finds, which says where, what and what to do."""
    found = [finding for finding in rule(subject) if finding.severity is not Severity.INFO]
    assert len(found) == 1, found
    [finding] = found
    assert finding.message_fr and finding.action_fr and finding.subject
    assert finding.places
    return finding


def explained_by(rule: Rule, subject: PublishedStudy) -> Finding:
    """Return the one oddity that a rule explains."""
    [finding] = rule(subject)
    assert finding.severity is Severity.INFO
    return finding

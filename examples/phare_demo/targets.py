"""Turns printed figures into targets for answers: shares of codes that round to what is printed.

Printed shares are whole percents and need not sum to 100; what is missing or too much is spread
over them, less than half a point each, so that all still round to their print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from phare_pipeline.survey.codebook import WHOLE, Question
from phare_pipeline.survey.published import PublishedResult

_MOST = 0.45
"""Points that a share may be moved without another print."""


@dataclass(frozen=True)
class Printed:
    """The printed figures of a question in one area, everybody together."""

    values: Mapping[tuple[str, str], float]

    def get(self, item: str, statistic: str) -> float | None:
        """The figure of an item, None where none is printed."""
        return self.values.get((item, statistic))

    def __bool__(self) -> bool:
        return bool(self.values)


def printed_of(question: Question, area_id: str, results: Sequence[PublishedResult]) -> Printed:
    """The printed figures of a question in an area."""
    return Printed(
        {
            (result.item_code, result.statistic): result.value
            for result in results
            if (result.question_id, result.area_id, result.segment_id)
            == (question.question_id, area_id, WHOLE)
        }
    )


def level(shares: Mapping[str, float], total: float = 100.0) -> dict[str, float]:
    """Bring shares to a total by the same amount each, as far as their print allows.

    A share of 0 stays 0. What is still missing after that goes to no share: the caller says what
    else the total holds.
    """
    open_ = [name for name, share in shares.items() if share > 0]
    if not open_:
        return dict(shares)
    step = float(np.clip((total - sum(shares.values())) / len(open_), -_MOST, _MOST))
    return {name: share + step if share > 0 else 0.0 for name, share in shares.items()}

"""Compares the structure of a sample with its calibration targets, before any weighting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from phare_pipeline.survey.codebook import Codebook, MarginUnit, Target
from phare_pipeline.survey.exports.issues import IssueBook, Severity
from phare_pipeline.survey.members import area_members, categories_of

GAP_WARNING = 5.0
GAP_ERROR = 15.0
"""Points between the unweighted share of a category and its target."""


def check_quotas(
    respondents: pd.DataFrame,
    answers: pd.DataFrame,
    codebook: Codebook,
    margins: Sequence[Target],
    book: IssueBook,
) -> None:
    """Note categories of a sample that are far from their target: 5 points warn, 15 are too many.

    Shares are of respondents, unweighted, so initial weights mend nothing here: a sample drawn with
    unequal chances has to be compared where it was drawn, by giving targets there.

    Args:
        respondents: of one actor.
        answers: of the same.
        codebook: of the study.
        margins: targets; those of numeric totals say nothing of structure.
        book: takes the issues.
    """
    for block in _blocks(margins, str(respondents["actor"].iloc[0])):
        first = block[0]
        members = area_members(respondents, codebook.areas[first.area_id])
        if not members.any():
            continue
        variable = codebook.variables[first.variable_id]
        categories = categories_of(variable, respondents, answers, codebook)[members]
        total = sum(target.target for target in block)
        for target in block:
            is_in = np.array([category in target.categories for category in categories])
            share = 100 * float(is_in.mean())
            wanted = 100 * target.target / total
            gap = share - wanted
            if abs(gap) > GAP_WARNING:
                is_error = abs(gap) > GAP_ERROR
                book.add(
                    Severity.ERROR if is_error else Severity.WARNING,
                    "quota_gap",
                    f"The sample is far from the quota of {target.label} "
                    f"({target.variable_id}, {target.area_id})",
                    found=f"{share:.1f} % of {int(members.sum())} respondents",
                    expected=f"{wanted:.1f} %, at most {GAP_ERROR if is_error else GAP_WARNING:g} "
                    "points away",
                    action="look for a code or a target that is mistaken; else the sample must be "
                    "completed"
                    if is_error
                    else "look at the weight ratios and the design effect after calibration",
                    column=_column(codebook, target),
                )


def _blocks(margins: Sequence[Target], actor: str) -> Iterator[list[Target]]:
    blocks: dict[tuple[str, str], list[Target]] = {}
    for target in margins:
        if target.actor == actor and target.unit is not MarginUnit.TOTAL:
            blocks.setdefault((target.area_id, target.variable_id), []).append(target)
    yield from blocks.values()


def _column(codebook: Codebook, target: Target) -> str:
    names = [c.name for c in codebook.columns_of(target.actor) if c.uid == target.variable_id]
    return names[0] if names else codebook.variables[target.variable_id].type.value

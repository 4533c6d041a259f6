"""Weights the respondents of an actor, area by area, to the targets of the study.

How weights are found is in `calage`; what is estimated with them in `computed`. Weights are
private: what they did to the structure of a sample may be published, they never are.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.index.checks import Floats
from phare_pipeline.survey.calage import (
    Calibration,
    CategoryMargin,
    Margin,
    Method,
    NumericMargin,
    calibrate,
)
from phare_pipeline.survey.codebook import AreaKind, Codebook, MarginUnit, Target
from phare_pipeline.survey.members import area_members, categories_of, numbers_of

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class AreaWeights:
    """The weights of one actor in one area.

    Attributes:
        actor: who.
        area_id: where.
        members: (n,) which respondents of the actor belong to the area.
        weights: (n,) > 0 for members, 0 for the others; they sum to the universe where targets are
            counts, to the number of respondents where they are percentages.
        targets_of: area whose targets were used: its own, or the country's where it has none; None
            where there is none at all, and the weights are those of the export.
        calibration: report of the calibration to its own targets, None without any.
    """

    actor: str
    area_id: str
    members: Booleans
    weights: Floats
    targets_of: str | None
    calibration: Calibration | None


def weigh(
    codebook: Codebook,
    actor: str,
    respondents: pd.DataFrame,
    answers: pd.DataFrame,
    margins: Sequence[Target],
    *,
    method: Method = Method.RAKING,
    bounds: tuple[float, float] | None = None,
) -> dict[str, AreaWeights]:
    """Weight each area of an actor that has respondents, in the order of the study.

    An area with targets of its own is calibrated by itself, from the initial weights of its members
    brought to the common total. One without takes its members' weights of the country: they are
    right on average over regions only, which its results say (`targets_of`). Actors are never
    weighted together.

    Args:
        codebook: of the study.
        actor: whose respondents these are.
        respondents: n rows (see `exports.respondents`).
        answers: long, of the same respondents.
        margins: targets of the study; those of other actors are passed over.
        method: as in `calage.calibrate`.
        bounds: as in `calage.calibrate`.

    Raises:
        CalageError: a calibration that cannot be made or failed; it names actor and area.
    """
    initial = respondents["weight"].to_numpy(dtype=np.float64)
    areas = [codebook.areas[area_id] for area_id in codebook.actors[actor].areas]
    found: dict[str, AreaWeights] = {}
    country: AreaWeights | None = None
    for area in sorted(areas, key=lambda a: a.kind is not AreaKind.NATIONAL):
        members = area_members(respondents, area)
        if not members.any():
            continue
        own = [t for t in margins if (t.actor, t.area_id) == (actor, area.area_id)]
        calibration = None
        weights = np.zeros(members.size)
        targets_of = None
        if own:
            calibration = _calibrate(
                codebook, own, respondents[members], answers, initial[members], method, bounds
            )
            weights[members], targets_of = calibration.weights, area.area_id
        elif country is not None:
            weights[members], targets_of = country.weights[members], country.targets_of
        else:
            weights[members] = initial[members]
        found[area.area_id] = AreaWeights(
            actor, area.area_id, members, weights, targets_of, calibration
        )
        if area.kind is AreaKind.NATIONAL:
            country = found[area.area_id]
    return {area.area_id: found[area.area_id] for area in areas if area.area_id in found}


def _calibrate(
    codebook: Codebook,
    targets: Sequence[Target],
    respondents: pd.DataFrame,
    answers: pd.DataFrame,
    initial: Floats,
    method: Method,
    bounds: tuple[float, float] | None,
) -> Calibration:
    variables: dict[str, NDArray[np.object_] | Floats] = {}
    for uid in dict.fromkeys(target.variable_id for target in targets):
        own = [target for target in targets if target.variable_id == uid]
        variable = codebook.variables[uid]
        if own[0].unit is MarginUnit.TOTAL:
            variables[uid] = numbers_of(variable, respondents, answers)
        else:
            labels = {c: target.label for target in own for c in target.categories}
            categories = categories_of(variable, respondents, answers, codebook)
            variables[uid] = np.array([labels.get(c, c) for c in categories], dtype=object)
    margins = calage_margins(targets)
    counts = [m for m in margins if isinstance(m, CategoryMargin) and not m.is_percent]
    total = float(sum(counts[0].targets.values())) if counts else float(len(respondents))
    return calibrate(
        variables,
        margins,
        initial * (total / initial.sum()),
        method=method,
        bounds=bounds,
        total=total,
        where=f"{targets[0].actor}, {targets[0].area_id}",
    )


def calage_margins(targets: Sequence[Target]) -> list[Margin]:
    """Lay targets out as the margins of `calage`; merged categories bear one label."""
    blocks: dict[str, list[Target]] = {}
    for target in targets:
        blocks.setdefault(target.variable_id, []).append(target)
    margins: list[Margin] = []
    for uid, block in blocks.items():
        if block[0].unit is MarginUnit.TOTAL:
            margins.append(NumericMargin(uid, block[0].target))
        else:
            values: dict[Hashable, float] = {target.label: target.target for target in block}
            is_percent = block[0].unit is MarginUnit.PERCENT
            margins.append(CategoryMargin(uid, values, is_percent))
    return margins

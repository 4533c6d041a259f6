"""Computes survey results from answers: calage, estimates, tests, adjusted for many tests.

What may be shown of them is decided in `disclosure`, and nothing here is rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.survey.additivity import Line
from phare_pipeline.survey.calage import Method
from phare_pipeline.survey.codebook import (
    STATISTICS,
    WHOLE,
    AreaKind,
    Codebook,
    Question,
    Segment,
    Target,
)
from phare_pipeline.survey.estimates import Estimates, means, net_balance, shares
from phare_pipeline.survey.matrices import Measured, measure_question
from phare_pipeline.survey.members import categories_of
from phare_pipeline.survey.parts import Group, Parts, cut, lines_of_parts
from phare_pipeline.survey.results import ErrorKind, Provenance, Result
from phare_pipeline.survey.significance import (
    ALPHA,
    Comparison,
    Outcome,
    Part,
    benjamini_hochberg,
    compare_means,
    compare_shares,
    part_of_means,
    part_of_shares,
)
from phare_pipeline.survey.weighting import AreaWeights, weigh

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

BY_REFERENCE_FR = (
    "Par référence au sondage aléatoire (échantillon par quotas) ; poids pris comme fixes"
)
NATIONAL_WEIGHTS_FR = "poids du calage national : la zone n’a pas de marges propres"
NO_CALAGE_FR = "sans calage : l’étude n’a pas de marges"


@dataclass(frozen=True, eq=False)
class Computed:
    """Results of an export and how its respondents were weighted.

    Attributes:
        results: one row a figure, without disclosure (see `disclosure.disclose`).
        weights: by actor and area, with the report of each calibration. Private.
        parts: by question, the groups of respondents that the results tell apart. Private.
    """

    results: tuple[Result, ...]
    weights: Mapping[tuple[str, str], AreaWeights]
    parts: Mapping[str, Parts]


def compute_results(
    codebook: Codebook,
    respondents: pd.DataFrame,
    answers: pd.DataFrame,
    margins: Sequence[Target],
    *,
    alpha: float = ALPHA,
    method: Method = Method.RAKING,
    bounds: tuple[float, float] | None = None,
) -> Computed:
    """Weight, estimate and test the answers to every question of a study.

    For each actor, area with respondents, question with answers, segment that can be rebuilt and
    statistic of the codebook, one row an item. Weights are those of the area (`weighting.weigh`).

    What is compared: everybody in an area with the respondents of the country outside of it, both
    with their own weights; a segment with the others of its area whose category is known. The whole
    country is compared with nobody. Shares by z, means and balances by Welch's t. p_adj is adjusted
    over all tests of one question in one area, segments included.

    `diff` is value − national_value, the figure of the country for the same segment: it is no test,
    for the country contains the area. A universe, and with it a finite population correction, is
    known for everybody in an area on questions without filter only.

    Args:
        codebook: of the study.
        respondents: of one or several actors (see `exports.respondents`).
        answers: long, of the same (see `exports.frames`).
        margins: calibration targets; `codebook.margins` are those of the study.
        alpha: level of the tests.
        method: of the calibration.
        bounds: of the weight ratios.

    Raises:
        CalageError: an area cannot be calibrated to its targets.
    """
    results: list[Result] = []
    weights: dict[tuple[str, str], AreaWeights] = {}
    parts: dict[str, Parts] = {}
    for actor in codebook.actors:
        own = respondents[respondents["actor"] == actor].reset_index(drop=True)
        if own.empty:
            continue
        said = answers[answers["actor"] == actor]
        by_area = weigh(codebook, actor, own, said, margins, method=method, bounds=bounds)
        weights |= {(actor, area_id): found for area_id, found in by_area.items()}
        study = _Actor(codebook, actor, by_area, _segments(codebook, actor, own, said), alpha)
        ids = own["respondent_id"].tolist()
        for question in codebook.questions.values():
            if question.actor == actor:
                found = measure_question(question, said, ids)
                for measured in found:
                    results += study.rows(question, measured)
                parts[question.question_id] = study.parts(found)
    return Computed(_completed(results, codebook), weights, parts)


def _segments(
    codebook: Codebook, actor: str, respondents: pd.DataFrame, answers: pd.DataFrame
) -> dict[str, tuple[Booleans, Booleans]]:
    """Each segment that can be rebuilt: who is in it, and who is known not to be."""
    found = {}
    for (owner, segment_id), segment in codebook.segments.items():
        if owner != actor:
            continue
        if segment_id == WHOLE:
            n = len(respondents)
            found[segment_id] = np.ones(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
        elif segment.options and segment.variable_id is not None:
            found[segment_id] = _segment(segment, codebook, respondents, answers)
    return found


def _segment(
    segment: Segment, codebook: Codebook, respondents: pd.DataFrame, answers: pd.DataFrame
) -> tuple[Booleans, Booleans]:
    variable = codebook.variables[segment.variable_id or ""]
    categories = categories_of(variable, respondents, answers, codebook)
    is_in = np.array([category in segment.options for category in categories], dtype=np.bool_)
    is_known = np.array([category is not None for category in categories], dtype=np.bool_)
    return is_in, is_known & ~is_in


@dataclass(frozen=True, eq=False)
class _Actor:
    """Areas and segments of one actor, on which each statistic is estimated."""

    codebook: Codebook
    actor: str
    areas: Mapping[str, AreaWeights]
    segments: Mapping[str, tuple[Booleans, Booleans]]
    alpha: float

    def rows(self, question: Question, measured: Measured) -> Iterator[Result]:
        """Yield the rows of a statistic, area by area and segment by segment."""
        for area in self.areas.values():
            for segment_id, (is_in, is_other) in self.segments.items():
                members = area.members & is_in
                if not members.any():
                    continue
                is_whole = segment_id == WHOLE
                universe = self._universe(question, area) if is_whole else None
                found = _estimate(measured, members, area.weights, universe)
                compared = self._compare(measured, area, found, area.members & is_other, is_whole)
                yield from self._rows(
                    question, measured, area, segment_id, found, compared, universe
                )

    def parts(self, found: Sequence[Measured]) -> Parts:
        """Cut the respondents apart, with what the parts answered to a question."""
        place, groups, rests = self._cut
        k = len(next(iter(groups.values())))
        country = self._country()
        weights = country.weights if country is not None else self._any_weights()
        lines: dict[Line, tuple[Floats, Floats]] = {}
        for measured in found:
            factor = _factor(measured.statistic)
            lines |= lines_of_parts(measured, place, k, weights, factor)
        return Parts(
            groups,
            rests,
            weights={line: size for line, (size, _) in lines.items()},
            values={line: value for line, (_, value) in lines.items()},
        )

    @cached_property
    def _cut(self) -> tuple[NDArray[np.int64], dict[Group, Booleans], dict[Group, Booleans]]:
        """The part of each respondent, the parts of each group and of those it is compared with."""
        country = self._country()
        groups, rests = {}, {}
        for area in self.areas.values():
            for segment_id, (is_in, is_other) in self.segments.items():
                group = area.area_id, segment_id
                groups[group] = area.members & is_in
                others = area.members & is_other
                if segment_id == WHOLE and country is not None:
                    others = country.members & ~area.members
                rests[group] = others
        place, masks = cut([*groups.values(), *rests.values()])
        held = dict(zip(groups, masks[: len(groups)], strict=True))
        return place, held, dict(zip(rests, masks[len(groups) :], strict=True))

    def _any_weights(self) -> NDArray[np.float64]:
        """The weights of respondents where there is no country: those of the first area of each."""
        weights = np.zeros(next(iter(self.areas.values())).weights.size)
        for area in self.areas.values():
            weights = np.where(weights > 0, weights, area.weights)
        return weights

    def _universe(self, question: Question, area: AreaWeights) -> int | None:
        sample = self.codebook.samples.get((self.actor, area.area_id))
        return None if question.filter is not None or sample is None else sample.universe_n

    def _country(self) -> AreaWeights | None:
        kinds = self.codebook.areas
        return next(
            (a for a in self.areas.values() if kinds[a.area_id].kind is AreaKind.NATIONAL), None
        )

    def _compare(
        self,
        measured: Measured,
        area: AreaWeights,
        found: Estimates,
        others: Booleans,
        is_whole: bool,
    ) -> Comparison | None:
        """Compare with the others of the area, or an area with the country outside of it."""
        weights = area.weights
        if is_whole:
            country = self._country()
            if country is None or country is area:
                return None
            others, weights = country.members & ~area.members, country.weights
        rest = _estimate(measured, others, weights, None)
        if measured.notes is not None:
            return compare_means(part_of_means(found), part_of_means(rest), alpha=self.alpha)
        parts: tuple[Part, Part] = part_of_shares(found), part_of_shares(rest)
        if measured.is_minus is not None:
            return compare_means(*parts, alpha=self.alpha)
        return compare_shares(*parts, alpha=self.alpha)

    def _rows(
        self,
        question: Question,
        measured: Measured,
        area: AreaWeights,
        segment_id: str,
        found: Estimates,
        compared: Comparison | None,
        universe: int | None,
    ) -> Iterator[Result]:
        statistic = STATISTICS[measured.statistic]
        factor = _factor(measured.statistic)
        band = question.bands[measured.statistic].label_fr if statistic.has_band else ""
        for j, item in enumerate(measured.items):
            yield Result(
                study_id=self.codebook.study_id,
                actor=self.actor,
                area_id=area.area_id,
                question_id=question.question_id,
                item_code=item,
                segment_id=segment_id,
                statistic=measured.statistic,
                band=band,
                unit=statistic.unit,
                provenance=Provenance.COMPUTED,
                value=_number(found.value[j], factor),
                base_n=int(found.base_n[j]),
                base_n_answered=int(found.base_n_answered[j]),
                universe_n=universe,
                n_eff=float(found.n_eff[j]),
                se=_number(found.se[j], factor),
                moe95=_number(found.moe95[j], factor),
                ci_low=_number(found.ci_low[j], factor),
                ci_high=_number(found.ci_high[j], factor),
                error_kind=ErrorKind.NONE if np.isnan(found.se[j]) else ErrorKind.COMPUTED,
                error_note_fr=_note(area),
                test="" if compared is None else Outcome(compared.outcome[j]).value,
                p_value=None if compared is None else _number(compared.p_value[j]),
                is_synthetic=self.codebook.is_synthetic,
            )


def _estimate(
    measured: Measured, members: Booleans, weights: NDArray[np.float64], universe: int | None
) -> Estimates:
    rows = np.flatnonzero(members)
    base, w = measured.in_base[rows], weights[rows]
    if measured.notes is not None:
        return means(measured.notes[rows], base, w, universe=universe)
    answered = measured.is_answered[rows]
    plus = measured.is_plus[rows]
    if measured.is_minus is not None:
        minus = measured.is_minus[rows]
        return net_balance(plus, minus, base, w, is_answered=answered, universe=universe)
    return shares(plus, base, w, is_answered=answered, universe=universe)


def _factor(statistic: str) -> float:
    """From the values of `estimates` to the unit of a statistic."""
    return 1.0 if STATISTICS[statistic].unit == "note" else 100.0


def _note(area: AreaWeights) -> str:
    if area.targets_of is None:
        return f"{BY_REFERENCE_FR} ; {NO_CALAGE_FR}"
    if area.targets_of != area.area_id:
        return f"{BY_REFERENCE_FR} ; {NATIONAL_WEIGHTS_FR}"
    return BY_REFERENCE_FR


def _number(value: float, factor: float = 1.0) -> float | None:
    return None if np.isnan(value) else float(value) * factor


def _completed(rows: Sequence[Result], codebook: Codebook) -> tuple[Result, ...]:
    """Adjust for the number of tests, and set the figure of the country beside each other one."""
    if not rows:
        return ()
    p_values = [np.nan if row.p_value is None else row.p_value for row in rows]
    blocks = np.array([f"{row.question_id} {row.area_id}" for row in rows])
    adjusted = benjamini_hochberg(p_values, blocks)
    national_areas = {a.area_id for a in codebook.areas.values() if a.kind is AreaKind.NATIONAL}
    country = {_beside(row): row.value for row in rows if row.area_id in national_areas}

    def complete(row: Result, p_adj: float) -> Result:
        national = None if row.area_id in national_areas else country.get(_beside(row))
        is_pair = row.value is not None and national is not None
        return replace(
            row,
            p_adj=_number(p_adj),
            national_value=national,
            diff=round((row.value or 0.0) - (national or 0.0), 9) if is_pair else None,
        )

    return tuple(complete(row, p_adj) for row, p_adj in zip(rows, adjusted, strict=True))


def _beside(row: Result) -> tuple[str, ...]:
    """What a figure and that of the country have in common."""
    return row.question_id, row.item_code, row.segment_id, row.statistic

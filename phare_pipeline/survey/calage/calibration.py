"""Calibrates one sample of one actor in one area, and reports how well the margins are met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats
from phare_pipeline.survey.calage.checks import Checks
from phare_pipeline.survey.calage.design import Design, build_design, independent_margins
from phare_pipeline.survey.calage.links import link_of
from phare_pipeline.survey.calage.model import (
    Calibration,
    Finding,
    Margin,
    MarginFit,
    Method,
)
from phare_pipeline.survey.calage.solution import Solution, check_solution, newton, start_of

MIN_COUNT = 5
DEFF_WARNING = 2.0
RATIO_WARNING = (0.1, 10.0)


def calibrate(
    variables: Mapping[str, ArrayLike],
    margins: Sequence[Margin],
    weights: ArrayLike,
    *,
    method: Method = Method.RAKING,
    bounds: tuple[float, float] | None = None,
    total: float | None = None,
    min_count: int = MIN_COUNT,
    max_iterations: int = 200,
    where: str | None = None,
) -> Calibration:
    """Find w = d·F(x'λ) with Σ w x = t, the weights nearest to d in the method's distance.

    Solved by Newton on the convex dual Σ d G(x'λ) − t'λ (G' = F) with step halving, so that it
    finds the solution whenever there is one. Percentages are first brought to exactly 100 and then
    to the common total; margins that follow from others are set aside, provided they agree.

    Weights are *not* rescaled: bounds and ratios are about w/d, as in CALMAR. Where d and the
    margins have different totals, bring d to the total first, or bounds will mean something else.

    Args:
        variables: name → (n,) column; categories for category margins, numbers for numeric ones.
        margins: at least one; a variable once.
        weights: (n,) d > 0; ones for a quota sample.
        method: linear, raking or logit.
        bounds: (L, U) of w/d. Logit needs them, 0 ≤ L < 1 < U; the others only check them.
        total: what the weights sum to; by default Σ of the first block of counts, else Σd.
        min_count: least number of respondents in a category.
        max_iterations: Newton steps before giving up.
        where: what is calibrated, for error messages.

    Raises:
        CalageError: an unknown or missing value in a margin variable, categories that differ, too
            few respondents, blocks off their total, contradictory margins, no convergence, margins
            missed by 1e-6 or more, weights ≤ 0, ratios outside the bounds.
    """
    checks = Checks(where)
    checks.check_arguments(margins, method, bounds)
    d = checks.positive_weights(weights)
    design = build_design(variables, margins, d, total, min_count, checks)
    link = link_of(method, bounds)
    basis = independent_margins(design, d, checks)
    start = start_of(design, d, link, checks)
    solution = newton(design, d, link, basis, start, max_iterations)
    check_solution(checks, design, solution, method, bounds)
    return _report(design, d, solution, basis, method, bounds)


def kish_design_effect(weights: ArrayLike) -> float:
    """Return n Σw²/(Σw)², 1 when weights (n,) are equal; CalageError unless all are finite, > 0."""
    w = Checks(None).positive_weights(weights)
    return float(w.size * (w @ w) / w.sum() ** 2)


def _report(
    design: Design,
    d: Floats,
    solution: Solution,
    basis: Floats,
    method: Method,
    bounds: tuple[float, float] | None,
) -> Calibration:
    weights = d * solution.ratios
    deff = kish_design_effect(weights)
    return Calibration(
        weights=weights,
        ratios=solution.ratios,
        method=method,
        bounds=bounds,
        iterations=solution.iterations,
        max_error=float(solution.errors.max()),
        deff_kish=deff,
        n_redundant=design.k - basis.shape[1],
        margins=tuple(_fits(design, d, solution)),
        findings=tuple(_findings(deff, solution.ratios)),
    )


def _fits(design: Design, d: Floats, solution: Solution) -> Iterator[MarginFit]:
    counts = design.sums(np.ones(d.size))
    counts[design.n_categories :] = d.size
    before = design.sums(d)
    for j, (variable, category) in enumerate(design.labels):
        yield MarginFit(
            variable=variable,
            category=category,
            n=int(counts[j]),
            before=float(before[j]),
            target=float(design.targets[j]),
            after=float(solution.sums[j]),
        )


def _findings(deff: float, ratios: Floats) -> Iterator[Finding]:
    if deff > DEFF_WARNING:
        yield Finding(
            rule="deff_kish",
            found=f"{deff:.3f}",
            expected=f"at most {DEFF_WARNING:g}",
            action="Use fewer margins, merge categories, or bounds (logit).",
        )
    relative = ratios / ratios.mean()
    low, high = RATIO_WARNING
    if relative.min() < low or relative.max() > high:
        yield Finding(
            rule="extreme_ratio",
            found=f"ratios from {relative.min():.3g} to {relative.max():.3g} times their mean",
            expected=f"from {low:g} to {high:g} times",
            action="Look at categories that hold few respondents together, or use bounds (logit).",
        )

"""Finds the weights by Newton on the convex dual, and refuses what is no solution."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from phare_pipeline.index.checks import Floats
from phare_pipeline.survey.calage.checks import Checks
from phare_pipeline.survey.calage.design import Design
from phare_pipeline.survey.calage.links import Link
from phare_pipeline.survey.calage.model import Method

MAX_ERROR = 1e-6

_ENOUGH = 1e-12
_MAX_HALVINGS = 50


class Solution(NamedTuple):
    """Where Newton stopped: the ratios, the sums they give, steps made, largest relative error."""

    ratios: Floats
    sums: Floats
    iterations: int
    errors: Floats


def start_of(design: Design, d: Floats, link: Link, checks: Checks) -> Floats:
    """Return the λ that brings d to the common total: the first block shares one ratio."""
    start = np.zeros(design.k)
    if design.total is None:
        return start
    mean_ratio = design.total / float(d.sum())
    if not link.low < mean_ratio < link.high:
        raise checks.error(
            "The bounds leave out the mean ratio that the margins ask for.",
            found=f"weights of sum {d.sum():.6g} for a total of {design.total:.6g}: "
            f"mean ratio {mean_ratio:.6g}",
            expected=f"between {link.low} and {link.high}",
            action="Bring the weights to the total of the margins before calibrating.",
        )
    start[design.blocks[0]] = link.inverse(mean_ratio)
    return start


def newton(
    design: Design,
    d: Floats,
    link: Link,
    basis: Floats,
    multipliers: Floats,
    max_iterations: int,
) -> Solution:
    """Minimise the dual by damped Newton; stops by itself where no step helps any more."""
    scales = np.where(design.targets != 0, np.abs(design.targets), _sizes(design, d))
    predictor = design.predictor(multipliers)
    value = float(d @ link.primitive(predictor)) - float(design.targets @ multipliers)
    sums = design.sums(d * link.ratio(predictor))
    errors = design.relative_errors(sums, scales)
    iterations = 0
    while errors.max() > _ENOUGH and iterations < max_iterations:
        gradient = sums - design.targets
        hessian = basis.T @ design.gram(d * link.slope(predictor)) @ basis
        try:
            direction = -(basis @ np.linalg.solve(hessian, basis.T @ gradient))
        except np.linalg.LinAlgError:
            break
        move = design.predictor(direction)
        descent = float(gradient @ direction)
        for step in 0.5 ** np.arange(_MAX_HALVINGS):
            new_predictor = predictor + step * move
            with np.errstate(over="ignore", invalid="ignore"):
                new_value = float(d @ link.primitive(new_predictor)) - float(
                    design.targets @ (multipliers + step * direction)
                )
                new_sums = design.sums(d * link.ratio(new_predictor))
            new_errors = design.relative_errors(new_sums, scales)
            # Near the solution the dual is flat to the last bit, and only the errors still tell.
            if new_value <= value + 1e-4 * step * descent or new_errors.max() < errors.max():
                break
        else:
            break
        multipliers = multipliers + step * direction
        predictor, value, sums, errors = new_predictor, new_value, new_sums, new_errors
        iterations += 1
    return Solution(link.ratio(predictor), sums, iterations, errors)


def _sizes(design: Design, d: Floats) -> Floats:
    """Σ d |x| of each column, the scale of a numeric margin whose target is 0."""
    sizes = design.sums(d)
    sizes[design.n_categories :] = np.abs(design.numbers).T @ d
    return sizes


def check_solution(
    checks: Checks,
    design: Design,
    solution: Solution,
    method: Method,
    bounds: tuple[float, float] | None,
) -> None:
    """Refuse margins that are missed, weights that are not positive, ratios outside the bounds."""
    worst = int(np.argmax(solution.errors))
    if not solution.errors[worst] < MAX_ERROR:
        variable, category = design.labels[worst]
        name = variable if category is None else f"{variable} = {category!r}"
        raise checks.error(
            f"The calibration ({method}) did not converge.",
            found=f"after {solution.iterations} steps {name} is {solution.sums[worst]:.8g}",
            expected=f"{design.targets[worst]:.8g} within {MAX_ERROR:g} of it",
            action="Check that these margins can hold together for this sample; merge rare "
            "categories, drop a margin, or widen the bounds.",
        )
    lowest, highest = float(solution.ratios.min()), float(solution.ratios.max())
    if not lowest > 0:
        raise checks.error(
            f"The calibration ({method}) gives weights that are not positive.",
            found=f"a ratio of {lowest:.6g}",
            expected="> 0",
            action="Use raking, or logit with bounds.",
        )
    if bounds is not None and not (bounds[0] <= lowest and highest <= bounds[1]):
        raise checks.error(
            f"The calibration ({method}) gives ratios outside the bounds.",
            found=f"{lowest:.6g} to {highest:.6g}",
            expected=f"{bounds[0]:g} to {bounds[1]:g}",
            action="Use logit, which keeps bounds, or wider ones.",
        )

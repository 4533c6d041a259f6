"""The index under drawn choices: F of every unit, as if each choice had been the definition.

What is drawn is in ``draws``, what becomes of the ranks in ``rank_uncertainty``, which choice moves
them most in ``sobol``. The named alternatives, one by one, are in ``alternatives``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from phare_pipeline.index.aggregations import (
    ARITHMETIC,
    CONTRAHARMONIC,
    GEOMETRIC,
    QUADRATIC,
    Mean,
)
from phare_pipeline.index.checks import Floats, Integers
from phare_pipeline.index.draws import AGGREGATIONS, NORMALISATIONS, Draws, Experiment
from phare_pipeline.index.normalisations import AMPI_MAX, AMPI_MIN, ampi_goalposts, percentile
from phare_pipeline.index.normalise import Z_MAX, Z_MIN, Z_REFERENCE

# Units × domains × draws scored at once, so that temporary arrays stay small.
_BLOCK_CELLS = 1_000_000


def evaluate(experiment: Experiment, draws: Draws) -> Floats:
    """Score the n units under each of the s draws: F (s, n); larger = more fragile.

    The same mean is used at every level, over what is there and what was drawn for the holes. Axis
    scores are not rounded. Scores of different draws are on different scales: compare units within
    a draw. The last bits may differ from one kind of processor to another; ranks do not depend on
    them, see ``rank_uncertainty``.
    """
    result = np.empty((len(draws), experiment.n_units))
    if experiment.n_units == 0:
        return result
    width = experiment.n_units * experiment.hierarchy.domain_weights.size
    step = max(1, _BLOCK_CELLS // width)
    for k, normalisation in enumerate(NORMALISATIONS):
        normalise = _NORMALISE[normalisation]
        notes = normalise(experiment.gaps)[experiment.rows]
        for a, aggregation in enumerate(AGGREGATIONS):
            rows = np.flatnonzero((draws.normalisation == k) & (draws.aggregation == a))
            for start in range(0, rows.size, step):
                block = rows[start : start + step]
                some = draws.take(block)
                moving = _draw_notes(experiment, some, normalise)
                result[block] = _score(experiment, some, notes, moving, _MEANS[aggregation]).T
    return result


@dataclass(frozen=True, eq=False)
class _Moving:
    """Notes of one indicator that differ between draws: values (r, s) of the units in r rows."""

    column: int
    rows: Integers
    values: Floats


def _goalpost_notes(gaps: Floats) -> Floats:
    notes: Floats = np.clip(Z_REFERENCE + gaps, Z_MIN, Z_MAX)
    return notes


def _ampi_notes(gaps: Floats) -> Floats:
    notes: Floats = np.clip(ampi_goalposts(gaps), AMPI_MIN, AMPI_MAX)
    return notes


def _percentile_notes(gaps: Floats) -> Floats:
    return percentile(gaps, low=Z_MIN, high=Z_MAX)


# Notes (N, c) from gaps (N, c), column by column.
_NORMALISE: Final[dict[str, Callable[[Floats], Floats]]] = {
    "goalposts": _goalpost_notes,
    "ampi_goalposts": _ampi_notes,
    "percentile": _percentile_notes,
}
_MEANS: Final = {
    "contraharmonic": CONTRAHARMONIC,
    "arithmetic": ARITHMETIC,
    "quadratic": QUADRATIC,
    "geometric": GEOMETRIC,
}


def _draw_notes(
    experiment: Experiment, draws: Draws, normalise: Callable[[Floats], Floats]
) -> list[_Moving]:
    """Notes that differ between the draws: of indicators with errors, and in single holes.

    An indicator with errors is normalised anew in each draw, since a unit that moves moves the
    others where notes are places or goalposts of the edition.
    """
    hole_rows, hole_columns = np.nonzero(experiment.is_hole)
    noted_rows, noted_columns = np.nonzero(experiment.errors > 0)
    moving = []
    for column in np.union1d(hole_columns, noted_columns):
        in_holes = np.flatnonzero(hole_columns == column)
        rows, values = hole_rows[in_holes], draws.holes.T[in_holes]
        in_notes = np.flatnonzero(noted_columns == column)
        if in_notes.size > 0:
            gaps = np.repeat(experiment.gaps[:, [column]], len(draws), axis=1)
            errors = experiment.errors[noted_rows[in_notes], column]
            gaps[noted_rows[in_notes]] += errors[:, None] * draws.notes.T[in_notes]
            others = np.flatnonzero(~np.isnan(experiment.gaps[experiment.rows, column]))
            notes = normalise(gaps)[experiment.rows[others]]
            rows, values = np.append(rows, others), np.vstack([values, notes])
        moving.append(_Moving(int(column), rows, values))
    return moving


def _score(
    experiment: Experiment, draws: Draws, notes: Floats, moving: list[_Moving], mean: Mean
) -> Floats:
    """F (n, s) under draws that share a normalisation and a mean."""
    tree = experiment.hierarchy
    sizes = (experiment.weights.size, tree.domain_weights.size)
    weights, on_domains, on_axes = np.split(draws.weights.T, np.cumsum(sizes))
    weights = experiment.weights[:, None] * weights * draws.content.T

    domains = np.full((tree.domain_weights.size, experiment.n_units, len(draws)), np.nan)
    for domain in np.unique(experiment.domain_of):
        is_member = experiment.domain_of == domain
        inside = [part for part in moving if is_member[part.column]]
        domains[domain] = _score_domain(notes, inside, weights, np.flatnonzero(is_member), mean)
    rows, columns = np.nonzero(experiment.is_whole_hole)
    domains[columns, rows] = draws.holes.T[draws.holes.shape[1] - rows.size :]

    axes = np.full((tree.axis_weights.size, *domains.shape[1:]), np.nan)
    domain_weights = tree.domain_weights[:, None] * on_domains
    for axis in range(tree.axis_weights.size):
        members = np.flatnonzero((tree.axis_of == axis) & (tree.domain_weights > 0))
        axes[axis] = _combine(domains[members], domain_weights[members], mean)
    counted = np.flatnonzero(tree.axis_weights > 0)
    return _combine(axes[counted], (tree.axis_weights[:, None] * on_axes)[counted], mean)


def _score_domain(
    notes: Floats, moving: list[_Moving], weights: Floats, members: Integers, mean: Mean
) -> Floats:
    """Score one domain (n, s): a matrix product over its fixed notes, and its moving ones.

    By einsum, which uses one thread: the products are small, and threads of BLAS that wait for each
    other made them several times slower on a busy machine.
    """
    is_fixed = ~np.isnan(notes)
    for part in moving:
        is_fixed[part.rows, part.column] = False
    # 1 is in the domain of every mean; it is not counted.
    fixed = np.where(is_fixed, notes, 1.0)[:, members]

    def total(function: Callable[[Floats], Floats]) -> Floats:
        terms = np.where(is_fixed[:, members], function(fixed), 0.0)
        result: Floats = np.einsum("nk,ks->ns", terms, weights[members])
        for part in moving:
            result[part.rows] += weights[part.column] * function(part.values)
        return result

    above = total(mean.numerator)
    below = weights[members].sum(axis=0) if mean.denominator is None else total(mean.denominator)
    with np.errstate(invalid="ignore", divide="ignore"):  # units whose domain is not scored
        return mean.finish(above / below)


def _combine(parts: Floats, weights: Floats, mean: Mean) -> Floats:
    """Mean (n, s) of parts (k, n, s) under weights (k, s) that differ between draws."""
    above = np.einsum("kns,ks->ns", mean.numerator(parts), weights)
    if mean.denominator is None:
        return mean.finish(above / weights.sum(axis=0))
    return mean.finish(above / np.einsum("kns,ks->ns", mean.denominator(parts), weights))

"""The index under many defensible choices at once: seeded draws, and the ranks that come out.

Which choice moves the ranks most is in ``sobol``; the named alternatives, one by one, in
``alternatives``. The intervals are intervals of method: they say how far a rank depends on choices,
nothing of sampling or measurement, but for the survey notes whose standard error is given.

Source: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 7; Saisana, Saltelli &
Tarantola (2005), J. R. Statist. Soc. A 168.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Booleans, Floats, Integers, as_matrix, refuse_where
from phare_pipeline.index.hierarchy import Hierarchy, IndexScores
from phare_pipeline.index.normalise import Z_MAX, Z_MIN, Z_REFERENCE
from phare_pipeline.index.ranks import average_tied_ranks

N_DRAWS: Final = 10_000
WEIGHT_CV: Final = 0.25
TOP: Final = 3
INTERVAL: Final = 0.90

NORMALISATIONS: Final = ("goalposts", "ampi_goalposts", "percentile")
AGGREGATIONS: Final = ("contraharmonic", "arithmetic", "quadratic", "geometric")
FACTORS: Final = ("normalisation", "aggregation", "weights", "dropped", "holes", "notes")

# Memory of one block of draws: this many numbers for each of a handful of arrays.
_BLOCK_CELLS = 2_000_000


@dataclass(frozen=True, eq=False)
class Experiment:
    """What the draws are made over: the classified units and the indicators that are used.

    Attributes:
        notes: for each normalisation, the notes (n, u) in [70, 130], NaN in a hole.
        whole_holes: (n, D), the domain of the unit is not scored and counts as one hole.
        cells: (c, 2) row and column of the cells that each draw fills or moves: holes first.
        n_holes: how many of ``cells`` are holes; the others have a standard error.
        errors: (c,) standard error of the cells that are not holes, 0 for holes.
        hierarchy: the tree restricted to the used indicators.
        rows: (n,) positions of the classified units among all.
        reference: (n,) the published F.
    """

    notes: tuple[Floats, ...]
    whole_holes: Booleans
    cells: Integers
    n_holes: int
    errors: Floats
    hierarchy: Hierarchy
    rows: Integers
    reference: Floats

    @property
    def n_units(self) -> int:
        """Number of classified units."""
        return len(self.reference)

    @property
    def factors(self) -> tuple[str, ...]:
        """The choices that are really drawn: holes and notes only when there are any."""
        has_holes = self.n_holes > 0 or bool(self.whole_holes.any())
        is_drawn = {"holes": has_holes, "notes": len(self.cells) > self.n_holes}
        return tuple(f for f in FACTORS if is_drawn.get(f, True))


@dataclass(frozen=True, eq=False)
class Draws:
    """Choices of s draws, one array a factor or part of one, each with s rows.

    Attributes:
        normalisation, aggregation: (s,) positions in NORMALISATIONS and AGGREGATIONS.
        weights_indicator, weights_domain, weights_axis: (s, u), (s, D), (s, A) factors on the
            declared weights, of mean 1 and coefficient of variation 25 %; within a composite they
            are Dirichlet once they are divided by their sum.
        dropped: (s, D) used column left out of each domain, −1 where it has only one.
        holes_cell: (s, n_holes) notes put in holes; holes_domain: (s, n × D) the same for
            domains that are one whole hole.
        notes: (s, c − n_holes) standard normal deviates of the notes that have an error.
    """

    normalisation: Integers
    aggregation: Integers
    weights_indicator: Floats
    weights_domain: Floats
    weights_axis: Floats
    dropped: Integers
    holes_cell: Floats
    holes_domain: Floats
    notes: Floats

    def __len__(self) -> int:
        return len(self.normalisation)

    def take(self, rows: Integers) -> "Draws":
        """Return the draws of these rows."""
        return Draws(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def with_factor(self, factor: str, other: "Draws") -> "Draws":
        """Return these draws with one factor of FACTORS taken from ``other``."""
        names = [f.name for f in fields(self) if f.name.partition("_")[0] == factor]
        return replace(self, **{name: getattr(other, name) for name in names})


@dataclass(frozen=True, eq=False)
class RankUncertainty:
    """Ranks of n units over s draws; 1 is the most fragile, ties share the better rank.

    Attributes:
        ranks: (s, n).
        median: (n,), the lower of the two middle ranks when they differ.
        low, high: (n,) bounds of the 90 % interval, ranks that occurred.
        p_top: (n,) share of the draws in which the unit is among the first three.
        p_above: (n, n) share of the draws in which the row is more fragile than the column, ties
            counting half; p_above + its transpose = 1 off the diagonal, which is NaN.
        shift: (s,) mean over units of |rank − published rank|.
    """

    ranks: Integers
    median: Integers
    low: Integers
    high: Integers
    p_top: Floats
    p_above: Floats
    shift: Floats


def prepare(
    scores: IndexScores, z_unclipped: ArrayLike, standard_errors: ArrayLike | None = None
) -> Experiment:
    """Lay out the classified units for the draws.

    The other normalisations are taken from ``z_unclipped``, a positive affine image of the oriented
    gap to the reference, so they need neither raw values nor directions:
    AMPI goalposts of the edition, 100 + 30 (x − x_FR)/((max − min)/2), clipped to [70, 130]; and
    percentiles among the units that have a value, 70 + 60 (rank − 1)/(count − 1), ties at their
    mean. An indicator without spread stands at 100 in both.

    Args:
        scores: of all units of the level.
        z_unclipped: (n, m) as ``normalise`` gives it.
        standard_errors: (n, m) of the notes on the scale of z, where notes come from a sample.

    Raises:
        ValueError: shapes that do not fit, a negative or infinite error.
    """
    used, rows = scores.used_columns, np.flatnonzero(scores.index.is_scored)
    tree = scores.hierarchy
    part = np.ix_(rows, used)
    gaps = as_matrix("z_unclipped", z_unclipped)[:, used] - Z_REFERENCE
    gaps = np.where(np.isnan(scores.z[:, used]), np.nan, gaps)
    whole = ~scores.domain.is_scored[rows]
    is_counted = ~whole[:, tree.domain_of[used]]
    is_hole = np.isnan(scores.z[part]) & is_counted
    errors = np.zeros(is_hole.shape)
    if standard_errors is not None:
        errors = np.nan_to_num(as_matrix("standard_errors", standard_errors)[part], nan=0.0)
        refuse_where("standard_errors", errors, ~(np.isfinite(errors) & (errors >= 0)), "≥ 0")
    is_noted = (errors > 0) & is_counted & ~is_hole
    cells = np.concatenate([np.argwhere(is_hole), np.argwhere(is_noted)])
    return Experiment(
        notes=(scores.z[part], _ampi_notes(gaps)[rows], _percentile_notes(gaps)[rows]),
        whole_holes=whole,
        cells=cells,
        n_holes=int(is_hole.sum()),
        errors=errors[cells[:, 0], cells[:, 1]],
        hierarchy=Hierarchy(
            tree.weights[used],
            tree.domain_of[used],
            tree.domain_weights,
            tree.axis_of,
            tree.axis_weights,
        ),
        rows=rows,
        reference=scores.index.F[rows],
    )


def draw(experiment: Experiment, size: int, seed: int) -> Draws:
    """Draw the choices of ``size`` draws: the same for the same seed, factor by factor.

    Normalisation and aggregation are equally likely; every weight of the tree is multiplied by an
    independent gamma variable; in each domain with two indicators or more one is left out, each
    equally likely; holes are uniform on [70, 130]; notes move by their error times a normal.
    """
    tree = experiment.hierarchy
    streams = (
        np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(6)
    )
    by_name = dict(zip(FACTORS, streams, strict=True))
    shape = 1 / WEIGHT_CV**2
    weights = by_name["weights"]
    sizes = (tree.weights.size, tree.domain_weights.size, tree.axis_weights.size)
    indicator, domain, axis = (weights.gamma(shape, 1 / shape, (size, k)) for k in sizes)
    hole = by_name["holes"]
    return Draws(
        normalisation=by_name["normalisation"].integers(0, len(NORMALISATIONS), size),
        aggregation=by_name["aggregation"].integers(0, len(AGGREGATIONS), size),
        weights_indicator=indicator,
        weights_domain=domain,
        weights_axis=axis,
        dropped=_draw_dropped(tree, size, by_name["dropped"]),
        holes_cell=hole.uniform(Z_MIN, Z_MAX, (size, experiment.n_holes)),
        holes_domain=hole.uniform(Z_MIN, Z_MAX, (size, experiment.whole_holes.size)),
        notes=by_name["notes"].normal(size=(size, len(experiment.cells) - experiment.n_holes)),
    )


def evaluate(experiment: Experiment, draws: Draws) -> Floats:
    """Score the n units under each of the s draws: F (s, n).

    The same mean is used at every level. Axis scores are not rounded here.
    """
    result = np.empty((len(draws), experiment.n_units))
    width = experiment.n_units * max(experiment.hierarchy.domain_weights.size, 1)
    for k in range(len(NORMALISATIONS)):
        for a, mean in enumerate(_MEANS):
            rows = np.flatnonzero((draws.normalisation == k) & (draws.aggregation == a))
            for block in np.array_split(rows, rows.size * width // _BLOCK_CELLS + 1):
                notes = experiment.notes[k]
                result[block] = _score_alike(experiment, draws.take(block), notes, mean)
    return result


def rank_uncertainty(scores: ArrayLike, reference: ArrayLike) -> RankUncertainty:
    """Say how the ranks of n units vary over s draws.

    Args:
        scores: (s, n) F by draw.
        reference: (n,) published F, for the shift.
    """
    values = as_matrix("scores", scores)
    published = np.asarray(reference, dtype=np.float64)
    ranks, is_below = np.empty(values.shape, dtype=np.int64), np.zeros((values.shape[1],) * 2)
    for block in _blocks(len(values), values.shape[1] ** 2):
        below = values[block, :, None] < values[block, None, :]
        ranks[block] = 1 + below.sum(axis=2)
        is_below += below.sum(axis=0)
    p_below = is_below / len(values)
    p_above = (1 - p_below + p_below.T) / 2
    np.fill_diagonal(p_above, np.nan)
    tail = (1 - INTERVAL) / 2
    low, median, high = np.quantile(
        ranks, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf"
    ).astype(np.int64)
    own = 1 + (published[:, None] < published[None, :]).sum(axis=1)
    return RankUncertainty(
        ranks=ranks,
        median=median,
        low=low,
        high=high,
        p_top=(ranks <= TOP).mean(axis=0),
        p_above=p_above,
        shift=np.abs(ranks - own).mean(axis=1),
    )


@dataclass(frozen=True)
class _Mean:
    """A mean as finish(Σ w numerator(z) / Σ w denominator(z)); no denominator means Σ w."""

    numerator: Callable[[Floats], Floats]
    denominator: Callable[[Floats], Floats] | None
    finish: Callable[[Floats], Floats]


def _identity(values: Floats) -> Floats:
    return values


# In the order of AGGREGATIONS.
_MEANS = (
    _Mean(np.square, _identity, _identity),
    _Mean(_identity, None, _identity),
    _Mean(np.square, None, np.sqrt),
    _Mean(np.log, None, np.exp),
)


def _ampi_notes(gaps: Floats) -> Floats:
    """Notes (n, u) on goalposts of the edition itself; 100 where there is no spread."""
    with np.errstate(all="ignore"):
        half = (np.nanmax(gaps, axis=0) - np.nanmin(gaps, axis=0)) / 2
    scaled = np.divide(gaps, half, out=np.where(np.isnan(gaps), np.nan, 0.0), where=half > 0)
    notes: Floats = np.clip(Z_REFERENCE + 30 * scaled, Z_MIN, Z_MAX)
    return notes


def _percentile_notes(gaps: Floats) -> Floats:
    """Notes (n, u) by place among the units that have a value; 100 for one alone."""
    notes = np.full(gaps.shape, np.nan)
    for column in range(gaps.shape[1]):
        place = average_tied_ranks(gaps[:, column])
        share = (place.rank_of - place.rank) / max(place.rank_of - 1, 1)
        notes[:, column] = Z_MIN + (Z_MAX - Z_MIN) * (share if place.rank_of > 1 else 0.5)
    return np.where(np.isnan(gaps), np.nan, notes)


def _draw_dropped(tree: Hierarchy, size: int, stream: np.random.Generator) -> Integers:
    dropped = np.full((size, tree.domain_weights.size), -1)
    for domain in range(tree.domain_weights.size):
        members = np.flatnonzero(tree.domain_of == domain)
        choice = stream.integers(0, max(members.size, 1), size)
        if members.size > 1:
            dropped[:, domain] = members[choice]
    return dropped


def _score_alike(experiment: Experiment, draws: Draws, notes: Floats, mean: _Mean) -> Floats:
    """Score draws (s, n) that share a normalisation and a mean."""
    tree = experiment.hierarchy
    weights = tree.weights * draws.weights_indicator
    draw_of, domain_of = np.nonzero(draws.dropped >= 0)
    weights[draw_of, draws.dropped[draw_of, domain_of]] = 0.0
    moved = _moved_cells(experiment, draws, notes)
    domains = [
        _score_domain(experiment, draws, notes, moved, weights, domain, mean)
        for domain in range(tree.domain_weights.size)
    ]
    domain_weights = tree.domain_weights * draws.weights_domain
    axes = [
        _combine(domains, domain_weights, np.flatnonzero(tree.axis_of == axis), mean)
        for axis in range(tree.axis_weights.size)
    ]
    axis_weights = tree.axis_weights * draws.weights_axis
    return _combine(axes, axis_weights, np.arange(tree.axis_weights.size), mean)


def _moved_cells(experiment: Experiment, draws: Draws, notes: Floats) -> Floats:
    """Notes (s, c) of the cells that each draw fills or moves."""
    noted = experiment.cells[experiment.n_holes :]
    moved = notes[noted[:, 0], noted[:, 1]] + experiment.errors[experiment.n_holes :] * draws.notes
    return np.hstack([draws.holes_cell, np.clip(moved, Z_MIN, Z_MAX)])


def _score_domain(
    experiment: Experiment,
    draws: Draws,
    notes: Floats,
    moved: Floats,
    weights: Floats,
    domain: int,
    mean: _Mean,
) -> Floats:
    """Score one domain (s, n): a matrix product over its fixed cells, and its moved cells."""
    members = np.flatnonzero(experiment.hierarchy.domain_of == domain)
    column_in = {int(column): k for k, column in enumerate(members)}
    cells = [
        (c, int(i), column_in[int(j)])
        for c, (i, j) in enumerate(experiment.cells)
        if int(j) in column_in
    ]
    fixed, w = notes[:, members].copy(), weights[:, members]
    for _, i, j in cells:
        fixed[i, j] = np.nan
    is_fixed = ~np.isnan(fixed)

    def total(function: Callable[[Floats], Floats]) -> Floats:
        parts = np.where(is_fixed, function(np.where(is_fixed, fixed, Z_REFERENCE)), 0.0)
        result: Floats = w @ parts.T
        for c, i, j in cells:
            result[:, i] += w[:, j] * function(moved[:, c])
        return result

    weight = w.sum(axis=1, keepdims=True)
    below = weight if mean.denominator is None else total(mean.denominator)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = mean.finish(total(mean.numerator) / below)
    is_hole = experiment.whole_holes[:, domain]
    place = np.arange(experiment.whole_holes.size).reshape(experiment.whole_holes.shape)
    score[:, is_hole] = draws.holes_domain[:, place[is_hole, domain]]
    return score


def _combine(parts: list[Floats], weights: Floats, members: Integers, mean: _Mean) -> Floats:
    """Weighted mean (s, n) of parts (s, n) under weights (s, k)."""
    above = sum(weights[:, [k]] * mean.numerator(parts[k]) for k in members)
    if mean.denominator is None:
        below = weights[:, members].sum(axis=1, keepdims=True)
    else:
        below = sum(weights[:, [k]] * mean.denominator(parts[k]) for k in members)
    return np.asarray(mean.finish(above / below))


def _blocks(length: int, cells: int) -> Iterator[slice]:
    """Cut rows into slices of about _BLOCK_CELLS numbers, ``cells`` numbers a row."""
    step = max(1, _BLOCK_CELLS // max(cells, 1))
    return (slice(start, start + step) for start in range(0, length, step))

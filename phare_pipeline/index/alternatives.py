"""Named alternatives to the index on the same inputs, and how the ranks move under each.

The formulas are in ``normalisations``, ``aggregations``, ``copeland`` and ``benefit_of_doubt``;
here is only which goes with which, and on what level. Many choices drawn at once are in
``simulation``. Meant for regions and départements: duels take n² memory.

What was decided, and why:

* All methods score the units, domains and axes that the index scores, and only those; each
  renormalises its weights over what is there. A column is normalised among all units that have a
  value, also unclassified ones; only classified units are ranked.
* The means follow the same tree as the index (indicator, domain, axis, index), so that a row of the
  comparison changes one choice at a time.
* Where a mean needs positive values, or depends on where they lie, min-max is put on [70, 130], the
  field of the index; arithmetic means do not depend on it.
* MPI and AMPI take the domain scores (arithmetic means of their indicators) in one step, as their
  authors do with pillars: unevenness then means between domains, and redundant indicators inside a
  domain do not pass for balance.
* Copeland takes the indicators, under their nested weights in the index, since the point of it is
  to compare without adding anything up. Indicators of a domain that is not scored are left out.
* Benefit of the doubt takes the four axes (arithmetic means of min-max on [0, 1]), like the Pareto
  layer: on 16 domains nearly every one of 13 regions leads somewhere and has the score 1. An axis
  that is not scored counts as 0: the unit gets no credit for it, so its score is a lower bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.aggregations import (
    ARITHMETIC,
    GEOMETRIC,
    HARMONIC,
    QUADRATIC,
    Mean,
    mazziotta_pareto,
    weighted_mean,
)
from phare_pipeline.index.benefit_of_doubt import benefit_of_doubt
from phare_pipeline.index.checks import Booleans, Floats, Integers, as_matrix
from phare_pipeline.index.copeland import copeland_scores, outranking_shares
from phare_pipeline.index.hierarchy import Hierarchy, IndexScores
from phare_pipeline.index.normalisations import (
    AMPI_MAX,
    AMPI_MIN,
    ampi_goalposts,
    min_max,
    oriented_gaps,
    percentile,
    rank,
    z_score,
    z_score_100_10,
)
from phare_pipeline.index.normalise import Z_MAX, Z_MIN
from phare_pipeline.index.ranks import average_tied_ranks, fragility_rank


@dataclass(frozen=True, eq=False)
class Inputs:
    """What every method is given, for n units and the m indicators of the hierarchy.

    Attributes:
        scores: of the index; says which domains, axes and units are scored.
        gaps: (n, m) oriented gaps to the reference, in any positive unit by column, unclipped; NaN
            where z is missing.
    """

    scores: IndexScores
    gaps: Floats


@dataclass(frozen=True)
class Method:
    """One alternative.

    Attributes:
        code: identifier in tables.
        label_fr, description_fr: for readers of results.
        normalisation, aggregation: what it is made of, for grouping.
        function: scores (n,) of all units, larger = more fragile; NaN when not classified.
    """

    code: str
    label_fr: str
    description_fr: str
    normalisation: str
    aggregation: str
    function: Callable[[Inputs], Floats]


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Scores and ranks of n units under k methods; NaN for units that are not classified.

    Attributes:
        methods: the k methods.
        scores: (k, n) on the scale of each method, larger = more fragile.
        ranks: (k, n) competition ranks, 1 = most fragile.
        reference_rank: (n,) published fragility rank.
        rank_of: number of units that are ranked.
        shift: (k, n) rank − reference rank; below 0 = looks more fragile than in the index.
        spearman: (k,) rank correlation with the index, ties at their mean; NaN when either is
            constant.
        mean_shift, largest_shift: (k,) mean and maximum of |shift|; NaN when nobody is ranked.
    """

    methods: tuple[Method, ...]
    scores: Floats
    ranks: Floats
    reference_rank: Floats
    rank_of: int
    shift: Floats
    spearman: Floats
    mean_shift: Floats
    largest_shift: Floats


def score_tree(notes: ArrayLike, scores: IndexScores, mean: Mean) -> Floats:
    """Aggregate notes (n, m) by one mean at every level of the tree to (n,); NaN if unclassified.

    Scores what the index scores: the thresholds on missing values are not applied anew. Axis scores
    are not rounded. Raises ValueError where ``weighted_mean`` does.
    """
    tree = scores.hierarchy
    axes = _axis_scores(as_matrix("notes", notes), scores, mean)
    return _where(scores.index.is_scored, weighted_mean(axes, tree.axis_weights, mean))


def compare(
    scores: IndexScores, z_unclipped: ArrayLike, methods: tuple[Method, ...] | None = None
) -> Alternatives:
    """Score and rank the same units by every method.

    Args:
        scores: of all n units of the level.
        z_unclipped: (n, m) as ``normalise`` gives it: 100 + a positive multiple, by column, of the
            oriented gap to the reference. Every normalisation here can be computed from it.
        methods: METHODS when None.

    Raises:
        ValueError: another shape than ``scores.z``, ±inf, or a value missing where z has one.
    """
    chosen = METHODS if methods is None else methods
    inputs = Inputs(scores=scores, gaps=oriented_gaps(scores.z, z_unclipped))
    shape = (len(chosen), len(scores.z))
    values = np.array([method.function(inputs) for method in chosen]).reshape(shape)
    reference = fragility_rank(scores.index.F, 1)
    ranks = np.array([fragility_rank(row, 1).rank for row in values]).reshape(shape)
    shift = ranks - reference.rank
    sizes = np.abs(shift[:, scores.index.is_scored])
    is_empty = reference.rank_of == 0
    nothing = np.full(len(chosen), np.nan)
    return Alternatives(
        methods=chosen,
        scores=values,
        ranks=ranks,
        reference_rank=reference.rank,
        rank_of=reference.rank_of,
        shift=shift,
        spearman=np.array([_spearman(row, scores.index.F) for row in values]),
        mean_shift=nothing if is_empty else sizes.mean(axis=1),
        largest_shift=nothing if is_empty else sizes.max(axis=1),
    )


def _spearman(values: Floats, reference: Floats) -> float:
    """Correlation of average ranks over the units that have a score."""
    is_there = ~np.isnan(reference)
    if is_there.sum() < 2:
        return float("nan")
    first, second = (average_tied_ranks(v[is_there]).rank for v in (values, reference))
    first, second = first - first.mean(), second - second.mean()
    length = np.sqrt((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / length) if length > 0 else float("nan")


def _where(is_scored: Booleans, values: Floats) -> Floats:
    return np.where(is_scored, values, np.nan)


def _combine(
    parts: Floats, weights: Floats, group_of: Integers, is_scored: Booleans, mean: Mean
) -> Floats:
    """Mean (n, g) of the parts of each group, NaN where the group is not scored."""
    result = np.full(is_scored.shape, np.nan)
    for group in range(is_scored.shape[1]):
        members = np.flatnonzero((group_of == group) & (weights > 0))
        if members.size > 0:
            result[:, group] = weighted_mean(parts[:, members], weights[members], mean)
    return _where(is_scored, result)


def _domain_scores(notes: Floats, scores: IndexScores, mean: Mean) -> Floats:
    """Domain scores (n, D) from notes (n, m)."""
    tree = scores.hierarchy
    return _combine(notes, tree.weights, tree.domain_of, scores.domain.is_scored, mean)


def _axis_scores(notes: Floats, scores: IndexScores, mean: Mean) -> Floats:
    """Axis scores (n, A) from notes (n, m)."""
    tree = scores.hierarchy
    domains = _domain_scores(notes, scores, mean)
    return _combine(domains, tree.domain_weights, tree.axis_of, scores.axis.is_scored, mean)


def _nested_weights(tree: Hierarchy, used: Integers) -> Floats:
    """Weight in the index (m,) of each used indicator when nothing is missing; 0 if not used."""
    weights = np.zeros(tree.weights.size)
    weights[used] = tree.weights[used]
    total = np.bincount(tree.domain_of, weights, minlength=tree.domain_weights.size)
    in_domain = np.divide(weights, total[tree.domain_of], out=weights, where=weights > 0)
    return np.asarray(in_domain * tree.domain_weights_in_index[tree.domain_of])


def _phare(inputs: Inputs) -> Floats:
    return inputs.scores.z


def _min_max(inputs: Inputs) -> Floats:
    return min_max(inputs.gaps, low=Z_MIN, high=Z_MAX)


def _z_score(inputs: Inputs) -> Floats:
    return z_score(inputs.gaps, ddof=1)


def _percentile(inputs: Inputs) -> Floats:
    return percentile(inputs.gaps, low=Z_MIN, high=Z_MAX)


def _rank(inputs: Inputs) -> Floats:
    return rank(inputs.gaps, ties="min")


def _z_score_100_10(inputs: Inputs) -> Floats:
    return z_score_100_10(inputs.gaps, ddof=0)


def _ampi(inputs: Inputs) -> Floats:
    return np.clip(ampi_goalposts(inputs.gaps), AMPI_MIN, AMPI_MAX)


def _by_tree(normalise: Callable[[Inputs], Floats], mean: Mean) -> Callable[[Inputs], Floats]:
    """Method of one mean at every level."""
    return lambda inputs: score_tree(normalise(inputs), inputs.scores, mean)


def _by_domains(normalise: Callable[[Inputs], Floats], sign: int) -> Callable[[Inputs], Floats]:
    """Mazziotta–Pareto index of the domain scores, the domains at their weight in the index."""

    def score(inputs: Inputs) -> Floats:
        scores = inputs.scores
        domains = _domain_scores(normalise(inputs), scores, ARITHMETIC)
        weights = scores.hierarchy.domain_weights_in_index
        return _where(scores.index.is_scored, mazziotta_pareto(domains, weights, sign=sign))

    return score


def _by_duels(inputs: Inputs) -> Floats:
    """Copeland scores among the classified units."""
    scores = inputs.scores
    rows, tree, used = np.flatnonzero(scores.index.is_scored), scores.hierarchy, scores.used_columns
    result = np.full(len(scores.z), np.nan)
    if rows.size > 0:
        is_counted = scores.domain.is_scored[:, tree.domain_of]
        values = np.where(is_counted, inputs.gaps, np.nan)[rows]
        result[rows] = copeland_scores(outranking_shares(values, _nested_weights(tree, used)))
    return result


def _by_benefit_of_doubt(inputs: Inputs) -> Floats:
    """Benefit of the doubt on the axes among the classified units."""
    scores = inputs.scores
    rows = np.flatnonzero(scores.index.is_scored)
    axes = _axis_scores(min_max(inputs.gaps), scores, ARITHMETIC)
    counted = axes[np.ix_(rows, np.flatnonzero(scores.hierarchy.axis_weights > 0))]
    result = np.full(len(scores.z), np.nan)
    result[rows] = benefit_of_doubt(np.nan_to_num(counted, nan=0.0)).score
    return result


METHODS: Final[tuple[Method, ...]] = (
    Method(
        "min_max_arithmetic",
        "Min-max, moyenne arithmétique",
        "Chaque indicateur ramené entre le minimum et le maximum des territoires, puis moyenne.",
        "min_max",
        "arithmetic",
        _by_tree(_min_max, ARITHMETIC),
    ),
    Method(
        "z_score_arithmetic",
        "Scores centrés réduits, moyenne arithmétique",
        "Écart à la moyenne des territoires en nombre d’écarts-types, puis moyenne.",
        "z_score",
        "arithmetic",
        _by_tree(_z_score, ARITHMETIC),
    ),
    Method(
        "percentile_arithmetic",
        "Percentiles, moyenne arithmétique",
        "Part des autres territoires moins fragiles, ex æquo comptés pour moitié, puis moyenne.",
        "percentile",
        "arithmetic",
        _by_tree(_percentile, ARITHMETIC),
    ),
    Method(
        "rank_arithmetic",
        "Rangs, moyenne arithmétique",
        "Rang par indicateur, ex æquo au rang le moins fragile, puis moyenne des rangs.",
        "rank",
        "arithmetic",
        _by_tree(_rank, ARITHMETIC),
    ),
    Method(
        "phare_arithmetic",
        "Échelle PHARE, moyenne arithmétique",
        "La normalisation de l’indice, sans aucun effet des déséquilibres.",
        "phare",
        "arithmetic",
        _by_tree(_phare, ARITHMETIC),
    ),
    Method(
        "phare_geometric",
        "Échelle PHARE, moyenne géométrique",
        "La normalisation de l’indice ; les parties les moins fragiles pèsent davantage.",
        "phare",
        "geometric",
        _by_tree(_phare, GEOMETRIC),
    ),
    Method(
        "phare_harmonic",
        "Échelle PHARE, moyenne harmonique",
        "Comme la moyenne géométrique, en plus marqué.",
        "phare",
        "harmonic",
        _by_tree(_phare, HARMONIC),
    ),
    Method(
        "phare_quadratic",
        "Échelle PHARE, moyenne quadratique",
        "La normalisation de l’indice ; les parties fragiles pèsent plus, mais moins que dans F.",
        "phare",
        "quadratic",
        _by_tree(_phare, QUADRATIC),
    ),
    Method(
        "min_max_geometric",
        "Min-max, moyenne géométrique",
        "Min-max sur l’échelle 70–130, puis moyenne géométrique.",
        "min_max",
        "geometric",
        _by_tree(_min_max, GEOMETRIC),
    ),
    Method(
        "min_max_quadratic",
        "Min-max, moyenne quadratique",
        "Min-max sur l’échelle 70–130, puis moyenne quadratique.",
        "min_max",
        "quadratic",
        _by_tree(_min_max, QUADRATIC),
    ),
    Method(
        "mpi_plus",
        "MPI, déséquilibre ajouté",
        "Indice de Mazziotta et Pareto des domaines ; le déséquilibre aggrave la fragilité.",
        "z_score_100_10",
        "mpi_plus",
        _by_domains(_z_score_100_10, 1),
    ),
    Method(
        "mpi_minus",
        "MPI, déséquilibre retranché",
        "Indice de Mazziotta et Pareto des domaines, avec le signe prévu pour le bien-être.",
        "z_score_100_10",
        "mpi_minus",
        _by_domains(_z_score_100_10, -1),
    ),
    Method(
        "ampi_plus",
        "AMPI, déséquilibre ajouté",
        "Indice ajusté de Mazziotta et Pareto des domaines, bornes de l’édition ; "
        "le déséquilibre aggrave la fragilité.",
        "ampi_goalposts",
        "mpi_plus",
        _by_domains(_ampi, 1),
    ),
    Method(
        "ampi_minus",
        "AMPI, déséquilibre retranché",
        "Indice ajusté de Mazziotta et Pareto des domaines, bornes de l’édition, "
        "avec le signe prévu pour le bien-être.",
        "ampi_goalposts",
        "mpi_minus",
        _by_domains(_ampi, -1),
    ),
    Method(
        "copeland",
        "Copeland (duels)",
        "Duels entre territoires, indicateur par indicateur : duels gagnés moins duels perdus.",
        "none",
        "copeland",
        _by_duels,
    ),
    Method(
        "benefit_of_doubt",
        "Pondération la plus défavorable (benefit of the doubt)",
        "Chaque territoire avec les poids des quatre axes qui le font paraître le plus fragile.",
        "min_max",
        "benefit_of_doubt",
        _by_benefit_of_doubt,
    ),
)

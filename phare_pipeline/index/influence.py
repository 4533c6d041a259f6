"""Which indicators make a score: what it would be without one, and how far its weight matters.

With ``hierarchy.contributions`` these are the three views of the ranking of indicators, at two
levels: the territory (F of the index) and the axis (F of the indicator's axis).

Sources: OECD/JRC Handbook (2008), step 7; Saltelli et al. (2010) for total effects.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from phare_pipeline.index.aggregate import aggregate
from phare_pipeline.index.checks import Floats, Integers
from phare_pipeline.index.hierarchy import Hierarchy, IndexScores, score_above
from phare_pipeline.index.simulation import WEIGHT_CV

EFFECT_DRAWS: Final = 1024


@dataclass(frozen=True, eq=False)
class Influence:
    """One figure for each of n units and m indicators, at both levels: arrays (n, m).

    NaN for indicators that are not used, that the unit lacks, or whose composite is not scored.
    """

    index: Floats
    axis: Floats


def leave_one_out(scores: IndexScores) -> Influence:
    """F without the indicator − F, in index points: positive when the indicator lowers F.

    All else stays: weights are renormalised, the rules on missing values apply again. NaN also
    where the composite could not be scored without the indicator; an indicator that is alone in
    its domain takes the domain away.
    """
    tree, domain = scores.hierarchy, scores.domain
    columns = scores.used_columns
    n = len(scores.z)
    repeated = replace(
        domain,
        **{name: np.repeat(part[None], columns.size, 0) for name, part in vars(domain).items()},
    )
    for position, column in enumerate(columns):
        group = tree.domain_of[column]
        others = columns[(tree.domain_of[columns] == group) & (columns != column)]
        repeated.F[position, :, group] = _domain_score(scores, others)
    flat = replace(
        repeated, **{k: v.reshape(columns.size * n, -1) for k, v in vars(repeated).items()}
    )
    axis, index = score_above(flat, tree, scores.thresholds)
    shift = _empty(scores)
    axis_of = tree.axis_of[tree.domain_of[columns]]
    shift.index[:, columns] = index.F.reshape(columns.size, n).T - scores.index.F[:, None]
    shift.axis[:, columns] = (
        axis.F.reshape(columns.size, n, -1)[np.arange(columns.size), :, axis_of].T
        - scores.axis.F[:, axis_of]
    )
    return _where_present(shift, scores)


def weight_effects(scores: IndexScores, *, seed: int, size: int = EFFECT_DRAWS) -> Influence:
    """Sobol total effect of each indicator's weight on F, a share of the variance of F in [0, 1].

    The weights of all indicators vary independently by gamma factors (coefficient of variation
    25 %), those of domains and axes stay. The total effect is the share of the variance of F that
    would be lost if the weight of the indicator were known: E[(F − F')²]/2V, F' with that weight
    drawn anew. The effects of a unit sum to about 1, and to a little more where weights interact.
    An indicator alone in its domain has no effect. Axis scores are not rounded here; with 1 024
    draws the relative standard error of an effect is about 5 %.

    Args:
        scores: of n units.
        seed: of the draws.
        size: number of draws.
    """
    columns = scores.used_columns
    stream = np.random.Generator(np.random.PCG64(seed))
    shape = 1 / WEIGHT_CV**2
    first, second = stream.gamma(shape, 1 / shape, (2, size, columns.size))
    sums = _Sums.of(scores, first)
    effects = _empty(scores)
    for position, column in enumerate(columns):
        domain = int(scores.hierarchy.domain_of[column])
        z = np.nan_to_num(scores.z[:, column], nan=0.0)
        moved = (second - first)[:, [position]] * scores.hierarchy.weights[column] * z
        index, axis = sums.with_domain(domain, moved * z, moved)
        effects.index[:, column] = _total_effect(sums.index, index)
        effects.axis[:, column] = _total_effect(sums.axis_of_domain(domain), axis)
    return _where_present(effects, scores)


@dataclass(frozen=True, eq=False)
class _Sums:
    """F of every composite under s drawn weights of n units, with the sums it is made of.

    Attributes:
        above, below: (D, s, n) Σ w z² and Σ w z of each domain.
        domains: (D, s, n), NaN where the domain is not scored; axes: (A, s, n); index: (s, n).
    """

    above: Floats
    below: Floats
    domains: Floats
    axes: Floats
    index: Floats
    hierarchy: Hierarchy

    @classmethod
    def of(cls, scores: IndexScores, factors: Floats) -> "_Sums":
        """Score the units under ``factors`` (s, u) on the weights of the used indicators."""
        tree, columns = scores.hierarchy, scores.used_columns
        z = np.nan_to_num(scores.z[:, columns], nan=0.0)
        weights = tree.weights[columns] * factors
        shape = (tree.domain_weights.size, len(factors), len(z))
        above, below = np.zeros(shape), np.zeros(shape)
        for domain in range(tree.domain_weights.size):
            members = np.flatnonzero(tree.domain_of[columns] == domain)
            above[domain] = weights[:, members] @ (z[:, members] ** 2).T
            below[domain] = weights[:, members] @ z[:, members].T
        is_scored = scores.domain.is_scored.T[:, None, :]
        domains = np.where(is_scored, _ratio(above, below), np.nan)
        axes = np.array(
            [
                _combine(domains[tree.axis_of == axis], tree.domain_weights[tree.axis_of == axis])
                for axis in range(tree.axis_weights.size)
            ]
        )
        axes = np.where(scores.axis.is_scored.T[:, None, :], axes, np.nan)
        index = _combine(axes, tree.axis_weights)
        index = np.where(scores.index.is_scored, index, np.nan)
        return cls(above, below, domains, axes, index, tree)

    def axis_of_domain(self, domain: int) -> Floats:
        """F (s, n) of the axis that a domain belongs to."""
        axis: Floats = self.axes[self.hierarchy.axis_of[domain]]
        return axis

    def with_domain(self, domain: int, above: Floats, below: Floats) -> tuple[Floats, Floats]:
        """F (s, n) of index and axis when the sums of one domain grow by ``above``, ``below``."""
        tree = self.hierarchy
        own = tree.axis_of[domain]
        score = _ratio(self.above[domain] + above, self.below[domain] + below)
        score = np.where(np.isnan(self.domains[domain]), np.nan, score)
        domains = self.domains.copy()
        domains[domain] = score
        members = tree.axis_of == own
        axes = self.axes.copy()
        axis = _combine(domains[members], tree.domain_weights[members])
        axes[own] = np.where(np.isnan(self.axes[own]), np.nan, axis)
        index = _combine(axes, tree.axis_weights)
        return np.where(np.isnan(self.index), np.nan, index), axes[own]


def _domain_score(scores: IndexScores, members: Integers) -> Floats:
    """F (n,) of a domain made of these columns, NaN where too few of them have a value."""
    if members.size == 0:
        return np.full(len(scores.z), np.nan)
    rules = scores.thresholds
    composite = aggregate(scores.z[:, members], scores.hierarchy.weights[members])
    is_enough = composite.coverage >= rules.domain - rules.tolerance
    return np.where(is_enough, composite.F, np.nan)


def _combine(parts: Floats, weights: Floats) -> Floats:
    """Contraharmonic mean (s, n) of parts (k, s, n) under weights (k,), NaN parts left out."""
    present = np.where(np.isnan(parts), 0.0, weights[:, None, None])
    filled = np.nan_to_num(parts, nan=0.0)
    return _ratio((present * filled**2).sum(axis=0), (present * filled).sum(axis=0))


def _ratio(above: Floats, below: Floats) -> Floats:
    """Divide; NaN where nothing is present."""
    ratio: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return ratio


def _total_effect(before: Floats, after: Floats) -> Floats:
    """Jansen's total effect (n,) from outcomes (s, n); 0 where the outcome never varies."""
    variance = before.var(axis=0)
    lost = ((before - after) ** 2).mean(axis=0) / 2
    unvaried = np.where(np.isnan(variance), np.nan, 0.0)
    effect: Floats = np.divide(lost, variance, out=unvaried, where=variance > 0)
    return effect


def _empty(scores: IndexScores) -> Influence:
    return Influence(np.full(scores.z.shape, np.nan), np.full(scores.z.shape, np.nan))


def _where_present(influence: Influence, scores: IndexScores) -> Influence:
    """Leave figures only where the unit has the indicator and its domain is scored."""
    tree = scores.hierarchy
    is_there = ~np.isnan(scores.z) & scores.domain.is_scored[:, tree.domain_of]
    in_axis = is_there & scores.axis.is_scored[:, tree.axis_of[tree.domain_of]]
    in_index = is_there & scores.index.is_scored[:, None]
    return Influence(
        index=np.where(in_index, influence.index, np.nan),
        axis=np.where(in_axis, influence.axis, np.nan),
    )

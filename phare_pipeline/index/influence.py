"""Which indicators make a score: what it would be without one, and how far its weight matters.

With ``decomposition.contributions`` these are the three views of the ranking of indicators, at two
levels: the territory (F of the index) and the axis (F of the indicator's axis). They answer three
questions and need not agree:

* contribution: where does F come from under these weights? Sums to F − 100.
* leave-one-out shift: what would F be, had nobody measured this indicator?
* total effect: of all doubt about the weights of indicators, how much hangs on this one's?

Sources: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 7; Jansen (1999),
Computer Physics Communications 117, for the total effect.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from phare_pipeline.index.aggregate import aggregate
from phare_pipeline.index.checks import Floats
from phare_pipeline.index.draws import WEIGHT_CV
from phare_pipeline.index.hierarchy import IndexScores, Level, score_axes_and_index
from phare_pipeline.index.normalise import Z_MAX, Z_MIN

EFFECT_DRAWS: Final = 1024
# A variance below this (in squared points) is the rounding of a score that does not vary.
_STILL: Final = 1e-20


@dataclass(frozen=True, eq=False)
class Influence:
    """One figure for each of n units and m indicators, at both levels: arrays (n, m).

    NaN for indicators that are not used, that the unit lacks, or whose composite is not scored.

    Attributes:
        index: on F of the index.
        axis: on F of the axis of the indicator.
    """

    index: Floats
    axis: Floats


def domain_without(scores: IndexScores, column: int) -> Floats:
    """F (n,) of a used indicator's domain without that indicator.

    NaN where too few of the others have a value, by the rule of the domain, or there is no other.
    """
    tree, rules, used = scores.hierarchy, scores.thresholds, scores.used_columns
    others = used[(tree.domain_of[used] == tree.domain_of[column]) & (used != column)]
    if others.size == 0:
        return np.full(len(scores.z), np.nan)
    composite = aggregate(scores.z[:, others], tree.weights[others])
    is_enough = composite.coverage >= rules.domain - rules.tolerance
    return np.where(is_enough, composite.F, np.nan)


def leave_one_out(scores: IndexScores) -> Influence:
    """F without the indicator − F, in points: positive when the indicator lowers F.

    F without it is what ``score_index`` gives when all units lack the indicator: weights are
    renormalised, the rules on missing values apply again. NaN also where the composite could not be
    scored then. An indicator that is alone in its domain takes the domain away.
    """
    tree, columns = scores.hierarchy, scores.used_columns
    shape = (columns.size, len(scores.z))
    domain_scores = np.repeat(scores.domain.F[None], columns.size, axis=0)
    for position, column in enumerate(columns):
        domain_scores[position, :, tree.domain_of[column]] = domain_without(scores, column)
    domains = _level_of_scores(domain_scores.reshape(-1, tree.domain_weights.size))
    axis, index = score_axes_and_index(domains, tree, scores.thresholds)

    axis_of = tree.axis_of[tree.domain_of[columns]]
    axis_scores = axis.F.reshape(*shape, tree.axis_weights.size)[
        np.arange(columns.size), :, axis_of
    ]
    shift = _empty(scores)
    shift.index[:, columns] = index.F.reshape(shape).T - scores.index.F[:, None]
    shift.axis[:, columns] = axis_scores.T - scores.axis.F[:, axis_of]
    return _where_present(shift, scores)


def weight_effects(scores: IndexScores, *, seed: int, size: int = EFFECT_DRAWS) -> Influence:
    """Sobol total effect of each indicator's weight on F: a share of the variance of F.

    The weights of all indicators vary by independent gamma factors (coefficient of variation 25 %),
    those of domains and axes stay. The total effect of an indicator is the share of the variance of
    F that would be left if all other weights were fixed, E[(F − F')²]/2V, F' with its weight drawn
    anew; an estimate, which may pass 1 by chance where one indicator decides alone. The effects of
    a unit sum to about 1, a little more where weights interact. An indicator alone in its domain
    has no effect, nor has any where F does not vary. Holes are left out, axis scores not rounded.

    Args:
        scores: of n units.
        seed: of the draws.
        size: number of draws s; the relative standard error of an effect is about √(2/s), 4 % with
            1 024.

    Raises:
        ValueError: a size below 2.
    """
    if size < 2:
        raise ValueError(f"size: found {size}, expected at least two draws")
    tree, columns = scores.hierarchy, scores.used_columns
    shape = 1 / WEIGHT_CV**2
    random = np.random.Generator(np.random.PCG64(seed))
    first, second = random.gamma(shape, 1 / shape, (2, columns.size, size))
    z = np.nan_to_num(scores.z[:, columns], nan=0.0)
    weights = tree.weights[columns, None]

    domain_of = tree.domain_of[columns]
    domains = [
        _Sums.of_indicators(z[:, domain_of == d], (weights * first)[domain_of == d])
        for d in range(tree.domain_weights.size)
    ]
    domain_scores = [
        np.where(scores.domain.is_scored[:, [d]], sums.ratio(), 0.0)
        for d, sums in enumerate(domains)
    ]
    axes = [
        _Sums.of_composites(domain_scores, np.where(tree.axis_of == a, tree.domain_weights, 0.0))
        for a in range(tree.axis_weights.size)
    ]
    axis_scores = [
        np.where(scores.axis.is_scored[:, [a]], sums.ratio(), 0.0) for a, sums in enumerate(axes)
    ]
    index = _Sums.of_composites(axis_scores, tree.axis_weights)
    index_scores = index.ratio()

    effects = _empty(scores)
    for position, column in enumerate(columns):
        d = tree.domain_of[column]
        a = tree.axis_of[d]
        moved = (weights * (second - first))[position] * z[:, [position]]
        new_domain = domains[d].plus(moved * z[:, [position]], moved).ratio()
        new_axis = axes[a].with_part(tree.domain_weights[d], domain_scores[d], new_domain).ratio()
        new_index = index.with_part(tree.axis_weights[a], axis_scores[a], new_axis).ratio()
        effects.index[:, column] = _total_effect(index_scores, new_index)
        effects.axis[:, column] = _total_effect(axis_scores[a], new_axis)
    return _where_present(effects, scores)


@dataclass(frozen=True, eq=False)
class _Sums:
    """What a composite F = above / below of n units under s draws is made of, (n, s) each.

    Parts that are not there stand as 0, which adds nothing to either sum.
    """

    above: Floats
    below: Floats

    @classmethod
    def of_indicators(cls, z: Floats, weights: Floats) -> "_Sums":
        """Sums of a domain from z (n, k) and drawn weights (k, s)."""
        return cls(np.einsum("nk,ks->ns", z**2, weights), np.einsum("nk,ks->ns", z, weights))

    @classmethod
    def of_composites(cls, parts: list[Floats], weights: Floats) -> "_Sums":
        """Sums of a composite from k parts (n, s) and their fixed weights (k,)."""
        above, below = np.zeros_like(parts[0]), np.zeros_like(parts[0])
        for part, weight in zip(parts, weights, strict=True):
            above += weight * part**2
            below += weight * part
        return cls(above, below)

    def plus(self, above: Floats, below: Floats) -> "_Sums":
        """Return larger (or smaller) sums."""
        return _Sums(self.above + above, self.below + below)

    def with_part(self, weight: float, old: Floats, new: Floats) -> "_Sums":
        """Return the sums with one part replaced."""
        return self.plus(weight * (new**2 - old**2), weight * (new - old))

    def ratio(self) -> Floats:
        """F (n, s); 0 where nothing is present."""
        return np.divide(
            self.above, self.below, out=np.zeros_like(self.above), where=self.below > 0
        )


def _level_of_scores(F: Floats) -> Level:  # noqa: N803
    """Level of domains whose scores alone are known; a missing one is a whole hole."""
    unknown = np.full(F.shape, np.nan)
    is_scored = ~np.isnan(F)
    low, high = np.where(is_scored, F, Z_MIN), np.where(is_scored, F, Z_MAX)
    return Level(F, unknown, unknown, unknown, unknown, low, high, is_scored)


def _total_effect(before: Floats, after: Floats) -> Floats:
    """Jansen's total effect (n,) from outcomes (n, s); 0 where the outcome never varies.

    A weight that moves the outcome by the rounding of its sums alone has no effect: 0, not 1e-28.
    """
    variance = before.var(axis=1)
    left: Floats = ((before - after) ** 2).mean(axis=1) / 2
    left = np.where(left > _STILL, left, 0.0)
    effect: Floats = np.divide(left, variance, out=np.zeros_like(left), where=variance > _STILL)
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

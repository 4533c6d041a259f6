"""What a score is made of: a mean and its imbalances, and the contribution of each part.

Both are exact splits of the published F. What F would be under other choices is in ``influence``
and ``simulation``.
"""

from dataclasses import dataclass

import numpy as np

from phare_pipeline.index.aggregate import fragility_shares
from phare_pipeline.index.checks import Floats, Integers
from phare_pipeline.index.hierarchy import IndexScores
from phare_pipeline.index.normalise import Z_REFERENCE


@dataclass(frozen=True, eq=False)
class Split:
    """F as a mean and one imbalance term per level, each (n,); NaN for an unclassified unit.

    F = mean + within_domains + between_domains + between_axes + rounding, to float precision.

    Attributes:
        mean: weighted mean of z under the nested weights, renormalised over what is scored.
        within_domains: weighted mean of the domains' imbalances.
        between_domains: weighted mean of the axes' imbalances.
        between_axes: imbalance of the index.
        rounding: what rounding the axis scores to 1e-6 added, at most 5e-7 in size.
    """

    mean: Floats
    within_domains: Floats
    between_domains: Floats
    between_axes: Floats
    rounding: Floats


@dataclass(frozen=True, eq=False)
class AxisSplit:
    """F of each axis as a mean and two imbalance terms, each (n, A); NaN where not scored.

    F = mean + within_domains + between_domains + rounding, to float precision.

    Attributes:
        mean: weighted mean of z in the scored domains of the axis.
        within_domains: weighted mean of the imbalances of these domains.
        between_domains: imbalance of the axis.
        rounding: what rounding the axis score to 1e-6 added.
    """

    mean: Floats
    within_domains: Floats
    between_domains: Floats
    rounding: Floats


@dataclass(frozen=True, eq=False)
class Contributions:
    """Contributions to F − 100 of the index and of the axes; NaN where a part is not there.

    Over the parts that are there, ``indicator``, ``domain`` and ``axis`` each sum by row to F − 100
    of the index, and the others over the parts of one axis to F − 100 of that axis. The indicators
    of a domain sum to the contribution of the domain, the domains of an axis to that of the axis.
    The rounding of an axis score is shared among its parts like their weight in it.

    Attributes:
        indicator: (n, m) to the index; NaN also for indicators of a domain that is not scored.
        domain: (n, D) to the index.
        axis: (n, A) to the index.
        indicator_in_axis: (n, m) to the axis of the indicator, which may be scored where the index
            is not.
        domain_in_axis: (n, D) to the axis of the domain.
    """

    indicator: Floats
    domain: Floats
    axis: Floats
    indicator_in_axis: Floats
    domain_in_axis: Floats


def split_score(scores: IndexScores) -> Split:
    """Split F of n units into a mean and one imbalance term per level.

    An imbalance of a lower level counts with the plain weight of its composite (axis weight times
    weight within the axis, renormalised over what is scored), since F at each level is a weighted
    mean of the F below plus its own imbalance.
    """
    tree, domain, axis = scores.hierarchy, scores.domain, scores.axis
    in_index = _renormalise(tree.axis_weights, axis.F, np.zeros_like(tree.axis_weights, np.int64))
    in_axis = _renormalise(tree.domain_weights, domain.F, tree.axis_of)
    nested = in_axis * in_index[:, tree.axis_of]
    rounding = axis.F - (axis.mean + axis.imbalance)
    return Split(
        mean=_total(nested, domain.mean, scores),
        within_domains=_total(nested, domain.imbalance, scores),
        between_domains=_total(in_index, axis.imbalance, scores),
        between_axes=scores.index.imbalance,
        rounding=_total(in_index, rounding, scores),
    )


def split_axes(scores: IndexScores) -> AxisSplit:
    """Split F of the axes of n units as ``split_score`` splits that of the index."""
    tree, domain, axis = scores.hierarchy, scores.domain, scores.axis
    in_axis = _renormalise(tree.domain_weights, domain.F, tree.axis_of)

    def mean_by_axis(terms: Floats) -> Floats:
        weighted = np.where(in_axis > 0, in_axis * terms, 0.0)
        sums = [weighted[:, tree.axis_of == a].sum(axis=1) for a in range(tree.axis_weights.size)]
        return np.where(axis.is_scored, np.transpose(sums), np.nan)

    return AxisSplit(
        mean=mean_by_axis(domain.mean),
        within_domains=mean_by_axis(domain.imbalance),
        between_domains=axis.imbalance,
        rounding=axis.F - (axis.mean + axis.imbalance),
    )


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights (n, m) that indicators really have, over what is there; NaN where one has none.

    Attributes:
        in_domain, in_axis, in_index: shares of 1 over the indicators of a scored domain, axis and
            index. A domain of one indicator gives it the weight of the whole domain.
    """

    in_domain: Floats
    in_axis: Floats
    in_index: Floats


def real_weights(scores: IndexScores) -> Weights:
    """Return the weight of each indicator of n units in its domain, its axis and the index."""
    tree = scores.hierarchy
    top = np.zeros_like(tree.axis_weights, np.int64)
    z = np.where(scores.domain.is_scored[:, tree.domain_of], scores.z, np.nan)
    in_domain = _renormalise(tree.weights, z, tree.domain_of)
    domain_share = _renormalise(tree.domain_weights, scores.domain.F, tree.axis_of)
    axis_share = _renormalise(tree.axis_weights, scores.axis.F, top)
    axis_of = tree.axis_of[tree.domain_of]
    in_axis = in_domain * domain_share[:, tree.domain_of]
    in_index = in_axis * axis_share[:, axis_of]
    return Weights(
        in_domain=np.where(np.isnan(z), np.nan, in_domain),
        in_axis=np.where(np.isnan(z) | ~scores.axis.is_scored[:, axis_of], np.nan, in_axis),
        in_index=np.where(np.isnan(z) | ~scores.index.is_scored[:, None], np.nan, in_index),
    )


def contributions(scores: IndexScores) -> Contributions:
    """Contribution of each indicator, domain and axis of n units to F − 100.

    One level: w F_k (F_k − 100) / Σ w F_k. Below the top the share w F_k / Σ w F_k is multiplied
    by the share of the parent. A contribution says where F comes from under these weights, not what
    F would be without the part: for that see ``influence``.
    """
    tree, domain, axis = scores.hierarchy, scores.domain, scores.axis
    axis_share = np.where(
        scores.index.is_scored[:, None], fragility_shares(axis.F, tree.axis_weights), np.nan
    )
    of_domain = axis_share[:, tree.axis_of]
    rounding = (axis.F - (axis.mean + axis.imbalance))[:, tree.axis_of]
    domain_share = np.where(
        axis.is_scored[:, tree.axis_of],
        _shares_by_group(domain.F, tree.domain_weights, tree.axis_of),
        np.nan,
    )
    indicator_share = domain_share[:, tree.domain_of] * _shares_by_group(
        scores.z, tree.weights, tree.domain_of
    )
    domain_in_axis = domain_share * (domain.F - Z_REFERENCE + rounding)
    in_axis = indicator_share * (scores.z - Z_REFERENCE + rounding[:, tree.domain_of])
    return Contributions(
        indicator=of_domain[:, tree.domain_of] * in_axis,
        domain=of_domain * domain_in_axis,
        axis=axis_share * (axis.F - Z_REFERENCE),
        indicator_in_axis=in_axis,
        domain_in_axis=domain_in_axis,
    )


def slopes(scores: IndexScores) -> Floats:
    """∂F/∂z (n, m) of the index: how many points F rises when one z rises by one.

    Of one composite w (2z − F)/Σ w z, multiplied along the tree. All slopes are ≥ 0, and Σ z ∂F/∂z
    is F, but for the rounding of axes, which is left out. 0 for what is missing, not used or in a
    part that is not scored, and for units that are not classified.
    """
    tree, domain, axis, index = scores.hierarchy, scores.domain, scores.axis, scores.index
    top = np.zeros(tree.axis_weights.size, dtype=np.int64)
    of_axis = _slopes_by_group(axis.F, tree.axis_weights, top, index.F[:, None])
    of_domain = of_axis[:, tree.axis_of] * _slopes_by_group(
        domain.F, tree.domain_weights, tree.axis_of, axis.mean + axis.imbalance
    )
    return of_domain[:, tree.domain_of] * _slopes_by_group(
        scores.z, tree.weights, tree.domain_of, domain.F
    )


def _renormalise(weights: Floats, scores: Floats, group_of: Integers) -> Floats:
    """(n, k) weights over the scored parts, with sum 1 in each group; 0 where not scored."""
    present = np.where(np.isnan(scores), 0.0, weights)
    total = np.zeros_like(present)
    for group in np.unique(group_of):
        is_member = group_of == group
        total[:, is_member] = present[:, is_member].sum(axis=1, keepdims=True)
    return np.divide(present, total, out=np.zeros_like(present), where=total > 0)


def _total(weights: Floats, terms: Floats, scores: IndexScores) -> Floats:
    """Weighted sum by row over what is scored; NaN for an unclassified unit."""
    total = np.where(weights > 0, weights * terms, 0.0).sum(axis=1)
    return np.where(scores.index.is_scored, total, np.nan)


def _shares_by_group(values: Floats, weights: Floats, group_of: Integers) -> Floats:
    """(n, k) share w v / Σ w v of each part in its group; NaN where it has no value or weight."""
    shares = np.full(values.shape, np.nan)
    for group in np.unique(group_of):
        members = np.flatnonzero((group_of == group) & (weights > 0))
        if members.size > 0:
            shares[:, members] = fragility_shares(values[:, members], weights[members])
    return shares


def _slopes_by_group(
    values: Floats, weights: Floats, group_of: Integers, composites: Floats
) -> Floats:
    """(n, k) slope of the composite (n, g) of each part's group; 0 where either is missing."""
    shares = _shares_by_group(values, weights, group_of)
    return np.nan_to_num(shares * (2 - composites[:, group_of] / values), nan=0.0)

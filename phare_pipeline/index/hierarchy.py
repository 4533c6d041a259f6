"""Indicator → domain → axis → index, and what becomes of missing values on the way.

Positions only: which indicator belongs to which domain, and its name, is the registry's. Nothing is
imputed; a composite without enough weight is not scored, and every level has bounds that hold
whatever the missing values are. What a score is made of is in ``decomposition``.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phare_pipeline.index.aggregate import aggregate
from phare_pipeline.index.checks import (
    Booleans,
    Floats,
    Integers,
    as_groups,
    as_matrix,
    as_weights,
    refuse_infinite,
    refuse_where,
)
from phare_pipeline.index.normalise import Z_MAX, Z_MIN

AXIS_DECIMALS = 6


@dataclass(frozen=True)
class Thresholds:
    """How much must be present for a score; to be printed beside the results.

    Attributes:
        domain: share of the weight of the domain's expected indicators.
        axis: share of the declared weight of the axis' domains that must be scored.
        pair: the same in an axis of two domains.
        all_axes: share of the weight of the axes that must be scored; 1 means all of them.
        index: share of the weight of all domains (axis weight × weight within the axis) that must
            be scored.
        rows: indicators that a domain must have.
        operations: statistical operations that these must come from, unless the domain has one
            producer by nature.
        domains: domains that the index must have.
        tolerance: a share this little below its threshold still passes, for sums of thirds.
    """

    domain: float = 2 / 3
    axis: float = 1 / 2
    pair: float = 1 / 2
    all_axes: float = 1.0
    index: float = 0.6
    rows: int = 1
    operations: int = 1
    domains: int = 1
    tolerance: float = 1e-12

    def __post_init__(self) -> None:
        for name in ("domain", "axis", "pair", "all_axes", "index"):
            share = getattr(self, name)
            if not 0 < share <= 1:
                raise ValueError(f"threshold {name}: found {share}, expected a share in ]0, 1]")
        for name in ("rows", "operations", "domains"):
            if getattr(self, name) < 1:
                raise ValueError(f"threshold {name}: found {getattr(self, name)}, expected ≥ 1")
        if not 0 <= self.tolerance < 1e-6:
            raise ValueError(f"tolerance: found {self.tolerance}, expected 0 ≤ tolerance < 1e-6")


@dataclass(frozen=True, eq=False)
class Base:
    """What a score is founded on, by position.

    Attributes:
        is_expected: (m,) whether the producer publishes the indicator for the edition; one that is
            expected and not there is a hole, one that is there and not expected does not count.
        operation_of: (m,) number of the statistical operation each comes from.
        has_one_producer: (D,) whether the figures of a domain have one producer by nature.
    """

    is_expected: Booleans
    operation_of: Integers
    has_one_producer: Booleans


@dataclass(frozen=True, eq=False, init=False)
class Hierarchy:
    """The tree of m indicators, D domains and A axes, by position, with its declared weights.

    Attributes:
        weights: (m,) ≥ 0, compared within a domain; an indicator of weight 0 is as good as absent.
        domain_of: (m,) position of each indicator's domain, 0 … D − 1.
        domain_weights: (D,) ≥ 0, compared within an axis; on any scale.
        axis_of: (D,) position of each domain's axis, 0 … A − 1.
        axis_weights: (A,) ≥ 0, at least one > 0.

    Raises:
        ValueError: a negative or infinite weight, an axis without any domain weight, shapes or
            positions that do not fit. A domain without indicators is allowed: it is a hole.
    """

    weights: Floats
    domain_of: Integers
    domain_weights: Floats
    axis_of: Integers
    axis_weights: Floats

    def __init__(
        self,
        weights: ArrayLike,
        domain_of: ArrayLike,
        domain_weights: ArrayLike,
        axis_of: ArrayLike,
        axis_weights: ArrayLike,
    ) -> None:
        m, n_domains, n_axes = (np.size(x) for x in (weights, domain_weights, axis_weights))
        checked = {
            "weights": as_weights("weights", weights, m),
            "domain_of": as_groups("domain_of", domain_of, m, n_domains),
            "domain_weights": as_weights("domain_weights", domain_weights, n_domains),
            "axis_of": as_groups("axis_of", axis_of, n_domains, n_axes),
            "axis_weights": as_weights("axis_weights", axis_weights, n_axes),
        }
        for name, array in checked.items():
            object.__setattr__(self, name, array)
        weight_of_axis = np.bincount(self.axis_of, self.domain_weights, minlength=n_axes)
        refuse_where(
            "domain_weights summed by axis", weight_of_axis, weight_of_axis == 0, "a sum > 0"
        )

    @property
    def domain_weights_in_index(self) -> Floats:
        """(D,) share of each domain in the index: axis weight × weight within the axis, sum 1."""
        weight_of_axis = np.bincount(self.axis_of, self.domain_weights)
        axis_shares = self.axis_weights / self.axis_weights.sum()
        shares: Floats = (axis_shares / weight_of_axis)[self.axis_of] * self.domain_weights
        return shares


@dataclass(frozen=True, eq=False)
class Level:
    """Composites of one level: arrays (n, D) for domains, (n, A) for axes, (n,) for the index.

    Attributes:
        F: the composite, NaN where not scored; axis scores are rounded to 1e-6.
        mean: weighted mean of the parts one level below (z, domain F, axis F); NaN likewise.
        imbalance: S²/M of the same parts, ≥ 0; F = mean + imbalance, but for the rounding of axes.
        coverage: the share that the threshold of the level is compared with: of the expected
            indicators' weight (domain), of the declared weight of scored domains (axis, index).
        present: share of the weight of all expected indicators that is there, whether or not
            their domains are scored; a domain of which none is expected is a hole.
        F_low: F with 70 in all holes, always there; rounded for axes, as F is.
        F_high: F with 130 in all holes. A domain that is not scored is one whole hole.
        is_scored: there is enough for a score.
    """

    F: Floats
    mean: Floats
    imbalance: Floats
    coverage: Floats
    present: Floats
    F_low: Floats
    F_high: Floats
    is_scored: Booleans


@dataclass(frozen=True, eq=False)
class Missing:
    """What one unit lacks, as positions in the registry's order.

    Attributes:
        indicators: used indicators without a value.
        domains: domains that are not scored, among them those that no indicator feeds.
        axes: axes that are not scored.
    """

    indicators: Integers
    domains: Integers
    axes: Integers


@dataclass(frozen=True, eq=False)
class IndexScores:
    """Scores of n units at every level, with what they were computed from.

    Attributes:
        domain, axis, index: the three levels.
        used_columns: ascending positions of the expected indicators with weight; the denominator
            of coverage, to be published.
        z: (n, m) as given, NaN in the columns that are not used.
        hierarchy, thresholds, base: as given.
    """

    domain: Level
    axis: Level
    index: Level
    used_columns: Integers
    z: Floats
    hierarchy: Hierarchy
    thresholds: Thresholds
    base: Base | None

    @property
    def status(self) -> NDArray[np.str_]:
        """(n,) 'scored' or 'unclassified', the status of the index."""
        return np.where(self.index.is_scored, "scored", "unclassified")

    def find_missing(self, unit: int) -> Missing:
        """List what the unit in this row lacks; nothing of it need keep it from being scored."""
        is_hole = np.isnan(self.z[unit, self.used_columns])
        return Missing(
            indicators=self.used_columns[is_hole],
            domains=np.flatnonzero(~self.domain.is_scored[unit]),
            axes=np.flatnonzero(~self.axis.is_scored[unit]),
        )


def score_index(
    z: ArrayLike,
    hierarchy: Hierarchy,
    thresholds: Thresholds | None = None,
    base: Base | None = None,
) -> IndexScores:
    """Score n units: F = Σ w F_k² / Σ w F_k over the scored parts, level by level.

    A domain is scored when enough of the weight of its expected indicators is present, from enough
    of them and of their operations, an axis when enough of its domains' declared weight is scored,
    the index when all axes and enough domains are. Otherwise the row is kept, unclassified, with
    its bounds.

    The bounds are exact, F being increasing. They say what missing values could do, nothing about
    errors of measurement. Where the thresholds let the index be scored without an axis, that axis
    is one whole hole in the bounds of the index, so that they always contain F.

    Args:
        z: (n, m) clipped to [70, 130], NaN where missing.
        hierarchy: the tree and its weights.
        thresholds: the defaults of the definition when None.
        base: what is expected, and from where; when None, all that some unit has is expected, each
            from an operation of its own.

    Raises:
        ValueError: z outside [70, 130] (the index is not increasing there), ±inf, m columns other
            than the hierarchy's.
    """
    rules = thresholds if thresholds is not None else Thresholds()
    values = _check_z(z, hierarchy)
    is_expected = ~np.isnan(values).all(axis=0) if base is None else base.is_expected
    is_used = is_expected & (hierarchy.weights > 0)
    values = np.where(is_used, values, np.nan)

    domain = _score_groups(
        _Parts(values, _fill(values, Z_MIN), _fill(values, Z_MAX)),
        np.where(is_used, hierarchy.weights, 0.0),
        hierarchy.domain_of,
        hierarchy.domain_weights.size,
        np.full(hierarchy.domain_weights.size, rules.domain - rules.tolerance),
        _is_founded(values, hierarchy, rules, base),
    )
    domain = replace(
        domain,
        F_low=np.where(domain.is_scored, domain.F_low, Z_MIN),
        F_high=np.where(domain.is_scored, domain.F_high, Z_MAX),
    )
    axis, index = score_axes_and_index(domain, hierarchy, rules)
    return IndexScores(
        domain=domain,
        axis=axis,
        index=index,
        used_columns=np.flatnonzero(is_used),
        z=values,
        hierarchy=hierarchy,
        thresholds=rules,
        base=base,
    )


def _is_founded(
    values: Floats, hierarchy: Hierarchy, rules: Thresholds, base: Base | None
) -> Booleans:
    """Tell (n, D) which domains rest on enough indicators from enough operations."""
    is_there = ~np.isnan(values)
    n_domains = hierarchy.domain_weights.size
    in_domain = hierarchy.domain_of[:, None] == np.arange(n_domains)
    is_enough = is_there.astype(np.int64) @ in_domain >= rules.rows
    if base is None:
        return np.asarray(is_enough & (is_there.astype(np.int64) @ in_domain >= rules.operations))
    of_operation = base.operation_of[:, None] == np.unique(base.operation_of)
    # (n, operations, D): whether the unit has an indicator of the operation in the domain.
    pairs = np.einsum("nm,mo,md->nod", is_there, of_operation, in_domain, dtype=np.int64) > 0
    is_varied = (pairs.sum(axis=1) >= rules.operations) | base.has_one_producer
    return np.asarray(is_enough & is_varied)


def score_axes_and_index(
    domain: Level, hierarchy: Hierarchy, rules: Thresholds
) -> tuple[Level, Level]:
    """Score axes (n, A) and index (n,) of n units from their domains (n, D).

    The upper half of ``score_index``, for callers that change one domain and leave the others. Of
    the domains it reads F and the bounds.
    """
    n_axes = hierarchy.axis_weights.size
    is_pair = np.bincount(hierarchy.axis_of[hierarchy.domain_weights > 0], minlength=n_axes) == 2
    axis = _score_groups(
        _Parts(domain.F, domain.F_low, domain.F_high),
        hierarchy.domain_weights,
        hierarchy.axis_of,
        n_axes,
        np.where(is_pair, rules.pair, rules.axis) - rules.tolerance,
    )
    axis = replace(
        axis,
        present=_shares(domain.present, hierarchy.domain_weights, hierarchy.axis_of, n_axes),
        F=np.round(axis.F, AXIS_DECIMALS),
        F_low=np.round(axis.F_low, AXIS_DECIMALS),
        F_high=np.round(axis.F_high, AXIS_DECIMALS),
    )
    return axis, _score_top(domain, axis, hierarchy, rules)


@dataclass(frozen=True, eq=False)
class _Parts:
    """The parts of one level, (n, k) each: the value, NaN where missing, and its bounds."""

    value: Floats
    low: Floats
    high: Floats


def _check_z(z: ArrayLike, hierarchy: Hierarchy) -> Floats:
    """Return z (n, m) when it fits the hierarchy and lies in [70, 130]."""
    values = as_matrix("z", z)
    m = hierarchy.weights.size
    if values.shape[1] != m:
        raise ValueError(f"z: found {values.shape[1]} columns, expected {m}, one per indicator")
    refuse_infinite("z", values)
    is_outside = (values < Z_MIN) | (values > Z_MAX)
    refuse_where("z", values, is_outside, f"z clipped to [{Z_MIN:g}, {Z_MAX:g}]")
    return values


def _fill(values: Floats, filler: float) -> Floats:
    """Put one value in all holes."""
    return np.where(np.isnan(values), filler, values)


def _shares(present: Floats, weights: Floats, group_of: Integers, n_groups: int) -> Floats:
    """Weighted mean (n, g) of what is there of the parts (n, k) of each group."""
    by_group = weights[:, None] * (group_of[:, None] == np.arange(n_groups))
    shares: Floats = np.einsum("nk,kg->ng", present, by_group / by_group.sum(axis=0))
    return shares


def _score_groups(
    parts: _Parts,
    weights: Floats,
    group_of: Integers,
    n_groups: int,
    thresholds: Floats,
    is_founded: Booleans | None = None,
) -> Level:
    """Aggregate the parts of each group; a group without weight is a hole from 70 to 130.

    Each group needs its share of the weight (thresholds, by group), and what else must hold for a
    score (is_founded, by unit and group).
    """
    shape = (len(parts.value), n_groups)
    score, mean, imbalance = (np.full(shape, np.nan) for _ in range(3))
    coverage, low, high = np.zeros(shape), np.full(shape, Z_MIN), np.full(shape, Z_MAX)
    for group in range(n_groups):
        members = np.flatnonzero((group_of == group) & (weights > 0))
        if members.size == 0:
            continue
        w = weights[members]
        composite = aggregate(parts.value[:, members], w)
        is_enough = composite.coverage >= thresholds[group]
        if is_founded is not None:
            is_enough &= is_founded[:, group]
        score[is_enough, group] = composite.F[is_enough]
        mean[is_enough, group] = composite.mean[is_enough]
        imbalance[is_enough, group] = composite.imbalance[is_enough]
        coverage[:, group] = composite.coverage
        low[:, group] = aggregate(parts.low[:, members], w).F
        high[:, group] = aggregate(parts.high[:, members], w).F
    is_scored = ~np.isnan(score)
    return Level(score, mean, imbalance, coverage, coverage, low, high, is_scored)


def _score_top(domain: Level, axis: Level, hierarchy: Hierarchy, rules: Thresholds) -> Level:
    """Aggregate the axes, and decide from axes and domains whether the index is scored."""
    composite = aggregate(axis.F, hierarchy.axis_weights)
    coverage = aggregate(domain.F, hierarchy.domain_weights_in_index).coverage
    has_weight = hierarchy.domain_weights_in_index > 0
    is_scored = (
        (composite.coverage >= rules.all_axes - rules.tolerance)
        & (coverage >= rules.index - rules.tolerance)
        & ((~np.isnan(domain.F) & has_weight).sum(axis=1) >= rules.domains)
    )
    is_whole_hole = is_scored[:, None] & ~axis.is_scored
    low = np.where(is_whole_hole, Z_MIN, axis.F_low)
    high = np.where(is_whole_hole, Z_MAX, axis.F_high)
    return Level(
        F=np.where(is_scored, composite.F, np.nan),
        mean=np.where(is_scored, composite.mean, np.nan),
        imbalance=np.where(is_scored, composite.imbalance, np.nan),
        coverage=coverage,
        present=np.einsum("nd,d->n", domain.present, hierarchy.domain_weights_in_index),
        F_low=aggregate(low, hierarchy.axis_weights).F,
        F_high=aggregate(high, hierarchy.axis_weights).F,
        is_scored=is_scored,
    )

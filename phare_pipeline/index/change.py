"""Change since a base edition, split into change of value and change of coverage.

It is measured on ``z_abs`` (``normalise`` with the reference of t0, unclipped), never on the score,
whose reference moves with France. Which edition is the base is the caller's choice.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phare_pipeline.index.checks import Booleans, Floats, Integers, as_matrix, refuse_infinite
from phare_pipeline.index.hierarchy import Hierarchy


@dataclass(frozen=True, eq=False)
class EditionState:
    """z_abs of n units in one edition, and which of their composites were scored in it.

    Attributes:
        z_abs: (n, m), NaN where missing.
        is_domain_scored: (n, D).
        is_axis_scored: (n, A).
        is_index_scored: (n,).
    """

    z_abs: Floats
    is_domain_scored: Booleans
    is_axis_scored: Booleans
    is_index_scored: Booleans


@dataclass(frozen=True, eq=False)
class LevelChange:
    """Change of the composites of one level, in points; total = value + coverage.

    NaN where the composite was not scored in both editions; ``value`` and ``coverage`` also where
    the two have no indicator in common, so that the total cannot be split.

    Attributes:
        total: mean of z_abs now − mean then, each over what it had.
        value: the same difference over the indicators that both have and that were measured anew,
            in domains scored in both.
        coverage: the rest, what indicators and domains that came, went or stood still did to it.
        common: weight of the indicators that count in both ÷ weight of those that count in either,
            0 … 1; the less, the less a change says.
    """

    total: Floats
    value: Floats
    coverage: Floats
    common: Floats


@dataclass(frozen=True, eq=False)
class Change:
    """Changes by domain (n, D), axis (n, A) and index (n,)."""

    domain: LevelChange
    axis: LevelChange
    index: LevelChange


def change_since(
    now: EditionState,
    base: EditionState,
    hierarchy: Hierarchy,
    is_comparable: Booleans | None = None,
    is_repeated: Booleans | None = None,
) -> Change:
    """Compare n units in two editions on the frozen scale; positive is more fragile.

    A composite is the weighted arithmetic mean of its parts, since z_abs may be 0 or negative,
    where the mean of the index is not defined. So a change has the size of a change of F where no
    imbalance moves, but is not the difference of two scores; and z_abs not being clipped, one
    indicator that leaps may move it alone.

    Args:
        now: the edition.
        base: the edition it is compared with, the same units and indicators.
        hierarchy: the tree.
        is_comparable: (n, m) False where a series broke in between, so that the two values are not
            of one indicator: what it does to the mean then counts as coverage. All True when None.
        is_repeated: (n, m) True where both editions show one figure, of one data year. It is in
            common, and no evidence of change: it stands outside ``value``. All False when None.

    Raises:
        ValueError: ±inf, shapes that do not fit the hierarchy or each other.
    """
    z_now, z_base = _check("now", now, hierarchy), _check("base", base, hierarchy)
    if z_now.shape != z_base.shape:
        raise ValueError(f"base: found {len(z_base)} units, expected {len(z_now)}, as now")
    in_now, in_base = _is_counted(now, z_now, hierarchy), _is_counted(base, z_base, hierarchy)
    is_common = in_now & in_base & _flags("is_comparable", is_comparable, z_now, default=True)
    is_moving = is_common & ~_flags("is_repeated", is_repeated, z_now, default=False)
    both, either = _joint(now, base, np.logical_and), _joint(now, base, np.logical_or)
    means = (
        _nested_means(z_now, now, hierarchy),
        _nested_means(z_base, base, hierarchy),
        _nested_means(np.where(is_moving, z_now, np.nan), both, hierarchy),
        _nested_means(np.where(is_moving, z_base, np.nan), both, hierarchy),
        _nested_means(np.where(in_now | in_base, is_common, np.nan), either, hierarchy),
    )
    domain, axis, index = (_compare(*level) for level in zip(*means, strict=True))
    return Change(domain, axis, index)


def _flags(name: str, flags: Booleans | None, z: Floats, *, default: bool) -> Booleans:
    """Return flags (n, m) when they fit, or the default everywhere."""
    if flags is None:
        return np.full(z.shape, default)
    if flags.shape != z.shape:
        raise ValueError(f"{name}: found {flags.shape}, expected {z.shape}")
    return flags


def _is_counted(state: EditionState, z: Floats, tree: Hierarchy) -> Booleans:
    """Tell (n, m) which indicators enter a scored domain of an edition."""
    return np.asarray(~np.isnan(z) & state.is_domain_scored[:, tree.domain_of])


def _joint(
    now: EditionState, base: EditionState, join: Callable[[Booleans, Booleans], Booleans]
) -> EditionState:
    """Return what is scored in both editions, or in either."""
    return EditionState(
        z_abs=now.z_abs,
        is_domain_scored=join(now.is_domain_scored, base.is_domain_scored),
        is_axis_scored=join(now.is_axis_scored, base.is_axis_scored),
        is_index_scored=join(now.is_index_scored, base.is_index_scored),
    )


def _check(name: str, state: EditionState, tree: Hierarchy) -> Floats:
    """Return z_abs (n, m) when all shapes fit the tree."""
    values = as_matrix(f"{name}.z_abs", state.z_abs)
    refuse_infinite(f"{name}.z_abs", values)
    n = len(values)
    for part, found, expected in (
        ("z_abs", values, (n, tree.weights.size)),
        ("is_domain_scored", state.is_domain_scored, (n, tree.domain_weights.size)),
        ("is_axis_scored", state.is_axis_scored, (n, tree.axis_weights.size)),
        ("is_index_scored", state.is_index_scored, (n,)),
    ):
        if found.shape != expected:
            raise ValueError(f"{name}.{part}: found shape {found.shape}, expected {expected}")
    return values


def _nested_means(z: Floats, state: EditionState, tree: Hierarchy) -> tuple[Floats, Floats, Floats]:
    """Means of scored domains (n, D), scored axes (n, A) and scored indices (n,)."""
    domains = group_means(z, tree.weights, tree.domain_of, tree.domain_weights.size)
    domains = np.where(state.is_domain_scored, domains, np.nan)
    axes = group_means(domains, tree.domain_weights, tree.axis_of, tree.axis_weights.size)
    axes = np.where(state.is_axis_scored, axes, np.nan)
    top = np.zeros(tree.axis_weights.size, dtype=np.int64)
    index = group_means(axes, tree.axis_weights, top, 1)[:, 0]
    return domains, axes, np.where(state.is_index_scored, index, np.nan)


def group_means(values: Floats, weights: Floats, group_of: Integers, n_groups: int) -> Floats:
    """Weighted mean (n, g) of the values present in each group; NaN where there is none."""
    present = np.where(np.isnan(values), 0.0, weights)
    is_member = (group_of[:, None] == np.arange(n_groups)).astype(np.float64)
    total = present @ is_member
    above = (present * np.nan_to_num(values, nan=0.0)) @ is_member
    means: Floats = np.divide(above, total, out=np.full(total.shape, np.nan), where=total > 0)
    return means


def _compare(
    now: Floats, base: Floats, value_now: Floats, value_base: Floats, common: Floats
) -> LevelChange:
    total, value = now - base, value_now - value_base
    return LevelChange(
        total=total,
        value=value,
        coverage=total - value,
        common=np.where(np.isnan(total), np.nan, common),
    )

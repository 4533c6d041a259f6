"""Change since a base edition, split into change of value and change of coverage.

It is measured on ``z_abs`` (unclipped, reference frozen), never on the score, whose reference moves
with France. Which edition is the base is the caller's choice.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Booleans, Floats, as_matrix, refuse_infinite
from phare_pipeline.index.hierarchy import Hierarchy


@dataclass(frozen=True, eq=False)
class Scored:
    """z_abs of n units in one edition, and which of their composites were scored in it.

    Attributes:
        z_abs: (n, m), NaN where missing.
        domain: (n, D) the domain was scored; axis: (n, A); index: (n,).
    """

    z_abs: Floats
    domain: Booleans
    axis: Booleans
    index: Booleans


@dataclass(frozen=True, eq=False)
class LevelChange:
    """Change of the composites of one level; total = value + coverage, but for float rounding.

    NaN where the composite was not scored in both editions; ``value`` and ``coverage`` also where
    the two have no indicator in common, so that the total cannot be split.

    Attributes:
        total: mean of z_abs now − mean then, each over what it had.
        value: the same difference over the indicators both have.
        coverage: the rest, what indicators that came or went did to the mean.
    """

    total: Floats
    value: Floats
    coverage: Floats


@dataclass(frozen=True, eq=False)
class Change:
    """Changes by domain (n, D), axis (n, A) and index (n,)."""

    domain: LevelChange
    axis: LevelChange
    index: LevelChange


def change_since(now: Scored, base: Scored, hierarchy: Hierarchy) -> Change:
    """Compare n units in two editions on the frozen scale; positive is more fragile.

    A composite is the weighted arithmetic mean of its parts, since z_abs may be negative, where the
    mean of the index is not defined; so a change is comparable with F − 100 in size, not equal to
    the difference of two scores.

    Raises:
        ValueError: ±inf, shapes that do not fit the hierarchy.
    """
    z_now, z_base = (_check(s.z_abs, hierarchy) for s in (now, base))
    is_common = ~np.isnan(z_now) & ~np.isnan(z_base)
    both_domains = now.domain & base.domain
    means = (
        _nested_means(z_now, now.domain, hierarchy),
        _nested_means(z_base, base.domain, hierarchy),
        _nested_means(np.where(is_common, z_now, np.nan), both_domains, hierarchy),
        _nested_means(np.where(is_common, z_base, np.nan), both_domains, hierarchy),
    )
    scored = (both_domains, now.axis & base.axis, (now.index & base.index)[:, None])
    domain, axis, index = (
        _compare(mean_now, mean_base, common_now, common_base, is_scored)
        for mean_now, mean_base, common_now, common_base, is_scored in zip(
            *means, scored, strict=True
        )
    )
    flat = LevelChange(index.total[:, 0], index.value[:, 0], index.coverage[:, 0])
    return Change(domain, axis, flat)


def _check(z_abs: Floats, hierarchy: Hierarchy) -> Floats:
    values = as_matrix("z_abs", z_abs)
    refuse_infinite("z_abs", values)
    if values.shape[1] != hierarchy.weights.size:
        raise ValueError(f"z_abs: found {values.shape[1]} columns, expected one per indicator")
    return values


def _nested_means(z: Floats, is_scored: Booleans, tree: Hierarchy) -> tuple[Floats, Floats, Floats]:
    """Means of scored domains (n, D), of the axes they make (n, A), and of those axes (n, 1)."""
    domains = _group_means(z, tree.weights, tree.domain_of, tree.domain_weights.size)
    domains = np.where(is_scored, domains, np.nan)
    axes = _group_means(domains, tree.domain_weights, tree.axis_of, tree.axis_weights.size)
    top = np.zeros(tree.axis_weights.size, dtype=np.int64)
    return domains, axes, _group_means(axes, tree.axis_weights, top, 1)


def _group_means(values: Floats, weights: ArrayLike, group_of: ArrayLike, n_groups: int) -> Floats:
    """Weighted mean (n, g) of the values present in each group; NaN where there is none."""
    present = np.where(np.isnan(values), 0.0, weights)
    is_member = np.equal.outer(np.asarray(group_of), np.arange(n_groups)).astype(np.float64)
    total = present @ is_member
    above = (present * np.nan_to_num(values, nan=0.0)) @ is_member
    means: Floats = np.divide(above, total, out=np.full(total.shape, np.nan), where=total > 0)
    return means


def _compare(
    now: Floats, base: Floats, common_now: Floats, common_base: Floats, is_scored: Booleans
) -> LevelChange:
    total = np.where(is_scored, now - base, np.nan)
    value = np.where(is_scored, common_now - common_base, np.nan)
    return LevelChange(total=total, value=value, coverage=total - value)

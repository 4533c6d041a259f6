"""Says what an edition expects of the index at a level, and how much of it must be there.

The rule is the registry's (`registry/base_rule`), its arithmetic is in `index/hierarchy`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from phare_pipeline.index.checks import Booleans, Integers
from phare_pipeline.index.hierarchy import Base, Thresholds
from phare_pipeline.registry.model import Indicator, Level, Registry


def thresholds_of(registry: Registry) -> Thresholds:
    """Return the declared rule as thresholds of the index."""
    rule = registry.base_rule
    return Thresholds(
        domain=rule.domain_share,
        axis=rule.axis_share,
        pair=rule.pair_share,
        all_axes=rule.axes_share,
        index=rule.index_share,
        rows=rule.domain_rows,
        operations=rule.domain_operations,
        domains=rule.index_domains,
    )


def is_expected(registry: Registry, indicator: Indicator, level: Level, year: int) -> bool:
    """Tell whether a socle row is expected of an edition: its producer publishes it in time."""
    period = registry.socle.get((indicator.indicator_id, level))
    return period is not None and period.reaches(year, indicator.max_age_years)


def base_of(
    registry: Registry,
    indicators: Sequence[Indicator],
    level: Level,
    year: int,
    has_note: Booleans,
) -> Base:
    """Return what an edition expects of m indicators at a level.

    Args:
        registry: the rule, the periods of the socle, the exceptions of domains.
        indicators: the m indicators, in the order of the matrix.
        level: of the territories.
        year: the edition.
        has_note: (m,) whether some territory has a note, which counts where nothing is declared.
    """
    declared = [is_expected(registry, indicator, level, year) for indicator in indicators]
    return Base(
        is_expected=np.array(declared, dtype=np.bool_)
        if registry.base_rule.expects_declared
        else has_note,
        operation_of=numbers_of([i.operation for i in indicators]),
        has_one_producer=np.array(
            [bool(domain.single_operation_fr) for domain in registry.domains.values()]
        ),
    )


def numbers_of(names: Sequence[str]) -> Integers:
    """Return (m,) a number for each name, from 0 in order of appearance."""
    numbers = {name: k for k, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.int64)

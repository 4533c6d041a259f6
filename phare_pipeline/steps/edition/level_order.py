"""Orders the territories of one level below the regions without weights: `core_level_pareto`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from phare_pipeline.contract.tables import table_of
from phare_pipeline.index.checks import Integers
from phare_pipeline.index.dominance import dominance_matrix
from phare_pipeline.index.hierarchy import IndexScores
from phare_pipeline.index.pareto import gap_to_front, order_units
from phare_pipeline.index.sampled_rank import estimate_average_rank
from phare_pipeline.registry.model import Registry
from phare_pipeline.steps.edition.scores import Scored

SEED = 2016


def order_rows(scored: Scored, registry: Registry) -> pd.DataFrame:
    """Return the rows of `core_level_pareto`; a territory that is not ordered keeps its row.

    Classified territories are ordered on the four axes. Where none is classified, all territories
    are ordered on the axes on which every one of them is scored, which are named; where there is
    no such axis, nobody is ordered.
    """
    matrix = scored.matrix
    rows: list[dict[str, Any]] = [
        {
            "year": matrix.year,
            "territory_level": matrix.level.value,
            "territory_code": unit.code,
            "territory_name": unit.name_fr,
            "region_code": unit.region_code,
            "rank_of": 0,
        }
        for unit in matrix.units
    ]
    units, axes = _compared(scored.scores)
    if units.size and axes.size:
        compared = scored.scores.axis.F[np.ix_(units, axes)]
        order, front = order_units(compared), gap_to_front(compared)
        ranks = estimate_average_rank(dominance_matrix(compared), seed=SEED)
        names = list(registry.axes)
        for k, unit in enumerate(units):
            benchmark = int(front.benchmark[k])
            rows[unit] |= {
                "compared_axes": ", ".join(names[axis] for axis in axes),
                "front_fragile_rank": int(order.front_from_fragile[k]),
                "front_resilient_rank": int(order.front_from_robust[k]),
                "dominated_by_count": int(order.up[k]),
                "dominates_count": int(order.down[k]),
                "rank_best": int(order.rank_best[k]),
                "rank_worst": int(order.rank_worst[k]),
                "average_rank": float(ranks.rank[k]),
                "average_rank_error": float(ranks.error[k]),
                "rank_of": units.size,
                "pareto_gap": float(front.gap[k]),
                "benchmark_territory_code": (
                    matrix.units[units[benchmark]].code if benchmark >= 0 else None
                ),
                "comparable_pairs_pct": 100 * float(order.comparable_share),
            }
    return pd.DataFrame(rows, columns=list(table_of("core_level_pareto").columns), dtype=object)


def _compared(scores: IndexScores) -> tuple[Integers, Integers]:
    """Return the territories and the axes, by position, that can be compared."""
    classified = np.flatnonzero(scores.index.is_scored)
    if classified.size:
        return classified, np.arange(scores.axis.F.shape[1])
    axes = np.flatnonzero(scores.axis.is_scored.all(axis=0))
    return np.arange(len(scores.axis.F)), axes

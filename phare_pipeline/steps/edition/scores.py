"""Builds the index tables of one edition from its comparison: notes, scores, partial order.

The mathematics is in `index/`; here regions and indicators become rows and columns of matrices and
come back as rows of tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from phare_pipeline.contract.tables import table_of
from phare_pipeline.index.average_rank import MAX_EXACT_UNITS, average_rank
from phare_pipeline.index.dominance import dominance_matrix
from phare_pipeline.index.hierarchy import IndexScores, Level, score_index
from phare_pipeline.index.normalise import Normalised, normalise
from phare_pipeline.index.pareto import gap_to_front, order_units
from phare_pipeline.index.ranks import fragility_rank
from phare_pipeline.registry.model import Goalpost, Registry, Role
from phare_pipeline.registry.model import Level as TerritoryLevel
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.base import base_of, thresholds_of
from phare_pipeline.steps.edition.matrix import Matrix, matrix_of
from phare_pipeline.steps.edition.notes import hierarchy_of
from phare_pipeline.steps.edition.part import Part, made_from, taken_from
from phare_pipeline.warehouse.tables import conform, read_parquet

REGION_LEVEL = TerritoryLevel.REGION.value
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scored:
    """The territories of one level in an edition, with notes on the frozen scale, and scores.

    `goalposts` is by indicator, None where there is none at this level; `scale` is (m,), NaN there.
    """

    matrix: Matrix
    goalposts: tuple[Goalpost | None, ...]
    scale: Floats
    notes: Normalised
    scores: IndexScores


def score_level(
    comparison: pa.Table, registry: Registry, year: int, level: TerritoryLevel
) -> Scored:
    """Score the territories of a level from the comparison of an edition.

    A note says how far a territory stands from France on the frozen scale of its level. What covers
    a domain is counted over the indicators that the level has.
    """
    matrix = matrix_of(comparison, registry, year, level, Role.SOCLE)
    goalposts = tuple(
        registry.goalposts.get((level.value, i.indicator_id)) for i in matrix.indicators
    )
    scale = np.array([g.scale if g else np.nan for g in goalposts], dtype=np.float64)
    direction = [i.direction for i in matrix.indicators]
    notes = normalise(matrix.values, matrix.reference, scale, direction)
    has_note = np.asarray(~np.isnan(notes.z).all(axis=0))
    base = base_of(registry, matrix.indicators, level, year, has_note)
    tree = hierarchy_of(registry, matrix.indicators)
    scores = score_index(notes.z, tree, thresholds_of(registry), base)
    return Scored(matrix, goalposts, scale, notes, scores)


def build_scores(comparison: pa.Table, registry: Registry) -> Iterator[Built]:
    """Yield `core_normalised`, `core_scores` and `core_pareto` of one edition.

    Args:
        comparison: `core_comparison` of one edition, all 13 regions.
        registry: domains, weights, directions and frozen goalposts.
    """
    scored = score_level(comparison, registry, comparison["year"][0].as_py(), TerritoryLevel.REGION)
    matrix, scores = scored.matrix, scored.scores
    normalised = conform(_normalised_rows(scored, registry), "core_normalised")
    yield built("core_normalised", normalised)
    table = conform(_score_rows(matrix, scores, registry), "core_scores")
    yield built("core_scores", table, [_audit_bounds(table)])
    yield built("core_pareto", conform(_pareto_rows(matrix, scores), "core_pareto"))


def _normalised_rows(scored: Scored, registry: Registry) -> pd.DataFrame:
    matrix, notes, status = scored.matrix, scored.notes, score_statuses(scored)
    rows: list[dict[str, Any]] = []
    for j, indicator in enumerate(matrix.indicators):
        goalpost = scored.goalposts[j]
        for i, unit in enumerate(matrix.units):
            rows.append(
                {
                    "year": matrix.year,
                    "region_code": unit.code,
                    "region_name": unit.name_fr,
                    "axis_id": registry.domains[indicator.domain_id].axis_id,
                    "domain_id": indicator.domain_id,
                    "indicator_id": indicator.indicator_id,
                    "indicator_label": indicator.label_fr,
                    "direction": indicator.direction,
                    "weight": indicator.weight,
                    "value": matrix.raw_values[i, j],
                    "france_value": matrix.raw_reference[j],
                    "base_edition": goalpost.base_edition if goalpost else None,
                    "scale_value": scored.scale[j],
                    "z_unclipped": notes.z_unclipped[i, j],
                    "z": notes.z[i, j],
                    "is_clipped": bool(notes.is_clipped[i, j]),
                    "is_saturated": bool(notes.is_saturated[j]),
                    "is_non_discriminant": bool(notes.is_non_discriminant[j]),
                    "score_status": status[i, j],
                }
            )
    return pd.DataFrame(rows)


def score_statuses(scored: Scored) -> NDArray[np.object_]:
    """Say (n, m) whether each indicator is scored in each territory, or the first reason not."""
    matrix = scored.matrix
    status = np.full(matrix.values.shape, "scored", dtype=object)
    status[np.isnan(scored.notes.z)] = "no_base"
    status[np.isnan(matrix.values)] = "value_missing"
    status[:, np.isnan(matrix.reference)] = "reference_missing"
    status[:, np.isnan(scored.scale)] = "no_base"
    if scored.scores.base is not None:
        is_there = status == "scored"
        status[is_there & ~scored.scores.base.is_expected] = "not_expected"
    return status


def _score_rows(matrix: Matrix, scores: IndexScores, registry: Registry) -> pd.DataFrame:
    domains, axes = list(registry.domains.values()), list(registry.axes.values())
    domain_names = [(d.domain_id, d.label_fr, d.domain_order) for d in domains]
    axis_names = [(a.axis_id, a.label_fr, a.axis_order) for a in axes]
    index = Level(*(np.reshape(part, (-1, 1)) for part in vars(scores.index).values()))
    levels = (
        ("domain", domain_names, scores.domain),
        ("axis", axis_names, scores.axis),
        ("index", [("index", "Indice de fragilité", 1)], index),
    )
    rows: list[dict[str, Any]] = []
    for name, components, level in levels:
        for k, (component_id, label, order) in enumerate(components):
            ranking = fragility_rank(level.F[:, k], 1)
            for i, unit in enumerate(matrix.units):
                rows.append(
                    {
                        "year": matrix.year,
                        "region_code": unit.code,
                        "region_name": unit.name_fr,
                        "component_level": name,
                        "component_id": component_id,
                        "component_label": label,
                        "component_order": order,
                        "score": level.F[i, k],
                        "mean_score": level.mean[i, k],
                        "imbalance": level.imbalance[i, k],
                        "score_low": level.F_low[i, k],
                        "score_high": level.F_high[i, k],
                        # A share summed from thirds can exceed 1 by the last bit.
                        "coverage_pct": min(100.0, 100 * float(level.present[i, k])),
                        "is_scored": bool(level.is_scored[i, k]),
                        "missing_components": _missing(
                            matrix, scores, registry, i, name, component_id
                        ),
                        "fragility_rank": ranking.rank[i],
                        "rank_of": ranking.rank_of,
                    }
                )
    return pd.DataFrame(rows)


def _missing(
    matrix: Matrix, scores: IndexScores, registry: Registry, unit: int, level: str, component: str
) -> str | None:
    """List what a score lacks: indicators of a domain, domains of an axis or of the index."""
    missing = scores.find_missing(unit)
    if level == "domain":
        used = {matrix.indicators[j].domain_id for j in scores.used_columns}
        if component not in used:
            return "aucun indicateur noté"
        absent = [matrix.indicators[j] for j in missing.indicators]
        names = [i.indicator_id for i in absent if i.domain_id == component]
    else:
        domains = list(registry.domains.values())
        names = [
            domains[k].domain_id
            for k in missing.domains
            if level == "index" or domains[k].axis_id == component
        ]
    return ", ".join(names) or None


def _pareto_rows(matrix: Matrix, scores: IndexScores) -> pd.DataFrame:
    """Order the classified regions on the four axes; the others keep a row without figures."""
    rows = {
        unit.code: {
            "year": matrix.year,
            "region_code": unit.code,
            "region_name": unit.name_fr,
            "rank_of": 0,
        }
        for unit in matrix.units
    }
    classified = np.flatnonzero(scores.index.is_scored)
    if classified.size:
        axes = scores.axis.F[classified]
        order, front = order_units(axes), gap_to_front(axes)
        is_exact = classified.size <= MAX_EXACT_UNITS
        ranks = average_rank(dominance_matrix(axes)) if is_exact else None
        codes = [matrix.units[i].code for i in classified]
        for k, code in enumerate(codes):
            benchmark = int(front.benchmark[k])
            rows[code] |= {
                "front_fragile_rank": int(order.front_from_fragile[k]),
                "front_resilient_rank": int(order.front_from_robust[k]),
                "dominated_by_count": int(order.up[k]),
                "dominates_count": int(order.down[k]),
                "rank_best": int(order.rank_best[k]),
                "rank_worst": int(order.rank_worst[k]),
                "average_rank": None if ranks is None else float(ranks[k]),
                "rank_of": len(codes),
                "pareto_gap": float(front.gap[k]),
                "benchmark_region_code": codes[benchmark] if benchmark >= 0 else None,
                "comparable_pairs_pct": 100 * float(order.comparable_share),
            }
    columns = list(table_of("core_pareto").columns)
    return pd.DataFrame([[row.get(c) for c in columns] for row in rows.values()], columns=columns)


def _audit_bounds(table: pa.Table) -> Audit:
    """Check that every score lies within its exact bounds."""
    frame = table.to_pandas()
    outside = frame[
        frame["score"].notna()
        & ((frame["score"] < frame["score_low"]) | (frame["score"] > frame["score_high"]))
    ]
    return failing("score_within_bounds", "score_low <= score <= score_high", outside)


def _build(context: Context, year: int) -> Iterator[Built]:
    comparison = read_parquet(context.workspace.core_file("core_comparison", year))
    return build_scores(comparison, context.registry)


PART = Part(
    name="index",
    sources={
        "core_normalised": ("core_comparison",),
        "core_scores": ("core_normalised",),
        "core_pareto": ("core_scores",),
    },
    audits={"core_scores": ("score_within_bounds",)},
    lineage={
        "core_normalised": {
            **taken_from("core_comparison", "year region_code indicator_id value france_value"),
            **made_from(
                "core_comparison.value core_comparison.france_value",
                "z_unclipped z is_clipped is_saturated is_non_discriminant score_status",
            ),
        },
        "core_scores": {
            **taken_from("core_normalised", "year region_code"),
            **made_from(
                "core_normalised.z",
                "score mean_score imbalance score_low score_high coverage_pct is_scored "
                "missing_components fragility_rank rank_of",
            ),
        },
        "core_pareto": {
            **taken_from("core_scores", "year region_code"),
            **made_from(
                "core_scores.score",
                "front_fragile_rank front_resilient_rank dominated_by_count dominates_count "
                "rank_best rank_worst average_rank rank_of pareto_gap benchmark_region_code "
                "comparable_pairs_pct",
            ),
        },
    },
    build=_build,
)

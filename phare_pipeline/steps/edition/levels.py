"""The part of an edition below the regions: départements, former regions, and dispersion.

The rules are those of the regions (`scores`); here is only what is built from what, and audited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from phare_pipeline.registry.model import Level, Registry
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.dispersion import compared_of, dispersion_table
from phare_pipeline.steps.edition.level_order import order_rows
from phare_pipeline.steps.edition.level_scores import normalised_table, score_table
from phare_pipeline.steps.edition.notes import notes_of
from phare_pipeline.steps.edition.part import Part, made_from, taken_from
from phare_pipeline.steps.edition.scores import score_level
from phare_pipeline.warehouse.tables import conform, read_parquet

LOWER_LEVELS: Final = (Level.FORMER_REGION, Level.DEPARTEMENT)
READS: Final = ("core_level_comparison", "core_annual_measures", "core_normalised")
_PLACE: Final = "year territory_level territory_code territory_name region_code"


def build_levels(tables: Mapping[str, pa.Table], registry: Registry, year: int) -> Iterator[Built]:
    """Yield the tables of the part.

    Args:
        tables: those of READS, of the edition.
        registry: territories, domains, weights, directions and frozen goalposts.
        year: the edition.
    """
    regions = notes_of(tables["core_normalised"], registry)
    used = [regions.indicators[j].domain_id for j in regions.scores.used_columns]
    region_counts = {domain_id: used.count(domain_id) for domain_id in registry.domains}
    scored = [
        score_level(tables["core_level_comparison"], registry, year, level)
        for level in LOWER_LEVELS
    ]

    name = "core_level_normalised"
    yield built(name, conform(_joined(normalised_table(s) for s in scored), name))
    name = "core_level_scores"
    scores = _joined(score_table(s, region_counts, registry) for s in scored)
    yield built(name, conform(scores, name), [_audit_bounds(scores)])
    name = "core_level_pareto"
    order = pd.concat([order_rows(s, registry) for s in scored], ignore_index=True)
    yield built(name, conform(order, name), [_audit_ranges(order)])
    name = "core_dispersion"
    compared = [
        compared_of(level, indicators, z_unclipped, scores, registry)
        for level, indicators, z_unclipped, scores in (
            (Level.REGION, regions.indicators, regions.z_unclipped, regions.scores),
            *((s.matrix.level, s.matrix.indicators, s.notes.z_unclipped, s.scores) for s in scored),
        )
    ]
    measures = tables["core_annual_measures"]
    dispersions = _joined(dispersion_table(c, measures, registry, year) for c in compared)
    yield built(name, conform(dispersions, name))


def _joined(tables: Iterable[pa.Table]) -> pa.Table:
    """Put the levels below each other; a column without any value in one takes the other's type."""
    return pa.concat_tables(tables, promote_options="permissive")


def _audit_bounds(scores: pa.Table) -> Audit:
    """Check that every score lies within its exact bounds."""
    is_outside = pc.or_(
        pc.less(scores["score"], scores["score_low"]),
        pc.greater(scores["score"], scores["score_high"]),
    )
    return failing(
        "score_within_bounds",
        "score_low <= score <= score_high",
        scores.filter(is_outside).to_pandas(),
    )


def _audit_ranges(order: pd.DataFrame) -> Audit:
    """Check that every average rank lies in the range that dominance leaves."""
    is_outside = (order["average_rank"] < order["rank_best"]) | (
        order["average_rank"] > order["rank_worst"]
    )
    return failing(
        "average_rank_in_range", "rank_best <= average_rank <= rank_worst", order[is_outside]
    )


def _build(context: Context, year: int) -> Iterator[Built]:
    tables = {name: read_parquet(context.workspace.core_file(name, year)) for name in READS}
    return build_levels(tables, context.registry, year)


PART = Part(
    name="levels",
    sources={
        "core_level_normalised": ("core_level_comparison",),
        "core_level_scores": ("core_level_normalised", "core_normalised"),
        "core_level_pareto": ("core_level_scores",),
        "core_dispersion": (
            "core_level_normalised",
            "core_level_scores",
            "core_annual_measures",
            "core_normalised",
        ),
    },
    audits={
        "core_level_scores": ("score_within_bounds",),
        "core_level_pareto": ("average_rank_in_range",),
    },
    lineage={
        "core_level_normalised": {
            **taken_from("core_level_comparison", f"{_PLACE} indicator_id"),
            **made_from(
                "core_level_comparison.value core_level_comparison.france_value",
                "z_unclipped z is_clipped is_saturated is_non_discriminant score_status",
            ),
        },
        "core_level_scores": {
            **taken_from("core_level_normalised", _PLACE),
            **made_from(
                "core_level_normalised.z",
                "score mean_score imbalance score_low score_high coverage_pct is_scored "
                "missing_components scored_count fragility_rank rank_of",
            ),
            **made_from("core_normalised.z", "region_scored_count"),
        },
        "core_level_pareto": {
            **taken_from("core_level_scores", _PLACE),
            **made_from(
                "core_level_scores.score",
                "compared_axes front_fragile_rank front_resilient_rank dominated_by_count "
                "dominates_count rank_best rank_worst average_rank average_rank_error rank_of "
                "pareto_gap benchmark_territory_code comparable_pairs_pct",
            ),
        },
        "core_dispersion": {
            **taken_from("core_normalised", "year"),
            **made_from(
                "core_level_normalised.territory_level core_level_scores.territory_level",
                "territory_level",
            ),
            **made_from(
                "core_normalised.z_unclipped core_level_normalised.z_unclipped "
                "core_normalised.z core_level_scores.score",
                "territory_count lowest_value highest_value value_range lowest_territory_code "
                "highest_territory_code",
            ),
            **made_from(
                "core_normalised.z_unclipped core_level_normalised.z_unclipped "
                "core_normalised.z core_level_scores.score core_annual_measures.value",
                "weighted_mean weighted_deviation",
            ),
            **made_from("core_annual_measures.data_year", "weight_year"),
        },
    },
    build=_build,
)

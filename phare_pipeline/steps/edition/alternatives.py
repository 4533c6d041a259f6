"""Builds the table of how the regions rank under other methods, one by one.

All choices drawn at once are in `uncertainty`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from phare_pipeline.index.alternatives import METHODS, Alternatives, compare
from phare_pipeline.registry.model import Registry
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.notes import Notes, notes_of, region_rows
from phare_pipeline.steps.edition.part import Part, made_from, taken_from
from phare_pipeline.warehouse.tables import conform, read_parquet


def build_alternatives(
    normalised: pa.Table, published: pa.Table, registry: Registry
) -> Iterator[Built]:
    """Yield `core_alternatives` of one edition.

    Args:
        normalised: `core_normalised` of the edition.
        published: `core_scores` of the edition, whose ranks the methods are compared with.
        registry: names, weights and the tree.
    """
    notes = notes_of(normalised, registry)
    table = conform(_rows(notes, compare(notes.scores, notes.z_unclipped)), "core_alternatives")
    yield built("core_alternatives", table, [audit_ranks(table, published.to_pandas())])


def _rows(notes: Notes, found: Alternatives) -> pd.DataFrame:
    methods = pd.DataFrame(
        {
            "method_id": [m.code for m in METHODS],
            "method_label": [m.label_fr for m in METHODS],
            "method_description_fr": [m.description_fr for m in METHODS],
            "index_spearman": found.spearman,
            "mean_shift": found.mean_shift,
            "largest_shift": found.largest_shift,
        }
    )
    figures = {
        "method_score": found.scores.T,
        "method_rank": found.ranks.T,
        "fragility_rank": np.repeat(found.reference_rank, len(METHODS)),
        "rank_shift": found.shift.T,
        "rank_of": found.rank_of,
    }
    return region_rows(notes, methods, figures)


def audit_ranks(table: pa.Table, scores: pd.DataFrame) -> Audit:
    """Check that ranks lie within their number and start from the published ones."""
    index = scores[scores["component_level"] == "index"].set_index("region_code")["fragility_rank"]
    rows = table.to_pandas()
    reference = index.reindex(rows["region_code"]).to_numpy()
    is_there = ~np.isnan(reference)
    is_right = (
        (rows["fragility_rank"] == reference)
        & rows["method_rank"].between(1, rows["rank_of"])
        & (rows["method_rank"] - rows["fragility_rank"] == rows["rank_shift"])
    )
    is_empty = rows[["method_score", "method_rank", "rank_shift"]].isna().all(axis=1)
    return failing(
        "ranks_compare",
        "rank by the method within 1 and the number of regions, shift from the published rank",
        rows[~is_right.where(is_there, is_empty)],
    )


def _build(context: Context, year: int) -> Iterator[Built]:
    core_file = context.workspace.core_file
    return build_alternatives(
        read_parquet(core_file("core_normalised", year)),
        read_parquet(core_file("core_scores", year)),
        context.registry,
    )


PART = Part(
    name="alternatives",
    sources={"core_alternatives": ("core_normalised", "core_scores")},
    audits={"core_alternatives": ("ranks_compare",)},
    lineage={
        "core_alternatives": {
            **taken_from("core_normalised", "year region_code"),
            **made_from("core_normalised.z", "fragility_rank rank_of"),
            **made_from(
                "core_normalised.z core_normalised.z_unclipped",
                "method_score method_rank rank_shift index_spearman mean_shift largest_shift",
            ),
        }
    },
    build=_build,
)

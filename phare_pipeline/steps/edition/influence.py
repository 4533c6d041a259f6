"""Ranks the indicators by what they do to a score, for the territory and for the axis.

The rows of `core_influence`; the contributions themselves are those of `decomposition`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from phare_pipeline.index.checks import Floats, Integers
from phare_pipeline.index.decomposition import contributions
from phare_pipeline.index.influence import EFFECT_DRAWS, leave_one_out, weight_effects
from phare_pipeline.index.ranks import rank_descending
from phare_pipeline.steps.common.audit import Audit, failing
from phare_pipeline.steps.edition.notes import Notes, indicator_parts, region_rows

SEED: Final = 2016


def influence_rows(notes: Notes) -> pd.DataFrame:
    """Put contribution, removal and weight of each used indicator side by side, at both levels."""
    scores, used = notes.scores, notes.scores.used_columns
    added, removed = contributions(scores), leave_one_out(scores)
    effects = weight_effects(scores, seed=SEED)
    parts = indicator_parts(notes, used)
    whole = [np.arange(used.size)]
    by_axis = [np.flatnonzero(parts["axis_id"] == axis.axis_id) for axis in notes.axes]
    levels = (
        ("territory", added.indicator, removed.index, effects.index, whole),
        ("axis", added.indicator_in_axis, removed.axis, effects.axis, by_axis),
    )
    frames = []
    for level, contribution, shift, effect, groups in levels:
        contribution_rank, rank_of = ranks_in(contribution[:, used], groups)
        frames.append(
            region_rows(
                notes,
                parts.assign(influence_level=level),
                {
                    "z": scores.z[:, used],
                    "contribution": contribution[:, used],
                    "contribution_rank": contribution_rank,
                    "leave_one_out_shift": shift[:, used],
                    "leave_one_out_rank": ranks_in(-shift[:, used], groups)[0],
                    "total_effect": effect[:, used],
                    "total_effect_rank": ranks_in(effect[:, used], groups)[0],
                    "rank_of": rank_of,
                    "draw_count": EFFECT_DRAWS,
                    "seed": SEED,
                },
            )
        )
    return pd.concat(frames, ignore_index=True)


def ranks_in(values: Floats, groups: list[Integers] | None = None) -> tuple[Floats, Integers]:
    """Rank the columns (n, k) of each group within each row, largest first, with their number."""
    place, rank_of = np.full(values.shape, np.nan), np.zeros(values.shape, dtype=np.int64)
    for columns in groups if groups is not None else [np.arange(values.shape[1])]:
        for row, figures in enumerate(values[:, columns]):
            ranking = rank_descending(figures)
            place[row, columns], rank_of[row, columns] = ranking.rank, ranking.rank_of
    return place, rank_of


def audit_influence(table: pa.Table, contributions: pa.Table) -> Audit:
    """Check that influence says of contributions what `core_contributions` says."""
    rows = table.to_pandas()
    parts = contributions.to_pandas()
    wanted = parts[parts["part_level"] == "indicator"].rename(columns={"part_id": "indicator_id"})
    keys = ["region_code", "indicator_id"]
    both = rows.merge(
        wanted[[*keys, "contribution", "axis_contribution"]],
        on=keys,
        how="outer",
        validate="many_to_one",
        suffixes=("", "_whole"),
    )
    expected = both["contribution_whole"].where(
        both["influence_level"] == "territory", both["axis_contribution"]
    )
    is_same = (both["contribution"] == expected) | (both["contribution"].isna() & expected.isna())
    in_range = both["contribution_rank"].isna() | (both["contribution_rank"] <= both["rank_of"])
    return failing(
        "influence_agrees",
        "contributions equal those of core_contributions, ranks lie within their number",
        both[~(is_same & in_range)],
    )

"""Builds the tables that say what a score is made of: split, contributions, influence.

The rows of the last are made in `influence`; what the score would be under other choices is in
`uncertainty`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from phare_pipeline.index.checks import Floats
from phare_pipeline.index.decomposition import (
    contributions,
    real_weights,
    split_axes,
    split_score,
)
from phare_pipeline.index.normalise import Z_REFERENCE
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Registry
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.influence import audit_influence, influence_rows, ranks_in
from phare_pipeline.steps.edition.notes import (
    Notes,
    component_parts,
    indicator_parts,
    notes_of,
    region_rows,
)
from phare_pipeline.steps.edition.part import Part, made_from, taken_from
from phare_pipeline.warehouse.tables import conform, read_parquet

TOP: Final = 5
# Sums of the same parts in another order differ by rounding of the last bits only.
SUM_TOLERANCE: Final = 1e-9


def build_decomposition(
    normalised: pa.Table, published: pa.Table, registry: Registry
) -> Iterator[Built]:
    """Yield the tables of the part, of one edition.

    Args:
        normalised: `core_normalised` of the edition.
        published: `core_scores` of the edition, which the parts must add up to.
        registry: names, weights and the tree.
    """
    notes = notes_of(normalised, registry)
    scores = published.to_pandas()
    split = conform(_split_rows(notes), "core_decomposition")
    yield built("core_decomposition", split, [audit_split(split, scores)])
    weights = conform(_weight_rows(notes, registry), "core_weights")
    yield built("core_weights", weights, [audit_weights(weights)])
    parts = conform(_contribution_rows(notes, registry), "core_contributions")
    audits = [audit_sums(parts, scores), audit_nesting(parts)]
    yield built("core_contributions", parts, audits)
    influence = conform(influence_rows(notes), "core_influence")
    yield built("core_influence", influence, [audit_influence(influence, parts)])


def _split_rows(notes: Notes) -> pd.DataFrame:
    """Split every composite; what a level does not have stays empty."""
    parts, scores = component_parts(notes), notes.scores
    axis, index = split_axes(scores), split_score(scores)
    figures: dict[str, dict[str, Floats]] = {
        "domain": {
            "score": scores.domain.F,
            "notes_mean": scores.domain.mean,
            "within_domains": scores.domain.imbalance,
        },
        "axis": {
            "score": scores.axis.F,
            "notes_mean": axis.mean,
            "within_domains": axis.within_domains,
            "between_domains": axis.between_domains,
            "axis_rounding": axis.rounding,
        },
        "index": {
            "score": scores.index.F,
            "notes_mean": index.mean,
            "within_domains": index.within_domains,
            "between_domains": index.between_domains,
            "between_axes": index.between_axes,
            "axis_rounding": index.rounding,
        },
    }
    levels = [region_rows(notes, parts[level], columns) for level, columns in figures.items()]
    rows = pd.concat(levels, ignore_index=True)
    return rows.assign(france_gap=rows["score"] - Z_REFERENCE)


def _weight_rows(notes: Notes, registry: Registry) -> pd.DataFrame:
    """List the used indicators with the weight that each really has, region by region."""
    found, used = real_weights(notes.scores), notes.scores.used_columns
    parts = indicator_parts(notes, used).assign(
        indicator_order=[registry.place_of(notes.indicators[j]) for j in used]
    )
    figures = {
        f"weight_{part}_pct": 100 * getattr(found, part)[:, used]
        for part in ("in_domain", "in_axis", "in_index")
    }
    return region_rows(notes, parts, figures)


def audit_weights(table: pa.Table) -> Audit:
    """Check that the weights in each domain, axis and index add up to 100 % or are not there."""
    rows, wrong = table.to_pandas(), []
    for part, keys in (("domain", ["domain_id"]), ("axis", ["axis_id"]), ("index", [])):
        sums = _sums(rows, ["region_code", *keys], f"weight_in_{part}_pct")
        wrong.append(sums[(sums["total"] - 100).abs() > SUM_TOLERANCE])
    return failing(
        "weights_add_up",
        "the weights in a domain, an axis and the index add up to 100 %",
        pd.concat(wrong, ignore_index=True),
    )


def _contribution_rows(notes: Notes, registry: Registry) -> pd.DataFrame:
    """List the axes, the domains and the indicators that are used, with what each adds."""
    scores, used = notes.scores, notes.scores.used_columns
    added = contributions(scores)
    axis_of = {d.domain_id: d.axis_id for d in notes.domains}
    axes = pd.DataFrame(
        [(a.axis_id, a.label_fr, a.axis_order, a.axis_id, None) for a in notes.axes],
        columns=_PART_COLUMNS,
    )
    domains = pd.DataFrame(
        [
            (d.domain_id, d.label_fr, d.domain_order, axis_of[d.domain_id], d.domain_id)
            for d in notes.domains
        ],
        columns=_PART_COLUMNS,
    )
    named = indicator_parts(notes, used)
    indicators = pd.DataFrame(
        {
            "part_id": named["indicator_id"],
            "part_label": named["indicator_label"],
            "part_order": [registry.place_of(notes.indicators[j]) for j in used],
            "axis_id": named["axis_id"],
            "domain_id": named["domain_id"],
        }
    )
    return pd.concat(
        [
            _ranked_parts(notes, "axis", axes, scores.axis.F, added.axis, None),
            _ranked_parts(
                notes, "domain", domains, scores.domain.F, added.domain, added.domain_in_axis
            ),
            _ranked_parts(
                notes,
                "indicator",
                indicators,
                scores.z[:, used],
                added.indicator[:, used],
                added.indicator_in_axis[:, used],
            ),
        ],
        ignore_index=True,
    )


_PART_COLUMNS = ["part_id", "part_label", "part_order", "axis_id", "domain_id"]


def _ranked_parts(
    notes: Notes,
    level: str,
    parts: pd.DataFrame,
    values: Floats,
    added: Floats,
    in_axis: Floats | None,
) -> pd.DataFrame:
    """Lay the parts (n, k) of one level out, ranked by what they add."""
    place, rank_of = ranks_in(added)
    return region_rows(
        notes,
        parts.assign(part_level=level),
        {
            "part_score": values,
            "contribution": added,
            "axis_contribution": np.nan if in_axis is None else in_axis,
            "contribution_rank": place,
            "rank_of": rank_of,
            "is_top_contributor": (place <= TOP) & (comparable(added) > 0),
        },
    )


_KEYS = ["region_code", "component_level", "component_id"]


def audit_split(table: pa.Table, scores: pd.DataFrame) -> Audit:
    """Check that mean and imbalances add up to the published score, and nothing to no score."""
    rows = table.to_pandas().merge(
        scores[[*_KEYS, "score"]], on=_KEYS, how="outer", validate="one_to_one", suffixes=("", "_p")
    )
    terms = ["notes_mean", "within_domains", "between_domains", "between_axes", "axis_rounding"]
    total = rows[terms].sum(axis=1, min_count=1)
    is_wrong = (total.isna() != rows["score_p"].isna()) | (
        (total - rows["score_p"]).abs() > SUM_TOLERANCE
    )
    return failing(
        "split_adds_up", "mean and imbalances add up to the published score", rows[is_wrong]
    )


def audit_sums(table: pa.Table, scores: pd.DataFrame) -> Audit:
    """Check that the parts of each level add up to F − 100, of the index and of their axis."""
    rows = table.to_pandas()
    index = scores[scores["component_level"] == "index"].set_index("region_code")["score"]
    axis = scores[scores["component_level"] == "axis"].set_index(["region_code", "component_id"])
    in_index = _sums(rows, ["region_code", "part_level"], "contribution")
    in_index["gap"] = index.reindex(in_index["region_code"]).to_numpy() - Z_REFERENCE
    below = rows[rows["part_level"] != "axis"]
    in_axis = _sums(below, ["region_code", "part_level", "axis_id"], "axis_contribution")
    places = pd.MultiIndex.from_frame(in_axis[["region_code", "axis_id"]])
    in_axis["gap"] = axis["score"].reindex(places).to_numpy() - Z_REFERENCE
    both = pd.concat([in_index, in_axis], ignore_index=True)
    is_wrong = (both["total"].isna() != both["gap"].isna()) | (
        (both["total"] - both["gap"]).abs() > SUM_TOLERANCE
    )
    return failing("contributions_add_up", "the parts of a level add up to F − 100", both[is_wrong])


def audit_nesting(table: pa.Table) -> Audit:
    """Check that indicators add up to their domain, and domains to their axis."""
    rows = table.to_pandas()
    found = []
    for level, parent, key in (("indicator", "domain", "domain_id"), ("domain", "axis", "axis_id")):
        total = _sums(rows[rows["part_level"] == level], ["region_code", key], "contribution")
        parents = rows.loc[rows["part_level"] == parent, ["region_code", key, "contribution"]]
        both = total.merge(parents, on=["region_code", key], how="left", validate="one_to_one")
        is_wrong = (both["total"].isna() != both["contribution"].isna()) | (
            (both["total"] - both["contribution"]).abs() > SUM_TOLERANCE
        )
        found.append(both[is_wrong])
    return failing(
        "contributions_nest",
        "indicators add up to their domain, domains to their axis",
        pd.concat(found, ignore_index=True),
    )


def _sums(rows: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    """Sum a column by group; empty where nothing is there."""
    return rows.groupby(keys, sort=True)[column].sum(min_count=1).rename("total").reset_index()


def _build(context: Context, year: int) -> Iterator[Built]:
    core_file = context.workspace.core_file
    return build_decomposition(
        read_parquet(core_file("core_normalised", year)),
        read_parquet(core_file("core_scores", year)),
        context.registry,
    )


PART = Part(
    name="decomposition",
    sources={
        "core_decomposition": ("core_normalised", "core_scores"),
        "core_weights": ("core_normalised",),
        "core_contributions": ("core_normalised", "core_scores"),
        "core_influence": ("core_normalised", "core_contributions"),
    },
    audits={
        "core_decomposition": ("split_adds_up",),
        "core_weights": ("weights_add_up",),
        "core_contributions": ("contributions_add_up", "contributions_nest"),
        "core_influence": ("influence_agrees",),
    },
    lineage={
        "core_decomposition": {
            **taken_from("core_normalised", "year region_code"),
            **made_from(
                "core_normalised.z",
                "score france_gap notes_mean within_domains between_domains between_axes "
                "axis_rounding",
            ),
        },
        "core_weights": {
            **taken_from("core_normalised", "year region_code indicator_id"),
            **made_from(
                "core_normalised.z", "weight_in_domain_pct weight_in_axis_pct weight_in_index_pct"
            ),
        },
        "core_contributions": {
            **taken_from("core_normalised", "year region_code"),
            **made_from(
                "core_normalised.z",
                "part_score contribution axis_contribution contribution_rank rank_of "
                "is_top_contributor",
            ),
            **made_from("core_normalised.indicator_id", "part_id"),
        },
        "core_influence": {
            **taken_from("core_normalised", "year region_code indicator_id z"),
            **made_from(
                "core_normalised.z",
                "contribution contribution_rank leave_one_out_shift leave_one_out_rank "
                "total_effect total_effect_rank rank_of",
            ),
        },
    },
    build=_build,
)

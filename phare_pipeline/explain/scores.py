"""Recomputes the index from its published notes, level by level, in plain sums; draws nothing.

The formula of the definition itself, Σwz²/Σwz, where the pipeline adds a mean and an imbalance:
two ways to one number. What a note is, and what follows from missing parts, is recomputed as well.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from phare_pipeline.index.hierarchy import AXIS_DECIMALS, Thresholds
from phare_pipeline.index.normalise import Z_MAX, Z_MIN, Z_REFERENCE
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Registry

UNIT = ["year", "unit_code"]
SPREAD = 30.0


def notes(rows: pd.DataFrame, transforms: Mapping[str, str]) -> pd.DataFrame:
    """Recompute notes from value, France, frozen scale and direction.

    Args:
        rows: rows of `out_normalised`.
        transforms: `log` or `identity` of each indicator.

    Returns:
        `z_unclipped` and `z`, by the index of `rows`.
    """
    is_log = rows["indicator_id"].map(transforms) == "log"
    value, france = (
        rows[name].where(~is_log, np.log(rows[name].where(is_log & (rows[name] > 0))))
        for name in ("value", "france_value")
    )
    gap, scale = value - france, rows["scale_value"]
    is_at_france = (scale == 0) & (comparable(value) == comparable(france))
    steps = (gap / scale.where(scale > 0)).where(~is_at_france, 0.0)
    unclipped = Z_REFERENCE + SPREAD * rows["direction"].astype("float64") * steps
    return pd.DataFrame({"z_unclipped": unclipped, "z": unclipped.clip(Z_MIN, Z_MAX)})


def score_parts(rows: pd.DataFrame, registry: Registry) -> dict[str, pd.DataFrame]:
    """Recompute the scores of all levels from notes.

    Args:
        rows: notes of one level: `year`, `unit_code`, `indicator_id`, `domain_id`, `weight`, `z`.
        registry: weights of domains and axes.

    Returns:
        `domain`, `axis` and `index`: `year`, `unit_code`, `component_id`, `score`, `mean_score`,
        `imbalance`, `score_low`, `score_high`, `coverage_pct` of each component of each territory.
    """
    rules = Thresholds()
    used = rows[
        (rows["weight"] > 0) & rows.groupby(["year", "indicator_id"])["z"].transform("count").gt(0)
    ]
    parts = used[[*UNIT, "weight"]].assign(
        component_id=used["domain_id"],
        value=used["z"],
        low=used["z"].fillna(Z_MIN),
        high=used["z"].fillna(Z_MAX),
    )
    domains = _aggregate(parts, _grid(rows, list(registry.domains)))
    domains["is_scored"] = domains["coverage"] >= rules.domain - rules.tolerance
    is_scored = domains["is_scored"]
    domains["score_low"] = domains["score_low"].where(is_scored, Z_MIN)
    domains["score_high"] = domains["score_high"].where(is_scored, Z_MAX)
    domains = _hide(domains)

    axis_of = {d.domain_id: d.axis_id for d in registry.domains.values()}
    weight_of = {d.domain_id: d.weight for d in registry.domains.values()}
    below = _as_parts(domains, axis_of, weight_of)
    axes = _aggregate(below, _grid(rows, list(registry.axes)))
    axes["is_scored"] = axes["coverage"] >= rules.axis - rules.tolerance
    axes = _hide(axes)
    rounded = ["score", "score_low", "score_high"]
    axes[rounded] = axes[rounded].round(AXIS_DECIMALS)

    weights = {a.axis_id: a.weight for a in registry.axes.values()}
    units = _grid(rows, ["index"])
    top = _aggregate(_as_parts(axes, dict.fromkeys(weights, "index"), weights), units)
    of_axis = {axis: sum(weight_of[d] for d in axis_of if axis_of[d] == axis) for axis in weights}
    nested = {
        d: weights[axis_of[d]] / sum(weights.values()) * weight_of[d] / of_axis[axis_of[d]]
        for d in axis_of
    }
    everything = _as_parts(domains, dict.fromkeys(nested, "index"), nested)
    coverage = _aggregate(everything, units)["coverage"]
    top["is_scored"] = (top["coverage"] >= rules.all_axes - rules.tolerance) & (
        coverage >= rules.index - rules.tolerance
    )
    top["coverage"] = coverage
    top = _hide(top)
    return {"domain": domains, "axis": axes, "index": top}


def _grid(rows: pd.DataFrame, components: list[str]) -> pd.DataFrame:
    """Return every component of every territory and edition."""
    units = rows[UNIT].drop_duplicates()
    return units.merge(pd.DataFrame({"component_id": components}), how="cross")


def _as_parts(
    scores: pd.DataFrame, parent_of: Mapping[str, str], weights: Mapping[str, float]
) -> pd.DataFrame:
    """Take the scores of one level as the parts of the level above."""
    return pd.DataFrame(
        {
            "year": scores["year"],
            "unit_code": scores["unit_code"],
            "component_id": scores["component_id"].map(parent_of),
            "weight": scores["component_id"].map(weights),
            "value": scores["score"],
            "low": scores["score_low"],
            "high": scores["score_high"],
        }
    )


def _aggregate(parts: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Add up parts by component: F = Σwx²/Σwx, mean, the same with holes filled, coverage."""
    key = [*UNIT, "component_id"]
    present = parts["weight"].where(parts["value"].notna(), 0.0)
    terms = parts[key].assign(
        weight=parts["weight"],
        present=present,
        wx=(present * parts["value"]).fillna(0.0),
        wxx=(present * parts["value"] ** 2).fillna(0.0),
        **{
            name: parts["weight"] * parts[column] ** power
            for column in ("low", "high")
            for name, power in ((f"{column}_1", 1), (f"{column}_2", 2))
        },
    )
    sums = terms.groupby(key, sort=False).sum().reset_index()
    sums = grid.merge(sums, on=key, how="left", validate="one_to_one")
    has_part = sums["present"] > 0
    return sums[key].assign(
        score=(sums["wxx"] / sums["wx"].where(has_part)),
        mean_score=(sums["wx"] / sums["present"].where(has_part)),
        score_low=(sums["low_2"] / sums["low_1"]).fillna(Z_MIN),
        score_high=(sums["high_2"] / sums["high_1"]).fillna(Z_MAX),
        coverage=(sums["present"] / sums["weight"]).fillna(0.0),
        imbalance=sums["wxx"] / sums["wx"].where(has_part)
        - sums["wx"] / sums["present"].where(has_part),
    )


def _hide(scores: pd.DataFrame) -> pd.DataFrame:
    """Empty what is not scored, and say coverage in percent."""
    shown = scores.copy()
    for name in ("score", "mean_score", "imbalance"):
        shown[name] = shown[name].where(shown["is_scored"])
    shown["coverage_pct"] = (100 * shown["coverage"]).clip(upper=100)
    return shown

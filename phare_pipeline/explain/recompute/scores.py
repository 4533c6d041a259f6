"""Recomputes the index from its published notes, level by level, in plain sums; draws nothing.

The formula of the definition itself, Σwz²/Σwz, where the pipeline adds a mean and an imbalance:
two ways to one number. What a note is, and what follows from missing parts, is recomputed as well.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.index.hierarchy import AXIS_DECIMALS
from phare_pipeline.index.normalise import Z_MAX, Z_MIN, Z_REFERENCE
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.base_rule import BaseRule
from phare_pipeline.registry.model import Indicator, Level, Registry

UNIT = ["year", "unit_code"]
# What notes of the index say beside their figures, and notes of what is perceived do not.
STATUS = "score_status"
TOLERANCE = 1e-12
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
    used, rule = counted(rows, registry), rule_of(rows, registry)
    parts = used[[*UNIT, "weight"]].assign(
        component_id=used["domain_id"],
        value=used["z"],
        low=used["z"].fillna(Z_MIN),
        high=used["z"].fillna(Z_MAX),
    )
    domains = _aggregate(parts, _grid(rows, list(registry.domains)))
    domains["present"] = domains["coverage"]
    domains["is_scored"] = (domains["coverage"] >= rule.domain_share - TOLERANCE) & _founded(
        used, domains, registry, rule
    )
    is_scored = domains["is_scored"]
    domains["score_low"] = domains["score_low"].where(is_scored, Z_MIN)
    domains["score_high"] = domains["score_high"].where(is_scored, Z_MAX)
    domains = _hide(domains)

    axis_of = {d.domain_id: d.axis_id for d in registry.domains.values()}
    weight_of = {d.domain_id: d.weight for d in registry.domains.values()}
    weights = {a.axis_id: a.weight for a in registry.axes.values()}
    below = _as_parts(domains, axis_of, weight_of)
    axes = _aggregate(below, _grid(rows, list(registry.axes)))
    pairs = {axis for axis in weights if list(axis_of.values()).count(axis) == 2}
    least = axes["component_id"].isin(pairs).map({True: rule.pair_share, False: rule.axis_share})
    axes["is_scored"] = axes["coverage"] >= least - TOLERANCE
    axes["present"] = _mean_present(domains, axis_of, weight_of, axes)
    axes = _hide(axes)
    rounded = ["score", "score_low", "score_high"]
    axes[rounded] = axes[rounded].round(AXIS_DECIMALS)

    units = _grid(rows, ["index"])
    top = _aggregate(_as_parts(axes, dict.fromkeys(weights, "index"), weights), units)
    of_axis = {axis: sum(weight_of[d] for d in axis_of if axis_of[d] == axis) for axis in weights}
    nested = {
        d: weights[axis_of[d]] / sum(weights.values()) * weight_of[d] / of_axis[axis_of[d]]
        for d in axis_of
    }
    everything = _as_parts(domains, dict.fromkeys(nested, "index"), nested)
    coverage = _aggregate(everything, units)["coverage"]
    counts = domains[domains["is_scored"]].groupby(UNIT).size()
    scored = counts.reindex(pd.MultiIndex.from_frame(top[UNIT]), fill_value=0).to_numpy()
    top["is_scored"] = (
        (top["coverage"] >= rule.axes_share - TOLERANCE)
        & (coverage >= rule.index_share - TOLERANCE)
        & (scored >= rule.index_domains)
    )
    top["present"] = _mean_present(domains, dict.fromkeys(nested, "index"), nested, top)
    top = _hide(top)
    return {"domain": domains, "axis": axes, "index": top}


def rule_of(rows: pd.DataFrame, registry: Registry) -> BaseRule:
    """Return the rule of base: of the registry, or a lenient one for what is perceived."""
    return registry.base_rule if STATUS in rows else BaseRule()


def counted(rows: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Return the notes that count in their edition, and a row for each that is expected and absent.

    Args:
        rows: notes of one level (see `score_parts`).
        registry: the socle with its periods and operations.

    Returns:
        `year`, `unit_code`, `indicator_id`, `domain_id`, `weight`, `operation`, `z`.
    """
    if STATUS not in rows:
        is_noted = rows.groupby(["year", "indicator_id"])["z"].transform("count").gt(0)
        return rows[(rows["weight"] > 0) & is_noted].assign(operation=rows["indicator_id"])
    level = Level(rows["territory_level"].iloc[0]) if "territory_level" in rows else Level.REGION
    frames = []
    for year, own in rows.groupby("year"):
        edition = int(str(year))
        noted = set(own.loc[own["z"].notna(), "indicator_id"])
        wanted = [
            (i.indicator_id, i.domain_id, i.weight, i.operation)
            for i in registry.indicators.values()
            if i.weight > 0
            and (_is_expected(registry, i, level, edition) if registry.base_rule.expects_declared
                 else i.indicator_id in noted)
        ]  # fmt: skip
        parts = pd.DataFrame(wanted, columns=["indicator_id", "domain_id", "weight", "operation"])
        grid = own[UNIT].drop_duplicates().merge(parts, how="cross")
        key = [*UNIT, "indicator_id"]
        frames.append(grid.merge(own[[*key, "z"]], on=key, how="left", validate="one_to_one"))
    return pd.concat(frames, ignore_index=True)


def _is_expected(registry: Registry, indicator: Indicator, level: Level, year: int) -> bool:
    period = registry.socle.get((indicator.indicator_id, level))
    return (
        indicator.is_scored
        and period is not None
        and (period.first_period <= year <= period.last_period + indicator.max_age_years)
    )


def _founded(
    used: pd.DataFrame, domains: pd.DataFrame, registry: Registry, rule: BaseRule
) -> pd.Series:
    """Tell for each domain of each territory whether enough rows of enough operations are there."""
    there = used[used["z"].notna()].rename(columns={"domain_id": "component_id"})
    groups = there.groupby([*UNIT, "component_id"])
    counts = groups.agg(rows=("z", "size"), operations=("operation", "nunique"))
    places = pd.MultiIndex.from_frame(domains[[*UNIT, "component_id"]])
    found = counts.reindex(places, fill_value=0).set_axis(domains.index)
    single = {d.domain_id for d in registry.domains.values() if d.single_operation_fr}
    is_varied = (found["operations"] >= rule.domain_operations) | domains["component_id"].isin(
        single
    )
    return (found["rows"] >= rule.domain_rows) & is_varied


def _mean_present(
    domains: pd.DataFrame,
    parent_of: Mapping[str, str],
    weights: Mapping[str, float],
    wholes: pd.DataFrame,
) -> NDArray[np.float64]:
    """Return the share of the expected weight that is there in each axis, or in the index."""
    weight = domains["component_id"].map(weights)
    parts = domains[UNIT].assign(
        component_id=domains["component_id"].map(parent_of),
        weight=weight,
        there=weight * domains["present"],
    )
    sums = parts.groupby([*UNIT, "component_id"])[["weight", "there"]].sum()
    own = sums.reindex(pd.MultiIndex.from_frame(wholes[[*UNIT, "component_id"]]))
    return np.asarray((own["there"] / own["weight"]).to_numpy(dtype=np.float64))


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
    shown["coverage_pct"] = (100 * shown["present"]).clip(upper=100)
    return shown

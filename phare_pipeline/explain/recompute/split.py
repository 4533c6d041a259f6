"""Recomputes what scores are made of, from the published notes: split, contributions, removal.

Sums written out from the definition, beside the shares and slopes that the pipeline multiplies.
Scores themselves are recomputed in `scores`, changes between editions in `evolution`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.explain.recompute.scores import TOLERANCE, UNIT, counted, rule_of, score_parts
from phare_pipeline.index.hierarchy import AXIS_DECIMALS
from phare_pipeline.index.normalise import Z_REFERENCE
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.base_rule import BaseRule
from phare_pipeline.registry.model import Registry

Floats = NDArray[np.float64]

PART = [*UNIT, "part_level", "part_id"]
COMPONENT = [*UNIT, "component_level", "component_id"]


def split(rows: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Recompute the decomposition of all scores.

    Args:
        rows: notes of one level (see `scores.score_parts`).
        registry: weights and tree.

    Returns:
        columns of `COMPONENT` and those of `out_decomposition`.
    """
    scored = score_parts(rows, registry)
    domains, axes, index = (scored[level].copy() for level in ("domain", "axis", "index"))
    axes["rounding"] = axes["score"] - (axes["mean_score"] + axes["imbalance"])
    domain_weights = {d.domain_id: d.weight for d in registry.domains.values()}
    axis_of = {d.domain_id: d.axis_id for d in registry.domains.values()}
    axis_weights = {a.axis_id: a.weight for a in registry.axes.values()}

    domains["axis_id"] = domains["component_id"].map(axis_of)
    domains["share"] = _shares(domains, domain_weights, [*UNIT, "axis_id"])
    axes["share"] = _shares(axes, axis_weights, UNIT)
    inside = _sums(domains, ["mean_score", "imbalance"], [*UNIT, "axis_id"])
    inside = inside.rename(columns={"axis_id": "component_id"})
    axes = axes.merge(inside, on=[*UNIT, "component_id"], suffixes=("", "_below"))
    whole = _sums(axes, ["mean_score_below", "imbalance_below", "imbalance", "rounding"], UNIT)
    index = index.merge(whole, on=UNIT, suffixes=("", "_axes"))

    key = [*UNIT, "component_id"]
    frames = [
        domains[[*key, "score"]].assign(
            component_level="domain",
            notes_mean=domains["mean_score"],
            within_domains=domains["imbalance"],
        ),
        axes[[*key, "score"]].assign(
            component_level="axis",
            notes_mean=axes["mean_score_below"],
            within_domains=axes["imbalance_below"],
            between_domains=axes["imbalance"],
            axis_rounding=axes["rounding"],
        ),
        index[[*key, "score"]].assign(
            component_level="index",
            notes_mean=index["mean_score_below"],
            within_domains=index["imbalance_below"],
            between_domains=index["imbalance_axes"],
            between_axes=index["imbalance"],
            axis_rounding=index["rounding"],
        ),
    ]
    found = pd.concat(frames, ignore_index=True)
    figures = [name for name in found.columns if name not in COMPONENT]
    found[figures] = found[figures].where(found["score"].notna())
    return found.assign(france_gap=found["score"] - Z_REFERENCE)


def _shares(scores: pd.DataFrame, weights: dict[str, float], group: list[str]) -> pd.Series:
    """Return the weight of each scored component among those of its group."""
    present = scores["component_id"].map(weights).where(scores["score"].notna(), 0.0)
    total = present.groupby([scores[name] for name in group]).transform("sum")
    return present / total.where(total > 0)


def _sums(scores: pd.DataFrame, columns: list[str], group: list[str]) -> pd.DataFrame:
    """Add up columns over the scored components of each group, weighted by their shares."""
    weighted = scores[columns].mul(scores["share"], axis=0).fillna(0.0)
    return weighted.groupby([scores[name] for name in group]).sum().reset_index()


def contributions(rows: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Recompute what axes, domains and used indicators add to F − 100, of the index and of an axis.

    The share of a part in its whole is w F / Σ w F; what it adds is its share times its distance
    from 100, to which the rounding of its axis belongs.

    Returns:
        columns of `PART`, `axis_id`, `part_score`, `contribution`, `axis_contribution`,
        `contribution_rank`, `rank_of`.
    """
    scored = score_parts(rows, registry)
    axis_of = {d.domain_id: d.axis_id for d in registry.domains.values()}
    used = counted(rows, registry)
    indicators = _fragile_shares(
        used.rename(columns={"indicator_id": "part_id", "z": "part_score", "domain_id": "whole"})
    )
    domain_weights = {d.domain_id: d.weight for d in registry.domains.values()}
    domains = _components(scored["domain"], domain_weights)
    domains["whole"] = domains["part_id"].map(axis_of)
    domains = _fragile_shares(domains)
    axes = _components(scored["axis"], {a.axis_id: a.weight for a in registry.axes.values()})
    axes["rounding"] = axes["part_score"] - scored["axis"]["mean_score"].to_numpy()
    axes["rounding"] -= scored["axis"]["imbalance"].to_numpy()
    index = scored["index"][[*UNIT, "score"]].rename(columns={"score": "index_score"})
    axes = _fragile_shares(axes.assign(whole="index")).merge(index, on=UNIT, validate="many_to_one")
    axes["share"] = axes["share"].where(axes["index_score"].notna())

    of_axis = axes[[*UNIT, "part_id", "part_score", "share", "rounding"]]
    of_axis = of_axis.rename(
        columns={"part_id": "axis_id", "part_score": "axis_score", "share": "axis_share"}
    )
    domains = domains.assign(axis_id=domains["whole"]).merge(of_axis, on=[*UNIT, "axis_id"])
    domains["in_axis"] = domains["share"].where(domains["axis_score"].notna())
    of_domain = domains[[*UNIT, "part_id", "axis_id", "in_axis", "axis_share", "rounding"]]
    of_domain = of_domain.rename(columns={"part_id": "whole"})
    indicators = indicators[[*UNIT, "part_id", "whole", "part_score", "share"]].merge(
        of_domain, on=[*UNIT, "whole"]
    )
    indicators["in_axis"] *= indicators["share"]

    for parts in (domains, indicators):
        parts["axis_contribution"] = parts["in_axis"] * (
            parts["part_score"] - Z_REFERENCE + parts["rounding"]
        )
        parts["contribution"] = parts["axis_share"] * parts["axis_contribution"]
    axes["contribution"] = axes["share"] * (axes["part_score"] - Z_REFERENCE)
    axes = axes.assign(axis_contribution=np.nan, axis_id=axes["part_id"])
    columns = [*UNIT, "part_id", "axis_id", "part_score", "contribution", "axis_contribution"]
    found = pd.concat(
        [
            parts[columns].assign(part_level=level)
            for level, parts in (("axis", axes), ("domain", domains), ("indicator", indicators))
        ],
        ignore_index=True,
    )
    place, number = ranks(found, "contribution", [*UNIT, "part_level"])
    return found.assign(contribution_rank=place, rank_of=number)


def _components(scores: pd.DataFrame, weights: dict[str, float]) -> pd.DataFrame:
    parts = scores[[*UNIT, "component_id", "score"]].rename(
        columns={"component_id": "part_id", "score": "part_score"}
    )
    return parts.assign(weight=parts["part_id"].map(weights))


def _fragile_shares(parts: pd.DataFrame) -> pd.DataFrame:
    """Add the share w F / Σ w F of each part in its whole; absent where the part is."""
    product = parts["weight"] * parts["part_score"]
    total = product.groupby([parts[name] for name in [*UNIT, "whole"]]).transform("sum")
    return parts.assign(share=product / total.where(total > 0))


def ranks(rows: pd.DataFrame, column: str, group: list[str]) -> tuple[pd.Series, pd.Series]:
    """Rank a column from the largest within groups, with the number of values that are ranked."""
    rounded = pd.Series(comparable(rows[column]), rows.index)
    groups = rounded.groupby([rows[name] for name in group])
    return groups.rank(method="min", ascending=False), groups.transform("count")


def removal(rows: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Recompute what each score would be, less what it is, had nobody measured an indicator.

    Args:
        rows: notes of one level in one edition.
        registry: weights and tree.

    Returns:
        `unit_code`, `indicator_id`, `territory` and `axis`: the shifts of the index and of the
        indicator's axis.
    """
    rule, domains = rule_of(rows, registry), list(registry.domains.values())
    own_rows = counted(rows, registry)
    scored = score_parts(rows, registry)["domain"]
    is_scored = scored.pivot(index="unit_code", columns="component_id", values="is_scored")
    wide = own_rows.pivot(index="unit_code", columns="indicator_id", values="z")
    about = own_rows.drop_duplicates("indicator_id").set_index("indicator_id")
    weight_of = about["weight"].astype("float64")
    used = list(wide.columns)
    z: Floats = wide[used].to_numpy(np.float64)
    weights: Floats = np.array([weight_of[name] for name in used], dtype=np.float64)
    domain_of = about.loc[used, "domain_id"].to_numpy()
    members = [np.flatnonzero(domain_of == d.domain_id) for d in domains]
    least = rule.domain_share - TOLERANCE
    whole = np.column_stack([_scored(z[:, own], weights[own], least) for own in members])
    order = [d.domain_id for d in domains]
    founded = is_scored.loc[wide.index, order].to_numpy(dtype=bool)
    whole = np.where(founded, whole, np.nan)
    axis_scores, index = _above(whole, registry, rule)
    shifts = np.full((2, len(used), len(wide)), np.nan)
    for position, domain in enumerate(domains):
        axis = list(registry.axes).index(domain.axis_id)
        for column in members[position]:
            others = members[position][members[position] != column]
            without = whole.copy()
            without[:, position] = _scored(z[:, others], weights[others], least)
            axis_without, index_without = _above(without, registry, rule)
            is_there = ~np.isnan(z[:, column]) & ~np.isnan(whole[:, position])
            shifts[0, column] = np.where(is_there, index_without - index, np.nan)
            shift = axis_without[:, axis] - axis_scores[:, axis]
            shifts[1, column] = np.where(is_there, shift, np.nan)
    return pd.DataFrame(
        {
            "unit_code": np.tile(wide.index.to_numpy(), len(used)),
            "indicator_id": np.repeat(np.array(used, dtype=object), len(wide)),
            "territory": shifts[0].ravel(),
            "axis": shifts[1].ravel(),
        }
    )


def _scored(values: Floats, weights: Floats, least: float) -> Floats:
    """Return Σwx²/Σwx of each unit (n,) from its parts (n, k); absent where too little is there."""
    present = np.where(np.isnan(values), 0.0, weights)
    coverage = present.sum(axis=1) / weights.sum() if weights.size else np.zeros(len(values))
    filled = np.nan_to_num(values, nan=0.0)
    below = (present * filled).sum(axis=1)
    above = (present * filled**2).sum(axis=1)
    score = np.divide(above, below, out=np.full(len(values), np.nan), where=below > 0)
    return np.where(coverage >= least, score, np.nan)


def _above(domains: Floats, registry: Registry, rule: BaseRule) -> tuple[Floats, Floats]:
    """Return the scores of the axes and of the index from those of the domains."""
    weights = np.array([d.weight for d in registry.domains.values()])
    axis_of = np.array([d.axis_id for d in registry.domains.values()])
    axis_weights = np.array([a.weight for a in registry.axes.values()])
    least = [rule.pair_share if (axis_of == a).sum() == 2 else rule.axis_share
             for a in registry.axes]  # fmt: skip
    axes = np.column_stack(
        [
            _scored(domains[:, axis_of == a], weights[axis_of == a], share - TOLERANCE)
            for a, share in zip(registry.axes, least, strict=True)
        ]
    ).round(AXIS_DECIMALS)
    index = _scored(axes, axis_weights, rule.axes_share - TOLERANCE)
    nested = np.array(
        [
            axis_weights[list(registry.axes).index(a)] / axis_weights.sum() * w
            / weights[axis_of == a].sum()
            for a, w in zip(axis_of, weights, strict=True)
        ]
    )  # fmt: skip
    coverage = np.where(np.isnan(domains), 0.0, nested).sum(axis=1)
    is_enough = (coverage >= rule.index_share - TOLERANCE) & (
        (~np.isnan(domains)).sum(axis=1) >= rule.index_domains
    )
    return axes, np.where(is_enough, index, np.nan)

"""Recomputes how scores changed since an earlier edition, from the published notes and values.

On the scale of the frozen goalposts: means of unclipped notes, domain by domain, axis by axis.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from phare_pipeline.explain.reading.published import Published
from phare_pipeline.explain.reading.units import INDICATORS, rows_at
from phare_pipeline.index.normalise import Z_REFERENCE
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Level, Registry

SPREAD = 30.0
KEY = ["unit_code", "component_id"]
CHANGE_KEY = ["unit_code", "component_level", "component_id"]
LEAST_COMMON_PCT = 70.0
SCOPES = ("domain", "axis", "index")


def changes(
    now: pd.DataFrame, then: pd.DataFrame, scores: pd.DataFrame, registry: Registry
) -> pd.DataFrame:
    """Recompute the change of all components of all regions between two editions.

    Args:
        now: notes of the edition, with `data_year` (see `units.notes_at`).
        then: notes of the earlier edition.
        scores: scores of both editions, which say what was scored.
        registry: goalposts, breaks and the tree.

    Returns:
        `unit_code`, `component_level`, `component_id` and the figures of `out_change`.
    """
    years = [int(rows["year"].iloc[0]) for rows in (now, then)]
    is_scored = {
        year: {
            level: set(
                map(tuple, own.loc[own["component_level"] == level, KEY].itertuples(index=False))
            )
            for level in SCOPES
        }
        for year in years
        for own in [scores[(scores["year"] == year) & scores["is_scored"]]]
    }
    in_both = {level: is_scored[years[0]][level] & is_scored[years[1]][level] for level in SCOPES}
    notes = {
        side: _absolute(rows, registry)
        for side, rows in zip(("now", "then"), (now, then), strict=True)
    }
    pairs = notes["now"].merge(notes["then"], on=["unit_code", "indicator_id"], how="outer",
                               suffixes=("", "_then"), validate="one_to_one")  # fmt: skip
    pairs["domain_id"] = pairs["domain_id"].fillna(pairs["domain_id_then"])
    pairs["weight"] = pairs["weight"].fillna(pairs["weight_then"])
    places = list(zip(pairs["unit_code"], pairs["domain_id"], strict=True))
    in_now, in_then = (
        pairs[z].notna() & np.array([place in is_scored[year]["domain"] for place in places])
        for z, year in zip(("z_abs", "z_abs_then"), years, strict=True)
    )
    is_common = in_now & in_then & _unbroken(pairs, registry)
    is_repeated = is_common & (pairs["data_year"] == pairs["data_year_then"])
    is_moving = is_common & ~is_repeated
    in_either = {level: is_scored[years[0]][level] | is_scored[years[1]][level] for level in SCOPES}

    def means(value: pd.Series, scored: Mapping[str, set[tuple[str, str]]]) -> pd.Series:
        return _nested(pairs.assign(value=value), scored, registry)

    first, last = is_scored[years[1]], is_scored[years[0]]
    found = pd.DataFrame(
        {
            "whole_now": means(pairs["z_abs"], last),
            "whole_then": means(pairs["z_abs_then"], first),
            "common_now": means(pairs["z_abs"].where(is_moving), in_both),
            "common_then": means(pairs["z_abs_then"].where(is_moving), in_both),
            "common": means(is_common.astype(float).where(in_now | in_then), in_either),
        }
    ).reset_index()
    total = found["whole_now"] - found["whole_then"]
    value = found["common_now"] - found["common_then"]
    common = 100 * found["common"].where(total.notna())
    status = np.select(
        [total.isna(), ~(comparable(common) >= LEAST_COMMON_PCT)],
        ["not_scored", "little_in_common"],
        "measured",
    )
    is_told = status == "measured"
    columns = {
        "common_count": is_common,
        "repeated_count": is_repeated,
        "now_count": in_now,
        "then_count": in_then,
    }
    counts = _counts(pairs, columns, registry)
    changed = found[CHANGE_KEY].assign(
        year=years[0],
        compared_edition=years[1],
        change_total=total.where(is_told),
        change_value=value.where(is_told),
        change_coverage=(total - value).where(is_told),
        common_weight_pct=common.clip(upper=100),
        change_status=status,
    )
    return changed.merge(counts, on=CHANGE_KEY, validate="one_to_one")


def with_years(published: Published, notes: pd.DataFrame) -> pd.DataFrame:
    """Add the year that each figure of the regions describes, which their notes do not say."""
    rows = rows_at(published, INDICATORS, Level.REGION, year=int(notes["year"].iloc[0]))
    key = ["unit_code", "indicator_id"]
    return notes.merge(rows[[*key, "data_year"]], on=key, validate="one_to_one")


def _absolute(rows: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Return notes measured from the reference of the goalpost's own edition, unclipped."""
    posts = {
        name: registry.goalposts.get((Level.REGION.value, name))
        for name in rows["indicator_id"].unique()
    }
    is_log = rows["indicator_id"].map(
        {name: registry.indicators[name].transform == "log" for name in posts}
    )
    reference = rows["indicator_id"].map(
        {name: post.reference_value for name, post in posts.items() if post}
    )
    scale = rows["indicator_id"].map({name: post.scale for name, post in posts.items() if post})
    value = rows["value"].where(~is_log, np.log(rows["value"].where(is_log & (rows["value"] > 0))))
    z = Z_REFERENCE + SPREAD * rows["direction"] * (value - reference) / scale
    columns = ["unit_code", "indicator_id", "domain_id", "weight", "data_year"]
    counts = rows["z"].notna() & (rows["score_status"] != "not_expected")
    found = rows[columns].assign(z_abs=z.where(counts))
    return found.astype({"data_year": "Float64"}).astype({"data_year": "float64"})


def _unbroken(pairs: pd.DataFrame, registry: Registry) -> pd.Series:
    """Tell for which pairs no series of the indicator broke after the earlier figure."""
    breaks: dict[str, list[int]] = {}
    for entry in registry.breaks:
        breaks.setdefault(entry.measure_id, []).append(entry.year)
    years = {
        name: [y for m in registry.indicators[name].measure_ids for y in breaks.get(m, ())]
        for name in pairs["indicator_id"].unique()
    }
    is_broken = [
        any(then < year <= now for year in years[name])
        for name, then, now in zip(
            pairs["indicator_id"], pairs["data_year_then"], pairs["data_year"], strict=True
        )
    ]
    return ~pd.Series(is_broken, index=pairs.index)


def _nested(
    rows: pd.DataFrame, scored: Mapping[str, set[tuple[str, str]]], registry: Registry
) -> pd.Series:
    """Return weighted means by domain, axis and index, of scored components only."""
    axis_of = {d.domain_id: d.axis_id for d in registry.domains.values()}
    weights = {d.domain_id: d.weight for d in registry.domains.values()}
    axis_weights = {a.axis_id: a.weight for a in registry.axes.values()}
    units = sorted(rows["unit_code"].unique())
    parts = rows[["unit_code", "weight", "value"]].assign(component_id=rows["domain_id"])
    domains = _means(parts, units, list(registry.domains), scored["domain"])
    above = domains.reset_index()
    above["weight"] = above["component_id"].map(weights)
    above["component_id"] = above["component_id"].map(axis_of)
    axes = _means(above, units, list(registry.axes), scored["axis"])
    top = axes.reset_index()
    top["weight"] = top["component_id"].map(axis_weights)
    index = _means(top.assign(component_id="index"), units, ["index"], scored["index"])
    return pd.concat(
        dict(zip(SCOPES, (domains, axes, index), strict=True)), names=["component_level"]
    )


def _means(
    parts: pd.DataFrame, units: list[str], components: list[str], scored: set[tuple[str, str]]
) -> pd.Series:
    present = parts["weight"].where(parts["value"].notna(), 0.0)
    sums = (
        parts[KEY].assign(weight=present, product=(present * parts["value"]).fillna(0.0))
        .groupby(KEY).sum()
        .reindex(pd.MultiIndex.from_product([units, components], names=KEY))
    )  # fmt: skip
    mean = sums["product"] / sums["weight"].where(sums["weight"] > 0)
    return mean.where(np.array([key in scored for key in mean.index])).rename("value")


def _counts(
    pairs: pd.DataFrame, columns: Mapping[str, pd.Series], registry: Registry
) -> pd.DataFrame:
    """Count by component the indicators that each of the columns says to count."""
    axis_of = {d.domain_id: d.axis_id for d in registry.domains.values()}
    counted, names = pairs[["unit_code"]].assign(**columns), list(columns)
    units = sorted(pairs["unit_code"].unique())
    frames = []
    for level, component, all_of in (
        ("domain", pairs["domain_id"], list(registry.domains)),
        ("axis", pairs["domain_id"].map(axis_of), list(registry.axes)),
        ("index", pd.Series("index", index=pairs.index), ["index"]),
    ):
        grouped = counted.assign(component_id=component).groupby(KEY)[names].sum()
        whole = pd.MultiIndex.from_product([units, all_of], names=KEY)
        frames.append(
            grouped.reindex(whole, fill_value=0).reset_index().assign(component_level=level)
        )
    return pd.concat(frames, ignore_index=True)

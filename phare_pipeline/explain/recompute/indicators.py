"""Recomputes indicators from the cells of the sources, for one of them or for all at once.

It says in pandas what the SQL models say in SQL, on its own: where the two differ, one is wrong.
Every step is kept, so that a figure can be followed down to its cells; `indicator` arranges the
steps of one figure as a tree, `check` compares all figures with what is published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from phare_pipeline.registry.model import (
    Aggregation,
    Indicator,
    Level,
    Measure,
    MeasureSeries,
    Registry,
)

TERRITORY = ["measure_id", "territory_level", "territory_code", "period"]
FIGURE = ["indicator_id", "territory_level", "territory_code", "data_year"]
FLAGS = ["is_confidential", "is_provisional", "is_estimated"]
QUARTERS, MONTHS = 4, 12


@dataclass(frozen=True)
class Steps:
    """Every step from cells to figures, each a frame with one row a thing.

    Attributes:
        cells: the staged figures that are used.
        territories: cells of one measure, territory and period added up (`TERRITORY`).
        parts: what is added up to the levels above: a count, or a rate times its base.
        passage: which part lies in which whole, with `former_region_code` on the way.
        wholes: measures of every territory and period (`TERRITORY`).
        annual: measures brought to the year, by way of annualisation.
        ratios: numerator, denominator and their ratio (`FIGURE`), before any change is taken.
        figures: value and status of the indicators (`FIGURE`).
    """

    cells: pd.DataFrame
    territories: pd.DataFrame
    parts: pd.DataFrame
    passage: pd.DataFrame
    wholes: pd.DataFrame
    annual: pd.DataFrame
    ratios: pd.DataFrame
    figures: pd.DataFrame


def measures_needed(registry: Registry, indicators: Iterable[Indicator]) -> set[str]:
    """Return the measures of indicators, with the bases of those that are rates."""
    needed = {measure_id for i in indicators for measure_id in i.measure_ids}
    bases = {registry.measures[measure_id].base_measure_id for measure_id in needed}
    return needed | {base for base in bases if base is not None}


def recompute(
    registry: Registry, observations: pd.DataFrame, indicator_ids: Collection[str] | None = None
) -> Steps:
    """Recompute indicators at all levels and for all years.

    Args:
        registry: measures, territories and formulas.
        observations: staged figures (see `state.COLUMNS`), at least those of the measures needed.
        indicator_ids: the indicators, all of them by default.
    """
    names = registry.indicators if indicator_ids is None else indicator_ids
    indicators = [registry.indicators[name] for name in names]
    needed = measures_needed(registry, indicators)
    cells = observations[observations["measure_id"].isin(needed)].reset_index(drop=True)
    territories = _add(cells, TERRITORY)
    measures = [registry.measures[name] for name in sorted(needed)]
    parts = _parts(territories, measures)
    passage = _passage(registry, measures)
    wholes = pd.concat(
        [_wholes(parts, passage), _published(territories, measures)], ignore_index=True
    )
    annual = _annual(wholes, indicators)
    ratios = _ratios(annual, indicators)
    return Steps(
        cells=cells,
        territories=territories,
        parts=parts,
        passage=passage,
        wholes=wholes,
        annual=annual,
        ratios=ratios,
        figures=_figures(ratios, indicators, registry),
    )


def _add(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Add up the cells of a key; a sum with a hole is a hole."""
    status = rows["value_status"]
    is_hole = rows["value"].isna()
    flagged = rows[key].assign(
        value=rows["value"],
        is_confidential=is_hole & (status == "confidential"),
        is_provisional=status == "provisional",
        is_estimated=status == "estimated",
        is_hole=is_hole,
    )
    grouped = flagged.groupby(key, sort=False, observed=True)
    added = grouped[[*FLAGS, "is_hole"]].any()
    added["value"] = grouped["value"].sum().where(~added["is_hole"])
    return added.drop(columns="is_hole").reset_index()


def _parts(territories: pd.DataFrame, measures: list[Measure]) -> pd.DataFrame:
    """Return what is added up: counts as published, or a rate times its own published base."""
    declared = pd.DataFrame(
        [
            {
                "measure_id": m.measure_id,
                "territory_level": level,
                "perimeter": m.perimeter,
                "base_measure_id": m.base_measure_id,
                "rate_scale": m.rate_scale,
                "is_reconstructed": m.aggregation is Aggregation.RECONSTRUCTED,
            }
            for m in measures
            if m.aggregation is not Aggregation.NON_ADDITIVE
            for level in dict.fromkeys([_level(m), *map(_level, m.others)])
        ],
        columns=[
            "measure_id",
            "territory_level",
            "perimeter",
            "base_measure_id",
            "rate_scale",
            "is_reconstructed",
        ],
    )
    parts = territories.merge(
        declared, on=["measure_id", "territory_level"], validate="many_to_one"
    )
    parts = parts[_at_level_of_year(parts, measures)].reset_index(drop=True)
    bases = territories[[*TERRITORY, "value"]].rename(
        columns={"measure_id": "base_measure_id", "value": "base_value"}
    )
    parts = parts.rename(columns={"value": "own_value"}).merge(
        bases,
        on=["base_measure_id", *TERRITORY[1:]],
        how="left",
        validate="many_to_one",
    )
    is_rate = parts["is_reconstructed"].astype(bool)
    counted = parts["own_value"] * parts["base_value"] / parts["rate_scale"].astype(float)
    parts["value"] = counted.where(is_rate, parts["own_value"])
    parts["is_estimated"] |= is_rate
    return parts.rename(columns={"territory_code": "part_code"})


def _level(declared: Measure | MeasureSeries) -> str:
    return "+".join(declared.source_levels)


def _at_level_of_year(rows: pd.DataFrame, measures: list[Measure]) -> pd.Series:
    """Tell which rows are of the level that their measure is read at in their year."""
    years = rows["period"].str.slice(0, 4).astype(int)
    chosen = pd.Series(True, index=rows.index)
    for measure in (m for m in measures if m.others):
        level = pd.Series(_level(measure), index=rows.index)
        for other in measure.others:
            level[years.between(other.first_period, other.last_period)] = _level(other)
        chosen &= (rows["measure_id"] != measure.measure_id) | (rows["territory_level"] == level)
    return chosen


def _passage(registry: Registry, measures: list[Measure]) -> pd.DataFrame:
    """Return part → whole for the perimeters of the measures, from every level that is summed."""
    rows: list[tuple[str, str, str, str, str, str | None]] = []
    for perimeter_id in sorted({m.perimeter for m in measures}):
        perimeter = registry.perimeters[perimeter_id]
        if not perimeter.is_summable:
            continue
        excluded = set(perimeter.excluded_departements)
        for code, d in registry.departements.items():
            if d.perimeter == "metropole" and code not in excluded:
                wholes = {
                    Level.DEPARTEMENT: code,
                    Level.FORMER_REGION: d.former_region_code,
                    Level.REGION: d.region_code,
                    Level.NATIONAL: perimeter_id,
                }
                rows += [
                    (perimeter_id, Level.DEPARTEMENT.value, code, level.value, whole, former)
                    for former in [d.former_region_code]
                    for level, whole in wholes.items()
                ]
        left_out = [registry.departements[code] for code in excluded]
        left_out_formers = {d.former_region_code for d in left_out}
        left_out_regions = {d.region_code for d in left_out}
        for code, former_region in registry.former_regions.items():
            if code in left_out_formers or _is_cut(registry, excluded, "former_region_code"):
                continue
            wholes = {
                Level.FORMER_REGION: code,
                Level.REGION: former_region.region_code,
                Level.NATIONAL: perimeter_id,
            }
            rows += [
                (perimeter_id, Level.FORMER_REGION.value, code, level.value, whole, code)
                for level, whole in wholes.items()
            ]
        for region in registry.study_regions:
            if region.region_code in left_out_regions or _is_cut(registry, excluded, "region_code"):
                continue
            wholes = {Level.REGION: region.region_code, Level.NATIONAL: perimeter_id}
            rows += [
                (perimeter_id, Level.REGION.value, region.region_code, level.value, whole, None)
                for level, whole in wholes.items()
            ]
    columns = [
        "perimeter",
        "part_level",
        "part_code",
        "territory_level",
        "territory_code",
        "former_region_code",
    ]
    return pd.DataFrame(rows, columns=columns)


def _is_cut(registry: Registry, excluded: set[str], column: str) -> bool:
    """Tell whether a perimeter leaves out a part of a territory: that level is no sum of it."""
    sides: dict[str, set[bool]] = {}
    for code, departement in registry.departements.items():
        sides.setdefault(getattr(departement, column), set()).add(code in excluded)
    return any(len(side) > 1 for side in sides.values())


def _wholes(parts: pd.DataFrame, passage: pd.DataFrame) -> pd.DataFrame:
    """Add parts up to every level; a whole without one of its parts is a hole."""
    found = parts.rename(columns={"territory_level": "part_level"})
    expected = (
        found[["measure_id", "perimeter", "part_level", "period"]]
        .drop_duplicates()
        .merge(passage, on=["perimeter", "part_level"], validate="many_to_many")
    )
    placed = expected.merge(
        found[["measure_id", "period", "part_code", "value", *FLAGS]],
        on=["measure_id", "period", "part_code"],
        how="left",
        validate="many_to_one",
    )
    for flag in FLAGS:
        placed[flag] = placed[flag].fillna(False).astype(bool)
    placed["is_hole"] = placed["value"].isna()
    grouped = placed.groupby(TERRITORY, sort=False)
    wholes = grouped[[*FLAGS, "is_hole"]].any()
    wholes["value"] = grouped["value"].sum().where(~wholes["is_hole"])
    wholes["part_count"] = grouped.size()
    return wholes.drop(columns="is_hole").reset_index()


def _published(territories: pd.DataFrame, measures: list[Measure]) -> pd.DataFrame:
    """Return what does not add, at the level where it is published."""
    names = {m.measure_id for m in measures if m.aggregation is Aggregation.NON_ADDITIVE}
    return territories[territories["measure_id"].isin(names)].assign(part_count=1)


def _annual(wholes: pd.DataFrame, indicators: list[Indicator]) -> pd.DataFrame:
    """Bring periods to the year: the mean of all of them, or the one that is asked for."""
    ways = pd.DataFrame(
        sorted({(m, i.annualise) for i in indicators for m in i.measure_ids}),
        columns=["measure_id", "annualise"],
    )
    rows = wholes.merge(ways, on="measure_id", validate="many_to_many")
    sub_period = rows["period"].str.slice(5)
    is_annual, is_mean = sub_period == "", rows["annualise"] == "mean"
    rows = rows.assign(data_year=rows["period"].str.slice(0, 4).astype(int))
    rows["period_count"] = np.where(
        is_annual | ~is_mean, 1, np.where(sub_period.str.startswith("T"), QUARTERS, MONTHS)
    )
    rows = rows[is_annual | is_mean | (sub_period == rows["annualise"])]
    key = ["measure_id", "annualise", "territory_level", "territory_code", "data_year"]
    grouped = rows.groupby(key, sort=False)
    annual = grouped[FLAGS].any()
    is_whole = grouped["value"].count() == grouped["period_count"].max()
    annual["value"] = grouped["value"].mean().where(is_whole)
    return annual.reset_index()


def _ratios(annual: pd.DataFrame, indicators: list[Indicator]) -> pd.DataFrame:
    """Put measures into formulas: signed sums of a numerator and a denominator, and their ratio."""
    terms = pd.DataFrame(
        [
            (i.indicator_id, i.annualise, side, t.measure_id, t.sign)
            for i in indicators
            for side, found in (("numerator", i.numerator), ("denominator", i.denominator))
            for t in found
        ],
        columns=["indicator_id", "annualise", "side", "measure_id", "sign"],
    )
    rows = terms.merge(annual, on=["measure_id", "annualise"], validate="many_to_many")
    rows["signed"] = rows["sign"] * rows["value"]
    is_numerator = rows["side"] == "numerator"
    for side, chosen in (("numerator", is_numerator), ("denominator", ~is_numerator)):
        rows[f"{side}_value"] = rows["signed"].where(chosen)
        rows[f"{side}_present"] = chosen & rows["value"].notna()
        rows[f"{side}_rows"] = chosen
    grouped = rows.groupby(FIGURE, sort=False)
    sides = grouped[
        [
            f"{side}_{what}"
            for side in ("numerator", "denominator")
            for what in ("value", "present", "rows")
        ]
    ].sum()
    sides[FLAGS] = grouped[FLAGS].any()
    sides = sides[sides["numerator_rows"] > 0].reset_index()
    declared = pd.DataFrame(
        [(i.indicator_id, i.scale, len(i.numerator), len(i.denominator)) for i in indicators],
        columns=["indicator_id", "scale", "numerator_count", "denominator_count"],
    )
    ratios = sides.merge(declared, on="indicator_id", validate="many_to_one")
    has_numerator = ratios["numerator_present"] == ratios["numerator_count"]
    has_denominator = (ratios["denominator_count"] > 0) & (
        ratios["denominator_present"] == ratios["denominator_count"]
    )
    ratios["numerator_value"] = ratios["numerator_value"].where(has_numerator)
    ratios["denominator_value"] = ratios["denominator_value"].where(has_denominator)
    is_plain = ratios["denominator_count"] == 0
    divisor = ratios["denominator_value"].where(ratios["denominator_value"] != 0)
    ratios["value"] = (ratios["scale"] * ratios["numerator_value"]).where(
        is_plain, ratios["scale"] * ratios["numerator_value"] / divisor
    )
    ratios["is_undefined"] = (
        ~is_plain & ratios["numerator_value"].notna() & (ratios["denominator_value"] == 0)
    )
    return ratios[
        [*FIGURE, "numerator_value", "denominator_value", "value", "is_undefined", *FLAGS]
    ]


def _figures(ratios: pd.DataFrame, indicators: list[Indicator], registry: Registry) -> pd.DataFrame:
    """Return value, status and break of every indicator: a ratio, or its change over years."""
    breaks = _breaks(indicators, registry)
    changing = {i.indicator_id for i in indicators if i.change_years is not None}
    is_change = ratios["indicator_id"].isin(changing)
    plain = ratios[~is_change].copy()
    plain["has_break"] = [
        year in breaks[name]
        for name, year in zip(plain["indicator_id"], plain["data_year"], strict=True)
    ]
    figures = pd.concat([plain, _changes(ratios[is_change], indicators, breaks)], ignore_index=True)
    figures["value_status"] = np.select(
        [
            figures["value"].isna() & figures["is_undefined"],
            figures["value"].isna() & figures["is_confidential"],
            figures["value"].isna(),
            figures["is_provisional"],
            figures["is_estimated"],
        ],
        ["not_applicable", "confidential", "not_available", "provisional", "estimated"],
        "observed",
    )
    return figures[
        [*FIGURE, "value", "value_status", "numerator_value", "denominator_value", "has_break"]
    ]


def _breaks(indicators: list[Indicator], registry: Registry) -> dict[str, set[int]]:
    """Return the first years of new series of each indicator's measures."""
    years: dict[str, set[int]] = {}
    for entry in registry.breaks:
        years.setdefault(entry.measure_id, set()).add(entry.year)
    return {
        i.indicator_id: {year for m in i.measure_ids for year in years.get(m, ())}
        for i in indicators
    }


def _changes(
    ratios: pd.DataFrame, indicators: list[Indicator], breaks: dict[str, set[int]]
) -> pd.DataFrame:
    """Compare each ratio with that of some years before, unless a break lies between."""
    declared = pd.DataFrame(
        [
            (i.indicator_id, i.change_years, i.change_kind)
            for i in indicators
            if i.change_years is not None
        ],
        columns=["indicator_id", "change_years", "change_kind"],
    ).astype({"change_years": int})
    rows = ratios.merge(declared, on="indicator_id", validate="many_to_one")
    rows["base_year"] = rows["data_year"] - rows["change_years"]
    base = ratios[[*FIGURE, "value", "is_provisional", "is_estimated"]].rename(
        columns={
            "data_year": "base_year",
            "value": "base_value",
            "is_provisional": "base_is_provisional",
            "is_estimated": "base_is_estimated",
        }
    )
    rows = rows.merge(base, on=[*FIGURE[:3], "base_year"], how="left", validate="one_to_one")
    for flag in ("is_provisional", "is_estimated"):
        rows[flag] |= rows[f"base_{flag}"].fillna(False).astype(bool)
    rows["has_break"] = [
        any(first < year <= last for year in breaks[name])
        for name, first, last in zip(
            rows["indicator_id"], rows["base_year"], rows["data_year"], strict=True
        )
    ]
    now, then = rows["value"], rows["base_value"]
    positive = then.where(then > 0)
    growth = (now.where(now > 0) / positive) ** (1 / rows["change_years"])
    kind = rows["change_kind"]
    change = pd.Series(np.nan, index=rows.index)
    change = change.where(kind != "points", now - then)
    change = change.where(kind != "pct", 100 * (now / positive - 1))
    change = change.where(kind != "annual_pct", 100 * (growth - 1))
    return rows.assign(
        numerator_value=now,
        denominator_value=then,
        value=change.where(~rows["has_break"]),
        is_undefined=rows["is_undefined"] | rows["has_break"],
    )

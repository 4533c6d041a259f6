"""Compares what scores are made of, how they changed and how far apart they are, with the notes.

The scores themselves, and all below them, are compared in `figures`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from phare_pipeline.config import BASE_EDITION
from phare_pipeline.explain.check.findings import Finding, compare_by_key
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.reading.units import LOWER, SCORES, notes_at, rows_at
from phare_pipeline.explain.recompute.evolution import CHANGE_KEY, changes, with_years
from phare_pipeline.explain.recompute.split import (
    COMPONENT,
    PART,
    contributions,
    ranks,
    removal,
    split,
)
from phare_pipeline.explain.recompute.spread import inhabitants, spreads, weights_of
from phare_pipeline.registry.model import Level


def check_parts(published: Published) -> Iterator[Finding]:
    """Compare split, contributions, influence, change, dispersion and coverage, all editions."""
    notes = {
        year: notes_at(published, state.registry, Level.REGION, year)
        for state, years in published.states()
        for year in years
    }
    for state, years in published.states():
        rows = pd.concat([notes[year] for year in years], ignore_index=True)
        yield from _check_split(published, state, years, rows)
        yield from _check_influence(published, state, years, notes)
        yield from _check_coverage(published, state, years)
        yield from _check_dispersion(published, state, years)
    for year in published.editions:
        yield from _check_change(published, year, notes)


def of_years(published: Published, table: str, years: list[int]) -> pd.DataFrame:
    """Return the rows of a table in some editions, `unit_code` being the region's."""
    rows = published.rows(table)
    found = rows[rows["year"].isin(years)]
    return found.assign(unit_code=found["region_code"]) if "region_code" in found else found


def _check_split(
    published: Published, state: State, years: list[int], notes: pd.DataFrame
) -> Iterator[Finding]:
    table = "out_decomposition"
    columns: tuple[str, ...] = (
        *("score", "france_gap", "notes_mean", "within_domains", "between_domains"),
        *("between_axes", "axis_rounding"),
    )
    rows = of_years(published, table, years)
    yield from compare_by_key(rows, split(notes, state.registry), columns, COMPONENT, table)
    table = "out_contributions"
    columns = ("part_score", "contribution", "axis_contribution", "contribution_rank", "rank_of")
    rows = of_years(published, table, years)
    yield from compare_by_key(rows, contributions(notes, state.registry), columns, PART, table)


def _check_influence(
    published: Published, state: State, years: list[int], notes: dict[int, pd.DataFrame]
) -> Iterator[Finding]:
    table = "out_influence"
    for year in years:
        added = contributions(notes[year], state.registry)
        added = added[added["part_level"] == "indicator"].rename(
            columns={"part_id": "indicator_id", "contribution": "of_index"}
        )
        both = added.merge(
            removal(notes[year], state.registry),
            on=["unit_code", "indicator_id"],
            validate="one_to_one",
        )
        levels = []
        for level, contribution, shift in (
            ("territory", "of_index", "territory"),
            ("axis", "axis_contribution", "axis"),
        ):
            group = ["unit_code"] if level == "territory" else ["unit_code", "axis_id"]
            found = both[["year", "unit_code", "indicator_id", "axis_id"]].assign(
                influence_level=level,
                z=both["part_score"],
                contribution=both[contribution],
                leave_one_out_shift=both[shift],
                fall=-both[shift],
            )
            found["contribution_rank"], found["rank_of"] = ranks(found, "contribution", group)
            found["leave_one_out_rank"] = ranks(found, "fall", group)[0]
            levels.append(found)
        rows = of_years(published, table, [year])
        own = rows.assign(effect=rows["total_effect"])
        for level, group in (("territory", ["unit_code"]), ("axis", ["unit_code", "axis_id"])):
            is_level = own["influence_level"] == level
            own.loc[is_level, "effect_rank"] = ranks(own[is_level], "effect", group)[0]
        expected = pd.concat(levels, ignore_index=True)
        key = ["year", "unit_code", "influence_level", "indicator_id"]
        # The effects come from draws; their order is that of what is published.
        expected = expected.merge(own[[*key, "effect_rank"]], on=key, how="left")
        expected = expected.rename(columns={"effect_rank": "total_effect_rank"})
        columns = (
            *("z", "contribution", "contribution_rank", "leave_one_out_shift"),
            *("leave_one_out_rank", "total_effect_rank", "rank_of"),
        )
        yield from compare_by_key(rows, expected, columns, key, table)


def _check_coverage(published: Published, state: State, years: list[int]) -> Iterator[Finding]:
    """Count again what is there."""
    rows = of_years(published, "out_indicators", years)
    posts = {name for level, name in state.registry.goalposts if level == Level.REGION.value}
    is_there = rows["value"].notna()
    is_scored = is_there & rows["france_value"].notna() & (rows["direction"] != 0)
    counted = rows[["year", "unit_code", "domain_id"]].assign(
        indicator_count=1,
        available_count=is_there.astype(int),
        scored_count=(is_scored & rows["indicator_id"].isin(posts)).astype(int),
        oldest_data_year=rows["data_year"].where(is_there),
        newest_data_year=rows["data_year"].where(is_there),
    )
    key = ["year", "unit_code", "domain_id"]
    found = counted.groupby(key).agg(
        {
            "indicator_count": "sum",
            "available_count": "sum",
            "scored_count": "sum",
            "oldest_data_year": "min",
            "newest_data_year": "max",
        }
    )
    coverage = of_years(published, "out_coverage", years)
    whole = pd.MultiIndex.from_frame(coverage[key])
    counts = ["indicator_count", "available_count", "scored_count"]
    found = found.reindex(whole)
    found[counts] = found[counts].fillna(0)
    yield from compare_by_key(
        coverage, found.reset_index(), list(found.columns), key, "out_coverage"
    )


def _check_dispersion(published: Published, state: State, years: list[int]) -> Iterator[Finding]:
    table, registry = "out_dispersion", state.registry
    people = inhabitants(state)
    rows = of_years(published, table, years)
    for level in (Level.REGION, *LOWER):
        units = registry.units_of(level)
        codes = [unit.code for unit in units]
        is_lowest = level is Level.DEPARTEMENT
        inside = {unit.code: unit.region_code for unit in units} if is_lowest else {}
        for year in years:
            year_of_people, weights = weights_of(people, level, codes, year)
            found = spreads(
                notes_at(published, registry, level, year),
                rows_at(published, SCORES, level, year=year),
                weights,
                inside,
            )
            own = rows[(rows["year"] == year) & (rows["territory_level"] == level.value)]
            columns = (
                *("territory_count", "territory_expected_count", "weight_year", "weighted_mean"),
                *("weighted_deviation", "lowest_value", "highest_value", "value_range"),
                *("lowest_territory_code", "highest_territory_code"),
            )
            yield from compare_by_key(
                own,
                found.assign(weight_year=year_of_people or None),
                columns,
                ["within_code", "compared_part", "compared_id"],
                f"{table} ({level.value})",
            )


def _check_change(
    published: Published, year: int, notes: dict[int, pd.DataFrame]
) -> Iterator[Finding]:
    table = "out_change"
    rows = of_years(published, table, [year])
    registry = published.state_of(year).registry
    for basis, then in (("reference", BASE_EDITION), ("previous", year - 1)):
        own = rows[rows["comparison_basis"] == basis]
        if own.empty:
            continue
        if then not in notes:
            missing = own["change_status"] != "edition_missing"
            yield Finding(f"{table} ({basis}) without edition", len(own), int(missing.sum()), ())
            continue
        both = pd.concat(
            [rows_at(published, SCORES, Level.REGION, year=edition) for edition in (year, then)]
        )
        years = [with_years(published, notes[edition]) for edition in (year, then)]
        columns = (
            *("compared_edition", "change_total", "change_value", "change_coverage"),
            *("common_weight_pct", "common_count", "repeated_count", "now_count", "then_count"),
            "change_status",
        )
        yield from compare_by_key(
            own, changes(years[0], years[1], both, registry), columns, CHANGE_KEY, table
        )

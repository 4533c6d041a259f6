"""The levels below the regions: same rules, order on named axes, dispersion, goalposts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from phare_pipeline.registry.model import Departement, FormerRegion, Goalpost, Level, Registry
from phare_pipeline.steps.edition.levels import build_levels
from phare_pipeline.steps.goalposts import compare, propose_goalposts

from .kit import REGIONS, VALUES, Values, comparison_of, goalposts_of, make_registry, scored

# Two départements in each of the first two regions, one in each other.
DEPARTEMENTS = {"75": "11", "78": "11", "18": "24", "45": "24", "59": "32", "2A": "94"}
INHABITANTS = {"75": 300, "78": 100, "18": 50, "45": 50, "59": 400, "2A": 100}
YEAR = 2016


def registry_of(goalposts: Sequence[Goalpost]) -> Registry:
    day = dt.date(1982, 1, 1)
    return dataclasses.replace(
        make_registry(goalposts=goalposts),
        departements={
            c: Departement(c, f"D{c}", r, r, "metropole") for c, r in DEPARTEMENTS.items()
        },
        former_regions={r: FormerRegion(r, f"F{r}", r, day, day) for r in REGIONS},
    )


def departement_values(values: Values = VALUES) -> dict[str, list[float | None]]:
    """Give each département the value of its region, the second of a region 1 % more."""
    codes, result = list(REGIONS), {}
    for name, row in values.items():
        cells: list[float | None] = []
        for code, region in DEPARTEMENTS.items():
            value = row[codes.index(region)]
            is_second = code in ("78", "45")
            cells.append(None if value is None else value * (1.01 if is_second else 1.0))
        result[name] = [*cells, row[-1]]
    return result


def level_comparison(by_level: Mapping[Level, tuple[Sequence[str], Values]]) -> pa.Table:
    rows = [
        (level.value, code, name, value, row[-1])
        for level, (codes, values) in by_level.items()
        for name, row in values.items()
        for code, value in zip(codes, row[:-1], strict=True)
    ]
    names = ["territory_level", "territory_code", "indicator_id", "value", "france_value"]
    types = [pa.string(), pa.string(), pa.string(), pa.float64(), pa.float64()]
    columns = [pa.array(c, t) for c, t in zip(zip(*rows, strict=True), types, strict=True)]
    return pa.table(dict(zip(names, columns, strict=True)))


def at_level(level: Level, goalposts: Sequence[Goalpost]) -> list[Goalpost]:
    return [dataclasses.replace(g, level=level.value) for g in goalposts]


def measures(years: Sequence[int] = (2015,), without: Sequence[tuple[str, int]] = ()) -> pa.Table:
    regions = dict.fromkeys(REGIONS, 0)
    for code, region in DEPARTEMENTS.items():
        regions[region] += INHABITANTS[code]
    rows = [
        ("pop_total", level, code, year, None if (code, year) in without else float(value))
        for level, people in (
            ("departement", INHABITANTS),
            ("former_region", regions),
            ("region", regions),
        )
        for code, value in people.items()
        for year in years
    ]
    names = ["measure_id", "territory_level", "territory_code", "data_year", "value"]
    return pa.table(dict(zip(names, map(pa.array, zip(*rows, strict=True)), strict=True)))


def build(
    values: Values | None = None,
    *,
    goalposts: Sequence[Goalpost] | None = None,
    inhabitants: pa.Table | None = None,
) -> dict[str, pd.DataFrame]:
    """Build the part from départements' values; former regions have the values of the regions."""
    of_regions = goalposts_of(VALUES)
    registry = registry_of(
        [
            *of_regions,
            *at_level(Level.FORMER_REGION, of_regions),
            *(at_level(Level.DEPARTEMENT, of_regions) if goalposts is None else goalposts),
        ]
    )
    tables = {
        "core_level_comparison": level_comparison(
            {
                Level.FORMER_REGION: (list(REGIONS), VALUES),
                Level.DEPARTEMENT: (list(DEPARTEMENTS), values or departement_values()),
            }
        ),
        "core_normalised": scored(VALUES, registry)["core_normalised"],
        "core_annual_measures": measures() if inhabitants is None else inhabitants,
    }
    results = list(build_levels(tables, registry, YEAR))
    assert [r.name for r in results if not r.passed] == []
    return {result.name: result.table.to_pandas() for result in results}


def of(table: pd.DataFrame, level: Level) -> pd.DataFrame:
    return table[table["territory_level"] == level.value]


def test_same_values_and_scales_give_the_scores_of_the_regions() -> None:
    registry = registry_of(goalposts_of(VALUES))
    regional = scored(VALUES, registry)["core_scores"].to_pandas()
    scores = of(build()["core_level_scores"], Level.FORMER_REGION)
    keys = ["component_level", "component_id"]
    both = regional.merge(
        scores, left_on=["region_code", *keys], right_on=["territory_code", *keys], validate="1:1"
    )
    assert len(both) == len(regional) == len(scores)
    for column in ("score", "mean_score", "imbalance", "score_low", "score_high", "coverage_pct"):
        assert both[f"{column}_x"].tolist() == both[f"{column}_y"].tolist()
    assert both["fragility_rank_x"].tolist() == both["fragility_rank_y"].tolist()
    assert (both["scored_count"] == both["region_scored_count"]).all()


def test_order_equals_that_of_the_regions_with_an_exact_average_rank() -> None:
    registry = registry_of(goalposts_of(VALUES))
    regional = scored(VALUES, registry)["core_pareto"].to_pandas()
    order = of(build()["core_level_pareto"], Level.FORMER_REGION)
    assert set(order["compared_axes"]) == {"eco, soc"}
    assert order["average_rank_error"].tolist() == [0.0] * 4
    for column in (
        "front_fragile_rank",
        "front_resilient_rank",
        "dominated_by_count",
        "dominates_count",
        "rank_best",
        "rank_worst",
        "average_rank",
        "pareto_gap",
        "comparable_pairs_pct",
    ):
        assert order[column].tolist() == regional[column].tolist()
    assert order["benchmark_territory_code"].tolist() == regional["benchmark_region_code"].tolist()


def test_an_indicator_without_goalpost_is_not_scored_and_says_so() -> None:
    goalposts = at_level(Level.DEPARTEMENT, goalposts_of(VALUES))
    tables = build(goalposts=[g for g in goalposts if g.indicator_id != "deces"])
    notes = of(tables["core_level_normalised"], Level.DEPARTEMENT)
    deaths = notes[notes["indicator_id"] == "deces"]
    assert set(deaths["score_status"]) == {"no_base"}
    assert deaths["z"].isna().all() and deaths["scale_value"].isna().all()
    health = of(tables["core_level_scores"], Level.DEPARTEMENT).query("component_id == 'sante'")
    assert set(health["scored_count"]) == {2} and set(health["region_scored_count"]) == {3}
    assert set(health["coverage_pct"]) == {100.0}


def test_a_territory_without_enough_keeps_its_row_with_what_is_missing() -> None:
    values = departement_values()
    for name in ("chomage", "activite", "revenu_median"):
        values[name][0] = None
    tables = build(values)
    scores = of(tables["core_level_scores"], Level.DEPARTEMENT)
    paris = scores[scores["territory_code"] == "75"].set_index("component_id")
    assert not paris.loc["index", "is_scored"]
    assert paris.loc["index", "missing_components"] == "emploi, revenu"
    assert paris.loc["emploi", "missing_components"] == "chomage, activite"
    assert pd.isna(paris.loc["sante", "missing_components"])
    assert set(scores["rank_of"][scores["component_id"] == "index"]) == {5}
    order = of(tables["core_level_pareto"], Level.DEPARTEMENT).set_index("territory_code")
    assert pd.isna(order.loc["75", "rank_best"]) and order.loc["75", "rank_of"] == 0
    assert pd.isna(order.loc["75", "compared_axes"])
    assert order.loc["78", "rank_of"] == 5


def test_where_nobody_is_classified_the_axes_that_all_have_are_compared() -> None:
    values = departement_values()
    for name in ("chomage", "activite", "revenu_median"):
        del values[name]
    order = of(build(values)["core_level_pareto"], Level.DEPARTEMENT)
    assert set(order["compared_axes"]) == {"soc"}
    assert order["rank_of"].tolist() == [6] * 6
    assert order["comparable_pairs_pct"].notna().all()


def test_without_a_common_axis_nobody_is_ordered() -> None:
    values = departement_values()
    for name in ("chomage", "activite", "revenu_median"):
        values[name][0] = None
    for name in ("deces", "medecins", "dentistes", "musees", "cinemas"):
        values[name][1:-1] = [None] * 5
    order = of(build(values)["core_level_pareto"], Level.DEPARTEMENT)
    assert order["rank_of"].tolist() == [0] * 6
    assert order["compared_axes"].isna().all() and order["rank_best"].isna().all()


def test_dispersion_is_weighted_by_inhabitants() -> None:
    table = build()["core_dispersion"]
    notes = build()["core_level_normalised"]
    rows = table[(table["territory_level"] == "departement") & (table["compared_id"] == "chomage")]
    z = (
        of(notes, Level.DEPARTEMENT)
        .query("indicator_id == 'chomage'")
        .set_index("territory_code")["z_unclipped"]
    )
    within = rows.set_index("within_code")
    assert sorted(within.index) == ["11", "24", "32", "94", "metropole"]
    alpha = within.loc["11"]
    mean = (3 * z["75"] + z["78"]) / 4
    assert alpha["weighted_mean"] == pytest.approx(mean, abs=1e-12)
    deviation = ((3 * (z["75"] - mean) ** 2 + (z["78"] - mean) ** 2) / 4) ** 0.5
    assert alpha["weighted_deviation"] == pytest.approx(deviation, abs=1e-12)
    assert (alpha["lowest_territory_code"], alpha["highest_territory_code"]) == ("75", "78")
    assert alpha["value_range"] == z["78"] - z["75"]
    assert (alpha["territory_count"], alpha["territory_expected_count"]) == (2, 2)
    assert within.loc["32", "weighted_deviation"] == 0
    france = within.loc["metropole"]
    assert (france["territory_count"], france["weight_year"]) == (6, 2015)
    index = table.query("compared_part == 'index' and within_code == 'metropole'")
    assert sorted(index["territory_level"]) == ["departement", "former_region", "region"]


def test_a_part_without_a_value_in_a_region_keeps_its_row() -> None:
    values = departement_values()
    values["deces"][:2] = [None, None]
    rows = build(values)["core_dispersion"].query(
        "territory_level == 'departement' and compared_id == 'deces' and within_code == '11'"
    )
    assert rows["territory_count"].tolist() == [0]
    assert rows["weighted_mean"].isna().all() and rows["lowest_territory_code"].isna().all()


def test_a_level_without_any_figure_keeps_its_territories_and_compares_nothing() -> None:
    nothing: dict[str, list[float | None]] = {
        name: [*([None] * len(DEPARTEMENTS)), row[-1]] for name, row in VALUES.items()
    }
    tables = build(nothing)
    assert of(tables["core_dispersion"], Level.DEPARTEMENT).empty
    assert of(tables["core_level_normalised"], Level.DEPARTEMENT).empty
    scores = of(tables["core_level_scores"], Level.DEPARTEMENT)
    assert scores["score"].isna().all() and set(scores["scored_count"]) == {0}
    assert (of(tables["core_level_pareto"], Level.DEPARTEMENT)["rank_of"] == 0).all()


def test_weights_are_those_of_the_newest_year_that_counts_everybody() -> None:
    tables = build(inhabitants=measures((2014, 2015, 2016), [("2A", 2016)]))
    by_level = tables["core_dispersion"].groupby("territory_level")["weight_year"].unique()
    assert by_level["departement"].tolist() == [2015]
    assert by_level["region"].tolist() == [2016]


def test_territories_that_cannot_be_weighted_have_a_range_and_no_mean() -> None:
    table = build(inhabitants=measures((2015,), [("2A", 2015)]))["core_dispersion"]
    departements = of(table, Level.DEPARTEMENT)
    assert departements[["weight_year", "weighted_mean", "weighted_deviation"]].isna().all().all()
    assert departements["value_range"].notna().all()
    assert of(table, Level.REGION)["weighted_mean"].notna().all()


def test_goalposts_are_proposed_by_level_in_the_first_full_edition() -> None:
    registry = registry_of([])
    first, second = departement_values(), departement_values()
    first["deces"][0] = None

    def tables(values: Values) -> dict[str, pa.Table]:
        levels = {
            Level.FORMER_REGION: (list(REGIONS), VALUES),
            Level.DEPARTEMENT: (list(DEPARTEMENTS), values),
        }
        return {
            "core_comparison": comparison_of(VALUES),
            "core_level_comparison": level_comparison(levels),
        }

    found = propose_goalposts([(2015, tables(first)), (2016, tables(second))], registry)
    base = {(g.level, g.indicator_id): g.base_edition for g in found}
    assert base["departement", "deces"] == 2016
    assert base["region", "deces"] == base["departement", "chomage"] == 2015
    assert len(found) == 3 * len(VALUES)
    scale = {(g.level, g.indicator_id): g.scale for g in found}
    expected = max(abs(v - 9.5) for v in second["chomage"][:-1])
    assert scale["departement", "chomage"] == expected
    changes = compare(found, [g for g in found if g.level != "region"])
    assert {(c.level, c.after) for c in changes} == {("region", None)}
    assert len(changes) == len(VALUES)
    assert np.isfinite(list(scale.values())).all()

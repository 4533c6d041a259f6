"""The levels below the regions in a release: real figures of départements, rules, dispersion."""

from __future__ import annotations

import pandas as pd
import pytest

from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.goalposts import propose_goalposts
from phare_pipeline.warehouse.tables import read_parquet
from tests.integration.small import YEAR, Installation

pytestmark = pytest.mark.slow

UNITS = {"departement": 96, "former_region": 22}


def mart(installation: Installation, name: str) -> pd.DataFrame:
    """Read a flat table of the current release."""
    return pd.read_parquet(installation.warehouse / "current" / "marts" / f"{name}.parquet")


def test_every_territory_of_a_level_is_there_for_each_indicator(
    published_small: Installation,
) -> None:
    """96 départements and 22 former regions an indicator, in the year of the level, with France."""
    table = mart(published_small, "out_level_indicators")
    per_indicator = table.groupby(["territory_level", "indicator_id"])
    for (level, _), rows in per_indicator:
        assert len(rows) == rows["territory_code"].nunique() == UNITS[level]
        assert rows["data_year"].nunique() == 1
        assert rows["france_value"].nunique(dropna=False) == 1
    assert (table["value"].isna() == table["reason_fr"].notna()).all()
    assert set(table["territory_level"]) == set(UNITS)


def test_unemployment_of_departements_is_the_published_mean_of_four_quarters(
    published_small: Installation,
) -> None:
    """Pyrénées-Orientales and Nord in 2016, beside the France of the regions' table."""
    table = mart(published_small, "out_level_indicators")
    rate = table[table["indicator_id"] == "taux_chomage"].set_index("territory_code")
    assert set(rate["territory_level"]) == {"departement"}, "it is not published for former regions"
    assert rate.loc[["59", "66"], "value"].round(3).tolist() == [12.6, 15.175]
    regional = mart(published_small, "out_indicators")
    france = regional.loc[regional["indicator_id"] == "taux_chomage", "france_value"].unique()
    assert rate["france_value"].unique().tolist() == france.tolist()
    nord = rate.loc["59"]
    assert (nord["territory_name"], nord["region_code"], nord["data_year"]) == ("Nord", "32", YEAR)


@pytest.mark.parametrize("code", ["11", "24", "52", "53", "93", "94"])
def test_former_regions_that_are_regions_of_today_have_the_same_figures(
    published_small: Installation, code: str
) -> None:
    """Six of the 22 were left as they were, under the same code."""
    former = mart(published_small, "out_level_indicators").query(
        f"territory_level == 'former_region' and territory_code == '{code}'"
    )
    region = mart(published_small, "out_indicators").query(f"region_code == '{code}'")
    both = former.merge(region, on="indicator_id", validate="1:1")
    same_year = both[both["data_year_x"] == both["data_year_y"]]
    assert len(same_year) > 0
    assert (same_year["value_x"] - same_year["value_y"]).abs().max() < 1e-9


def test_scores_and_order_have_a_row_for_every_territory(published_small: Installation) -> None:
    """Too few sources to classify anybody: rows stay, ordered on the axes that all have."""
    scores = mart(published_small, "out_level_scores")
    order = mart(published_small, "out_level_pareto")
    for level, n in UNITS.items():
        of_level = scores[scores["territory_level"] == level]
        assert len(of_level) == n * (16 + 4 + 1)
        index = of_level[of_level["component_level"] == "index"]
        assert not index["is_scored"].any() and index["missing_components"].notna().all()
        assert (of_level["scored_count"] <= of_level["region_scored_count"]).all()
        places = order[order["territory_level"] == level]
        assert len(places) == n
        axes = of_level[of_level["component_level"] == "axis"]
        on_all = axes.groupby("component_id", sort=False)["is_scored"].all()
        expected = ", ".join(on_all[on_all].index)
        assert set(places["compared_axes"].fillna("")) == {expected}
        assert set(places["rank_of"]) == {n if expected else 0}


def test_dispersion_covers_france_and_every_region(published_small: Installation) -> None:
    """Unemployment: 13 regions, 96 départements, and those of each region, weighted in 2016."""
    table = mart(published_small, "out_dispersion")
    rate = table[table["compared_id"] == "taux_chomage"]
    france = rate[rate["within_code"] == "metropole"].set_index("territory_level")
    assert france["territory_count"].to_dict() == {"region": 13, "departement": 96}
    assert set(rate["weight_year"]) == {YEAR}
    inside = rate[(rate["territory_level"] == "departement") & (rate["within_code"] != "metropole")]
    assert len(inside) == 13
    assert inside["territory_count"].sum() == 96
    notes = mart(published_small, "out_level_normalised").query("indicator_id == 'taux_chomage'")
    people = pd.read_parquet(
        published_small.warehouse / "build" / "core" / "core_annual_measures" / f"{YEAR}.parquet"
    ).query(
        f"measure_id == 'pop_total' and territory_level == 'departement' and data_year == {YEAR}"
    )
    joined = notes.merge(people, on="territory_code", validate="1:1")
    z, weight = joined["z_unclipped"], joined["value"]
    mean = (z * weight).sum() / weight.sum()
    deviation = (((z - mean) ** 2 * weight).sum() / weight.sum()) ** 0.5
    assert france.loc["departement", "weighted_mean"] == pytest.approx(mean, abs=1e-9)
    assert france.loc["departement", "weighted_deviation"] == pytest.approx(deviation, abs=1e-9)


def test_goalposts_of_the_shipped_registry_are_those_of_the_shipped_figures(
    small: Installation,
) -> None:
    """What one edition alone proposes is what is frozen, wherever the edition is the base."""
    context = load_context()
    tables = {
        name: read_parquet(context.workspace.core_file(name, YEAR))
        for name in ("core_comparison", "core_level_comparison")
    }
    frozen = context.registry.goalposts
    proposed = propose_goalposts([(YEAR, tables)], context.registry)
    assert {g.level for g in proposed} == {"region", *UNITS}
    # One edition alone may propose a row that all editions together have for too few regions.
    for goalpost in proposed:
        own = frozen.get((goalpost.level, goalpost.indicator_id))
        assert own is None or own.base_edition != YEAR or own == goalpost
    regions = tables["core_comparison"].to_pandas().set_index("indicator_id")
    scales = {g.indicator_id: g.scale for g in proposed if g.level == "region"}
    assert len(scales) > 10
    for name, scale in scales.items():
        if context.registry.indicators[name].transform == "identity":
            gaps = (regions.loc[name, "value"] - regions.loc[name, "france_value"]).abs()
            assert scale == pytest.approx(gaps.max())

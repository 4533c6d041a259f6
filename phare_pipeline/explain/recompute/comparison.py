"""Recomputes how an edition uses figures: the year it takes, France beside it, gap, share, ranks.

What the figures are is recomputed in `indicators`; the index is in `scores`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Indicator, Level

DERIVED = (
    "share_of_france_pct",
    "gap",
    "rank",
    "rank_of",
    "fragility_rank",
    "is_worse_than_france",
    "is_in_worst_quarter",
)


def candidates(
    figures: pd.DataFrame,
    indicators: Iterable[Indicator],
    codes: Sequence[str],
    level: Level = Level.REGION,
) -> pd.DataFrame:
    """Return for each indicator and data year how many territories of a level have a figure.

    Args:
        figures: recomputed figures of all levels and years.
        indicators: those to look at.
        codes: the territories of the level.
        level: regions, or a level below.
    """
    regional = figures[
        (figures["territory_level"] == level.value) & figures["territory_code"].isin(codes)
    ]
    grouped = regional.groupby(["indicator_id", "data_year"], sort=True)["value"]
    found = grouped.count().rename("present_count").reset_index()
    found["is_full"] = found["present_count"] == len(codes)
    if level is not Level.REGION:
        # An indicator that nobody publishes at a level has no row there.
        found = found[found["present_count"] > 0]
    ages = pd.DataFrame(
        [(i.indicator_id, i.max_age_years) for i in indicators],
        columns=["indicator_id", "max_age_years"],
    )
    return found.merge(ages, on="indicator_id", validate="many_to_one")


def choose(found: pd.DataFrame, year: int) -> pd.DataFrame:
    """Choose the data year of each indicator in an edition.

    The newest year in which every region has a figure, else the newest in which any has, else the
    newest at all; not later than the edition, not older than the indicator allows.

    Returns:
        a frame with `indicator_id` and `data_year`; an indicator without a year has no row.
    """
    age = year - found["data_year"]
    near = found[(age >= 0) & (age <= found["max_age_years"])]
    preference = np.select([near["is_full"], near["present_count"] > 0], [2, 1], 0)
    ordered = near.assign(preference=preference).sort_values(
        ["indicator_id", "preference", "data_year"]
    )
    return ordered.groupby("indicator_id", sort=False).tail(1)[["indicator_id", "data_year"]]


def place(
    figures: pd.DataFrame,
    found: pd.DataFrame,
    indicators: Iterable[Indicator],
    year: int,
    level: Level = Level.REGION,
) -> pd.DataFrame:
    """Return the figures of all territories of a level in an edition with France beside them.

    Returns:
        one row for each indicator that has a year, and territory that has a figure of it, whether
        a value or a hole: `year`, `indicator_id`, `region_code` (`territory_code` below),
        `data_year`, `value`, `value_status`, `has_break`, `france_value`.
    """
    chosen = choose(found, year)
    own = figures[figures["territory_level"] == level.value]
    rows = own.merge(chosen, on=["indicator_id", "data_year"], validate="many_to_one")
    references = pd.DataFrame(
        [(i.indicator_id, i.reference_perimeter) for i in indicators],
        columns=["indicator_id", "territory_code"],
    )
    national = (
        figures[figures["territory_level"] == Level.NATIONAL.value]
        .merge(references, on=["indicator_id", "territory_code"], validate="many_to_one")
        .rename(columns={"value": "france_value"})
    )
    rows = rows.merge(
        national[["indicator_id", "data_year", "france_value"]],
        on=["indicator_id", "data_year"],
        how="left",
        validate="many_to_one",
    )
    code = "region_code" if level is Level.REGION else "territory_code"
    return rows.assign(year=year).rename(columns={"territory_code": code})


def on_grid(placed: pd.DataFrame, grid: pd.DataFrame, code: str = "region_code") -> pd.DataFrame:
    """Lay figures on every indicator and territory of their editions.

    A territory without a figure is a hole; the edition's year, and France in it, stand beside it.

    Args:
        placed: what `place` returns, of one edition or several.
        grid: `year`, `indicator_id` and the territory of the rows wanted; its index is kept.
        code: the column of the territory.
    """
    key = ["year", "indicator_id", code]
    rows = grid[key].merge(placed, on=key, how="left", validate="one_to_one")
    rows.index = grid.index
    rows["value_status"] = rows["value_status"].fillna("not_available")
    rows["has_break"] = rows["has_break"].astype("boolean").fillna(False)
    by_indicator = rows.groupby(["year", "indicator_id"])
    for column in ("data_year", "france_value"):
        rows[column] = by_indicator[column].transform("max")
    return rows


def derive(rows: pd.DataFrame) -> pd.DataFrame:
    """Recompute what follows from values of all regions and from France.

    Args:
        rows: `year`, `indicator_id`, `direction`, `nature`, `value`, `france_value` of all regions.

    Returns:
        the columns of `DERIVED`, by the index of `rows`.
    """
    value, france, direction = rows["value"], rows["france_value"], rows["direction"]
    has_value, is_scored = value.notna(), direction != 0
    groups = [rows["year"], rows["indicator_id"]]
    compared = pd.Series(comparable(value), rows.index)
    rank = compared.groupby(groups).rank(method="min", ascending=False)
    oriented = (direction * compared).groupby(groups).rank(method="min", ascending=False)
    count = value.groupby(groups).transform("count")
    is_stock = (rows["nature"] == "stock") & (france > 0)
    gap = (value - france).mask(compared == comparable(france), 0.0)
    has_both = has_value & france.notna() & is_scored
    return pd.DataFrame(
        {
            "share_of_france_pct": (100 * value / france).where(is_stock),
            "gap": gap,
            "rank": rank.astype("Int32"),
            "rank_of": count.astype("Int32"),
            "fragility_rank": oriented.where(is_scored).astype("Int32"),
            "is_worse_than_france": (direction * gap > 0).astype("boolean").where(has_both),
            "is_in_worst_quarter": (oriented <= np.ceil(count / 4))
            .astype("boolean")
            .where(has_value & is_scored),
        },
        index=rows.index,
    )

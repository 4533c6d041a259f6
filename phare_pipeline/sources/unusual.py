"""Finds figures that stand out among their own: neighbouring periods, territories of their size.

Looked at whether or not a file has changed; a flag says "look here", it refuses nothing.
"""

from __future__ import annotations

import pandas as pd

from phare_pipeline.sources.witness import GROUP, KEY, is_beyond_chance, repeated_periods

# Clean figures hardly ever differ by this factor from both neighbours; a wrong unit always does.
NEIGHBOUR_FACTOR = 20.0
# Territories differ more among each other than years of one of them.
HEAD_FACTOR = 100.0
REPEATED_SHARE = 0.9
# Share of its periods that a measure carries forward (areas, dwellings between two counts).
OFTEN = 0.2
LEAST_TERRITORIES = 10
FLAGS = ("far_from_neighbours", "far_per_head", "repeats_period")


def find_unusual(figures: pd.DataFrame, population: pd.Series, counts: set[str]) -> pd.DataFrame:
    """Flag the figures that stand out.

    Args:
        figures: known figures, columns `KEY` and `value`.
        population: inhabitants by (territory_level, territory_code).
        counts: measures whose figures grow with the population.

    Returns:
        a row a flagged figure and flag: `KEY`, `value`, `flag`, in the order of the key.
    """
    found = [
        _far_from_neighbours(figures).assign(flag=FLAGS[0]),
        _far_per_head(figures, population, counts).assign(flag=FLAGS[1]),
        _repeating(figures).assign(flag=FLAGS[2]),
    ]
    columns = [*KEY, "value", "flag"]
    return pd.concat([rows[columns] for rows in found]).sort_values(columns, ignore_index=True)


def _far_from_neighbours(figures: pd.DataFrame) -> pd.DataFrame:
    """A figure is far when it is so, in one direction, from each neighbour that it has."""
    rows = figures.sort_values(KEY, ignore_index=True)
    by = rows.groupby([name for name in KEY if name != "period"], sort=False)["value"]
    before, after = (_direction(rows["value"], by.shift(n)) for n in (1, -1))
    # NaN: there is no neighbour on this side, and the other one decides.
    first, second = before.fillna(after), after.fillna(before)
    return rows.loc[(first == second) & (first.abs() == 1)]


def _direction(values: pd.Series, others: pd.Series) -> pd.Series:
    """Return 1 where a figure is far above the other, −1 far below, 0 near, NaN without it."""
    is_told = is_beyond_chance(values, others) & (values > 0) & (others > 0)
    ratio = values / others
    above, below = ratio >= NEIGHBOUR_FACTOR, ratio <= 1 / NEIGHBOUR_FACTOR
    direction = (above.astype(float) - below.astype(float)).where(is_told, 0.0)
    return direction.where(others.notna())


def _far_per_head(figures: pd.DataFrame, population: pd.Series, counts: set[str]) -> pd.DataFrame:
    positive = figures.loc[figures["measure_id"].isin(counts) & (figures["value"] > 0)]
    rows: pd.DataFrame = positive.merge(
        population.rename("population").reset_index(),
        on=["territory_level", "territory_code"], validate="many_to_one",
    )  # fmt: skip
    rows["rate"] = rows["value"] / rows["population"]
    by = rows.groupby(["measure_id", "territory_level", "period", "item"])["rate"]
    usual, size = by.transform("median"), by.transform("size")
    expected = usual * rows["population"]
    times: pd.Series = rows["rate"] / usual
    is_far = (times >= HEAD_FACTOR) | (times <= 1 / HEAD_FACTOR)
    is_told: pd.Series = is_beyond_chance(rows["value"], expected.round())
    return rows.loc[is_far & is_told & (size >= LEAST_TERRITORIES)]


def _repeating(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of periods that repeat the one before, in measures that do not often do so."""
    repeated = repeated_periods(figures, REPEATED_SHARE)
    steps = figures.groupby(GROUP)["period"].nunique() - 1
    often = repeated.groupby(GROUP)["period"].transform("size") > OFTEN * pd.Series(
        [steps[keys] for keys in zip(*(repeated[name] for name in GROUP), strict=True)],
        index=repeated.index, dtype=float,
    )  # fmt: skip
    keys = [*GROUP, "period"]
    return figures.merge(repeated.loc[~often, keys], on=keys, validate="many_to_one")

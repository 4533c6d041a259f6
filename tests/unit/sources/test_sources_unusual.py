"""What stands out among its own is flagged, on drawn figures; clean ones hardly ever are."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from phare_pipeline.sources.unusual import FLAGS, find_unusual
from phare_pipeline.sources.witness import KEY
from tests.unit.sources.kit import DEPARTEMENTS

FAR, PER_HEAD, REPEATS = FLAGS
# Workers draw their own: the names of the tests must not depend on them; a failure shows `seed`.
SEEDS = [random.SystemRandom().randrange(10**9) for _ in range(5)]


def drawn(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.Series]:
    """Counts of two measures that follow the population, over six years."""
    codes = sorted(DEPARTEMENTS)
    people = np.round(rng.lognormal(13, 0.7, len(codes)))
    rows = []
    for measure, rate in (("m", 0.05), ("n", 0.003)):
        size = people * rate * rng.lognormal(0, 0.4, len(codes))
        for year in range(2012, 2018):
            size = size * rng.normal(1.01, 0.03, len(codes))
            rows += [
                (measure, "departement", code, str(year), "", value)
                for code, value in zip(codes, np.round(size), strict=True)
            ]
    index = pd.MultiIndex.from_product(
        [["departement"], codes], names=["territory_level", "territory_code"]
    )
    return pd.DataFrame(rows, columns=[*KEY, "value"]), pd.Series(people, index)


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_clean_figures_are_not_flagged(seed: int) -> None:
    figures, people = drawn(np.random.default_rng(seed))
    assert len(find_unusual(figures, people, {"m", "n"})) < 0.003 * len(figures), seed


@pytest.mark.parametrize("factor", [1000, 1 / 1000])
@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_a_cell_of_another_scale_is_flagged_twice_and_alone(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    figures, people = drawn(rng)
    at = rng.choice(figures.index[figures["measure_id"] == "m"])
    figures.loc[at, "value"] = round(figures.loc[at, "value"] * factor)
    if figures.loc[at, "value"] == 0:
        figures.loc[at, "value"] = 1
    found = find_unusual(figures, people, {"m", "n"})
    mine = found[(found[KEY] == figures.loc[at, KEY]).all(axis=1)]
    assert set(mine["flag"]) == {FAR, PER_HEAD}, seed
    # A neighbour with no other neighbour is as far from it.
    assert len(found) <= 3, seed


@pytest.mark.parametrize("factor", [1000, 1 / 1000])
@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_a_column_of_another_scale_is_flagged_whole(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    figures, people = drawn(rng)
    is_column = (figures["measure_id"] == "m") & (figures["period"] == "2015")
    figures.loc[is_column, "value"] *= factor
    found = find_unusual(figures, people, {"m"})
    assert len(found[(found["flag"] == FAR) & (found["period"] == "2015")]) == 96, seed


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_a_copied_period_is_flagged_and_a_static_measure_is_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    figures, people = drawn(rng)
    year = int(rng.integers(2012, 2017))
    of_m = figures["measure_id"] == "m"
    copied = figures[of_m & (figures["period"] == str(year))]["value"].to_numpy()
    figures.loc[of_m & (figures["period"] == str(year + 1)), "value"] = copied
    first = figures[(figures["measure_id"] == "n") & (figures["period"] == "2012")]
    figures.loc[figures["measure_id"] == "n", "value"] = np.tile(first["value"].to_numpy(), 6)
    found = find_unusual(figures, people, set())
    assert set(found["flag"]) == {REPEATS}
    assert set(found["period"]) == {str(year + 1)} and set(found["measure_id"]) == {"m"}
    assert len(found) == 96


def test_nothing_is_flagged_of_small_counts_or_without_neighbours() -> None:
    figures, people = drawn(np.random.default_rng(SEEDS[0]))
    small = figures.assign(value=[float(v) for v in np.arange(len(figures)) % 3])
    assert find_unusual(small, people, {"m", "n"}).empty
    alone = figures[figures["period"] == "2012"]
    assert find_unusual(alone, people.iloc[:0], {"m", "n"}).empty

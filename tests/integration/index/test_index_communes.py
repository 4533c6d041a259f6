"""The Pareto layer on all communes of an official file: nine criteria, one vintage, no index.

The file is not shipped (docs/decisions.md says why). Its figures are ANCT's "kit carto" of the
Observatoire des territoires, 2014 to 2017, one line a commune of 1 January 2018.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from phare_pipeline.index.normalise import goalpost_scale, normalise
from phare_pipeline.index.pareto import order_units
from phare_pipeline.index.ties import comparable

# Actives more than 30 minutes from work, access to a doctor, fast internet, young people neither in
# work nor at school, minutes to a cinema, employment, vacant dwellings, turnout, median income.
DIRECTIONS = np.array([1, -1, -1, 1, 1, -1, 1, -1, -1])
FOUR = [3, 5, 6, 8]  # young people, employment, vacant dwellings, income


@pytest.fixture(scope="module")
def communes(shared_dir: Path) -> np.ndarray:
    """Return (n, 9): the communes of metropolitan France that have all nine figures."""
    path = shared_dir / "data" / "communes" / "KitsCarto_datacom.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[1:]
    assert len(rows) == 35_357 and len({row[0] for row in rows}) == 35_357
    is_whole = [not row[0].startswith("97") and "NA" not in row and "" not in row for row in rows]
    kept = [row[1:] for row, whole in zip(rows, is_whole, strict=True) if whole]
    return np.array([[float(cell.replace(",", ".")) for cell in row] for row in kept])


@pytest.mark.slow
def test_order_of_the_communes_on_nine_criteria(communes):
    z = communes * DIRECTIONS
    order, n = order_units(z), len(z)
    assert n == 31_672
    assert order.up.sum() == order.down.sum()
    assert order.comparable_share == pytest.approx(0.0244, abs=5e-5)
    fronts = (order.front_from_fragile, order.front_from_robust)
    assert [front.max() for front in fronts] == [9, 9]
    assert [(front == 1).sum() for front in fronts] == [1_575, 3_432]
    assert ((order.front_from_fragile == 1) == (order.up == 0)).all()
    assert ((order.front_from_robust == 1) == (order.down == 0)).all()
    assert np.median(order.rank_worst - order.rank_best) == 31_301
    # By hand, on what is compared: shares that differ by the last bits of a division are level.
    z = comparable(z)
    for unit in np.random.default_rng(1).integers(0, n, 100):
        at_least, at_most = (z >= z[unit]).all(axis=1), (z <= z[unit]).all(axis=1)
        is_same = at_least & at_most
        assert order.up[unit] == (at_least & ~is_same).sum()
        assert order.down[unit] == (at_most & ~is_same).sum()
        above = order.front_from_fragile[at_least & ~is_same]
        assert order.front_from_fragile[unit] == 1 + above.max(initial=0)


@pytest.mark.slow
def test_on_four_criteria_ten_times_more_pairs_are_comparable(communes):
    order = order_units((communes * DIRECTIONS)[:, FOUR])
    assert order.comparable_share == pytest.approx(0.308, abs=5e-4)
    assert order.front_from_fragile.max() == 47


@pytest.mark.slow
def test_the_scale_of_communes_leaves_one_in_a_hundred_outside(communes):
    """The reference is the median commune: the file prints no national figure."""
    reference = np.median(communes, axis=0)
    columns = range(communes.shape[1])
    scale = [goalpost_scale(communes[:, j], reference[j], quantile=0.99) for j in columns]
    notes = normalise(communes, reference, scale, DIRECTIONS)
    assert (notes.is_clipped.mean(axis=0) <= 0.0101).all()
    assert not notes.is_saturated.any()
    largest = [goalpost_scale(communes[:, j], reference[j]) for j in columns]
    assert (np.array(largest) > scale).sum() >= 8

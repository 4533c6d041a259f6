"""Kendall's W: by hand, exact fractions with ties, Spearman, Friedman, chance, holes."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from phare_pipeline.index import agreement
from phare_pipeline.index.agreement import kendall_w

NAN, INF = float("nan"), float("inf")


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    monkeypatch.setattr(agreement, "RESAMPLES", 60)


def test_the_same_order_and_opposite_ones():
    same = kendall_w([[1, 2, 3, 4], [2, 5, 6, 9], [1.1, 1.2, 1.3, 9]], seed=1)
    assert same.w == 1 and (same.n_actors, same.n_things) == (3, 4)
    assert kendall_w([[1, 2, 3, 4], [4, 3, 2, 1]], seed=1).w == 0


def test_by_hand():
    """Ranks 1 2 3 4, 2 1 3 4 and 1 3 2 4: sums 4, 6, 8, 12, S = 35, W = 12·35/(9·60)."""
    found = kendall_w([[10, 20, 30, 40], [2, 1, 3, 4], [1, 3, 2, 4]], seed=1)
    assert found.w == pytest.approx(7 / 9, abs=1e-15)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.integers(2, 4).flatmap(
        lambda k: st.integers(2, 7).flatmap(
            lambda n: st.lists(
                st.lists(st.integers(1, 4), min_size=n, max_size=n), min_size=k, max_size=k
            )
        )
    )
)
def test_exact_with_ties(rows):
    k, n = len(rows), len(rows[0])
    ranks = [
        [sum(v < x for v in row) + Fraction(sum(v == x for v in row) + 1, 2) for x in row]
        for row in rows
    ]
    sums = [sum(column) for column in zip(*ranks, strict=True)]
    mean = Fraction(k * (n + 1), 2)
    ties = sum(row.count(v) ** 3 - row.count(v) for row in rows for v in set(row))
    below = k * k * (n**3 - n) - k * ties
    found = kendall_w(rows, seed=1)
    if below == 0:
        assert np.isnan(found.w) and np.isnan(found.p_value)
    else:
        expected = 12 * sum((s - mean) ** 2 for s in sums) / below
        assert found.w == pytest.approx(float(expected), abs=1e-12)
        assert 0 < found.p_value <= 1


def test_two_actors_are_spearman():
    x = np.random.default_rng(0).normal(size=(2, 9))
    rho = stats.spearmanr(*x).statistic
    assert kendall_w(x, seed=1).w == pytest.approx((1 + rho) / 2, abs=1e-12)


def test_friedman():
    """χ² of Friedman's test is k(n − 1)W, ties corrected alike."""
    x = np.random.default_rng(1).integers(1, 6, (4, 8)).astype(float)
    chi_squared = stats.friedmanchisquare(*x.T).statistic
    assert kendall_w(x, seed=1).w == pytest.approx(chi_squared / (4 * 7), abs=1e-12)


def test_missing_things_are_left_out_for_all():
    whole = kendall_w([[1, 2, 3, 4, 5], [2, 1, 3, 5, 4]], seed=1)
    holes = kendall_w([[1, 2, NAN, 3, 4, 5, 0], [2, 1, 9, 3, 5, 4, NAN]], seed=1)
    assert holes == whole and holes.n_things == 5


def test_chance(monkeypatch):
    """Three actors at random: 1/3 on average; agreement far above it is not by chance."""
    monkeypatch.setattr(agreement, "RESAMPLES", 2000)
    random = np.random.default_rng(2)
    alike = random.normal(size=16) + 0.3 * random.normal(size=(3, 16))
    found = kendall_w(alike, seed=1)
    assert found.p_value == pytest.approx(1 / 2001) and found.w > found.random_high
    assert found.random_high == pytest.approx(0.5, abs=0.04)
    assert found.low <= found.w <= found.high
    values = [kendall_w(random.normal(size=(3, 16)), seed=1) for _ in range(40)]
    assert np.mean([v.w for v in values]) == pytest.approx(1 / 3, abs=0.06)
    assert np.mean([v.p_value < 0.05 for v in values]) < 0.2


def test_p_value_of_all_orders(monkeypatch):
    """Two actors, four things: of the 24 orders one agrees fully, so p = 1/24."""
    monkeypatch.setattr(agreement, "RESAMPLES", 20_000)
    found = kendall_w([[1, 2, 3, 4], [5, 6, 7, 8]], seed=1)
    assert found.p_value == pytest.approx(1 / 24, abs=0.005)
    assert np.isnan(found.low) and np.isnan(found.high)


@pytest.mark.parametrize(
    "notes", [[[1.0, 2, 3]], [[1.0], [2]], [[NAN, 1], [1, NAN]], [[3.0, 3, 3], [5, 5, 5]]]
)
def test_nothing_to_say(notes):
    found = kendall_w(notes, seed=1)
    for name in ("w", "low", "high", "random_high", "p_value"):
        assert np.isnan(getattr(found, name))


def test_an_actor_without_differences():
    assert kendall_w([[1, 2, 3], [5, 5, 5]], seed=1).w == 0.5


def test_seed_and_order():
    x = np.random.default_rng(3).normal(size=(3, 12))
    assert kendall_w(x, seed=1) == kendall_w(x, seed=1)
    assert kendall_w(x, seed=1).low != kendall_w(x, seed=2).low
    assert kendall_w(x[::-1, ::-1], seed=1).w == pytest.approx(kendall_w(x, seed=1).w, abs=1e-15)


def test_refused():
    with pytest.raises(ValueError, match="values: found inf at position"):
        kendall_w([[INF, 1], [1, 2]], seed=1)
    with pytest.raises(ValueError, match=r"values: found shape \(2,\)"):
        kendall_w([1.0, 2], seed=1)

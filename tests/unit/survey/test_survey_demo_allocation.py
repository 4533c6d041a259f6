"""Dealing answers out: targets are met as nearly as weights allow, whoever gets what."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.phare_demo.allocation import deal, deal_choices, shift_mean
from examples.phare_demo.targets import level

WEIGHTS = st.lists(st.floats(0.5, 2.0), min_size=60, max_size=120)


@settings(max_examples=20, deadline=None)
@given(WEIGHTS, st.lists(st.integers(0, 40), min_size=2, max_size=6), st.integers(0, 99))
def test_each_category_weighs_nearly_its_target(weights, shares, seed):
    targets = np.array([1.0, *shares])
    w = np.array(weights)
    labels = deal(w, targets, np.random.default_rng(seed).random(w.size))
    found = np.bincount(labels, w, targets.size) / w.sum()
    # Half a person is the most that moves and exchanges can leave.
    assert np.abs(found - targets / targets.sum()).max() <= w.max() / w.sum() / 2 + 1e-9
    assert not np.isin(labels, np.flatnonzero(targets == 0)).any()


def test_the_latent_variable_decides_who():
    latent = np.linspace(-1, 1, 100)
    labels = deal(np.ones(100), [30, 70], latent)
    assert (labels[:25] == 0).all() and (labels[35:] == 1).all()


def test_nobody_and_one_category():
    assert deal([], [1, 2], []).size == 0
    assert deal([1, 1], [5], [0.1, 0.2]).tolist() == [0, 0]


@settings(max_examples=20, deadline=None)
@given(WEIGHTS, st.floats(2.5, 8.5), st.integers(0, 99))
def test_a_mean_is_met_within_half_a_step(weights, mean, seed):
    w, rng = np.array(weights), np.random.default_rng(seed)
    values = rng.integers(1, 11, w.size)
    low, high = np.full(w.size, 1), np.full(w.size, 10)
    found = shift_mean(values, w, mean * w.sum(), low, high, rng)
    assert abs(w @ found / w.sum() - mean) <= w.max() / w.sum() / 2 + 1e-9
    assert found.min() >= 1 and found.max() <= 10


def test_bounds_hold_where_a_mean_is_out_of_reach():
    rng = np.random.default_rng(1)
    values, low, high = np.array([1, 7]), np.array([1, 6]), np.array([5, 7])
    assert shift_mean(values, np.ones(2), 100.0, low, high, rng).tolist() == [5, 7]
    assert shift_mean(values, np.ones(2), -100.0, low, high, rng).tolist() == [1, 6]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999))
def test_three_choices_are_different_in_order_and_meet_their_totals(seed):
    rng = np.random.default_rng(seed)
    w = rng.uniform(0.8, 1.2, 200)
    first = rng.dirichlet(np.ones(8)) * 0.9 + 0.0125
    total = np.clip(first + rng.uniform(0, 0.3, 8), 0, 1)
    total *= min(1.0, 2.9 / total.sum())
    first = np.minimum(first, total)
    chosen = deal_choices(w, first / first.sum(), total, rng)
    for row in chosen:
        used = row[row >= 0]
        assert len(set(used)) == len(used)
        assert (row[: len(used)] >= 0).all()
    cited = sum(np.bincount(c[c >= 0], w[c >= 0], 8) for c in chosen.T) / w.sum()
    assert np.abs(cited - np.maximum(total, np.bincount(chosen[:, 0], w, 8) / w.sum())).max() < 0.02


@pytest.mark.parametrize(
    "shares", [(37, 25, 37), (30, 24, 47), (33, 33, 33), (30, 25, 46), (0, 50, 50)]
)
def test_levelled_shares_still_round_to_their_print(shares):
    names = dict(enumerate(map(float, shares)))
    found = level({str(k): v for k, v in names.items()})
    assert [round(v) for v in found.values()] == list(shares)
    assert sum(found.values()) == pytest.approx(100, abs=0.2)
    assert level({"a": 0.0}) == {"a": 0.0}

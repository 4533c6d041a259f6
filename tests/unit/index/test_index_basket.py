"""Constant baskets: the longest span once more in plain loops, breaks, holes, ties."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.basket import longest_basket
from phare_pipeline.index.change import EditionState, change_since
from phare_pipeline.index.hierarchy import Hierarchy

MODEST = settings(max_examples=40, deadline=None)
TREE = Hierarchy([1, 2, 1, 1, 1, 3], [0, 0, 1, 1, 2, 2], [1, 1, 1], [0, 0, 1], [1, 2])


def states_of(seed, editions=6, units=4, holes=0.15):
    """Editions in which columns come and go, and some cells are missing."""
    random = np.random.default_rng(seed)
    result = []
    for _ in range(editions):
        z = 100 + 20 * random.normal(size=(units, 6))
        z[:, random.random(6) < holes] = np.nan
        if random.random() < holes:
            z[random.integers(units), random.integers(6)] = np.nan
        domains = np.array([[~np.isnan(z[u, TREE.domain_of == d]).all() for d in range(3)]
                            for u in range(units)])  # fmt: skip
        axes = np.array([[domains[u, TREE.axis_of == a].any() for a in range(2)]
                         for u in range(units)])  # fmt: skip
        result.append(EditionState(z, domains, axes, axes.all(axis=1)))
    return result, random.random((editions, 6)) < 0.05


def plain(states, broken, least):
    """The definition for the index, span by span."""
    best = None
    for first in range(len(states)):
        for last in range(first + 1, len(states)):
            span = states[first : last + 1]
            if not all(s.is_index_scored.all() for s in span):
                continue
            members = [
                all(not np.isnan(s.z_abs[:, j]).any() for s in span)
                and not broken[first + 1 : last + 1, j].any()
                for j in range(6)
            ]
            any_ = [any((~np.isnan(s.z_abs[:, j])).any() for s in span) for j in range(6)]
            share = total = 0.0
            for a, axis_weight in enumerate(TREE.axis_weights):
                inside = weight = 0.0
                for d in np.flatnonzero(TREE.axis_of == a):
                    own = [j for j in range(6) if TREE.domain_of[j] == d and any_[j]]
                    if own:
                        kept = sum(TREE.weights[j] for j in own if members[j])
                        inside += TREE.domain_weights[d] * kept / sum(TREE.weights[own])
                        weight += TREE.domain_weights[d]
                if weight:
                    share += axis_weight * inside / weight
                    total += axis_weight
            if share / total >= least - 1e-9:
                key = (last - first, last)
                if best is None or key > best[0]:
                    best = (key, first, last, members, share / total)
    return best


@MODEST
@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.5, 0.7, 0.9]))
def test_it_is_the_longest_and_the_newest(seed, least):
    states, broken = states_of(seed)
    found, expected = longest_basket(states, broken, TREE, least), plain(states, broken, least)
    if expected is None:
        assert found is None
        return
    _, first, last, members, share = expected
    assert (found.first, found.last) == (first, last)
    np.testing.assert_array_equal(found.members, members)
    assert found.common == pytest.approx(share)
    assert found.scores.shape == (last - first + 1, 4) and np.isfinite(found.scores).all()


@MODEST
@given(st.integers(0, 10_000))
def test_its_steps_are_the_change_of_values_where_nothing_else_moves(seed):
    states, _ = states_of(seed, holes=0.0)
    never = np.zeros((6, 6), dtype=bool)
    basket = longest_basket(states, never, TREE, 1.0)
    assert (basket.first, basket.last, basket.common) == (0, 5, 1.0)
    for k, (then, now) in enumerate(pairwise(states)):
        change = change_since(now, then, TREE)
        steps = basket.scores[k + 1] - basket.scores[k]
        np.testing.assert_allclose(steps, change.index.value, atol=1e-9)
    for d in range(3):
        own = longest_basket(states, never, TREE, 1.0, domain=d)
        np.testing.assert_array_equal(own.members, TREE.domain_of == d)
        change = change_since(states[-1], states[0], TREE).domain.value[:, d]
        np.testing.assert_allclose(own.scores[-1] - own.scores[0], change, atol=1e-9)


def test_a_break_ends_the_span_of_its_indicator():
    states, _ = states_of(1, holes=0.0)
    broken = np.zeros((6, 6), dtype=bool)
    broken[2] = True
    basket = longest_basket(states, broken, TREE, 0.7)
    assert (basket.first, basket.last) == (2, 5)


@pytest.mark.parametrize("units", [0, 1])
def test_one_edition_or_nobody_has_none(units):
    states, broken = states_of(2, editions=1, units=units or 1, holes=0.0)
    if units == 0:
        states = [EditionState(*(x[:0] for x in vars(s).values())) for s in states] * 2
        broken = np.zeros((2, 6), dtype=bool)
    assert longest_basket(states, broken, TREE, 0.5) is None


def test_refused():
    states, _ = states_of(3)
    with pytest.raises(ValueError, match=r"is_broken: found \(2, 6\)"):
        longest_basket(states, np.zeros((2, 6), dtype=bool), TREE, 0.7)

"""Leave-one-out shifts and total effects of weights, at both levels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.decomposition import contributions
from phare_pipeline.index.hierarchy import Hierarchy, Thresholds, score_index
from phare_pipeline.index.influence import leave_one_out, weight_effects

MODEST = settings(max_examples=25, deadline=None, derandomize=True)
NAN = float("nan")

# Two axes: one of a domain of three and a domain of one, one of a domain of two.
TREE = Hierarchy(
    weights=[3, 1, 1, 2, 1, 1, 0],
    domain_of=[0, 0, 0, 1, 2, 2, 2],
    domain_weights=[1, 2, 1],
    axis_of=[0, 0, 1],
    axis_weights=[1, 3],
)
RULES = Thresholds(index=0.3)


@st.composite
def tables(draw):
    """Notes of one to four units on the seven indicators, with holes."""
    cell = st.one_of(st.integers(70, 130).map(float), st.just(NAN))
    row = st.lists(cell, min_size=7, max_size=7)
    return np.array(draw(st.lists(row, min_size=1, max_size=4)))


def assert_same(found, expected, tolerance=1e-11):
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance, equal_nan=True)


@MODEST
@given(tables())
def test_leave_one_out_is_the_index_without_the_indicator(z):
    scores = score_index(z, TREE, RULES)
    shift = leave_one_out(scores)
    for j in range(7):
        without = z.copy()
        without[:, j] = NAN
        other = score_index(without, TREE, RULES)
        is_there = ~np.isnan(scores.z[:, j]) & scores.domain.is_scored[:, TREE.domain_of[j]]
        axis = TREE.axis_of[TREE.domain_of[j]]
        for found, after, before in (
            (shift.index, other.index.F, scores.index.F),
            (shift.axis, other.axis.F[:, axis], scores.axis.F[:, axis]),
        ):
            assert_same(found[:, j], np.where(is_there, after - before, NAN))


def test_leave_one_out_by_hand():
    tree = Hierarchy([1, 1], [0, 0], [1], [0], [1])
    shift = leave_one_out(score_index([[130, 70], [100, 100]], tree, Thresholds(domain=0.5)))
    # F = 109; without the first 70, without the second 130.
    assert_same(shift.index, [[70 - 109, 130 - 109], [0, 0]])
    assert_same(shift.axis, shift.index)


def test_leave_one_out_of_an_axis_that_cannot_do_without():
    """Domain 1 is alone on its axis: without its only indicator there is no axis and no index."""
    tree = Hierarchy([1, 1, 1], [0, 0, 1], [1, 1], [0, 1], [1, 1])
    shift = leave_one_out(score_index([[110, 90, 120]], tree))
    assert np.isnan(shift.index[0, 2]) and np.isnan(shift.axis[0, 2])
    assert np.isfinite(shift.index[0, :2]).all()


class Recalculated:
    """F of one unit under given indicator weights, from the definition."""

    def __init__(self, z, tree, scores, unit):
        self.z, self.tree, self.scores, self.unit = z[unit], tree, scores, unit

    @staticmethod
    def mean(parts):
        return sum(w * x * x for w, x in parts) / sum(w * x for w, x in parts)

    def score(self, weights):
        tree = self.tree
        domains = [
            self.mean(
                [
                    (weights[j], self.z[j])
                    for j in range(len(self.z))
                    if tree.domain_of[j] == d and weights[j] > 0 and not np.isnan(self.z[j])
                ]
            )
            if self.scores.domain.is_scored[self.unit, d]
            else None
            for d in range(tree.domain_weights.size)
        ]
        axes = [
            self.mean(
                [
                    (tree.domain_weights[d], x)
                    for d, x in enumerate(domains)
                    if x is not None and tree.axis_of[d] == a
                ]
            )
            for a in range(tree.axis_weights.size)
        ]
        return self.mean(list(zip(tree.axis_weights, axes, strict=True))), axes


@pytest.mark.parametrize("hole", [None, 1, 0])
def test_effects_are_those_of_the_definition(hole):
    z = np.array([[120.0, 95, 80, 112, 73, 104, 99], [100, 110, 90, 105, 95, 85, 100]])
    if hole is not None:
        z[0, hole] = NAN
    scores = score_index(z, TREE, RULES)
    size, columns = 40, scores.used_columns
    first, second = np.random.Generator(np.random.PCG64(5)).gamma(
        16, 1 / 16, (2, columns.size, size)
    )
    plain = Recalculated(z, TREE, scores, 0)
    is_domain_scored = scores.domain.is_scored[0, TREE.domain_of]
    assert is_domain_scored.all() == (hole != 0)

    def outcomes(factors):
        weights = np.zeros((7, size))
        weights[columns] = TREE.weights[columns, None] * factors
        results = [plain.score(weights[:, t]) for t in range(size)]
        return np.array([r[0] for r in results]), np.array([r[1] for r in results])

    index, axes = outcomes(first)
    found = weight_effects(scores, seed=5, size=size)
    for position, j in enumerate(columns):
        factors = first.copy()
        factors[position] = second[position]
        new_index, new_axes = outcomes(factors)
        axis = TREE.axis_of[TREE.domain_of[j]]
        for effect, before, after in (
            (found.index[0, j], index, new_index),
            (found.axis[0, j], axes[:, axis], new_axes[:, axis]),
        ):
            if j == hole or not is_domain_scored[j]:
                assert np.isnan(effect)
            else:
                left, variance = ((before - after) ** 2).mean() / 2, before.var()
                expected = left / variance if variance > 1e-20 else 0.0
                assert effect == pytest.approx(expected, rel=1e-9, abs=1e-20)
    assert np.isnan(found.index[0, 6])  # weight 0, not used


def test_effects_follow_the_slopes():
    """F is nearly linear in its weights: effects are the shares of the squared slopes."""
    z = np.array([[120.0, 95, 80, 112, 73, 104, 99], [100, 101, 102, 90, 91, 88, 70]])
    scores = score_index(z, TREE)
    found = weight_effects(scores, seed=1, size=4000)
    for unit in range(2):
        plain = Recalculated(z, TREE, scores, unit)
        base = plain.score(TREE.weights)[0]
        steps = []
        for j in range(6):
            weights = TREE.weights.copy()
            weights[j] *= 1.001
            steps.append((plain.score(weights)[0] - base) ** 2)
        expected = np.array(steps) / np.sum(steps)
        np.testing.assert_allclose(found.index[unit, :6], expected, atol=0.04)
        assert 0.95 < np.nansum(found.index[unit]) < 1.1
    np.testing.assert_allclose(np.nansum(found.axis[:, :4], axis=1), 1, atol=0.1)
    np.testing.assert_allclose(np.nansum(found.axis[:, 4:], axis=1), 1, atol=0.1)


def test_no_effect_where_nothing_can_change():
    found = weight_effects(score_index([[120.0, 80, 95, 112, 73, 73, 99]], TREE), seed=1)
    # Alone in its domain, or equal to its only neighbour: what rounding leaves of it is no effect.
    assert max(found.index[0, 3:6].max(), found.axis[0, 3:6].max()) == 0
    same = weight_effects(score_index(np.full((1, 7), 104.3), TREE), seed=1)
    assert_same(same.index, [[0, 0, 0, 0, 0, 0, NAN]], 0)


def test_seed_gives_the_same_bytes():
    scores = score_index(np.random.default_rng(0).uniform(70, 130, (3, 7)), TREE)
    first, again, other = (weight_effects(scores, seed=s) for s in (1, 1, 2))
    assert first.index.tobytes() == again.index.tobytes() != other.index.tobytes()


@MODEST
@given(tables(), st.randoms(use_true_random=False))
def test_units_do_not_depend_on_each_other(z, random):
    order = list(range(len(z)))
    random.shuffle(order)
    # What is used is decided by all units together, so it is kept the same.
    scores = score_index(z, TREE, RULES)
    moved = score_index(z[order], TREE, RULES)
    for measure in (leave_one_out, lambda s: weight_effects(s, seed=1, size=8)):
        one, two = measure(scores), measure(moved)
        assert_same(two.index, one.index[order])
        assert_same(two.axis, one.axis[order])


@MODEST
@given(tables())
def test_missing_in_all_three_views_alike(z):
    scores = score_index(z, TREE, RULES)
    parts = contributions(scores)
    effects = weight_effects(scores, seed=1, size=8)
    np.testing.assert_array_equal(np.isnan(parts.indicator), np.isnan(effects.index))
    np.testing.assert_array_equal(np.isnan(parts.indicator_in_axis), np.isnan(effects.axis))
    shift = leave_one_out(scores)
    assert np.isnan(shift.index)[np.isnan(effects.index)].all()
    assert np.isnan(shift.axis)[np.isnan(effects.axis)].all()


@pytest.mark.parametrize("n", [0, 2])
def test_nobody_classified(n):
    scores = score_index(np.full((n, 7), NAN), TREE)
    for found in (leave_one_out(scores), weight_effects(scores, seed=1, size=4)):
        assert found.index.shape == (n, 7) and np.isnan(found.index).all()
        assert np.isnan(found.axis).all()


def test_size_refused():
    with pytest.raises(ValueError, match="size: found 1, expected at least two draws"):
        weight_effects(score_index(np.full((1, 7), 100.0), TREE), seed=1, size=1)

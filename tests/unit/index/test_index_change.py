"""Change since a base edition: by hand, exact fractions, what came and went, refusals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.change import EditionState, change_since
from phare_pipeline.index.hierarchy import Hierarchy

MODEST = settings(max_examples=80, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")

TREE = Hierarchy([3, 1, 1, 0, 2], [0, 0, 1, 1, 2], [1, 2, 1], [0, 0, 1], [1, 3])


def state(z, *, domain=None, axis=None, index=None):
    z = np.array(z, dtype=float)
    n = len(z)
    return EditionState(
        z,
        np.ones((n, 3), bool) if domain is None else np.array(domain),
        np.ones((n, 2), bool) if axis is None else np.array(axis),
        np.ones(n, bool) if index is None else np.array(index),
    )


def test_by_hand():
    base = state([[100, 100, 100, NAN, 90]])
    now = state([[110, NAN, 100, NAN, 94]])
    found = change_since(now, base, TREE)
    # Domain 0: 110 now; then (3·100 + 100)/4 = 100, or 100 over what both have.
    assert found.domain.total.tolist() == [[10, 0, 4]]
    assert found.domain.value.tolist() == [[10, 0, 4]]
    assert found.domain.coverage.tolist() == [[0, 0, 0]]
    np.testing.assert_allclose(found.axis.total, [[10 / 3, 4]], rtol=1e-14)
    np.testing.assert_allclose(found.index.total, [(10 / 3 + 12) / 4], rtol=1e-14)


def test_coverage_takes_what_came_or_went():
    base = state([[100, 140, 100, NAN, 100]])
    now = state([[100, NAN, 100, NAN, 100]])
    found = change_since(now, base, TREE)
    # Nothing moved; the second indicator went and took its 40 · 1/4 with it.
    assert found.domain.value[0].tolist() == [0, 0, 0]
    assert found.domain.coverage[0].tolist() == [-10, 0, 0]
    assert found.index.value[0] == 0
    assert found.index.coverage[0] == pytest.approx(-10 / 12)


def test_nothing_in_common_cannot_be_split():
    found = change_since(state([[NAN, 120, 1, 1, 1]]), state([[100, NAN, 1, 1, 1]]), TREE)
    assert found.domain.total[0, 0] == 20
    assert np.isnan(found.domain.value[0, 0]) and np.isnan(found.domain.coverage[0, 0])
    # The axis still has its other domain: 1 then and now.
    assert found.axis.value[0, 0] == 0
    assert found.axis.coverage[0, 0] == pytest.approx(20 / 3)


def test_a_broken_series_is_coverage():
    base, now = state([[100, 140, 100, NAN, 100]]), state([[100, 160, 100, NAN, 100]])
    found = change_since(now, base, TREE, np.array([[True, False, True, True, True]]))
    assert found.domain.total[0].tolist() == [5, 0, 0]
    assert found.domain.value[0].tolist() == [0, 0, 0]
    assert found.domain.coverage[0].tolist() == [5, 0, 0]
    assert found.domain.common[0].tolist() == [0.75, 1, 1]
    # Domain 0 is a third of the first axis, which is a quarter of the index.
    assert found.index.common[0] == pytest.approx(1 - 0.25 / 3 / 4)


def test_unscored_in_one_edition():
    z = [[100.0, 100, 100, NAN, 100]]
    found = change_since(state(z), state(z, domain=[[False, True, True]]), TREE)
    assert np.isnan(found.domain.total[0, 0]) and np.isnan(found.domain.value[0, 0])
    assert found.index.total[0] == 0
    found = change_since(state(z, axis=[[True, False]]), state(z), TREE)
    assert np.isnan(found.axis.total).tolist() == [[False, True]]
    assert found.index.total[0] == 0  # over the axis that is scored in both
    found = change_since(state(z, index=[False]), state(z), TREE)
    assert np.isnan(found.index.total[0]) and np.isfinite(found.axis.total).all()


def exact(z, scored, common=None):
    """Nested means of one unit in fractions: domains, axes, index (None = nothing)."""

    def mean(parts):
        parts = [(Fraction(float(w)), x) for w, x in parts if x is not None and w > 0]
        return sum(w * x for w, x in parts) / sum(w for w, _ in parts) if parts else None

    is_there = [x is not None and (common is None or common[j]) for j, x in enumerate(z)]
    domains = [
        mean([(TREE.weights[j], z[j]) for j in range(5) if TREE.domain_of[j] == d and is_there[j]])
        if scored[0][d]
        else None
        for d in range(3)
    ]
    axes = [
        mean([(TREE.domain_weights[d], domains[d]) for d in range(3) if TREE.axis_of[d] == a])
        if scored[1][a]
        else None
        for a in range(2)
    ]
    index = mean(list(zip(TREE.axis_weights, axes, strict=True))) if scored[2] else None
    return [*domains, *axes, index]


@st.composite
def units(draw):
    z = draw(st.lists(st.one_of(st.none(), st.integers(-400, 800)), min_size=5, max_size=5))
    flags = draw(st.lists(st.booleans(), min_size=6, max_size=6))
    return [None if x is None else Fraction(x, 4) for x in z], (flags[:3], flags[3:5], flags[5])


FLAGS = st.lists(st.booleans(), min_size=5, max_size=5)


@settings(max_examples=400, deadline=None)
@given(units(), units(), FLAGS, FLAGS)
def test_exact(now, base, comparable, repeated):
    states = [
        state(
            [[NAN if x is None else float(x) for x in z]],
            domain=[scored[0]],
            axis=[scored[1]],
            index=[scored[2]],
        )
        for z, scored in (now, base)
    ]
    found = change_since(*states, TREE, np.array([comparable]), np.array([repeated]))
    counted = [
        [x is not None and scored[0][TREE.domain_of[j]] for j, x in enumerate(z)]
        for z, scored in (now, base)
    ]
    common = [x and y and c for x, y, c in zip(*counted, comparable, strict=True)]
    moving = [c and not r for c, r in zip(common, repeated, strict=True)]
    both, either = (
        tuple(join(x, y).tolist() for x, y in zip(now[1], base[1], strict=True))
        for join in (np.logical_and, np.logical_or)
    )
    means = [exact(*now), exact(*base), exact(now[0], both, moving), exact(base[0], both, moving)]

    def gaps(first, second):
        return [
            NAN if x is None or y is None else float(x - y)
            for x, y in zip(first, second, strict=True)
        ]

    total = gaps(*means[:2])
    shares = exact([Fraction(c) if x or y else None
                    for x, y, c in zip(*counted, common, strict=True)], either)  # fmt: skip
    shown = [NAN if np.isnan(t) else float(s) for t, s in zip(total, shares, strict=True)]
    expectations = (("total", total), ("value", gaps(*means[2:])), ("common", shown))
    for name, expected in expectations:
        flat = np.concatenate(
            [np.ravel(getattr(level, name)) for level in (found.domain, found.axis, found.index)]
        )
        np.testing.assert_allclose(flat, expected, rtol=0, atol=1e-12)
    for level in (found.domain, found.axis, found.index):
        is_split = ~np.isnan(level.value)
        np.testing.assert_allclose(
            (level.value + level.coverage)[is_split], level.total[is_split], rtol=0, atol=1e-12
        )


@MODEST
@given(units())
def test_no_change_is_no_change(unit):
    z, scored = unit
    same = state(
        [[NAN if x is None else float(x) for x in z]],
        domain=[scored[0]],
        axis=[scored[1]],
        index=[scored[2]],
    )
    found = change_since(same, same, TREE)
    for level in (found.domain, found.axis, found.index):
        for array in (level.total, level.value, level.coverage):
            assert (np.nan_to_num(array) == 0).all()


def test_refused():
    z = [[100.0, 100, 100, NAN, 100]]
    with pytest.raises(ValueError, match=r"now\.z_abs: found inf at position"):
        change_since(state([[INF, 1, 1, 1, 1]]), state(z), TREE)
    with pytest.raises(ValueError, match=r"base.z_abs: found shape \(1, 4\), expected \(1, 5\)"):
        change_since(state(z), state([[1, 1, 1, 1]]), TREE)
    with pytest.raises(ValueError, match="base: found 2 units, expected 1, as now"):
        change_since(state(z), state(z * 2), TREE)
    with pytest.raises(ValueError, match=r"is_comparable: found \(1, 4\), expected \(1, 5\)"):
        change_since(state(z), state(z), TREE, np.ones((1, 4), bool))
    with pytest.raises(ValueError, match=r"now.is_axis_scored: found shape \(1, 3\)"):
        change_since(state(z, axis=[[True] * 3]), state(z), TREE)

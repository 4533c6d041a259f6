"""Perception: notes on the scale of the index, errors through the tree, gap, quadrants."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.decomposition import slopes
from phare_pipeline.index.hierarchy import Hierarchy, Thresholds, score_index
from phare_pipeline.index.perception import (
    compare_with_measured,
    perceive,
    perception_scale,
)

MODEST = settings(max_examples=40, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")

TREE = Hierarchy([1, 1, 1, 1], [0, 1, 2, 3], [1, 2, 1, 1], [0, 0, 1, 1], [1, 3])
NATIONAL = [7.0, 6.0, 5.0, 6.5]


def test_by_hand():
    means = [[7.5, 6, 5, 6.5], [7, 6, 4.5, 6.5]]
    scale = perception_scale(means, NATIONAL)
    assert scale == 0.5
    found = perceive(means, NATIONAL, scale, TREE)
    np.testing.assert_allclose(found.scores.z, [[130, 100, 100, 100], [100, 100, 70, 100]])
    axis = (130**2 + 2 * 100**2) / (130 + 2 * 100)
    assert found.scores.axis.F[0, 0] == pytest.approx(axis, abs=5e-7)
    expected = (axis**2 + 3 * 100**2) / (axis + 3 * 100)
    assert found.scores.index.F[0] == pytest.approx(expected, abs=1e-6)
    assert np.isnan(found.standard_error).all() and not found.is_told_apart.any()


def test_seven_point_three_against_seven_point_one():
    """182 citizens of a region against France: no difference; with 2 000 there would be one."""
    deviation = 2.2  # of single notes
    for n, is_difference in ((182, False), (2000, True)):
        found = perceive(
            [[7.3, 6, 5, 6.5]],
            [7.1, 6, 5, 6.5],
            0.5,
            TREE,
            standard_errors=np.full((1, 4), deviation / n**0.5),
        )
        assert found.scores.z[0, 0] == pytest.approx(112)
        assert found.is_told_apart[0].tolist() == [is_difference, False, False, False]
        gap = compare_with_measured(found.scores.z, found.domain_error, [[112.0, 100, 100, 100]])
        assert gap.quadrant[0, 0] == "recognised"
        assert gap.is_quadrant_sure[0, 0] == is_difference
        assert gap.gap[0, 0] == pytest.approx(0, abs=1e-12) and not gap.is_told_apart[0, 0]


def test_error_of_one_domain_is_its_slope():
    errors = np.array([[0.1, 0, 0, 0]])
    means = np.array([[7.2, 6.1, 4.9, 6.4]])
    found = perceive(means, NATIONAL, 0.5, TREE, standard_errors=errors)
    moved = perceive(means + np.array([[1e-4, 0, 0, 0]]), NATIONAL, 0.5, TREE)
    slope = (moved.scores.index.F - found.scores.index.F) / 1e-4
    # Axis scores are rounded to 1e-6, so the numerical slope is good to about 1 %.
    assert found.standard_error[0] == pytest.approx(0.1 * slope[0], rel=0.02)
    assert found.domain_error[0].tolist() == pytest.approx([6, 0, 0, 0])


def test_correlation_of_errors():
    """Equal slopes and errors on k domains: s when they move together, s/√k when not at all."""
    tree = Hierarchy(np.ones(16), range(16), np.ones(16), np.arange(16) // 4, np.ones(4))
    arguments = (np.full((1, 16), 6.0), np.full(16, 6.0), 0.5, tree)
    errors = np.full((1, 16), 0.1)
    found = {
        rho: perceive(*arguments, standard_errors=errors, correlation=rho).standard_error[0]
        for rho in (0, 0.35, 1)
    }
    assert found[1] == pytest.approx(6)
    assert found[0] == pytest.approx(6 / 4)
    assert found[0.35] == pytest.approx(6 * ((1 + 15 * 0.35) / 16) ** 0.5)


def test_errors_by_simulation():
    """Delta method against 20 000 drawn tables of independent errors."""
    random = np.random.default_rng(0)
    means, errors = np.array([[7.1, 6.2, 4.9, 6.4]]), np.array([[0.05, 0.08, 0.03, 0.06]])
    found = perceive(means, NATIONAL, 1.0, TREE, standard_errors=errors, correlation=0)
    drawn = means + errors * random.normal(size=(20_000, 4))
    spread = perceive(drawn, NATIONAL, 1.0, TREE).scores.index.F.std()
    assert found.standard_error[0] == pytest.approx(spread, rel=0.02)


@st.composite
def rows(draw):
    cell = st.one_of(st.integers(70, 130).map(float), st.just(NAN))
    return np.array([draw(st.lists(cell, min_size=4, max_size=4)) for _ in range(2)])


@MODEST
@given(rows())
def test_slopes(z):
    """Euler: F is homogeneous of degree 1. Against small steps where all axes are scored."""
    scores = score_index(z, TREE, Thresholds(index=0.2))
    slope = slopes(scores)
    is_scored = scores.index.is_scored
    assert (slope >= 0).all() and (slope[~is_scored] == 0).all()
    total = (slope * np.nan_to_num(scores.z)).sum(axis=1)
    np.testing.assert_allclose(total[is_scored], scores.index.F[is_scored], rtol=1e-7)
    for j in range(4):
        stepped = z.copy()
        stepped[:, j] += np.where(z[:, j] < 130, 0.01, -0.01)
        found = (score_index(stepped, TREE, Thresholds(index=0.2)).index.F - scores.index.F) / (
            stepped[:, j] - z[:, j]
        )
        is_there = is_scored & ~np.isnan(z[:, j])
        np.testing.assert_allclose(slope[is_there, j], found[is_there], atol=2e-3)


def test_missing_notes():
    means = [[7.2, NAN, 5, 6.5], [NAN] * 4, [7, 6, 5, 6.5]]
    errors = [[0.1, NAN, 0.1, 0.1], [NAN] * 4, [0.1, NAN, 0.1, 0.1]]
    tree = Hierarchy(np.ones(4), range(4), [2, 1, 1, 1], [0, 0, 1, 1], [1, 1])
    found = perceive(means, NATIONAL, 0.5, tree, standard_errors=errors)
    assert found.scores.index.is_scored.tolist() == [True, False, True]
    # A missing note asks for no error; a note whose error is not known makes that of P unknown.
    assert np.isnan(found.standard_error).tolist() == [False, True, True]
    assert np.isnan(found.domain_error).tolist() == [
        [False, True, False, False],
        [True] * 4,
        [False, True, False, False],
    ]


def test_domain_without_weight_needs_no_error():
    tree = Hierarchy(np.ones(4), range(4), [1, 0, 1, 1], [0, 0, 1, 1], [1, 1])
    errors = [[0.1, NAN, 0.1, 0.1]]
    found = perceive([[7.0, 6, 5, 6.5]], NATIONAL, 0.5, tree, standard_errors=errors)
    assert np.isfinite(found.standard_error[0])


def test_no_scale_no_score():
    nothing = perception_scale([[NAN] * 4], NATIONAL)
    assert np.isnan(nothing)
    found = perceive([[7.0, 6, 5, 6.5]], NATIONAL, nothing, TREE)
    assert not found.scores.index.is_scored.any() and np.isnan(found.standard_error).all()


def test_scale():
    assert perception_scale([[7.4, NAN, 5, 6], [6.8, 6, NAN, 6.5]], NATIONAL) == pytest.approx(0.5)
    assert perception_scale([NATIONAL], NATIONAL) == 0
    assert np.isnan(perception_scale(np.empty((0, 4)), NATIONAL))


def test_quadrants():
    perceived = np.array([110.0, 90, 110, 90, 100, NAN, 101])
    measured = np.array([105.0, 105, 95, 95, 100, 105, NAN])
    found = compare_with_measured(perceived, np.full(7, 4.0), measured)
    assert found.quadrant.tolist() == [
        "recognised", "unrecognised", "felt", "low", "low", "", ""
    ]  # fmt: skip
    assert found.is_quadrant_sure.tolist() == [True] * 4 + [False] * 3
    assert found.is_told_apart.tolist() == [False, True, True, False, False, False, False]
    np.testing.assert_array_equal(found.gap, [5, -15, 15, -5, 0, NAN, NAN])
    np.testing.assert_array_equal(np.isnan(found.standard_error), np.isnan(found.gap))
    unknown = compare_with_measured(perceived, np.full(7, NAN), measured)
    assert not unknown.is_told_apart.any() and not unknown.is_quadrant_sure.any()
    assert unknown.quadrant.tolist() == found.quadrant.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"means": [[0.5, 6, 5, 6]]}, "means: found 0.5 at position"),
        ({"means": [[INF, 6, 5, 6]]}, "means: found inf at position"),
        ({"national": [7, 6, 5, 10.5]}, "national: found 10.5 at position"),
        ({"national": [7, 6, 5]}, r"national: found shape \(3,\), expected \(4,\)"),
        ({"scale": 0.0}, "scale: found 0.0"),
        ({"scale": INF}, "scale: found inf"),
        ({"correlation": 1.2}, "correlation: found 1.2"),
        ({"standard_errors": [[-1.0, 0, 0, 0]]}, "standard_errors: found -1.0"),
        ({"standard_errors": [[INF, 0, 0, 0]]}, "standard_errors: found inf"),
        ({"standard_errors": [[0, 0, 0]]}, r"standard_errors: found \(1, 3\)"),
        (
            {"hierarchy": Hierarchy([1, 1, 1, 1], [0, 0, 1, 2], [1, 1, 1], [0, 0, 0], [1])},
            "hierarchy: found 4 indicators in 3 domains",
        ),
    ],
)
def test_refused(change, message):
    arguments = {
        "means": [[7, 6, 5, 6]],
        "national": NATIONAL,
        "scale": 0.5,
        "hierarchy": TREE,
    } | change
    with pytest.raises(ValueError, match=message):
        perceive(**arguments)


def test_comparison_refused():
    with pytest.raises(ValueError, match=r"found shapes \(2,\), \(2,\), \(1,\)"):
        compare_with_measured([1.0, 2], [1.0, 2], [1.0])
    with pytest.raises(ValueError, match="measured: found inf"):
        compare_with_measured([1.0], [1.0], [INF])
    with pytest.raises(ValueError, match="standard_error: found"):
        compare_with_measured([1.0], [-1.0], [1.0])

"""The tree: exact fractions, thresholds, bounds, what is missing, splits and contributions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.decomposition import contributions, split_axes, split_score
from phare_pipeline.index.hierarchy import Hierarchy, IndexScores, Thresholds, score_index
from tests.unit.index.exact_index import Exact, as_floats, tables

MODEST = settings(max_examples=40, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def sixteen_domains(indicators_per_domain: int = 1) -> Hierarchy:
    """Four axes of four domains, all weights equal."""
    return Hierarchy(
        weights=np.ones(16 * indicators_per_domain),
        domain_of=np.repeat(np.arange(16), indicators_per_domain),
        domain_weights=np.ones(16),
        axis_of=np.repeat(np.arange(4), 4),
        axis_weights=np.ones(4),
    )


def one_domain(m: int) -> Hierarchy:
    return Hierarchy(np.ones(m), np.zeros(m, dtype=int), [1], [0], [1])


def score_rows(tree: Hierarchy, rows) -> IndexScores:
    return score_index(np.array([as_floats(row) for row in rows]), tree)


@MODEST
@given(tables())
def test_equals_exact_fractions(table):
    tree, rows = table
    scores = score_rows(tree, rows)
    used = [
        i
        for i in range(tree.weights.size)
        if tree.weights[i] > 0 and any(row[i] is not None for row in rows)
    ]
    assert scores.used_columns.tolist() == used
    for unit, row in enumerate(rows):
        exact = Exact(row, tree, used)
        for level, expected in (
            (scores.domain, exact.domain),
            (scores.axis, exact.axis),
            (scores.index, [exact.index]),
        ):
            for k, name in enumerate(("F", "F_low", "F_high")):
                np.testing.assert_allclose(
                    np.atleast_1d(getattr(level, name)[unit]),
                    as_floats([part[k] for part in expected]),
                    rtol=0,
                    atol=1e-12,
                )
        assert scores.index.coverage[unit] == pytest.approx(float(exact.coverage), abs=1e-12)


@MODEST
@given(tables())
def test_bounds_splits_and_contributions(table):
    tree, rows = table
    scores = score_rows(tree, rows)
    for level in (scores.domain, scores.axis, scores.index):
        is_scored = level.is_scored
        assert (np.isnan(level.F) == ~is_scored).all()
        assert (level.F_low <= level.F + 1e-12)[is_scored].all()
        assert (level.F_high >= level.F - 1e-12)[is_scored].all()
        assert (level.F_low >= 70 - 1e-12).all() and (level.F_high <= 130 + 1e-12).all()
        assert (level.imbalance >= 0)[is_scored].all()

    split = split_score(scores)
    parts = (split.mean, split.within_domains, split.between_domains, split.between_axes)
    np.testing.assert_allclose(sum(parts) + split.rounding, scores.index.F, rtol=0, atol=1e-12)
    is_scored = scores.index.is_scored
    assert (np.abs(split.rounding[is_scored]) <= 5.1e-7).all()

    axis = split_axes(scores)
    terms = (axis.mean, axis.within_domains, axis.between_domains, axis.rounding)
    np.testing.assert_allclose(sum(terms), scores.axis.F, rtol=0, atol=1e-12)
    # The terms of the index are those of the axes under the weights of the axes.
    w = tree.axis_weights / tree.axis_weights.sum()
    for name in ("mean", "within_domains", "rounding"):
        nested = np.nansum(w * getattr(axis, name), axis=1)[is_scored]
        np.testing.assert_allclose(nested, getattr(split, name)[is_scored], rtol=0, atol=1e-11)

    shares = contributions(scores)
    for array in (shares.indicator, shares.domain, shares.axis):
        assert np.isnan(array[~is_scored]).all()
        np.testing.assert_allclose(
            np.nansum(array, axis=1)[is_scored], scores.index.F[is_scored] - 100, atol=1e-11
        )
    for d, a in enumerate(tree.axis_of):
        children = shares.indicator[:, tree.domain_of == d]
        is_there = ~np.isnan(shares.domain[:, d])
        np.testing.assert_allclose(
            np.nansum(children, axis=1)[is_there], shares.domain[is_there, d], atol=1e-11
        )
        siblings = np.nansum(shares.domain[:, tree.axis_of == a], axis=1)
        np.testing.assert_allclose(siblings[is_scored], shares.axis[is_scored, a], atol=1e-11)
        in_domain = np.nansum(shares.indicator_in_axis[:, tree.domain_of == d], axis=1)
        is_there = ~np.isnan(shares.domain_in_axis[:, d])
        np.testing.assert_allclose(
            in_domain[is_there], shares.domain_in_axis[is_there, d], atol=1e-11
        )
    for a in range(tree.axis_weights.size):
        is_there = scores.axis.is_scored[:, a]
        for parts in (
            shares.indicator_in_axis[:, tree.axis_of[tree.domain_of] == a],
            shares.domain_in_axis[:, tree.axis_of == a],
        ):
            assert np.isnan(parts[~is_there]).all()
            np.testing.assert_allclose(
                np.nansum(parts, axis=1)[is_there], scores.axis.F[is_there, a] - 100, atol=1e-11
            )


@pytest.mark.slow
@MODEST
@given(tables(), st.data())
def test_raising_any_z_raises_the_score(table, data):
    tree, rows = table
    before = score_rows(tree, rows)
    i = data.draw(st.sampled_from(before.used_columns.tolist() or [0]))
    raised = [
        [*row[:i], None if row[i] is None else min(row[i] + 1, Fraction(130)), *row[i + 1 :]]
        for row in rows
    ]
    after = score_rows(tree, raised)
    for name in ("F", "F_low", "F_high"):
        change = getattr(after.index, name) - getattr(before.index, name)
        assert not (change < 0).any()
    d = tree.domain_of[i]
    counts = np.array([row[i] is not None and row[i] < 130 for row in rows])
    is_in_index = counts & before.index.is_scored & before.domain.is_scored[:, d]
    if tree.weights[i] > 0:
        assert (after.index.F > before.index.F)[is_in_index].all()


@MODEST
@given(tables())
def test_units_and_indicators_only_permute(table):
    tree, rows = table
    before, backward = score_rows(tree, rows), score_rows(tree, rows[::-1])
    assert before.index.F_low.tolist() == backward.index.F_low[::-1].tolist()
    turned = Hierarchy(
        tree.weights[::-1],
        tree.domain_of[::-1],
        tree.domain_weights,
        tree.axis_of,
        tree.axis_weights,
    )
    after = score_rows(turned, [row[::-1] for row in rows])
    np.testing.assert_array_equal(after.index.F, before.index.F)


@MODEST
@given(tables(), st.integers(2, 3))
def test_splitting_an_indicator_changes_nothing(table, k):
    tree, rows = table
    copies = Hierarchy(
        [*tree.weights[1:], *[tree.weights[0] / k] * k],
        [*tree.domain_of[1:], *[tree.domain_of[0]] * k],
        tree.domain_weights,
        tree.axis_of,
        tree.axis_weights,
    )
    before = score_rows(tree, rows).index
    after = score_rows(copies, [[*row[1:], *[row[0]] * k] for row in rows]).index
    for name in ("F", "F_low", "F_high", "coverage"):
        np.testing.assert_allclose(getattr(after, name), getattr(before, name), atol=2e-6)


def test_exact_case_with_a_hole():
    domain = score_index([[110, NAN, 90], [100, 100, 100]], one_domain(3)).domain
    assert domain.F[0, 0] == pytest.approx(101, abs=1e-12)
    assert domain.F_low[0, 0] == pytest.approx(float(Fraction(2510, 27)), abs=1e-12)
    assert domain.F_high[0, 0] == pytest.approx(float(Fraction(3710, 33)), abs=1e-12)
    assert domain.coverage[0, 0] == pytest.approx(2 / 3, abs=1e-15)


def test_thirteen_regions_all_tied():
    scores = score_index(np.full((13, 16), 100.0), sixteen_domains())
    assert scores.index.F.tolist() == [100] * 13
    assert scores.index.imbalance.tolist() == [0] * 13
    assert scores.status.tolist() == ["scored"] * 13
    np.testing.assert_array_equal(contributions(scores).indicator, 0)


def test_an_unscored_domain_is_one_whole_hole():
    z = np.full((2, 32), 75.0)
    z[0, 30:] = [130, NAN]
    scores = score_index(z, sixteen_domains(2))
    assert not scores.domain.is_scored[0, 15]
    assert (scores.domain.F_low[0, 15], scores.domain.F_high[0, 15]) == (70, 130)
    assert scores.index.F[0] == pytest.approx(75, abs=1e-12)
    assert scores.index.F_low[0] < 75 < scores.index.F_high[0]


def test_a_territory_without_any_value_keeps_its_row():
    z = np.full((3, 16), 110.0)
    z[1] = NAN
    scores = score_index(z, sixteen_domains())
    assert scores.status.tolist() == ["scored", "unclassified", "scored"]
    assert np.isnan(scores.index.F[1]) and scores.index.coverage[1] == 0
    assert (scores.index.F_low[1], scores.index.F_high[1]) == (70, 130)
    missing = scores.find_missing(1)
    assert missing.indicators.tolist() == missing.domains.tolist() == list(range(16))
    assert missing.axes.tolist() == [0, 1, 2, 3]
    assert [part.size for part in vars(scores.find_missing(0)).values()] == [0, 0, 0]
    assert np.isnan(split_score(scores).mean[1])


def test_an_indicator_without_any_value_is_not_in_the_denominator():
    z = np.array([[110.0, 90, NAN, NAN], [110, NAN, NAN, NAN]])
    scores = score_index(z, one_domain(4))
    assert scores.used_columns.tolist() == [0, 1]
    assert scores.domain.coverage[:, 0].tolist() == [1, 0.5]
    assert scores.find_missing(1).indicators.tolist() == [1]
    only_second = score_index(z[1:], one_domain(4))
    assert only_second.domain.coverage.tolist() == [[1]]


def test_a_domain_that_nothing_feeds_is_a_hole_for_all():
    tree = Hierarchy([1, 1], [0, 2], [1, 1, 1], [0, 0, 0], [1])
    scores = score_index([[100, 120]], tree)
    assert scores.find_missing(0).domains.tolist() == [1]
    assert scores.index.coverage[0] == pytest.approx(2 / 3)
    assert scores.index.F_low[0] < scores.index.F[0] < scores.index.F_high[0]


@pytest.mark.parametrize(
    ("n_missing_by_axis", "status"),
    [
        ((2, 2, 2, 0), "scored"),  # 10 of 16 domains
        ((2, 2, 2, 1), "unclassified"),  # 9 of 16: 56 %
        ((3, 0, 0, 0), "unclassified"),  # 13 of 16, but one axis has a quarter
    ],
)
def test_thresholds_of_axis_and_index(n_missing_by_axis, status):
    z = np.full((2, 16), 100.0)
    for axis, n_missing in enumerate(n_missing_by_axis):
        z[0, 4 * axis : 4 * axis + n_missing] = NAN
    scores = score_index(z, sixteen_domains())
    assert scores.status.tolist() == [status, "scored"]
    assert scores.axis.is_scored[0].tolist() == [n <= 2 for n in n_missing_by_axis]


def test_thresholds_are_met_by_sums_of_thirds_and_tenths():
    thirds = Hierarchy([0.1, 0.1, 0.1], [0, 0, 0], [1], [0], [1])
    assert score_index([[100, 100, NAN], [100, 100, 100]], thirds).index.is_scored.all()
    fifths = Hierarchy(np.ones(5), np.arange(5), np.full(5, 0.2), [0] * 5, [1])
    z = [[100, 100, 100, NAN, NAN], [100] * 5]
    assert score_index(z, fifths).index.is_scored.all()


def test_thresholds_can_be_changed_and_bounds_still_hold_f():
    z = np.full((2, 16), 75.0)
    z[0, :3] = NAN
    z[0, 3] = 130
    rules = Thresholds(all_axes=0.75)
    scores = score_index(z, sixteen_domains(), rules)
    assert scores.thresholds is rules
    assert scores.index.F[0] == pytest.approx(75, abs=1e-12)
    assert scores.index.F_low[0] < 75 < scores.index.F_high[0]
    assert np.nansum(contributions(scores).indicator[0]) == pytest.approx(-25, abs=1e-12)
    strict = score_index(z, sixteen_domains())
    assert not strict.index.is_scored[0]
    assert strict.index.F_low[0] > scores.index.F_low[0]  # the domain at 130 is known


def test_axis_scores_are_rounded_before_the_index():
    z = np.full((1, 32), 100.0)
    z[0, :2] = [71.2345678, 128.7654321]
    scores = score_index(z, sixteen_domains(2))
    axis = scores.axis
    assert axis.F[0, 0] == round(axis.F[0, 0], 6)
    exact = Fraction(sum(Fraction(x) ** 2 for x in axis.F[0])) / sum(Fraction(x) for x in axis.F[0])
    assert scores.index.F[0] == pytest.approx(float(exact), abs=1e-12)


def test_removing_a_territory_leaves_the_others_bit_identical():
    rng = np.random.default_rng(3)
    z = np.where(rng.random((13, 64)) < 0.1, NAN, rng.uniform(70, 130, (13, 64)))
    whole = score_index(z, sixteen_domains(4))
    for row in range(13):
        rest = score_index(np.delete(z, row, axis=0), sixteen_domains(4))
        for name in ("F", "F_low", "F_high", "mean", "imbalance", "coverage"):
            np.testing.assert_array_equal(
                getattr(rest.index, name), np.delete(getattr(whole.index, name), row)
            )


@pytest.mark.parametrize(
    ("z", "message"),
    [
        ([[100, INF]], "z: found inf"),
        ([[100, 131]], r"z: found 131.0 at position \(0, 1\)"),
        ([[100, 69.9]], "z: found 69.9"),
        ([[100]], "z: found 1 columns, expected 2"),
        ([100, 100], r"z: found shape \(2,\)"),
    ],
)
def test_score_index_refuses(z, message):
    with pytest.raises(ValueError, match=message):
        score_index(z, one_domain(2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, -1], [0, 0], [1], [0], [1]), "weights: found -1.0"),
        (([0, 0], [0, 0], [1], [0], [1]), "weights: found 2 weights, all zero"),
        (([1, 1], [0, 1], [1], [0], [1]), r"domain_of: found 1 at position \(1,\)"),
        (([1, 1], [0, -1], [1], [0], [1]), "domain_of: found -1"),
        (([1, 1], [0.0, 0.0], [1], [0], [1]), "domain_of: found .* of float64"),
        (([1, 1], [0], [1], [0], [1]), r"domain_of: found shape \(1,\)"),
        (([1], [0], [1, 1], [0], [1]), r"axis_of: found shape \(1,\)"),
        (([1], [0], [1, 0], [0, 1], [1, 1]), "domain_weights summed by axis: found 0.0"),
        (([1], [0], [1], [0], [1, 1]), "domain_weights summed by axis: found 0.0"),
        (([1], [0], [1], [0], [NAN]), "axis_weights: found nan"),
        (([[1]], [0], [1], [0], [1]), r"weights: found shape \(1, 1\)"),
    ],
)
def test_hierarchy_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        Hierarchy(*arguments)


@pytest.mark.parametrize(
    "changed", [{"domain": 0}, {"axis": 1.1}, {"index": NAN}, {"tolerance": 1}]
)
def test_thresholds_refuse(changed):
    with pytest.raises(ValueError, match="found"):
        Thresholds(**changed)

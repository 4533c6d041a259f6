"""Fit of indicators, alpha, components: exact cases, scipy, flags, holes, too few units."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from phare_pipeline.index.correlation import correlation_interval
from phare_pipeline.index.hierarchy import Hierarchy, Thresholds, score_index
from phare_pipeline.index.structure import (
    component_shares,
    cronbach_alpha,
    domain_fit,
    structure,
)

MODEST = settings(max_examples=60, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def one_domain(z):
    m = np.shape(z)[1]
    tree = Hierarchy(np.ones(m), np.zeros(m, dtype=int), [1], [0], [1])
    return score_index(z, tree, Thresholds(domain=0.5))


def columns(n, *, noise, seed=0):
    """Columns around one common factor, each with its share of noise (negative turns it)."""
    random = np.random.default_rng(seed)
    factor = random.normal(size=n)
    parts = [np.sign(s) * (factor + abs(s) * random.normal(size=n)) for s in noise]
    return 100 + 8 * np.tanh(np.column_stack(parts))


def test_flags():
    z = columns(60, noise=[0.3, 0.4, 0.3, -0.5])
    z = np.column_stack([z, 100 + 5 * np.random.default_rng(9).normal(size=60)])
    found = domain_fit(one_domain(z))
    assert found.flag.tolist() == ["", "", "", "contradicts", found.flag[4]]
    assert found.flag[4] in ("unrelated", "contradicts")
    assert found.is_conclusive[3]
    # The indicator is in its domain, which hides that it contradicts the rest.
    assert found.with_domain[3] > found.with_others[3]
    repeated = columns(60, noise=[0.05, 0.05, 0.05])
    found = domain_fit(one_domain(repeated))
    assert found.flag.tolist() == ["repeats"] * 3


def test_two_that_contradict_are_both_flagged():
    z = np.array([[90.0, 105], [95, 111], [100, 95], [105, 100], [110, 91]])
    found = domain_fit(one_domain(z))
    expected = stats.spearmanr(z[:, 0], z[:, 1]).statistic
    np.testing.assert_allclose(found.with_others, expected, atol=1e-12)
    assert found.flag.tolist() == ["contradicts"] * 2
    assert not found.is_conclusive.any()
    assert found.count.tolist() == [5, 5]


def test_thirteen_units_conclude_little():
    """Only a correlation below −0.56 is surely negative, only one above 0.986 a repetition."""
    assert correlation_interval(-0.56, 13, "spearman")[1] > 0
    assert correlation_interval(-0.57, 13, "spearman")[1] < 0
    assert correlation_interval(0.985, 13, "spearman")[0] < 0.95
    assert correlation_interval(0.986, 13, "spearman")[0] > 0.95
    low, high = correlation_interval(0.1, 13, "spearman")
    assert low < 0 and high > 0.2


def test_alone_in_its_domain_and_not_used():
    z = np.array([[90.0, NAN, 95], [100, NAN, 90], [104, NAN, 111], [130, NAN, 99]])
    scores = score_index(z, Hierarchy([1, 1, 1], [0, 0, 1], [1, 1], [0, 0], [1]))
    found = domain_fit(scores)
    np.testing.assert_array_equal(found.with_others, [NAN] * 3)
    np.testing.assert_allclose(found.with_domain, [1, NAN, 1])
    assert found.flag.tolist() == [""] * 3 and not found.is_conclusive.any()
    assert found.count.tolist() == [0, 0, 0]


@pytest.mark.parametrize("k", [2, 3, 5])
def test_alpha_of_equal_items_is_one(k):
    item = np.array([90.0, 100, 104, 111])
    found = cronbach_alpha(np.tile(item[:, None], k))
    assert found.alpha == pytest.approx(1, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((1, 1), abs=1e-12)
    assert (found.n_items, found.n_units) == (k, 4)


def test_alpha_by_hand():
    """Variances 1, 1 and of the sum 3 (covariance 1/2): 2·(1 − 2/3) = 2/3."""
    found = cronbach_alpha([[1.0, 1], [2, 3], [3, 2]])
    assert found.alpha == pytest.approx(2 / 3, abs=1e-14)
    assert cronbach_alpha([[1.0, 3], [2, 2], [4, 1]]).alpha < 0


@MODEST
@given(st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=3, max_size=8))
def test_alpha_exact(rows):
    found = cronbach_alpha(rows)

    def variance(values):
        mean = Fraction(sum(values), len(values))
        return sum((v - mean) ** 2 for v in values)

    total = variance([sum(row) for row in rows])
    if total == 0:
        assert np.isnan(found.alpha)
    else:
        within = sum(variance([row[j] for row in rows]) for j in range(3))
        assert found.alpha == pytest.approx(float(Fraction(3, 2) * (1 - within / total)), abs=1e-9)
        assert found.low <= found.alpha + 1e-12 and found.high <= 1 + 1e-12


def test_alpha_interval_holds_the_truth():
    """Items of correlation 1/2: alpha = 3/4 for three; 95 % of the intervals should hold it."""
    random = np.random.default_rng(0)
    held = 0
    for _ in range(300):
        x = random.normal(size=(13, 1)) + random.normal(size=(13, 3))
        found = cronbach_alpha(x)
        held += found.low <= 0.75 <= found.high
    assert 0.91 < held / 300 < 0.99


def test_alpha_over_complete_units_only():
    x = np.array([[1.0, 1], [2, 3], [3, 2], [NAN, 7], [9, NAN]])
    found = cronbach_alpha(x)
    assert found.n_units == 3 and found.alpha == pytest.approx(2 / 3, abs=1e-14)
    for nothing in (x[:2], x[:, :1], np.empty((5, 0)), np.ones((5, 2)), np.empty((0, 2))):
        assert np.isnan(cronbach_alpha(nothing).alpha)


def test_components_exact():
    """Two columns of correlation r have components (1 ± |r|)/2."""
    x = np.array([[1.0, 1], [2, 3], [3, 2]])
    found = component_shares(x, seed=1)
    np.testing.assert_allclose(found.shares, [0.75, 0.25], atol=1e-12)
    np.testing.assert_allclose(
        component_shares(x * [1, -1000], seed=1).shares, [0.75, 0.25], atol=1e-12
    )
    assert found.n_units == 3


def test_components_are_the_eigenvalues():
    x = np.random.default_rng(0).normal(size=(20, 6))
    expected = np.linalg.eigvalsh(np.corrcoef(x.T))[::-1] / 6
    np.testing.assert_allclose(component_shares(x, seed=1).shares, expected, atol=1e-12)
    wide = np.random.default_rng(1).normal(size=(5, 9))
    found = component_shares(wide, seed=1).shares
    np.testing.assert_allclose(found, np.linalg.eigvalsh(np.corrcoef(wide.T))[::-1] / 9, atol=1e-12)
    assert (found[4:] < 1e-12).all() and found.sum() == pytest.approx(1)


def test_noise_share():
    """13 regions on 16 unrelated domains: the first component alone reaches about a quarter."""
    unrelated = np.random.default_rng(5).normal(size=(13, 16))
    found = component_shares(unrelated, seed=1)
    assert 0.2 < found.noise_share < 0.32
    related = component_shares(columns(13, noise=[0.5] * 16), seed=1)
    assert related.noise_share == found.noise_share < related.shares[0]
    assert component_shares(unrelated, seed=2).noise_share != found.noise_share


def test_components_of_little():
    for nothing in (np.empty((0, 3)), np.ones((5, 3)), np.eye(2), np.empty((4, 0))):
        found = component_shares(nothing, seed=1)
        assert found.shares.size == 0 and np.isnan(found.noise_share)
    some = np.column_stack([np.arange(4.0), np.ones(4), [1.0, 4, 2, 3]])
    assert component_shares(some, seed=1).shares.size == 2


@pytest.mark.parametrize("n", [0, 1, 13, 40])
def test_structure_of_an_edition(n):
    random = np.random.default_rng(n)
    z = np.clip(100 + 10 * random.normal(size=(n, 7)), 70, 130)
    tree = Hierarchy(np.ones(7), [0, 0, 0, 1, 1, 2, 2], [1, 1, 1], [0, 0, 1], [1, 1])
    found = structure(score_index(z, tree), seed=1)
    assert found.n_units == n and found.is_too_few == (n < 29)
    assert found.indicators.pearson.shape == (7, 7) and found.domains.count.shape == (3, 3)
    assert [a.n_items for a in found.alpha] == ([3, 2, 2] if n else [0, 0, 0])
    assert np.isnan(found.critical) == (n < 3)
    if n == 13:
        assert found.critical == pytest.approx(0.553, abs=5e-4)
        assert found.power == pytest.approx(0.44, abs=0.005)
        expected = stats.spearmanr(found_domains(z, tree)).statistic
        np.testing.assert_allclose(found.domains.spearman, expected, atol=1e-12)


def found_domains(z, tree):
    return score_index(z, tree).domain.F


def test_permuting_indicators_permutes():
    random = np.random.default_rng(4)
    z = np.clip(100 + 10 * random.normal(size=(13, 6)), 70, 130)
    z[2, 3] = NAN
    domain_of, order = np.array([0, 0, 0, 1, 1, 1]), np.array([5, 2, 0, 3, 1, 4])
    trees = [Hierarchy(np.ones(6), d, [1, 1], [0, 0], [1]) for d in (domain_of, domain_of[order])]
    one, two = (
        structure(score_index(z, trees[0]), seed=1),
        structure(score_index(z[:, order], trees[1]), seed=1),
    )
    np.testing.assert_allclose(two.fit.with_others, one.fit.with_others[order], rtol=1e-12)
    np.testing.assert_allclose(
        two.indicators.spearman, one.indicators.spearman[np.ix_(order, order)], rtol=1e-12
    )
    for name in ("alpha", "low", "high"):
        np.testing.assert_allclose(
            [getattr(a, name) for a in two.alpha], [getattr(a, name) for a in one.alpha]
        )


def test_refused():
    for function in (cronbach_alpha, lambda x: component_shares(x, seed=1)):
        with pytest.raises(ValueError, match="values: found inf at position"):
            function([[INF, 1.0]])
        with pytest.raises(ValueError, match=r"values: found shape \(2,\)"):
            function([1.0, 2])

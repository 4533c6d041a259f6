"""Tests of a group against the rest: closed forms, the overlap, other programs, reasons not to."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline.survey.estimates import means, shares
from phare_pipeline.survey.significance import (
    Outcome,
    Part,
    benjamini_hochberg,
    compare_means,
    compare_shares,
    part_of_means,
    part_of_shares,
)


def share(p: float, n: float, n_eff: float | None = None) -> Part:
    one = np.array([float(p)])
    size = np.array([float(n if n_eff is None else n_eff)])
    return Part(
        value=one, n=np.array([float(n)]), n_eff=size, squared=one * (1 - one) / np.maximum(size, 1)
    )


# --- shares --------------------------------------------------------------------------------------
def test_z_and_p_of_two_groups_by_hand():
    found = compare_shares(share(0.40, 200), share(0.30, 300))
    z = 0.1 / math.sqrt(0.4 * 0.6 / 200 + 0.3 * 0.7 / 300)
    assert found.difference[0] == pytest.approx(0.1)
    assert found.statistic[0] == pytest.approx(z)
    assert found.p_value[0] == pytest.approx(math.erfc(z / math.sqrt(2)))
    assert found.df[0] == np.inf
    assert found.outcome[0] is Outcome.ABOVE
    assert compare_shares(share(0.30, 300), share(0.40, 200)).outcome[0] is Outcome.BELOW


def test_the_overlap_makes_043_of_023():
    """338 of 1 101 in a segment against 606 of the 2 000 that contain it: z is 0.43, not 0.23.

    0.23 comes of comparing the segment with the whole as if nobody were in both. The segment
    against the rest gives 0.43, and so does the whole once the covariance of the two is kept:
    var(p_s − p_T) = (1 − f)² (v_s/n_s + v_r/n_r) with f = n_s/n_T.
    """
    n, total = 1101, 2000
    segment, whole, others = 338 / n, 606 / total, 268 / (total - n)
    v_s, v_r = segment * (1 - segment) / n, others * (1 - others) / (total - n)
    naive = (segment - whole) / math.sqrt(v_s + whole * (1 - whole) / total)
    with_covariance = (segment - whole) / math.sqrt((1 - n / total) ** 2 * (v_s + v_r))
    z = compare_shares(share(segment, n), share(others, total - n)).statistic[0]
    assert round(naive, 2) == 0.23
    assert round(z, 2) == 0.43
    assert z == pytest.approx(with_covariance, rel=1e-12)


@pytest.mark.parametrize(
    ("segment", "rest", "outcome"),
    [
        (share(0.4, 29), share(0.3, 300), Outcome.SMALL_BASE),
        (share(0.4, 30), share(0.3, 300), Outcome.NO_DIFFERENCE),
        (share(0.4, 300), share(0.3, 29), Outcome.SMALL_BASE),
        (share(0.04, 100), share(0.3, 300), Outcome.RARE_ANSWER),
        (share(0.05, 100), share(0.3, 300), Outcome.BELOW),
        (share(0.96, 100), share(0.3, 300), Outcome.RARE_ANSWER),
        (share(0.4, 100, n_eff=12), share(0.3, 300), Outcome.RARE_ANSWER),
        (share(0.0, 100), share(0.0, 300), Outcome.RARE_ANSWER),
        (share(np.nan, 0, n_eff=0), share(0.3, 300), Outcome.NO_VALUE),
        (share(0.4, 200), share(0.31, 200), Outcome.NO_DIFFERENCE),
        (share(0.4, 200), share(0.30, 200), Outcome.ABOVE),
    ],
)
def test_when_there_is_a_test_and_when_not(segment, rest, outcome):
    found = compare_shares(segment, rest)
    assert found.outcome[0] is outcome
    is_tested = outcome in (Outcome.ABOVE, Outcome.BELOW, Outcome.NO_DIFFERENCE)
    assert np.isnan(found.p_value[0]) != is_tested
    assert np.isnan(found.statistic[0]) != is_tested


def test_the_level_is_a_choice():
    parts = share(0.4, 200), share(0.31, 200)
    p_value = compare_shares(*parts).p_value[0]
    assert 0.05 < p_value < 0.10
    assert compare_shares(*parts, alpha=0.10).outcome[0] is Outcome.ABOVE
    for alpha in (0.0, 1.0, -1.0):
        with pytest.raises(ValueError, match="alpha"):
            compare_shares(*parts, alpha=alpha)


def test_a_share_is_between_0_and_1():
    with pytest.raises(ValueError, match=r"segment.value: found 1.5"):
        compare_shares(Part(np.array([1.5]), *[np.array([100.0])] * 2, np.array([0.1])),
                       share(0.3, 100))  # fmt: skip


# --- means ---------------------------------------------------------------------------------------
def test_means_are_compared_by_welch_on_equal_weights():
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(11)
    a, b = rng.normal(6, 2, 40), rng.normal(5, 3, 70)
    parts = [
        part_of_means(means(x[:, None], np.ones((x.size, 1), dtype=bool), np.ones(x.size)))
        for x in (a, b)
    ]
    found = compare_means(*parts)
    expected = ttest_ind(a, b, equal_var=False)
    assert found.statistic[0] == pytest.approx(expected.statistic, rel=1e-12)
    assert found.df[0] == pytest.approx(expected.df, rel=1e-12)
    assert found.p_value[0] == pytest.approx(expected.pvalue, rel=1e-9)


def test_means_without_variance_are_not_tested():
    same = Part(np.array([5.0]), np.array([40.0]), np.array([40.0]), np.array([0.0]))
    assert compare_means(same, same).outcome[0] is Outcome.NO_VARIANCE


# --- weights that go with the answer -------------------------------------------------------------
@given(
    st.lists(st.tuples(st.floats(0.1, 10), st.booleans()), min_size=40, max_size=80),
    st.lists(st.tuples(st.floats(0.1, 10), st.booleans()), min_size=40, max_size=80),
)
def test_z_rests_on_the_linearised_errors_of_both_groups(ours, others):
    def part(people):
        w = np.array([p[0] for p in people])
        y = np.array([[p[1]] for p in people])
        return part_of_shares(shares(y, np.ones(y.shape, dtype=bool), w)), w, y[:, 0]

    def error(w, y):
        p = np.average(y, weights=w)
        return w.size / (w.size - 1) * np.sum((w * (y - p)) ** 2) / w.sum() ** 2, p

    (segment, w, y), (rest, v, x) = part(ours), part(others)
    found = compare_shares(segment, rest)
    (a, p), (b, q) = error(w, y), error(v, x)
    if not np.isnan(found.statistic[0]):
        assert found.statistic[0] == pytest.approx((p - q) / math.sqrt(a + b), rel=1e-9, abs=1e-12)


# --- many tests ----------------------------------------------------------------------------------
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_is_that_of_scipy(p_values):
    from scipy.stats import false_discovery_control

    np.testing.assert_allclose(
        benjamini_hochberg(p_values), false_discovery_control(p_values, method="bh"), atol=1e-15
    )


def test_a_test_that_was_not_made_does_not_count():
    found = benjamini_hochberg([0.01, np.nan, 0.04, 0.03])
    np.testing.assert_allclose(found, [0.03, np.nan, 0.04, 0.04])


def test_each_block_is_adjusted_by_itself():
    found = benjamini_hochberg([0.01, 0.02, 0.04, 0.5], ["a", "b", "a", "b"])
    np.testing.assert_allclose(found, [0.02, 0.04, 0.04, 0.5])
    assert benjamini_hochberg([]).size == 0


def test_benjamini_hochberg_refuses():
    with pytest.raises(ValueError, match="numbers from 0 to 1"):
        benjamini_hochberg([1.2])
    with pytest.raises(ValueError, match="blocks"):
        benjamini_hochberg([0.1, 0.2], ["a"])

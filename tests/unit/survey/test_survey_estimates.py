"""Weighted estimates against closed forms, other programs' formulas and properties."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline.survey.estimates import (
    Interval,
    bands,
    means,
    net_balance,
    round_half_up,
    shares,
)


def column(*values: object) -> np.ndarray:
    return np.array(values)[:, None]


def yes_of(n_yes: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(answers, base, weights) of n equal respondents."""
    return column(*[i < n_yes for i in range(n)]), np.ones((n, 1), dtype=bool), np.ones(n)


# --- effective size ------------------------------------------------------------------------------
def test_equal_weights_count_as_they_are_and_unequal_ones_less():
    everybody = np.ones((4, 1), dtype=bool)
    for weights, base, expected in (
        ([2, 2, 2, 2], everybody, 4),
        ([1, 1, 1, 3], everybody, 36 / 12),
        ([1, 1, 1, 3], ~everybody, 0),
    ):
        assert shares(base, base, weights).n_eff == pytest.approx([expected])


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=20), st.floats(0.001, 1000))
def test_effective_size_is_at_most_n_and_knows_no_unit(weights, factor):
    everybody = np.ones((len(weights), 1), dtype=bool)
    found = shares(everybody, everybody, weights).n_eff[0]
    assert 1 - 1e-9 <= found <= len(weights) + 1e-9
    scaled = shares(everybody, everybody, np.array(weights) * factor)
    assert scaled.n_eff[0] == pytest.approx(found)


# --- shares --------------------------------------------------------------------------------------
def test_a_share_of_equal_respondents_has_the_textbook_error():
    found = shares(*yes_of(60, 200))
    assert found.value[0] == pytest.approx(0.30)
    assert found.se[0] == pytest.approx(np.sqrt(0.3 * 0.7 / 199))
    assert found.moe95[0] == pytest.approx(1.96 * np.sqrt(0.3 * 0.7 / 199))
    assert found.interval[0] is Interval.WALD
    assert (found.ci_low[0], found.ci_high[0]) == pytest.approx(
        (0.3 - found.moe95[0], 0.3 + found.moe95[0])
    )
    assert (found.base_n[0], found.base_n_answered[0], found.n_eff[0]) == (200, 200, 200)
    assert found.squared[0] == pytest.approx(0.21 / 199)
    assert not found.is_fpc[0]


def test_a_weighted_share_by_hand():
    # weights 1 2 3 4, yes no yes -; the fourth is not in the base
    found = shares(
        column(True, False, True, False),
        column(True, True, True, False),
        [1, 2, 3, 4],
        is_answered=column(True, False, True, False),
    )
    p, n_eff = Fraction(4, 6), Fraction(36, 14)
    assert found.value[0] == pytest.approx(float(p))
    assert found.n_eff[0] == pytest.approx(float(n_eff))
    squares = 1 * (1 - p) ** 2 + 4 * p**2 + 9 * (1 - p) ** 2
    assert found.se[0] ** 2 == pytest.approx(float(Fraction(3, 2) * squares / 36))
    assert (found.base_n[0], found.base_n_answered[0]) == (3, 2)


def jackknife(values: np.ndarray, weights: np.ndarray) -> float:
    """The squared error of a weighted mean when each respondent is left out in turn."""
    left = [
        np.average(np.delete(values, i), weights=np.delete(weights, i)) for i in range(len(values))
    ]
    n = len(values)
    return (n - 1) / n * float(np.sum((np.array(left) - np.mean(left)) ** 2))


@pytest.mark.parametrize("tie", [-1.0, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_weights_that_go_with_the_answer_change_the_error(seed, tie):
    """The linearised error follows the jackknife; σ²/n_eff knows of no tie."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=1500)
    w = np.exp(0.8 * z)
    answer = (tie * z + rng.normal(size=z.size) > 2.0)[:, None]
    found = shares(answer, np.ones(answer.shape, dtype=bool), w)
    assert found.squared[0] == pytest.approx(jackknife(answer[:, 0].astype(float), w), rel=0.02)
    closed = found.value[0] * (1 - found.value[0]) / found.n_eff[0]
    ratio = found.squared[0] / closed
    assert ratio > 1.3 if tie > 0 else ratio < 0.8


@given(
    st.lists(st.tuples(st.floats(0.05, 20), st.integers(0, 10)), min_size=2, max_size=40),
)
def test_errors_are_the_formula_of_the_book(people):
    """Särndal, Swensson & Wretman, written out respondent by respondent, for all three figures."""
    w = [p[0] for p in people]
    scores = {
        "share": [float(p[1] >= 6) for p in people],
        "mean": [float(p[1]) for p in people],
        "balance": [float(p[1] >= 6) - float(p[1] <= 2) for p in people],
    }
    x = np.array([[p[1]] for p in people])
    base = np.ones(x.shape, dtype=bool)
    found = {
        "share": shares(x >= 6, base, w),
        "mean": means(x.astype(float), base, w),
        "balance": net_balance(x >= 6, x <= 2, base, w),
    }
    n, total = len(w), sum(w)
    for name, y in scores.items():
        mean = sum(a * b for a, b in zip(w, y, strict=True)) / total
        squares = sum((a * (b - mean)) ** 2 for a, b in zip(w, y, strict=True))
        expected = n / (n - 1) * squares / total**2
        np.testing.assert_allclose(found[name].se[0] ** 2, expected, rtol=1e-9, atol=1e-15)


def test_equal_weights_have_the_closed_form_but_for_one_degree():
    answers, base, w = yes_of(60, 200)
    found = shares(answers, base, w)
    closed = found.value * (1 - found.value) / found.n_eff
    assert found.squared[0] == pytest.approx(closed[0] * 200 / 199)


@pytest.mark.parametrize("light", [1e-3, 0.1, 1.0])
def test_a_rare_answer_of_light_people_comes_from_no_more_than_were_asked(light):
    answer, base, _ = yes_of(1, 50)
    found = shares(answer, base, np.where(answer[:, 0], light, 1.0))
    z, p, n = 1.96, found.value[0], 50
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    assert found.ci_high[0] == pytest.approx(centre + half, rel=1e-9)


@pytest.mark.parametrize(
    ("n_yes", "n", "kind"),
    [
        (60, 200, Interval.WALD),
        (20, 200, Interval.WALD),  # 10 % exactly
        (19, 200, Interval.WILSON),
        (180, 200, Interval.WALD),  # 90 % exactly
        (181, 200, Interval.WILSON),
        (30, 99, Interval.WILSON),
        (30, 100, Interval.WALD),
        (0, 200, Interval.WILSON),
    ],
)
def test_extreme_shares_and_small_bases_have_wilsons_interval(n_yes, n, kind):
    assert shares(*yes_of(n_yes, n)).interval[0] is kind


@pytest.mark.parametrize(("n_yes", "n"), [(3, 40), (38, 40), (10, 40), (0, 40), (40, 40), (1, 200)])
def test_wilsons_interval_is_the_published_formula(n_yes, n):
    from scipy.stats import binomtest

    found = shares(*yes_of(n_yes, n))
    expected = binomtest(n_yes, n).proportion_ci(method="wilson")
    # scipy takes the quantile itself, 1.959964, and not 1.96.
    assert found.ci_low[0] == pytest.approx(expected.low, abs=2e-5)
    assert found.ci_high[0] == pytest.approx(expected.high, abs=2e-5)
    z, p = 1.96, n_yes / n
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    assert found.ci_low[0] == pytest.approx(max(centre - half, 0), abs=1e-12)
    assert found.ci_high[0] == pytest.approx(min(centre + half, 1), abs=1e-12)


def test_nobody_and_everybody_have_exact_ends():
    none, all_ = shares(*yes_of(0, 40)), shares(*yes_of(40, 40))
    assert none.ci_low[0] == 0 and none.ci_high[0] == pytest.approx(1.96**2 / (40 + 1.96**2))
    assert all_.ci_high[0] == 1 and all_.ci_low[0] == pytest.approx(40 / (40 + 1.96**2))
    assert none.se[0] == 0


def test_a_finite_population_is_felt_above_five_percent():
    answers, base, w = yes_of(60, 200)
    plain = shares(answers, base, w).se[0]
    at_limit = shares(answers, base, w, universe=4_000)
    above = shares(answers, base, w, universe=3_999)
    assert at_limit.se[0] == plain and not at_limit.is_fpc[0]
    assert above.is_fpc[0]
    assert above.se[0] == pytest.approx(plain * np.sqrt((3_999 - 200) / 3_998))
    assert shares(answers, base, w, universe=np.nan).se[0] == plain
    everybody = shares(answers, base, w, universe=200)
    assert everybody.se[0] == 0
    assert everybody.ci_low[0] == everybody.ci_high[0] == pytest.approx(0.3)


def test_a_census_of_one_answer_has_no_width():
    found = shares(*yes_of(0, 40), universe=40)
    assert (found.ci_low[0], found.ci_high[0]) == (0, 0)


def test_no_base_has_no_value():
    found = shares(np.zeros((3, 1), dtype=bool), np.zeros((3, 1), dtype=bool), np.ones(3))
    assert np.isnan(found.value[0]) and np.isnan(found.se[0]) and np.isnan(found.ci_low[0])
    assert (found.base_n[0], found.n_eff[0]) == (0, 0)
    assert found.interval[0] is Interval.NONE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((column(True), column(False), [1], None, None), "outside the base"),
        ((column(False), column(False), [1], column(True), None), "nobody outside the base"),
        ((column(True), column(True), [0], None, None), "finite weights > 0"),
        ((column(True), column(True), [-1], None, None), "finite weights > 0"),
        ((column(True), column(True), [np.nan], None, None), "finite weights > 0"),
        ((column(True), column(True), [1, 1], None, None), "one a row: 1"),
        ((column(1), column(True), [1], None, None), "expected (n, m) bool"),
        ((np.array([True]), column(True), [1], None, None), "(n, m) bool"),
        ((column(True), column(True, True), [1], None, None), "expected (1, 1)"),
        ((column(True, True), column(True, True), [1, 1], None, 1), "at least the number"),
    ],
)
def test_shares_refuse(arguments, message):
    answer, base, weights, answered, universe = arguments
    with pytest.raises(ValueError) as error:
        shares(answer, base, weights, is_answered=answered, universe=universe)
    assert message in str(error.value)


@given(
    st.lists(st.tuples(st.floats(0.05, 20), st.booleans(), st.booleans()), min_size=1, max_size=30),
    st.floats(0.01, 100),
)
def test_shares_keep_what_they_promise(people, factor):
    w = np.array([p[0] for p in people])
    base = column(*[p[1] for p in people])
    answer = column(*[p[1] and p[2] for p in people])
    found = shares(answer, base, w)
    other = shares(base & ~answer, base, w)
    scaled = shares(answer, base, w * factor)
    if not base.any():
        return
    assert found.value[0] + other.value[0] == pytest.approx(1)
    assert scaled.value[0] == pytest.approx(found.value[0])
    np.testing.assert_allclose(scaled.se, found.se, rtol=1e-6, atol=1e-12)
    if found.interval[0] is not Interval.NONE:
        low, value, high = found.ci_low[0], found.value[0], found.ci_high[0]
        assert 0 <= low <= value + 1e-12 and value - 1e-12 <= high <= 1


# --- means and bands -----------------------------------------------------------------------------
def test_a_mean_of_equal_respondents_is_the_textbook_one():
    notes = np.array([3.0, 7, 8, 10, 1, 5])
    found = means(notes[:, None], np.ones((6, 1), dtype=bool), np.ones(6))
    assert found.value[0] == pytest.approx(notes.mean())
    assert found.se[0] == pytest.approx(notes.std(ddof=1) / np.sqrt(6))
    assert found.ci_low[0] == pytest.approx(notes.mean() - 1.96 * found.se[0])


def test_a_dont_know_is_in_the_base_of_a_mean_but_not_in_it():
    notes = column(4.0, np.nan, 8.0)
    found = means(notes, np.ones((3, 1), dtype=bool), [1, 5, 3])
    assert found.value[0] == pytest.approx(7.0)
    assert (found.base_n[0], found.base_n_answered[0]) == (3, 2)
    assert found.n_eff[0] == pytest.approx(16 / 10)
    assert found.se[0] == pytest.approx(np.sqrt(2 / 1 * (1 * 9 + 9 * 1) / 16))


def test_one_answer_has_a_mean_without_error():
    found = means(column(4.0), column(True), [2.0])
    assert found.value[0] == 4 and np.isnan(found.se[0])
    assert found.interval[0] is Interval.NONE
    nobody = means(column(np.nan), column(True), [2.0])
    assert np.isnan(nobody.value[0]) and nobody.base_n[0] == 1


def test_means_refuse():
    with pytest.raises(ValueError, match="outside the base"):
        means(column(4.0), column(False), [1])
    with pytest.raises(ValueError, match="finite numbers"):
        means(column(np.inf), column(True), [1])


def test_bands_and_dont_knows_make_the_whole():
    rng = np.random.default_rng(7)
    notes = rng.integers(1, 11, (120, 3)).astype(float)
    notes[rng.random(notes.shape) < 0.2] = np.nan
    base = rng.random(notes.shape) < 0.9
    notes[~base] = np.nan
    w = rng.lognormal(size=120)
    found = bands(notes, base, w, {"low": (1, 5), "mid": (6, 7), "high": (8, 10)})
    nsp = shares(base & np.isnan(notes), base, w)
    total = sum(band.value for band in found.values()) + nsp.value
    np.testing.assert_allclose(total, 1, rtol=1e-12)
    assert list(found) == ["low", "mid", "high"]
    assert (found["low"].base_n_answered == (base & ~np.isnan(notes)).sum(axis=0)).all()


@pytest.mark.parametrize("limits", [{"a": (1, 5), "b": (5, 10)}, {"a": (1, 5), "b": (7, 10)}])
def test_bands_that_overlap_or_leave_a_note_out(limits):
    notes = column(5.0, 6.0)
    with pytest.raises(ValueError, match="notes in one of the bands"):
        bands(notes, np.ones((2, 1), dtype=bool), [1, 1], limits)


# --- balances -------------------------------------------------------------------------------------
def test_a_balance_from_unrounded_shares():
    # 56.4 % and 14.4 % print as 56 and 14; their difference is 42.0.
    plus = column(*[i < 564 for i in range(1000)])
    minus = column(*[564 <= i < 708 for i in range(1000)])
    base = np.ones((1000, 1), dtype=bool)
    found = net_balance(plus, minus, base, np.ones(1000))
    assert found.value[0] == pytest.approx(0.42)
    p, q = 0.564, 0.144
    assert found.se[0] == pytest.approx(np.sqrt((p + q - (p - q) ** 2) / 999))
    assert found.base_n[0] == 1000


def test_a_balance_is_the_mean_of_plus_and_minus_ones():
    rng = np.random.default_rng(3)
    score = rng.integers(-1, 2, (80, 2))
    w = rng.lognormal(size=80)
    base = np.ones(score.shape, dtype=bool)
    found = net_balance(score > 0, score < 0, base, w)
    as_mean = means(score.astype(float), base, w)
    np.testing.assert_allclose(found.value, as_mean.value, rtol=1e-12)
    np.testing.assert_allclose(found.se, as_mean.se, rtol=1e-12)


def test_a_balance_of_all_pluses_stays_within_one():
    found = net_balance(*[column(*[True] * 40), column(*[False] * 40)],
                        np.ones((40, 1), dtype=bool), np.ones(40))  # fmt: skip
    assert found.value[0] == 1 and found.ci_high[0] == 1 and found.se[0] == 0


def test_an_answer_is_plus_or_minus():
    with pytest.raises(ValueError, match="no minus as well"):
        net_balance(column(True), column(True), column(True), [1])


# --- rounding ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "decimals", "factor", "printed"),
    [
        (2.5, 0, 1, "3"),
        (3.5, 0, 1, "4"),
        (-2.5, 0, 1, "-3"),
        (0.285, 0, 100, "29"),
        (0.28499, 0, 100, "28"),
        (7.25, 1, 1, "7.3"),
        (7.35, 1, 1, "7.4"),
        (0.1 + 0.2, 1, 1, "0.3"),
        (0.005, 2, 1, "0.01"),
        (28.499999999999996, 0, 1, "29"),  # what 100 · 0.285 is in floats
        (-0.4, 0, 1, "0"),
        (0.0, 1, 1, "0.0"),
        (1e-15, 0, 100, "0"),
        (0.995, 0, 100, "100"),
    ],
)
def test_halves_go_away_from_zero_once(value, decimals, factor, printed):
    found = round_half_up(value, decimals, factor=factor)
    assert str(found) == printed


def test_nothing_is_printed_where_nothing_is_known():
    assert round_half_up(float("nan")) is None
    with pytest.raises(ValueError, match="finite"):
        round_half_up(float("inf"))


@given(st.integers(-10_000, 10_000), st.integers(0, 3))
def test_decimals_round_as_written(thousandths, decimals):
    exact = Decimal(thousandths) / 1000
    found = round_half_up(thousandths / 1000, decimals)
    assert found is not None
    assert abs(found - exact) <= Decimal(1).scaleb(-decimals) / 2
    away = abs(exact) + Decimal(1).scaleb(-decimals) / 2
    assert abs(found) == away.quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_DOWN")

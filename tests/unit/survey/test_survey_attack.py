"""What a reader finds of hidden figures: overlapping groups, rounding, answers, tests."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.survey.additivity import answer_limits, linked_lines
from phare_pipeline.survey.attack import Attack, told_by_test, told_by_value
from phare_pipeline.survey.codebook import Area, AreaKind
from phare_pipeline.survey.disclosure import attack_results, disclose
from phare_pipeline.survey.parts import Parts, cut
from phare_pipeline.survey.protection import protect, width_of
from phare_pipeline.survey.results import Disclosure, Provenance, Result

MODEST = settings(max_examples=25, deadline=None, derandomize=True)
Q3, ITEMS = "citoyens:Q3", ("oui", "non", "nsp")
REGION, OTHER, WIDER, COUNTRY = "hauts-de-france", "occitanie", "nord-est", "france"


@pytest.fixture(scope="module")
def book(codebook):
    """The codebook with one more region: the super-region less the small one."""
    return replace(
        codebook,
        areas={**codebook.areas, OTHER: Area(OTHER, "Occitanie", AreaKind.REGION, "76", "")},
    )


def result(value, base_n, area=REGION, item="oui", **changes):
    fixed = {
        "study_id": "test",
        "actor": "citoyens",
        "area_id": area,
        "question_id": Q3,
        "item_code": item,
        "segment_id": "ensemble",
        "statistic": "share",
        "band": "",
        "unit": "%",
        "provenance": Provenance.COMPUTED,
        "value": value,
        "base_n": base_n,
    }
    return Result(**{**fixed, **changes})


def overlapping(rng, sizes=(8, 60, 300), weighted=True):
    """A small region within a super-region within a country: rows, and the parts they are cut in.

    Three parts: everywhere else, the super-region outside of the region, the region.
    """
    place = np.repeat([0, 1, 2], sizes)
    weights = rng.uniform(0.5, 2.0, place.size) if weighted else np.ones(place.size)
    answers = rng.choice(3, place.size, p=[0.5, 0.4, 0.1])
    masks = {REGION: place == 0, WIDER: place <= 1, COUNTRY: place <= 2}
    of, groups = cut(list(masks.values()))
    held = {(area, "ensemble"): group for area, group in zip(masks, groups, strict=True)}
    k = int(of.max()) + 1
    size = np.bincount(of, weights, k)
    lines = {
        (item, "share"): 100 * np.bincount(of, weights * (answers == code), k) / size
        for code, item in enumerate(ITEMS)
    }
    rows = [
        result(
            100 * float(np.average(answers[mask] == code, weights=weights[mask])),
            int(mask.sum()),
            area,
            item,
        )
        for area, mask in masks.items()
        for code, item in enumerate(ITEMS)
    ]
    return rows, {Q3: Parts(held, {}, dict.fromkeys(lines, size), lines)}


# --- groups of any shape --------------------------------------------------------------------------
def test_groups_are_cut_where_they_differ():
    a = np.array([True, True, False, False, False])
    b = np.array([False, True, True, False, False])
    place, (of_a, of_b) = cut([a, b])
    assert len(set(place)) == 4 and place[3] == place[4]
    np.testing.assert_array_equal(of_a[place], a)
    np.testing.assert_array_equal(of_b[place], b)


def test_a_region_is_a_super_region_less_another(book):
    """The super-region and the rest of it tell the region, though no table says so."""
    rows, parts = overlapping(np.random.default_rng(1), sizes=(8, 12, 300))
    of = np.array([False, True, False])
    parts[Q3].groups[OTHER, "ensemble"] = of
    known = [result(float(parts[Q3].values[i, "share"][1]), 12, OTHER, i) for i in ITEMS]
    by_key = {row.key: row for row in (*rows, *known)}
    attack = Attack(book.questions[Q3], tuple(parts[Q3].weights), parts[Q3], by_key)
    secret = rows[0].key
    shown = by_key.keys() - {r.key for r in rows[:3]}
    found = attack.find(secret, shown, ())
    weights = parts[Q3].weights["oui", "share"]
    # By hand: v = ((a + b) V - b v')/a, each of the two within half a point.
    expected = (weights[2] + 2 * weights[1]) / weights[2]
    assert found.width <= expected + 1e-6
    assert found.low <= rows[0].value <= found.high
    without = attack.find(secret, shown - {r.key for r in known}, ())
    assert without.width > found.width
    assert {key[2] for key in found.figures} >= {OTHER}


@pytest.mark.slow
@MODEST
@given(seed=st.integers(0, 10_000), size=st.integers(1, 10), rest=st.sampled_from([12, 31, 200]))
def test_no_secret_is_found_and_the_truth_is_never_excluded(book, seed, size, rest):
    rows, parts = overlapping(np.random.default_rng(seed), sizes=(size, rest, 300))
    shown = disclose(rows, book, parts)
    tries = attack_results(shown, book, parts)
    assert len(tries) == 3 and not any(tried.is_known for tried in tries)
    truth = {row.key: row.value for row in rows}
    for tried in tries:
        assert tried.found.low - 1e-6 <= truth[tried.key] <= tried.found.high + 1e-6
    assert all(row.is_shown for row in shown if row.area_id == COUNTRY)


def test_without_protection_the_attack_succeeds(book):
    rows, parts = overlapping(np.random.default_rng(2), sizes=(10, 31, 300))
    parts[Q3].groups[OTHER, "ensemble"] = np.array([False, True, False])
    rest = [result(float(parts[Q3].values[i, "share"][1]), 31, OTHER, i) for i in ITEMS]
    safe = disclose([*rows, *rest], book, parts)
    assert any(row.disclosure is Disclosure.SECONDARY for row in safe)
    leaky = [
        replace(row, disclosure=Disclosure.SHOWN) if row.disclosure is Disclosure.SECONDARY else row
        for row in safe
    ]
    assert any(tried.is_known for tried in attack_results(leaky, book, parts))


def test_what_the_country_alone_tells_hides_nothing(book):
    """Ten of twelve respondents: the country alone tells them to within two points."""
    rows, parts = overlapping(np.random.default_rng(2), sizes=(10, 1, 1))
    whole = replace(rows[6], base_n=200)
    judged = {r.key: r for r in (replace(rows[0], disclosure=Disclosure.SMALL_CELL), whole)}
    assert protect(judged, [rows[0].key], parts, book) == (frozenset(), frozenset())


# --- what one printed thing tells -----------------------------------------------------------------
def test_a_printed_share_tells_half_a_point():
    assert told_by_value(result(42.3, 182)) == (41.5, 42.5)
    assert told_by_value(result(0.2, 182)) == (0.0, 0.5)
    mean = result(7.33, 182, statistic="mean", unit="note")
    assert told_by_value(mean) == pytest.approx((7.25, 7.35))


def test_equal_weights_leave_whole_answers_only():
    """19 of 45 is the only share of 45 that prints as 42 %."""
    row = result(100 * 19 / 45, 45, n_eff=45.0)
    assert told_by_value(row) == pytest.approx((100 * 19 / 45, 100 * 19 / 45))


def test_a_printed_p_tells_how_far_two_groups_are_apart():
    row = result(42.0, 182, p_value=0.0124, test="above")
    least, most = told_by_test(row)
    assert least < 1 < most and most - least < 0.2
    # The outcome says on which side of 5 % a p of 0.05 lies.
    near = replace(row, p_value=0.049)
    assert told_by_test(near)[0] == pytest.approx(1.960 / 1.969, abs=1e-3)
    nothing = replace(row, p_value=0.97, test="no_difference")
    assert told_by_test(nothing)[0] == -1.0


def test_a_test_is_withheld_before_a_value(book):
    """Super-region and rest are tested: their gap, known too well, goes before any value."""
    rng = np.random.default_rng(4)
    rows, parts = overlapping(rng, sizes=(10, 400, 400))
    group = parts[Q3].groups
    group[OTHER, "ensemble"] = np.array([False, True, False])
    parts[Q3].rests[OTHER, "ensemble"] = np.array([False, False, True])
    tested = result(
        float(parts[Q3].values["oui", "share"][1]), 400, OTHER,
        p_value=1e-12, test="above",
    )  # fmt: skip
    shown = disclose([*rows, tested], book, parts)
    by_area = {row.area_id: row for row in shown if row.item_code == "oui"}
    assert by_area[OTHER].is_shown and not by_area[OTHER].shows_test
    assert not any(row.disclosure is Disclosure.SECONDARY for row in shown)


@pytest.mark.parametrize(
    ("base_n", "changes", "width"),
    [
        (10, {}, 10.0),
        (2, {}, 50.0),
        (1, {}, 50.0),
        (0, {}, 10.0),
        (2, {"statistic": "net_balance", "unit": "points"}, 100.0),
        (2, {"statistic": "mean", "unit": "note"}, 1.0),
    ],
)
def test_the_width_is_what_one_respondent_moves(base_n, changes, width):
    assert width_of(result(50.0, base_n, **changes)) == width


# --- what always holds between answers ------------------------------------------------------------
def limits_of(codebook, question_id, *statistics):
    question = codebook.questions[question_id]
    lines = [(item, s) for s in statistics for item in question.results_of(s)]
    tied = linked_lines(question, lines)
    return question, tied, [limit for own in tied for limit in answer_limits(question, own)]


def test_options_make_a_hundred_and_nets_are_sums(codebook):
    _, tied, limits = limits_of(codebook, "associations:q10", "share", "share_net")
    assert len(tied) == 1
    assert [(limit.low, limit.high) for limit in limits] == [(100.0, 100.0), (0.0, 0.0)]


def test_bands_bound_their_mean(codebook):
    question, tied, limits = limits_of(
        codebook, "citoyens:Q1", "share_band_low", "share_band_mid", "share_band_high", "share_nsp",
        "mean",
    )  # fmt: skip
    assert len(tied) == len(question.items)
    assert len(limits) == 3 * len(tied)
    [low] = [v for limit in limits[:3] for k, v in limit.coefficients.items()
             if k[1] == "share_band_high" and limit.low == float("-inf")]  # fmt: skip
    assert low == 8.0


def test_first_choices_are_within_the_three(codebook):
    question, tied, limits = limits_of(
        codebook, "associations:q24", "share_first", "share_top3_total"
    )
    assert len(tied) == 1 and len(limits) == 2 + len(question.items)
    assert {limit.high for limit in limits} == {100.0, 300.0}


def test_the_best_answer_is_one_of_the_two_best(codebook):
    _, _, limits = limits_of(codebook, "citoyens:Q2", "share_top1", "share_top2", "share_nsp")
    assert {tuple(sorted(limit.coefficients.values())) for limit in limits} == {
        (-1.0, 1.0), (1.0, 1.0),
    }  # fmt: skip

"""What leaves of a row: nothing beside a hidden figure, no digits beside a shown one."""

import itertools

import pytest

from phare_pipeline.survey.disclosure import disclose
from phare_pipeline.survey.estimates import Z95
from phare_pipeline.survey.public import public_n_eff, public_p, public_rows
from phare_pipeline.survey.results import ErrorKind, Provenance, Result

FIGURES = (
    *("value", "base_n", "base_n_answered", "universe_n", "n_eff", "se", "moe95", "ci_low"),
    *("ci_high", "national_value", "diff", "p_value", "p_adj"),
)


def row(value, base_n=182, n_eff=150.3, area="hauts-de-france", **changes):
    p = value / 100
    se = 100 * (p * (1 - p) / n_eff) ** 0.5
    fixed = {
        "study_id": "test",
        "actor": "citoyens",
        "area_id": area,
        "question_id": "citoyens:Q3",
        "item_code": "oui",
        "segment_id": "ensemble",
        "statistic": "share",
        "band": "",
        "unit": "%",
        "provenance": Provenance.COMPUTED,
        "value": value,
        "base_n": base_n,
        "base_n_answered": base_n - 3,
        "n_eff": n_eff,
        "universe_n": 5_000_000,
        "se": se,
        "moe95": Z95 * se,
        "ci_low": value - Z95 * se,
        "ci_high": value + Z95 * se,
        "error_kind": ErrorKind.COMPUTED,
        "p_value": 0.0234,
        "p_adj": 0.0468,
        "test": "above",
    }
    return Result(**{**fixed, **changes})


def shown(codebook, *rows):
    return public_rows(disclose(rows, codebook), codebook)


@pytest.mark.parametrize("base_n", [29, 10, 0])
def test_whatever_stands_beside_a_hidden_figure_is_void(codebook, base_n):
    [public] = shown(codebook, row(42.3, base_n, national_value=40.0, diff=2.3))
    assert {getattr(public, name) for name in FIGURES} == {None}
    assert public.test == "" and public.error_kind is ErrorKind.NONE and public.reason_fr


@pytest.mark.parametrize(
    ("first", "second"), list(itertools.combinations([41.51, 41.9, 42.0, 42.49], 2))
)
def test_figures_that_print_alike_leave_alike(codebook, first, second):
    """Error, interval and gap are those of the printed share: they say nothing of its digits."""
    country = row(38.2, 2024, 1800.4, "france")
    one, two = (shown(codebook, row(value), country) for value in (first, second))
    assert one == two
    assert one[0].diff == one[0].value - one[0].national_value == 4.0
    assert one[0].moe95 == pytest.approx(Z95 * one[0].se)


@pytest.mark.parametrize(("value", "printed"), [(0.0, 0.0), (0.4, 0.0), (99.7, 100.0)])
def test_a_share_that_prints_as_nothing_keeps_an_error(codebook, value, printed):
    [public] = shown(codebook, row(value))
    assert public.value == printed and public.se > 0
    assert 0 <= public.ci_low <= printed <= public.ci_high <= 100
    assert public.ci_high - public.ci_low > 1


def test_the_interval_is_wilson_s_for_small_samples(codebook):
    """By hand for 8 % on n_eff = 50: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²))/(1 + z²/n)."""
    [public] = shown(codebook, row(8.0, 60, 50.0))
    assert (public.ci_low, public.ci_high) == pytest.approx((3.15, 18.84), abs=0.2)


def test_notes_have_the_interval_of_the_printed_note(codebook):
    note = {"question_id": "citoyens:Q1", "item_code": "emploi", "statistic": "mean"}
    [public] = shown(codebook, row(7.33, unit="note", **note | {"se": 0.16789}))
    assert (public.value, public.se) == (7.3, 0.17)
    assert public.ci_low == pytest.approx(7.3 - Z95 * 0.17)


def test_p_has_one_digit_and_is_adjusted_over_what_is_shown(codebook):
    country = row(38.2, 2024, 1800.4, "france", p_value=None)
    other = row(12.0, item_code="non", p_value=0.4123)
    national = row(15.0, 2024, 1800.4, "france", item_code="non", p_value=None)
    public = {
        (r.area_id, r.item_code): r for r in shown(codebook, row(42), other, country, national)
    }
    first, second = public["hauts-de-france", "oui"], public["hauts-de-france", "non"]
    assert (first.p_value, second.p_value) == (0.02, 0.4)
    assert (first.p_adj, second.p_adj) == (0.04, 0.4)


@pytest.mark.parametrize(
    ("p", "printed"), [(0.0234, 0.02), (0.96, 1.0), (1.0, 1.0), (0.0, 0.0), (3.4e-9, 3e-9)]
)
def test_one_digit_of_p(p, printed):
    found, half = public_p(p)
    assert found == pytest.approx(printed, rel=1e-12)
    assert abs(p - found) <= half + 1e-15


def test_effective_sizes_are_whole():
    assert public_n_eff(150.3) == 150.0

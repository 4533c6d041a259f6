"""Printed figures as rows of results: what is added, what stays empty; bounds are bounds."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.survey.estimates import round_half_up
from phare_pipeline.survey.published.canonical import (
    NOT_TESTED_BASE,
    NOT_TESTED_NATIONAL,
    NOT_TESTED_SPREAD,
    largest_variance,
    national_area,
    published_rows,
)
from phare_pipeline.survey.results import ErrorKind, Provenance

MODEST = settings(max_examples=60, deadline=None, derandomize=True)
LOW, MID, HIGH = (1, 2, 3, 4, 5), (6, 7), (8, 9, 10)


@pytest.fixture(scope="module")
def rows(printed, codebook):
    return {row.key: row for row in published_rows(printed, codebook)}


def test_every_figure_has_its_row(rows, printed):
    assert set(rows) == {figure.key for figure in printed}
    for figure in printed:
        row = rows[figure.key]
        assert (row.value, row.value_printed) == (figure.value, figure.value_printed)
        assert (row.origin_file, row.origin_line) == (figure.file, figure.line)
        assert row.provenance is Provenance.PUBLISHED
        assert row.n_eff is None  # no report prints weights
        assert (row.se is None) == (row.error_kind is ErrorKind.NONE)
        assert row.se is not None or row.error_note_fr


def test_the_error_of_a_share_is_that_of_its_printed_base(rows):
    row = rows["citoyens:Q2", "emploi", "hauts-de-france", "ensemble", "share_top2"]
    assert row.se == pytest.approx(100 * math.sqrt(0.46 * 0.54 / 182))
    assert row.moe95 == pytest.approx(7.241, abs=1e-3)
    assert row.ci_low == pytest.approx(46 - 7.241, abs=1e-3)


def test_a_figure_without_base_has_no_error(rows):
    row = rows["entreprises:Q7", "en_place", "hauts-de-france", "ensemble", "share"]
    assert (row.base_n, row.se, row.universe_n) == (None, None, 16865)
    assert row.test == NOT_TESTED_BASE


def test_national_value_and_gap_stand_where_both_are_printed(rows):
    row = rows["entreprises:Q19", "mobilite", "hauts-de-france", "ensemble", "mean"]
    assert (row.value, row.national_value, row.diff) == (6.2, 5.1, 1.1)
    alone = rows["citoyens:Q1", "emploi", "hauts-de-france", "ensemble", "share_band_low"]
    assert (alone.national_value, alone.diff, alone.test) == (None, None, NOT_TESTED_NATIONAL)
    country = rows["citoyens:Q1", "emploi", "france", "ensemble", "mean"]
    assert (country.national_value, country.test) == (None, "")


def test_a_balance_has_the_variance_of_its_two_parts(rows):
    row = rows["associations:q26", "net", "nord-est", "ensemble", "net_balance"]
    assert row.se == pytest.approx(100 * math.sqrt((0.66 - 0.56**2) / 145))


def test_a_mean_is_never_tested_and_its_error_is_a_bound(rows):
    row = rows["citoyens:Q1", "emploi", "hauts-de-france", "ensemble", "mean"]
    assert row.test == NOT_TESTED_SPREAD
    assert row.error_kind is ErrorKind.UPPER_BOUND
    assert row.base_n_answered == 162  # 11 % of 182 did not know
    assert 0.15 < row.se < 0.35


def test_no_gap_of_2016_is_significant_and_p_values_are_adjusted_by_question(rows):
    tested = [row for row in rows.values() if row.p_value is not None]
    assert len(tested) == 21
    assert {row.test for row in tested} == {"no_difference"}
    assert all(row.p_adj >= row.p_value for row in tested)
    assert all(row.p_adj is None for row in rows.values() if row.p_value is None)


def test_a_large_gap_is_significant_and_knows_the_region_is_inside(printed, codebook):
    key = ("citoyens:Q2", "emploi", "hauts-de-france", "ensemble", "share_top2")
    moved = [replace(f, value=65.0, value_printed="65%") if f.key == key else f for f in printed]
    row = {r.key: r for r in published_rows(moved, codebook)}[key]
    # Half a point on each side may be rounding; 16 − 1 points lie between the region and the whole.
    own, whole = 0.645, 0.495
    rest = (2024 * whole - 182 * own) / (2024 - 182)
    z = (own - rest) / math.sqrt(own * (1 - own) / 182 + rest * (1 - rest) / (2024 - 182))
    assert row.test == "above"
    assert row.p_value == pytest.approx(math.erfc(z / math.sqrt(2)))


def test_a_gap_within_rounding_is_no_difference(printed, codebook):
    key = ("citoyens:Q2", "emploi", "hauts-de-france", "ensemble", "share_top2")
    moved = [replace(f, value=50.0, value_printed="50%") if f.key == key else f for f in printed]
    row = {r.key: r for r in published_rows(moved, codebook)}[key]
    assert (row.test, row.p_value) == ("no_difference", 1.0)


def test_the_national_area_is_of_the_actor(codebook):
    assert national_area(codebook, "associations") == "france"


@MODEST
@given(
    counts=st.lists(st.integers(0, 40), min_size=10, max_size=10).filter(sum),
    nsp=st.integers(0, 30),
)
def test_no_answers_that_print_alike_vary_more(counts, nsp):
    notes = np.repeat(np.arange(1, 11), counts).astype(float)
    total = notes.size + nsp

    def percent(codes):
        return float(round_half_up(np.isin(notes, codes).sum() / total, factor=100))

    mean = float(round_half_up(notes.mean(), 1))
    bound = largest_variance(mean, 0.05, [(c, percent(c), 0.5) for c in (LOW, MID, HIGH)])
    assert bound is not None
    assert bound >= notes.var() - 1e-9


def test_the_bound_is_reached_when_nothing_is_left_open():
    bands = [((1,), 50.0, 0.0), ((10,), 50.0, 0.0)]
    assert largest_variance(5.5, 0.0, bands) == pytest.approx(20.25)


def test_a_mean_that_contradicts_its_bands_has_no_bound():
    bands = [(LOW, 90.0, 0.5), (MID, 5.0, 0.5), (HIGH, 5.0, 0.5)]
    assert largest_variance(9.0, 0.05, bands) is None

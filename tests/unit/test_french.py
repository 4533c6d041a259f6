"""How numbers, units, ranks, dates and lists are written for French readers."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline import french


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0, 0, "0"),
        (12.4, 1, "12,4"),
        (12, 1, "12,0"),
        (999, 0, "999"),
        (1000, 0, "1\u202f000"),
        (6006156, 0, "6\u202f006\u202f156"),
        (1234567.891, 2, "1\u202f234\u202f567,89"),
        (-3.45, 1, "\u22123,5"),
        (-0.04, 1, "0,0"),
        (-0.0, 0, "0"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "\u22123"),
        (2.675, 2, "2,68"),
        (1.005, 2, "1,01"),
        (0.1 + 0.2, 1, "0,3"),
        (12.449999999999999, 1, "12,5"),
        (12.4499999, 1, "12,4"),
        (1234567, -3, "1\u202f235\u202f000"),
        (Decimal("0.125"), 2, "0,13"),
        (np.float64(2.5), 0, "3"),
        (np.int64(1500), 0, "1\u202f500"),
        (1e15, 0, "1\u202f000\u202f000\u202f000\u202f000\u202f000"),
        (123456789012345678, 0, "123\u202f456\u202f789\u202f012\u202f345\u202f678"),
    ],
)
def test_numbers(value, decimals, expected):
    assert french.number(value, decimals) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(4.24, "+4,2"), (-4.25, "\u22124,3"), (0.04, "0,0"), (-0.04, "0,0")]
)
def test_signed_numbers(value, expected):
    assert french.number(value, 1, is_signed=True) == expected


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, Decimal("NaN")])
def test_what_is_missing_is_not_a_number(value):
    with pytest.raises(ValueError, match="finite"):
        french.number(value)


@given(st.integers(-(10**12), 10**12), st.integers(0, 3))
def test_rounding_is_half_away_from_zero(units, decimals):
    """Every number with one digit too many, against integer arithmetic."""
    value = Decimal(units).scaleb(-decimals - 1)
    sign = -1 if units < 0 else 1
    expected = Decimal(sign * ((abs(units) + 5) // 10)).scaleb(-decimals)
    assert french.rounded(value, decimals) == expected
    assert french.rounded(float(value), decimals) == expected


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_two_floats_that_differ_in_the_last_bit_print_alike(value, decimals):
    neighbour = math.nextafter(value, math.inf)
    if f"{value:.15g}" == f"{neighbour:.15g}":
        assert french.number(value, decimals) == french.number(neighbour, decimals)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_printed_number_can_be_read_back(value):
    text = french.number(value, 3)
    back = float(text.replace("\u202f", "").replace(",", ".").replace("\u2212", "-"))
    assert abs(back - value) <= 0.0005000001 + abs(value) * 1e-14


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "expected"),
    [
        (12.4, "%", 1, "12,4\u202f%"),
        (3.1, "‰", 1, "3,1\u202f‰"),
        (14680, "€", 0, "14\u202f680\u00a0€"),
        (1.9, "points", 1, "1,9\u00a0point"),
        (1.95, "point", 1, "2,0\u00a0points"),
        (-2, "point", 0, "\u22122\u00a0points"),
        (42.1, "années", 1, "42,1\u00a0années"),
        (8.6, "pour 10 000 habitants", 1, "8,6\u00a0pour 10\u202f000 habitants"),
        (0.3, "", 1, "0,3"),
    ],
)
def test_quantities(value, unit, decimals, expected):
    assert french.quantity(value, unit, decimals) == expected


def test_a_signed_gap():
    assert french.quantity(0.7, "point", 1, is_signed=True) == "+0,7\u00a0point"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (11.9, 13.1, "11,9 à 13,1\u202f%"),
        (11.94, 11.86, "11,9\u202f%"),
        (-1, 0.5, "\u22121,0 à 0,5\u202f%"),
    ],
)
def test_intervals(low, high, expected):
    assert french.interval(low, high, "%", 1) == expected


@pytest.mark.parametrize(
    ("position", "is_feminine", "expected"),
    [(1, False, "1er"), (1, True, "1re"), (2, True, "2e"), (13, False, "13e")],
)
def test_ordinals(position, is_feminine, expected):
    assert french.ordinal(position, is_feminine=is_feminine) == expected


def test_there_is_no_rank_below_one():
    with pytest.raises(ValueError, match="rank 0"):
        french.ordinal(0)


def test_ranks_and_their_ranges():
    assert french.rank(2, 13) == "2e sur\u00a013"
    assert french.rank_range(1, 4) == "1er à\u00a04e"
    assert french.rank_range(3, 3) == "3e"


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "région"), (1, "région"), (-1.9, "région"), (2, "régions"), (13, "régions")],
)
def test_the_plural_begins_at_two(count, expected):
    assert french.plural(count, "région") == expected


def test_counts():
    assert french.counted(1, "région") == "1\u00a0région"
    assert french.counted(3835, "commune") == "3\u202f835\u00a0communes"
    assert french.plural(3, "est", "sont") == "sont"


def test_days():
    assert french.day(dt.date(2016, 1, 1)) == "1er\u00a0janvier 2016"
    assert french.day(dt.date(2014, 12, 31)) == "31\u00a0décembre 2014"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2014", "2014"), ("2014-T1", "1er trimestre 2014"), ("2014-T4", "4e trimestre 2014"),
     ("2014-M08", "août 2014")],
)  # fmt: skip
def test_periods(text, expected):
    assert french.period(text) == expected


@pytest.mark.parametrize("text", ["2014-T5", "2014-M13", "14", "2014-01-01", ""])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match="period"):
        french.period(text)


@pytest.mark.parametrize(
    ("items", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a et b"), (list("abc"), "a, b et c")],
)
def test_listings(items, expected):
    assert french.listing(items) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Provence-Alpes-Côte d'Azur", "Provence-Alpes-Côte d’Azur"),
        ("pour 100 000 habitants", "pour 100\u202f000 habitants"),
        ("de 2016 300 fois", "de 2016 300 fois"),
        ("12 % : « oui » ?", "12\u202f%\u00a0: «\u00a0oui\u00a0»\u202f?"),
        ("5' nord", "5' nord"),
    ],
)
def test_typography(text, expected):
    assert french.typographic(text) == expected
    assert french.typographic(expected) == expected


def test_only_the_first_letter_becomes_a_capital():
    assert french.capitalised("île-de-France") == "Île-de-France"
    assert french.capitalised("") == ""

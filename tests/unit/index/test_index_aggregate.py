"""One composite: exact values by fractions, missing values, refusals, properties."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.aggregate import aggregate, fragility_shares

MODEST = settings(max_examples=60, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def exact(z, w) -> Fraction:
    return Fraction(
        sum(b * Fraction(a) ** 2 for a, b in zip(z, w, strict=True)),
        sum(b * Fraction(a) for a, b in zip(z, w, strict=True)),
    )


def score(z, w=None) -> float:
    return float(aggregate([z], [1] * len(z) if w is None else w).F[0])


@pytest.mark.parametrize(
    ("z", "w", "expected"),
    [
        ((70, 130), None, Fraction(109)),
        ((90, 110), None, Fraction(101)),
        ((100, 100, 130, 70), None, Fraction(209, 2)),
        ((130, 130, 130, 70), None, Fraction(2780, 23)),
        ((130, 70), (0.75, 0.25), Fraction(2780, 23)),
        ((130,) + (70,) * 15, None, Fraction(4520, 59)),
        ((70,) + (130,) * 15, None, Fraction(12920, 101)),
        ((130, 70), (1, 0), Fraction(130)),
        ((100,) * 13, None, Fraction(100)),
        ((110, NAN, 90), None, Fraction(101)),
        ((110, 70, 90), None, Fraction(2510, 27)),
        ((110, 130, 90), None, Fraction(3710, 33)),
    ],
)
def test_exact_values(z, w, expected):
    assert score(z, w) == pytest.approx(float(expected), abs=1e-12, rel=0)


def test_the_subtractive_variant_is_not_used():
    before, after = [70] * 15 + [112], [70] * 15 + [130]
    assert score(after) > score(before)
    variants = [aggregate([z], np.ones(16)) for z in (before, after)]
    subtractive = [(v.mean - v.imbalance)[0] for v in variants]
    assert subtractive == pytest.approx([71.20180722891567, 70.88983050847457], abs=1e-12)


def test_mean_imbalance_and_coverage():
    result = aggregate([[70, 130, NAN], [NAN, NAN, NAN]], [1, 1, 2])
    np.testing.assert_allclose(result.F, [109, NAN], atol=1e-12)
    np.testing.assert_allclose(result.mean, [100, NAN], atol=1e-12)
    np.testing.assert_allclose(result.imbalance, [9, NAN], atol=1e-12)
    np.testing.assert_array_equal(result.coverage, [0.5, 0])


@pytest.mark.parametrize(
    ("z", "w", "message"),
    [
        ([[100, INF]], [1, 1], "z: found inf"),
        ([[100, -INF]], [1, 1], "z: found -inf"),
        ([[100, 0]], [1, 1], "z: found 0.0"),
        ([[100, 90]], [1, -1], r"weights: found -1.0 at position \(1,\)"),
        ([[100, 90]], [1, NAN], "weights: found nan"),
        ([[100, 90]], [INF, 1], "weights: found inf"),
        ([[100, 90]], [0, 0], "weights: found 2 weights, all zero"),
        ([[100, 90]], [1], r"weights: found shape \(1,\), expected \(2,\)"),
        ([100, 90], [1, 1], r"z: found shape \(2,\), expected \(n, m\)"),
        (np.empty((2, 0)), [], r"z: found shape \(2, 0\)"),
    ],
)
@pytest.mark.parametrize("function", [aggregate, fragility_shares])
def test_refusals(function, z, w, message):
    with pytest.raises(ValueError, match=message):
        function(z, w)


rows = st.integers(1, 8).flatmap(
    lambda m: st.tuples(
        st.lists(st.integers(70, 130), min_size=m, max_size=m),
        st.lists(st.integers(1, 9), min_size=m, max_size=m),
    )
)


@MODEST
@given(rows)
def test_equals_exact_fractions_between_mean_and_max(row):
    z, w = row
    result = aggregate([z], w)
    assert result.F[0] == pytest.approx(float(exact(z, w)), abs=1e-12)
    assert result.F[0] == pytest.approx(result.mean[0] + result.imbalance[0], abs=1e-12)
    assert min(z) - 1e-12 <= result.mean[0] <= result.F[0] <= max(z) + 1e-12


@MODEST
@given(rows, st.data())
def test_strictly_increasing(row, data):
    z, w = row
    j = data.draw(st.integers(0, len(z) - 1))
    if z[j] < 130:
        assert score([*z[:j], z[j] + 0.01, *z[j + 1 :]], w) > score(z, w)


@MODEST
@given(rows, st.data())
def test_permuting_columns_changes_no_bit(row, data):
    z, w = row
    order = data.draw(st.permutations(range(len(z))))
    assert score([z[i] for i in order], [w[i] for i in order]) == score(z, w)


@MODEST
@given(rows, st.integers(2, 4))
def test_copies_of_a_split_weight_and_zero_weights_change_nothing(row, k):
    z, w = row
    assert score([*z[1:], *[z[0]] * k], [*w[1:], *[w[0] / k] * k]) == pytest.approx(
        score(z, w), abs=1e-12
    )
    assert score([*z, 130], [*w, 0]) == pytest.approx(score(z, w), abs=1e-12)
    assert score(z, [x * 3 for x in w]) == pytest.approx(score(z, w), abs=1e-12)


@MODEST
@given(rows, st.integers(0, 2**8 - 1))
def test_hole_equals_absence_and_lies_within_its_bounds(row, mask):
    z, w = row
    is_hole = [bool(mask >> i & 1) for i in range(len(z))]
    if all(is_hole):
        return
    kept = [i for i, hole in enumerate(is_hole) if not hole]
    with_holes = np.where(is_hole, NAN, z)
    value = score(with_holes, w)
    assert value == pytest.approx(score([z[i] for i in kept], [w[i] for i in kept]), abs=1e-12)
    low, high = (score(np.where(is_hole, filler, z), w) for filler in (70, 130))
    assert low - 1e-12 <= value <= high + 1e-12


@MODEST
@given(rows)
def test_shares_give_exact_contributions(row):
    z, w = row
    shares = fragility_shares([z], w)[0]
    assert shares.sum() == pytest.approx(1, abs=1e-13)
    assert (shares * (np.array(z) - 100)).sum() == pytest.approx(score(z, w) - 100, abs=1e-12)


def test_a_row_keeps_its_bits_whatever_stands_beside_it():
    z = np.random.default_rng(1).uniform(70, 130, (13, 37))
    w = np.random.default_rng(2).uniform(0.1, 1, 37)
    whole = aggregate(z, w).F
    assert aggregate(np.asfortranarray(z), w).F.tolist() == whole.tolist()
    for row in range(13):
        assert aggregate(z[row : row + 1], w).F[0] == whole[row]
        assert np.delete(whole, row).tolist() == aggregate(np.delete(z, row, axis=0), w).F.tolist()

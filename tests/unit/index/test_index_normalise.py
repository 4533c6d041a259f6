"""Normalisation: the edge-case table, missing values, refusals, invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.normalise import Normalised, goalpost_scale, log_transform, normalise

MODEST = settings(max_examples=60, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def column(values, reference, scale, direction=1) -> Normalised:
    return normalise(np.array(values, dtype=float)[:, None], [reference], [scale], [direction])


@pytest.mark.parametrize(
    ("x", "reference", "direction", "z"),
    [
        ([5, 5, 5], 5, 1, [100, 100, 100]),
        ([6, 6, 6], 5, 1, [130, 130, 130]),
        ([6, 6, 6], 5, -1, [70, 70, 70]),
        ([1, 2, 3, 4], 2, 1, [85, 100, 115, 130]),
        ([1, 2, 3, 4], 2, -1, [115, 100, 85, 70]),
    ],
)
def test_exact_values_in_the_base_edition(x, reference, direction, z):
    result = column(x, reference, goalpost_scale(x, reference), direction)
    assert result.z[:, 0].tolist() == z
    assert result.z_unclipped[:, 0].tolist() == z
    assert not result.is_clipped.any()
    assert result.has_base.all() and result.has_reference.all()


def test_a_value_outside_the_goalposts_is_clipped_and_flagged():
    result = column([12], 10, 1)
    assert result.z_unclipped.tolist() == [[160]]
    assert result.z.tolist() == [[130]]
    assert result.is_clipped.tolist() == [[True]]


@pytest.mark.parametrize(("n_out", "expected"), [(1, False), (2, True)])
def test_saturated_means_more_than_a_quarter_of_those_present(n_out, expected):
    x = [20.0] * n_out + [10.5] * (4 - n_out) + [NAN] * 5
    result = column(x, 10, 1)
    assert result.is_saturated.tolist() == [expected]
    assert result.is_clipped[:, 0].tolist() == [True] * n_out + [False] * (9 - n_out)


@pytest.mark.parametrize(
    ("x", "reference", "scale", "expected"),
    [
        ([5, 5], 5, 0, True),
        ([6, 6], 5, 1, True),
        ([5, NAN], 5, 1, True),
        ([80, 90], 5, 1, True),  # both clipped: the score separates nobody
        ([5, 6], 5, 1, False),
        ([NAN, NAN], 5, 1, False),
        ([5, 6], 5, NAN, False),
    ],
)
def test_non_discriminant(x, reference, scale, expected):
    assert column(x, reference, scale).is_non_discriminant.tolist() == [expected]


def test_zero_scale_places_only_what_equals_the_reference():
    result = column([5, 5.25, NAN], 5, 0)
    np.testing.assert_array_equal(result.z[:, 0], [100, NAN, NAN])
    assert not result.has_base[0]
    assert not result.is_clipped.any()


def test_missing_scale_and_missing_reference_give_missing_z():
    result = normalise([[1.0, 1.0], [2.0, 2.0]], [1.0, NAN], [NAN, 1.0], [1, 1])
    assert np.isnan(result.z).all()
    assert result.has_base.tolist() == [False, True]
    assert result.has_reference.tolist() == [True, False]
    assert not result.is_saturated.any()


def test_missing_value_stays_missing_beside_others():
    np.testing.assert_array_equal(column([1, NAN, 3], 2, 1).z[:, 0], [70, NAN, 130])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1], [INF]], [1], [1], [1]), r"values: found inf at position \(1, 0\)"),
        (([[-INF]], [1], [1], [1]), "values: found -inf"),
        (([[1]], [INF], [1], [1]), "reference: found inf"),
        (([[1]], [1], [INF], [1]), "scale: found inf"),
        (([[1]], [1], [-2], [1]), "scale: found -2.0"),
        (([[1]], [1], [1], [0]), "direction: found 0.0"),
        (([[1]], [1], [1], [NAN]), "direction: found nan"),
        (([[1, 2]], [1], [1, 1], [1, 1]), r"reference: found shape \(1,\), expected \(2,\)"),
        (([1, 2], [1], [1], [1]), r"values: found shape \(2,\), expected \(n, m\)"),
        (([[1e300]], [0], [1e-300], [1]), "z_unclipped: found inf"),
    ],
)
def test_normalise_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        normalise(*arguments)


@pytest.mark.parametrize(
    ("values", "reference", "scale"),
    [([1, 2, 3, 4], 2, 2), ([5, 5], 5, 0), ([1, NAN], 1, NAN), ([1, 2], NAN, NAN), ([7], 4, 3)],
)
def test_goalpost_scale(values, reference, scale):
    np.testing.assert_equal(goalpost_scale(values, reference), scale)


def test_goalpost_scale_of_communes_is_a_quantile():
    assert goalpost_scale(np.arange(101.0), 0, quantile=0.99) == 99


@pytest.mark.parametrize(
    ("values", "reference", "quantile"),
    [([1, INF], 1, 1), ([1], -INF, 1), ([], 1, 1), ([1], 1, 0), ([1], 1, 1.5), ([[1]], 1, 1)],
)
def test_goalpost_scale_refuses(values, reference, quantile):
    with pytest.raises(ValueError, match="found"):
        goalpost_scale(values, reference, quantile=quantile)


def test_log_transform():
    np.testing.assert_array_equal(log_transform([1.0, NAN]), [0.0, NAN])
    for wrong in (0.0, -1.0, INF):
        with pytest.raises(ValueError, match="found"):
            log_transform([1.0, wrong])


raw = st.lists(st.integers(-1000, 1000), min_size=1, max_size=13)


@MODEST
@given(raw, st.integers(-1000, 1000), st.floats(0.01, 100), st.floats(-100, 100))
def test_affine_rescaling_changes_nothing(x, reference, factor, offset):
    def scaled(values):
        return np.asarray(values) * factor + offset

    before = column(x, reference, goalpost_scale(x, reference))
    if not goalpost_scale(x, reference):
        return
    for sign in (1, -1):
        y, y_ref = sign * scaled(x), sign * scaled(reference)
        after = column(y, y_ref, goalpost_scale(y, y_ref), sign)
        np.testing.assert_allclose(after.z, before.z, rtol=0, atol=1e-7)


@MODEST
@given(raw, st.integers(-1000, 1000), st.integers(0, 500))
def test_removing_or_permuting_units_changes_no_bit(x, reference, scale):
    whole = column(x, reference, scale)
    np.testing.assert_array_equal(column(x[1:] or x, reference, scale).z[-1], whole.z[-1])
    np.testing.assert_array_equal(column(x[::-1], reference, scale).z, whole.z[::-1])


@MODEST
@given(raw, st.integers(-1000, 1000), st.integers(1, 500))
def test_flipping_the_direction_mirrors_at_100(x, reference, scale):
    up, down = column(x, reference, scale, 1), column(x, reference, scale, -1)
    np.testing.assert_allclose(up.z + down.z, 200, rtol=0, atol=1e-12)
    assert (up.z >= 70).all() and (up.z <= 130).all()

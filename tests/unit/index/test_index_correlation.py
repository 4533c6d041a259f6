"""Correlations pair by pair: scipy, exact fractions, holes, constants, what n units can say."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from phare_pipeline.index.correlation import (
    MIN_UNITS,
    correlation_interval,
    correlations,
    critical_correlation,
    detection_power,
)

MODEST = settings(max_examples=60, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")


def test_by_hand():
    found = correlations([[1, 1, 3], [2, 2, 2], [3, 9, 1]])
    # Deviations −1, 0, 1 and −3, −2, 5: 8/√(2·38).
    assert found.pearson[0, 1] == pytest.approx(8 / 76**0.5, rel=1e-15)
    assert found.spearman[0, 1] == 1
    assert found.pearson[0, 2] == found.spearman[1, 2] == -1
    assert (found.count == 3).all()


@st.composite
def tables(draw):
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    cell = st.one_of(st.integers(-6, 6), st.integers(-6, 6), st.none())
    return draw(st.lists(st.lists(cell, min_size=m, max_size=m), min_size=n, max_size=n))


def exact_square(x, y):
    """Signed square of Pearson's r in fractions, None where it is not defined."""
    n = len(x)
    dx, dy = ([v - sum(z, Fraction(0)) / n for v in z] for z in (x, y))
    below = sum(v * v for v in dx) * sum(v * v for v in dy)
    above = sum(v * w for v, w in zip(dx, dy, strict=True))
    return None if below == 0 else above * abs(above) / below


def places(values):
    return [
        Fraction(sum(v < x for v in values)) + Fraction(sum(v == x for v in values) + 1, 2)
        for x in values
    ]


@MODEST
@given(tables())
def test_exact_over_the_units_of_each_pair(rows):
    found = correlations(np.array([[NAN if v is None else v for v in row] for row in rows]))
    m = len(rows[0])
    for i in range(m):
        for j in range(m):
            pairs = [
                (Fraction(row[i]), Fraction(row[j]))
                for row in rows
                if row[i] is not None and row[j] is not None
            ]
            assert found.count[i, j] == len(pairs)
            for matrix, of in ((found.pearson, list), (found.spearman, places)):
                columns = [of([pair[k] for pair in pairs]) for k in (0, 1)]
                square = exact_square(*columns) if len(pairs) >= 3 else None
                if square is None:
                    assert np.isnan(matrix[i, j])
                else:
                    expected = np.sign(float(square)) * abs(float(square)) ** 0.5
                    assert matrix[i, j] == pytest.approx(expected, abs=1e-12)
            assert found.pearson[i, j] == found.pearson[j, i] or np.isnan(found.pearson[i, j])


def test_scipy():
    x = np.random.default_rng(0).normal(size=(30, 5)).round(1)
    found = correlations(x)
    np.testing.assert_allclose(found.pearson, np.corrcoef(x.T), rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.spearman, stats.spearmanr(x).statistic, rtol=0, atol=1e-12)


def test_with_another_table():
    random = np.random.default_rng(1)
    x, y = random.normal(size=(12, 3)), random.normal(size=(12, 2))
    x[0, 1] = y[3, 0] = NAN
    found, whole = correlations(x, y), correlations(np.hstack([x, y]))
    np.testing.assert_allclose(found.pearson, whole.pearson[:3, 3:], rtol=1e-14)
    np.testing.assert_allclose(found.spearman, whole.spearman[:3, 3:], rtol=1e-14)
    np.testing.assert_array_equal(found.count, whole.count[:3, 3:])


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_scale_does_not_matter(size):
    x = np.random.default_rng(2).normal(size=(9, 2))
    np.testing.assert_allclose(
        correlations(x * size + 3 * size).pearson, correlations(x).pearson, rtol=1e-9
    )


def test_constants_and_few():
    found = correlations([[0.1, 1], [0.1, 2], [0.1, 3]])
    assert np.isnan(found.pearson[0]).all() and np.isnan(found.spearman[0]).all()
    assert found.pearson[1, 1] == 1
    assert np.isnan(correlations([[1, 2], [3, 4]]).pearson).all()
    nobody = correlations(np.empty((0, 2)))
    assert nobody.count.tolist() == [[0, 0], [0, 0]] and np.isnan(nobody.spearman).all()


def test_refused():
    with pytest.raises(ValueError, match="values: found inf at position"):
        correlations([[INF, 1.0]])
    with pytest.raises(ValueError, match="others: found -inf at position"):
        correlations([[1.0]], [[-INF]])
    with pytest.raises(ValueError, match="others: found 1 units, expected 2, as values"):
        correlations([[1.0], [2.0]], [[1.0]])
    with pytest.raises(ValueError, match="correlation: found"):
        correlation_interval(1.5, 10, "pearson")


def test_critical_values():
    """Tables of Student's t for 11 and 94 degrees of freedom; scipy at the limit itself."""
    assert critical_correlation(13) == pytest.approx(0.5529, abs=5e-5)
    assert critical_correlation(96) == pytest.approx(0.2006, abs=5e-5)
    assert np.isnan(critical_correlation([0, 1, 2])).all()
    r = float(critical_correlation(13))
    # Two orthogonal unit vectors put together to a correlation of exactly r.
    basis = np.linalg.qr(np.column_stack([np.ones(13), np.arange(13.0), np.arange(13.0) ** 2]))[0]
    y = r * basis[:, 1] + (1 - r**2) ** 0.5 * basis[:, 2]
    assert stats.pearsonr(basis[:, 1], y).pvalue == pytest.approx(0.05, abs=1e-12)


def test_power_gives_the_limit_of_units():
    assert detection_power(13) == pytest.approx(0.44, abs=0.005)
    assert detection_power(MIN_UNITS - 1) < 0.8 <= detection_power(MIN_UNITS)
    assert np.isnan(detection_power([2, 3])).all()
    # By simulation: 13 units of correlation 0.5.
    random = np.random.default_rng(0)
    x = random.normal(size=(4000, 13))
    y = 0.5 * x + 0.75**0.5 * random.normal(size=x.shape)
    dx, dy = (v - v.mean(axis=1, keepdims=True) for v in (x, y))
    r = (dx * dy).sum(axis=1) / np.sqrt((dx**2).sum(axis=1) * (dy**2).sum(axis=1))
    assert (np.abs(r) > critical_correlation(13)).mean() == pytest.approx(0.44, abs=0.03)


def test_intervals():
    x = np.random.default_rng(3).normal(size=(2, 13))
    result = stats.pearsonr(*x)
    expected = result.confidence_interval(0.95)
    low, high = correlation_interval(result.statistic, 13, "pearson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    wider = correlation_interval(result.statistic, 13, "spearman")
    assert wider[0] < low and high < wider[1]
    low, high = correlation_interval([1.0, -1.0, 0.3, NAN], [9, 9, 3, 9], "spearman")
    np.testing.assert_array_equal(low, [1, -1, -1, NAN])
    np.testing.assert_array_equal(high, [1, -1, 1, NAN])

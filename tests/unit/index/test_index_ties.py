"""What figures are compared by: order kept, noise gone, the same in SQL, ranks as in fractions."""

from fractions import Fraction

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.average_rank import MAX_EXACT_UNITS
from phare_pipeline.index.dispersion import dispersion
from phare_pipeline.index.dominance import dominance_counts, dominance_matrix
from phare_pipeline.index.normalisations import oriented_gaps, percentile, rank
from phare_pipeline.index.normalise import normalise
from phare_pipeline.index.pareto import gap_to_front, order_units
from phare_pipeline.index.perception import compare_with_measured
from phare_pipeline.index.ranks import average_tied_ranks, fragility_rank
from phare_pipeline.index.sampled_rank import estimate_average_rank
from phare_pipeline.index.ties import NEGLIGIBLE_SHARE, comparable, compared

MANY = settings(max_examples=300, deadline=None, derandomize=True)
NUMBERS = st.floats(-1e14, 1e14, allow_nan=False)
ANEW = settings(max_examples=150, deadline=None)
# A little more or less than itself, as sums in another order are.
NOISE = 1 + 4 * np.finfo(float).eps


@MANY
@given(NUMBERS, NUMBERS)
def test_order_is_kept_and_nothing_moves_far(one, two):
    low, high = sorted((one, two))
    assert compared(low) <= compared(high)
    assert compared(-one) == -compared(one)
    assert compared(compared(one)) == compared(one)
    step = max(1e-9, min(1.0, NEGLIGIBLE_SHARE * abs(one)))
    assert abs(compared(one) - one) <= 0.5000001 * step


def test_what_is_equal_and_what_is_not():
    assert compared(34.6 / 4) == compared((8.8 + 8.7 + 8.6 + 8.5) / 4) == 8.65
    assert compared(0.1 + 0.2 - 0.3) == 0 == compared(-1e-15)
    assert compared(8.650000001) != compared(8.65)
    assert compared(123456.78) != compared(123456.79)
    assert compared(6_595_199_691.0) != compared(6_595_199_692.0)
    found = comparable([np.nan, np.inf, -np.inf])
    np.testing.assert_array_equal(found, [np.nan, np.inf, -np.inf])


def test_powers_of_ten_are_on_the_same_grid_from_both_sides():
    powers = 10.0 ** np.arange(15)
    below, above = np.nextafter(powers, 0), np.nextafter(powers, np.inf)
    for near in (below, powers, above):
        np.testing.assert_array_equal(comparable(near), powers)


@MANY
@given(st.lists(st.one_of(NUMBERS, st.floats(-100, 100)), min_size=1, max_size=20))
def test_sql_gives_the_same_bits(repository, values):
    """The expression of the model itself, on figures of any size."""
    model = (repository / "dbt_like_sql/models/core/core_comparison.sql").read_text("utf-8")
    steps = model.split("as compared_steps")[0].rsplit(",\n", 1)[1]
    result = model.split("as compared_value")[0].rsplit(",\n", 1)[1]
    rows = duckdb.execute(
        f"select {result} from (select value, {steps} as compared_steps "
        "from (select unnest($values) as value))",
        {"values": values},
    ).fetchall()
    assert [row[0] for row in rows] == comparable(values).tolist()


@MANY
@given(
    st.lists(
        st.tuples(*[st.integers(60, 64)] * 4, st.permutations(range(4))), min_size=2, max_size=13
    ),
    st.sampled_from([1, -1]),
)
def test_ranks_of_means_are_those_of_fractions(quarters, direction):
    """Means of four printed quarters, each added in an order of its own."""
    exact = [Fraction(sum(q[:4]), 40) for q in quarters]
    floats = [sum(q[k] / 10 for k in q[4]) / 4 for q in quarters]
    places = [1 + sum(direction * (e - own) > 0 for e in exact) for own in exact]
    assert fragility_rank(floats, direction).rank.tolist() == places
    smaller = [sum(e < own for e in exact) for own in exact]
    equal = [sum(e == own for e in exact) for own in exact]
    means = [s + (e + 1) / 2 for s, e in zip(smaller, equal, strict=True)]
    assert rank(np.array(floats)[:, None])[:, 0].tolist() == means
    n = len(floats)
    assert average_tied_ranks(floats).rank.tolist() == [n + 1 - m for m in means]


@MANY
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=12), st.data()
)
def test_dominance_is_that_of_whole_numbers(units, data):
    """Scores that are off by the last bits, upwards or downwards, order as without."""
    whole = 90.0 + np.array(units)
    off = data.draw(st.lists(st.booleans(), min_size=whole.size, max_size=whole.size))
    noisy = np.where(np.reshape(off, whole.shape), whole * NOISE, whole / NOISE)
    assert dominance_matrix(noisy).tolist() == dominance_matrix(whole).tolist()
    found, expected = order_units(noisy), order_units(whole)
    for name in ("up", "down", "front_from_fragile", "front_from_robust"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    assert gap_to_front(noisy).benchmark.tolist() == gap_to_front(whole).benchmark.tolist()
    for one, two in zip(dominance_counts(noisy), dominance_counts(whole), strict=True):
        assert one.tolist() == two.tolist()


def test_extremes_and_places_of_notes_pass_over_noise():
    values = np.array([[8.65 * NOISE], [8.65], [9.0 / NOISE], [9.0]])
    found = dispersion(values, np.ones(4))
    assert (found.low_unit[0], found.high_unit[0]) == (0, 2)
    assert percentile(values)[:, 0].tolist() == [1 / 6, 1 / 6, 5 / 6, 5 / 6]
    # What stands at France up to noise stands at France, under every other method too.
    notes = np.array([[100.0 * NOISE], [100.0], [100.0 / NOISE]])
    gaps = oriented_gaps(notes, notes)
    assert gaps.tolist() == [[0.0]] * 3


def test_notes_at_the_bounds_are_not_clipped_by_noise():
    found = normalise([[12.0 * NOISE], [8.0]], [10.0], [2.0], [1])
    assert found.z_unclipped[0, 0] > 130
    assert not found.is_clipped.any()
    at_france = normalise([[10.0 * NOISE], [10.0]], [10.0], [0.0], [1])
    assert at_france.z.tolist() == [[100.0], [100.0]]


@pytest.mark.parametrize("noise", [NOISE, 1.0, 1 / NOISE])
def test_a_quadrant_needs_more_than_noise(noise):
    found = compare_with_measured([100 * noise], [0.0], [100 / noise])
    assert found.quadrant.tolist() == ["low"]
    assert not found.is_quadrant_sure.any()
    assert not found.is_told_apart.any()


@ANEW
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.integers(0, 2**32))
def test_noise_decides_nothing(values, seed):
    noise = 1 + np.random.default_rng(seed).uniform(-1e-13, 1e-13, len(values))
    exact = [Fraction(round(value * 1000), 1000) for value in values]
    figures = np.array([float(value) for value in exact]) * noise
    assert fragility_rank(figures, 1).rank.tolist() == [
        1 + sum(other > own for other in exact) for own in exact
    ]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [MAX_EXACT_UNITS + 1, 40, 96])
def test_a_sampled_rank_keeps_what_is_known(n, seed):
    """Above all others is rank 1, and nobody passes those that are known to be above."""
    values = np.random.default_rng(seed).random((n, 4))
    values[0] = 2
    above = dominance_matrix(values)
    found = estimate_average_rank(above, seed)
    assert found.rank[0] == 1 and found.error[0] == 0
    assert (found.rank >= 1 + above.sum(axis=0)).all()
    assert (found.rank <= n - above.sum(axis=1)).all()
    chain = estimate_average_rank(np.triu(np.ones((n, n), dtype=bool), 1), seed)
    assert chain.rank.tolist() == list(range(1, n + 1)) and chain.is_exact

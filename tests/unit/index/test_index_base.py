"""The rule of base: what must be there for a score, counted in rows, operations and weight."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.hierarchy import Base, Hierarchy, Thresholds, score_index

RULE = Thresholds(domain=0.5, axis=0.5, pair=1.0, index=1e-9, rows=3, operations=2, domains=3)
NAN = float("nan")
# Two axes: one of two domains, one of three; four indicators a domain.
TREE = Hierarchy(np.ones(20), np.repeat(np.arange(5), 4), np.ones(5), [0, 0, 1, 1, 1], [1.0, 1.0])
BASE = Base(
    is_expected=np.ones(20, dtype=bool),
    operation_of=np.tile([0, 0, 1, 2], 5),
    has_one_producer=np.zeros(5, dtype=bool),
)


def scored(present, base=BASE, rule=RULE):
    """Score one unit that has a note of 110 where it has any."""
    z = np.where(np.asarray(present, dtype=bool), 110.0, NAN)[None]
    return score_index(z, TREE, rule, base)


def without(*columns):
    return [column not in columns for column in range(20)]


def test_all_there_is_scored_and_covered():
    found = scored(without())
    assert found.domain.is_scored.all() and found.index.is_scored.all()
    assert found.index.present[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("missing", "is_scored"),
    [
        ((0,), True),
        ((0, 1), False),  # two rows are too few
        ((2, 3), False),  # and these of one operation
        ((3,), True),
    ],
)
def test_a_domain_needs_three_rows_of_two_operations(missing, is_scored):
    assert scored(without(*missing)).domain.is_scored[0, 0] == is_scored


def test_three_rows_of_one_operation_are_not_enough_unless_it_is_the_only_producer():
    one = replace(BASE, operation_of=np.zeros(20, dtype=int))
    assert not scored(without(), one).domain.is_scored.any()
    alone = replace(one, has_one_producer=np.arange(5) == 1)
    assert scored(without(), alone).domain.is_scored[0].tolist() == [0, 1, 0, 0, 0]


def test_a_file_that_was_not_loaded_is_a_hole():
    """Half of the expected weight must be there, and the bounds count the rest."""
    found = scored(without(0))
    assert found.domain.coverage[0, 0] == 0.75
    assert found.domain.F_low[0, 0] < 110 < found.domain.F_high[0, 0]
    fewer = replace(BASE, is_expected=np.arange(20) != 0)
    loaded = scored(without(0), fewer)
    assert loaded.domain.coverage[0, 0] == 1
    assert loaded.domain.F_low[0, 0] == loaded.domain.F_high[0, 0] == pytest.approx(110)
    # What is there and not expected does not count.
    assert scored(without(), fewer).domain.F[0, 0] == loaded.domain.F[0, 0]
    assert 0 not in scored(without(), fewer).used_columns


def test_an_axis_of_two_domains_needs_both_others_half():
    found = scored(without(0, 1))
    assert found.axis.is_scored[0].tolist() == [False, True]
    assert not found.index.is_scored[0]
    found = scored(without(8, 9))
    assert found.axis.is_scored.all() and found.index.is_scored[0]
    assert found.index.present[0] == pytest.approx(0.5 + 0.5 * (0.5 + 1 + 1) / 3)
    found = scored(without(8, 9, 12, 13))
    assert found.axis.is_scored[0].tolist() == [True, False]


def test_the_index_needs_enough_domains():
    assert scored(without(8, 9)).index.is_scored[0]
    strict = replace(RULE, domains=5)
    assert not scored(without(8, 9), rule=strict).index.is_scored[0]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.booleans(), min_size=20, max_size=20), st.integers(0, 19))
def test_bounds_hold_whatever_stands_in_the_holes(present, lost):
    """And a row that is taken away never makes a domain scored."""
    found = scored(present)
    filled = np.where(present, 110.0, np.random.default_rng(lost).uniform(70, 130, 20))[None]
    whole = score_index(filled, TREE, RULE, BASE)
    is_scored = found.domain.is_scored[0]
    assert (found.domain.F_low[0] <= whole.domain.F[0] + 1e-9)[is_scored].all()
    assert (whole.domain.F[0] <= found.domain.F_high[0] + 1e-9)[is_scored].all()
    fewer = scored([there and column != lost for column, there in enumerate(present)])
    assert (fewer.domain.is_scored <= found.domain.is_scored).all()
    assert fewer.index.present[0] <= found.index.present[0] + 1e-12

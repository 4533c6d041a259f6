"""Rows added, removed and changed; missing and empty tables are red, never "no difference"."""

from __future__ import annotations

import pandas as pd
import pytest

from phare_pipeline.compare.tables import Status, compare_tables
from phare_pipeline.contract.tables import TABLES
from phare_pipeline.warehouse.tables import to_frame
from tests.unit.warehouse.kit import table

NAME = "out_indicators"


@pytest.fixture
def rows():
    return to_frame(table(NAME, 4))


def changed(rows, column, position, value):
    other = rows.copy()
    other[column] = [value if i == position else cell for i, cell in enumerate(rows[column])]
    return other.astype(rows.dtypes.to_dict())


def moves_of(before, after):
    found = compare_tables(NAME, before, after)
    return list(found.moves_of(found.moves))


def test_the_same_in_another_order_is_the_same(rows):
    found = compare_tables(NAME, rows, rows.iloc[::-1])
    assert found.status is Status.SAME
    assert (found.rows_before, found.rows_after) == (4, 4)
    assert not found.is_red
    assert found.moves.empty
    assert found.ranks.empty


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (None, "rows", Status.MISSING),
        ("rows", None, Status.MISSING),
        (None, None, Status.MISSING),
        ("rows", "empty", Status.EMPTY),
        ("empty", "rows", Status.EMPTY),
        ("empty", "empty", Status.EMPTY),
        ("rows", "other", Status.NO_KEY),
    ],
)
def test_what_cannot_be_compared_is_red(before, after, status, rows):
    given = {"rows": rows, "empty": rows.head(0), "other": rows.drop(columns="region_code")}
    found = compare_tables(NAME, given.get(before), given.get(after))
    assert found.status is status
    assert found.is_red
    assert found.reason


def test_an_undeclared_table_is_red_and_one_that_may_be_empty_is_not(rows):
    assert compare_tables("out_unheard_of", rows, rows).status is Status.NO_KEY
    nothing = pd.DataFrame(columns=list(TABLES["dim_correction"].columns))
    assert compare_tables("dim_correction", nothing, nothing).status is Status.SAME


def test_added_removed_and_changed_rows(rows):
    other = changed(rows, "value", 1, 99.0).drop(index=[0])
    extra = rows.tail(1).assign(region_code="zz")
    found = compare_tables(NAME, rows, pd.concat([other, extra]))
    assert found.status is Status.CHANGED
    assert found.added["region_code"].tolist() == ["zz"]
    assert found.removed["region_code"].tolist() == ["region_code 00"]
    assert found.changed["region_code"].tolist() == ["region_code 01"]
    assert found.changed["columns"].tolist() == ["value"]
    assert found.columns == {"value": 1}
    [move] = found.moves_of(found.moves)
    assert (move.column, move.after) == ("value", 99.0)
    assert dict(move.key)["region_code"] == "region_code 01"


def test_moves_are_ordered_by_their_size(rows):
    other = changed(changed(rows, "value", 0, rows["value"][0] * 1.1), "gap", 2, 1e9)
    found = compare_tables(NAME, rows, other)
    moves = list(found.moves_of(found.moves))
    assert [m.column for m in moves] == ["gap", "value"]
    assert moves[0].size > moves[1].size == pytest.approx(0.1 / 1.1)


def test_a_value_that_appears_is_a_whole_move(rows):
    other = changed(rows, "value", 0, None)
    [move] = moves_of(rows, other)
    assert (move.after, move.size) == (None, 1.0)
    [move] = moves_of(other, rows)
    assert (move.before, move.size) == (None, 1.0)
    assert compare_tables(NAME, other, other).status is Status.SAME


def test_ranks_stand_apart(rows):
    found = compare_tables(NAME, rows, changed(rows, "rank", 3, 7))
    assert found.moves.empty
    [move] = found.moves_of(found.ranks)
    assert (move.column, move.after) == ("rank", 7.0)
    # A fixed order of the registry is no rank.
    [move] = moves_of(rows, changed(rows, "indicator_order", 3, 70))
    assert move.column == "indicator_order"


def test_last_digits_are_counted_apart(rows):
    value = rows["value"][0]
    found = compare_tables(NAME, rows, changed(rows, "value", 0, value * (1 + 1e-15)))
    assert (len(found.changed), found.last_digits) == (1, 1)
    both = changed(changed(rows, "value", 0, value * (1 + 1e-15)), "reason_fr", 0, "autre")
    assert compare_tables(NAME, rows, both).last_digits == 0


def test_texts_truths_and_columns_of_one_side_count(rows):
    found = compare_tables(NAME, rows, changed(rows, "reason_fr", 1, "autre"))
    assert found.columns == {"reason_fr": 1}
    found = compare_tables(NAME, rows, changed(rows, "has_break", 0, False))
    assert found.columns == {"has_break": 1}
    found = compare_tables(NAME, rows.drop(columns="gap"), rows)
    assert found.status is Status.CHANGED
    assert found.columns == {"+gap": 4}

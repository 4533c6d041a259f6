"""The quick check of a table and pandera agree on every damage that can be drawn."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phare_pipeline.contract.fields import FIELDS
from phare_pipeline.contract.model import Field
from phare_pipeline.contract.schemas import ARROW_TYPES
from phare_pipeline.contract.tables import TABLES, is_nullable
from phare_pipeline.warehouse.precheck import keeps_contract
from phare_pipeline.warehouse.tables import conform, found_by_pandera
from tests.unit.warehouse import kit

WHOLE = {name: kit.table(name, 4) for name in TABLES}
# Where each column is declared, in one table where it may be null and one where it may not.
PLACES = sorted(
    {
        (column, is_nullable(table, column)): name
        for name, table in TABLES.items()
        for column in table.columns
    }.items()
)
TEXTS = ("", " ", "x", "2016-T4\n", "2016-T5", "٢٠١٦", "mean", "M13", "observed ", "é")


def values(field: Field) -> list[Any]:
    """Values at, just within and just beyond what a column may hold."""
    bounds = [b for b in (field.minimum, field.maximum) if b is not None]
    if field.type == "float64":
        near = [
            v for b in bounds for v in (b, math.nextafter(b, -math.inf), math.nextafter(b, 1e9))
        ]
        return [math.inf, -math.inf, 0.0, -0.0, -1e-300, *near]
    if field.type == "int32":
        return [0, -1, 2**31 - 1, -(2**31), *(int(b) + d for b in bounds for d in (-1, 0, 1))]
    if field.type == "bool":
        return [True, False]
    if field.type == "date":
        return [dt.date(1, 1, 1), dt.date(9999, 12, 31)]
    return [*TEXTS, *field.allowed, *(text.upper() for text in field.allowed)]


def put(table: pa.Table, column: str, row: int, value: Any) -> pa.Table:
    cells = table[column].to_pylist()
    cells[row % len(cells)] = value
    array = pa.array(cells, ARROW_TYPES[FIELDS[column].type])
    return table.set_column(table.column_names.index(column), column, array)


def agree(table: pa.Table, name: str) -> bool:
    """Hold both checks to the same answer, and return it."""
    answer = keeps_contract(table, name)
    assert answer is (found_by_pandera(table, name, 5).count == 0), name
    return answer


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_both_agree_on_every_damage(data: st.DataObject) -> None:
    (column, _), name = data.draw(st.sampled_from(PLACES))
    table = WHOLE[name]
    for number in range(data.draw(st.integers(1, 2))):
        other = column if number == 0 else data.draw(st.sampled_from(table.column_names))
        value = data.draw(st.one_of(st.none(), st.sampled_from(values(FIELDS[other]))))
        table = put(table, other, data.draw(st.integers(0, 3)), value)
    if data.draw(st.booleans()):
        table = pa.concat_tables([table, table.slice(data.draw(st.integers(0, 3)), 1)])
    agree(conform(table, name), name)


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_both_agree_on_what_is_whole_and_on_a_key_that_is_repeated(name: str) -> None:
    assert agree(WHOLE[name], name)
    assert agree(WHOLE[name].slice(0, 0), name)
    twice = conform(pa.concat_tables([WHOLE[name], WHOLE[name].slice(1, 1)]), name)
    assert agree(twice, name) is (not TABLES[name].key)
    if key := TABLES[name].key:
        for column in {*TABLES[name].columns} - {*key}:
            found = [v for v in values(FIELDS[column]) if v != twice[column][1].as_py()]
            # Another row of the same key, not the same row twice.
            twice = put(twice, column, 1, found[-1])
        assert not agree(twice, name)


@pytest.mark.parametrize("name", ["out_indicators", "core_observations"])
def test_columns_in_another_order_or_of_another_type_are_refused(name: str) -> None:
    table = WHOLE[name]
    assert not agree(table.select(table.column_names[::-1]), name)
    assert not agree(table.drop_columns(["value"]), name)
    for field in table.schema:
        if field.type == pa.int32():
            place = table.column_names.index(field.name)
            wide = table.set_column(place, field.name, table[field.name].cast(pa.int64()))
            assert not agree(wide, name)


def test_rows_need_no_order() -> None:
    table = WHOLE["out_indicators"]
    mixed = pa.concat_tables([table.slice(2), table.slice(0, 2)])
    assert agree(mixed, "out_indicators")
    assert not agree(pa.concat_tables([table, mixed.slice(0, 1)]), "out_indicators")

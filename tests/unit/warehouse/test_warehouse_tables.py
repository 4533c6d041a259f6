"""Tables and their contract: refusals, violations, Parquet that repeats byte for byte."""

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from phare_pipeline.contract.schemas import arrow_schema
from phare_pipeline.contract.tables import TABLES
from phare_pipeline.errors import ContractError
from phare_pipeline.warehouse.tables import (
    conform,
    read_footer,
    read_parquet,
    violations,
    write_parquet,
)
from tests.unit.warehouse.kit import frame, table

NAME = "out_indicators"


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_every_declared_table_can_be_conformed_and_is_valid(name):
    conformed = table(name)
    assert conformed.schema.names == arrow_schema(name).names
    assert conformed.schema.types == arrow_schema(name).types
    assert violations(conformed, name).count == 0


def test_order_of_rows_and_columns_does_not_count():
    rows = frame(NAME)
    shuffled = rows.iloc[::-1][rows.columns[::-1]]
    assert conform(shuffled, NAME).equals(conform(rows, NAME))
    assert conform(pa.Table.from_pandas(shuffled), NAME).equals(conform(rows, NAME))


def test_absent_stays_absent():
    rows = frame(NAME, 2)
    rows["rank"] = [np.nan, 4.0]
    rows["is_worse_than_france"] = [None, True]
    rows["reason_fr"] = np.nan
    rows["value"] = [np.nan, 2.0]
    conformed = conform(rows, NAME)
    assert conformed["rank"].to_pylist() == [None, 4]
    assert conformed["is_worse_than_france"].to_pylist() == [None, True]
    assert conformed["reason_fr"].to_pylist() == [None, None]
    assert conformed["value"].to_pylist() == [None, 2.0]
    assert violations(conformed, NAME).count == 0


def test_no_row_at_all():
    empty = pd.DataFrame(columns=list(TABLES[NAME].columns))
    assert conform(empty, NAME).num_rows == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.assign(other=1), "other"),
        (lambda r: r.drop(columns="gap"), "gap"),
        (lambda r: r.assign(value=["1", "2", "3"]), "value is (large_)?string"),
        (lambda r: r.assign(year=[True, True, False]), "year is bool"),
        (lambda r: r.assign(region_code=[1, 2, 3]), "region_code is int64"),
        (lambda r: r.assign(has_break=[0, 1, 0]), "has_break is int64"),
        (lambda r: r.assign(rank=[1.5, 2, 3]), "truncated"),
        (lambda r: r.assign(year=2**40), "not in range"),
        (lambda r: r.assign(value=[1.0, "x", 2.0]), "does not fit"),
    ],
    ids=[
        "unknown column",
        "missing column",
        "text in a number",
        "truth in a number",
        "number in a code",
        "number in a truth",
        "half a rank",
        "too large",
        "mixed",
    ],
)
def test_conform_refuses(change, message):
    with pytest.raises(ContractError, match=message):
        conform(change(frame(NAME)), NAME)


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"value": math.inf}, "value", "is_finite"),
        ({"value": -math.inf}, "value", "is_finite"),
        ({"year": 1800}, "year", "greater_than_or_equal_to"),
        ({"rank": 0}, "rank", "greater_than_or_equal_to"),
        ({"value_status": "guessed"}, "value_status", "isin"),
        ({"region_name": None}, "region_name", "not_nullable"),
        ({"indicator_id": None}, "indicator_id", "not_nullable"),
    ],
)
def test_violations_name_column_rule_and_row(change, column, rule):
    rows = frame(NAME)
    for name, value in change.items():
        cells = rows[name].tolist()
        cells[1] = value
        rows[name] = cells
    found = violations(conform(rows, NAME), NAME)
    assert found.count == 1
    sample = found.samples.iloc[0]
    assert sample["column"] == column
    assert rule in sample["rule"]
    assert "region_code=region_code 01" in sample["row"]


def test_a_repeated_key_counts_once_a_row_and_samples_are_limited():
    rows = pd.concat([frame(NAME, 2), frame(NAME, 2)])
    found = violations(conform(rows, NAME), NAME, limit=3)
    assert found.count == 4
    assert len(found.samples) == 3
    assert set(found.samples["column"]) == {"year, region_code, indicator_id"}


def test_parquet_repeats_and_tells_its_contract(tmp_path):
    one, two = tmp_path / "one.parquet", tmp_path / "region=corse" / "two.parquet"
    conformed = table(NAME, 50)
    parts = pa.concat_tables([conformed.slice(0, 7), conformed.slice(7)])
    write_parquet(conformed, NAME, one, {"edition_hash": "e"})
    write_parquet(parts.combine_chunks(), NAME, two, {"edition_hash": "e"})
    assert one.read_bytes() == two.read_bytes()
    assert read_footer(one)["edition_hash"] == "e"
    assert read_footer(one)["table"] == NAME
    # The folder's name is no column.
    assert read_parquet(two).column_names == list(TABLES[NAME].columns)
    assert read_parquet(two).to_pylist() == conformed.to_pylist()

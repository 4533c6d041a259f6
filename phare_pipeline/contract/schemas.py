"""Derives pandera, Arrow and DuckDB schemas from the contract; no table is declared here.

pandera is imported where it is used: importing it takes a second that readers do not need.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from phare_pipeline.contract import CONTRACT_VERSION
from phare_pipeline.contract.model import ColumnType, Field, Table
from phare_pipeline.contract.tables import fields_of, is_nullable, table_of

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "string": pa.string(),
    "int32": pa.int32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}
DUCKDB_TYPES: dict[ColumnType, str] = {
    "string": "VARCHAR",
    "int32": "INTEGER",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
}
# Nullable pandas types: an absent whole number or boolean stays absent instead of becoming 0.0.
PANDAS_TYPES: dict[ColumnType, str] = {
    "string": "str",
    "int32": "Int32",
    "float64": "float64",
    "bool": "boolean",
    "date": "object",
}


def arrow_schema(name: str, footer: dict[str, str] | None = None) -> pa.Schema:
    """Return the Arrow schema of a table, with `footer` and the columns' texts as metadata."""
    metadata = {"table": name, "contract_version": CONTRACT_VERSION, **(footer or {})}
    return _arrow_columns(table_of(name)).with_metadata(metadata)


@cache
def _arrow_columns(table: Table) -> pa.Schema:
    return pa.schema([_arrow_field(table, field) for field in fields_of(table)])


def _arrow_field(table: Table, field: Field) -> pa.Field[Any]:
    return pa.field(
        field.name,
        ARROW_TYPES[field.type],
        nullable=is_nullable(table, field.name),
        metadata={
            "unit": field.unit,
            "label_fr": field.label_fr,
            "description": field.description,
        },
    )


def duckdb_columns(name: str) -> str:
    """Return the column list of a `CREATE TABLE` for a declared table."""
    return ", ".join(f'"{f.name}" {DUCKDB_TYPES[f.type]}' for f in fields_of(table_of(name)))


@cache
def pandera_schema(name: str) -> pandera.DataFrameSchema:
    """Return the pandera schema of a table: ordered columns, types, bounds, values, key."""
    import pandera.pandas as pandera

    table = table_of(name)
    return pandera.DataFrameSchema(
        {field.name: _pandera_column(table, field) for field in fields_of(table)},
        name=name,
        strict=True,
        ordered=True,
        unique=list(table.key) or None,
        coerce=False,
    )


def _pandera_column(table: Table, field: Field) -> pandera.Column:
    import pandera.pandas as pandera

    checks: list[pandera.Check] = []
    if field.allowed:
        checks.append(pandera.Check.isin(field.allowed))
    if field.pattern:
        checks.append(pandera.Check.str_matches(field.pattern))
    if field.minimum is not None:
        checks.append(pandera.Check.ge(field.minimum))
    if field.maximum is not None:
        checks.append(pandera.Check.le(field.maximum))
    if field.type == "float64":
        checks.append(pandera.Check(_is_finite, name="is_finite", element_wise=False))
    return pandera.Column(
        PANDAS_TYPES[field.type],
        checks=checks,
        nullable=is_nullable(table, field.name),
        title=field.label_fr,
        description=field.description,
    )


def _is_finite(values: pd.Series[Any]) -> pd.Series[Any]:
    return values.abs() != float("inf")

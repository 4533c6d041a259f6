"""Brings tables to their contract, checks them against it, and reads and writes them as Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from phare_pipeline.contract.schemas import arrow_schema, pandera_schema
from phare_pipeline.contract.tables import fields_of, table_of
from phare_pipeline.errors import ContractError
from phare_pipeline.warehouse.files import Put, write_atomic
from phare_pipeline.warehouse.precheck import keeps_contract

VIOLATION_COLUMNS = ("column", "rule", "found", "row")


@dataclass(frozen=True)
class Violations:
    """Rows that break the contract: how many, and the first of them with their key."""

    count: int
    samples: pd.DataFrame


def conform(data: pd.DataFrame | pa.Table, name: str) -> pa.Table:
    """Return a table with the declared columns, in order, of the declared types, sorted by key.

    What is not a number becomes null: absent is absent, however a library writes it.

    Raises:
        ContractError: columns are missing or not declared, or a value does not fit its type.
    """
    schema = arrow_schema(name)
    found = list(data.column_names if isinstance(data, pa.Table) else data.columns)
    if sorted(found) != sorted(schema.names):
        raise ContractError(
            f"{name}: its columns are not the declared ones",
            found=", ".join(sorted(set(found) - set(schema.names))) or "nothing undeclared",
            expected=f"also {', '.join(sorted(set(schema.names) - set(found))) or 'nothing'}",
        )
    try:
        if isinstance(data, pd.DataFrame):
            data = pa.Table.from_pandas(data[schema.names], preserve_index=False)
        table = data.select(schema.names)
        _refuse_other_kinds(table, schema, name)
        arrays = [_without_nan(column) for column in table.columns]
        fields = [field.with_nullable(True) for field in schema]
        table = pa.Table.from_arrays(arrays, names=schema.names).cast(pa.schema(fields))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ContractError(f"{name}: a value does not fit its column", found=str(error)) from error
    key = table_of(name).key or schema.names
    return table.sort_by([(column, "ascending") for column in key]).combine_chunks()


def _refuse_other_kinds(table: pa.Table, schema: pa.Schema, name: str) -> None:
    """Refuse text or truth values in a number and the like, which a cast would let through."""
    wrong = [
        (field.name, column.type, field.type)
        for field, column in zip(schema, table.columns, strict=True)
        if column.null_count < len(column) and not _is_same_kind(column.type, field.type)
    ]
    if wrong:
        raise ContractError(
            f"{name}: a column is not of the declared type",
            found=", ".join(f"{column} is {found}" for column, found, _ in wrong),
            expected=", ".join(f"{column} {expected}" for column, _, expected in wrong),
        )


def _is_same_kind(found: pa.DataType, declared: pa.DataType) -> bool:
    kinds = pa.types
    if kinds.is_dictionary(found):
        found = found.value_type
    if kinds.is_string(declared):
        return bool(
            kinds.is_string(found) or kinds.is_large_string(found) or kinds.is_string_view(found)
        )
    if kinds.is_date(declared):
        return bool(kinds.is_date(found) or kinds.is_timestamp(found))
    if kinds.is_boolean(declared):
        return bool(kinds.is_boolean(found))
    return bool(kinds.is_integer(found) or kinds.is_floating(found) or kinds.is_decimal(found))


def _without_nan(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_floating(column.type):
        return column
    return pa.compute.if_else(pa.compute.is_nan(column), None, column)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table as pandas sees it under its contract: integers and booleans keep holes."""
    types = {pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=types.get)
    return frame


def violations(table: pa.Table, name: str, limit: int = 20) -> Violations:
    """Check a table against its contract, all rules at once.

    Returns:
        the number of failing cells and the first `limit` of them with the row's key.
    """
    if keeps_contract(table, name):
        return Violations(0, pd.DataFrame(columns=list(VIOLATION_COLUMNS)))
    return found_by_pandera(table, name, limit)


def found_by_pandera(table: pa.Table, name: str, limit: int) -> Violations:
    """Check a table as pandas sees it, which takes long and names each cell."""
    from pandera.errors import SchemaErrors

    frame = to_frame(table)
    for field in fields_of(table_of(name)):
        if field.type == "string":
            frame[field.name] = frame[field.name].astype("str")
    try:
        pandera_schema(name).validate(frame, lazy=True)
    except SchemaErrors as errors:
        key = list(table_of(name).key)
        cases = _one_case_a_row(errors.failure_cases, key)
        samples = [
            {
                "column": str(case["column"] or case["schema_context"]),
                "rule": str(case["check"]),
                "found": str(case["failure_case"]),
                "row": _key_text(frame, case["index"], key),
            }
            for case in cases.head(limit).to_dict("records")
        ]
        return Violations(len(cases), pd.DataFrame(samples, columns=list(VIOLATION_COLUMNS)))
    return Violations(0, pd.DataFrame(columns=list(VIOLATION_COLUMNS)))


def _one_case_a_row(cases: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Count a row with a repeated key once: pandera lists it once for each column of the key."""
    is_key = cases["check"] == "multiple_fields_uniqueness"
    repeated = is_key & cases.duplicated(["check", "index"])
    return cases.assign(column=cases["column"].mask(is_key, ", ".join(key)))[~repeated]


def _key_text(frame: pd.DataFrame, index: Any, key: list[str]) -> str:
    if not key or index is None or pd.isna(index):
        return ""
    return ", ".join(f"{column}={value!s}" for column, value in frame.loc[index, key].items())


def write_parquet(
    table: pa.Table,
    name: str,
    path: Path,
    footer: dict[str, str],
    put: Put = write_atomic,
) -> None:
    """Write a conformed table with the contract and `footer` in its metadata, whole or not at all.

    Same rows, same bytes: Snappy, one row group order, no clock. `put` says how a file is placed.
    """
    whole = table.cast(arrow_schema(name, footer))
    put(path, lambda temporary: pq.write_table(whole, temporary, compression="snappy"))


def read_parquet(path: Path) -> pa.Table:
    """Read a table with its metadata."""
    return pq.read_table(path, partitioning=None)


def read_footer(path: Path) -> dict[str, str]:
    """Read the metadata of a table without its rows."""
    metadata = pq.read_schema(path).metadata or {}
    return {key.decode(): value.decode() for key, value in metadata.items()}

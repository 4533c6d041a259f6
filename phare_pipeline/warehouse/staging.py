"""Keeps each staged source in a small DuckDB file of its own, replaced whole at every staging.

A shared writable database would be locked by whoever reads it; a file a source never is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from phare_pipeline.contract.model import Table
from phare_pipeline.contract.schemas import duckdb_columns
from phare_pipeline.contract.tables import fields_of, table_of
from phare_pipeline.warehouse.files import write_atomic
from phare_pipeline.warehouse.tables import conform


def staging_key(source_id: str) -> str:
    """Return the ledger key of a staged source, which is also its table and asset name."""
    return f"stg_{source_id}"


def write_staging(
    path: Path,
    observations: pd.DataFrame,
    quarantine: pd.DataFrame,
    source_id: str,
    metadata: Mapping[str, str],
) -> None:
    """Write the tables `stg_<source>`, `quarantine` and `metadata` of one source.

    Raises:
        ContractError: a table does not have the declared columns.
    """
    staged = conform(observations, "staged_observations")
    rejected = conform(quarantine, "quarantine")

    def write(temporary: Path) -> None:
        temporary.unlink(missing_ok=True)
        with duckdb.connect(temporary) as connection:
            # One transaction: each statement would otherwise wait for the disk.
            connection.begin()
            _create(connection, f"stg_{source_id}", staged)
            _create(connection, "quarantine", rejected)
            connection.execute("create table metadata (name varchar, text varchar)")
            connection.executemany("insert into metadata values (?, ?)", list(metadata.items()))
            connection.commit()
            # Closing does it too, but says nothing when the disk is full.
            connection.execute("checkpoint")

    write_atomic(path, write)


def _create(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Create a declared table with its comments; names come from the contract, never from data."""
    table = table_of(name)
    connection.execute(f'create table "{name}" ({duckdb_columns(name)})')
    connection.register("incoming", rows)
    connection.execute(f'insert into "{name}" select * from incoming')  # noqa: S608
    connection.unregister("incoming")
    comment_table(connection, name, table)


def comment_table(connection: duckdb.DuckDBPyConnection, name: str, table: Table) -> None:
    """Write the contract's texts as DuckDB comments on a table and its columns."""
    connection.execute(f'comment on table "{name}" is {quoted(table.description_fr)}')
    for field in fields_of(table):
        text = quoted(f"{field.label_fr}. {field.description} ({field.unit})")
        connection.execute(f'comment on column "{name}"."{field.name}" is {text}')


def quoted(text: str) -> str:
    """Return a text as an SQL literal, for statements that take no parameters."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def read_staging(path: Path, source_id: str) -> pa.Table:
    """Read the figures of a staged source."""
    return _read(path, f"stg_{source_id}")


def _read(path: Path, name: str) -> pa.Table:
    with duckdb.connect(path, read_only=True) as connection:
        return connection.sql(f'select * from "{name}"').to_arrow_table()  # noqa: S608

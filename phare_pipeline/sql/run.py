"""Runs one SQL model in DuckDB on relations that are there already; it neither loads nor writes."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from phare_pipeline.errors import SqlError
from phare_pipeline.sql.project import SqlProject, Variables


def connect() -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB that repeats itself: one thread, UTC, no extension fetched.

    With one thread, sums of fractions are made in the same order at every run.
    """
    return duckdb.connect(
        config={
            "threads": 1,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def run_model(
    connection: duckdb.DuckDBPyConnection, project: SqlProject, name: str, variables: Variables
) -> pa.Table:
    """Run a model and return its rows.

    Raises:
        SqlError: what it reads is not there, DuckDB refuses it, or its columns are not those that
            its .yml documents.
    """
    model = project.models[name]
    _check_relations(connection, project, name)
    sql = project.render(name, variables)
    try:
        table = connection.sql(sql).to_arrow_table()
    except duckdb.Error as error:
        raise SqlError(
            f"SQL model {name} fails", where=model.path.name, found=str(error).strip()
        ) from error
    if tuple(table.column_names) != model.columns:
        raise SqlError(
            f"SQL model {name}: its columns are not those of its .yml",
            where=model.path.name,
            found=", ".join(table.column_names),
            expected=", ".join(model.columns),
        )
    return table


def _check_relations(connection: duckdb.DuckDBPyConnection, project: SqlProject, name: str) -> None:
    present = {
        (schema, table)
        for schema, table in connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    }
    model = project.models[name]
    wanted = {("main", ref) for ref in model.refs} | set(model.sources)
    absent = sorted(wanted - present)
    if absent:
        raise SqlError(
            f"SQL model {name}: what it reads is not there",
            found=", ".join(f"no {schema}.{table}" for schema, table in absent),
            action="run the models or load the sources that produce them first",
        )

"""Writes `phare.duckdb`, the release as one database: tables, comments, views in French.

Its file differs at every build, so it stands outside the release's name and is described by the
content of its tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from phare_pipeline.contract.schemas import duckdb_columns
from phare_pipeline.contract.tables import french_labels, table_of
from phare_pipeline.warehouse.files import write_atomic
from phare_pipeline.warehouse.staging import comment_table, quoted

# A file of DuckDB's newest format cannot be read by 1.x clients.
STORAGE_VERSION = "v1.2.0"


def write_catalogue(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """Write all tables into one DuckDB file that 1.x clients can read.

    Args:
        path: where the file goes; it is moved into place when it is closed.
        tables: conformed tables by name.
    """
    write_atomic(path, lambda temporary: _build(temporary, tables))


def _build(path: Path, tables: Mapping[str, pa.Table]) -> None:
    path.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        place = quoted(str(path))
        connection.execute(f"attach {place} as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("use release")
        # One transaction: each statement would otherwise wait for the disk.
        connection.begin()
        for name, rows in sorted(tables.items()):
            connection.execute(f'create table "{name}" ({duckdb_columns(name)})')
            connection.register("incoming", rows)
            connection.execute(f'insert into "{name}" select * from incoming')  # noqa: S608
            connection.unregister("incoming")
            comment_table(connection, name, table_of(name))
            _create_french_view(connection, name)
        connection.commit()
        connection.execute("checkpoint release")
        connection.execute("use memory")
        connection.execute("detach release")


def _create_french_view(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Create the view that shows a table under French headers, such as `Indicateurs`."""
    table = table_of(name)
    columns = zip(table.columns, french_labels(table), strict=True)
    selected = ", ".join(f"{identifier(c)} as {identifier(label)}" for c, label in columns)
    view = identifier(str(table.view_fr))
    connection.execute(f'create view {view} as select {selected} from "{name}"')  # noqa: S608


def identifier(text: str) -> str:
    """Return a text as a quoted SQL identifier."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'

"""DuckDB files: staging and catalogue hold the rows, their comments and readable views."""

import duckdb
import pytest

from phare_pipeline.contract.tables import TABLES, fields_of, table_of
from phare_pipeline.errors import ContractError
from phare_pipeline.warehouse.catalogue import write_catalogue
from phare_pipeline.warehouse.staging import read_staging, write_staging
from tests.unit.warehouse.kit import PUBLISHED, frame, table

pytestmark = pytest.mark.slow


def comments(connection, name):
    query = "select column_name, comment from duckdb_columns() where table_name = ?"
    return dict(connection.execute(query, [name]).fetchall())


def test_staging_gives_back_what_was_written(tmp_path):
    path = tmp_path / "stg_x.duckdb"
    rows, rejected = frame("staged_observations", 4), frame("quarantine", 2)
    write_staging(path, rows, rejected, "x", {"vintage": "l'été"})
    assert read_staging(path, "x").equals(table("staged_observations", 4))
    with duckdb.connect(path, read_only=True) as connection:
        assert connection.table("quarantine").to_arrow_table().equals(table("quarantine", 2))
        assert connection.execute("select * from metadata").fetchall() == [("vintage", "l'été")]
        found = comments(connection, "stg_x")
    assert set(found) == set(TABLES["staged_observations"].columns)
    assert all(found.values())


def test_a_refused_staging_leaves_the_old_file(tmp_path):
    path = tmp_path / "stg_x.duckdb"
    rows, rejected = frame("staged_observations", 1), frame("quarantine", 0)
    rejected = rejected.reindex(columns=list(TABLES["quarantine"].columns))
    write_staging(path, rows, rejected, "x", {"vintage": "1"})
    before = path.read_bytes()
    with pytest.raises(ContractError):
        write_staging(path, rows.drop(columns="item"), rejected, "x", {"vintage": "1"})
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["stg_x.duckdb"]


def test_catalogue_has_tables_comments_and_french_views(tmp_path):
    path = tmp_path / "it's" / "phare.duckdb"
    tables = {name: table(name) for name in PUBLISHED}
    write_catalogue(path, tables)
    assert [p.name for p in path.parent.iterdir()] == ["phare.duckdb"]
    with duckdb.connect(path, read_only=True) as connection:
        texts = dict(
            connection.execute("select table_name, comment from duckdb_tables()").fetchall()
        )
        assert texts == {name: table_of(name).description_fr for name in PUBLISHED}
        for name, rows in tables.items():
            assert connection.table(name).to_arrow_table().equals(rows)
            found = comments(connection, name)
            assert all(f.label_fr in found[f.name] for f in fields_of(table_of(name)))
            view = connection.execute(f'select * from "{table_of(name).view_fr}"')
            labels = [column[0] for column in view.description]
            assert len(set(labels)) == len(labels) == len(rows.column_names)
            assert len(view.fetchall()) == rows.num_rows
        headers = connection.execute('select * from "Indicateurs"').description
        assert [header[0] for header in headers][:3] == ["Édition", "Code région", "Région"]


def test_catalogue_is_written_for_older_readers(tmp_path):
    write_catalogue(tmp_path / "phare.duckdb", {"dim_region": table("dim_region")})
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path / 'phare.duckdb'}' as release (read_only)")
        query = "select tags from duckdb_databases() where database_name = 'release'"
        assert "v1.2.0" in str(connection.execute(query).fetchone())

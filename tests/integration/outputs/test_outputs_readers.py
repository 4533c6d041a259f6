"""A release in the hands of the tools that people read it with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest

from phare_pipeline.contract.tables import TABLES, french_labels
from tests.integration.small import Installation

CUT = "out_indicators"


@pytest.fixture(scope="module")
def release(published_small: Installation) -> Path:
    return (published_small.warehouse / "current").resolve()


@pytest.fixture(scope="module")
def flat(release: Path) -> pl.DataFrame:
    return pl.read_parquet(release / "marts" / f"{CUT}.parquet")


def key_of(frame: pl.DataFrame) -> list[tuple[str, ...]]:
    """Return code and value as text of every row, in one order."""
    chosen = frame.select("region_code", "indicator_id", "year", "value")
    return sorted(tuple(map(str, row)) for row in chosen.iter_rows())


def from_duckdb(release: Path) -> pl.DataFrame:
    folder = release / CUT
    return duckdb.sql(f"from read_parquet('{folder}/*/*.parquet', hive_partitioning = true)").pl()


def from_pandas(release: Path) -> pl.DataFrame:
    return pl.from_pandas(pd.read_parquet(release / CUT))


def from_pyarrow(release: Path) -> pl.DataFrame:
    table = ds.dataset(release / CUT, format="parquet", partitioning="hive").to_table()
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def from_polars(release: Path) -> pl.DataFrame:
    return pl.scan_parquet(release / CUT / "**" / "*.parquet", hive_partitioning=True).collect()


@pytest.mark.parametrize("read", [from_duckdb, from_pandas, from_pyarrow, from_polars])
def test_the_folder_of_a_table_is_read_as_its_flat_twin(
    read: Callable[[Path], pl.DataFrame], release: Path, flat: pl.DataFrame
) -> None:
    found = read(release)
    assert key_of(found) == key_of(flat)
    # The slug is in the path alone; codes stay texts.
    assert found.schema["region_code"] == pl.String
    assert set(found["region"].cast(pl.String)) == set(
        pl.read_parquet(release / "marts" / "dim_region.parquet")["slug"]
    )


def test_one_file_alone_says_where_and_when_it_is(release: Path) -> None:
    path = next((release / CUT / "region=corse").glob("*.parquet"))
    frame = pd.read_parquet(path)
    assert set(frame["region_code"]) == {"94"}
    assert set(frame["year"]) == {int(path.stem)}


READ_ALL = """
const fs = require("fs"), path = require("path");
(async () => {
  const { parquetReadObjects } = await import(process.argv[2] + "/hyparquet/src/index.js");
  const found = {};
  for (const file of fs.readdirSync(process.argv[3])) {
    const bytes = fs.readFileSync(path.join(process.argv[3], file));
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    found[file] = (await parquetReadObjects({ file: buffer })).length;
  }
  console.log(JSON.stringify(found));
})();
"""


@pytest.mark.system
def test_hyparquet_reads_every_flat_table(
    release: Path, node_modules: Path, tmp_path: Path
) -> None:
    script = tmp_path / "read.cjs"
    script.write_text(READ_ALL, "utf-8")
    command = ["node", str(script), str(node_modules), str(release / "marts")]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    rows = {path.name: pl.read_parquet(path).height for path in (release / "marts").iterdir()}
    assert found == rows


READ_DATABASE = """
import duckdb, json, sys
with duckdb.connect(sys.argv[1], read_only=True) as database:
    names = database.execute("select table_name from duckdb_tables()").fetchall()
    rows = {n: database.execute(f'select count(*) from "{n}"').fetchone()[0] for n, in names}
    views = database.execute(
        "select view_name from duckdb_views() where not internal").fetchall()
    heads = {v: [c[0] for c in database.execute(f'from "{v}" limit 0').description] for v, in views}
print(json.dumps({"version": duckdb.__version__, "rows": rows, "heads": heads}))
"""


@pytest.mark.system
def test_a_client_of_duckdb_1_4_reads_the_database(release: Path, duckdb_1_4: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ_DATABASE, str(release / "phare.duckdb")],
        env={**os.environ, "PYTHONPATH": str(duckdb_1_4)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert found["version"].startswith("1.4.")
    marts = {path.stem: pl.read_parquet(path).height for path in (release / "marts").iterdir()}
    assert found["rows"] == marts
    for name in marts:
        table = TABLES[name]
        assert found["heads"][table.view_fr] == list(french_labels(table))

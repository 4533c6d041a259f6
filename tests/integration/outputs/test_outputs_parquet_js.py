"""The explorer's own Parquet reader and writer against pyarrow and hyparquet."""

from __future__ import annotations

import json
import random
import struct
import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PAGE = Path("phare_pipeline/outputs/explorer/page")

pytestmark = pytest.mark.system

# Reads with both readers; numbers travel as text in a list, because JSON has no −0.
READ = """
const fs = require("fs");
const own = require(process.argv[2] + "/parquet_read.js");
const plain = (v) => (typeof v === "number" || typeof v === "bigint"
  ? [Object.is(v, -0) ? "-0" : String(v)] : v ?? null);
(async () => {
  const { parquetReadObjects } = await import(process.argv[3] + "/hyparquet/src/index.js");
  const bytes = fs.readFileSync(process.argv[4]);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const read = own.read(new Uint8Array(buffer));
  const rows = await parquetReadObjects({ file: buffer });
  const theirs = {};
  for (const name of Object.keys(read.columns)) theirs[name] = rows.map((r) => plain(r[name]));
  const ours = {};
  for (const [name, values] of Object.entries(read.columns)) ours[name] = values.map(plain);
  console.log(JSON.stringify({ ours, theirs, rows: read.rows, metadata: read.metadata }));
})();
"""
WRITE = """
const fs = require("fs");
const writer = require(process.argv[2] + "/parquet_write.js");
const columns = JSON.parse(fs.readFileSync(0, "utf8"));
fs.writeFileSync(process.argv[3], writer.write(columns, { title: "é", empty: "" }));
"""


def run(script: str, folder: Path, *arguments: str, text: str = "") -> str:
    path = folder / "script.cjs"
    path.write_text(script, "utf-8")
    done = subprocess.run(
        ["node", str(path), *arguments], input=text, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(path: Path, repository: Path, node_modules: Path, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        run(READ, folder, str(repository / PAGE), str(node_modules), str(path))
    )
    return found


def bits(value: Any) -> Any:
    """Return a number by its bits, so that −0 is not 0; anything else as it is."""
    if isinstance(value, list):
        value = float(value[0])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return struct.pack("<d", value)
    return value


def sample(rows: int, seed: int) -> pa.Table:
    stream = random.Random(seed)

    def some(make: Any, holes: float) -> list[Any]:
        return [None if stream.random() < holes else make() for _ in range(rows)]

    return pa.table(
        {
            "few": pa.array(some(lambda: stream.choice(["a", "é", "", "’ "]), 0.1), pa.string()),
            "many": pa.array(some(lambda: f"x{stream.getrandbits(30)}", 0.0), pa.string()),
            "number": pa.array(some(lambda: stream.uniform(-1e6, 1e6), 0.3), pa.float64()),
            "steps": pa.array(some(lambda: stream.choice([0.5, -0.25, 3.0]), 0.0), pa.float64()),
            "whole": pa.array(some(lambda: stream.randrange(-5, 70_000), 0.2), pa.int32()),
            "truth": pa.array(some(lambda: stream.random() < 0.5, 0.5), pa.bool_()),
            "empty": pa.array([None] * rows, pa.float64()),
        }
    )


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 1000, 30_000])
@pytest.mark.parametrize("compression", ["snappy", "none"])
def test_reader_finds_what_pyarrow_and_hyparquet_find(
    rows: int, compression: str, repository: Path, node_modules: Path, tmp_path: Path
) -> None:
    table = sample(rows, seed=rows)
    path = tmp_path / "table.parquet"
    pq.write_table(table, path, compression=compression, row_group_size=10_000)
    found = read(path, repository, node_modules, tmp_path)
    assert found["rows"] == rows
    assert list(found["ours"]) == table.column_names
    for name in table.column_names:
        expected = [bits(value) for value in table[name].to_pylist()]
        assert [bits(value) for value in found["ours"][name]] == expected, name
        assert found["ours"][name] == found["theirs"][name], name


@pytest.mark.parametrize("rows", [0, 1, 8, 17, 1000])
def test_written_files_are_read_by_pyarrow_and_hyparquet(
    rows: int, repository: Path, node_modules: Path, tmp_path: Path
) -> None:
    table = sample(rows, seed=rows + 1)
    kinds = {"string": "string", "double": "double", "int32": "int32", "bool": "boolean"}
    columns = [
        {"name": n, "type": kinds[str(table[n].type)], "values": table[n].to_pylist()}
        for n in table.column_names
    ]
    path = tmp_path / "written.parquet"
    run(WRITE, tmp_path, str(repository / PAGE), str(path), text=json.dumps(columns))
    back = pq.read_table(path)
    assert back.to_pydict() == table.to_pydict()
    assert back.schema.types == table.schema.types
    assert (back.schema.metadata or {})[b"title"].decode() == "é"
    found = read(path, repository, node_modules, tmp_path)
    assert found["ours"] == found["theirs"]


REFUSED = """
const parquet = require(process.argv[2] + "/parquet_read.js");
try {
  parquet.read(new Uint8Array(require("fs").readFileSync(process.argv[3])));
} catch (error) {
  console.log(error.message);
}
"""


def refusal(path: Path, repository: Path) -> str:
    return run(REFUSED, path.parent, str(repository / PAGE), str(path))


@pytest.mark.parametrize("content", [b"", b"PAR1 but no end of it"])
def test_what_is_no_parquet_is_refused(
    content: bytes, repository: Path, node_modules: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.parquet"
    path.write_bytes(content)
    assert "pas un fichier Parquet" in refusal(path, repository)


def test_unsupported_compression_is_refused_by_name(
    repository: Path, node_modules: Path, tmp_path: Path
) -> None:
    path = tmp_path / "zstd.parquet"
    pq.write_table(sample(10, 1), path, compression="zstd")
    assert "compression 6" in refusal(path, repository)

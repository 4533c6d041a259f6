"""Content digests: same rows, same digest, whatever else memory holds; other rows, another."""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from phare_pipeline.warehouse.digests import content_digest
from tests.unit.warehouse.kit import PUBLISHED, table

ROWS = pa.table(
    {
        "text": pa.array(["a", None, "", "é"]),
        "number": pa.array([1.5, None, 0.0, -2.0]),
        "count": pa.array([1, None, 0, 3], pa.int32()),
        "truth": pa.array([True, None, False, True]),
        "day": pa.array([0, None, 1, 2], pa.int32()).cast(pa.date32()),
    }
)


def with_garbage(column: pa.ChunkedArray) -> pa.Array:
    """Return the same column with other bytes under its nulls."""
    array = column.combine_chunks()
    validity, values = array.buffers()
    raw = np.frombuffer(values, array.type.to_pandas_dtype())[: len(array)].copy()
    raw[~pc.is_valid(array).to_numpy(zero_copy_only=False)] = 77
    return pa.Array.from_buffers(array.type, len(array), [validity, pa.py_buffer(raw)])


def test_bytes_under_nulls_do_not_count():
    for name in ("number", "count"):
        column = with_garbage(ROWS[name])
        assert column.equals(ROWS[name].combine_chunks())
        assert column.buffers()[1].to_pybytes() != ROWS[name].chunk(0).buffers()[1].to_pybytes()
        position = ROWS.column_names.index(name)
        assert content_digest(ROWS.set_column(position, name, column)) == content_digest(ROWS)


def test_pieces_slices_and_metadata_do_not_count():
    pieces = pa.concat_tables([ROWS.slice(0, 1), ROWS.slice(1, 2), ROWS.slice(3)])
    assert content_digest(pieces) == content_digest(ROWS)
    sliced = pa.concat_tables([ROWS, ROWS]).combine_chunks().slice(4)
    assert content_digest(sliced) == content_digest(ROWS)
    assert content_digest(ROWS.replace_schema_metadata({"a": "b"})) == content_digest(ROWS)


@pytest.mark.parametrize("name", ROWS.column_names)
def test_each_cell_counts(name):
    seen = {content_digest(ROWS)}
    position = ROWS.column_names.index(name)
    for row in range(ROWS.num_rows):
        cells = ROWS[name].to_pylist()
        other = cells[3] if row != 3 else cells[0]
        cells[row] = None if cells[row] is not None else other
        changed = ROWS.set_column(position, name, pa.array(cells, ROWS[name].type))
        seen.add(content_digest(changed))
    assert len(seen) == 5


def test_order_names_and_types_count():
    digests = {
        content_digest(ROWS),
        content_digest(ROWS.take([1, 0, 2, 3])),
        content_digest(ROWS.rename_columns(["texte", *ROWS.column_names[1:]])),
        content_digest(ROWS.set_column(2, "count", ROWS["count"].cast(pa.int64()))),
        content_digest(ROWS.slice(0, 3)),
        content_digest(ROWS.slice(0, 0)),
    }
    assert len(digests) == 6
    # Texts are not simply joined.
    one, two = (pa.table({"t": pa.array(texts)}) for texts in (["ab", "c"], ["a", "bc"]))
    assert content_digest(one) != content_digest(two)


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_duckdb_gives_the_same_rows_back(name):
    rows = table(name, 5)
    with duckdb.connect() as connection:
        connection.register("incoming", rows)
        connection.execute("create table t as select * from incoming")
        assert content_digest(connection.table("t").to_arrow_table()) == content_digest(rows)

"""Digests of the rows of a table, the same wherever the rows come from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def describe(tables: Mapping[str, pa.Table]) -> dict[str, dict[str, int | str]]:
    """Return rows and content digest of each table."""
    return {
        name: {"rows": table.num_rows, "sha256": content_digest(table)}
        for name, table in tables.items()
    }


def content_digest(table: pa.Table) -> str:
    """Return the sha256 of a table's rows: names, types and values of its columns, in order.

    The same for the same rows, wherever they come from: what memory holds under a null, how a
    library cuts a column into pieces, and texts attached to columns do not count.
    """
    joined = hashlib.sha256()
    for name, column in zip(table.column_names, table.columns, strict=True):
        joined.update(f"{name}:{column.type}:{len(column)}\n".encode())
        for part in _plain_buffers(column):
            joined.update(part)
    return joined.hexdigest()


def _plain_buffers(column: pa.ChunkedArray) -> list[bytes]:
    """Return validity and values of a column as bytes without anything undefined in them."""
    is_present = pc.is_valid(column).to_numpy()
    validity = np.packbits(is_present.astype(np.uint8)).tobytes()
    if pa.types.is_string(column.type):
        texts = pc.fill_null(column, "").combine_chunks()
        first, last = texts.offset, texts.offset + len(texts)
        offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[first : last + 1]
        content = texts.buffers()[2][offsets[0] : offsets[-1]] if len(texts) else b""
        return [validity, np.diff(offsets).tobytes(), bytes(content)]
    if pa.types.is_boolean(column.type):
        values = pc.fill_null(column, False).to_numpy().astype(np.uint8)
    elif pa.types.is_date(column.type):
        values = pc.fill_null(column.cast(pa.int32()), 0).to_numpy()
    else:
        values = pc.fill_null(column, 0).to_numpy()
    return [validity, np.ascontiguousarray(values).tobytes()]

"""Tables as CSV: one form for programs, one for Excel as it is set up in France.

A CSV file has no types: in Excel, codes such as `01` lose their zero; the XLSX keeps it.
"""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from phare_pipeline.contract.tables import french_labels, table_of
from phare_pipeline.outputs.tables.cells import neutralise

BOM = b"\xef\xbb\xbf"


def standard_csv(table: pa.Table) -> bytes:
    """Return RFC 4180 text: comma, decimal point, UTF-8, column names, empty when missing."""
    return _written(neutralise(table), delimiter=",")


def excel_csv(table: pa.Table, name: str) -> bytes:
    """Return text that Excel in France opens by double click: `;`, decimal comma, BOM, CRLF.

    Args:
        table: a published table.
        name: its name in the contract; the headers are the French labels.
    """
    columns = [_french(column) for column in neutralise(table).columns]
    labelled = pa.Table.from_arrays(columns, names=list(french_labels(table_of(name))))
    return BOM + _written(labelled, delimiter=";").replace(b"\n", b"\r\n")


def _french(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_floating(column.type):
        return pc.replace_substring(column.cast(pa.string()), ".", ",")
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, "vrai", "faux")
    return column


def _written(table: pa.Table, delimiter: str) -> bytes:
    sink = io.BytesIO()
    options = pyarrow.csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
    pyarrow.csv.write_csv(table, sink, options)
    return sink.getvalue()

"""Text cells that a spreadsheet must not run as a formula."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# A cell that begins like this is a formula, or becomes one once a tab or a line end is dropped.
DANGEROUS = r"^[=+\-@\t\r\n]"


def neutralise(table: pa.Table) -> pa.Table:
    """Put an apostrophe before texts that begin with = + - @, a tab or a line end.

    Only text columns: a negative number is a number. Whoever reads the file by program takes the
    apostrophe off again; the Parquet files hold the text as it is.
    """
    for position, field in enumerate(table.schema):
        if field.type == pa.string():
            column = table.column(position)
            starts = pc.match_substring_regex(column, DANGEROUS)
            if pc.any(starts).as_py():
                safe = pc.binary_join_element_wise("'", column, "")
                table = table.set_column(position, field, pc.if_else(starts, safe, column))
    return table

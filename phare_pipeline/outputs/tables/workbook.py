"""Tables as one XLSX workbook with a sheet a table, a reading note, the dictionary and the sources.

Texts are written as texts: no cell is a formula, whatever it begins with, and codes keep their
zeros.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence

import pyarrow as pa
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from phare_pipeline.contract.tables import fields_of, french_labels, table_of

# Excel's own limits.
MAX_ROWS, MAX_SHEET_NAME = 1_048_576, 31
# The file holds a date; a fixed one, so that the same tables give the same bytes.
CREATED = dt.datetime(2000, 1, 1)
LONGEST_COLUMN = 48


def workbook(tables: Mapping[str, pa.Table], note: Sequence[str]) -> bytes:
    """Return an XLSX file.

    Args:
        tables: published tables by name, in the order of the sheets.
        note: lines of the first sheet, which say what the file is; French.

    Raises:
        ValueError: a table has more rows than a sheet can hold.
    """
    sink = io.BytesIO()
    # In memory, so that a full disk or a missing temporary folder cannot leave half a file.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(sink, options) as book:
        book.set_properties({"title": note[0], "created": CREATED})
        styles = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "header": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        first = book.add_worksheet("Lisez-moi")
        first.set_column(0, 0, 110, styles["wrapped"])
        for line, text in enumerate(note):
            first.write_string(line, 0, text, styles["title"] if line == 0 else styles["wrapped"])
        for name, table in tables.items():
            sheet = book.add_worksheet(str(table_of(name).view_fr)[:MAX_SHEET_NAME])
            _fill(sheet, name, table, styles)
    return sink.getvalue()


def _fill(sheet: Worksheet, name: str, table: pa.Table, styles: Mapping[str, object]) -> None:
    if table.num_rows >= MAX_ROWS:
        raise ValueError(f"{name}: found {table.num_rows} rows, a sheet holds {MAX_ROWS - 1}")
    labels = french_labels(table_of(name))
    for position, (label, field) in enumerate(zip(labels, fields_of(table_of(name)), strict=True)):
        sheet.write_string(0, position, label, styles["header"])
        sheet.write_comment(0, position, f"{field.name} : {field.description}")
        values = table.column(position).to_pylist()
        for row, value in enumerate(values, start=1):
            _write(sheet, row, position, value)
        sheet.set_column(position, position, _width(label, values))
    sheet.freeze_panes(1, 0)
    if table.num_rows:
        sheet.autofilter(0, 0, table.num_rows, len(labels) - 1)


def _write(sheet: Worksheet, row: int, column: int, value: object) -> None:
    """Write one cell; a missing value stays an empty cell, never 0."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))


def _width(label: str, values: Sequence[object]) -> float:
    longest = max((len(str(value)) for value in values[:200] if isinstance(value, str)), default=8)
    return min(max(longest, len(label) / 2, 9), LONGEST_COLUMN)

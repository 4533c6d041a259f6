"""Tells quickly that a table keeps its contract; which rows break it is said in `tables`.

The rules are those of the contract's columns, looked at where the table lies, in Arrow: pandas and
pandera are a hundred times slower, and needed only for what they tell of a table that fails.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from phare_pipeline.contract.model import Field
from phare_pipeline.contract.schemas import ARROW_TYPES
from phare_pipeline.contract.tables import fields_of, is_nullable, table_of


def keeps_contract(table: pa.Table, name: str) -> bool:
    """Tell whether a table surely keeps all rules of its contract.

    Args:
        table: the rows; columns that are not the declared ones, in order, break the contract.
        name: of the declared table.
    """
    declared = table_of(name)
    fields = fields_of(declared)
    if table.schema.names != [field.name for field in fields]:
        return False
    for field, column in zip(fields, table.columns, strict=True):
        if column.null_count and not is_nullable(declared, field.name):
            return False
        if not _keeps_field(column, field):
            return False
    return not declared.key or _is_unique(table.select(declared.key))


def _keeps_field(column: pa.ChunkedArray, field: Field) -> bool:
    """Tell whether all values that are there are of the type, within bounds and allowed."""
    if column.type != ARROW_TYPES[field.type]:
        return False
    # What is no number counts as absent in pandas: it is left to pandera to judge.
    if field.type == "float64" and not pc.all(pc.is_finite(column), min_count=0).as_py():
        return False
    if field.minimum is not None or field.maximum is not None:
        found = pc.min_max(column).as_py()
        if not _is_between(found["min"], found["max"], field):
            return False
    if field.allowed or field.pattern:
        texts = {text for text in column.unique().to_pylist() if text is not None}
        return all(_is_allowed(text, field) for text in texts)
    return True


def _is_between(least: float | None, most: float | None, field: Field) -> bool:
    """Tell whether the least and the most value, None where there is none, are within bounds."""
    is_low = field.minimum is not None and least is not None and least < field.minimum
    is_high = field.maximum is not None and most is not None and most > field.maximum
    return not is_low and not is_high


def _is_allowed(text: str, field: Field) -> bool:
    if field.allowed and text not in field.allowed:
        return False
    # Languages of patterns disagree on line ends and on letters and figures beyond ASCII.
    return field.pattern is None or (
        text.isascii() and re.fullmatch(field.pattern, text) is not None
    )


def _is_unique(key: pa.Table) -> bool:
    groups = key.group_by(key.column_names, use_threads=False).aggregate([])
    return bool(groups.num_rows == key.num_rows)

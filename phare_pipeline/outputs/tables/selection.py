"""Chooses what an export holds: which tables, for which regions and editions.

How it is written belongs in the modules of the formats.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

# After the facts, what they mean.
DIMENSIONS = ("dim_dictionary", "dim_indicator", "dim_source")


def select(
    tables: Mapping[str, pa.Table], region_codes: Collection[str], years: Collection[int]
) -> dict[str, pa.Table]:
    """Return the rows of these regions and editions of every fact, and the tables that explain.

    A table without regions (national, departmental) is left whole for the years asked for; the
    dictionary keeps the columns of the tables that are there.

    Args:
        tables: all published tables by name.
        region_codes: INSEE codes of the 13 regions; empty for all of them.
        years: editions; empty for all of them.
    """
    facts = {
        name: _rows(table, region_codes, years)
        for name, table in tables.items()
        if not name.startswith("dim_")
    }
    chosen = {**facts, **{name: tables[name] for name in DIMENSIONS}}
    dictionary = chosen["dim_dictionary"]
    is_there = pc.is_in(dictionary["table_name"], pa.array(sorted(chosen)))
    return {**chosen, "dim_dictionary": dictionary.filter(is_there)}


def _rows(table: pa.Table, region_codes: Collection[str], years: Collection[int]) -> pa.Table:
    for column, wanted in (("region_code", region_codes), ("year", years)):
        if wanted and column in table.column_names:
            accepted = pa.array(sorted(wanted), table.schema.field(column).type)
            table = table.filter(pc.is_in(table[column], accepted))
    return table

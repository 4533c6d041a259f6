"""Builds and writes one edition, part by part; says when a part is due.

What the tables hold is said by each part (`core`, `scores`).
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from phare_pipeline.state.digests import digest
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.origins import keep_state
from phare_pipeline.steps.edition import (
    alternatives,
    change,
    core,
    decomposition,
    foundation,
    levels,
    scores,
    structure,
    survey_tables,
    uncertainty,
)
from phare_pipeline.steps.edition.part import Part, part_key, write_tables

# In order: a part reads tables of the parts before it only.
PARTS: tuple[Part, ...] = (
    core.PART,
    scores.PART,
    decomposition.PART,
    uncertainty.PART,
    alternatives.PART,
    structure.PART,
    change.PART,
    foundation.PART,
    survey_tables.PART,
    levels.PART,
)
TABLES: tuple[str, ...] = tuple(table for part in PARTS for table in part.tables)
_PART_OF = {table: part for part in PARTS for table in part.tables}


def part_fingerprint(context: Context, part: Part, year: int) -> str:
    """Return the hash of all that a part of an edition depends on."""
    read = (_hash_of(context, table, y) for y in part.years_read(year) for table in part.reads)
    code = code_digest(part.build.__module__)
    return digest(*read, part.inputs(context, year), context.registry_hash, code)


def _hash_of(context: Context, table: str, year: int) -> str:
    """Return the hash that the ledger has for a table that was built before."""
    outputs = context.ledger.outputs_of(part_key(_PART_OF[table], year))
    return outputs.get(f"core/{table}/{year}.parquet", "absent")


def is_part_built(context: Context, part: Part, year: int) -> bool:
    """Tell whether the tables of a part are there and current."""
    fingerprint = part_fingerprint(context, part, year)
    return context.ledger.is_fresh(part_key(part, year), fingerprint)


def is_edition_built(context: Context, year: int) -> bool:
    """Tell whether all parts of an edition are there and current."""
    return all(is_part_built(context, part, year) for part in PARTS)


def make_part(context: Context, part: Part, year: int) -> None:
    """Build the tables of a part of an edition, or raise and leave the old ones."""
    passed: list[tuple[str, pa.Table]] = []
    for result in part.build(context, year):
        if not result.passed:
            raise result.error(f"edition {year}")
        passed.append((result.name, result.table))
    write_part(context, part, year, passed)


def write_part(
    context: Context, part: Part, year: int, tables: Iterable[tuple[str, pa.Table]]
) -> None:
    """Write the tables of a part and record them together.

    The first part keeps what the edition is made from (see `origins_of`).
    """
    context.ledger.record(
        part_key(part, year),
        part_fingerprint(context, part, year),
        write_tables(context, year, tables),
        {"origins": keep_state(context)} if part is PARTS[0] else {},
    )


def origins_of(context: Context, year: int, present: str) -> str:
    """Return the state that an edition is made from: the present one, or that of its record.

    The figures of an edition are made by its first part; the others depend on its tables.
    """
    if is_edition_built(context, year):
        return present
    return str(context.ledger.facts_of(part_key(PARTS[0], year))["origins"])

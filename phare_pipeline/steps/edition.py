"""Builds and writes one edition: its SQL tables, then its index tables, each as a whole.

What the tables hold is in `core` and `scores`; here is when they are due and how they are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import pyarrow as pa

from phare_pipeline.contract.tables import CUT_FROM
from phare_pipeline.steps.audit import Built
from phare_pipeline.steps.context import Context
from phare_pipeline.steps.core import build_core
from phare_pipeline.steps.fingerprints import code_digest, digest
from phare_pipeline.steps.observations import NAME as OBSERVATIONS
from phare_pipeline.steps.observations import years_digest
from phare_pipeline.steps.registry_tables import lookback_years
from phare_pipeline.steps.scores import build_scores
from phare_pipeline.warehouse.files import sha256_of
from phare_pipeline.warehouse.tables import read_parquet, write_parquet

SQL_TABLES = (
    "core_measures",
    "core_reconciliation",
    "core_annual_measures",
    "core_indicators",
    "core_comparison",
    "core_coverage",
)
INDEX_TABLES = ("core_normalised", "core_scores", "core_pareto")

SQL_CODE = ("contract", "registry", "sql", "steps/core.py", "steps/registry_tables.py")
INDEX_CODE = ("contract", "index", "steps/scores.py")


def sql_key(year: int) -> str:
    """Return the ledger key of an edition's SQL tables."""
    return f"core/{year}"


def index_key(year: int) -> str:
    """Return the ledger key of an edition's index tables."""
    return f"index/{year}"


def sql_fingerprint(context: Context, year: int) -> str:
    """Return the hash of all that an edition's SQL tables depend on: only years it can use."""
    facts = context.ledger.facts_of(OBSERVATIONS)
    first = year - max(lookback_years(context.registry).values(), default=0)
    return digest(
        years_digest(facts, first, year),
        context.registry_hash,
        context.models_hash,
        code_digest(*SQL_CODE),
    )


def index_fingerprint(context: Context, year: int) -> str:
    """Return the hash of all that an edition's index tables depend on."""
    comparison = context.ledger.outputs_of(sql_key(year)).get(_relative("core_comparison", year))
    return digest(comparison or "absent", context.registry_hash, code_digest(*INDEX_CODE))


def _relative(table: str, year: int) -> str:
    return f"core/{table}/{year}.parquet"


def is_core_built(context: Context, year: int) -> bool:
    """Tell whether the SQL tables of an edition are there and current."""
    return context.ledger.is_fresh(sql_key(year), sql_fingerprint(context, year))


def is_index_built(context: Context, year: int) -> bool:
    """Tell whether the index tables of an edition are there and current."""
    return context.ledger.is_fresh(index_key(year), index_fingerprint(context, year))


def core_tables(context: Context, year: int) -> Iterator[Built]:
    """Yield the SQL tables of an edition, audited and not yet written."""
    return build_core(context.workspace.observations_file, context.registry, context.project, year)


def index_tables(context: Context, year: int) -> Iterator[Built]:
    """Yield the index tables of an edition, audited and not yet written."""
    comparison = read_parquet(context.workspace.core_file("core_comparison", year))
    return build_scores(comparison, context.registry)


def write_tables(
    context: Context, year: int, key: str, fingerprint: str, tables: Iterable[tuple[str, pa.Table]]
) -> None:
    """Write tables of an edition and record them together."""
    paths = []
    for name, table in tables:
        path = context.workspace.core_file(name, year)
        write_parquet(table, name, path, {"edition": str(year)})
        paths.append(path)
    context.ledger.record(key, fingerprint, paths, {})


def _build(
    context: Context, year: int, key: str, fingerprint: str, results: Iterator[Built]
) -> None:
    passed: list[tuple[str, pa.Table]] = []
    for result in results:
        if not result.passed:
            raise result.error(f"edition {year}")
        passed.append((result.name, result.table))
    write_tables(context, year, key, fingerprint, passed)


def make_core(context: Context, year: int) -> None:
    """Build the SQL tables of an edition, or raise and leave the old ones."""
    fingerprint = sql_fingerprint(context, year)
    _build(context, year, sql_key(year), fingerprint, core_tables(context, year))


def make_index(context: Context, year: int) -> None:
    """Build the index tables of an edition, or raise and leave the old ones."""
    fingerprint = index_fingerprint(context, year)
    _build(context, year, index_key(year), fingerprint, index_tables(context, year))


def edition_hash(context: Context, year: int) -> str:
    """Return the hash of the edition's tables that are published."""
    joined = hashlib.sha256()
    for table in sorted(CUT_FROM.values()):
        joined.update(f"{table}:{sha256_of(context.workspace.core_file(table, year))}\n".encode())
    return joined.hexdigest()

"""Unites the figures of all sources in one table; the first place where sources meet.

A measure has one source, so sources cannot contradict each other here; consolidation is `core`.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from phare_pipeline.state.digests import digest
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.common.audit import Built, built
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.staging.between import CHECK as BETWEEN
from phare_pipeline.steps.staging.between import audit_between
from phare_pipeline.warehouse.digests import content_digest
from phare_pipeline.warehouse.staging import read_staging, staging_key
from phare_pipeline.warehouse.tables import conform, write_parquet

NAME = "core_observations"
# The checks of its audits, in their order.
CHECKS = ("contract", BETWEEN)


def observations_fingerprint(context: Context) -> str:
    """Return the hash of the staged sources that are united."""
    staged = (context.ledger.fingerprint_of(staging_key(s)) for s in sorted(context.sources))
    return digest(*(f or "absent" for f in staged), code_digest(__name__))


def are_united(context: Context) -> bool:
    """Tell whether the table exists and still is what the staged sources say."""
    return context.ledger.is_fresh(NAME, observations_fingerprint(context))


def build_observations(context: Context) -> Built:
    """Read all staging tables into one, in the order of its key."""
    tables = [
        read_staging(context.workspace.staging_file(source_id), source_id)
        for source_id in sorted(context.sources)
    ]
    table = conform(pa.concat_tables(tables), NAME)
    return built(NAME, table, (audit_between(table, context.registry),))


def write_observations(context: Context, table: pa.Table) -> None:
    """Write the table and record the digest of each data year, which the editions depend on."""
    path = context.workspace.observations_file
    write_parquet(table, NAME, path, {})
    facts = {f"year_{year}": value for year, value in _year_digests(table).items()}
    context.ledger.record(NAME, observations_fingerprint(context), [path], facts)


def _year_digests(table: pa.Table) -> dict[int, str]:
    """Return a hash of the figures of each data year; the table is sorted by its key."""
    return {
        year: content_digest(table.filter(pc.equal(table["data_year"], year)))
        for year in table["data_year"].unique().to_pylist()
    }


def years_digest(facts: Mapping[str, object], first: int, last: int) -> str:
    """Return the hash of the figures of the data years first to last, from the recorded facts."""
    years = range(first, last + 1)
    return digest(*(f"{year}={facts.get(f'year_{year}', '')}" for year in years))


def unite(context: Context) -> int:
    """Unite the sources, or raise when they contradict the contract; return the number of rows."""
    result = build_observations(context)
    if not result.passed:
        raise result.error("all years")
    write_observations(context, result.table)
    return int(result.table.num_rows)

"""Stages one source: reads its pinned files, audits every row, writes its staging table.

How a file is read belongs in `sources/`; nothing is summed or compared here.
"""

from __future__ import annotations

from collections.abc import Sequence

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.catalogue import Source
from phare_pipeline.sources.figures import Rejection
from phare_pipeline.sources.pins import check_pin
from phare_pipeline.sources.staging import Staged, stage
from phare_pipeline.state.digests import digest, value_digest
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.common.audit import Audit, Built
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.declared import without_line
from phare_pipeline.steps.staging.witness import check_renewal
from phare_pipeline.warehouse.files import sha256_of
from phare_pipeline.warehouse.staging import staging_key, write_staging
from phare_pipeline.warehouse.tables import conform


def staging_fingerprint(context: Context, source: Source) -> str:
    """Return the hash of all that a staging table depends on."""
    raw = context.workspace.raw
    declared = [raw / name for name in ("corrections.csv", "gaps.csv")]
    registry = context.registry
    return digest(
        value_digest(source),
        value_digest([without_line(m) for m in registry.measures_of(source.source_id)]),
        value_digest([registry.departements, registry.regions, registry.former_regions]),
        *(sha256_of(path) for path in declared),
        code_digest(__name__),
    )


def check_files(context: Context) -> None:
    """Refuse to go on when any raw file is missing or is not the pinned one.

    Raises:
        SourceError: with both hashes.
    """
    for source in context.sources.values():
        for file in source.files:
            check_pin(context.workspace.raw, file)


def is_staged(context: Context, source: Source) -> bool:
    """Tell whether the staging table exists and still is what its inputs say."""
    key = staging_key(source.source_id)
    return context.ledger.is_fresh(key, staging_fingerprint(context, source))


def read_source(context: Context, source: Source) -> tuple[Staged, Built]:
    """Read and audit a source without writing anything.

    Raises:
        SourceError: a file as a whole cannot be used (missing, changed, unreadable).
    """
    staged = stage(source, context.registry, context.workspace.raw)
    audit = Audit(
        "no_rejected_rows",
        "every row of the source is read, or left out on purpose",
        len(staged.quarantine),
        staged.quarantine.head(20),
    )
    table = conform(staged.observations, "staged_observations")
    return staged, Built(staging_key(source.source_id), table, (audit,))


def write_source(context: Context, source: Source, staged: Staged) -> None:
    """Write the staging table of a source and record it."""
    path = context.workspace.staging_file(source.source_id)
    write_staging(
        path,
        staged.observations,
        staged.quarantine,
        source.source_id,
        {"data_version": source.data_version, "vintage": source.vintage},
    )
    context.ledger.record(
        staging_key(source.source_id),
        staging_fingerprint(context, source),
        [path],
        {"rows": len(staged.observations), "data_version": source.data_version},
    )


def rejection(source: Source, rejections: Sequence[Rejection]) -> SourceError:
    """Build the error for a source with rejected rows: the first of them, then one a rule.

    What is missing comes last: most often it is missing because another row was rejected.
    """
    by_rule: dict[str, list[Rejection]] = {}
    for row in sorted(rejections, key=lambda row: row.rule.startswith("missing_")):
        by_rule.setdefault(row.rule, []).append(row)
    counts = ", ".join(f"{len(rows)} {rule}" for rule, rows in by_rule.items())
    first, *others = [rows[0] for rows in by_rule.values()]
    return SourceError(
        f"stg_{source.source_id}: {len(rejections)} rows are rejected ({counts})",
        where=first.place,
        found="; ".join([first.found, *(other.message for other in others)]),
        expected=first.expected,
        action=(
            "correct the extract, declare the gap in raw/gaps.csv or the error in "
            "raw/corrections.csv; `phare check --source "
            f"{source.source_id}` lists all rejected rows"
        ),
    )


def stage_source(context: Context, source: Source) -> int:
    """Stage a source, or raise with what is wrong; return the number of rows.

    Raises:
        SourceError: the file cannot be used, rows are rejected, or it is too far from the last
            release; nothing is written then.
    """
    staged, built = read_source(context, source)
    if not built.passed:
        raise rejection(source, staged.rejections)
    check_renewal(context, source, staged.observations)
    write_source(context, source, staged)
    return len(staged.observations)

"""What the UI shows of a table: column schema, lineage, row counts, failing rows.

All of it is derived from the contract, the SQL models and the audits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import pandas as pd

from phare_pipeline.contract.model import Field
from phare_pipeline.contract.tables import fields_of, is_nullable, table_of
from phare_pipeline.sources.catalogue import Source
from phare_pipeline.sql.lineage import column_lineage
from phare_pipeline.sql.project import SqlProject
from phare_pipeline.steps.common.audit import CHECKS_FR, Audit, Built
from phare_pipeline.steps.edition.part import WITHOUT_LINEAGE, Lineage
from phare_pipeline.survey.codebook import Codebook

OWNERS = ["team:phare"]

# The UI looks for it on what a run made, not on the definition of an asset.
COLUMN_LINEAGE = "dagster/column_lineage"


def column_schema(name: str) -> dg.TableSchema:
    """Return Dagster's column schema of a declared table."""
    table = table_of(name)
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                field.name,
                type=field.type,
                description=f"{field.label_fr}. {field.description}",
                constraints=dg.TableColumnConstraints(
                    nullable=is_nullable(table, field.name), other=_constraints(field)
                ),
                tags={"unit": _tag(field.unit)} if field.unit != "none" else None,
            )
            for field in fields_of(table)
        ],
        constraints=dg.TableConstraints(other=[f"key: {', '.join(table.key)}"]),
    )


def _constraints(field: Field) -> list[str]:
    found = []
    if field.minimum is not None:
        found.append(f">= {field.minimum:g}")
    if field.maximum is not None:
        found.append(f"<= {field.maximum:g}")
    if field.allowed:
        found.append(f"one of {', '.join(field.allowed)}")
    return found


def _tag(unit: str) -> str:
    """Write a unit with the characters that Dagster allows in a tag."""
    spelled = unit.replace("%", "percent")
    return "".join(c if c.isalnum() or c in "_.-" else "_" for c in spelled)


def sql_lineage(project: SqlProject, name: str) -> dg.TableColumnLineage:
    """Return the column lineage of an SQL model; registry columns are not assets and left out."""
    deps: dict[str, list[dg.TableColumnDep]] = {}
    for column, sources in column_lineage(project, name).items():
        deps[column] = [
            dg.TableColumnDep(asset_key=dg.AssetKey(s.relation), column_name=s.column)
            for s in sources
            if s.relation.startswith("core_")
        ]
    return dg.TableColumnLineage(deps_by_column=deps)


def part_lineage(lineage: Lineage) -> dg.TableColumnLineage:
    """Return the column lineage of a table that a step computes in Python."""
    return dg.TableColumnLineage(
        deps_by_column={
            column: [dg.TableColumnDep(asset_key=dg.AssetKey(t), column_name=c) for t, c in deps]
            for column, deps in lineage.items()
        }
    )


def same_columns(name: str, upstream: str) -> dg.TableColumnLineage:
    """Return the lineage of a table that is cut from another without a change."""
    return dg.TableColumnLineage(
        deps_by_column={
            column: [dg.TableColumnDep(asset_key=dg.AssetKey(upstream), column_name=column)]
            for column in table_of(name).columns
        }
    )


def united_columns(name: str, upstream: Sequence[str]) -> dg.TableColumnLineage:
    """Return the lineage of a table that unites others of the same columns."""
    return dg.TableColumnLineage(
        deps_by_column={
            column: [
                dg.TableColumnDep(asset_key=dg.AssetKey(one), column_name=column)
                for one in upstream
            ]
            for column in table_of(name).columns
        }
    )


def staged_columns(name: str, staged: str, upstream: Sequence[str]) -> dg.TableColumnLineage:
    """Return the lineage of a table that unites staged ones and adds columns of its own.

    Args:
        name: the table.
        staged: how the staged tables are declared.
        upstream: their assets.
    """
    shared = set(table_of(staged).columns)
    whole = united_columns(name, upstream).deps_by_column
    return dg.TableColumnLineage(
        deps_by_column={column: deps for column, deps in whole.items() if column in shared}
    )


def unlined(name: str, lineage: dg.TableColumnLineage) -> dict[str, str]:
    """Say of each column that is made from no other why that is so.

    Raises:
        KeyError: a column has neither a lineage nor a reason.
    """
    found = lineage.deps_by_column
    return {
        column: WITHOUT_LINEAGE[column]
        for column in table_of(name).columns
        if not found.get(column)
    }


def source_links(sources: Mapping[str, Source]) -> dg.MarkdownMetadataValue:
    """List the sources of the figures: the asset of their files, who publishes them, where."""
    lines = ["| source | producteur | millésime | licence |", "|---|---|---|---|"]
    lines += [
        f"| [{s.title}](/assets/raw_{s.source_id}) ([page]({s.address})) | {s.producer} "
        f"| {s.vintage} | {s.licence} |"
        for s in sources.values()
    ]
    return dg.MetadataValue.md("\n".join(lines))


def study_links(studies: Mapping[str, Codebook]) -> dg.MarkdownMetadataValue:
    """List the studies of the answers: the asset of their files, who publishes them."""
    lines = ["| étude | producteur | millésime | licence |", "|---|---|---|---|"]
    lines += [
        f"| [{b.title}](/assets/raw_survey_{b.study_id.replace('-', '_')}) | {b.producer} "
        f"| {b.vintage} | {b.licence} |"
        for b in studies.values()
    ]
    return dg.MetadataValue.md("\n".join(lines))


def static_metadata(name: str) -> dict[str, Any]:
    """Return the metadata of an asset's definition: what does not change from run to run."""
    return {"dagster/column_schema": column_schema(name), "grain": table_of(name).grain}


def built_metadata(result: Built, lineage: dg.TableColumnLineage | None = None) -> dict[str, Any]:
    """Return the metadata of a materialised table."""
    metadata: dict[str, Any] = {"dagster/row_count": result.table.num_rows}
    if lineage is not None:
        metadata[COLUMN_LINEAGE] = lineage
        declared = unlined(result.name, lineage)
        if declared:
            metadata["columns_without_lineage"] = dg.MetadataValue.json(declared)
    return metadata


def check_spec(
    check: str, asset: str, partitions: dg.PartitionsDefinition[str] | None = None
) -> dg.AssetCheckSpec:
    """Declare a check: it blocks what is below, and is kept by partition where there are some."""
    return dg.AssetCheckSpec(
        check,
        asset=asset,
        blocking=True,
        description=CHECKS_FR[check],
        partitions_def=partitions,
    )


def check_result(asset: str, audit: Audit) -> dg.AssetCheckResult:
    """Return an audit as a check result with its first failing rows."""
    metadata: dict[str, Any] = {"failed_rows": audit.failed_count}
    if not audit.passed:
        metadata["samples"] = samples_table(audit.samples)
    return dg.AssetCheckResult(
        passed=audit.passed,
        asset_key=dg.AssetKey(asset),
        check_name=audit.check,
        description=audit.description,
        metadata=metadata,
    )


def samples_table(rows: pd.DataFrame) -> dg.TableMetadataValue:
    """Return failing rows as a table for the UI."""
    records = [dg.TableRecord(_cells(row)) for row in rows.to_dict("records")]
    schema = dg.TableSchema(columns=[dg.TableColumn(str(column)) for column in rows.columns])
    return dg.MetadataValue.table(records=records, schema=schema)


def _cells(row: Mapping[Any, Any]) -> dict[str, str | float | int | bool | None]:
    """Turn a row into what a table record takes; what is missing stays empty."""
    return {
        str(name): None
        if pd.isna(value)
        else value
        if isinstance(value, str | int | float | bool)
        else str(value)
        for name, value in row.items()
    }

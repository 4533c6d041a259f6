"""The release as a Data Package, so that validators and portals know every column of its CSV files.

Types are written out: a validator that guesses takes region codes for numbers.

Source: Data Package 2.0 and Table Schema 2.0 (datapackage.org).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from phare_pipeline.contract import CONTRACT_VERSION
from phare_pipeline.contract.model import ColumnType, Field, Table
from phare_pipeline.contract.tables import TABLES, fields_of, is_nullable, table_of

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TYPES: dict[ColumnType, str] = {
    "string": "string",
    "int32": "integer",
    "float64": "number",
    "bool": "boolean",
    "date": "date",
}

# SPDX identifiers, by how the licence's name begins in `raw/sources.toml`.
LICENCES = {"Licence Ouverte": "etalab-2.0", "ODbL": "ODbL-1.0"}


def data_package(tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    """Describe the CSV files of a release, `csv/<table>.csv`, with types, keys and references.

    Args:
        tables: the published tables by name; `dim_source` gives sources and licences.
    """
    sources = tables["dim_source"].to_pylist()
    return {
        "$schema": PROFILE,
        "name": "phare",
        "title": "PHARE : fragilités des régions de France",
        "version": CONTRACT_VERSION,
        "licenses": _licences({str(row["licence"]) for row in sources}),
        "sources": [
            {
                "title": f"{row['producer']} : {row['title']} ({row['vintage']})",
                "path": row["address"],
                # In the producer's words; `licenses` can only name those that have an identifier.
                "licence": row["licence"],
            }
            for row in sources
        ],
        "resources": [_resource(table_of(name), frozenset(tables)) for name in sorted(tables)],
    }


def _licences(names: set[str]) -> list[dict[str, str]]:
    found = {
        identifier: beginning
        for beginning, identifier in LICENCES.items()
        if any(name.startswith(beginning) for name in names)
    }
    return [{"name": name, "title": title} for name, title in sorted(found.items())]


def _resource(table: Table, present: frozenset[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(table, field) for field in fields_of(table)],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if references := _references(table, present):
        schema["foreignKeys"] = references
    return {
        "name": table.name.replace("_", "-"),
        "type": "table",
        "path": f"csv/{table.name}.csv",
        "title": table.view_fr,
        "description": table.description_fr,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(table: Table, field: Field) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if not is_nullable(table, field.name) else {}
    if field.minimum is not None:
        constraints["minimum"] = _bound(field, field.minimum)
    if field.maximum is not None:
        constraints["maximum"] = _bound(field, field.maximum)
    if field.allowed:
        constraints["enum"] = list(field.allowed)
    if field.pattern:
        constraints["pattern"] = field.pattern
    described: dict[str, Any] = {
        "name": field.name,
        "type": TYPES[field.type],
        "title": field.label_fr,
        "description": field.description,
    }
    if field.unit != "none":
        described["unit"] = field.unit
    return described | ({"constraints": constraints} if constraints else {})


def _bound(field: Field, bound: float) -> float | int:
    return int(bound) if field.type == "int32" else bound


def _references(table: Table, present: frozenset[str]) -> list[dict[str, Any]]:
    """List the columns that are the whole key of a dimension of the release."""
    found = []
    for name in sorted(present):
        target = TABLES[name]
        if target.layer == "dim" and name != table.name and len(target.key) == 1:
            (column,) = target.key
            # A null refers to nothing, and a few columns hold more values than the dimension.
            if column in table.columns and not is_nullable(table, column):
                reference = {"resource": name.replace("_", "-"), "fields": [column]}
                found.append({"fields": [column], "reference": reference})
    return found

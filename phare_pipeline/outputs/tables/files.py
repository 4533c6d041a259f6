"""The files that a release holds for other tools besides Parquet and DuckDB, by path.

Where they are written, and what a release is, belongs elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from phare_pipeline.outputs.tables.catalog import dcat_catalog
from phare_pipeline.outputs.tables.csv_files import standard_csv
from phare_pipeline.outputs.tables.datapackage import data_package
from phare_pipeline.outputs.tables.dictionary import dictionary_page


def release_files(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, bytes]]:
    """Yield path below the release and content of each file.

    Args:
        tables: all published tables by name.
    """
    for name in sorted(tables):
        yield f"csv/{name}.csv", standard_csv(tables[name])
    yield "datapackage.json", _json(data_package(tables))
    yield "catalog.jsonld", _json(dcat_catalog(tables))
    yield "dictionary.html", dictionary_page(tables).encode("utf-8")


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8")

"""Writes a choice of published tables in one format, for a person who asked for it.

What is chosen belongs in `selection`, how a format looks in its own module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from phare_pipeline.outputs.tables.csv_files import excel_csv, standard_csv
from phare_pipeline.outputs.tables.workbook import workbook
from phare_pipeline.warehouse.files import write_bytes_atomic
from phare_pipeline.warehouse.tables import write_parquet

Format = Literal["xlsx", "csv", "excel-csv", "parquet"]


@dataclass(frozen=True)
class Export:
    """What an export says of itself: `stem` begins the file names, `note` is French text."""

    stem: str
    release_id: str
    note: Sequence[str]


def write_export(
    folder: Path, tables: Mapping[str, pa.Table], export: Export, kind: Format
) -> list[Path]:
    """Write tables below `folder`, one workbook or one file a table; return the files.

    An existing file of that name is replaced.

    Raises:
        PhareError: the disk is full.
    """
    if kind == "xlsx":
        path = folder / f"{export.stem}.xlsx"
        write_bytes_atomic(path, workbook(tables, export.note))
        return [path]
    ending = {"csv": ".csv", "excel-csv": "-excel.csv", "parquet": ".parquet"}[kind]
    paths = []
    for name, table in tables.items():
        path = folder / f"{export.stem}-{name}{ending}"
        if kind == "parquet":
            write_parquet(table, name, path, {"release": export.release_id})
        else:
            content = standard_csv(table) if kind == "csv" else excel_csv(table, name)
            write_bytes_atomic(path, content)
        paths.append(path)
    return paths

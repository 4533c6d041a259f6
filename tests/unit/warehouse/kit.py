"""Small tables that keep their contract, and a small build area made of them."""

import pandas as pd
import pyarrow as pa

from phare_pipeline.config import Workspace
from phare_pipeline.contract.fields import FIELDS
from phare_pipeline.contract.tables import CUT_FROM, TABLES, table_of
from phare_pipeline.warehouse.assemble import assemble, regional_files
from phare_pipeline.warehouse.releases import Release
from phare_pipeline.warehouse.tables import conform, write_parquet

SLUGS = ("bretagne", "corse")
EDITIONS = {2015: "a" * 64, 2016: "b" * 64}
PATTERNED = {"period": "2016-T4", "annualise": "", "decided_on": "2024-01-01"}
PUBLISHED = tuple(name for name, table in TABLES.items() if table.layer in ("out", "dim"))
INPUTS = {
    "sources": {"x": {"files": {"x.csv": "0" * 64}}},
    "registry": "1" * 64,
    "code": {"steps": "2" * 64},
    "editions": {str(year): {"hash": value} for year, value in EDITIONS.items()},
}
# Enough to tell releases apart, and few enough to make many of them.
FLAT = ("dim_region", "out_indicators")


def row(name, number=0, **changes):
    """Return one valid row of a table; `number` makes its key."""
    return {c: changes.get(c, _cell(c, number)) for c in table_of(name).columns}


def _cell(column, number):
    field = FIELDS[column]
    if field.allowed:
        return field.allowed[0]
    if field.type == "bool":
        return number % 2 == 0
    if field.type == "date":
        return pd.Timestamp("2024-01-01").date()
    if field.type == "string":
        return PATTERNED.get(column, f"{column} {number:02d}")
    low = field.minimum if field.minimum is not None else 1
    high = field.maximum if field.maximum is not None else 1e6
    exact = min(low + number, high)
    return int(exact) if field.type == "int32" else float(exact)


def frame(name, count=3, **changes):
    return pd.DataFrame([row(name, n, **changes) for n in range(count)])


def table(name, count=3, **changes):
    return conform(frame(name, count, **changes), name)


def workspace(folder):
    return Workspace(
        raw=folder / "raw",
        registry=folder / "registry",
        models=folder / "models",
        warehouse=folder / "warehouse",
        lock=folder / "lock",
    )


def cut(place: Workspace, slug, year, edition_hash, value=1.0):
    for name in CUT_FROM:
        rows = [row(name, 0, year=year, region_code=slug)]
        if "value" in rows[0]:
            rows[0]["value"] = value
        footer = {"edition": str(year), "edition_hash": edition_hash}
        write_parquet(
            conform(pd.DataFrame(rows), name), name, place.out_file(name, slug, year), footer
        )


def build(place: Workspace, editions=EDITIONS):
    for year, edition_hash in editions.items():
        for slug in SLUGS:
            cut(place, slug, year, edition_hash)


def marts(value=1.0) -> dict[str, pa.Table]:
    return {
        "dim_region": table("dim_region"),
        "out_indicators": table("out_indicators", value=value),
    }


def publish(place: Workspace, value=1.0, keep=5, editions=EDITIONS) -> Release:
    return assemble(
        place,
        files=regional_files(place, editions, SLUGS),
        marts=marts(value),
        inputs=INPUTS,
        keep=keep,
    )


def snapshot(folder):
    """Return every file below a folder with its bytes."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }

"""Checks the tables of a release against their contract, and regional files against the whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from phare_pipeline.contract.schemas import arrow_schema
from phare_pipeline.contract.tables import CUT_FROM, MAY_BE_EMPTY, TABLES, table_of
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.steps.release.gather import contract_digest
from phare_pipeline.verify.check import Check, Outcome, checked
from phare_pipeline.warehouse.tables import read_parquet, violations


def check_tables(published: Published) -> Iterator[Check]:
    """Check every flat table against its contract, and every regional file against its table."""
    found = published.manifest["inputs"]["contract"]
    if found["sha256"] != contract_digest():
        why = f"the release keeps contract {found['version']} of another version of the project"
        yield Check("contracts", Outcome.NOT_VERIFIED, why)
    else:
        yield _check_contracts(published)
    yield _check_regions(published)


def _check_contracts(published: Published) -> Check:
    expected = {name for name, table in TABLES.items() if table.layer in ("out", "dim")}
    files = {path.stem: path for path in (published.release.path / "marts").glob("*.parquet")}
    wrong = [f"table {name} is missing" for name in sorted(expected - files.keys())]
    wrong += [f"table {name} is not declared" for name in sorted(files.keys() - expected)]
    rows = 0
    for name in sorted(expected & files.keys()):
        table = read_parquet(files[name])
        rows += table.num_rows
        wrong += [f"{name}: {fault}" for fault in _faults(table, name)]
    return checked(
        "contracts",
        f"columns, texts, bounds, keys and order of {len(files)} tables, {rows} rows",
        wrong,
    )


def _faults(table: pa.Table, name: str) -> Iterator[str]:
    schema = arrow_schema(name)
    if not table.schema.equals(schema, check_metadata=True):
        yield "its columns or their texts are not the declared ones"
        return
    if table.num_rows == 0 and name not in MAY_BE_EMPTY:
        yield "it has no row"
    found = violations(table, name)
    if found.count:
        first = found.samples.iloc[0]
        yield (
            f"{found.count} cells break the contract, first: {first['column']} {first['rule']}, "
            f"found {first['found']} in {first['row']}"
        )
    key = [(column, "ascending") for column in table_of(name).key]
    if not table.take(pc.sort_indices(table, key)).equals(table):
        yield "its rows are not in the order of their key"


def _check_regions(published: Published) -> Check:
    """Compare each regional file with the rows of its region and edition in the flat table."""
    folder = published.release.path
    regions = published.rows("dim_region")
    codes = dict(zip(regions["slug"], regions["region_code"], strict=True))
    editions = published.manifest["inputs"]["editions"]
    wrong: list[str] = []
    count = 0
    for name in CUT_FROM:
        path = folder / "marts" / f"{name}.parquet"
        if not path.is_file():
            wrong.append(f"{name} has no flat table")
            continue
        whole = read_parquet(path).replace_schema_metadata(None)
        for year in published.editions:
            edition = whole.filter(pc.equal(whole["year"], year))
            for slug, code in codes.items():
                count += 1
                file = folder / name / f"region={slug}" / f"{year}.parquet"
                part = edition.filter(pc.equal(edition["region_code"], code))
                wrong += _differences(file, part, editions[str(year)]["hash"])
    return checked("regions", f"{count} regional files against the flat tables", wrong)


def _differences(file: Path, part: pa.Table, edition_hash: str) -> Iterator[str]:
    name = "/".join(file.parts[-3:])
    if not file.is_file():
        yield f"{name} is missing"
        return
    table = read_parquet(file)
    if (table.schema.metadata or {}).get(b"edition_hash", b"").decode() != edition_hash:
        yield f"{name} was cut from another state of its edition"
    if not table.replace_schema_metadata(None).equals(part):
        yield f"{name} has not the rows of the flat table"

"""Checks the files of a release against its manifest, and the rows of its catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from phare_pipeline.explain.reading.published import Published
from phare_pipeline.verify.check import Check, checked
from phare_pipeline.warehouse.digests import content_digest
from phare_pipeline.warehouse.manifest import CATALOGUE, MANIFEST, canonical
from phare_pipeline.warehouse.wholeness import damages


def check_files(published: Published) -> Iterator[Check]:
    """Compare name, files and catalogue of a release with its manifest."""
    folder, manifest = published.release.path, published.manifest
    wrong = damages(folder)
    if (folder / MANIFEST).read_bytes() != canonical(manifest):
        wrong.append(f"{MANIFEST} is not in its canonical form")
    count = len(manifest["files"])
    yield checked("files", f"name, and sha256 and size of {count} files", wrong)
    yield _check_catalogue(published)


def _check_catalogue(published: Published) -> Check:
    described = published.manifest["catalogue"]
    path = published.release.path / CATALOGUE
    what = f"rows of {len(described)} tables of {CATALOGUE}"
    try:
        with duckdb.connect(path, read_only=True) as connection:
            rows = connection.execute(
                "select table_name from information_schema.tables where table_type = 'BASE TABLE'"
            ).fetchall()
            present = {str(name) for (name,) in rows}
            wrong = [f"table {name} is missing" for name in sorted(described.keys() - present)]
            wrong += [f"table {name} is undescribed" for name in sorted(present - described.keys())]
            for name in sorted(described.keys() & present):
                table = connection.table(name).to_arrow_table()
                expected = described[name]
                if table.num_rows != expected["rows"]:
                    wrong.append(f"{name}: {table.num_rows} rows, expected {expected['rows']}")
                elif content_digest(table) != expected["sha256"]:
                    wrong.append(f"{name}: its rows are not those of the manifest")
    except duckdb.Error as error:
        wrong = [f"{CATALOGUE} cannot be read: {error}"]
    return checked("catalogue", what, wrong)

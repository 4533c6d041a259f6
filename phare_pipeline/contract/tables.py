"""Finds a table by its name, and derives what is published; tables are declared in `subjects`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from phare_pipeline.contract.fields import FIELDS
from phare_pipeline.contract.model import Field, Table
from phare_pipeline.contract.subjects import ALL_TABLES

STAGING_PREFIX = "stg_"
SURVEY_PREFIX = "survey_"

_STAGED = {STAGING_PREFIX: "staged_observations", SURVEY_PREFIX: "staged_survey_results"}


def _with_published(tables: tuple[Table, ...]) -> Iterator[Table]:
    """Yield the declared tables, and after each core table the published one it becomes."""
    for table in tables:
        yield table
        if published := table.publication:
            yield replace(
                table,
                name=published.name,
                layer="out",
                description_fr=published.description_fr,
                view_fr=published.view_fr,
                publication=None,
            )


TABLES: dict[str, Table] = {table.name: table for table in _with_published(ALL_TABLES)}

if nameless := [t.name for t in TABLES.values() if t.layer in ("out", "dim") and not t.view_fr]:
    raise ValueError(f"tables of a release without a French view: {', '.join(nameless)}")

# What each published table is taken from, without a change: all of them, and those that are also
# cut by region.
PUBLISHED_FROM: dict[str, str] = {
    table.publication.name: table.name for table in ALL_TABLES if table.publication
}
CUT_FROM: dict[str, str] = {
    table.publication.name: table.name
    for table in ALL_TABLES
    if table.publication and table.publication.by_region
}


# Tables of a release that may truthfully be without a row: nothing was corrected, no span of
# editions has a constant basket.
MAY_BE_EMPTY = frozenset({"dim_correction", "out_basket"})


def table_of(name: str) -> Table:
    """Return the declaration of a table.

    Every `stg_<source>` is a `staged_observations`, every `survey_<study>_<actor>` a
    `staged_survey_results`.

    Raises:
        KeyError: the table is not declared.
    """
    for prefix, table in _STAGED.items():
        if name.startswith(prefix):
            return TABLES[table]
    return TABLES[name]


def fields_of(table: Table) -> tuple[Field, ...]:
    """Return the declarations of a table's columns, in order."""
    return tuple(FIELDS[name] for name in table.columns)


def is_nullable(table: Table, column: str) -> bool:
    """Tell whether a column may hold nulls in this table."""
    return column in table.nullable or FIELDS[column].nullable


def french_labels(table: Table) -> tuple[str, ...]:
    """Return the French labels of a table's columns, each once.

    Two columns may share a label (a code and its name do not): the second keeps its identifier in
    brackets.
    """
    seen: set[str] = set()
    labels = []
    for field in fields_of(table):
        label = f"{field.label_fr} ({field.name})" if field.label_fr in seen else field.label_fr
        seen.add(label)
        labels.append(label)
    return tuple(labels)

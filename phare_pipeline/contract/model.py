"""What a column and a table are; which there are is declared in `subjects`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["string", "int32", "float64", "bool", "date"]
Layer = Literal["staging", "core", "out", "dim"]

SEE_UNIT = "see unit column"

VALUE_STATUSES = (
    "observed",
    "estimated",
    "provisional",
    "not_available",
    "confidential",
    "not_applicable",
)


@dataclass(frozen=True)
class Field:
    """One column: `unit` is fixed for the column, or "see unit column" / "none"."""

    name: str
    type: ColumnType
    label_fr: str
    description: str
    unit: str = "none"
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()
    pattern: str | None = None


def count(
    name: str, label_fr: str, description: str, unit: str, *, nullable: bool = False
) -> Field:
    """Declare a whole number ≥ 0."""
    return Field(name, "int32", label_fr, description, unit, nullable, minimum=0)


def rank(name: str, label_fr: str, description: str) -> Field:
    """Declare a place counted from 1, null where nothing is ranked."""
    return Field(name, "int32", label_fr, description, "rank", nullable=True, minimum=1)


def score(name: str, label_fr: str, description: str) -> Field:
    """Declare a figure on the scale of the index, null where nothing is scored."""
    return Field(name, "float64", label_fr, description, "index, France = 100", True, 70, 130)


@dataclass(frozen=True)
class Publication:
    """How readers get a core table: the same rows under another name, whole in `marts`.

    `by_region`: also one file for each region and edition, for tables with a `region_code`.
    """

    name: str
    view_fr: str
    description_fr: str
    by_region: bool = True


@dataclass(frozen=True)
class Table:
    """A table: its columns in order, its key, and what one row is.

    Attributes:
        columns: names of declared columns.
        key: columns that identify a row; empty when rows may repeat.
        nullable: columns that may be null here though they may not elsewhere.
        view_fr: name of the table's French view in `phare.duckdb`, for tables of a release.
        publication: how an edition's core table is published, None when it stays private.
    """

    name: str
    layer: Layer
    grain: str
    description_fr: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    nullable: frozenset[str] = frozenset()
    view_fr: str | None = None
    publication: Publication | None = None

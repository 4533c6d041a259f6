"""Finds the rows that people write and that differ between two states: registry, studies, sources.

Tables are read as they stand, so those of any version of the project can be compared.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from phare_pipeline.sources.catalogue import CATALOGUE
from phare_pipeline.steps.common.origins import REGISTRY
from phare_pipeline.survey.codebook.study import STUDY

GEOGRAPHY = frozenset({"departements", "former_regions", "regions", "perimeters"})
INDICATORS = "indicators"
# Where an indicator stands among the others, not what it is.
PLACE = frozenset({"order", "domain_id"})
SURVEYS = "surveys"
CODEBOOKS = f"{SURVEYS}/codebooks"
SOURCES = "sources"
# A pin says which file it is; that a file is another one is said of the file.
PINS = frozenset({"sha256", "bytes", "origin_sha256"})

Row = dict[str, Any]


@dataclass(frozen=True)
class RowChange:
    """A row of a declared table that one side has otherwise or not at all.

    Attributes:
        table: path below the state without its ending, `registry/` left away; `sources` is the
            catalogue of sources.
        row_id: the cells that tell the row from the others of its table.
        columns: what changed; empty for a row that was added or removed.
        kind: added, removed or changed; moved where an indicator only stands elsewhere.
    """

    table: str
    row_id: str
    columns: tuple[str, ...]
    kind: str

    @property
    def cause(self) -> str:
        """What a change of the row is called."""
        if self.table in GEOGRAPHY:
            return "geography"
        if self.table == "corrections":
            return "correction"
        is_codebook = self.table.startswith(CODEBOOKS)
        is_data = self.table in ("gaps", SOURCES) or self.table.startswith(SURVEYS)
        if is_data and not is_codebook:
            return "data"
        return "registry" if is_codebook or self.kind == "changed" else f"row {self.kind}"

    @property
    def ids(self) -> tuple[str, ...]:
        """The cells of `row_id`."""
        return tuple(self.row_id.split(", "))

    def __str__(self) -> str:
        columns = f" ({', '.join(self.columns)})" if self.columns else ""
        return f"{self.table}: {self.row_id} {self.kind}{columns}"


def compare_rows(one: Path, two: Path) -> Iterator[RowChange]:
    """Yield the declared rows that differ between the folders of two states."""
    before, after = _tables(one), _tables(two)
    for name in sorted({*before, *after}):
        yield from _compare(name, *_identified(_read(before.get(name)), _read(after.get(name))))
    yield from _compare(SOURCES, _entries(one / CATALOGUE), _entries(two / CATALOGUE))
    books = {p.parent.relative_to(f).as_posix() for f in (one, two) for p in f.rglob(STUDY)}
    for name in sorted(books):
        studies = ({"study": _entries(folder / name / STUDY)} for folder in (one, two))
        yield from _compare(f"{name}/{PurePosixPath(STUDY).stem}", *studies)


def _compare(name: str, before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[RowChange]:
    for row_id in sorted({*before, *after}):
        first, second = before.get(row_id), after.get(row_id)
        if first is None or second is None:
            yield RowChange(name, row_id, (), "added" if first is None else "removed")
        elif first != second:
            columns = tuple(c for c in {**first, **second} if first.get(c) != second.get(c))
            is_moved = name == INDICATORS and PLACE.issuperset(columns)
            yield RowChange(name, row_id, columns, "moved" if is_moved else "changed")


def _tables(folder: Path) -> dict[str, Path]:
    paths = (path.relative_to(folder) for path in folder.rglob("*.csv"))
    return {_name(PurePosixPath(path)): folder / path for path in paths}


def _name(path: PurePosixPath) -> str:
    return path.with_suffix("").as_posix().removeprefix(f"{REGISTRY}/")


def _read(path: Path | None) -> list[Row]:
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _identified(before: list[Row], after: list[Row]) -> tuple[dict[str, Row], dict[str, Row]]:
    """Name the rows of two versions by as few of their first cells as tell them apart in both."""
    widest = max((len(row) for row in (*before, *after)), default=1)
    for count in range(1, widest + 1):
        found = tuple({_id(row, count): row for row in rows} for rows in (before, after))
        if len(found[0]) == len(before) and len(found[1]) == len(after):
            break
    return found[0], found[1]


def _id(row: Row, count: int) -> str:
    return ", ".join(str(cell) for cell in list(row.values())[:count])


def _entries(path: Path) -> dict[str, Any]:
    """Return what a TOML file says, but for the pins in it."""
    found = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    return {str(name): _unpinned(entry) for name, entry in found.items()}


def _unpinned(entry: Any) -> Any:
    if isinstance(entry, list):
        return [_unpinned(part) for part in entry]
    if isinstance(entry, dict):
        return {name: _unpinned(part) for name, part in entry.items() if name not in PINS}
    return entry

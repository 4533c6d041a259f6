"""Says in what two sides were made from different things: files, declarations, code, cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from phare_pipeline.compare.declared import CODEBOOKS, SURVEYS, RowChange, compare_rows
from phare_pipeline.compare.side import Side
from phare_pipeline.explain.reading.state import State

CELL_KEY = ["measure_id", "territory_level", "territory_code", "period", "item"]
# What stands in a cell, and by which correction; where it stands may change without a meaning.
CELL_CONTENT = ["value", "value_status", "raw_text", "correction_id"]


FileChange = tuple[str, str | None, str | None]
"""Source or study of a file, its sha256 on each side; None where it is absent."""


@dataclass(frozen=True)
class Inputs:
    """In what two sides were made from different things.

    Attributes:
        files: raw files that differ, by path, as (source, before, after) with None for absent.
        studies: files of studies that differ, by path below `raw/`, in the same way.
        rows: rows of the registry, of studies, sources, corrections and gaps that differ.
        models: SQL models that differ.
        code: packages of the code that differ.
        others: contract or lock, when they differ.
    """

    files: dict[str, FileChange]
    studies: dict[str, FileChange]
    rows: tuple[RowChange, ...]
    models: tuple[str, ...]
    code: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Tell whether both sides were made from the same things."""
        return not (
            self.files or self.studies or self.rows or self.models or self.code or self.others
        )

    def rows_of(self, *tables: str) -> tuple[RowChange, ...]:
        """Return the changed rows of some tables."""
        return tuple(row for row in self.rows if row.table in tables)

    def study_causes(self, study_id: str) -> frozenset[str]:
        """Return what the changes of a study's files are called: its codebook is declared.

        A file of the codebook in which only a pin changed, changed nothing.
        """
        changed = {row.table for row in self.rows}
        paths = [path for path, (study, _, _) in self.studies.items() if study == study_id]
        is_book = {path: path.startswith(CODEBOOKS) for path in paths}
        return frozenset(
            "registry" if is_book[path] else "data"
            for path in paths
            if not is_book[path] or path.rpartition(".")[0] in changed
        )


def compare_inputs(before: Side, after: Side, states: tuple[State, State]) -> Inputs:
    """Compare what two sides were made from.

    Args:
        before: the first side.
        after: the second side.
        states: their newest states, of which declared rows are compared.
    """
    one, two = before.inputs, after.inputs
    sources = [
        {name: entry["files"] for name, entry in inputs["sources"].items()} for inputs in (one, two)
    ]
    studies = [
        {
            name: {f"{SURVEYS}/{path}": sha256 for path, sha256 in files.items()}
            for name, files in inputs["studies"].items()
        }
        for inputs in (one, two)
    ]
    return Inputs(
        files=dict(_files(*sources)),
        studies=dict(_files(*studies)),
        rows=tuple(compare_rows(states[0].folder, states[1].folder)),
        models=_changed(_models(states[0].folder), _models(states[1].folder)),
        code=_changed(one["code"], two["code"]),
        others=tuple(name for name in ("contract", "lock") if one[name] != two[name]),
    )


def _files(
    one: Mapping[str, Mapping[str, str]], two: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, FileChange]]:
    for owner in sorted({*one, *two}):
        before, after = one.get(owner, {}), two.get(owner, {})
        for path in sorted({*before, *after}):
            if before.get(path) != after.get(path):
                yield path, (owner, before.get(path), after.get(path))


def _changed(one: Mapping[str, str], two: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in {*one, *two} if one.get(name) != two.get(name)))


def _models(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.rglob("models/**/*.sql"))}


def compare_cells(one: State, two: State) -> pd.DataFrame:
    """Return the staged cells that differ between two states.

    Returns:
        a row a cell: `CELL_KEY`, `kind` (added, removed, changed), the contents of both sides with
        `_a` and `_b`, and where the cell stands (`origin_*`, on the second side if it is there).
    """
    columns = [*CELL_KEY, *CELL_CONTENT, "origin_file", "origin_sheet", "origin_line"]
    columns.append("origin_column")
    before, after = one.observations()[columns], two.observations()[columns]
    merged = before.merge(
        after, on=CELL_KEY, how="outer", suffixes=("_a", "_b"), indicator=True,
        validate="one_to_one",
    )  # fmt: skip
    is_same = merged["_merge"] == "both"
    for name in CELL_CONTENT:
        first, second = merged[f"{name}_a"], merged[f"{name}_b"]
        is_same &= (first == second).fillna(False).astype(bool) | (first.isna() & second.isna())
    found = merged[~is_same].reset_index(drop=True)
    kinds = {"both": "changed", "left_only": "removed", "right_only": "added"}
    found["kind"] = found["_merge"].astype(str).map(kinds)
    for name in ("origin_file", "origin_sheet", "origin_line", "origin_column"):
        found[name] = found[f"{name}_b"].where(found["kind"] != "removed", found[f"{name}_a"])
    return found.drop(columns="_merge")

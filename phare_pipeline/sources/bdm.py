"""Family `bdm_family`: INSEE's export of a BDM family; one series a row, zones in a second sheet.

The two sheets are joined on `idBank` and read as a `table`. Unit and power are checked, since the
figures themselves do not say them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.cells import Cell, column_letter
from phare_pipeline.sources.figures import Reading, Rejection, Wanted
from phare_pipeline.sources.grids import Grid, read_grids
from phare_pipeline.sources.headers import Columns
from phare_pipeline.sources.options import Options
from phare_pipeline.sources.rows import text_at
from phare_pipeline.sources.table import read_tables
from phare_pipeline.sources.table_options import FileOptions
from phare_pipeline.sources.table_parsing import merge_options, read_file_options

_ID = "idBank"
_PERIOD = r"^(?P<year>\d{4})(?:-T(?P<quarter>[1-4])|-(?P<month>\d{2}))?$"
_DEFAULTS: Mapping[str, Any] = {
    "territory": {
        "column": "Zone géographique",
        "nomenclature": {"departement": "label_code", "region": "name", "former_region": "name"},
    },
    "series": {"columns": ["Indicateur"]},
    "missing": {"(N)": "not_available", "(Q)": "confidential"},
    "flags": {
        "(A)": "observed",
        "(R)": "observed",
        "(E)": "estimated",
        "(P)": "provisional",
        "(SD)": "provisional",
    },
}


def check_bdm_options(options: Mapping[str, Any], where: str) -> None:
    """Refuse wrong options before any file is opened."""
    _Bdm(options, where)


def read_bdm(
    path: Path, label: str, options: Mapping[str, Any], territories: Territories, wanted: Wanted
) -> Reading:
    """Read one family export; the arguments are those of `read_table`.

    Raises:
        SourceError: a sheet or column is missing, or unit or power are not the declared ones.
    """
    bdm = _Bdm(options, label)
    grids = read_grids(path, label, "utf-8", ";")
    values = _select(grids, bdm.values_sheet, label)
    about = _select(grids, bdm.series_sheet, label)
    bdm.check_units(about, label)
    rejections: list[Rejection] = []
    joined = _join(values, about, label, rejections)
    reading = read_tables([joined], bdm.file_options.tables, label, territories, wanted)
    own = {column_letter(i) for i in range(len(Columns(values, [1], label).headers))}
    for rejection in reading.rejections:
        at_series = rejection if rejection.column in own else rejection._replace(column="B")
        rejections.append(at_series)
    reading.rejections = rejections
    return reading


class _Bdm:
    """The options of the family."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        own = {"values_sheet", "series_sheet", "expect_unit", "expect_power"}
        options = Options({k: v for k, v in values.items() if k in own}, where)
        self.values_sheet = options.pattern("values_sheet") or re.compile("^valeurs")
        self.series_sheet = options.pattern("series_sheet") or re.compile("^caractéristiques")
        self.expected = {
            "Unité": options.need("expect_unit", str),
            "Puissance": options.need("expect_power", str),
        }
        options.finish()
        table = {k: v for k, v in values.items() if k not in own}
        fixed = {"period": {"header": _PERIOD}, "header_lines": [1]}
        merged = merge_options(merge_options(_DEFAULTS, table), fixed)
        self.file_options: FileOptions = read_file_options(merged, where)

    def check_units(self, about: Grid, label: str) -> None:
        """Compare unit and power of every series with the declared ones."""
        columns = Columns(about, [1], f"{label}, sheet {about.name!r}")
        for header, expected in self.expected.items():
            column = columns.find(header)
            for index in range(1, len(about.rows)):
                found = text_at(about.rows[index], column)
                if found != expected:
                    line, letter = about.place(index, column)
                    raise SourceError(
                        "The unit of a series contradicts the declaration",
                        where=f"{label}, sheet {about.name!r}, line {line}, column {letter}",
                        found=f"{header} {found!r}",
                        expected=f"{header} {expected!r}",
                        action="check unit and factor of the measure, then `expect_unit` and "
                        "`expect_power`",
                    )


def _select(grids: Sequence[Grid], pattern: re.Pattern[str], label: str) -> Grid:
    found = [grid for grid in grids if pattern.search(grid.name or "")]
    if len(found) != 1:
        raise SourceError(
            "The sheets of the BDM export are not clear",
            where=label,
            found=", ".join(repr(grid.name) for grid in grids),
            expected=f"one sheet matching {pattern.pattern!r}",
            action="correct `values_sheet` or `series_sheet` in raw/sources.toml",
        )
    return found[0]


def _join(values: Grid, about: Grid, label: str, rejections: list[Rejection]) -> Grid:
    """Append to every row of values what is said of its series."""
    own = Columns(values, [1], f"{label}, sheet {values.name!r}")
    other = Columns(about, [1], f"{label}, sheet {about.name!r}")
    id_of_values, id_of_about = own.find(_ID), other.find(_ID)
    kept = [i for i, header in enumerate(other.headers) if header not in own.headers]
    said = {text_at(row, id_of_about): row for row in about.rows[1:]}
    width = len(own.headers)
    rows: list[list[Cell]] = []
    lines: list[int] = []
    for index, row in enumerate(values.rows):
        key = text_at(row, id_of_values)
        about_row = about.rows[0] if index == 0 else said.get(key)
        if about_row is None:
            line, letter = values.place(index, id_of_values)
            expected = f"an idBank of sheet {about.name!r}"
            rejections.append(
                Rejection(label, values.name, line, letter, "unknown_series", repr(key), expected)
            )
            continue
        padded = [*row, *[""] * (width - len(row))]
        rows.append(padded + [about_row[i] if i < len(about_row) else "" for i in kept])
        lines.append(values.lines[index])
    return Grid(values.name, rows, lines, marks=values.marks)

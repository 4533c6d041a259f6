"""A large list gives the figures of the reading row by row, with every cell named, or is left."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources import table
from phare_pipeline.sources.figures import Reading
from phare_pipeline.sources.large_lists import ranges, read_large_list
from phare_pipeline.sources.table_parsing import read_file_options

BASE: dict[str, Any] = {
    "header_lines": [1],
    "period": {"column": "an"},
    "series": {"columns": ["kind"], "values": ["n"]},
    "sum_repeated": True,
    "territory": {"column": "place", "level": "departement", "nomenclature": "commune"},
    "item": {"column": "part"},
}
COUNTED = {**BASE, "count": "rows", "series": {"columns": ["kind"]}}
HEADER = "place;an;kind;part;note;n"
PLACES = ("01004", "01005", "2A004", "2B033", "59350", "59009", "97105", "69123")


def drawn(seed: int, rows: int = 400) -> list[str]:
    """Lines of few kinds; notes are all different, some are quoted."""
    draw = random.Random(seed)
    return [
        f"{draw.choice(PLACES)};{draw.choice((2015, 2016))};{draw.choice('ab')};"
        f'{draw.choice(("", "x"))};"note ""{i}"";";{draw.choice(("0", "3", "12,5", "0,1"))}'
        for i in range(rows)
    ]


def write(folder: Path, lines: list[str], end: str = "\n") -> Path:
    path = folder / "list.csv"
    path.write_bytes(end.join([HEADER, *lines, ""]).encode())
    return path


def in_bulk(path: Path, options: dict[str, Any], registry: Registry) -> Reading | None:
    read = read_file_options(options, "list.csv")
    return read_large_list(path, "list.csv", read, Territories(registry), lambda _: True)


def by_row(path: Path, options: dict[str, Any], registry: Registry) -> Reading:
    return table.read_table(path, "list.csv", options, Territories(registry), lambda _: True)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("options", [BASE, COUNTED], ids=["sums", "rows"])
def test_figures_are_those_of_the_reading_row_by_row(
    tmp_path: Path, registry: Registry, options: dict[str, Any], end: str
) -> None:
    path = write(tmp_path, drawn(len(end)), end)
    bulk, rows = in_bulk(path, options, registry), by_row(path, options, registry)
    assert bulk is not None
    assert not rows.rejections
    assert [f._replace(value=None) for f in bulk.figures] == [
        f._replace(value=None) for f in rows.figures
    ]
    assert [f.value for f in bulk.figures] == pytest.approx(
        [f.value for f in rows.figures], rel=1e-12
    )
    assert bulk.outside_study == rows.outside_study > 0


@pytest.mark.parametrize(
    "line",
    [
        "01004;2015;a;x;one cell more;3;4",
        "01004;2015;a;x;3",
        "XX004;2015;a;x;no such place;3",
        "01004;soon;a;x;no period;3",
        "01004;2015;a;x;no figure;n.d.",
        '01004;2015;a;x;"two\nlines";3',
        "",
        "69381;2015;a;x;a part beside its whole;3",
        '01004;2015;a;x;"not closed;3',
    ],
)
def test_what_is_not_plain_is_left_to_the_reading_row_by_row(
    tmp_path: Path, registry: Registry, line: str
) -> None:
    lines = drawn(7)
    lines.insert(200, line)
    assert in_bulk(write(tmp_path, lines), BASE, registry) is None


def test_a_blank_row_that_is_dropped_moves_no_line(tmp_path: Path, registry: Registry) -> None:
    lines = drawn(10)
    lines.insert(5, ";;;;;")
    path = write(tmp_path, lines)
    bulk = in_bulk(path, BASE, registry)
    assert bulk is not None
    rows = by_row(path, BASE, registry)
    assert [f.column for f in bulk.figures] == [f.column for f in rows.figures]


def test_a_line_that_stands_twice_is_left_too(tmp_path: Path, registry: Registry) -> None:
    lines = drawn(8)
    path = write(tmp_path, [*lines, lines[17]])
    assert in_bulk(path, BASE, registry) is None
    assert {r.rule for r in by_row(path, BASE, registry).rejections} == {"repeated_line"}


def test_a_large_file_is_read_in_bulk(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, drawn(9))
    expected = in_bulk(path, COUNTED, registry)
    monkeypatch.setattr(table, "LARGE", path.stat().st_size)
    monkeypatch.setattr(table, "read_grids", None)
    assert expected is not None
    assert by_row(path, COUNTED, registry).figures == expected.figures


def test_cells_below_each_other_are_one_range() -> None:
    assert ranges("K", np.array([2, 3, 4, 7, 9, 10])) == "K2:K4,K7,K9:K10"

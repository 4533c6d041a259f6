"""Values that the registry can read but must not take are refused with file, line and column."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from phare_pipeline.errors import RegistryError
from phare_pipeline.registry.limits import NUMBERS, check_limits
from phare_pipeline.registry.loader import TABLES, load_registry
from tests.unit.sources.drawn import draw

__all__ = ["draw"]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return shutil.copytree(TABLES, tmp_path / "tables")


def change(
    path: Path, column: str, choose: Callable[[list[dict[str, str]]], int], text: str
) -> int:
    """Write a text into a cell of a chosen row; return the line of the file that holds it."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, lines = [], []
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
        header = list(reader.fieldnames or ())
    index = choose(rows)
    rows[index][column] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return lines[index]


def assert_refused(tables: Path, file: str, line: int, column: str, text: str) -> None:
    with pytest.raises(RegistryError) as error:
        load_registry(tables)
    assert error.value.where == f"{file}, line {line}, column {column}"
    assert error.value.found == repr(text)
    assert error.value.expected
    assert error.value.action


def outside(draw: random.Random, file: str, column: str) -> str:
    """A number outside the limits of a column, drawn on either side."""
    limit = NUMBERS[file][column]
    below, above = limit.lowest - draw.randint(1, 99), limit.highest * draw.randint(2, 10**6)
    choices = [below, above, *([limit.lowest] if limit.is_open else [])]
    return f"{draw.choice(choices):.0f}"


PLACES = [(file, column) for file, columns in NUMBERS.items() for column in columns]


@pytest.mark.parametrize(("file", "column"), PLACES)
def test_a_number_outside_its_limits(tables: Path, draw: random.Random, file: str, column: str):
    def choose(rows: list[dict[str, str]]) -> int:
        return draw.choice([i for i, row in enumerate(rows) if row[column]] or [0])

    text = outside(draw, file, column)
    change(tables / file, column, choose, text)
    with pytest.raises(RegistryError) as error:
        load_registry(tables)
    assert f"column {column}" in str(error.value.where)
    assert repr(text) == error.value.found


@pytest.mark.parametrize(
    ("file", "column", "text"),
    [
        ("measures.csv", "factor", "0"),
        ("measures.csv", "factor", "-1000"),
        ("measures.csv", "tolerance_pct", "1e9"),
        ("indicators.csv", "scale", "0"),
        ("indicators.csv", "scale", "-100"),
        ("indicators.csv", "decimals", "99"),
        ("indicators.csv", "decimals", "-3"),
        ("regions.csv", "slug", "../hauts-de-france"),
        ("regions.csv", "slug", "Hauts de France"),
        ("regions.csv", "slug", ".."),
        ("measures.csv", "source_id", "../../etc"),
        ("measures.csv", "source_id", "A B"),
    ],
)
def test_a_cell_that_would_give_a_wrong_figure_or_path(tables, draw, file, column, text):
    line = change(tables / file, column, lambda rows: draw.randrange(len(rows)), text)
    assert_refused(tables, file, line, column, text)


def test_a_change_over_no_year(tables: Path, draw: random.Random):
    def choose(rows: list[dict[str, str]]) -> int:
        return draw.choice([i for i, row in enumerate(rows) if row["change_years"]])

    line = change(tables / "indicators.csv", "change_years", choose, "0")
    assert_refused(tables, "indicators.csv", line, "change_years", "0")


@pytest.mark.parametrize("form", ["{0} - {0}", "{0} + {0}", "{0} + {1} - {0}"])
def test_a_measure_beside_itself(tables: Path, draw: random.Random, form: str):
    registry = load_registry(tables)
    additive = [m for m in registry.measures if registry.measures[m].aggregation == "additive"]
    own = [i.indicator_id for i in registry.indicators.values() if i.reference == "own"]
    chosen = draw.choice(own)
    text = form.format(*draw.sample(additive, 2))

    def choose(rows: list[dict[str, str]]) -> int:
        return next(i for i, row in enumerate(rows) if row["indicator_id"] == chosen)

    line = change(tables / "indicators.csv", "numerator", choose, text)
    with pytest.raises(RegistryError, match="stands twice") as error:
        check_limits(tables)
    assert error.value.where == f"indicators.csv, line {line}, column numerator"


def test_a_quantity_over_itself(tables: Path, draw: random.Random):
    with (tables / "indicators.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    index = draw.choice([i for i, row in enumerate(rows) if row["denominator"]])
    change(tables / "indicators.csv", "denominator", lambda _: index, rows[index]["numerator"])
    with pytest.raises(RegistryError, match="divided by itself"):
        check_limits(tables)


def test_the_shipped_tables_are_within():
    check_limits(TABLES)

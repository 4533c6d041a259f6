"""Limits of single cells of the registry and of the terms of an indicator; links are in `loader`.

A value outside them can be read and computed with, and gives a wrong figure or a wrong path.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from phare_pipeline.registry.model import parse_terms
from phare_pipeline.registry.rows import Row, read_rows


class Limit(NamedTuple):
    """The numbers that a column takes; `is_open` leaves the lowest one out."""

    lowest: float
    highest: float
    is_open: bool = False

    def holds(self, value: float) -> bool:
        """Tell whether a number is within."""
        return self.lowest <= value <= self.highest and not (self.is_open and value == self.lowest)

    @property
    def text(self) -> str:
        """What is expected, for the operator."""
        opening = "above" if self.is_open else "from"
        return f"{opening} {self.lowest:g}, up to {self.highest:g}"


MULTIPLIER = Limit(0, 1e9, is_open=True)
DECIMALS = Limit(0, 6)
NUMBERS: Mapping[str, Mapping[str, Limit]] = {
    "measures.csv": {
        "factor": MULTIPLIER,
        "rate_scale": MULTIPLIER,
        "rate_decimals": DECIMALS,
        "tolerance_pct": Limit(0, 10),
    },
    "indicators.csv": {
        "scale": MULTIPLIER,
        "change_years": Limit(1, 50),
        "decimals": DECIMALS,
        "max_age_years": Limit(0, 30),
        "weight": Limit(0, 1e3),
    },
    "domains.csv": {"weight": Limit(0, 1e3)},
    "axes.csv": {"weight": Limit(0, 1e3)},
}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[0-9A-Z]{2,3}")
TEXTS: Mapping[str, Mapping[str, tuple[re.Pattern[str], str]]] = {
    "regions.csv": {
        "slug": (_SLUG, "lower-case ASCII letters and digits joined by - (it names folders)"),
        "region_code": (_CODE, "two or three digits or capitals (it names files)"),
    },
    "measures.csv": {
        "measure_id": (_NAME, "lower-case ASCII letters, digits and _"),
        "source_id": (_NAME, "lower-case ASCII letters, digits and _"),
    },
    "domains.csv": {"domain_id": (_NAME, "lower-case ASCII letters, digits and _")},
    "axes.csv": {"axis_id": (_NAME, "lower-case ASCII letters, digits and _")},
}


def check_limits(tables: Path) -> None:
    """Check the cells of tables that the loader has read.

    Raises:
        RegistryError: a number is outside its limits, a name is none, or an indicator takes a
            measure away from itself; the message says file, line and column.
    """
    for file in sorted({*NUMBERS, *TEXTS}):
        for row in _rows(tables / file):
            _check_numbers(row, NUMBERS.get(file, {}))
            _check_texts(row, TEXTS.get(file, {}))
            if file == "indicators.csv":
                _check_terms(row)


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = tuple(cell.strip() for cell in next(csv.reader(file)))
    return read_rows(path, header)


def _check_numbers(row: Row, limits: Mapping[str, Limit]) -> None:
    for column, limit in limits.items():
        value = row.optional_number(column)
        if value is not None and not limit.holds(value):
            raise row.error(column, "a number is outside its limits", expected=limit.text)


def _check_texts(row: Row, patterns: Mapping[str, tuple[re.Pattern[str], str]]) -> None:
    for column, (pattern, expected) in patterns.items():
        if not pattern.fullmatch(row.cells[column]):
            raise row.error(column, "a text is no name", expected=expected)


def _check_terms(row: Row) -> None:
    """A measure twice on one side adds nothing or counts twice; one over itself is always 1."""
    sides = {c: parse_terms(row.cells[c]) for c in ("numerator", "denominator")}
    for column, terms in sides.items():
        names = [term.measure_id for term in terms]
        for name in names:
            if names.count(name) > 1:
                raise row.error(column, f"{name!r} stands twice", expected="each measure once")
    if sides["numerator"] and set(sides["numerator"]) == set(sides["denominator"]):
        raise row.error(
            "denominator", "a quantity is divided by itself", expected="another denominator"
        )

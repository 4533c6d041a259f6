"""Lays the comparison of an edition out as a matrix of the indicators of a role.

At every level: regions, former regions, départements. Nothing is normalised here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from phare_pipeline.index.normalise import log_transform
from phare_pipeline.registry.model import Indicator, Level, Registry, Role, Unit

Floats = NDArray[np.float64]

# Where the comparison of each level stands.
COMPARISONS = {
    Level.REGION: "core_comparison",
    Level.FORMER_REGION: "core_level_comparison",
    Level.DEPARTEMENT: "core_level_comparison",
}


@dataclass(frozen=True, eq=False)
class Matrix:
    """Indicators of an edition: territories in rows (by code), indicators in columns.

    Attributes:
        year: the edition.
        level: of the territories.
        units: the n territories of the level, with or without figures.
        indicators: the m indicators of the registry with the wanted roles, with or without figures.
        raw_values: (n, m) as published; NaN where missing.
        raw_reference: (m,) of France.
        values: (n, m) on the scale of the goalposts: logarithms where declared.
        reference: (m,) on the same scale.
    """

    year: int
    level: Level
    units: tuple[Unit, ...]
    indicators: tuple[Indicator, ...]
    raw_values: Floats
    raw_reference: Floats
    values: Floats
    reference: Floats


def matrix_of(
    comparison: pa.Table, registry: Registry, year: int, level: Level, *roles: Role
) -> Matrix:
    """Lay out the comparison of one edition at one level.

    Args:
        comparison: `core_comparison` for regions, `core_level_comparison` below (see COMPARISONS).
        registry: the territories of the level and the indicators, in order.
        year: the edition.
        level: one at which the registry lists territories.
        roles: of the indicators; context has no direction and is not for an index.
    """
    code = "region_code"
    if level is not Level.REGION:
        code = "territory_code"
        comparison = comparison.filter(pc.equal(comparison["territory_level"], level.value))
    units = registry.units_of(level)
    indicators = tuple(i for i in registry.indicators.values() if i.role in roles)
    rows = _positions(comparison[code], [u.code for u in units])
    columns = _positions(comparison["indicator_id"], [i.indicator_id for i in indicators])
    is_placed = (rows >= 0) & (columns >= 0)
    raw_values = np.full((len(units), len(indicators)), np.nan)
    raw_values[rows[is_placed], columns[is_placed]] = _numbers(comparison["value"])[is_placed]
    raw_reference = np.full(len(indicators), np.nan)
    raw_reference[columns[is_placed]] = _numbers(comparison["france_value"])[is_placed]
    return Matrix(
        year=year,
        level=level,
        units=units,
        indicators=indicators,
        raw_values=raw_values,
        raw_reference=raw_reference,
        values=transformed(raw_values, indicators),
        reference=transformed(raw_reference, indicators),
    )


def transformed(values: Floats, indicators: tuple[Indicator, ...]) -> Floats:
    """Put values (…, m) on the scale of the goalposts: logarithms where declared."""
    result = values.copy()
    for column, indicator in enumerate(indicators):
        if indicator.transform == "log":
            result[..., column] = log_transform(values[..., column])
    return result


def _positions(column: pa.ChunkedArray, names: list[str]) -> NDArray[np.int64]:
    """Return where each name stands in the list, −1 where it does not."""
    found = pc.fill_null(pc.index_in(column, pa.array(names, pa.string())), -1)
    return np.asarray(found.to_numpy(), dtype=np.int64)


def _numbers(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(), dtype=np.float64)

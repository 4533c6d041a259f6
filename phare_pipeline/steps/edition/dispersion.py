"""Measures how far territories stand apart in an edition: the rows of `core_dispersion`.

Between the regions, the former regions and the départements of metropolitan France, and between the
départements of each region; weighted by inhabitants. The notes of indicators are taken unclipped: a
clipped note would hide how far the extremes have gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from phare_pipeline.contract.schemas import arrow_schema
from phare_pipeline.index.dispersion import dispersion
from phare_pipeline.index.hierarchy import IndexScores
from phare_pipeline.registry.model import Indicator, Level, Registry, Unit

POPULATION = "pop_total"
METROPOLE = ("metropole", "France métropolitaine")


@dataclass(frozen=True, eq=False)
class Compared:
    """What is compared between the n territories of a level: k ≥ 0 parts, none all missing.

    Attributes:
        level: of the territories.
        parts: compared_part, compared_id and compared_label of each.
        values: (n, k) unclipped notes and scores; NaN where missing.
    """

    level: Level
    parts: tuple[tuple[str, str, str], ...]
    values: NDArray[np.float64]


def compared_of(
    level: Level,
    indicators: Sequence[Indicator],
    z_unclipped: NDArray[np.float64],
    scores: IndexScores,
    registry: Registry,
) -> Compared:
    """Put the notes (n, m) of m indicators and the scores of a level side by side."""
    parts = [
        *(("indicator", i.indicator_id, i.label_fr) for i in indicators),
        *(("domain", d.domain_id, d.label_fr) for d in registry.domains.values()),
        *(("axis", a.axis_id, a.label_fr) for a in registry.axes.values()),
        ("index", "index", "Indice de fragilité"),
    ]
    counted = np.where(np.isnan(scores.z), np.nan, z_unclipped)
    values = np.column_stack([counted, scores.domain.F, scores.axis.F, scores.index.F])
    if values.shape[1] != len(parts):
        raise ValueError(f"found {values.shape[1]} columns of figures, expected {len(parts)}")
    columns = np.flatnonzero(~np.isnan(values).all(axis=0))
    return Compared(level, tuple(parts[k] for k in columns), values[:, columns])


def dispersion_table(
    compared: Compared, measures: pa.Table, registry: Registry, year: int
) -> pa.Table:
    """Return the rows of `core_dispersion` of one level in one edition.

    Args:
        compared: notes and scores of the level.
        measures: `core_annual_measures` of the edition, with the inhabitants.
        registry: the territories.
        year: the edition.

    Where no year counts the inhabitants of every territory, means and deviations are missing.
    """
    if not compared.parts:
        return arrow_schema("core_dispersion").empty_table()
    units = registry.units_of(compared.level)
    weight_year, weights = _inhabitants(measures, compared.level, units)
    scopes = list(_scopes(registry, compared.level, units))
    spreads = [_spread(compared.values[rows], weights[rows], units, rows) for _, rows in scopes]
    n, k = len(scopes), len(compared.parts)
    codes, names = zip(*(scope for scope, _ in scopes), strict=True)
    each, again = np.repeat(np.arange(n), k), np.tile(np.arange(k), n)
    kinds, ids, labels = zip(*compared.parts, strict=True)
    return pa.table(
        {
            "year": np.full(n * k, year),
            "territory_level": pa.array([compared.level.value] * n).take(each),
            "within_code": pa.array(codes).take(each),
            "within_name": pa.array(names).take(each),
            "compared_part": pa.array(kinds, pa.string()).take(again),
            "compared_id": pa.array(ids, pa.string()).take(again),
            "compared_label": pa.array(labels, pa.string()).take(again),
            "weight_year": pa.array([weight_year], pa.int32()).take(
                np.zeros(n * k, dtype=np.int64)
            ),
        }
        | {name: pa.array(np.concatenate([s[name] for s in spreads])) for name in spreads[0]}
    )


def _inhabitants(
    measures: pa.Table, level: Level, units: tuple[Unit, ...]
) -> tuple[int | None, NDArray[np.float64]]:
    """Return the newest year in which all territories are counted, and their inhabitants.

    None and NaN where there is no such year.
    """
    is_wanted = pc.and_(
        pc.equal(measures["measure_id"], POPULATION),
        pc.equal(measures["territory_level"], level.value),
    )
    rows = measures.filter(is_wanted).select(["territory_code", "data_year", "value"]).to_pandas()
    by_year = rows.pivot(index="territory_code", columns="data_year", values="value")
    full = by_year.reindex([unit.code for unit in units]).dropna(axis="columns")
    if full.shape[1] == 0:
        return None, np.full(len(units), np.nan)
    newest = int(full.columns.max())
    return newest, full[newest].to_numpy(np.float64)


def _scopes(
    registry: Registry, level: Level, units: tuple[Unit, ...]
) -> Iterator[tuple[tuple[str, str], NDArray[np.int64]]]:
    """Yield where territories are compared, and their rows: France, and regions of départements."""
    yield METROPOLE, np.arange(len(units))
    if level is Level.DEPARTEMENT:
        for region in registry.units_of(Level.REGION):
            rows = [i for i, unit in enumerate(units) if unit.region_code == region.code]
            yield (region.code, region.name_fr), np.array(rows)


def _spread(
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    units: tuple[Unit, ...],
    rows: NDArray[np.int64],
) -> dict[str, NDArray[Any]]:
    """Return the figures (k,) of the parts over the territories in these rows."""
    is_weighted = not np.isnan(weights).any()
    found = dispersion(values, weights if is_weighted else np.ones(rows.size))
    unknown = np.full(found.count.size, np.nan)
    codes = np.array([*(units[row].code for row in rows), None], dtype=object)  # −1 is nobody
    return {
        "territory_count": found.count,
        "territory_expected_count": np.full(found.count.size, rows.size),
        "weighted_mean": found.mean if is_weighted else unknown,
        "weighted_deviation": found.deviation if is_weighted else unknown,
        "lowest_value": found.low,
        "highest_value": found.high,
        "value_range": found.high - found.low,
        "lowest_territory_code": codes[found.low_unit],
        "highest_territory_code": codes[found.high_unit],
    }

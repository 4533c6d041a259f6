"""pandas and SQL say the same of the same figures, holes, flags and territories."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from phare_pipeline.contract.tables import table_of
from phare_pipeline.explain.recompute.comparison import DERIVED, candidates, derive, place
from phare_pipeline.explain.recompute.indicators import FIGURE, TERRITORY, recompute
from phare_pipeline.registry.loader import TABLES, load_registry
from phare_pipeline.registry.model import Aggregation, Break, Level, MeasureSeries
from phare_pipeline.sql.project import SqlProject
from phare_pipeline.steps.edition.core import build_core
from phare_pipeline.warehouse.tables import conform, write_parquet

YEAR = 2018
YEARS = range(2009, YEAR + 1)
STATUSES = ("observed", "provisional", "estimated")


@pytest.fixture(scope="module")
def registry():
    return load_registry(TABLES)


def periods_of(measure, registry):
    """Return the sub-periods in which a measure is observed: as its indicators annualise it."""
    ways = {
        i.annualise for i in registry.indicators.values() if measure.measure_id in i.measure_ids
    }
    if ways <= {""}:
        return ("",)
    return tuple(f"-T{q}" for q in range(1, 5))


def codes_of(registry, level):
    return {
        Level.DEPARTEMENT: [
            c for c, d in registry.departements.items() if d.perimeter == "metropole"
        ],
        Level.FORMER_REGION: list(registry.former_regions),
        Level.REGION: [r.region_code for r in registry.study_regions],
        Level.NATIONAL: ["metropole"],
    }[level]


def observations(registry, measures, seed):
    """Return figures for measures: mostly whole numbers, with holes, flags and several items."""
    chance = random.Random(seed)
    rows = []
    for measure in measures:
        levels = {level for reading in measure.readings for level in reading.source_levels}
        levels |= {Level.NATIONAL} if chance.random() < 0.5 else set()
        items = ("a", "b") if chance.random() < 0.3 else ("",)
        is_rate = measure.aggregation is not Aggregation.ADDITIVE
        for year in YEARS:
            if chance.random() < 0.15:
                continue
            for sub in periods_of(measure, registry):
                for level in sorted(levels):
                    for code in codes_of(registry, level):
                        if chance.random() < 0.003:
                            continue
                        for item in items:
                            is_hole = chance.random() < 0.004
                            value = (
                                chance.uniform(1, 50) if is_rate else float(chance.randrange(9999))
                            )
                            status = chance.choices(STATUSES, (20, 1, 1))[0]
                            if is_hole:
                                status = chance.choice(("confidential", "not_available"))
                            rows.append(
                                {
                                    "source_id": measure.reading_of(year).source_id,
                                    "measure_id": measure.measure_id,
                                    "territory_level": level.value,
                                    "territory_code": code,
                                    "period": f"{year}{sub}",
                                    "data_year": year,
                                    "item": item,
                                    "value": None if is_hole else value,
                                    "value_status": status,
                                    "raw_text": "x",
                                    "correction_id": None,
                                    "origin_file": "x.csv",
                                    "origin_sheet": None,
                                    "origin_line": 1,
                                    "origin_column": "A",
                                }
                            )
    return pd.DataFrame(rows, columns=list(table_of("core_observations").columns))


def chosen_measures(registry):
    """Return a few measures of each way of consolidation, with those their indicators need."""
    kinds = {}
    for indicator in registry.indicators.values():
        measures = [registry.measures[m] for m in indicator.measure_ids]
        kinds.setdefault((measures[0].aggregation, indicator.change_kind), measures)
        kinds.setdefault((measures[0].source_levels, bool(indicator.denominator)), measures)
        kinds.setdefault(indicator.annualise, measures)
    found = {m.measure_id: m for measures in kinds.values() for m in measures}
    bases = [registry.measures[m.base_measure_id] for m in found.values() if m.base_measure_id]
    return [*(found | {b.measure_id: b for b in bases}).values()]


def with_other_series(registry, seed):
    """Return the registry with measures that are read at another level in some years."""
    chance = random.Random(seed)
    bases = {m.base_measure_id for m in registry.measures.values()}
    measures = dict(registry.measures)
    for measure in chosen_measures(registry):
        if measure.base_measure_id or measure.measure_id in bases:
            continue
        first = chance.randrange(2010, YEAR)
        level = chance.choice((Level.DEPARTEMENT, Level.FORMER_REGION, Level.REGION))
        rows = [(first, chance.randrange(first, YEAR), level)]
        rows.append((rows[0][1] + 1, YEAR + 5, Level.REGION))
        others = tuple(
            MeasureSeries(measure.measure_id, f"other_{a}", ("x",), (at,), 1.0, a, b, "Essai.", 2)
            for a, b, at in rows[: chance.choice((1, 2))]
        )
        if measure.aggregation is Aggregation.ADDITIVE:
            measures[measure.measure_id] = replace(measure, others=others)
    breaks = [
        Break(m.measure_id, other.first_period, "Essai.")
        for m in measures.values()
        for other in m.others[:1]
    ]
    assert len(breaks) > 3
    return replace(registry, measures=measures, breaks=(*registry.breaks, *breaks))


def broken(figures, registry):
    """Tell which changes have the first year of a new series between their two years."""
    flags = []
    for name, year in zip(figures["indicator_id"], figures["data_year"], strict=True):
        indicator = registry.indicators[name]
        span = range(year - (indicator.change_years or 0) + 1, year + 1)
        starts = {b.year for b in registry.breaks if b.measure_id in indicator.measure_ids}
        flags.append(bool(indicator.change_years) and not starts.isdisjoint(span))
    return pd.Series(flags, index=figures.index)


def closeness(one, two):
    return np.isclose(one, two, rtol=1e-12, atol=1e-12, equal_nan=True)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "is_prolonged"), [(1, False), (2, True)])
def test_pandas_and_sql_agree(seed, is_prolonged, registry, repository: Path, tmp_path):
    registry = with_other_series(registry, seed) if is_prolonged else registry
    rows = observations(registry, chosen_measures(registry), seed)
    path = tmp_path / "observations.parquet"
    write_parquet(conform(rows, "core_observations"), "core_observations", path, {})
    project = SqlProject.load(repository / "dbt_like_sql")
    tables = {
        built.name: built.table.to_pandas() for built in build_core(path, registry, project, YEAR)
    }
    steps, indicators = recompute(registry, rows), list(registry.indicators.values())

    sql = tables["core_measures"]
    both = sql.merge(steps.wholes, on=TERRITORY, suffixes=("", "_own"), validate="one_to_one")
    assert len(both) == len(sql) > 5000
    assert closeness(both["value"], both["value_own"]).all()
    assert both["value"].isna().sum() > 20

    sql = tables["core_indicators"]
    # An edition reads no further back than its oldest usable figure needs.
    ages = sql["indicator_id"].map({i.indicator_id: i.max_age_years for i in indicators})
    sql = sql[sql["data_year"] >= YEAR - ages]
    both = sql.merge(steps.figures, on=FIGURE, suffixes=("", "_own"), validate="one_to_one")
    assert len(both) == len(sql) > 1000
    assert closeness(both["value"], both["value_own"]).all()
    assert (both["value_status"] == both["value_status_own"]).all()
    assert set(both["value_status"]) >= {"observed", "estimated", "provisional", "not_available"}
    assert (both["has_break"] == both["has_break_own"]).all()

    across = sql[broken(sql, registry)]
    assert across["value"].isna().all()
    assert (len(across) > 0) == is_prolonged

    found = candidates(steps.figures, indicators, codes_of(registry, Level.REGION))
    placed = place(steps.figures, found, indicators, YEAR)
    sql = tables["core_comparison"]
    both = sql.merge(
        placed,
        on=["year", "indicator_id", "region_code"],
        suffixes=("", "_own"),
        validate="one_to_one",
    )
    assert len(both) == len(placed) > 300
    assert (both["data_year"] == both["data_year_own"]).all()
    assert closeness(both["value"], both["value_own"]).all()
    assert closeness(both["france_value"], both["france_value_own"]).all()
    assert both["data_year"].nunique() > 2

    own = derive(sql)
    for column in DERIVED:
        assert closeness(sql[column].astype("float64"), own[column].astype("float64")).all(), column


def test_a_part_of_the_registry_is_enough(registry):
    name = next(
        i.indicator_id
        for i in registry.indicators.values()
        if i.denominator and i.change_years is None
    )
    measures = [registry.measures[m] for m in registry.indicators[name].measure_ids]
    rows = observations(registry, measures, 3)
    one = recompute(registry, rows, [name]).figures
    everything = recompute(registry, rows).figures
    same = everything[everything["indicator_id"] == name].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, same, check_dtype=False)


def test_no_figure_at_all(registry):
    rows = observations(registry, [], 1).astype(
        {"value": "float64", "period": "str", "data_year": "int64"}
    )
    steps = recompute(registry, rows, ["taux_chomage"])
    assert steps.figures.empty
    assert pa.Table.from_pandas(steps.wholes).num_rows == 0

"""The comparison of an edition: ranks and flags as in fractions, whatever the order of the rows."""

from __future__ import annotations

import random
from fractions import Fraction

import duckdb
import numpy as np
import pandas as pd
import pytest

from phare_pipeline.contract.tables import table_of
from phare_pipeline.explain.recompute.comparison import DERIVED, derive
from phare_pipeline.registry.loader import TABLES, load_registry
from phare_pipeline.registry.model import Aggregation, Level
from phare_pipeline.sql.project import SqlProject
from phare_pipeline.sql.run import run_model
from phare_pipeline.steps.edition.registry_tables import sql_relations
from phare_pipeline.warehouse.tables import conform

YEAR = 2016
RATE = "taux_chomage"
MODELS = ("core_measures", "core_annual_measures", "core_indicators", "core_comparison")


@pytest.fixture(scope="module")
def registry():
    return load_registry(TABLES)


@pytest.fixture(scope="module")
def counted(registry):
    """A count that is summed from départements, compared as it is."""
    return next(
        i
        for i in registry.indicators.values()
        if len(i.measure_ids) == 1
        and not i.annualise
        and i.change_years is None
        and i.reference_perimeter == "metropole"
        and registry.measures[i.measure_ids[0]].aggregation is Aggregation.ADDITIVE
        and registry.measures[i.measure_ids[0]].source_levels == (Level.DEPARTEMENT,)
    )


def cell(measure, level, code, period, tenths):
    return {
        "source_id": measure.source_id,
        "measure_id": measure.measure_id,
        "territory_level": level,
        "territory_code": code,
        "period": period,
        "data_year": YEAR,
        "item": "",
        "value": tenths / 10,
        "value_status": "observed",
        "raw_text": "x",
        "origin_file": "x.csv",
        "origin_line": 1,
        "origin_column": "A",
    }


def quarterly_rates(registry, chance):
    """Four printed quarters for each region and France, their means close; and these exactly."""
    measure = registry.measures[registry.indicators[RATE].measure_ids[0]]
    places = [("region", r.region_code) for r in registry.study_regions]
    places.append(("national", registry.indicators[RATE].reference_perimeter))
    rows, exact = [], {}
    for level, code in places:
        tenths = [chance.randrange(85, 89) for _ in range(4)]
        exact[code] = Fraction(sum(tenths), 40)
        for quarter, value in enumerate(tenths, start=1):
            rows.append(cell(measure, level, code, f"{YEAR}-T{quarter}", value))
    return rows, exact


def sums_of_tenths(registry, indicator, chance):
    """Parts of few different totals, shared out at random; and the totals exactly."""
    measure = registry.measures[indicator.measure_ids[0]]
    inside = {}
    for code, departement in registry.departements.items():
        if departement.perimeter == measure.perimeter:
            inside.setdefault(
                registry.former_regions[departement.former_region_code].region_code, []
            ).append(code)
    rows, exact = [], {}
    for region, codes in inside.items():
        total = chance.choice((1201, 1202, 1203))
        cuts = sorted(chance.randrange(total) for _ in codes[1:])
        parts = np.diff([0, *cuts, total]).tolist()
        exact[region] = Fraction(total, 10) * Fraction(indicator.scale)
        rows += [
            cell(measure, "departement", code, str(YEAR), part)
            for code, part in zip(codes, parts, strict=True)
        ]
    exact["metropole"] = sum(exact.values(), Fraction(0))
    return rows, exact


def compare(rows, registry, repository, threads):
    """Run the models on the rows in their order; the comparison by indicator and region."""
    frame = pd.DataFrame(rows, columns=list(table_of("core_observations").columns))
    project = SqlProject.load(repository / "dbt_like_sql")
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.execute("create schema staging; create schema registry")
        observations = conform(frame, "core_observations").take(
            np.random.default_rng(threads).permutation(len(frame))
        )
        tables = {"staging.core_observations": observations}
        tables |= {f"registry.{name}": table for name, table in sql_relations(registry).items()}
        for name, table in tables.items():
            connection.register("incoming", table)
            connection.execute(f"create table {name} as from incoming")
        for name in MODELS:
            found = run_model(connection, project, name, {"edition_year": YEAR})
            connection.register("incoming", found)
            connection.execute(f"create table {name} as from incoming")
    found = conform(found, "core_comparison").to_pandas()
    return found.set_index(["indicator_id", "region_code"]).sort_index()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ranks_and_flags_are_those_of_fractions(seed, registry, counted, repository):
    chance = random.Random(seed)
    rates, exact_rates = quarterly_rates(registry, chance)
    counts, exact_counts = sums_of_tenths(registry, counted, chance)
    found = compare(rates + counts, registry, repository, threads=1)
    for name, exact in ((RATE, exact_rates), (counted.indicator_id, exact_counts)):
        direction = registry.indicators[name].direction
        regions = {r.region_code: exact[r.region_code] for r in registry.study_regions}
        for code, own in regions.items():
            row = found.loc[name, code]
            assert row["value"] == pytest.approx(float(own), rel=1e-12)
            assert row["rank"] == 1 + sum(e > own for e in regions.values())
            assert (row["gap"] == 0) == (own == exact["metropole"])
            if direction == 0:
                continue
            place = 1 + sum(direction * (e - own) > 0 for e in regions.values())
            assert row["fragility_rank"] == place
            assert row["is_in_worst_quarter"] == (place <= 4)
            assert row["is_worse_than_france"] == (direction * (own - exact["metropole"]) > 0)
        assert len(set(regions.values())) < len(regions)


def test_order_of_rows_and_threads_move_no_rank(registry, counted, repository):
    chance = random.Random(7)
    rows = quarterly_rates(registry, chance)[0] + sums_of_tenths(registry, counted, chance)[0]
    first = compare(rows, registry, repository, threads=1)
    chance.shuffle(rows)
    again = compare(rows, registry, repository, threads=2)
    decided = ["rank", "fragility_rank", "is_worse_than_france", "is_in_worst_quarter"]
    pd.testing.assert_frame_equal(first[decided], again[decided])
    names = [RATE, counted.indicator_id]
    # The sums themselves do differ, by their last bits.
    assert (first.loc[names, "value"] != again.loc[names, "value"]).any()


def test_explaining_decides_alike(registry, counted, repository):
    chance = random.Random(11)
    rows = quarterly_rates(registry, chance)[0] + sums_of_tenths(registry, counted, chance)[0]
    sql = compare(rows, registry, repository, threads=1).reset_index()
    own = derive(sql)
    for column in DERIVED:
        one, two = (frame[column].astype("Float64") for frame in (sql, own))
        np.testing.assert_allclose(
            one.to_numpy("float64", na_value=np.nan),
            two.to_numpy("float64", na_value=np.nan),
            rtol=1e-12,
            err_msg=column,
        )

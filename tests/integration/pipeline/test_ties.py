"""Ranks and flags of the comparison follow from figures, not from the order of sums or rows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.edition import core
from tests.integration.small import YEAR, Installation

pytestmark = pytest.mark.slow

JUDGED = ("rank", "rank_of", "fragility_rank", "is_worse_than_france", "is_in_worst_quarter")


def comparison_of(context: Context, observations: Path) -> pa.Table:
    tables = core.build_core(observations, context.registry, context.project, YEAR)
    found = {result.name: result.table for result in tables}
    key = [("indicator_id", "ascending"), ("region_code", "ascending")]
    return found["core_comparison"].sort_by(key)


def test_shuffled_rows_and_two_threads_give_the_same_ranks(
    small: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = load_context()
    before = comparison_of(context, context.workspace.observations_file)
    rows = pq.read_table(context.workspace.observations_file)
    seed = int(np.random.SeedSequence().generate_state(1)[0])
    print(f"seed {seed}")
    shuffled = rows.take(np.random.default_rng(seed).permutation(rows.num_rows))
    pq.write_table(shuffled, tmp_path / "shuffled.parquet")
    connect = core.connect

    def connect_twice() -> duckdb.DuckDBPyConnection:
        connection = connect()
        connection.execute("set threads = 2")
        return connection

    monkeypatch.setattr(core, "connect", connect_twice)
    after = comparison_of(context, tmp_path / "shuffled.parquet")
    for column in JUDGED:
        assert after[column].equals(before[column]), column


def test_ranks_of_means_are_those_of_exact_fractions(small: Installation) -> None:
    """The annual rate is the mean of four printed quarters: level means share their rank."""
    context = load_context()
    table = comparison_of(context, context.workspace.observations_file).to_pandas()
    rate = table[table["indicator_id"] == "taux_chomage"].set_index("region_code")
    [year] = rate["data_year"].unique()
    figures = pq.read_table(context.workspace.observations_file).to_pandas()
    quarters = figures[
        (figures["measure_id"] == "taux_chomage_localise")
        & (figures["territory_level"].isin(["region", "national"]))
        & (figures["data_year"] == year)
    ]
    exact = {
        code: sum(Fraction(str(value)) for value in own["value"]) / 4
        for code, own in quarters.groupby("territory_code")
    }
    france = exact["metropole"]
    exact = {code: value for code, value in exact.items() if code in rate.index}
    assert len(exact) == 13
    for code, own in exact.items():
        row = rate.loc[code]
        assert row["fragility_rank"] == 1 + sum(other > own for other in exact.values())
        assert row["is_worse_than_france"] == (own > france)
        assert (row["gap"] == 0) == (own == france)

"""The published tables of the index on the shipped extracts: two editions as a reader has them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from phare_pipeline.config import PROJECT
from phare_pipeline.contract.tables import CUT_FROM, PUBLISHED_FROM
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.edition import build as edition
from phare_pipeline.steps.edition import change, core, scores, uncertainty
from tests.integration.small import TWO_YEARS as YEARS

pytestmark = pytest.mark.slow

REGIONS = 13
# Tables that hold figures for every region; the others describe an edition.
REGIONAL = (
    "out_decomposition",
    "out_contributions",
    "out_influence",
    "out_uncertainty",
    "out_pairs",
    "out_alternatives",
    "out_change",
)
OF_EDITIONS = (
    "out_sensitivity",
    "out_correlations",
    "out_fit",
    "out_reliability",
    "out_components",
)


@pytest.fixture(scope="module")
def current(two_editions: Path) -> Path:
    """The release of two editions from the shipped extracts."""
    return two_editions / "current"


@pytest.fixture
def context(current: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("PHARE_WAREHOUSE", str(current.parent))
    monkeypatch.setenv("PHARE_REGISTRY", str(current.parent.parent / "registry"))
    return load_context()


def mart(current: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(current / "marts" / f"{name}.parquet")


def index_of(current: Path) -> pd.Series:
    scores = mart(current, "out_scores").query("component_level == 'index'")
    return scores.set_index(["year", "region_code"])["score"]


def test_every_table_is_there_for_all_and_by_region(current: Path) -> None:
    assert set(REGIONAL) <= set(CUT_FROM) and set(OF_EDITIONS) <= set(PUBLISHED_FROM)
    for name in REGIONAL:
        whole = mart(current, name)
        assert whole["region_code"].nunique() == REGIONS, name
        parts = [pq.read_table(p, partitioning=None) for p in (current / name).rglob("*.parquet")]
        assert len(parts) == REGIONS * len(YEARS)
        assert sum(part.num_rows for part in parts) == len(whole)
    for name in OF_EDITIONS:
        assert set(mart(current, name)["year"]) == set(YEARS), name
        assert not (current / name).exists()


def test_parts_add_up_to_the_published_index(current: Path) -> None:
    gap = index_of(current) - 100
    rows = mart(current, "out_contributions")
    for level, group in rows.groupby("part_level"):
        total = group.groupby(["year", "region_code"])["contribution"].sum()
        assert (total - gap).abs().max() < 1e-9, level
    first = rows[rows["is_top_contributor"]]
    assert first.groupby(["year", "region_code", "part_level"]).size().max() <= 5
    split = mart(current, "out_decomposition").query("component_level == 'index'")
    terms = ["notes_mean", "within_domains", "between_domains", "between_axes", "axis_rounding"]
    total = split.set_index(["year", "region_code"])[terms].sum(axis=1)
    assert (total - gap - 100).abs().max() < 1e-9


def test_ranks_over_the_draws_surround_the_published_ones(current: Path) -> None:
    rows = mart(current, "out_uncertainty")
    assert rows["rank_of"].eq(REGIONS).all() and rows["draw_count"].eq(10_000).all()
    # The index is one of the drawn choices: a median far from its rank would be a fault.
    assert (rows["rank_median"] - rows["fragility_rank"]).abs().max() <= 4
    assert rows.groupby("year")["top_three_pct"].sum().between(299.999, 330).all()
    pairs = mart(current, "out_pairs")
    assert len(pairs) == len(YEARS) * REGIONS * (REGIONS - 1)
    sensitivity = mart(current, "out_sensitivity")
    assert sensitivity.groupby("year")["total_order"].sum().ge(1).all()
    assert sensitivity["total_order_error"].lt(0.1).all()


def test_change_is_split_where_both_editions_are_built(current: Path) -> None:
    rows = mart(current, "out_change").query("component_level == 'index'")
    later = rows[rows["year"] == 2017]
    assert set(later["comparison_basis"]) == {"reference", "previous"}
    told = later["change_status"] == "measured"
    assert set(later["change_status"]) <= {"measured", "little_in_common"}
    assert (later.loc[~told, "common_weight_pct"] < 70).all()
    figures = later[["change_total", "change_value", "change_coverage"]]
    assert figures[told].notna().all(axis=None) and figures[~told].isna().all(axis=None)
    domains = mart(current, "out_change").query("component_level == 'domain' and year == 2017")
    split = domains[domains["change_value"].notna()]
    assert len(split) > REGIONS
    rest = split["change_total"] - split["change_value"] - split["change_coverage"]
    assert rest.abs().max() < 1e-9
    before = rows[rows["year"] == 2016]
    assert before["change_status"].eq("edition_missing").all(), "2015 is not built here"


def test_an_edition_that_appears_makes_the_change_after_it_due(context: Context) -> None:
    assert edition.is_part_built(context, change.PART, 2016)
    for part in (core.PART, scores.PART):
        edition.make_part(context, part, 2015)
    try:
        assert not edition.is_part_built(context, change.PART, 2016)
        assert edition.is_part_built(context, uncertainty.PART, 2016)
    finally:
        for part in (core.PART, scores.PART):
            for table in part.tables:
                context.workspace.core_file(table, 2015).unlink()


SCRIPT = """
import hashlib
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.edition import build as edition
from phare_pipeline.warehouse.tables import write_parquet
context = load_context()
path = context.workspace.build / "threads.parquet"
for part in edition.PARTS[1:]:
    for built in part.build(context, 2017):
        write_parquet(built.table, built.name, path, {})
        print(built.name, hashlib.sha256(path.read_bytes()).hexdigest())
path.unlink()
"""


def test_bytes_do_not_depend_on_threads(context: Context) -> None:
    found = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=PROJECT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": str(threads)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in (1, 4)
    ]
    assert found[0] == found[1] and "core_influence" in found[0]

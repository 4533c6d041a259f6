"""Draws, pairs, sensitivity and alternatives as tables: repeatable, complete, audits that fail."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from phare_pipeline.index.alternatives import METHODS
from phare_pipeline.steps.common.audit import Built
from phare_pipeline.steps.edition import alternatives, uncertainty
from phare_pipeline.warehouse.tables import write_parquet

from .kit import REGIONS, VALUES, comparison_of, scored, standard_registry, tampered, with_holes

NO_ECONOMY = [("32", name) for name in ("chomage", "activite", "revenu_median")]


def build(values=VALUES) -> dict[str, Built]:
    registry = standard_registry()
    tables = scored(values, registry)
    normalised, scores = tables["core_normalised"], tables["core_scores"]
    results = [
        *uncertainty.build_uncertainty(normalised, comparison_of(values), registry),
        *alternatives.build_alternatives(normalised, scores, registry),
    ]
    return {result.name: result for result in results}


@pytest.fixture(scope="module")
def whole() -> dict[str, Built]:
    return build()


def frame(built: Built) -> pd.DataFrame:
    return built.table.to_pandas()


def test_same_seed_same_bytes(whole: dict[str, Built], tmp_path: Path) -> None:
    for k, results in enumerate((whole, build())):
        for name, built in results.items():
            write_parquet(built.table, name, tmp_path / f"{name}-{k}.parquet", {"edition": "2016"})
    for name in whole:
        first, second = (tmp_path / f"{name}-{k}.parquet" for k in (0, 1))
        assert first.read_bytes() == second.read_bytes(), name


def test_every_table_passes_and_says_its_draws(whole: dict[str, Built]) -> None:
    assert all(built.passed for built in whole.values())
    table = frame(whole["core_uncertainty"])
    assert len(table) == len(REGIONS)
    assert table["draw_count"].eq(10_000).all() and table["seed"].nunique() == 1
    # Nothing is missing here: holes are not among what is drawn.
    assert table["drawn_factors"].unique().tolist() == [
        "normalisation, aggregation, weights, content"
    ]
    assert frame(whole["core_sensitivity"])["factor"].tolist() == [
        "aggregation",
        "content",
        "method",
        "normalisation",
        "weights",
    ]


def test_a_region_that_is_more_fragile_on_all_keeps_its_place(whole: dict[str, Built]) -> None:
    """Beta has the worst value of every indicator but two."""
    table = frame(whole["core_uncertainty"]).set_index("region_code")
    assert table.loc["24", ["rank_low", "rank_median", "rank_high"]].tolist() == [1, 1, 1]
    assert table.loc["24", "top_three_pct"] == 100
    pairs = frame(whole["core_pairs"]).set_index(["region_code", "other_region_code"])
    assert len(pairs) == 12
    assert pairs.loc[("24", "11"), "more_fragile_pct"] == 100
    assert pairs.loc[("11", "24"), "more_fragile_pct"] == 0


def test_alternatives_list_every_method(whole: dict[str, Built]) -> None:
    table = frame(whole["core_alternatives"])
    assert len(table) == len(METHODS) * len(REGIONS)
    beta = table[table["region_code"] == "24"]
    assert beta["rank_of"].eq(len(REGIONS)).all()
    same = table["method_rank"] - table["fragility_rank"] == table["rank_shift"]
    assert same.all()


def test_an_unclassified_region_has_rows_without_figures() -> None:
    results = build(with_holes(VALUES, NO_ECONOMY))
    assert all(built.passed for built in results.values())
    table = frame(results["core_uncertainty"]).set_index("region_code")
    figures = ["score", "rank_low", "rank_median", "rank_high", "top_three_pct"]
    assert table.loc["32", figures].isna().all()
    assert table["rank_of"].eq(3).all()
    pairs = frame(results["core_pairs"])
    is_gamma = (pairs["region_code"] == "32") | (pairs["other_region_code"] == "32")
    assert pairs["more_fragile_pct"].isna().equals(is_gamma)
    others = frame(results["core_alternatives"])
    assert others["method_rank"].isna().equals(others["region_code"] == "32")


def test_an_edition_that_classifies_nobody_has_tables_all_the_same() -> None:
    nothing = [(code, name) for code in REGIONS for name in ("deces", "medecins", "dentistes")]
    nothing += [(code, name) for code in REGIONS for name in ("musees", "cinemas")]
    results = build(with_holes(VALUES, nothing))
    assert all(built.passed for built in results.values())
    assert frame(results["core_uncertainty"])["rank_median"].isna().all()
    assert frame(results["core_uncertainty"])["rank_of"].eq(0).all()
    assert frame(results["core_sensitivity"])["total_order"].isna().all()
    assert frame(results["core_alternatives"])["index_spearman"].isna().all()


@pytest.mark.parametrize(
    ("column", "value"),
    [("rank_low", 4), ("rank_median", 9), ("rank_high", 5), ("rank_low", 0), ("rank_high", None)],
)
def test_an_interval_without_its_median_is_refused(
    whole: dict[str, Built], column: str, value: float | None
) -> None:
    table = tampered(whole["core_uncertainty"].table, column, 1, value)
    assert uncertainty.audit_intervals(table).failed_count == 1


def test_chances_that_do_not_add_up_are_refused(whole: dict[str, Built]) -> None:
    """Both rows of the pair are named."""
    for value in (12.0, None):
        table = tampered(whole["core_pairs"].table, "more_fragile_pct", 0, value)
        assert uncertainty.audit_pairs(table).failed_count == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [("method_rank", 5), ("method_rank", 0), ("fragility_rank", 9), ("method_rank", None)],
)
def test_ranks_that_do_not_compare_are_refused(
    whole: dict[str, Built], column: str, value: float | None
) -> None:
    scores = scored(VALUES, standard_registry())["core_scores"].to_pandas()
    table = tampered(whole["core_alternatives"].table, column, 0, value)
    assert alternatives.audit_ranks(table, scores).failed_count == 1

"""What an edition rests on: counted again from rows; the headline, the nearest, what is short."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from phare_pipeline.registry.base_rule import BaseRule
from phare_pipeline.registry.model import Registry
from phare_pipeline.steps.edition.change import EditionNotes
from phare_pipeline.steps.edition.foundation import build_foundation, headline_statuses, shortfall

from .kit import (
    DOMAINS,
    REGIONS,
    VALUES,
    Values,
    comparison_of,
    scored,
    standard_registry,
    with_holes,
)

RANDOM = np.random.default_rng()


def strict(**rule: float) -> Registry:
    return dataclasses.replace(standard_registry(), base_rule=BaseRule(**rule))  # type: ignore[arg-type]


def row_of(values: Values, registry: Registry, data_year: int = 2016) -> dict[str, object]:
    comparison = comparison_of(values, data_year=data_year)
    edition = EditionNotes.of(scored(values, registry)["core_normalised"], comparison, registry)
    (built,) = build_foundation(edition, registry)
    assert built.passed
    (row,) = built.table.to_pylist()
    return row


def test_counts_are_those_of_the_rows() -> None:
    """Holes drawn anew: every count and share once more, cell by cell."""
    names = list(VALUES)
    holes = [(code, name) for code in REGIONS for name in names if RANDOM.random() < 0.25]
    values = with_holes(VALUES, holes)
    registry = strict()
    row = row_of(values, registry)
    notes = scored(values, registry)["core_normalised"].to_pandas()
    noted = notes[notes["score_status"] == "scored"]
    expected = noted["indicator_id"].unique()
    assert row["expected_count"] == row["present_count"] == len(expected)
    assert row["recent_count"] == len(expected) and row["recent_weight_pct"] == pytest.approx(100)
    shares = {}
    domains = {i: registry.indicators[i].domain_id for i in expected}
    for name in expected:
        rivals = sum(registry.indicators[i].weight for i in expected if domains[i] == domains[name])
        axis = registry.domains[domains[name]].axis_id
        beside = sum(d.weight for d in registry.domains.values() if d.axis_id == axis)
        weight = registry.indicators[name].weight / rivals
        weight *= registry.domains[domains[name]].weight / beside
        shares[name] = weight * registry.axes[axis].weight
    total = sum(axis.weight for axis in registry.axes.values())
    found = sum(shares[name] for name in noted["indicator_id"]) / total / len(REGIONS)
    assert row["expected_weight_pct"] == pytest.approx(100 * found)


@pytest.mark.parametrize(("data_year", "is_recent"), [(2014, True), (2013, False)])
def test_two_years_is_recent_and_three_is_not(data_year: int, is_recent: bool) -> None:
    registry = strict(headline_recent_share=0.5, headline_recent_years=2)
    row = row_of(VALUES, registry, data_year)
    assert row["recent_weight_pct"] == pytest.approx(100 * is_recent)
    assert (row["shortfall_fr"] is None) == is_recent
    if not is_recent:
        said = str(row["shortfall_fr"]).replace("\u202f", " ").replace("\u00a0", " ")
        assert said == "0 % du poids depuis 2014, au lieu de 50 %"


def test_every_demand_is_named() -> None:
    registry = strict(headline_domains=len(DOMAINS) + 1, headline_share=1.0)
    row = row_of(with_holes(VALUES, [(next(iter(REGIONS)), next(iter(VALUES)))]), registry)
    assert isinstance(row["shortfall_fr"], str)
    assert f"au lieu de {len(DOMAINS) + 1}" in row["shortfall_fr"]
    assert "du poids attendu, au lieu de 100" in row["shortfall_fr"]
    unclassified = {**row, "classified_region_count": 1}
    assert "1 région classée sur 4" in str(shortfall(unclassified, registry)).replace("\u00a0", " ")


def rows(**short: str | None) -> list[dict[str, object]]:
    return [
        {
            "year": int(year[1:]),
            "shortfall_fr": text,
            "classified_region_count": 13 if text is None else len(text),
            "scored_domain_count": 8,
            "expected_weight_pct": 50.0,
        }
        for year, text in short.items()
    ]


def test_the_headline_is_the_newest_that_is_short_of_nothing() -> None:
    found = headline_statuses(rows(_2020=None, _2021=None, _2022="court"))
    assert found == {2020: "other", 2021: "headline", 2022: "other"}


def test_without_one_the_nearest_stands_in_its_place() -> None:
    found = headline_statuses(rows(_2020="abc", _2021="abcd", _2022="abcd", _2023="a"))
    assert found == {2020: "other", 2021: "other", 2022: "nearest", 2023: "other"}
    assert headline_statuses([]) == {}

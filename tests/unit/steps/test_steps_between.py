"""A rate of a whole lies between those of its parts, where all of these are there."""

from __future__ import annotations

import pyarrow as pa
import pytest

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.steps.staging.between import CHECK, audit_between

REGISTRY = load_registry()
RATE = "taux_chomage_localise"
BRITTANY = ("22", "29", "35", "56")


def table(region, *parts, measure=RATE):
    cells = [("region", "53", region)]
    cells += [("departement", code, value) for code, value in zip(BRITTANY, parts, strict=False)]
    return pa.Table.from_pylist(
        [
            {
                "measure_id": measure,
                "period": "2016",
                "item": "",
                "territory_level": level,
                "territory_code": code,
                "value": value,
            }
            for level, code, value in cells
        ]
    )


@pytest.mark.parametrize("region", [7.0, 8.1, 9.0, None])
def test_a_rate_inside_passes(region):
    assert audit_between(table(region, 7.0, 8.0, 8.5, 9.0), REGISTRY).passed


@pytest.mark.parametrize("region", [6.9, 9.1])
def test_a_rate_outside_is_named_with_the_range_of_its_parts(region):
    audit = audit_between(table(region, 7.0, 8.0, 8.5, 9.0), REGISTRY)
    assert (audit.check, audit.failed_count) == (CHECK, 1)
    [row] = audit.samples.to_dict("records")
    assert (row["territory_code"], row["value"]) == ("53", region)
    assert (row["lowest"], row["highest"]) == (7.0, 9.0)


def test_a_part_that_is_missing_could_be_the_highest():
    assert audit_between(table(9.1, 7.0, 8.0, 8.5), REGISTRY).passed
    assert audit_between(table(9.1, 7.0, 8.0, 8.5, None), REGISTRY).passed


def test_only_rates_are_compared():
    [count, *_] = [m.measure_id for m in REGISTRY.measures.values() if m.unit != "%"]
    assert audit_between(table(99.0, 7.0, 8.0, 8.5, 9.0, measure=count), REGISTRY).passed


def test_a_country_lies_between_its_regions():
    rows = [
        {
            "measure_id": RATE,
            "period": "2016",
            "item": "",
            "territory_level": level,
            "territory_code": code,
            "value": value,
        }
        for level, code, value in [
            ("national", "metropole", 12.5),
            *(("region", r.region_code, 8.0 + n / 4) for n, r in enumerate(REGISTRY.study_regions)),
        ]
    ]
    audit = audit_between(pa.Table.from_pylist(rows), REGISTRY)
    assert audit.samples["territory_code"].tolist() == ["metropole"]

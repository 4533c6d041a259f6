"""A perimeter that leaves out territories: from which levels it is summed, in both computations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phare_pipeline.explain.recompute.indicators import _passage
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Perimeter, Registry
from phare_pipeline.steps.edition.registry_tables import sql_relations


def registry_without(*excluded: str) -> Registry:
    """The registry with one more perimeter, which one measure is summed to."""
    registry = load_registry()
    perimeter = Perimeter("essai", "Essai", True, excluded)
    name, measure = next(iter(registry.measures.items()))
    return replace(
        registry,
        perimeters={**registry.perimeters, "essai": perimeter},
        measures={**registry.measures, name: replace(measure, perimeter="essai")},
    )


def parts(registry: Registry, level: str) -> set[str]:
    """The territories of a level that add up to the perimeter; the same in both computations."""
    passage = sql_relations(registry)["passage"].to_pylist()
    found = {
        row["part_code"]
        for row in passage
        if (row["perimeter"], row["source_level"]) == ("essai", level)
    }
    again = _passage(registry, list(registry.measures.values()))
    chosen = again[(again["perimeter"] == "essai") & (again["part_level"] == level)]
    assert found == set(chosen["part_code"])
    return found


@pytest.mark.parametrize(
    ("excluded", "departements", "former_regions", "regions"),
    [
        ((), 96, 22, 13),
        (("2A", "2B"), 94, 21, 12),
        # Alsace is a whole former region, and a part of a region.
        (("67", "68"), 94, 21, 0),
        (("57",), 95, 0, 0),
    ],
)
def test_a_level_that_the_perimeter_cuts_is_not_summed(
    excluded: tuple[str, ...], departements: int, former_regions: int, regions: int
) -> None:
    registry = registry_without(*excluded)
    counts = [len(parts(registry, level)) for level in ("departement", "former_region", "region")]
    assert counts == [departements, former_regions, regions]
    assert not set(excluded) & parts(registry, "departement")

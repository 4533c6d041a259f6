"""The page of the indicators is what the registry declares, row by row."""

from __future__ import annotations

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Role
from tools.indicators_page import PAGE, page_of


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page_of(load_registry()), (
        "docs/indicators.md is not what the registry says: run python -m tools.indicators_page"
    )


def test_every_socle_row_stands_once_with_its_reason() -> None:
    registry, page = load_registry(), page_of(load_registry())
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    for indicator in registry.indicators.values():
        found = [line for line in lines if f"(`{indicator.indicator_id}`" in line]
        assert len(found) == (indicator.role is Role.SOCLE)
        if found:
            assert indicator.reason_fr.removeprefix("Socle : ") in found[0]
            assert f"`{indicator.operation}`" in found[0]

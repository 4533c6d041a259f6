"""The page of the layers says what the contracts hold, and names places that are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

PACKAGE = "phare_pipeline"


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "architecture.md").read_text("utf-8")


@pytest.fixture(scope="module")
def contracts(repository: Path) -> list[dict[str, Any]]:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    return project["tool"]["importlinter"]["contracts"]


def layers_of(contracts: list[dict[str, Any]], container: str) -> list[set[str]]:
    [layers] = [c["layers"] for c in contracts if c.get("containers") == [container]]
    return [set(line.split(" | ")) for line in layers]


def test_the_layers_of_the_page_are_those_of_the_contract(page, contracts):
    drawn = page.split("```")[1].strip().splitlines()
    shown = [set(re.split(r" {2,}", line)[0].split(" | ")) for line in drawn]
    assert shown == layers_of(contracts, PACKAGE)


@pytest.mark.parametrize("name", ["steps", "explain"])
def test_every_room_has_its_row(page, contracts, name):
    section = page.split(f"## Rooms of `{name}`")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    rooms = {room for row in rows for room in re.findall(r"`(\w+)`", row)}
    assert rooms == set().union(*layers_of(contracts, f"{PACKAGE}.{name}"))


def test_every_place_of_a_concept_is_there(page, repository):
    section = page.split("## Where a concept lives")[1]
    cells = [line.split("|")[2] for line in section.splitlines() if line.startswith("| ")][1:]
    places = [place for cell in cells for place in re.findall(r"`([\w/.]+)`", cell)]
    assert len(places) > 20
    folders = (repository, repository / PACKAGE)
    for place in places:
        found = [folder / name for folder in folders for name in (place, f"{place}.py")]
        assert any(path.exists() for path in found), place

"""An indicator that has another id now is found by the one it had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from phare_pipeline.explain.figures import find_reference
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Registry


@dataclass(frozen=True)
class State:
    registry: Registry


@dataclass(frozen=True)
class Release:
    """Knows the registry of its editions, and no table."""

    state: State

    def state_of(self, year: int) -> State:
        return self.state


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["HDF-2016-neet_rate"], "HDF-2016-jeunes_non_inseres_part"),
        (["59", "burglaries_rate", "2018"], "D59-2018-cambriolages_taux"),
        (["hauts-de-france", "taux_chomage", "2016"], "HDF-2016-taux_chomage"),
    ],
)
def test_a_former_id_leads_to_its_successor(words: list[str], found: str) -> None:
    release = cast(Published, Release(State(load_registry())))
    assert str(find_reference(release, words)) == found

"""Draws figures and places for tests whose cases are made anew; the seed is printed on failure."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence

import pytest

from tests.unit.sources.kit import DEPARTEMENTS

SEED = "PHARE_TEST_SEED"


def new_draw() -> random.Random:
    """A generator with a new seed, or with that of a failure to be seen again."""
    seed = int(os.environ.get(SEED) or random.SystemRandom().randrange(10**9))
    print(f"{SEED}={seed}")
    return random.Random(seed)


@pytest.fixture
def draw() -> random.Random:
    return new_draw()


def counts(draw: random.Random, low: int = 100, high: int = 900) -> dict[str, int]:
    """A whole number for each département, below every thousands mark by default."""
    return {code: draw.randint(low, high) for code in DEPARTEMENTS}


def text_of(rows: Sequence[Sequence[object]], delimiter: str = ";") -> str:
    """A text file of rows, nothing quoted."""
    return "".join(delimiter.join(map(str, row)) + "\n" for row in rows)

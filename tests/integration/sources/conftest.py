"""Fixtures of the readers’ tests on official files."""

from __future__ import annotations

from pathlib import Path

import pytest

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Registry
from tests.unit.sources.kit import Kit


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def kit(tmp_path: Path, registry: Registry) -> Kit:
    return Kit(tmp_path, registry)

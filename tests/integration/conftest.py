"""Fixtures of the end-to-end tests: a small installation that has published a release."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.registry.loader import TABLES as REGISTRY
from tests.integration.small import (
    RUN,
    TWO_YEARS,
    Installation,
    make_installation,
    make_lenient,
)

# Fixtures that run the whole pipeline: a test that asks for one is slow, whatever it does itself.
WHOLE_RUNS = frozenset({"published", "published_small", "two_editions"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests on a released installation as slow, before marks choose among tests."""
    for item in items:
        if WHOLE_RUNS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def published_small(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A small installation with a release; tests take a copy and leave this one alone."""
    small = make_installation(repository, tmp_path_factory.mktemp("small") / "installation")
    with pytest.MonkeyPatch.context() as patch:
        use(patch, small)
        assert main(RUN) == 0
    return small


@pytest.fixture(scope="session")
def two_editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of two editions of all shipped extracts; tests only read its release.

    It is made once for all processes of a test run: the first that needs it makes it, others wait.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    warehouse = root / "two_editions" / "warehouse"
    with (root / "two_editions.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (warehouse / "current").exists():
            shutil.copytree(REGISTRY, warehouse.parent / "registry")
            make_lenient(warehouse.parent / "registry")
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("PHARE_WAREHOUSE", str(warehouse))
                patch.setenv("PHARE_REGISTRY", str(warehouse.parent / "registry"))
                patch.setenv("PHARE_EDITIONS", " ".join(map(str, TWO_YEARS)))
                assert main(["run", "--plain"]) == 0
    return warehouse


@pytest.fixture
def small(
    published_small: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    """A copy of the small installation, in use, for one test to damage."""
    copy = published_small.copy_to(tmp_path / "installation")
    use(monkeypatch, copy)
    return copy


def use(patch: pytest.MonkeyPatch, installation: Installation) -> None:
    """Make the command use an installation until the patch is undone."""
    for name, value in installation.environment.items():
        patch.setenv(name, value)

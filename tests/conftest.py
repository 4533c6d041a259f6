"""Fixtures and rules that hold for every test; what one test file needs stays in that file.

With `CI` set a skip is a failure: CI installs what the tests need, so a skip there hides a hole.
The one exception is `shared_dir` with `PHARE_NO_SHARED=1`, for a CI without the official files.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_MISSING = "shared/ is missing beside the checkout: the official files are not here"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of official files and oracles beside the checkout; skips by name without it."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip(SHARED_MISSING)
    return folder


@pytest.fixture(scope="session")
def require_program() -> Callable[[str, str], Path]:
    """`require_program(name, package)`: the program's path, or a skip naming the Debian package."""

    def find(name: str, package: str) -> Path:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is missing: install the Debian package {package}")
        return Path(found)

    return find


@pytest.fixture(scope="session")
def node_modules(require_program: Callable[[str, str], Path]) -> Path:
    """The programs of `tests/node/package.json`; skips by name when they are not installed."""
    require_program("node", "nodejs")
    folder = REPOSITORY / "tests" / "node" / "node_modules"
    if not folder.is_dir():
        pytest.skip("tests/node/node_modules is missing: run `make test-tools` (needs npm)")
    return folder


@pytest.fixture(scope="session")
def duckdb_1_4() -> Path:
    """A DuckDB of the 1.x series, as most tools still have it; skips by name without it."""
    folder = REPOSITORY / "tests" / "duckdb_1_4" / "packages"
    if not folder.is_dir():
        pytest.skip("tests/duckdb_1_4/packages is missing: run `make test-tools`")
    return folder


@pytest.fixture(scope="module")
def browser(require_program: Callable[[str, str], Path]) -> Iterator[Browser]:
    """A headless Chromium, closed at the end of a file.

    Playwright keeps an event loop running in this thread as long as it is open: Dagster, which
    starts loops of its own, would fail in the files after it.
    """
    from playwright.sync_api import sync_playwright

    program = require_program("chromium", "chromium")
    # Nothing is asked of the network: a page of this project needs none.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=arguments)
        yield found
        found.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a test skipped in CI into a failure that keeps the reason."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a file skipped in CI (`importorskip` and the like) into an error."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or os.environ.get("CI", "") in {"", "0", "false"}:
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if SHARED_MISSING in reason and os.environ.get("PHARE_NO_SHARED") == "1":
        return
    report.outcome = "failed"
    report.longrepr = f"A skip is a failure when CI is set.\n{reason}"

"""The rules of tests/conftest.py itself."""

from __future__ import annotations

from pathlib import Path

import pytest

SKIPS = {
    "program": "def test_it(require_program): require_program('no-such-program', 'no-such-deb')",
    "shared": "def test_it(shared_dir): pass",
    "mark": "@pytest.mark.skip(reason='later')\ndef test_it(): pass",
    "module": "pytest.importorskip('no_such_module')\ndef test_it(): pass",
    "xfail": "@pytest.mark.xfail\ndef test_it(): assert False",
}


@pytest.fixture
def outcomes(pytester: pytest.Pytester, repository: Path, monkeypatch: pytest.MonkeyPatch):
    """Run one of SKIPS below the real conftest.py with the given environment."""

    def run(name: str, **environment: str) -> dict[str, int]:
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        for variable in ("CI", "PHARE_NO_SHARED"):
            monkeypatch.delenv(variable, raising=False)
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        pytester.makeconftest((repository / "tests" / "conftest.py").read_text("utf-8"))
        pytester.makepyfile("import pytest\n" + SKIPS[name])
        return pytester.runpytest_inprocess("-ra").parseoutcomes()

    return run


@pytest.mark.parametrize("name", ["program", "shared", "mark", "module"])
def test_a_skip_stays_a_skip_outside_ci(outcomes, name):
    assert outcomes(name) == {"skipped": 1}


@pytest.mark.parametrize("name", ["program", "shared", "mark"])
def test_a_skip_fails_in_ci(outcomes, name):
    found = outcomes(name, CI="true")
    assert "skipped" not in found
    assert found.get("failed", 0) + found.get("errors", 0) == 1


def test_a_skipped_file_fails_in_ci(outcomes):
    found = outcomes("module", CI="true")
    assert "skipped" not in found
    assert found["errors"] == 1


def test_shared_may_be_declared_absent_in_ci(outcomes):
    assert outcomes("shared", CI="true", PHARE_NO_SHARED="1") == {"skipped": 1}
    assert "skipped" not in outcomes("mark", CI="true", PHARE_NO_SHARED="1")


def test_an_expected_failure_is_no_skip(outcomes):
    assert outcomes("xfail", CI="true") == {"xfailed": 1}


def test_a_missing_program_names_its_package(outcomes, capsys):
    outcomes("program")
    expected = "no-such-program is missing: install the Debian package no-such-deb"
    assert expected in capsys.readouterr().out

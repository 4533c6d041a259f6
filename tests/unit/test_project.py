"""The project's own files: pins, lock, settings, and what must not be in the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

LARGEST_EXTRACT = 1_000_000
LARGEST_RAW = 40_000_000
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[a-z,]+\])?==(?P<version>[^\s;]+)$")
# Written so that no pattern matches its own text.
MACHINE_PATH = r"(^|[^A-Za-z0-9._/-])/(work|root|home|opt|tmp|Users)/[A-Za-z.]"
REGISTRY_ADDRESS = (
    r"pypi[.]org|pythonhosted[.]org|npmjs[.](org|com)|deb[.]debian[.]|index-url[ =]+[^ ]*:"
)


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def lock(repository: Path) -> str:
    return (repository / "requirements.lock").read_text("utf-8")


@pytest.fixture(scope="module")
def locked(lock: str) -> dict[str, str]:
    """Name -> version of every requirement of the lock, extras left out."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]+\])?==([^\s;]+)", lock, flags=re.MULTILINE)
    return {normalised(name): version for name, version in found}


def declared(project: dict[str, Any]) -> list[str]:
    extras = project["project"]["optional-dependencies"].values()
    return [*project["project"]["dependencies"], *(pin for extra in extras for pin in extra)]


def test_every_locked_requirement_is_pinned_and_has_hashes(lock, locked):
    requirements = re.split(r"\n(?=\S)", lock.strip())
    assert len(requirements) == len(locked)
    for requirement in requirements:
        head, *hashes = requirement.replace("\\\n", "\n").split("\n")
        assert re.match(r"[a-z0-9._-]+(\[[a-z,0-9-]+\])?==\S+( ; .+)?\s*$", head), head
        assert hashes, head
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}\s*", line) for line in hashes), (
            head
        )


def test_lock_names_no_address_and_no_path(lock):
    assert "://" not in lock
    assert not re.search(r"^(-|/|\.|#)", lock, flags=re.MULTILINE)


def test_pins_are_exact_and_equal_the_lock(project, locked):
    for requirement in declared(project):
        pin = PIN.match(requirement)
        assert pin, f"not an exact pin: {requirement}"
        assert locked.get(normalised(pin["name"])) == pin["version"], f"`make lock`: {requirement}"


def test_dagster_is_configured_by_the_workspace_alone(project, repository):
    assert "dagster" not in project["tool"], "[tool.dagster] wins over workspace.yaml, silently"
    workspace = yaml.safe_load((repository / "workspace.yaml").read_text("utf-8"))
    location = {
        "module_name": "phare_pipeline.definitions",
        "attribute": "defs",
        "location_name": "phare",
    }
    assert workspace["load_from"] == [{"python_module": location}]


def test_dagster_sends_nothing_and_shows_no_dialog(repository):
    settings = yaml.safe_load((repository / "dagster.yaml").read_text("utf-8"))
    assert settings["telemetry"] == {"enabled": False}
    assert settings["nux"] == {"enabled": False}


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_ADDRESS])
def test_no_tracked_file_names_a_machine_path_or_a_registry(repository, pattern):
    git = shutil.which("git")
    if git is None or not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    search = [git, "grep", "-nIE", "-e", pattern]
    found = subprocess.run(search, cwd=repository, capture_output=True, text=True, check=False)
    assert found.returncode in {0, 1}, found.stderr
    assert found.stdout == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see /ho" + "me/ada/data", True),
        ("/wo" + "rk/main", True),
        ("https://example.org/home/x", False),
        ("a path/to/tmp/x", False),
    ],
)
def test_what_counts_as_a_machine_path(text, expected):
    assert bool(re.search(MACHINE_PATH, text)) is expected


def test_extracts_are_small(repository):
    files = [path for path in (repository / "raw").rglob("*") if path.is_file()]
    sizes = {str(path.relative_to(repository)): path.stat().st_size for path in files}
    assert {path: size for path, size in sizes.items() if size > LARGEST_EXTRACT} == {}
    assert sum(sizes.values()) < LARGEST_RAW

"""What a module depends on, as derived from the code, beside what Python really loads."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from phare_pipeline.state import packages
from phare_pipeline.state.modules import Modules
from phare_pipeline.state.packages import versions_behind
from phare_pipeline.state.snapshot import PACKAGE, Snapshot, started_with

STEPS = "phare_pipeline.steps"
# Imports every module of the package and says which module asked for which others.
LOADED = """
import builtins, importlib, json, pkgutil, sys
asked, original = {}, builtins.__import__
def record(name, globals=None, locals=None, fromlist=(), level=0):
    module = original(name, globals, locals, fromlist, level)
    importer = (globals or {}).get("__name__", "")
    if importer.startswith("phare_pipeline") and name.startswith("phare_pipeline"):
        found = asked.setdefault(importer, set())
        found.add(name)
        found.update(f"{name}.{part}" for part in fromlist or ())
    return module
builtins.__import__ = record
import phare_pipeline
names = [m.name for m in pkgutil.walk_packages(phare_pipeline.__path__, "phare_pipeline.")
         if not m.name.endswith("__main__")]
for name in names:
    importlib.import_module(name)
print(json.dumps({n: sorted(asked.get(n, set()) & sys.modules.keys()) for n in names}))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """Which modules each module has really imported when it was loaded."""
    found = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    return {name: set(asked) for name, asked in json.loads(found.stdout).items()}


def closure_of(name: str, loaded: dict[str, set[str]]) -> set[str]:
    """What importing a module loads, from what was seen to be imported."""
    found, waiting = set[str](), {name}
    while waiting:
        following = waiting.pop()
        found.add(following)
        parts = following.split(".")
        around = {".".join(parts[:n]) for n in range(1, len(parts))}
        waiting |= (loaded.get(following, set()) | around) - found
    return found


@pytest.mark.slow
def test_every_closure_holds_all_that_python_loads(loaded: dict[str, set[str]]) -> None:
    modules = started_with().modules
    assert len(loaded) > 300
    for name in loaded:
        absent = closure_of(name, loaded) - modules.closure(name)
        assert not absent, f"{name} loads {sorted(absent)}"


@pytest.mark.slow
def test_what_only_reads_is_in_no_step(loaded: dict[str, set[str]]) -> None:
    """Editing it can make nothing due: no step loads it, by the code and by what Python does."""
    steps = f"{STEPS}.run"
    for found in (started_with().modules.closure(steps), closure_of(steps, loaded)):
        rooms = {name.split(".")[1] for name in found if "." in name}
        assert rooms.isdisjoint({"explain", "compare", "verify", "cli", "assets"})


def test_the_readers_are_in_few_closures() -> None:
    """The step that reads the sources depends on readers; editions depend on what it wrote."""
    modules = started_with().modules
    reader, exports = "phare_pipeline.sources.rows", "phare_pipeline.survey.exports.reading"
    with_reader = {n for n in modules.names if n.startswith(STEPS) and reader in modules.closure(n)}
    assert f"{STEPS}.staging.source" in with_reader
    parts = [f"edition.{n}" for n in ("core", "scores", "uncertainty", "levels", "survey_tables")]
    for name in (*parts, "release.publish", "documents.reports"):
        assert f"{STEPS}.{name}" not in with_reader
        assert exports not in modules.closure(f"{STEPS}.{name}")


def test_no_step_loads_code_by_a_name_that_is_computed() -> None:
    """What is imported through a text at run time cannot be followed."""
    modules = started_with().modules
    for name in modules.closure(f"{STEPS}.run"):
        text = Path(PACKAGE.parent, *name.split("."))
        path = text / "__init__.py" if text.is_dir() else text.with_suffix(".py")
        code = path.read_text("utf-8")
        assert not any(word in code for word in ("import_module", "__import__", "exec(")), name


BASE = {
    "a": "from p.b import f\n\ndef g():\n    '''Say.'''\n    import p.c.d\n    return f() # why\n",
    "b": "import numpy\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import p.e\n",
    "c__d": "X = 1\n",
    "e": "Y = 1\n",
}


def modules_of(files: dict[str, str], data: dict[str, bytes] | None = None) -> Modules:
    content = {f"{name.replace('__', '/')}.py": text.encode() for name, text in files.items()}
    packages = {"__init__.py": b"", "c/__init__.py": b""}
    return Modules("p", {**packages, **content, **(data or {})})


def test_imports_inside_functions_count_and_those_for_the_type_checker_do_not() -> None:
    assert modules_of(BASE).closure("p.a") == {"p", "p.a", "p.b", "p.c", "p.c.d"}


@pytest.mark.parametrize(
    ("name", "before", "after", "is_changed"),
    [
        ("a", "# why", "# because", False),
        ("a", "'''Say.'''", "'''Tell.'''", False),
        ("a", "return f()", "return f() + 1", True),
        ("c__d", "X = 1", "X = 2", True),
        ("e", "Y = 1", "Y = 2", False),
    ],
)
def test_code_counts_by_what_it_does(name: str, before: str, after: str, is_changed: bool) -> None:
    changed = {**BASE, name: BASE[name].replace(before, after)}
    assert changed != BASE
    one, two = modules_of(BASE), modules_of(changed)
    assert (one.digest_of("p.a") != two.digest_of("p.a")) is is_changed


def test_data_files_of_a_package_that_is_named_count() -> None:
    files = {**BASE, "b": "from importlib.resources import files\nT = files('p.c') / 'page.html'\n"}
    one = modules_of(files, {"c/page.html": b"one", "other.txt": b"one"})
    assert list(one.data_files("p.a")) == ["c/page.html"]
    two = modules_of(files, {"c/page.html": b"two", "other.txt": b"one"})
    three = modules_of(files, {"c/page.html": b"one", "other.txt": b"two"})
    assert one.digest_of("p.a") != two.digest_of("p.a")
    assert one.digest_of("p.a") == three.digest_of("p.a")


def test_relative_imports_are_refused() -> None:
    with pytest.raises(SyntaxError, match="relative"):
        modules_of({"a": "from . import b\n"}).closure("p.a")


def test_versions_are_those_of_what_is_imported_and_of_what_it_needs() -> None:
    found = versions_behind({"pandas"})
    assert {"python", "pandas", "numpy"} <= found.keys()
    assert "dagster" not in found
    assert list(versions_behind(())) == ["python"]


def test_owners_of_what_is_imported_are_those_that_python_knows() -> None:
    modules = started_with().modules
    names = {name for module in modules.names for name in modules.module(module).outside}
    assert {"pandas", "yaml", "dagster"} < names
    known = metadata.packages_distributions()
    for name in names:
        assert packages._owners().get(name, set()) == set(
            map(packages._normal, known.get(name, ()))
        )


def test_a_file_changed_after_the_start_is_named() -> None:
    module = f"{STEPS}.common.audit"
    here = started_with()
    before = dict(here.files)
    assert Snapshot(before, frozenset()).changed(module) == []
    comment = {**before, "steps/common/audit.py": before["steps/common/audit.py"] + b"\n# why\n"}
    assert Snapshot(comment, frozenset()).changed(module) == []
    other = {**before, "steps/common/audit.py": before["steps/common/audit.py"] + b"\nX = 1\n"}
    assert Snapshot(other, frozenset()).changed(module) == [module]
    unread = {**before, "cli/main.py": b"X = 1\n"}
    assert Snapshot(unread, frozenset()).changed(module) == []
    assert Snapshot(before, frozenset({"steps/common/audit.py"})).changed(module) == [module]

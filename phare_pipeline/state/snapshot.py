"""Holds the code as it was when the process began, and tells when it is no longer what lies there.

Digests of code are taken from these bytes only: a file that is edited while a run is on is never
named as what the run has done.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import phare_pipeline
from phare_pipeline.state.modules import CODE, Modules

PACKAGE = Path(phare_pipeline.__file__).resolve().parent


@dataclass(frozen=True)
class Snapshot:
    """The files of the package at one moment.

    Attributes:
        files: content of each file, by its path below the package.
        late: files that were changed after the process began to load the code, so that what runs
            may not be what was read.
    """

    files: Mapping[str, bytes]
    late: frozenset[str]

    @functools.cached_property
    def modules(self) -> Modules:
        """The modules of these files."""
        return Modules(PACKAGE.name, self.files)

    def remember(self, store: Path) -> None:
        """Keep what parsing these files gives, and spare it where it is kept already.

        Not when files are changed meanwhile: what parses may be one of them.
        """
        if not self.late:
            self.modules.remember(store)

    def changed(self, module: str) -> list[str]:
        """Return what of a module's code and data files now does something else than it did.

        A comment or a docstring that is edited changes nothing, nor does code it never loads.

        Args:
            module: dotted name; modules are named by theirs, data files by their path.
        """
        before = self.modules.behaviours(module)
        late = {self.modules.name_of(path) if path.endswith(CODE) else path for path in self.late}
        present = _files()
        if present == self.files:
            return sorted(late & before.keys())
        try:
            after = Modules(PACKAGE.name, present).behaviours(module)
        except (SyntaxError, KeyError) as error:
            return [str(error)]
        names = before.keys() | after.keys()
        differ = {name for name in names if before.get(name) != after.get(name)}
        return sorted(differ | late & before.keys())


@functools.cache
def started_with() -> Snapshot:
    """Return the files of the package as they were when this was first asked: before any work."""
    now = time.time_ns()
    files = _files()
    late = {
        path
        for path in files
        if phare_pipeline.STARTED_NS < (PACKAGE / path).stat().st_mtime_ns <= now
    }
    return Snapshot(files, frozenset(late))


def _files() -> dict[str, bytes]:
    found = sorted(path for path in PACKAGE.rglob("*") if path.is_file())
    return {
        path.relative_to(PACKAGE).as_posix(): path.read_bytes()
        for path in found
        if "__pycache__" not in path.parts
    }


def code_digest(module: str) -> str:
    """Return the sha256 of all code, data files and installed versions behind a module.

    Args:
        module: dotted name; most often `__name__` of the module that makes what is recorded.
    """
    return started_with().modules.digest_of(module)


def code_digests(module: str) -> dict[str, str]:
    """Return the sha256 of what a module depends on in each package of the project, by its name.

    Installed versions are left out: they say nothing of what the project does.
    """
    return started_with().modules.digests_by_package(module)

"""Derives from the code what a module depends on: modules, files of the package, distributions.

A module depends on each module of the project that it imports, at its top or inside a function, and
on the packages around it, whose `__init__` runs first; what is imported for the type checker alone
is never loaded. It reads the data files of the packages that it names in a text, which is how
`importlib.resources` and Jinja find them. Code counts by what it does: comments and docstrings are
left out, so editing them rebuilds nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from phare_pipeline.state.digests import digest
from phare_pipeline.state.packages import versions_behind
from phare_pipeline.state.parsed import Parsed, parse, remembered, sha256_of_bytes

CODE = ".py"
# A dotted name in quotation marks.
_QUOTED = re.compile(rb"[\"']([a-z_0-9]+(?:\.[a-z_0-9]+)*)[\"']")


@dataclass(frozen=True)
class Module:
    """What one file of code imports, reads and does.

    Attributes:
        imports: modules of the project, the packages around them included.
        outside: top-level names of modules of others, the standard library left out.
        data: packages of the project whose data files it reads.
        behaviour: sha256 of its statements.
    """

    imports: frozenset[str]
    outside: frozenset[str]
    data: frozenset[str]
    behaviour: str


class Modules:
    """The modules of a package, from the bytes of its files."""

    def __init__(self, package: str, files: Mapping[str, bytes]) -> None:
        """Take the files of a package by their path below it."""
        self._package = package
        self._files = files
        self._known: Mapping[str, Parsed] = {}
        self._parsed: dict[str, Module] = {}
        self._closures: dict[str, frozenset[str]] = {}
        self._digests: dict[str, str] = {}

    @cached_property
    def _paths(self) -> dict[str, str]:
        """The file of each module, by the module's dotted name."""
        return {self.name_of(path): path for path in self._files if path.endswith(CODE)}

    def remember(self, store: Path) -> None:
        """Spare parsing what was parsed before, as far as a file knows it; see `parsed`."""
        self._known = remembered((self._files[path] for path in self._paths.values()), store)

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted names of all modules."""
        return tuple(sorted(self._paths))

    def module(self, name: str) -> Module:
        """Return what a module imports, reads and does.

        Raises:
            KeyError: the project has no such module.
        """
        if name not in self._parsed:
            self._parsed[name] = self._parse(name)
        return self._parsed[name]

    def closure(self, name: str) -> frozenset[str]:
        """Return a module and all modules that are loaded with it, directly or through others."""
        if name not in self._closures:
            found, waiting = set[str](), [name]
            while waiting:
                following = waiting.pop()
                if following not in found:
                    found.add(following)
                    waiting += self.module(following).imports
            self._closures[name] = frozenset(found)
        return self._closures[name]

    def data_files(self, name: str) -> dict[str, str]:
        """Return the sha256 of each data file that a module's closure reads, by its path."""
        packages = {package for part in self.closure(name) for package in self.module(part).data}
        folders = tuple(self._folder(package) for package in packages)
        return {
            path: sha256_of_bytes(content)
            for path, content in sorted(self._files.items())
            if folders and path.startswith(folders) and not path.endswith(CODE)
        }

    def versions(self, name: str) -> dict[str, str]:
        """Return Python's version and those of the distributions behind a module's closure."""
        parts = map(self.module, self.closure(name))
        return versions_behind({outside for part in parts for outside in part.outside})

    def behaviours(self, name: str) -> dict[str, str]:
        """Return the sha256 of what each module of a closure does, and of each data file."""
        code = {part: self.module(part).behaviour for part in sorted(self.closure(name))}
        return {**code, **self.data_files(name)}

    def digest_of(self, name: str) -> str:
        """Return the sha256 of all that a module depends on, installed versions included."""
        if name not in self._digests:
            depends = {**self.behaviours(name), **self.versions(name)}
            self._digests[name] = digest(*(part for item in depends.items() for part in item))
        return self._digests[name]

    def digests_by_package(self, name: str) -> dict[str, str]:
        """Return the sha256 of what a module depends on, apart for each package of the project."""
        found: dict[str, list[str]] = {}
        for part, sha256 in self.behaviours(name).items():
            place = part if "/" in part else self._paths[part]
            found.setdefault(place.split("/")[0], []).extend((part, sha256))
        return {package: digest(*parts) for package, parts in sorted(found.items())}

    # --- one file ---------------------------------------------------------------------------------
    def name_of(self, path: str) -> str:
        """Return the dotted name of the module that a file holds."""
        parts = [self._package, *path.removesuffix(CODE).split("/")]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def _folder(self, package: str) -> str:
        return "".join(f"{part}/" for part in package.split(".")[1:])

    def _parse(self, name: str) -> Module:
        content = self._files[self._paths[name]]
        parsed = self._known.get(sha256_of_bytes(content)) or parse(content)
        own = {found for found in parsed.named if found in self._paths}
        packages = {".".join(parts[:n]) for f in {*own, name} if (parts := f.split("."))
                    for n in range(1, len(parts))}  # fmt: skip
        roots = {found.split(".")[0] for found in parsed.named}
        texts = {text.decode() for text in _QUOTED.findall(content)}
        return Module(
            imports=frozenset((own | packages) - {name}),
            outside=frozenset(roots - {self._package} - sys.stdlib_module_names),
            data=frozenset(texts & self._paths.keys() - {self._package}),
            behaviour=parsed.behaviour,
        )

"""Says what a step depends on, as hashes: same fingerprint, nothing to do.

Code counts by what it does: comments and docstrings are left out, so editing them rebuilds nothing.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from phare_pipeline.registry.model import Registry
from phare_pipeline.warehouse.files import sha256_of

PACKAGE = Path(__file__).resolve().parent.parent
# What shows, launches or examines the work, and decides no byte of it.
READING = frozenset(
    {
        "__init__.py",
        "__main__.py",
        "assets",
        "cli",
        "compare",
        "definitions.py",
        "explain",
        "verify",
    }
)


def digest(*parts: str) -> str:
    """Return the sha256 of texts, each kept apart from its neighbours."""
    joined = hashlib.sha256()
    for part in parts:
        joined.update(f"{len(part)}:".encode())
        joined.update(part.encode())
    return joined.hexdigest()


def value_digest(value: Any) -> str:
    """Return the sha256 of plain data: dataclasses, dictionaries, sequences, dates, numbers."""
    return digest(json.dumps(value, sort_keys=True, default=_plain, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)


@functools.cache
def code_digest(*modules: str) -> str:
    """Return the sha256 of what modules or packages of the project do.

    Args:
        modules: paths below the package, such as `sources` or `steps/core.py`.
    """
    files = sorted({file for module in modules for file in _files(PACKAGE / module)})
    return digest(*(part for file in files for part in (file.name, _behaviour(file))))


def code_digests() -> dict[str, str]:
    """Return the sha256 of each package that decides what a release holds, by its name."""
    names = sorted({path.relative_to(PACKAGE).parts[0] for path in _files(PACKAGE)})
    return {name: code_digest(name) for name in names if name not in READING}


@functools.cache
def resources_digest(*folders: str) -> str:
    """Return the sha256 of the files of the package that are no code, such as templates."""
    files = sorted(
        file
        for folder in folders
        for file in (PACKAGE / folder).rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    )
    return digest(*(part for file in files for part in (file.name, sha256_of(file))))


def _files(path: Path) -> Iterable[Path]:
    return path.rglob("*.py") if path.is_dir() else (path,)


@functools.cache
def _behaviour(file: Path) -> str:
    """Return the sha256 of what a file does; a file is parsed once, whatever asks for it."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in _statements(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and _has_docstring(node):
            node.body = node.body[1:]
    return digest(ast.dump(tree))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements; expressions, which are most nodes, hold none."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            found = getattr(node, name, ())
            waiting += found if isinstance(found, list) else ()


def _has_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> bool:
    return ast.get_docstring(node, clean=False) is not None


def models_digest(models: Path) -> str:
    """Return the sha256 of the SQL models without their comments and white space."""
    parts: list[str] = []
    for file in sorted((models / "models").rglob("*.sql")):
        text = re.sub(r"--[^\n]*", " ", file.read_text("utf-8"))
        parts += [file.name, " ".join(text.split())]
    return digest(*parts)


def registry_digest(registry: Registry) -> str:
    """Return the sha256 of the registry's content, wherever its rows stand in their files."""
    tables = {f.name: getattr(registry, f.name) for f in dataclasses.fields(registry)}
    tables["goalposts"] = sorted(map(_without_line, registry.goalposts.values()), key=str)
    for name in ("measures", "indicators"):
        tables[name] = [_without_line(row) for row in tables[name].values()]
    return value_digest(tables)


def _without_line(row: Any) -> dict[str, Any]:
    return {f.name: getattr(row, f.name) for f in dataclasses.fields(row) if f.name != "line"}

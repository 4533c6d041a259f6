"""Parses a file of code: what it asks to be imported and what it does; remembers it by its bytes.

What was found is kept in a file; where it cannot be written, all is parsed again. How modules
depend on each other belongs in `modules`.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.errors import PhareError
from phare_pipeline.state.digests import digest
from phare_pipeline.warehouse.files import write_bytes_atomic


@dataclass(frozen=True)
class Parsed:
    """What is in one file of code.

    Attributes:
        named: dotted names that its import statements may load.
        behaviour: sha256 of its statements, without comments and docstrings.
    """

    named: tuple[str, ...]
    behaviour: str


def sha256_of_bytes(content: bytes) -> str:
    """Return the sha256 of the bytes of a file."""
    return hashlib.sha256(content).hexdigest()


def parse(content: bytes) -> Parsed:
    """Parse a file of code.

    Raises:
        SyntaxError: it is no code, or it imports relative to where it stands.
    """
    tree = ast.parse(content)
    named = {found for node in _executed(tree) for found in _imported(node)}
    return Parsed(tuple(sorted(named)), _behaviour(tree))


def remembered(contents: Iterable[bytes], store: Path) -> Mapping[str, Parsed]:
    """Return what is in files of code by the sha256 of their bytes; only new ones are parsed.

    A file that cannot be parsed is left out: it is refused when somebody needs it.

    Args:
        contents: the files.
        store: where it is kept what was found.
    """
    by_hash = {sha256_of_bytes(content): content for content in contents}
    before = _recall(store)
    found = {sha256: before[sha256] for sha256 in by_hash if sha256 in before}
    for sha256 in by_hash.keys() - found.keys():
        with suppress(SyntaxError):
            found[sha256] = parse(by_hash[sha256])
    if found.keys() - before.keys():
        with suppress(OSError, PhareError):
            _keep(found, store)
    return found


# --- what is kept -----------------------------------------------------------------------------
def _parser() -> str:
    """Return the hash of what decides the outcome of parsing: this file and Python."""
    return digest(sys.version, sha256_of_bytes(Path(__file__).read_bytes()))


def _recall(store: Path) -> dict[str, Parsed]:
    try:
        kept = json.loads(store.read_bytes())
        if kept["parser"] != _parser():
            return {}
        return {sha256: Parsed(tuple(named), does) for sha256, (named, does) in kept["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _keep(found: Mapping[str, Parsed], store: Path) -> None:
    files = [(sha256, dataclasses.astuple(parsed)) for sha256, parsed in sorted(found.items())]
    write_bytes_atomic(store, json.dumps({"parser": _parser(), "files": files}).encode())


# --- what a file does -------------------------------------------------------------------------
def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the import statements that run, wherever they stand."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (found for other in node.orelse for found in _executed(other))
        elif isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _executed(node)


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield the names that an import statement may load: modules, and what may be modules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        if node.module is None or node.level:
            raise SyntaxError(f"line {node.lineno}: an import that is relative cannot be followed")
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _behaviour(tree: ast.Module) -> str:
    """Return the sha256 of what a module does; its docstrings are taken out of the tree."""
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

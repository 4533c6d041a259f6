"""Says which installed distributions stand behind the modules that code imports, with versions."""

from __future__ import annotations

import functools
import platform
import re
from collections.abc import Iterable, Mapping
from importlib import metadata

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def versions_behind(imported: Iterable[str]) -> dict[str, str]:
    """Return the version of each distribution that some imports load, and of Python.

    Args:
        imported: top-level names of modules; those of the standard library count as Python.

    Returns:
        versions by the normalised name of the distribution; what a distribution requires is in it
        as well, because it computes too (numpy behind pandas).
    """
    owners = _owners()
    waiting = {owner for name in imported for owner in owners.get(name, ())}
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name in found or name not in _installed():
            continue
        found[name] = _version(name)
        waiting |= _required(name)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return {"python": python, **dict(sorted(found.items()))}


@functools.cache
def _installed() -> Mapping[str, metadata.Distribution]:
    return {_normal(found.metadata["Name"]): found for found in metadata.distributions()}


@functools.cache
def _version(name: str) -> str:
    """Return the version of a distribution, which parses all of its metadata."""
    return _installed()[name].version


@functools.cache
def _owners() -> dict[str, set[str]]:
    """Return the distributions of each top-level name, as metadata does, ten times as fast."""
    owners: dict[str, set[str]] = {}
    for owner, found in _installed().items():
        for name in _top_level(found):
            owners.setdefault(name, set()).add(owner)
    return owners


def _top_level(found: metadata.Distribution) -> set[str]:
    """Return the names that a distribution says, or else those of its files of code."""
    if said := found.read_text("top_level.txt"):
        return set(said.split())
    lines = (found.read_text("RECORD") or "").splitlines()
    paths = [line.partition(",")[0].partition("/") for line in lines if ".py," in line]
    return {first.removesuffix(".py") for first, _, _ in paths}


@functools.cache
def _required(name: str) -> frozenset[str]:
    """Return what a distribution requires always; extras are required by whoever asks for them."""
    lines = _installed()[name].requires or ()
    always = (line for line in lines if "extra ==" not in line)
    return frozenset(_normal(match[0]) for line in always if (match := _NAME.match(line)))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

"""Reads one table of options key by key and refuses unknown keys; no meaning of options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from phare_pipeline.errors import SourceError

T = TypeVar("T")
_KINDS = {str: "a text", int: "a whole number", bool: "true or false", dict: "a table"}
_KINDS[list] = "a list"


class Options:
    """A table of `raw/sources.toml`; `where` names it in messages.

    Every getter marks its key as known; `finish` refuses the others and suggests near names.
    """

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = values
        self._known: list[str] = []
        self.where = where

    def get(self, key: str, kind: type[T]) -> T | None:
        """Return the value of a key, None when it is not given."""
        self._known.append(key)
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(key, repr(value), _KINDS[kind])
        return value

    def need(self, key: str, kind: type[T]) -> T:
        """Return the value of a key that must be given."""
        value = self.get(key, kind)
        if value is None:
            raise self.error(key, "nothing", _KINDS[kind])
        return value

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts."""
        return self._list(key, str)

    def numbers(self, key: str) -> tuple[int, ...] | None:
        """Return a list of whole numbers."""
        return self._list(key, int)

    def _list(self, key: str, kind: type[T]) -> tuple[T, ...] | None:
        values = self.get(key, list)
        if values is None:
            return None
        if not all(isinstance(v, kind) and not isinstance(v, bool) for v in values):
            raise self.error(key, repr(values), f"a list, each {_KINDS[kind]}")
        return tuple(values)

    def table(self, key: str) -> Options:
        """Return a table below this one, an empty one when it is not given."""
        return Options(self.get(key, dict) or {}, f"{self.where}.{key}")

    def tables(self, key: str) -> tuple[Options, ...]:
        """Return a list of tables, an empty one when it is not given."""
        values = self.get(key, list) or []
        if not all(isinstance(v, dict) for v in values):
            raise self.error(key, repr(values), "a list of tables")
        return tuple(Options(v, f"{self.where}.{key}[{i}]") for i, v in enumerate(values))

    def text_map(self, key: str) -> dict[str, str]:
        """Return a table whose values are all texts."""
        values = self.get(key, dict) or {}
        if not all(isinstance(v, str) for v in values.values()):
            raise self.error(key, repr(values), "a table of texts")
        return dict(values)

    def pattern(self, key: str) -> re.Pattern[str] | None:
        """Return a regular expression."""
        text = self.get(key, str)
        return None if text is None else self.compile(key, text)

    def compile(self, key: str, text: str) -> re.Pattern[str]:
        """Compile a regular expression that stands under a key."""
        try:
            return re.compile(text)
        except re.error as error:
            raise self.error(key, repr(text), f"a regular expression ({error})") from error

    def choice(self, key: str, choices: frozenset[str], default: str) -> str:
        """Return a text that must be one of a few."""
        value = self.get(key, str)
        if value is None:
            return default
        if value not in choices:
            raise self.error(key, repr(value), "one of " + ", ".join(sorted(choices)))
        return value

    def finish(self) -> None:
        """Refuse keys that no getter asked for.

        Raises:
            SourceError: with the unknown key and the nearest known one.
        """
        for key in self._values:
            if key not in self._known:
                near = get_close_matches(key, self._known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else None
                raise SourceError(
                    f"Unknown key {key!r}",
                    where=self.where,
                    found=repr(key),
                    expected=", ".join(sorted(set(self._known))),
                    action=hint,
                )

    def error(self, key: str, found: str, expected: str) -> SourceError:
        """Make the error of a wrong key, for the caller to raise."""
        return SourceError(
            f"The key {key!r} is wrong", where=self.where, found=found, expected=expected
        )

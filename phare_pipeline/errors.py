"""Errors that say what, where, found, expected and what to do next; nothing else belongs here.

All of them are permanent: the same input gives the same error, so nobody retries them.
"""

from __future__ import annotations


class PhareError(Exception):
    """An error written for the person who has to act on it.

    `what` is one sentence; the other parts are printed on lines of their own when given.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        found: str | None = None,
        expected: str | None = None,
        action: str | None = None,
    ) -> None:
        self.what = what
        self.where = where
        self.found = found
        self.expected = expected
        self.action = action
        super().__init__(self.text())

    def text(self) -> str:
        """Return the message, one part a line."""
        parts = [
            ("where", self.where),
            ("found", self.found),
            ("expected", self.expected),
            ("do", self.action),
        ]
        lines = [f"  {name}: {value}" for name, value in parts if value is not None]
        return "\n".join([self.what, *lines])

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by parts: an exception with keyword arguments does not survive otherwise."""
        state = dict(self.__dict__)
        return (_rebuild, (type(self), state))


def _rebuild(kind: type[PhareError], state: dict[str, str | None]) -> PhareError:
    return kind(
        state["what"] or "",
        where=state["where"],
        found=state["found"],
        expected=state["expected"],
        action=state["action"],
    )


class RegistryError(PhareError):
    """A row of the registry is wrong or contradicts another."""


class SourceError(PhareError):
    """A raw file is missing, changed, unreadable or holds what it must not."""


class ContractError(PhareError):
    """A table does not keep its declared columns, types, bounds or key."""


class SqlError(PhareError):
    """An SQL model is malformed, uses what is not allowed, or fails."""


class ReleaseError(PhareError):
    """A release cannot be assembled, verified or switched."""

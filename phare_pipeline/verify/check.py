"""What a check of a release says: verified, failed, or not verified and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MAX_DETAILS = 20


class Outcome(StrEnum):
    """How a check ended."""

    VERIFIED = "verified"
    FAILED = "failed"
    NOT_VERIFIED = "not verified"


@dataclass(frozen=True)
class Check:
    """One check of a release.

    Attributes:
        name: what is checked.
        outcome: how it ended.
        what: what was compared, with counts; or why it was not.
        details: what is wrong, the first of it, each in one line.
    """

    name: str
    outcome: Outcome
    what: str
    details: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return asdict(self)


def checked(name: str, what: str, wrong: Sequence[str]) -> Check:
    """Return a check that failed when something is wrong."""
    outcome = Outcome.FAILED if wrong else Outcome.VERIFIED
    hidden = len(wrong) - MAX_DETAILS
    more = (f"and {hidden} more",) if hidden > 0 else ()
    return Check(name, outcome, what, (*wrong[:MAX_DETAILS], *more))


def exit_code(checks: Iterable[Check]) -> int:
    """Return 1 when a check failed, 3 when one could not be made, else 0."""
    outcomes = {check.outcome for check in checks}
    if Outcome.FAILED in outcomes:
        return 1
    return 3 if Outcome.NOT_VERIFIED in outcomes else 0

"""What a kind of damage is and what may become of it; the kinds are in their families."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SEED = 2016

Change = Callable[[Path, random.Random], None]
"""Damages what lies in a folder; a family says what that is."""


class Outcome(StrEnum):
    """What becomes of a damage."""

    REFUSED = "refused"
    FLAGGED = "flagged"
    UNCHANGED = "unchanged"
    SILENT = "not detected"


@dataclass(frozen=True)
class Kind:
    """A kind of damage.

    Attributes:
        name: what is done.
        where: the source, registry table or survey file it is done to.
        change: does it.
        expected: what must become of it.
        note: for what cannot be detected: why, and what shows it nevertheless.
    """

    name: str
    where: str
    change: Change
    expected: Outcome
    note: str = ""

    @property
    def chance(self) -> random.Random:
        """The chance of the kind: the same damage at every run, whatever other kinds there are."""
        return random.Random(f"{SEED} {self.name}")


Judgement = tuple[Outcome, str]
"""The outcome, and the message or the published reason."""

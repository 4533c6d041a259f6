"""The tree that explains a figure: what it is, its number, and what it was made of.

It is plain data: how it is printed belongs in `render`, how it is found in each kind's module.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from phare_pipeline.french import MINUS, NARROW, NOT_AVAILABLE

CERTAIN_DIGITS = 15
RELATIVE_TOLERANCE = 1e-12
# Below it a number is what rounding has left of nothing, and is written 0.
NOTHING = 1e-12


@dataclass(frozen=True)
class Step:
    """One step on the way from a published figure to the cells of its sources.

    Attributes:
        label: what it is, in French.
        value: its number as it is printed, empty when it has none.
        number: the number itself, None when it is missing or there is none.
        formula: how the number follows from its parts, with their numbers.
        facts: what else is to be known: name and text.
        parts: what it was made of.
        reference: by which it can be explained on its own.
    """

    label: str
    value: str = ""
    number: float | None = None
    formula: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[Step, ...] = ()
    reference: str = ""

    def walk(self) -> Iterator[Step]:
        """Yield the step and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


CELLS_FR = "les cellules des sources"
NOTES_FR = "les notes publiées"


@dataclass(frozen=True)
class Explanation:
    """A figure with its tree.

    Attributes:
        release_id: the release that it is published in.
        root: the tree; its root is the figure as it is published.
        recomputed: the number that follows from `basis`.
        basis: from what it is recomputed, in French; the tree goes on from there to the cells, and
            each step of it can be explained in the same way.
        draws: how the number was drawn at random, with its seed; it is then recomputed by the same
            draws. Empty when nothing is.
        unverified: why the number is not recomputed here, empty when it is.

    Most figures are recomputed in another way than they were made. Average ranks, the agreement of
    actors and the errors and tests of surveys are made again by the same functions.
    """

    release_id: str
    root: Step
    recomputed: float | None
    basis: str = CELLS_FR
    draws: str = ""
    unverified: str = ""

    @property
    def reference(self) -> str:
        """The figure's short reference."""
        return self.root.reference

    @property
    def title(self) -> str:
        """What the figure is, in French."""
        return self.root.label

    @property
    def printed(self) -> str:
        """How reports print it."""
        return self.root.value

    @property
    def published(self) -> float | None:
        """The number in the release, None when it is missing."""
        return self.root.number

    @property
    def is_equal(self) -> bool | None:
        """Tell whether the published number follows from its basis; None if that was not tried."""
        if self.unverified:
            return None
        return is_equal(self.published, self.recomputed)

    def as_data(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return {
            "reference": self.reference,
            "title": self.title,
            "printed": self.printed,
            "published": self.published,
            **asdict(self),
            "is_equal": self.is_equal,
        }


def is_equal(published: float | None, recomputed: float | None) -> bool:
    """Tell whether two numbers differ by no more than the rounding of sums in another order."""
    if published is None or recomputed is None:
        return published is recomputed
    return math.isclose(
        published, recomputed, rel_tol=RELATIVE_TOLERANCE, abs_tol=RELATIVE_TOLERANCE
    )


def plain(value: float | None) -> str:
    """Write a number with all its certain digits: `3 012 540`, `0,084 5`, `n. d.`."""
    if value is None or math.isnan(value):
        return NOT_AVAILABLE
    if abs(value) < NOTHING:
        return "0"
    exact = Decimal(f"{value:.{CERTAIN_DIGITS}g}").normalize()
    whole, _, decimals = f"{abs(exact):f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", NARROW)
    return f"{MINUS if exact < 0 else ''}{grouped}{',' if decimals else ''}{decimals}"


def absent(value: float | None) -> float | None:
    """Return None for what is not a number."""
    return None if value is None or math.isnan(value) else float(value)

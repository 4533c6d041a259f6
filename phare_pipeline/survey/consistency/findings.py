"""What a rule says when it finds something, and how numbers are written in it; no rule is here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from phare_pipeline.survey.published.study import PublishedStudy


class Severity(StrEnum):
    """How grave a fault is.

    HIGH: a figure is wrong or means something else. MEDIUM: it cannot be used as it stands. LOW: it
    can be misread. INFO: it looks odd and is explained, by rounding for instance.
    """

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


ORDER = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Place:
    """Where something is printed: page of the report, file below `raw/surveys/`, line, print."""

    slide: int | None
    file: str
    line: int | None
    printed: str


@dataclass(frozen=True)
class Finding:
    """One fault.

    Attributes:
        rule_id: the rule that found it.
        subject: question, item or figure that it is about, by id.
        message_fr: what is wrong, with the values.
        action_fr: what to do.
        places: where it shows, the first being the figure at fault where one is known.
    """

    rule_id: str
    severity: Severity
    subject: str
    message_fr: str
    action_fr: str
    places: tuple[Place, ...]

    @property
    def slides(self) -> tuple[int, ...]:
        """The pages on which it shows, in order."""
        return tuple(sorted({place.slide for place in self.places if place.slide is not None}))


@dataclass(frozen=True)
class Rule:
    """A general statement about reports and the function that finds where it does not hold."""

    rule_id: str
    title_fr: str
    find: Callable[[PublishedStudy], Iterator[Finding]]


class Printed(Protocol):
    """A line of a published table."""

    @property
    def slide(self) -> int:
        """Page of the report."""

    @property
    def file(self) -> str:
        """Path below `raw/surveys/`."""

    @property
    def line(self) -> int:
        """Line of the file."""

    @property
    def value_printed(self) -> str:
        """The figure as printed."""


def place_of(printed: Printed) -> Place:
    """Return where a figure is printed."""
    return Place(printed.slide, printed.file, printed.line, printed.value_printed)


def places_of(figures: Iterable[Printed]) -> tuple[Place, ...]:
    """Return where figures are printed, in their order."""
    return tuple(place_of(figure) for figure in figures)


def number_fr(value: float, decimals: int | None = None) -> str:
    """Write a number as French readers do: 12 345,6; without a decimal when it is whole."""
    if decimals is None:
        decimals = 0 if float(value).is_integer() else 1
    text = f"{value:,.{decimals}f}"
    return text.replace(",", "\u202f").replace(".", ",").replace("-", "−")


def count_fr(count: int, noun: str) -> str:
    """Write a count with its noun: "1 chiffre", "12 chiffres"."""
    return f"{number_fr(count)} {noun}{'s' if count > 1 else ''}"


def pages_fr(slides: Iterable[int]) -> str:
    """Write page numbers: "page 12", "pages 12, 14"."""
    ordered = sorted(set(slides))
    return f"page{'s' if len(ordered) > 1 else ''} {', '.join(map(str, ordered))}"

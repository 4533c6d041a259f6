"""Turns the cell of a figure into value and status; territories and periods are read elsewhere.

A text that is neither a number nor a declared marker is not read: the caller rejects it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import StrEnum

from phare_pipeline.sources.cells import Cell, cell_text, clean


class Status(StrEnum):
    """What is known of a figure."""

    OBSERVED = "observed"
    ESTIMATED = "estimated"
    PROVISIONAL = "provisional"
    NOT_AVAILABLE = "not_available"
    CONFIDENTIAL = "confidential"
    NOT_APPLICABLE = "not_applicable"


SKIP = "skip"
"""As the meaning of a marker in `missing`: such a cell makes no row at all."""

ZERO = "zero"
"""As the meaning of a marker in `missing`: such a cell is the observed figure 0."""

UNREADABLE = "unreadable"
"""The status of a cell that is no figure and no marker; it never leaves this package."""

DEFAULT_MISSING: Mapping[str, str] = {
    "": Status.NOT_AVAILABLE,
    "nd": Status.NOT_AVAILABLE,
    "n.d": Status.NOT_AVAILABLE,
    "n.d.": Status.NOT_AVAILABLE,
    "ND": Status.NOT_AVAILABLE,
    "(O)": Status.NOT_AVAILABLE,
    "N/A": Status.NOT_AVAILABLE,
    "NA": Status.NOT_AVAILABLE,
    "-": Status.NOT_AVAILABLE,
    "s": Status.CONFIDENTIAL,
    "s.s": Status.CONFIDENTIAL,
    "c": Status.CONFIDENTIAL,
}

DECIMALS = frozenset({",", ".", "mixed"})

_OBSERVED = Status.OBSERVED.value
_MARKS = {",": ",", ".": ".", "mixed": ",."}
_NOT_FINITE = re.compile(r"[+-]?(inf(inity)?|∞|nan)|#.*[!?]|#N/A", re.IGNORECASE)
_SIGNS = str.maketrans({"−": "-", "\u202f": " ", "\u2009": " ", "\u00a0": " "})


class ValueReader:
    """Reads cells under one source's decimal mark, markers of missing figures, and flags.

    Args:
        decimal: `,` or `.`, or `mixed` when a file uses both (then `1.234` is 1.234).
        missing: marker -> status, added to `DEFAULT_MISSING`; `skip` drops the cell,
            `zero` reads it as 0.
        thousands: `.` or `,` where the source puts one between thousands, as in 1.257.300.
        flags: marker glued to a figure -> status of that figure (`observed` just strips it).
    """

    def __init__(
        self,
        decimal: str = ",",
        missing: Mapping[str, str] = {},
        flags: Mapping[str, str] = {},
        thousands: str = "",
    ) -> None:
        self._missing = {clean(k): str(v) for k, v in {**DEFAULT_MISSING, **missing}.items()}
        self._flags = sorted(flags.items(), key=lambda item: (-len(item[0]), item[0]))
        marks = re.escape(_MARKS[decimal])
        between = f"[ {re.escape(thousands)}]"
        self._thousands = thousands
        self._number = re.compile(
            rf"[+-]?(?:(?:[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+)(?:[{marks}][0-9]*)?|[{marks}][0-9]+)"
            r"(?:[eE][+-]?[0-9]+)?"
        )
        self._cache: dict[str, tuple[float | None, str]] = {}

    def read(self, cell: Cell) -> tuple[float | None, str]:
        """Return value and status; the status is `unreadable` or `skip` where there is no row."""
        if isinstance(cell, str):
            text = cell
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            value = float(cell)
            return (value, _OBSERVED) if math.isfinite(value) else (None, UNREADABLE)
        else:
            text = cell_text(cell)
        found = self._cache.get(text)
        if found is None:
            found = self._cache[text] = self._read_text(text)
        return found

    def split_flag(self, text: str) -> tuple[str, str]:
        """Cut a flag off the end of a text; the status is `observed` when there is none."""
        for marker, status in self._flags:
            if text.endswith(marker):
                return text[: -len(marker)].rstrip(), str(status)
        return text, _OBSERVED

    def _read_text(self, raw: str) -> tuple[float | None, str]:
        text = clean(raw)
        if text in self._missing:
            status = self._missing[text]
            return (0.0, _OBSERVED) if status == ZERO else (None, status)
        value = self._number_of(text)
        if value is not None:
            return value, _OBSERVED
        bare, status = self.split_flag(text)
        if bare != text:
            value = self._number_of(bare)
            if value is not None:
                return value, status
        return None, UNREADABLE

    def _number_of(self, text: str) -> float | None:
        text = text.translate(_SIGNS)
        if not self._number.fullmatch(text):
            return None
        if self._thousands:
            text = text.replace(self._thousands, "")
        value = float(text.replace(" ", "").replace(",", "."))
        return value if math.isfinite(value) else None


def why_unreadable(raw_text: str) -> tuple[str, str]:
    """Return the rule that an unreadable text breaks, and what was expected instead."""
    text = clean(raw_text)
    try:
        is_overflow = math.isinf(float(text.replace(",", ".")))
    except ValueError:
        is_overflow = False
    if is_overflow or _NOT_FINITE.fullmatch(text):
        return "not_finite", "a finite number"
    return "text_in_value", "a number, or a marker declared in `missing` or `flags`"

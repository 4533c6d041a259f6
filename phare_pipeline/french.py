"""Writes numbers, units, ranks, dates and lists as French readers expect them; nothing else.

Everything that prints for readers goes through here, so that a figure looks the same in a chart, a
report and a table. No figure is computed here, and nothing missing is written as a number: callers
write `NOT_AVAILABLE` with the reason beside it.

Source of the conventions: Insee and Imprimerie nationale, *Lexique des règles typographiques*.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import SupportsIndex

NARROW = "\u202f"
"""Narrow no-break space: between thousands, before « % » and before « ; », « ! », « ? »."""
NO_BREAK = "\u00a0"
"""No-break space: before a unit, « : » and inside « »."""
MINUS = "\u2212"
NOT_AVAILABLE = f"n.{NO_BREAK}d."

Number = SupportsIndex | float | Decimal

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

_NARROW_UNITS = frozenset({"%", "‰"})
_PLURALS = {"point": "points"}
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)")
_NARROW_BEFORE = re.compile(r" (?=[%‰;!?])")
_NO_BREAK_BESIDE = re.compile(r" (?=[:»])|(?<=«) ")
# A float carries 15 digits for certain; the 16th and 17th differ with the order of a sum.
_CERTAIN_DIGITS = 15


def rounded(value: Number, decimals: int = 0) -> Decimal:
    """Round half away from zero, from the decimal number that the value stands for.

    A float stands for its 15 certain digits: 2.675 is 2.675 and not the 2.67499999999999982 of
    the machine, and two sums that differ in their last bit print alike.

    Args:
        value: finite.
        decimals: digits after the comma; negative ones round to tens, hundreds …

    Raises:
        ValueError: NaN or ±inf, which no reader may meet as a number.
    """
    exact = _exact(value)
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + Decimal(0)


def number(value: Number, decimals: int = 0, *, is_signed: bool = False) -> str:
    """Write a number: `12 345,6` with narrow spaces, decimal comma and a true minus sign.

    Args:
        value: finite; rounded half up (see `rounded`).
        decimals: digits after the comma, all of them written.
        is_signed: write `+` before a positive number; what rounds to zero has no sign.

    Raises:
        ValueError: NaN or ±inf.
    """
    exact = rounded(value, decimals)
    text = f"{abs(exact):,.{max(decimals, 0)}f}".replace(",", NARROW).replace(".", ",")
    if exact < 0:
        return MINUS + text
    return f"+{text}" if is_signed and exact > 0 else text


def quantity(value: Number, unit: str, decimals: int = 0, *, is_signed: bool = False) -> str:
    """Write a number with its unit: `12,4 %`, `14 680 €`, `+0,7 point`, `2 points`.

    `point(s)` takes the plural from 2 on, as French does; other units stay as they are given.
    """
    return with_unit(number(value, decimals, is_signed=is_signed), unit, rounded(value, decimals))


def with_unit(written: str, unit: str, value: Number) -> str:
    """Put a unit behind an already written number; an empty unit adds nothing."""
    if not unit:
        return written
    singular = next((s for s, p in _PLURALS.items() if unit in {s, p}), None)
    if singular is not None:
        unit = plural(value, singular, _PLURALS[singular])
    space = NARROW if unit in _NARROW_UNITS else NO_BREAK
    return f"{written}{space}{typographic(unit)}"


def interval(low: Number, high: Number, unit: str = "", decimals: int = 0) -> str:
    """Write a range with its unit once: `11,9 à 13,1 %`; one number when both print alike."""
    written = number(low, decimals), number(high, decimals)
    text = written[0] if written[0] == written[1] else f"{written[0]} à {written[1]}"
    largest = max(abs(rounded(low, decimals)), abs(rounded(high, decimals)))
    return with_unit(text, unit, largest)


def plural(count: Number, singular: str, several: str | None = None) -> str:
    """Choose between two forms: the plural begins at 2 (1,9 point, 2 points).

    Args:
        count: the number that stands before the word; its sign does not matter.
        singular: the word for less than 2.
        several: the word from 2 on; by default the first with an `s`.
    """
    return singular if abs(_exact(count)) < 2 else (several or f"{singular}s")


def counted(count: int, singular: str, several: str | None = None) -> str:
    """Write a count with its word: `1 région`, `13 régions`."""
    return f"{number(count)}{NO_BREAK}{plural(count, singular, several)}"


def ordinal(position: int, *, is_feminine: bool = False) -> str:
    """Write a rank: `1er` (or `1re`), `2e`, `13e`. Raises ValueError below 1."""
    if position < 1:
        raise ValueError(f"found rank {position}, expected 1 or more")
    if position == 1:
        return "1re" if is_feminine else "1er"
    return f"{number(position)}e"


def rank(position: int, of: int) -> str:
    """Write a rank with the number of places it is among: `2e sur 13`."""
    return f"{ordinal(position)} sur{NO_BREAK}{number(of)}"


def rank_range(best: int, worst: int) -> str:
    """Write a range of ranks: `1er à 4e`; one rank when both are the same."""
    if best == worst:
        return ordinal(best)
    return f"{ordinal(best)} à{NO_BREAK}{ordinal(worst)}"


def day(date: dt.date) -> str:
    """Write a date: `1er janvier 2016`, `31 décembre 2014`."""
    first = "1er" if date.day == 1 else str(date.day)
    return f"{first}{NO_BREAK}{MONTHS[date.month - 1]} {date.year}"


def period(text: str) -> str:
    """Write a staged period: `2014`, `2014-T4` as `4e trimestre 2014`, `2014-M03` as `mars 2014`.

    Raises:
        ValueError: not a period of the pipeline.
    """
    match = re.fullmatch(r"(\d{4})(?:-T([1-4])|-M(0[1-9]|1[0-2]))?", text)
    if match is None:
        raise ValueError(f"found period {text!r}, expected 2014, 2014-T4 or 2014-M12")
    year, quarter, month = match.groups()
    if quarter:
        return f"{ordinal(int(quarter))} trimestre {year}"
    return f"{MONTHS[int(month) - 1]} {year}" if month else year


def listing(items: Sequence[str], last: str = "et") -> str:
    """Join names as a sentence does: `a`, `a et b`, `a, b et c`; empty for none."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


@lru_cache(maxsize=20_000)
def typographic(text: str) -> str:
    """Give a label its French typography: ’ for ', no-break spaces where a line must not break.

    Only spaces that are there are changed; a text that is already right stays as it is. The labels
    of the registry stand in every report, so what was written is kept.
    """
    text = _APOSTROPHE.sub("’", text)
    text = _THOUSANDS.sub(lambda m: m[0].replace(" ", NARROW), text)
    text = _NARROW_BEFORE.sub(NARROW, text)
    return _NO_BREAK_BESIDE.sub(NO_BREAK, text)


def capitalised(text: str) -> str:
    """Write the first letter as a capital and leave the rest alone."""
    return text[:1].upper() + text[1:]


def _exact(value: Number) -> Decimal:
    # Floats first: asking whether a value is an index takes as long as all the rest.
    if isinstance(value, float):
        exact = Decimal(f"{value:.{_CERTAIN_DIGITS}g}")
    elif isinstance(value, Decimal):
        exact = value
    else:
        exact = Decimal(operator.index(value))
    if not exact.is_finite():
        raise ValueError(f"found {value}, expected a finite number: what is missing has a reason")
    return exact

"""How exactly a printed number says what it says: the interval of all that would print like it.

Reading numbers of official files is in `sources`; a number that is not well formed has no interval.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SPACES = " \u202f\u00a0"
_NUMBER = re.compile(
    rf"(?P<sign>[+−-])?[{SPACES}]*(?P<whole>[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+|[0-9]+)"
    rf"(?:[,.](?P<decimals>[0-9]+))?"
)
MULTIPLIERS = {"k": 1e3, "m": 1e6, "md": 1e9}
_APPROXIMATE = ("~", "≈", "environ", "plus de", "près de")


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`, both included; the unrounded number is one of them."""

    low: float
    high: float

    def __add__(self, other: Interval) -> Interval:
        """Return the interval of the sum."""
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        """Return the interval of the difference."""
        return Interval(self.low - other.high, self.high - other.low)

    def __truediv__(self, other: Interval) -> Interval:
        """Return the interval of the quotient of positive numbers.

        Raises:
            ZeroDivisionError: the divisor may be 0.
        """
        if other.low <= 0:
            raise ZeroDivisionError("the divisor may be 0")
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def times(self, factor: float) -> Interval:
        """Return the interval multiplied by a number."""
        ends = (self.low * factor, self.high * factor)
        return Interval(min(ends), max(ends))

    def widened(self, share: float) -> Interval:
        """Return the interval with a share of its ends added on both sides."""
        return Interval(self.low - abs(self.low) * share, self.high + abs(self.high) * share)

    def meets(self, other: Interval) -> bool:
        """Tell whether one number can be in both."""
        return self.low <= other.high + _NOISE and other.low <= self.high + _NOISE


_NOISE = 1e-9


def half_unit(printed: str) -> float:
    """Return half a unit of the last digit of a number as printed: 0.5 for 17 %, 0.05 for 7,3."""
    match = _NUMBER.search(printed)
    decimals = "" if match is None else match["decimals"] or ""
    return float(0.5 * 10.0 ** -len(decimals))


def around(value: float, printed: str) -> Interval:
    """Return the numbers that print as `printed`, whose last digit has the unit of `value`."""
    half = half_unit(printed)
    return Interval(value - half, value + half)


@dataclass(frozen=True)
class PrintedNumber:
    """A number as printed, with its multiplier applied: "2,7 M" is 2 700 000 ± 50 000."""

    value: float
    interval: Interval


def read_printed(printed: str) -> PrintedNumber | None:
    """Read the one number of a printed cell: signs, spaces between thousands, M, Md, K, ~.

    Returns:
        None when the cell does not hold exactly one well-formed number ("?", "2424 408", "3 1 969",
        "27;092").
    """
    text = printed.strip().lower().removeprefix("(").removesuffix(")").strip()
    is_approximate = text.startswith(_APPROXIMATE)
    for word in _APPROXIMATE:
        text = text.removeprefix(word).strip()
    match = _NUMBER.match(text)
    if match is None:
        return None
    rest = text[match.end() :].strip(SPACES)
    unit = re.match(r"(md|[mk])(?![a-z])", rest) or re.match(r"(md|m|k)(?=€)", rest)
    if re.search(r"[0-9;?]", rest.replace("km²", "").replace("co2", "")):
        return None
    factor = 1.0 if unit is None else MULTIPLIERS[unit[1]]
    digits = re.sub(rf"[{SPACES}]", "", match["whole"])
    decimals = match["decimals"] or ""
    value = float(f"{digits}.{decimals or 0}") * (-1.0 if match["sign"] in ("-", "−") else 1.0)
    half = 0.5 * 10.0 ** -len(decimals)
    if is_approximate and not decimals:
        # "~ 95 000" is good to its last digit that is not 0.
        half *= 10.0 ** (len(digits) - len(digits.rstrip("0")))
    return PrintedNumber(value * factor, Interval((value - half) * factor, (value + half) * factor))

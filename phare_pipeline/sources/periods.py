"""Reads what sources write for a period into `2014`, `2014-T4` or `2014-M12`; nothing else.

A pattern is a regular expression with named groups: `year` (four digits) or `yy` (two), and
`quarter`, `month` or `month_name` (French, short or long) for periods below the year.
"""

from __future__ import annotations

import re

from phare_pipeline.registry.territories import fold

GROUPS = frozenset({"year", "yy", "quarter", "month", "month_name"})
_PIVOT = 50  # two-digit years from 50 on belong to the last century

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan",
            "fevrier fevr fev",
            "mars",
            "avril avr",
            "mai",
            "juin",
            "juillet juil",
            "aout",
            "septembre sept sep",
            "octobre oct",
            "novembre nov",
            "decembre dec",
        ),
        start=1,
    )
    for name in names.split()
}

_DEFAULTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})",
        r"(?P<year>\d{4})[- ]?[TQ](?P<quarter>[1-4])",
        r"[TQ](?P<quarter>[1-4])[-_ ](?P<year>\d{4})",
        r"(?P<year>\d{4})-M?(?P<month>\d{2})",
        r"(?P<month_name>[^\W\d_]+)\.?[- ](?P<year>\d{4})",
        r"(?P<month_name>[^\W\d_]+)\.?[- ](?P<yy>\d{2})",
    )
)

PERIOD = re.compile(r"\d{4}(-T[1-4]|-M(0[1-9]|1[0-2]))?")
"""The written form of every staged period."""


def read_period(text: str, pattern: re.Pattern[str] | None = None) -> str | None:
    """Read a whole text as a period, by its pattern or by the usual forms; None if it is none.

    A date such as `2017-01-01` needs a pattern: it may stand for a month, a quarter or a year.
    """
    for candidate in (pattern,) if pattern is not None else _DEFAULTS:
        match = candidate.search(text) if pattern is not None else candidate.fullmatch(text)
        if match is not None:
            return period_of(match)
    return None


def period_of(match: re.Match[str]) -> str | None:
    """Make the period from the named groups of a match; None when they give none."""
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    if "year" in groups:
        year = groups["year"]
    elif "yy" in groups:
        year = ("19" if int(groups["yy"]) >= _PIVOT else "20") + groups["yy"]
    else:
        return None
    period = year
    if "quarter" in groups:
        period = f"{year}-T{groups['quarter']}"
    elif "month" in groups:
        period = f"{year}-M{int(groups['month']):02d}"
    elif "month_name" in groups:
        number = _MONTHS.get(fold(groups["month_name"]))
        period = f"{year}-M{number:02d}" if number else ""
    return period if PERIOD.fullmatch(period) else None

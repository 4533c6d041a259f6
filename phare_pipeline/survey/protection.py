"""Hides what has to be hidden beside secrets, so that an attacker finds none of them; no more.

What is secret is decided in `disclosure`; what is found of it in `attack`. The cheapest figure that
is enough is hidden: a test before a value, a small base before a large one, the country never as
long as anything else can be. Figures fall one by one, not with their question or area.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from phare_pipeline.survey.additivity import Line, linked_lines
from phare_pipeline.survey.attack import Attack, Found
from phare_pipeline.survey.codebook import STATISTICS, WHOLE, AreaKind, Codebook
from phare_pipeline.survey.parts import Parts
from phare_pipeline.survey.results import Result, ResultKey

WIDTHS = {"%": 10.0, "points": 20.0, "note": 1.0}
"""How wide what is found of a secret must stay at least, by unit."""
MOST_OF_SCALE = 0.5
"""And as wide as the answer of one respondent moves it, but never more than this of its scale."""
OF_NATIONAL = 0.5
"""Or this part of what the national figures alone leave, where that is less: rare answers."""

_MOST_TRIED = 24
_COST_OF_A_WHOLE = 1e9


class ProtectionError(ValueError):
    """A secret cannot be kept: it is found whatever else is hidden."""


@dataclass(frozen=True)
class Tried:
    """A secret that was attacked: what was found, and how wide that has to be."""

    key: ResultKey
    found: Found
    needed: float

    @property
    def is_known(self) -> bool:
        """True when the secret is found too well."""
        return self.found.width < self.needed - 1e-6


def width_of(row: Result) -> float:
    """Return how wide what is found of a secret must stay, rare answers apart.

    At least what the answer of one respondent moves: of two associations a share within 20 points
    is known exactly. A note counts a tenth of its scale, which is what `WIDTHS` holds for it.
    """
    statistic = STATISTICS[row.statistic]
    least = WIDTHS[statistic.unit]
    if statistic.unit == "note" or not row.base_n:
        return least
    scale = statistic.high - statistic.low
    return max(least, min(scale / row.base_n, MOST_OF_SCALE * scale))


@dataclass
class _Table:
    """The figures of lines that are tied together, and which of them are shown."""

    attack: Attack
    rows: Mapping[ResultKey, Result]
    codebook: Codebook
    hidden: set[ResultKey]
    silent: set[ResultKey] = field(default_factory=set)
    """Figures that are shown without their test."""

    def try_(self, key: ResultKey) -> Tried:
        """Attack a secret with all that is shown."""
        shown = self.rows.keys() - self.hidden
        found = self.attack.find(key, shown, shown - self.silent)
        width = width_of(self.rows[key])
        if found.width < width:
            alone = self.attack.find(key, [k for k in shown if self.is_national(k)], ())
            width = min(width, OF_NATIONAL * alone.width)
        return Tried(key, found, width)

    def is_national(self, key: ResultKey) -> bool:
        """True for a figure of everybody in the country."""
        return self.codebook.areas[key[2]].kind is AreaKind.NATIONAL and key[3] == WHOLE

    def cost(self, key: ResultKey) -> float:
        """What hiding a figure costs: its answers; those of the country are kept as long as can be.

        A figure that says little anyway is cheap, one that everybody looks at is not.
        """
        is_country = self.codebook.areas[key[2]].kind is AreaKind.NATIONAL
        return float(self.rows[key].base_n or 0) + _COST_OF_A_WHOLE * is_country


def protect(
    rows: Mapping[ResultKey, Result],
    secret: Sequence[ResultKey],
    parts: Mapping[str, Parts],
    codebook: Codebook,
) -> tuple[frozenset[ResultKey], frozenset[ResultKey]]:
    """Return the figures to hide besides, and those to show without their test.

    Args:
        rows: of one study, by key; those that are not shown are hidden already.
        secret: keys of those that must stay unknown.
        parts: by question.
        codebook: of the study.

    Raises:
        ProtectionError: a secret is found with everything around it hidden.
    """
    besides: set[ResultKey] = set()
    silent: set[ResultKey] = set()
    for table, own in _tables(rows, secret, parts, codebook):
        before = set(table.hidden)
        for key in own:
            _keep_unknown(table, key)
        _show_again(table, own, before)
        besides |= table.hidden - before
        silent |= table.silent
    return frozenset(besides), frozenset(silent - besides)


def attacked(
    rows: Mapping[ResultKey, Result],
    secret: Sequence[ResultKey],
    parts: Mapping[str, Parts],
    codebook: Codebook,
) -> Iterator[Tried]:
    """Attack each secret with everything that is shown of a study (see `protect`)."""
    for table, own in _tables(rows, secret, parts, codebook):
        table.silent |= {key for key, row in table.rows.items() if not row.shows_test}
        for key in own:
            yield table.try_(key)


def _tables(
    rows: Mapping[ResultKey, Result],
    secret: Sequence[ResultKey],
    parts: Mapping[str, Parts],
    codebook: Codebook,
) -> Iterator[tuple[_Table, list[ResultKey]]]:
    """The figures around each secret, with the secrets among them."""
    by_question: dict[str, dict[ResultKey, Result]] = {}
    for key, row in rows.items():
        by_question.setdefault(key[0], {})[key] = row
    wanted = set(secret)
    for question_id in dict.fromkeys(key[0] for key in secret):
        question, own = codebook.questions[question_id], by_question[question_id]
        lines: dict[Line, None] = dict.fromkeys((key[1], key[4]) for key in own)
        for tied in linked_lines(question, lines):
            near = {key: row for key, row in own.items() if (key[1], key[4]) in tied}
            secrets = [key for key in near if key in wanted]
            if secrets:
                attack = Attack(question, tied, parts[question_id], near)
                hidden = {key for key, row in near.items() if not row.is_shown}
                yield _Table(attack, near, codebook, hidden), secrets


def _keep_unknown(table: _Table, key: ResultKey) -> None:
    """Hide figures until a secret is not found any more."""
    while (tried := table.try_(key)).is_known:
        if tried.found.tests:
            table.silent |= tried.found.tests
            continue
        telling = [k for k in tried.found.figures if not table.is_national(k)]
        if not telling:
            raise ProtectionError(
                f"{key}: found between {tried.found.low:g} and {tried.found.high:g} whatever else "
                f"is hidden, expected an interval of at least {tried.needed:g}"
            )
        by_cost = sorted(telling, key=lambda k: (table.cost(k), k))
        table.hidden.add(_enough(table, key, by_cost[:_MOST_TRIED]) or by_cost[0])


def _enough(table: _Table, key: ResultKey, by_cost: Sequence[ResultKey]) -> ResultKey | None:
    """The cheapest figure that is enough alone."""
    for candidate in by_cost:
        table.hidden.add(candidate)
        is_known = table.try_(key).is_known
        table.hidden.discard(candidate)
        if not is_known:
            return candidate
    return None


def _show_again(table: _Table, secret: Sequence[ResultKey], before: set[ResultKey]) -> None:
    """Show again what turned out not to be needed, the dearest first."""
    for shield in sorted(table.hidden - before, key=lambda k: (-table.cost(k), k)):
        table.hidden.discard(shield)
        if any(table.try_(key).is_known for key in secret):
            table.hidden.add(shield)

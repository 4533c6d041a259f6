"""Finds what a reader can find out of a figure that is hidden: the exact interval, by programs.

The reader knows how groups overlap and what each part of them weighs, everything that is printed
within its rounding, which answers exclude each other, and what tests say. He is taken to know the
weights exactly, which no reader does. What to hide is decided in `protection`.

Source: Hundepool et al., *Statistical Disclosure Control* (2012), ch. 4, on the audit of a table by
linear programming.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phare_pipeline.survey.additivity import Line, answer_limits
from phare_pipeline.survey.codebook import STATISTICS, Question
from phare_pipeline.survey.estimates import round_half_up
from phare_pipeline.survey.parts import Parts
from phare_pipeline.survey.public import DECIMALS, public_n_eff, public_p
from phare_pipeline.survey.results import Result, ResultKey
from phare_pipeline.survey.significance import ALPHA, Outcome

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

_NOISE = 1e-9
_WIDER = (1.0, 2.0, 4.0, 8.0)
_HIGHEST_Z = 40.0


@dataclass(frozen=True)
class Told:
    """What one printed thing tells: low ≤ factors · unknowns ≤ high."""

    factors: Floats
    low: float
    high: float


@dataclass(frozen=True)
class Found:
    """What a reader finds of a figure.

    Attributes:
        low, high: between which it must be.
        figures: whose printed values bound it.
        tests: whose tests bound it.
    """

    low: float
    high: float
    figures: frozenset[ResultKey]
    tests: frozenset[ResultKey]

    @property
    def width(self) -> float:
        """How far apart the ends are."""
        return self.high - self.low


class Attack:
    """The figures of lines that answers tie together, over all groups that were asked."""

    def __init__(
        self,
        question: Question,
        lines: Sequence[Line],
        parts: Parts,
        rows: Mapping[ResultKey, Result],
    ) -> None:
        """Lay out unknowns, what always holds, and what each row would tell if it were printed.

        Args:
            question: of the lines.
            lines: that are tied together (`additivity.linked_lines`).
            parts: of those who were asked.
            rows: of these lines, in any group, with their values.
        """
        self._lines, self._parts, self._rows = lines, parts, rows
        self._place = np.full((len(lines), len(parts.weights[lines[0]])), -1, dtype=np.int64)
        held = [(j, k) for j, line in enumerate(lines) for k in np.flatnonzero(parts.weights[line])]
        for place, (j, k) in enumerate(held):
            self._place[j, k] = place
        self._n = len(held)
        bounds = [(STATISTICS[s].low, STATISTICS[s].high) for _, s in lines]
        self._bounds = [bounds[j] for j, _ in held]
        self._always = [*self._answers(question), *self._sums()]
        self._figures = {key: self._figure(key, row) for key, row in rows.items()}
        tests = {key: self._test(key, row) for key, row in rows.items()}
        self._tests = {key: told for key, told in tests.items() if told is not None}

    # --- what is known ---------------------------------------------------------------------------
    def _answers(self, question: Question) -> list[Told]:
        """What holds between the answers of each part."""
        base = np.max([self._parts.weights[line] for line in self._lines], axis=0)
        found = []
        for limit in answer_limits(question, self._lines):
            has_mean = any(statistic == "mean" for _, statistic in limit.coefficients)
            if has_mean and self._parts.sums:
                continue  # How many gave a note is not known of a printed group.
            for k in np.flatnonzero(base):
                factors = np.zeros(self._n)
                for line, factor in limit.coefficients.items():
                    place = self._place[self._lines.index(line), k]
                    if place >= 0:
                        share = self._parts.weights[line][k] / base[k]
                        factors[place] = factor * (share if line[1] == "mean" else 1.0)
                if factors.any():
                    found.append(Told(factors, limit.low, limit.high))
        return found

    def _sums(self) -> list[Told]:
        """What holds between parts that add up to each other, line by line."""
        found = []
        for j, line in enumerate(self._lines):
            for sum_ in self._parts.sums:
                factors = np.zeros(self._n)
                scale = np.abs(sum_).max() or 1.0
                for k in np.flatnonzero(sum_):
                    factors[self._place[j, k]] = sum_[k] / scale
                values = np.where(sum_ != 0, self._parts.values[line], 0.0)
                # Sizes are not exactly the weights behind printed figures: the rest is known.
                rest = 0.0 if np.isnan(values).any() else float(sum_ @ values) / scale
                found.append(Told(factors, rest, rest))
        return found

    def _mean_of(self, line: Line, parts: Booleans) -> Floats:
        """The figure of a line over some parts as a sum of unknowns."""
        weights = np.where(parts, self._parts.weights[line], 0.0)
        factors = np.zeros(self._n)
        j, own = self._lines.index(line), np.flatnonzero(weights)
        factors[self._place[j, own]] = weights[own] / (weights.sum() or 1.0)
        return factors

    def _truth(self, line: Line, parts: Booleans) -> float:
        weights = np.where(parts, self._parts.weights[line], 0.0)
        own = weights > 0
        if not own.any():
            return math.nan
        return float(weights[own] @ self._parts.values[line][own]) / float(weights.sum())

    def _figure(self, key: ResultKey, row: Result) -> Told:
        low, high = told_by_value(row)
        shift = self._shift(key)
        group = self._parts.groups[key[2], key[3]]
        return Told(self._mean_of(_line_of(key), group), low - shift, high - shift)

    def _shift(self, key: ResultKey) -> float:
        """What an area with weights of its own is off its parts, which the reader may know."""
        value, group = self._rows[key].value, self._parts.groups[key[2], key[3]]
        shift = math.nan if value is None else value - self._truth(_line_of(key), group)
        return 0.0 if math.isnan(shift) else shift

    def _test(self, key: ResultKey, row: Result) -> Told | None:
        """How far a figure may be from that of the others, by its test."""
        rest = self._parts.rests.get((key[2], key[3]))
        if rest is None or row.p_value is None:
            return None
        line, parts = _line_of(key), self._parts.groups[key[2], key[3]]
        gap = self._truth(line, parts) - self._truth(line, rest)
        if math.isnan(gap) or abs(gap) < _NOISE:
            return None
        least, most = told_by_test(row)
        ends = sorted((gap * least, gap * most))
        return Told(self._mean_of(line, parts) - self._mean_of(line, rest), *ends)

    # --- what is found ---------------------------------------------------------------------------
    def find(
        self, key: ResultKey, shown: Collection[ResultKey], tested: Collection[ResultKey]
    ) -> Found:
        """Return what a reader finds of a figure when others are shown, and their tests.

        Printed figures may contradict each other: rounding is then taken to be coarser, and where
        that does not help nothing is found.

        Args:
            key: the figure, not shown.
            shown: of which the value is printed.
            tested: of which the test is printed.
        """
        low, high = STATISTICS[key[4]].low, STATISTICS[key[4]].high
        figures = [k for k in self._figures if k in shown]
        tests = [k for k in self._tests if k in tested]
        said = [*(self._figures[k] for k in figures), *(self._tests[k] for k in tests)]
        target, shift = self._figures[key].factors, self._shift(key)
        for wider in _WIDER if target.any() else ():
            solved = self._solve(target, said, wider)
            if solved is not None:
                least, most, tells = solved
                return Found(
                    max(low, least + shift),
                    min(high, most + shift),
                    frozenset(k for k, told in zip(figures, tells, strict=False) if told),
                    frozenset(
                        k for k, told in zip(tests, tells[len(figures) :], strict=True) if told
                    ),
                )
        return Found(low, high, frozenset(), frozenset())

    def _solve(
        self, target: Floats, said: Sequence[Told], wider: float
    ) -> tuple[float, float, Booleans] | None:
        """The smallest and largest value of a sum, and which of what is said bounds it."""
        from scipy.optimize import linprog  # type: ignore[import-untyped]  # slow to import

        known = [*said, *self._always]
        factors = np.array([told.factors for told in known]).reshape(len(known), self._n)
        low = np.array([told.low for told in known])
        high = np.array([told.high for told in known])
        slack = (high - low)[: len(said)] * (wider - 1.0) / 2 + _NOISE
        low[: len(said)] -= slack
        high[: len(said)] += slack
        equal = low == high
        above = np.vstack([factors[~equal], -factors[~equal]])
        limits = np.concatenate([high[~equal], -low[~equal]])
        is_limit = np.isfinite(limits)
        ends, tells = [], np.zeros(len(known), dtype=np.bool_)
        for sign in (1.0, -1.0):
            found = linprog(
                sign * target,
                A_ub=above[is_limit],
                b_ub=limits[is_limit],
                A_eq=factors[equal],
                b_eq=low[equal],
                bounds=self._bounds,
                method="highs",
            )
            if found.status != 0:
                return None
            ends.append(sign * float(found.fun))
            binds = np.zeros(len(limits), dtype=np.bool_)
            binds[is_limit] = np.abs(found.ineqlin.marginals) > _NOISE
            upper, lower = np.split(binds, 2)
            tells[~equal] |= upper | lower
        return ends[0], ends[1], tells[: len(said)]


def _line_of(key: ResultKey) -> Line:
    return key[1], key[4]


def told_by_value(row: Result) -> tuple[float, float]:
    """Return between which ends the printed value of a figure leaves the true one.

    Where all weights are equal, as n_eff tells, only multiples of one answer are possible.
    """
    statistic = STATISTICS[row.statistic]
    if row.value is None:
        return statistic.low, statistic.high
    decimals = DECIMALS[row.unit]
    printed = float(round_half_up(row.value, decimals) or 0.0)
    half = 0.5 * 10.0**-decimals
    low, high = max(statistic.low, printed - half), min(statistic.high, printed + half)
    n = row.base_n_answered if row.statistic == "mean" else row.base_n
    if n and row.n_eff is not None and public_n_eff(row.n_eff) == n:
        step = (1.0 if row.unit == "note" else 100.0) / n
        low = max(low, math.ceil((low - _NOISE) / step) * step)
        high = min(high, math.floor((high + _NOISE) / step) * step)
    return min(low, row.value), max(high, row.value)


def told_by_test(row: Result) -> tuple[float, float]:
    """Return by which factors the gap behind a test may be smaller and larger than it is.

    From the printed p and outcome, the standard error of the gap being taken as known; normal
    quantiles stand for Student's.
    """
    from scipy.special import ndtri  # type: ignore[import-untyped]  # slow to import

    p = row.p_value or 0.0
    printed, half = public_p(p)
    low, high = max(0.0, printed - half), min(1.0, printed + half)
    if row.test in (Outcome.ABOVE, Outcome.BELOW):
        high = max(p, min(high, ALPHA))
    elif row.test == Outcome.NO_DIFFERENCE:
        low = min(p, max(low, ALPHA))

    def z(of: float) -> float:
        return min(_HIGHEST_Z, -float(ndtri(of / 2))) if of > 0 else _HIGHEST_Z

    true = z(p)
    if true < _NOISE:
        return -1.0, 1.0
    least = z(high) / true
    # Where there is about no gap, its sign is not known either.
    return (-1.0 if high >= 1.0 else least), z(low) / true

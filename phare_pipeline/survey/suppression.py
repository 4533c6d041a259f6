"""Hides cells of additive tables so that nobody can recompute them from what stays.

Knows cells, relations between them and numbers; which results are hidden first, and which
relations hold between results, is decided in `disclosure`.

Sources: INSEE, *Manuel de protection des données tabulées*, on secondary secrecy; Hundepool et al.,
*Statistical Disclosure Control* (2012), ch. 4, for the audit by linear programming.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

C = TypeVar("C")

_Array = npt.NDArray[np.float64]

_NOISE = 1e-9


@dataclass(frozen=True)
class Relation(Generic[C]):
    """Σ coefficient × cell = constant, which every reader knows to hold."""

    coefficients: Mapping[C, float]
    constant: float = 0.0


@dataclass(frozen=True)
class Cell:
    """What is known of a cell, and what hiding it costs.

    Attributes:
        low: smallest value that the cell may have if nothing of it is shown.
        high: largest such value.
        value: what the table holds; a reader of a shown cell is taken to know it exactly, however
            it is rounded, since errors and tests printed beside it tell more than its digits.
        min_width: how wide the interval that a reader finds for it must stay when it is hidden.
        cost: of hiding it although it may be shown.
    """

    low: float
    high: float
    value: float
    min_width: float
    cost: float


class ProtectionError(ValueError):
    """A cell that must be hidden cannot be: the relations give it away whatever else is hidden."""


def bounds(
    cell: C,
    cells: Mapping[C, Cell],
    hidden: Collection[C],
    relations: Sequence[Relation[C]],
) -> tuple[float, float]:
    """Return what a reader can find out of a cell: the smallest and largest value it may have.

    The reader knows every relation, the shown cells, and the possible values of the hidden ones.
    The interval is exact: by hand for one relation, by linear programming for several.

    Args:
        cell: the one looked at.
        cells: every cell of the relations.
        hidden: those that are not shown.
        relations: those that hold, at least all that lead from `cell` to others.

    Raises:
        ValueError: the relations contradict the cells.
    """
    return _Table(cells, relations).bounds(cell, hidden)


def protect(
    cells: Mapping[C, Cell], hidden: Iterable[C], relations: Sequence[Relation[C]]
) -> frozenset[C]:
    """Return the cells to hide besides, so that no hidden cell is known too well.

    As long as a reader finds one within less than its `min_width`, a shown cell that leads to it is
    hidden as well: the cheapest that is enough alone, or else the cheapest of the relation that
    says most about it. What turns out not to be needed is shown again. A cell hidden only for this
    may be known better: it is no secret. The result is safe, not always the cheapest possible.

    Args:
        cells: every cell of the relations.
        hidden: those that must not be shown.
        relations: those that hold between cells.

    Raises:
        ProtectionError: everything around a cell is hidden and its value is still found.
        ValueError: the relations contradict the cells.
    """
    table = _Table(cells, relations)
    primary = frozenset(hidden)
    concealed = set(primary)
    # Hiding a cell only widens what is found of others: one that is safe stays safe.
    for cell in (name for name in cells if name in primary):
        while table.is_exposed(cell, concealed):
            concealed.add(_shield(cell, table, concealed))
    for shield in sorted(concealed - primary, key=lambda name: -cells[name].cost):
        # What a reader finds of a cell changes only where hidden cells lead to the shield.
        _, near = table.around(shield, concealed)
        fewer = concealed - {shield}
        if not any(table.is_exposed(cell, fewer) for cell in primary & near):
            concealed = fewer
    return frozenset(concealed) - primary


class _Table(Generic[C]):
    """Cells and relations, and what a reader finds out when some cells are hidden."""

    def __init__(self, cells: Mapping[C, Cell], relations: Sequence[Relation[C]]) -> None:
        self.cells = cells
        self.order = {name: position for position, name in enumerate(cells)}
        self.relations = relations
        self._of: dict[C, list[int]] = defaultdict(list)
        for number, relation in enumerate(relations):
            for name in relation.coefficients:
                self._of[name].append(number)

    def around(self, cell: C, hidden: Collection[C]) -> tuple[list[Relation[C]], set[C]]:
        """Return the relations that hidden cells lead to from a cell, and these cells.

        A shown cell leads nowhere: its value is known, whatever else is.
        """
        reached: set[int] = set()
        met, waiting = {cell}, [cell]
        while waiting:
            for number in self._of[waiting.pop()]:
                if number not in reached:
                    reached.add(number)
                    new = [c for c in self.relations[number].coefficients if c in hidden]
                    waiting += [c for c in new if c not in met]
                    met.update(new)
        return [self.relations[number] for number in sorted(reached)], met

    def bounds(self, cell: C, hidden: Collection[C]) -> tuple[float, float]:
        """Return the smallest and largest value that a cell may have for a reader."""
        if cell not in hidden:
            return self.cells[cell].value, self.cells[cell].value
        return self._interval(cell, self._system(cell, hidden))

    def is_exposed(self, cell: C, hidden: Collection[C]) -> bool:
        """Say whether a reader finds a hidden cell within less than its smallest width."""
        system = self._system(cell, hidden)
        enough = self.cells[cell].min_width - _NOISE
        # One of these is often enough; a program takes a hundred times as long.
        low, high = system.outer()
        if high - low < enough:
            return True
        if system.has_room(enough):
            return False
        low, high = self._interval(cell, system)
        return high - low < enough

    def _interval(self, cell: C, system: _System) -> tuple[float, float]:
        try:
            return system.bounds()
        except ValueError as error:
            raise ValueError(f"{cell}: {error}") from error

    def _system(self, cell: C, hidden: Collection[C]) -> _System:
        reached, unknown = self.around(cell, hidden)
        names = sorted(unknown, key=self.order.__getitem__)
        known = [(relation, relation.coefficients.keys() - unknown) for relation in reached]
        return _System(
            place=names.index(cell),
            limits=[(self.cells[name].low, self.cells[name].high) for name in names],
            point=[self.cells[name].value for name in names],
            lines=[[r.coefficients.get(name, 0.0) for name in names] for r in reached],
            rests=[
                relation.constant
                - sum(relation.coefficients[name] * self.cells[name].value for name in shown)
                for relation, shown in known
            ],
        )


@dataclass(frozen=True)
class _System:
    """What a reader knows of the unknown cells around one: limits, and sums of them.

    Attributes:
        place: of the cell looked at, among the unknown ones.
        limits: smallest and largest value of each.
        point: what they really are.
        lines: factors of each relation.
        rests: what the lines come to.
    """

    place: int
    limits: Sequence[tuple[float, float]]
    point: Sequence[float]
    lines: Sequence[Sequence[float]]
    rests: Sequence[float]

    def bounds(self) -> tuple[float, float]:
        """Return the exact interval of the cell; raise ValueError on a contradiction."""
        if len(self.lines) < 2:
            return self.outer()
        from scipy.optimize import linprog  # type: ignore[import-untyped]  # slow to import

        target = np.zeros(len(self.limits))
        target[self.place] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * target,
                A_eq=self.lines,
                b_eq=self.rests,
                bounds=self.limits,
                method="highs",
            )
            if found.status != 0:
                raise ValueError(f"the relations contradict the cells: {found.message}")
            ends.append(sign * float(found.fun))
        return ends[0], ends[1]

    def outer(self) -> tuple[float, float]:
        """Return an interval that holds the one of the cell: what each line alone leaves to it."""
        lowest, highest = self.limits[self.place]
        for line, rest in zip(self.lines, self.rests, strict=True):
            if line[self.place]:
                least = most = rest
                for other, factor in enumerate(line):
                    if other != self.place and factor:
                        low, high = sorted(factor * end for end in self.limits[other])
                        least, most = least - high, most - low
                low, high = sorted((least / line[self.place], most / line[self.place]))
                lowest, highest = max(lowest, low), min(highest, high)
        return lowest, highest

    def has_room(self, enough: float) -> bool:
        """Say whether the interval of the cell is surely so wide, without a program.

        The cell goes both ways from what it really is, straight on until another cell is at its
        limit, then on without that one. False where this is not wide enough to be sure, or where
        what is known does not hold.
        """
        point = np.array(self.point)
        lines = np.array(self.lines).reshape(-1, len(point))
        low, high = np.array(self.limits).T
        gap = np.abs(lines @ point - self.rests)
        if np.any(gap > _NOISE * (1 + np.abs(self.rests))) or np.any(
            (point < low) | (point > high)
        ):
            return False
        left = enough
        for sign in (1.0, -1.0):
            left -= self._way(sign, lines, point, low, high, left)
            if left <= 0:
                return True
        return False

    def _way(
        self, sign: float, lines: _Array, start: _Array, low: _Array, high: _Array, enough: float
    ) -> float:
        """How far the cell goes one way, at least; no further than is enough."""
        point, free = start, np.ones(len(start), dtype=bool)
        while free[self.place] and abs(point[self.place] - start[self.place]) < enough:
            wanted = np.zeros(len(start))
            wanted[self.place] = sign
            # What is left of the wish when every line is kept and the others at a limit stay there.
            kept = lines[:, free].T
            move = np.zeros(len(start))
            move[free] = wanted[free] - kept @ np.linalg.lstsq(kept, wanted[free])[0]
            move[np.abs(move) <= _NOISE] = 0.0
            if not move[self.place]:
                break
            room = np.full(len(start), np.inf)
            np.divide(np.where(move > 0, high, low) - point, move, out=room, where=move != 0)
            point = np.clip(point + room.min() * move, low, high)
            free &= room > room.min() + _NOISE
        return float(abs(point[self.place] - start[self.place]))


def _shield(cell: C, table: _Table[C], hidden: set[C]) -> C:
    """The shown cell to hide next for one that is exposed."""
    reached, _ = table.around(cell, hidden)
    shown = {c for relation in reached for c in relation.coefficients} - hidden
    if not shown:
        low, high = table.bounds(cell, hidden)
        raise ProtectionError(
            f"{cell}: found between {low:g} and {high:g} with everything around it hidden, "
            f"expected an interval of at least {table.cells[cell].min_width:g}"
        )
    by_cost = sorted(shown, key=lambda c: (table.cells[c].cost, table.order[c]))
    for candidate in by_cost:
        if not table.is_exposed(cell, hidden | {candidate}):
            return candidate
    direct = [r for r in reached if cell in r.coefficients and not shown.isdisjoint(r.coefficients)]
    if not direct:
        return by_cost[0]
    telling = min(direct, key=lambda relation: sum(c in hidden for c in relation.coefficients))
    return next(c for c in by_cost if c in telling.coefficients)

"""Hides cells of additive tables so that nobody can recompute them from what stays.

Knows cells, relations between them and numbers; which results are hidden first, and which
relations hold between results, is decided in `disclosure`.

Sources: INSEE, *Manuel de protection des données tabulées*, on secondary secrecy; Hundepool et al.,
*Statistical Disclosure Control* (2012), ch. 4, for the audit by linear programming.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

C = TypeVar("C")

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
    """
    box = {name: _box(known, is_hidden=name in hidden) for name, known in cells.items()}
    reached = _component(cell, relations)
    if not reached:
        return box[cell]
    if len(reached) == 1:
        return _within_one(cell, box, reached[0])
    return _by_program(cell, box, reached)


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
    """
    primary = frozenset(hidden)
    concealed = set(primary)
    # Hiding a cell only widens what is found of others: one that is safe stays safe.
    for cell in (name for name in cells if name in primary):
        while _is_exposed(cell, cells, concealed, relations):
            concealed.add(_shield(cell, cells, concealed, relations))
    for shield in sorted(concealed - primary, key=lambda name: -cells[name].cost):
        fewer = concealed - {shield}
        if not any(_is_exposed(cell, cells, fewer, relations) for cell in primary):
            concealed = fewer
    return frozenset(concealed) - primary


def _is_exposed(
    cell: C, cells: Mapping[C, Cell], hidden: Collection[C], relations: Sequence[Relation[C]]
) -> bool:
    low, high = bounds(cell, cells, hidden, relations)
    return high - low < cells[cell].min_width - _NOISE


def _shield(
    cell: C, cells: Mapping[C, Cell], hidden: set[C], relations: Sequence[Relation[C]]
) -> C:
    """The shown cell to hide next for one that is exposed."""
    order = {name: position for position, name in enumerate(cells)}
    reached = _component(cell, relations)
    shown = {c for relation in reached for c in relation.coefficients} - hidden
    if not shown:
        low, high = bounds(cell, cells, hidden, relations)
        raise ProtectionError(
            f"{cell}: found between {low:g} and {high:g} with everything around it hidden, "
            f"expected an interval of at least {cells[cell].min_width:g}"
        )
    by_cost = sorted(shown, key=lambda c: (cells[c].cost, order[c]))
    for candidate in by_cost:
        if not _is_exposed(cell, cells, hidden | {candidate}, relations):
            return candidate
    direct = [r for r in reached if cell in r.coefficients and not shown.isdisjoint(r.coefficients)]
    if not direct:
        return by_cost[0]
    telling = min(direct, key=lambda relation: sum(c in hidden for c in relation.coefficients))
    return next(c for c in by_cost if c in telling.coefficients)


def _component(cell: C, relations: Sequence[Relation[C]]) -> list[Relation[C]]:
    """The relations that lead from a cell to others, step by step."""
    reached: list[Relation[C]] = []
    open_cells, left = {cell}, list(relations)
    while near := [r for r in left if not open_cells.isdisjoint(r.coefficients)]:
        reached += near
        left = [r for r in left if r not in near]
        open_cells.update(c for relation in near for c in relation.coefficients)
    return reached


def _box(cell: Cell, *, is_hidden: bool) -> tuple[float, float]:
    return (cell.low, cell.high) if is_hidden else (cell.value, cell.value)


def _within_one(
    cell: C, box: Mapping[C, tuple[float, float]], relation: Relation[C]
) -> tuple[float, float]:
    least = most = relation.constant
    for other, factor in relation.coefficients.items():
        if other != cell:
            ends = sorted(factor * end for end in box[other])
            least, most = least - ends[1], most - ends[0]
    factor = relation.coefficients[cell]
    low, high = sorted((least / factor, most / factor))
    return max(low, box[cell][0]), min(high, box[cell][1])


def _by_program(
    cell: C, box: Mapping[C, tuple[float, float]], relations: Sequence[Relation[C]]
) -> tuple[float, float]:
    from scipy.optimize import linprog  # type: ignore[import-untyped]  # slow to import

    names = list(dict.fromkeys(c for relation in relations for c in relation.coefficients))
    place = {name: position for position, name in enumerate(names)}
    matrix = np.zeros((len(relations), len(names)))
    for line, relation in enumerate(relations):
        for name, factor in relation.coefficients.items():
            matrix[line, place[name]] = factor
    target = np.zeros(len(names))
    target[place[cell]] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(
            sign * target,
            A_eq=matrix,
            b_eq=[relation.constant for relation in relations],
            bounds=[box[name] for name in names],
            method="highs",
        )
        if found.status != 0:
            raise ValueError(f"{cell}: the relations contradict the cells: {found.message}")
        ends.append(sign * float(found.fun))
    return ends[0], ends[1]

"""Places the units of a partial order in rows so that lines cross little; draws nothing.

Layers are those of the longest way from the top; a layer that is too wide is divided. Edges that
pass a row get a place in it, one for all that come from the same unit. Order in a row: barycentre
sweeps and exchanges of neighbours, keeping the best; ties go by the order in which units are given,
so the same input always gives the same picture.

Sources: Sugiyama, Tagawa & Toda (1981), IEEE Trans. SMC 11; Gansner et al. (1993), IEEE TSE 19.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

_SWEEPS = 24
_SMOOTHING = 16

Matrix = Sequence[Sequence[bool]]


Node = tuple[int, int]
"""A unit where it stands, or the edges of a unit where they pass a row: (unit, row)."""


@dataclass(frozen=True)
class Layout:
    """Where the units stand.

    Attributes:
        rows: units of each row from the top, left to right.
        x: position of the middle of each unit, and of the edges that pass each row.
        ways: for each cover (unit above, unit below) the nodes on its way, both ends included.
    """

    rows: tuple[tuple[int, ...], ...]
    x: dict[Node, float]
    ways: dict[tuple[int, int], tuple[Node, ...]]


def check_order(dominance: Matrix) -> list[list[bool]]:
    """Return a dominance matrix as lists; [r][q] says that r dominates q.

    Raises:
        ValueError: not square, or not a strict partial order (a unit above itself, two above each
            other, or a chain that the matrix does not close).
    """
    matrix = [[bool(cell) for cell in row] for row in dominance]
    n = len(matrix)
    if any(len(row) != n for row in matrix):
        raise ValueError(f"found rows of {sorted({len(r) for r in matrix})} cells, expected {n}")
    for r in range(n):
        for q in range(n):
            if matrix[r][q] and (r == q or matrix[q][r]):
                raise ValueError(f"found {r} above {q} and {q} above {r}, expected a strict order")
            if matrix[r][q] and any(matrix[q][k] and not matrix[r][k] for k in range(n)):
                raise ValueError(f"found {r} above {q} but not above all below {q}")
    return matrix


def reduce_order(dominance: list[list[bool]]) -> list[tuple[int, int]]:
    """Return the covers (r, q): r above q with nothing between (the transitive reduction)."""
    n = len(dominance)
    return [
        (r, q)
        for r in range(n)
        for q in range(n)
        if dominance[r][q] and not any(dominance[r][k] and dominance[k][q] for k in range(n))
    ]


def layers_of(dominance: list[list[bool]]) -> list[int]:
    """Return the layer of each unit: 0 when none is above it, otherwise one below the lowest."""
    n = len(dominance)
    layer = [0] * n
    # Who is above more units comes later: one pass in that order sees everything above first.
    for q in sorted(range(n), key=lambda q: sum(dominance[r][q] for r in range(n))):
        layer[q] = max((layer[r] + 1 for r in range(n) if dominance[r][q]), default=0)
    return layer


def lay_out(
    dominance: list[list[bool]], units: Sequence[int], spaces: Spaces, per_row: int
) -> Layout:
    """Place units of a strict partial order, with fewer in a row where edges need the room.

    Args:
        dominance: a checked matrix of all units.
        units: those to place, in the order that breaks ties.
        spaces: what has to fit.
        per_row: how many units a row may hold; at least one.
    """
    layer = layers_of(dominance)
    for most in range(per_row, 0, -1):
        rows = _divide(units, layer, most)
        row_of = {unit: index for index, row in enumerate(rows) for unit in row}
        covers = [(r, q) for r, q in reduce_order(dominance) if r in row_of and q in row_of]
        net = _Net(rows, row_of, covers)
        if net.fits(spaces):
            break
    net.sort_rows()
    return Layout(
        rows=tuple(tuple(u for u, home in row if row_of[u] == home) for row in net.rows),
        x=net.positions(spaces),
        ways={cover: tuple(chain) for cover, chain in net.chains.items()},
    )


@dataclass(frozen=True)
class Spaces:
    """Room of a row.

    Attributes:
        left, right: where the middle of the first and the last unit of a row may stand.
        unit: least distance between the middles of two units.
        beside: least distance between a unit's middle and an edge that passes it.
        lane: least distance between two edges that pass.
        outside: how far outside [left, right] a passing edge may stand.
    """

    left: float
    right: float
    unit: float
    beside: float
    lane: float
    outside: float

    def between(self, lanes: int) -> float:
        """Return the least distance of two neighbours of which so many are passing edges."""
        return (self.unit, self.beside, self.lane)[lanes]


def _divide(units: Sequence[int], layer: list[int], per_row: int) -> list[list[int]]:
    rows: list[list[int]] = []
    for index in sorted({layer[unit] for unit in units}):
        members = [unit for unit in units if layer[unit] == index]
        parts = -(-len(members) // per_row)
        size = -(-len(members) // parts)
        rows.extend(members[start : start + size] for start in range(0, len(members), size))
    return rows


class _Net:
    """Rows of nodes with the edges between neighbouring rows."""

    def __init__(
        self, rows: list[list[int]], row_of: dict[int, int], covers: list[tuple[int, int]]
    ) -> None:
        self.row_of = row_of
        self.rows: list[list[Node]] = [
            [(unit, index) for unit in row] for index, row in enumerate(rows)
        ]
        self.chains: dict[tuple[int, int], list[Node]] = {}
        self.above: dict[Node, list[Node]] = {node: [] for row in self.rows for node in row}
        self.below: dict[Node, list[Node]] = {node: [] for row in self.rows for node in row}
        for r, q in covers:
            passed = [(r, index) for index in range(row_of[r], row_of[q])]
            for node in passed:
                if node not in self.above:
                    self.rows[node[1]].append(node)
                    self.above[node], self.below[node] = [], []
            chain = [*passed, (q, row_of[q])]
            self.chains[r, q] = chain
            for upper, lower in itertools.pairwise(chain):
                if lower not in self.below[upper]:
                    self.below[upper].append(lower)
                    self.above[lower].append(upper)

    def fits(self, spaces: Spaces) -> bool:
        """Say whether every row has room for its units and the edges that pass, in any order."""
        for row in self.rows:
            lanes = sum(map(self._is_lane, row))
            units = len(row) - lanes
            within = 2 * spaces.beside - spaces.unit
            most = max(within, spaces.lane, spaces.beside - spaces.outside)
            if (units - 1) * spaces.unit + lanes * most > spaces.right - spaces.left:
                return False
        return True

    def _is_lane(self, node: Node) -> bool:
        return self.row_of[node[0]] != node[1]

    def sort_rows(self) -> None:
        """Order every row, keeping the order with the fewest crossings seen."""
        best, fewest = [list(row) for row in self.rows], self._crossings()
        for sweep in range(_SWEEPS):
            downwards = sweep % 2 == 0
            self._sweep(downwards)
            self._exchange()
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(row) for row in self.rows], crossings
        self.rows = best

    def positions(self, spaces: Spaces) -> dict[Node, float]:
        """Give every node an x near its neighbours', in the order of its row and apart enough."""
        x: dict[Node, float] = {}
        width = spaces.right - spaces.left
        for row in self.rows:
            wanted = [spaces.left + width * (k + 0.5) / len(row) for k in range(len(row))]
            x.update(self._spread(row, wanted, spaces))
        for turn in range(_SMOOTHING):
            for row in self.rows if turn % 2 == 0 else self.rows[::-1]:
                wanted = []
                for node in row:
                    near = [x[other] for other in (*self.above[node], *self.below[node])]
                    wanted.append(sum(near) / len(near) if near else x[node])
                x.update(self._spread(row, wanted, spaces))
        return x

    def _spread(self, row: list[Node], wanted: list[float], spaces: Spaces) -> dict[Node, float]:
        """Return the nearest positions (least squares) that keep order, distance and bounds."""
        offsets = [0.0]
        for first, second in itertools.pairwise(row):
            lanes = self._is_lane(first) + self._is_lane(second)
            offsets.append(offsets[-1] + spaces.between(lanes))
        left = spaces.left - spaces.outside * self._is_lane(row[0])
        right = spaces.right + spaces.outside * self._is_lane(row[-1])
        if offsets[-1] > right - left:
            offsets = [offset * (right - left) / offsets[-1] for offset in offsets]
        free = _increasing([w - o for w, o in zip(wanted, offsets, strict=True)])
        return {
            node: min(max(value, left), right - offsets[-1]) + offset
            for node, value, offset in zip(row, free, offsets, strict=True)
        }

    def _sweep(self, downwards: bool) -> None:
        neighbours = self.above if downwards else self.below
        indices = range(1, len(self.rows)) if downwards else range(len(self.rows) - 2, -1, -1)
        for index in indices:
            other = self.rows[index - 1 if downwards else index + 1]
            place = {node: k for k, node in enumerate(other)}
            own = {node: k for k, node in enumerate(self.rows[index])}
            scale = len(other) / max(len(self.rows[index]), 1)

            def barycentre(
                node: Node,
                place: dict[Node, int] = place,
                own: dict[Node, int] = own,
                scale: float = scale,
            ) -> float:
                near = [place[n] for n in neighbours[node] if n in place]
                return sum(near) / len(near) if near else own[node] * scale

            self.rows[index].sort(key=lambda node: (barycentre(node), own[node]))

    def _exchange(self) -> None:
        """Exchange neighbours in a row as long as that removes crossings."""
        for index, row in enumerate(self.rows):
            is_better = True
            while is_better:
                is_better = False
                for k in range(len(row) - 1):
                    before = self._crossings_at(index)
                    row[k], row[k + 1] = row[k + 1], row[k]
                    if self._crossings_at(index) < before:
                        is_better = True
                    else:
                        row[k], row[k + 1] = row[k + 1], row[k]

    def _crossings(self) -> int:
        return sum(self._crossings_between(index) for index in range(len(self.rows) - 1))

    def _crossings_at(self, index: int) -> int:
        return sum(
            self._crossings_between(k) for k in (index - 1, index) if 0 <= k < len(self.rows) - 1
        )

    def _crossings_between(self, index: int) -> int:
        """Count pairs of edges that cross between a row and the next."""
        place = {node: k for k, node in enumerate(self.rows[index + 1])}
        edges = [
            (k, place[lower])
            for k, node in enumerate(self.rows[index])
            for lower in self.below[node]
        ]
        return sum(
            (a[0] - b[0]) * (a[1] - b[1]) < 0 for i, a in enumerate(edges) for b in edges[i + 1 :]
        )


def _increasing(values: list[float]) -> list[float]:
    """Return the nearest non-decreasing sequence (least squares, pool adjacent violators)."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        total, count = value, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            before, many = blocks.pop()
            total, count = total + before, count + many
        blocks.append((total, count))
    return [total / count for total, count in blocks for _ in range(count)]

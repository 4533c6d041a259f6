"""Hidden cells stay unknown: attacked by elimination and by linear programs on random tables."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from phare_pipeline.survey.suppression import Cell, ProtectionError, Relation, bounds, protect

MODEST = settings(max_examples=25, deadline=None, derandomize=True)
THRESHOLD = 11
HIGH = 10_000.0


def table_of(counts):
    """Cells and relations of a table of counts with its margins; margins cost most."""
    rows, columns = counts.shape
    full = np.zeros((rows + 1, columns + 1), dtype=int)
    full[:rows, :columns] = counts
    full[rows, :] = full.sum(axis=0)
    full[:, columns] = full.sum(axis=1)
    cells = {
        (i, j): Cell(0, HIGH, float(full[i, j]), THRESHOLD, _cost(full, i, j))
        for i in range(rows + 1)
        for j in range(columns + 1)
    }
    relations = [
        Relation({(i, columns): -1.0, **{(i, j): 1.0 for j in range(columns)}})
        for i in range(rows + 1)
    ]
    relations += [
        Relation({(rows, j): -1.0, **{(i, j): 1.0 for i in range(rows)}})
        for j in range(columns + 1)
    ]
    return cells, relations


def _cost(full, i, j):
    margins = (i == full.shape[0] - 1) + (j == full.shape[1] - 1)
    return float(full[i, j]) + 1e6 * margins


def solved_exactly(hidden, relations):
    """The hidden cells that follow from the shown ones by Gaussian elimination, in fractions."""
    names = sorted(hidden)
    lines = [[Fraction(r.coefficients.get(name, 0)) for name in names] for r in relations]
    pivots = []
    for column in range(len(names)):
        pivot = next((i for i in range(len(pivots), len(lines)) if lines[i][column]), None)
        if pivot is None:
            continue
        at = len(pivots)
        lines[at], lines[pivot] = lines[pivot], lines[at]
        lines[at] = [cell / lines[at][column] for cell in lines[at]]
        for i, line in enumerate(lines):
            if i != at and line[column]:
                lines[i] = [a - line[column] * b for a, b in zip(line, lines[at], strict=True)]
        pivots.append(column)
    return {
        names[column]
        for line, column in zip(lines, pivots, strict=False)
        if sum(cell != 0 for cell in line) == 1
    }


def attacked(hidden, cells, relations):
    """What a reader finds of each hidden cell, shown ones being constants: width by cell."""
    names = sorted(hidden)
    matrix = [[r.coefficients.get(name, 0.0) for name in names] for r in relations]
    right = [
        r.constant - sum(f * cells[c].value for c, f in r.coefficients.items() if c not in hidden)
        for r in relations
    ]
    widths = {}
    for place, name in enumerate(names):
        target = np.zeros(len(names))
        target[place] = 1
        ends = [
            linprog(s * target, A_eq=matrix, b_eq=right, bounds=(0, HIGH)).fun * s for s in (1, -1)
        ]
        widths[name] = ends[1] - ends[0]
    return widths


tables = st.integers(2, 3).flatmap(
    lambda rows: st.integers(2, 3).flatmap(
        lambda columns: st.lists(
            st.one_of(st.integers(0, 15), st.integers(0, 200)),
            min_size=rows * columns,
            max_size=rows * columns,
        ).map(lambda values: np.array(values).reshape(rows, columns))
    )
)


@pytest.mark.slow
@MODEST
@given(tables)
def test_no_hidden_cell_can_be_recomputed(counts):
    cells, relations = table_of(counts)
    primary = {name for name, cell in cells.items() if 0 < cell.value < THRESHOLD}
    hidden = primary | protect(cells, primary, relations)
    assert primary.isdisjoint(solved_exactly(hidden, relations))
    for name, width in attacked(hidden, cells, relations).items():
        assert width >= (THRESHOLD - 1e-6 if name in primary else 0), name


def test_the_attack_succeeds_without_protection():
    """The tests above can fail: a single hidden cell is its total less the others."""
    cells, relations = table_of(np.array([[5, 40], [60, 80]]))
    assert solved_exactly({(0, 0)}, relations) == {(0, 0)}
    assert attacked({(0, 0)}, cells, relations) == {(0, 0): pytest.approx(0)}
    assert bounds((0, 0), cells, {(0, 0)}, relations) == pytest.approx((5, 5))


def test_the_cheapest_cells_are_hidden_besides():
    cells, relations = table_of(np.array([[5, 40, 300], [60, 80, 500], [90, 70, 400]]))
    besides = protect(cells, {(0, 0)}, relations)
    assert besides == {(0, 1), (1, 0), (1, 1)}


def test_nothing_is_hidden_when_nothing_is_secret():
    cells, relations = table_of(np.array([[50, 40], [60, 80]]))
    assert protect(cells, (), relations) == frozenset()


def test_a_part_of_a_weighted_whole_takes_another_with_it():
    relation = [Relation({"a": 5.0, "b": 95.0, "all": -100.0})]
    values = {"a": (20.0, 29), "b": (30.0, 551), "all": (29.5, 580)}
    cells = {n: Cell(0, 100, value, 10, cost) for n, (value, cost) in values.items()}
    assert protect(cells, {"a"}, relation) == {"b"}


def test_two_hidden_cells_with_a_small_sum_are_not_enough():
    """Known to be 3 together, two cells are known too well: a third is hidden as well."""
    relation = [Relation({"a": 1, "b": 1, "c": 1, "all": -1.0})]
    values = {"a": 1.0, "b": 2.0, "c": 50.0, "all": 53.0}
    cells = {n: Cell(0, HIGH, v, THRESHOLD, v) for n, v in values.items()}
    assert protect(cells, {"a", "b"}, relation) == {"c"}


def test_bounds_use_every_relation_that_leads_to_a_cell():
    relations = [Relation({"a": 1, "b": 1}, 10.0), Relation({"b": 1, "c": 1}, 4.0)]
    cells = {n: Cell(0, HIGH, 0, 1, 1) for n in "abc"}
    assert bounds("a", cells, set("abc"), relations) == pytest.approx((6, 10))
    assert bounds("a", cells, set("abc"), relations[:1]) == (0, 10)
    assert bounds("c", cells, set("abc"), relations[:1]) == (0, HIGH)


def test_what_cannot_be_protected_is_an_error():
    with pytest.raises(ProtectionError, match="everything around it hidden"):
        protect({"a": Cell(0, HIGH, 5, 1, 1)}, {"a"}, [Relation({"a": 1.0}, 5.0)])


def test_relations_that_contradict_the_cells_are_an_error():
    relations = [Relation({"a": 1, "b": 1}, 10.0), Relation({"a": 1, "b": 1}, 20.0)]
    cells = {n: Cell(0, HIGH, 0, 1, 1) for n in "ab"}
    with pytest.raises(ValueError, match="contradict"):
        bounds("a", cells, {"a", "b"}, relations)

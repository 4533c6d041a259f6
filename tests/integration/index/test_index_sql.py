"""Normalise and aggregate in one SQL statement: equal to numpy and to exact fractions."""

from fractions import Fraction

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.scale_sql import (
    at_once,
    by_domain,
    from_long,
    index_statement,
    used_long,
    used_wide,
)
from phare_pipeline.index.hierarchy import Hierarchy, score_index
from phare_pipeline.index.normalise import normalise
from tests.unit.index.exact_index import Exact, as_floats, tables

NAN = float("nan")


def run_sql(editions, tree: Hierarchy, scale, direction, form="by_domain") -> list[list[float]]:
    """Scores by edition of (values, reference) pairs, values (n, m), in the order of units."""
    m = tree.weights.size
    names = [f"i{j}" for j in range(m)]
    members = {
        d: [names[j] for j in np.flatnonzero(tree.domain_of == d)]
        for d in np.unique(tree.domain_of).tolist()
    }
    cells = [(e, u, *row) for e, (values, _) in enumerate(editions) for u, row in enumerate(values)]
    facts = table(["edition", "unit", *names], cells)
    posts = {
        "edition": np.repeat(np.arange(len(editions)), m),
        "indicator": names * len(editions),
        "domain": np.tile(tree.domain_of, len(editions)),
        "reference": pa.array(np.concatenate([r for _, r in editions]), from_pandas=True),
        "slope": np.tile(30 * direction / scale, len(editions)),
        "weight": np.tile(tree.weights, len(editions)),
    }
    n_domains, n_axes = tree.domain_weights.size, tree.axis_weights.size
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("wide", facts)
        view = "from wide"
        if form == "from_long":
            view += " unpivot include nulls (value for indicator in (columns('i[0-9]+')))"
        connection.execute(f"create view facts as {view}")
        connection.register("goalposts", pa.table(posts))
        connection.register(
            "domains",
            pa.table(
                {"domain": range(n_domains), "axis": tree.axis_of, "weight": tree.domain_weights}
            ),
        )
        connection.register("axes", pa.table({"axis": range(n_axes), "weight": tree.axis_weights}))
        used, scored_domains = FORMS[form](members)
        statement = index_statement(used, scored_domains)
        rows = connection.execute(f"{statement} order by edition, unit").fetchall()
    found = [[NAN] * len(x) for x, _ in editions]
    for edition, unit, score in rows:
        found[int(edition)][int(unit)] = NAN if score is None else score
    return found


def table(names, cells):
    columns = np.array(cells, dtype=float).reshape(-1, len(names)).T
    return pa.table([pa.array(column, from_pandas=True) for column in columns], names=names)


FORMS = {
    "by_domain": lambda members: (used_wide(members), by_domain(members)),
    "at_once": lambda members: (used_wide(members), at_once(members)),
    "from_long": lambda members: (used_long(), from_long()),
}


@st.composite
def raw_tables(draw):
    """A tree, raw values of two editions in quarters, references, scales and directions."""
    tree, rows = draw(tables())
    m = tree.weights.size
    cell = st.one_of(st.integers(-40, 80), st.integers(-40, 80), st.none())
    quarter = cell.map(lambda x: None if x is None else Fraction(x, 4))
    row = st.lists(quarter, min_size=m, max_size=m)
    editions = [
        (draw(st.lists(row, min_size=len(rows), max_size=len(rows))), draw(row)) for _ in range(2)
    ]
    scale = draw(st.lists(st.sampled_from([2, 4, 5, 8, 16]), min_size=m, max_size=m))
    direction = draw(st.lists(st.sampled_from([1, -1]), min_size=m, max_size=m))
    return tree, editions, scale, direction


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(raw_tables(), st.sampled_from(list(FORMS)))
def test_sql_is_numpy_is_exact(case, form):
    tree, editions, scale, direction = case
    m = tree.weights.size
    arrays = [
        (np.array([as_floats(row) for row in rows]), np.array(as_floats(reference)))
        for rows, reference in editions
    ]
    found = run_sql(arrays, tree, np.array(scale, dtype=float), np.array(direction), form)
    for (rows, reference), (x, ref), scores in zip(editions, arrays, found, strict=True):
        by_numpy = score_index(normalise(x, ref, scale, direction).z, tree).index.F
        z = [
            [
                None
                if v is None or r is None
                else min(max(100 + Fraction(30 * s, d) * (v - r), Fraction(70)), Fraction(130))
                for v, r, d, s in zip(row, reference, scale, direction, strict=True)
            ]
            for row in rows
        ]
        used = [j for j in range(m) if tree.weights[j] > 0 and any(row[j] is not None for row in z)]
        exact = as_floats([Exact(row, tree, used).index[0] for row in z])
        np.testing.assert_allclose(by_numpy, exact, rtol=1e-12, atol=0)
        np.testing.assert_allclose(scores, exact, rtol=1e-12, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_study_of_the_usual_size(form):
    """13 regions, 16 domains, 4 axes, holes: the same scores, the same units unclassified."""
    random = np.random.default_rng(0)
    tree = Hierarchy(
        random.integers(1, 4, 80), np.arange(80) % 16, np.ones(16), np.arange(16) // 4, np.ones(4)
    )
    x = random.normal(50, 10, (13, 80))
    x[random.random(x.shape) < 0.15] = np.nan
    x[5, :60] = np.nan
    x[:, 3] = np.nan
    reference, scale = np.full(80, 50.0), np.full(80, 25.0)
    direction = np.where(np.arange(80) % 3 == 0, -1, 1)
    expected = score_index(normalise(x, reference, scale, direction).z, tree).index.F
    assert 0 < np.isnan(expected).sum() < 13
    (found,) = run_sql([(x, reference)], tree, scale, direction, form)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("gap", [1e300, -1e300, 1e17])
def test_far_values_are_clipped(gap, form):
    tree = Hierarchy([1], [0], [1], [0], [1])
    (found,) = run_sql([(np.array([[gap]]), np.zeros(1))], tree, np.ones(1), np.ones(1), form)
    assert found == [130 if gap > 0 else 70]

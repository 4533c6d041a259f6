"""An indicator without notes is in no matrix: it moves not even a last digit of anything."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from phare_pipeline.steps.common.audit import Built
from phare_pipeline.steps.edition.alternatives import build_alternatives
from phare_pipeline.steps.edition.decomposition import build_decomposition
from phare_pipeline.steps.edition.structure import build_structure
from phare_pipeline.steps.edition.uncertainty import build_uncertainty

from .kit import DOMAINS, INDICATORS, VALUES, comparison_of, goalposts_of, make_registry, scored

# Figures without a pattern, so that a sum in another order differs in its last bits.
RANDOM = np.random.default_rng()
FIGURES = {
    name: tuple(float(v) * RANDOM.uniform(0.9, 1.1) for v in row) for name, row in VALUES.items()
}


def all_tables(unnoted: int) -> Iterator[tuple[str, object]]:
    """Build everything above the notes with so many indicators that nobody has measured."""
    added = {f"inconnu_{k}": (list(DOMAINS)[k % len(DOMAINS)], 1, 1.0) for k in range(unnoted)}
    registry = make_registry(goalposts=goalposts_of(FIGURES), indicators={**added, **INDICATORS})
    tables = scored(FIGURES, registry)
    normalised, scores = tables["core_normalised"], tables["core_scores"]
    yield "core_scores", scores.drop_columns(["missing_components"])
    results: list[Built] = [
        *build_decomposition(normalised, scores, registry),
        *build_uncertainty(normalised, comparison_of(FIGURES), registry),
        *build_alternatives(normalised, scores, registry),
        *build_structure(normalised, registry),
    ]
    for result in results:
        # Places in the registry are declared there, and move with the rows that the test adds.
        placed = {"indicator_order", "part_order"} & set(result.table.column_names)
        yield result.name, result.table.drop_columns(sorted(placed))


@pytest.mark.parametrize("unnoted", [1, 7])
def test_what_nobody_has_measured_moves_nothing(unnoted: int) -> None:
    before, after = dict(all_tables(0)), dict(all_tables(unnoted))
    assert before.keys() == after.keys() and len(before) > 8
    for name, table in before.items():
        assert table.equals(after[name]), name

"""Four regions and two editions of the oracle, through the steps: comparison to core tables."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from phare_pipeline.steps.edition.decomposition import build_decomposition
from phare_pipeline.steps.edition.scores import build_scores
from tests.unit.steps.kit import REGIONS, comparison_of, goalposts_of, make_registry

pytestmark = pytest.mark.slow

INDICATORS = {
    "chomage": ("seul", 1, 1.0),
    "emploi": ("seul", -1, 1.0),
    "logement": ("seul", 1, 1.0),
}
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def oracle(shared_dir: Path) -> dict[int, list[dict[str, str]]]:
    """Rows of the oracle by year; its regions A to D stand for the four of the kit."""
    path = shared_dir / "oracles" / "index" / "phare" / "end_to_end_4regions.csv"
    found = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[int(row["annee"])].append(row)
    return dict(found)


def values_of(rows: list[dict[str, str]], reference: dict[str, str]) -> dict[str, list[float]]:
    """Values of the regions, then of France: by the oracle's convention, those of C in 2014."""
    return {
        name: [*(float(row[f"x_{name}"]) for row in rows), float(reference[f"x_{name}"])]
        for name in INDICATORS
    }


@pytest.fixture(scope="module")
def tables(oracle: dict[int, list[dict[str, str]]]) -> dict[int, dict[str, pd.DataFrame]]:
    """Every table of the two editions, audits passed, with the scales of 2014."""
    reference = next(row for row in oracle[2014] if row["region"] == "C")
    registry = make_registry(
        goalposts=goalposts_of(values_of(oracle[2014], reference), 2014),
        indicators=INDICATORS,
        domains={"seul": "seul"},
    )
    found: dict[int, dict[str, pd.DataFrame]] = {}
    for year, rows in oracle.items():
        comparison = comparison_of(values_of(rows, reference), year)
        results = list(build_scores(comparison, registry))
        normalised, scores = results[0].table, results[1].table
        results += build_decomposition(normalised, scores, registry)
        assert all(result.passed for result in results)
        found[year] = {result.name: result.table.to_pandas() for result in results}
    return found


@pytest.mark.parametrize("year", [2014, 2015])
def test_notes_scores_and_imbalances(oracle, tables, year: int) -> None:
    notes = tables[year]["core_normalised"].set_index(["region_code", "indicator_id"])["z"]
    split = tables[year]["core_decomposition"].set_index(["region_code", "component_level"])
    for code, row in zip(REGIONS, oracle[year], strict=True):
        for name in INDICATORS:
            assert notes[code, name] == pytest.approx(float(row[f"z_{name}"]), abs=TOLERANCE)
        index, domain = split.loc[(code, "index")], split.loc[(code, "domain")]
        # One domain on one axis: the index is the domain, but for the rounding of the axis.
        assert domain["score"] == pytest.approx(float(Fraction(row["F"])), abs=TOLERANCE)
        assert index["score"] == pytest.approx(float(Fraction(row["F"])), abs=5.1e-7)
        assert index["notes_mean"] == pytest.approx(float(Fraction(row["moyenne"])), abs=TOLERANCE)
        imbalance = float(Fraction(row["desequilibre"]))
        assert index["within_domains"] == pytest.approx(imbalance, abs=TOLERANCE)
        assert index[["between_domains", "between_axes"]].to_list() == pytest.approx([0, 0])


@pytest.mark.parametrize("year", [2014, 2015])
def test_contributions(oracle, tables, year: int) -> None:
    """Each is z (z − 100) / Σ z, in exact fractions."""
    parts = tables[year]["core_contributions"].set_index(["region_code", "part_id"])
    for code, row in zip(REGIONS, oracle[year], strict=True):
        z = {name: Fraction(row[f"z_{name}"]) for name in INDICATORS}
        for name in INDICATORS:
            expected = z[name] * (z[name] - 100) / sum(z.values())
            found = parts.loc[(code, name), "axis_contribution"]
            assert found == pytest.approx(float(expected), abs=1e-6)

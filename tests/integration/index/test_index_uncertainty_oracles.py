"""Ranks over draws and Sobol indices against COINr 1.1.14: its 200 draws, its estimator."""

import csv
from pathlib import Path

import numpy as np
import pytest

from phare_pipeline.index.rank_uncertainty import rank_uncertainty
from phare_pipeline.index.sobol import sobol_indices


@pytest.fixture
def coinr(shared_dir: Path) -> Path:
    return shared_dir / "oracles" / "index" / "coinr"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_ranks_over_200_draws(coinr):
    """Ranks of every draw, through what COINr says of them: mean, median, 5 % and 95 %."""
    rows = read(coinr / "71_UA_scores.csv")
    scores = np.array([[float(row[f"r_{t}"]) for row in rows] for t in range(1, 201)])
    nominal = np.array([float(row["Nominal"]) for row in rows])
    by_code = {row["uCode"]: row for row in read(coinr / "71_UA_rankstats.csv")}
    assert scores.shape == (200, 51) and len(by_code) == 51

    def stated(column):
        return np.array([float(by_code[row["uCode"]][column]) for row in rows])

    found = rank_uncertainty(scores, nominal)
    published = stated("Nominal")
    np.testing.assert_array_equal(found.mean_shift, np.abs(found.ranks - published).mean(axis=1))
    np.testing.assert_allclose(found.ranks.mean(axis=0), stated("Mean"), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(np.median(found.ranks, axis=0), stated("Median"))
    for quantile, column in ((0.05, "Q5"), (0.95, "Q95")):
        # COINr interpolates (R's type 7).
        interpolated = np.quantile(found.ranks, quantile, axis=0)
        np.testing.assert_allclose(interpolated, stated(column), rtol=0, atol=1e-9)
    # Ours are ranks that occurred: at most one place from where COINr puts its bound.
    assert (np.abs(found.median - stated("Median")) <= 0.5).all()
    assert (np.abs(found.low - stated("Q5")) < 1).all()
    assert (np.abs(found.high - stated("Q95")) < 1).all()
    shares = [(scores[:, a] > scores[:, b]).mean() for a in (0, 7) for b in (3, 20)]
    assert [found.p_above[a, b] for a in (0, 7) for b in (3, 20)] == pytest.approx(shares)


def test_sobol_estimator(coinr):
    """COINr's own example, which is y = x₁ + 2x₂² + x₁x₃ on [0, 1]³; so the truth is known too."""
    rows = np.array(
        [[float(cell) for cell in row.values()] for row in read(coinr / "73_SA_estimate_input.csv")]
    )
    x, y = rows[:, :3], rows[:, 3]
    np.testing.assert_allclose(y, x[:, 0] + 2 * x[:, 1] ** 2 + x[:, 0] * x[:, 2], atol=1e-13)
    a, b, ab = y[:500], y[500:1000], y[1000:].reshape(3, 500)
    found = sobol_indices(a, b, ab, seed=1)

    # Totals: the same estimator, but COINr divides the variance by one less.
    output = read(coinr / "73_SA_estimate_output.csv")
    total = np.array([float(row["STi"]) for row in output])
    np.testing.assert_allclose(found.total * (999 / 1000), total, rtol=1e-12)
    # First order: another estimator (ours stays nearer on large indices); both within its error.
    first = np.array([float(row["Si"]) for row in output])
    assert (np.abs(found.first - first) < 3 * found.first_error).all()

    alone, shared = np.array([3 / 16, 16 / 45, 1 / 48]), 1 / 144
    variance = alone.sum() + shared
    assert (np.abs(found.first - alone / variance) < 3 * found.first_error).all()
    in_all = (alone + np.array([shared, 0, shared])) / variance
    assert (np.abs(found.total - in_all) < 3 * found.total_error).all()

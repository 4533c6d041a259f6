"""The alternatives against COINr 1.1.14 and Compind; where those are wrong, by how much.

Each known fault of the references has a test that shows both values: docs/references.md.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from phare_pipeline.index.aggregations import (
    ARITHMETIC,
    GEOMETRIC,
    HARMONIC,
    QUADRATIC,
    mazziotta_pareto,
    weighted_mean,
)
from phare_pipeline.index.benefit_of_doubt import benefit_of_doubt
from phare_pipeline.index.copeland import copeland_scores, outranking_shares
from phare_pipeline.index.normalisations import (
    ampi_goalposts,
    min_max,
    percentile,
    rank,
    z_score,
    z_score_100_10,
)


class Table(NamedTuple):
    names: list[str]
    columns: dict[str, np.ndarray]

    def matrix(self, names=None) -> np.ndarray:
        return np.column_stack([self.columns[n] for n in (self.names if names is None else names)])


def read(path: Path, *, text: tuple[str, ...] = ()) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    columns = {
        name: np.array([row[k] if name in text else number(row[k]) for row in rows])
        for k, name in enumerate(header)
    }
    return Table([name for name in header if name not in text], columns)


def number(cell: str) -> float:
    return float(cell) if cell.strip() not in ("", "NA") else float("nan")


def assert_close(found, expected, tolerance=1e-12) -> None:
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def order_of(values) -> list[int]:
    return np.argsort(-np.asarray(values), kind="stable").tolist()


@pytest.fixture
def coinr(shared_dir: Path) -> Path:
    return shared_dir / "oracles" / "index" / "coinr"


@pytest.fixture
def compind(shared_dir: Path) -> Path:
    return shared_dir / "oracles" / "index" / "compind"


@pytest.fixture
def asem(coinr) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, oriented values (51, 49) and direction of the ASEM indicators that are normalised."""
    table = read(coinr / "10_dset_Treated.csv", text=("uCode",))
    with (coinr / "02_iMeta.csv").open(encoding="utf-8", newline="") as file:
        direction = {row["iCode"]: row["Direction"] for row in csv.DictReader(file)}
    sign = np.array([float(direction[name]) for name in table.names])
    assert np.unique(sign).tolist() == [-1, 1]
    return table.names, table.matrix() * sign, sign


@pytest.fixture
def parts_of(coinr) -> dict[str, list[str]]:
    """Parts of each aggregate of the ASEM example, lower levels first."""
    parts: dict[str, list[str]] = {}
    with (coinr / "02_iMeta.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["Level"].strip() and row["Parent"]:
                parts.setdefault(row["Parent"], []).append(row["iCode"])
    assert len(parts) == 11
    weights = read(coinr / "12_weights.csv", text=("iCode",))
    assert set(weights.columns["Weight"]) == {1}
    return parts


# COINr: normalisations


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("minmax", lambda x: min_max(x, low=0, high=100)),
        ("minmax1", lambda x: min_max(x, low=1, high=100)),
        ("dist2max", min_max),
        ("zscore", z_score),
        ("zscore100_10", z_score_100_10),
        ("prank", lambda x: percentile(x, ties="min")),
        ("rank", lambda x: rank(x, ties="min")),
        ("borda", lambda x: rank(x, ties="min") - 1),
    ],
)
def test_coinr_normalisation(coinr, asem, name, function):
    names, x, _ = asem
    expected = read(coinr / f"20_norm_{name}.csv", text=("uCode",)).matrix(names)
    # COINr places what differs by 4e-16 (two sums of one figure): there noise decides.
    is_noisy = np.array([_tells_noise_apart(column) for column in x.T])
    assert [names[j] for j in np.flatnonzero(is_noisy)] == ["TolMin"]
    by_place = name in ("prank", "rank", "borda")
    kept = ~is_noisy if by_place else np.ones_like(is_noisy)
    assert_close(function(x)[:, kept], expected[:, kept])


def _tells_noise_apart(column):
    gaps = np.diff(np.sort(column[~np.isnan(column)]))
    return bool(((gaps > 0) & (gaps < 1e-9)).any())


@pytest.mark.parametrize("case", ["a", "c", "d"])
def test_coinr_small_cases_with_ties_a_hole_and_an_outlier(coinr, case):
    table = read(coinr / f"80_small_{case}.csv").columns
    x = table["x"][:, None]
    for name, found in {
        "minmax": min_max(x, low=0, high=100),
        "z": z_score(x),
        "rank": rank(x, ties="min"),
        "prank": percentile(x, ties="min"),
        "borda": rank(x, ties="min") - 1,
        "d2max": min_max(x),
    }.items():
        assert_close(found[:, 0], table[name])


def test_fault_coinr_constant_indicator(coinr):
    """NaN by min-max, z-score and distance; 0, the best place, by percentile. Ours: the middle."""
    table = read(coinr / "80_small_b.csv").columns
    x = table["x"][:, None]
    assert np.unique(x).tolist() == [1]
    for name in ("minmax", "z", "d2max"):
        assert np.isnan(table[name]).all()
    assert set(table["prank"]) == {0}
    assert min_max(x, low=0, high=100)[:, 0].tolist() == [50] * 5
    assert z_score(x)[:, 0].tolist() == [0] * 5
    assert percentile(x, ties="min")[:, 0].tolist() == [0.5] * 5
    assert rank(x, ties="min")[:, 0].tolist() == table["rank"].tolist()


def test_fault_coinr_infinite_value():
    """The formula of n_minmax gives 0, 0, NaN for (1, 2, Inf); ours refuses to compute."""
    x = np.array([1, 2, np.inf])
    with np.errstate(invalid="ignore"):
        theirs = 100 * (x - x.min()) / (x.max() - x.min())
    np.testing.assert_array_equal(theirs, [0, 0, np.nan])
    for function in (min_max, z_score, z_score_100_10, percentile, rank, ampi_goalposts):
        with pytest.raises(ValueError, match=r"values: found inf at position \(2, 0\)"):
            function(x[:, None])


def test_fault_coinr_distance_to_a_reference_that_is_the_minimum(coinr, asem):
    """42 infinities and 9 NaN in a column without holes; we offer no such normalisation."""
    names, x, _ = asem
    assert not np.isnan(x).any()
    found = read(coinr / "20_norm_dist2ref.csv", text=("uCode",)).matrix(names)
    is_bad = ~np.isfinite(found)
    assert np.flatnonzero(is_bad.any(axis=0)).tolist() == [names.index("Ship")]
    assert (int(np.isinf(found).sum()), int(np.isnan(found).sum())) == (42, 9)


def test_fault_coinr_fraction_of_the_maximum_turns_negative_directions_round(coinr, asem):
    """All 14 reversed indicators: 11 get the order of the raw values back, 3 infinities."""
    names, x, sign = asem
    found = read(coinr / "20_norm_fracmax.csv", text=("uCode",)).matrix(names)
    reversed_columns = np.flatnonzero(sign < 0)
    is_finite = np.isfinite(found[:, reversed_columns]).all(axis=0)
    assert (len(reversed_columns), int(is_finite.sum())) == (14, 11)
    for column in reversed_columns[is_finite]:
        ascending = np.argsort(x[:, column], kind="stable")
        assert (np.diff(found[ascending, column]) <= 0).all()
        assert np.ptp(found[:, column]) > 0
    for column in np.flatnonzero(sign > 0):
        ascending = np.argsort(x[:, column], kind="stable")
        assert (np.diff(found[ascending, column]) >= 0).all()


# COINr: aggregations

MEANS = {
    "a_amean": ARITHMETIC,
    "a_gmean": GEOMETRIC,
    "a_hmean": HARMONIC,
    "a_genmean": QUADRATIC,  # run with p = 2
}


def aggregate_like(name: str, parts: np.ndarray) -> np.ndarray:
    weights = np.ones(parts.shape[1])
    if name == "copw":
        return copeland_scores(outranking_shares(parts, weights))
    return weighted_mean(parts, weights, MEANS[name])


@pytest.mark.parametrize(
    "file",
    [
        "30_agg_minmax_a_amean",
        "30_agg_minmax1_a_amean",
        "30_agg_zscore_a_amean",
        "30_agg_prank_a_amean",
        "30_agg_borda_a_amean",
        "30_agg_minmax1_a_gmean",
        "30_agg_minmax1_a_hmean",
        "30_agg_minmax1_a_genmean",
        "30_agg_minmax1_a_amean-a_gmean-a_gmean",
        "30_agg_minmax_copw",
        "30_agg_minmax_a_amean-a_amean-copw",
    ],
)
def test_coinr_aggregation(coinr, parts_of, file):
    """Every aggregate of the three levels, from the parts that COINr itself gives."""
    table = read(coinr / f"{file}.csv", text=("uCode",)).columns
    by_level = file.removeprefix("30_agg_").partition("_")[2].split("-")
    for parent, names in parts_of.items():
        level = {"Index": 2, "Conn": 1, "Sust": 1}.get(parent, 0)
        parts = np.column_stack([table[name] for name in names])
        found = aggregate_like(by_level[min(level, len(by_level) - 1)], parts)
        assert_close(found, table[parent])


def test_every_aggregation_file_has_a_test(coinr):
    tested = {
        mark.args[1][k]
        for mark in test_coinr_aggregation.pytestmark
        if mark.name == "parametrize"
        for k in range(len(mark.args[1]))
    }
    assert {path.stem for path in coinr.glob("30_agg_*.csv")} == tested


def test_coinr_ties_count_half(coinr, asem, parts_of):
    """Without the half the Copeland oracle would not be met: it does test ties."""
    table = read(coinr / "30_agg_minmax_copw.csv", text=("uCode",)).columns
    parts = np.column_stack([table[name] for name in parts_of["Physical"]])
    won = (parts[:, None, :] > parts[None, :, :]).mean(axis=2)
    without_half = np.sign(won - 0.5)
    np.fill_diagonal(without_half, 0)
    assert (without_half.sum(axis=1) != table["Physical"]).any()


# Compind: normalisations


@pytest.fixture
def bli(compind) -> Table:
    return read(compind / "BLI_2017.csv", text=("country",))


def test_compind_normalisations(compind, bli):
    x = bli.matrix()
    for name, found in {"m1": z_score(x), "m2": min_max(x), "m3": rank(x, ties="mean")}.items():
        expected = read(compind / f"norm_BLI_2017_{name}.csv", text=("country",))
        assert_close(found, expected.matrix())


# Compind: MPI


@pytest.mark.parametrize(("penalty", "sign"), [("POS", -1), ("NEG", 1)])
def test_fault_compind_mpi_divides_by_n_minus_1(compind, bli, penalty, sign):
    """Its value is met with n − 1 in both places; the authors' n moves it by up to 0.16 and 0.39.

    In Compind "POS" names a positive index (penalty subtracted), "NEG" a negative one (added).
    """
    table = read(compind / f"mpi_BLI_2017_{penalty}.csv", text=("country",))
    x, theirs = bli.matrix(), table.columns["mpi"]
    m = x.shape[1]
    assert_close(z_score_100_10(x, ddof=1), table.matrix(bli.names))
    z = z_score_100_10(x, ddof=1)
    mean = weighted_mean(z, np.ones(m), ARITHMETIC)
    population = mazziotta_pareto(z, np.ones(m), sign=sign) - mean
    assert_close(mean + population * m / (m - 1), theirs)

    ours = mazziotta_pareto(z_score_100_10(x, ddof=0), np.ones(m), sign=sign)
    largest = float(np.abs(ours - theirs).max())
    assert largest == pytest.approx({"POS": 0.15786, "NEG": 0.38884}[penalty], abs=5e-6)
    n_moved = int((np.argsort(order_of(ours)) != np.argsort(order_of(theirs))).sum())
    assert n_moved == {"POS": 6, "NEG": 2}[penalty]


@pytest.mark.parametrize(("penalty", "sign"), [("POS", -1), ("NEG", 1)])
def test_compind_mpi_of_the_regions_of_europe(compind, penalty, sign):
    raw = read(compind / "EU_NUTS1.csv", text=("unit", "NUTS1", "NUTS_CODE"))
    table = read(compind / f"mpi_EU_NUTS1_{penalty}.csv", text=("unit",))
    z = z_score_100_10(raw.matrix(("roads", "trains")) * [-1, 1])
    assert_close(z, table.matrix(("roads", "trains")))
    mean = weighted_mean(z, [1, 1], ARITHMETIC)
    twice = 2 * (mazziotta_pareto(z, [1, 1], sign=sign) - mean)  # m / (m − 1) with two indicators
    assert_close(mean + twice, table.columns["mpi"])


# Compind: AMPI


def test_fault_compind_ampi_always_subtracts_and_rounds(compind, bli):
    """POS and NEG give the same file; added, the index of Mexico is 7.536 higher."""
    x = bli.matrix()
    z = ampi_goalposts(x, x.mean(axis=0))
    weights = np.ones(x.shape[1])
    minus, plus = (mazziotta_pareto(z, weights, sign=sign) for sign in (-1, 1))
    files = [
        read(compind / f"ampi_BLI_2017_penalty{p}.csv", text=("country",)) for p in ("POS", "NEG")
    ]
    for table in files:
        assert_close(z, table.matrix(bli.names))
        assert_close((plus - minus) / 2, table.columns["penalty"])
        np.testing.assert_array_equal(np.round(minus, 3), table.columns["ampi"])
        assert 4e-4 < np.abs(minus - table.columns["ampi"]).max() <= 5e-4 + 1e-12
    np.testing.assert_array_equal(files[0].columns["ampi"], files[1].columns["ampi"])
    gap = np.abs(plus - files[1].columns["ampi"])
    assert gap.max() == pytest.approx(7.53626, abs=5e-6)
    n_moved = int((np.argsort(order_of(plus)) != np.argsort(order_of(minus))).sum())
    assert n_moved == 25


def test_compind_ampi_over_two_years(compind):
    """Goalposts common to both years, references 50 and 100; estimates only to 3 decimals."""
    table = read(compind / "ampi_EU2020_input.csv").columns
    x = np.column_stack([table["employ"], table["finalenergy"]])
    spread = np.ptp(x, axis=0)
    estimates = read(compind / "ampi_EU2020_est.csv").columns
    penalties = read(compind / "ampi_EU2020_penalty.csv").columns
    for year, column in (("2010", "V1"), ("2011", "V2")):
        z = ampi_goalposts(x[table["time"] == float(year)], [50, 100], spread=spread)
        assert_close(z, read(compind / f"ampi_EU2020_norm{year}.csv").matrix())
        minus, plus = (mazziotta_pareto(z, [1, 1], sign=sign) for sign in (-1, 1))
        assert_close((plus - minus) / 2, penalties[column])
        np.testing.assert_array_equal(np.round(minus, 3), estimates[year])


# Compind: benefit of the doubt


def assert_optimal(x: np.ndarray, expected: np.ndarray) -> None:
    """Same scores, and both sides of our programme prove them without the oracle."""
    result = benefit_of_doubt(x)
    assert_close(result.score, expected, 1e-11)
    assert_close((result.weights * x).sum(axis=1), result.score)
    assert (x @ result.weights.T).max() <= 1 + 1e-12
    assert (result.weights >= 0).all()
    assert_close(result.peers.sum(axis=1), result.score, 1e-9)
    assert (result.peers @ x >= x - 1e-9 * x.max(axis=0)).all()


def test_compind_benefit_of_the_doubt(compind, bli):
    table = read(compind / "bod_BLI_2017_raw.csv", text=("country",))
    assert_optimal(bli.matrix(), table.columns["bod"])
    nuts = read(compind / "bod_EU_NUTS1.csv", text=("unit",))
    x = nuts.matrix(("roads", "trains"))
    assert_optimal(x, nuts.columns["bod"])
    raw = read(compind / "EU_NUTS1.csv", text=("unit", "NUTS1", "NUTS_CODE"))
    assert_close(min_max(raw.matrix(("roads", "trains"))), x)


def test_compind_benefit_of_the_doubt_orders_nobody_on_16_indicators(compind):
    """89 of 96 units have the score 1: why the alternatives use it on the axes."""
    table = read(compind / "bod_rand96x16.csv")
    assert_optimal(table.matrix([f"V{k}" for k in range(1, 17)]), table.columns["bod"])
    assert int((table.columns["bod"] > 1 - 1e-9).sum()) == 89


def test_fault_compind_weights_pass_the_bound_by_the_tolerance_of_the_solver(compind, bli):
    """Under the weights of the oracle the best unit has a little more than 1; under ours never."""
    table = read(compind / "bod_BLI_2017_raw.csv", text=("country",))
    weights = table.matrix([f"w.v{k}" for k in range(1, 12)])
    excess = (bli.matrix() @ weights.T).max() - 1
    assert 1e-13 < excess < 1e-12

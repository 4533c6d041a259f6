"""The index against every oracle file of `oracles/index/phare` and `oracles/index/pareto`."""

import csv
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from phare_pipeline.index.aggregate import aggregate
from phare_pipeline.index.average_rank import average_rank
from phare_pipeline.index.dominance import dominance_matrix
from phare_pipeline.index.normalise import goalpost_scale, normalise
from phare_pipeline.index.pareto import gap_to_front, order_units
from phare_pipeline.index.ranks import fragility_rank, rank_descending

CASES = (
    "alltied_13x4",
    "antichain_13x2",
    "avgrank_exact_corr5_22x4",
    "chain_13x4",
    "corr5_13x16",
    "corr5_13x4",
    "rand_13x2",
    "rand_13x4",
    "rand_22x4",
    "rand_500x4",
    "rand_96x4",
    "single_13x1",
    "tied_13x4_k3",
)
COMPANIONS = ("_D", "_mutual_rank_prob", "_netrankr")


@pytest.fixture
def phare(shared_dir: Path) -> Path:
    return shared_dir / "oracles" / "index" / "phare"


@pytest.fixture
def pareto(shared_dir: Path) -> Path:
    return shared_dir / "oracles" / "index" / "pareto"


def read_columns(path: Path) -> dict[str, np.ndarray]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {name: np.array(values) for name, values in columns.items()}


def read_scores(path: Path) -> np.ndarray:
    columns = read_columns(path)
    names = sorted((n for n in columns if n[0] == "x"), key=lambda n: int(n[1:]))
    return np.column_stack([columns[name].astype(float) for name in names])


def assert_close(found, expected) -> None:
    np.testing.assert_allclose(found, np.asarray(expected, dtype=float), rtol=0, atol=1e-12)


def test_every_file_has_a_test(pareto, phare):
    known = {case + companion for case in CASES for companion in ("", *COMPANIONS)}
    assert {path.stem for path in pareto.iterdir()} <= known
    assert {path.name for path in phare.iterdir()} == {
        "BLI_2017_as_fragility.csv",
        "aggregation_exact.json",
        "edge_cases.json",
        "end_to_end_4regions.csv",
    }


def test_aggregation_exact(phare):
    for case in json.loads((phare / "aggregation_exact.json").read_text(encoding="utf-8")):
        z = [float(x) for x in case["z"]]
        w = [float(x) for x in case["w"]] if case["w"] else [1.0] * len(z)
        result = aggregate([z], w)
        assert_close(result.F, [float(Fraction(case["F_plus"]))])
        assert_close(result.mean - result.imbalance, [case["F_minus_float"]])


def test_edge_cases(phare):
    cases = {
        case["id"]: case
        for case in json.loads((phare / "edge_cases.json").read_text(encoding="utf-8"))
    }
    for name in ("constant_equal_ref", "constant_not_ref", "single_indicator", "orientation_flip"):
        case = cases[name]
        scale = goalpost_scale(case["x"], case["ref"])
        assert scale == case.get("delta", scale)
        result = normalise(
            np.array(case["x"], dtype=float)[:, None],
            [case["ref"]],
            [scale],
            [case.get("sigma", 1)],
        )
        assert result.z[:, 0].tolist() == case["z"]
        assert result.is_non_discriminant[0] == name.startswith("constant")

    single = cases["single_indicator"]
    z = np.array(single["z"], dtype=float)[:, None]
    order = order_units(z)
    assert_close(aggregate(z, [1]).F, single["F"])
    assert_close(aggregate(z, [1]).imbalance, single["penalty"])
    assert (order.front_from_fragile - 1).tolist() == single["front_from_fragile"]
    assert fragility_rank(single["F"], 1).rank.tolist() == single["rank"]
    intervals = np.column_stack([order.rank_best, order.rank_worst])
    assert intervals.tolist() == single["rank_interval"]
    assert gap_to_front(z).gap.tolist() == single["ecart_pareto"]

    tied = cases["all_tied_13x4"]
    order = order_units(np.full((13, 4), 100.0))
    assert aggregate(np.full((13, 4), 100.0), np.ones(4)).F.tolist() == tied["F"]
    assert fragility_rank(tied["F"], 1).rank.tolist() == tied["rank_min"]
    assert_close(average_rank(dominance_matrix(np.full((13, 4), 100.0))), [tied["rank_avg"]] * 13)
    assert (order.front_from_fragile - 1).tolist() == tied["front"]
    assert [order.rank_best[0], order.rank_worst[0]] == tied["rank_interval"]

    hole = cases["nan_cell"]
    z = np.array([[np.nan if x is None else x for x in hole["z"]]])
    for filler, key in ((np.nan, "F_available"), (70, "F_low"), (130, "F_high")):
        filled = np.where(np.isnan(z), filler, z)
        assert_close(aggregate(filled, np.ones(3)).F, [float(Fraction(hole[key]))])

    clip = cases["clip"]
    result = normalise([[clip["x"]]], [clip["ref"]], [clip["delta"]], [clip["sigma"]])
    assert (result.z_unclipped[0, 0], result.z[0, 0]) == (clip["z_raw"], clip["z"])
    assert result.is_clipped[0, 0]

    ampi = cases["ampi_minus_not_monotone"]
    for key in ("a", "b"):
        result = aggregate([ampi[key]], np.ones(16))
        assert_close(result.F, [ampi[f"Fplus_{key}"]])
        assert_close(result.mean - result.imbalance, [ampi[f"Fminus_{key}"]])

    ties = cases["competition_ties"]
    assert rank_descending(ties["F"]).rank.tolist() == ties["rank_min"]
    assert_close(aggregate([cases["two_extremes"]["z"]], [1, 1]).imbalance, [9])
    at_supremum = np.sqrt(70 * 130)  # the mean at which F − M is largest
    weight = (at_supremum - 70) / 60
    assert_close(
        aggregate([[130, 70]], [weight, 1 - weight]).imbalance, [cases["max_penalty"]["value"]]
    )
    assert np.isnan(aggregate([[np.nan, np.nan]], [1, 1]).F[0])
    with pytest.raises(ValueError, match="inf"):
        normalise([[1], [2], [float("inf")]], [1], [1], [1])
    alone = cases["n_eq_1"]
    order = order_units([[113.0]])
    assert [order.rank_best[0], order.rank_worst[0]] == alone["rank_interval"]
    assert order.front_from_fragile[0] - 1 == alone["front"]
    assert np.isnan(gap_to_front([[113.0]]).gap[0])


def test_end_to_end_4regions(phare):
    """Reference: region C, which equals France; Δ frozen in 2014; employment is oriented −1."""
    table = read_columns(phare / "end_to_end_4regions.csv")
    names = ("chomage", "emploi", "logement")
    x = np.column_stack([table[f"x_{name}"].astype(float) for name in names])
    z = np.column_stack([table[f"z_{name}"].astype(float) for name in names])
    is_base = table["annee"] == "2014"
    reference = x[is_base & (table["region"] == "C")][0]
    scale = [goalpost_scale(x[is_base, j], reference[j]) for j in range(3)]
    for year in ("2014", "2015"):
        is_year = table["annee"] == year
        result = normalise(x[is_year], reference, scale, [1, -1, 1])
        assert_close(result.z, z[is_year])
        composite = aggregate(result.z, np.ones(3))
        assert_close(composite.F, [float(Fraction(f)) for f in table["F"][is_year]])
        assert_close(composite.mean, [float(Fraction(f)) for f in table["moyenne"][is_year]])
        assert_close(
            composite.imbalance, [float(Fraction(f)) for f in table["desequilibre"][is_year]]
        )


def test_bli_2017_as_fragility(phare):
    """Eleven well-being scores turned into fragility, reference = plain mean of the countries."""
    table = read_columns(phare / "BLI_2017_as_fragility.csv")
    results = ("country", "F", "M", "penalty", "dominated_by", "dominates")
    x = np.column_stack([v.astype(float) for name, v in table.items() if name not in results])
    reference = x.mean(axis=0)
    scale = [goalpost_scale(x[:, j], reference[j]) for j in range(x.shape[1])]
    z = normalise(x, reference, scale, -np.ones(x.shape[1])).z
    composite = aggregate(z, np.ones(x.shape[1]))
    assert_close(composite.F, table["F"])
    assert_close(composite.mean, table["M"])
    assert_close(composite.imbalance, table["penalty"])
    order = order_units(z)
    assert order.up.tolist() == table["dominated_by"].astype(int).tolist()
    assert order.down.tolist() == table["dominates"].astype(int).tolist()


@pytest.mark.parametrize("case", CASES)
def test_pareto_case(pareto, case):
    table, z = read_columns(pareto / f"{case}.csv"), read_scores(pareto / f"{case}.csv")
    order = order_units(z)
    found = {
        "front": order.front_from_fragile - 1,
        "dominated_by": order.up,
        "dominates": order.down,
        "rank_best": order.rank_best,
        "rank_worst": order.rank_worst,
    }
    for name, values in found.items():
        if name in table:
            assert values.tolist() == table[name].astype(int).tolist(), name
    if "ecart_pareto" in table:
        assert_close(gap_to_front(z).gap, table["ecart_pareto"])
    if "avgrank_exact" in table:
        assert_close(average_rank(dominance_matrix(z)), table["avgrank_exact"])
    if "avgrank_lpom" in table:  # the local approximation, which is a function of up and down
        lpom = (order.up + 1) * (len(z) + 1) / (order.up + order.down + 2)
        assert_close(lpom, table["avgrank_lpom"])


@pytest.mark.parametrize("case", CASES)
def test_dominance_matrix_and_netrankr(pareto, case):
    dominance = dominance_matrix(read_scores(pareto / f"{case}.csv"))
    for companion in COMPANIONS:
        path = pareto / f"{case}{companion}.csv"
        if not path.exists():
            continue
        if companion == "_D":
            expected = np.loadtxt(path, delimiter=",")
            assert dominance.astype(int).tolist() == expected.astype(int).tolist()
        elif companion == "_netrankr":
            columns = {name.strip('"'): v for name, v in read_columns(path).items()}
            assert_close(average_rank(dominance), columns["netrankr_exact"])
        else:  # P(row placed above column); its sums by column are the average ranks less one
            probability = np.loadtxt(path, delimiter=",", skiprows=1)
            assert_close(1 + probability.sum(axis=0), average_rank(dominance))

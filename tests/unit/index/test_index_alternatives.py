"""The alternatives side by side: the tree by hand, holes, unclassified units, invariances."""

import time
from itertools import groupby

import numpy as np
import pytest
from scipy.stats import spearmanr

from phare_pipeline.index.aggregations import (
    ARITHMETIC,
    CONTRAHARMONIC,
    GEOMETRIC,
    QUADRATIC,
    mazziotta_pareto,
)
from phare_pipeline.index.alternatives import METHODS, compare, score_tree
from phare_pipeline.index.benefit_of_doubt import benefit_of_doubt
from phare_pipeline.index.copeland import copeland_scores, outranking_shares
from phare_pipeline.index.draws import AGGREGATIONS, draw, prepare
from phare_pipeline.index.hierarchy import Hierarchy, Thresholds, score_index
from phare_pipeline.index.normalisations import (
    ampi_goalposts,
    min_max,
    percentile,
    rank,
    z_score,
    z_score_100_10,
)
from phare_pipeline.index.simulation import evaluate

NAN, INF = float("nan"), float("inf")
CODES = [method.code for method in METHODS]

# Four axes, one of two domains, one of two unequal indicators.
TREE = Hierarchy(
    weights=[3, 1, 1, 1, 1, 1],
    domain_of=[0, 0, 1, 2, 3, 4],
    domain_weights=[1, 1, 1, 1, 1],
    axis_of=[0, 0, 1, 2, 3],
    axis_weights=[1, 1, 1, 1],
)


def make(n=13, m=80, holes=0.0, seed=1, spread=12.0):
    """Scores and unclipped z of n units on m indicators, 16 domains, 4 axes."""
    random = np.random.default_rng(seed)
    z = 100 + spread * (0.6 * random.normal(size=(n, 1)) + random.normal(size=(n, m)))
    z[random.random(z.shape) < holes] = NAN
    tree = Hierarchy(
        random.integers(1, 4, m), np.arange(m) % 16, np.ones(16), np.arange(16) // 4, np.ones(4)
    )
    return score_index(np.clip(z, 70, 130), tree), z


def small(rows, **thresholds):
    z = np.array(rows, dtype=float)
    return score_index(np.clip(z, 70, 130), TREE, Thresholds(**thresholds)), z


def row_of(result, code):
    return CODES.index(code), result.scores[CODES.index(code)]


def test_registry():
    assert len(set(CODES)) == len(CODES) == 16
    assert len({method.label_fr for method in METHODS}) == len(CODES)
    for method in METHODS:
        assert method.description_fr.endswith(".")
        assert "\n" not in method.description_fr
    pairs = [(method.normalisation, method.aggregation) for method in METHODS]
    assert len(set(pairs)) == len(pairs)


def test_tree_by_hand():
    scores, z = small([[80, 120, 110, 90, 70, 130]])
    # Domain 0: (3·80 + 120)/4 = 90; axis 0: (90 + 110)/2 = 100; index: (100 + 90 + 70 + 130)/4.
    assert score_tree(z, scores, ARITHMETIC)[0] == pytest.approx(97.5, abs=1e-12)
    domain = 80**0.75 * 120**0.25
    geometric = ((domain * 110) ** 0.5 * 90 * 70 * 130) ** 0.25
    assert score_tree(z, scores, GEOMETRIC)[0] == pytest.approx(geometric, abs=1e-11)
    domain = 4 / (3 / 80 + 1 / 120)
    harmonic = 4 / ((1 / domain + 1 / 110) / 2 + 1 / 90 + 1 / 70 + 1 / 130)
    domain = (3 * 80**2 + 120**2) / 4
    quadratic = (((domain + 110**2) / 2 + 90**2 + 70**2 + 130**2) / 4) ** 0.5
    result = compare(scores, z)
    for name, expected in (
        ("arithmetic", 97.5),
        ("geometric", geometric),
        ("harmonic", harmonic),
        ("quadratic", quadratic),
    ):
        _, found = row_of(result, f"phare_{name}")
        assert found[0] == pytest.approx(expected, abs=1e-11), name


def test_tree_with_the_mean_of_the_index_is_the_index():
    scores, _ = make(holes=0.1)
    assert scores.index.is_scored.any()
    found = score_tree(scores.z, scores, CONTRAHARMONIC)
    np.testing.assert_allclose(found, scores.index.F, rtol=0, atol=1e-6)  # axes are rounded there


def test_tree_equals_the_simulation_without_its_draws():
    """Same means on the same tree, computed elsewhere as matrix products."""
    scores, z = make()
    experiment = prepare(scores, z)
    draws = draw(experiment, len(AGGREGATIONS), seed=1)
    draws.weights[:] = 1.0
    draws.content[:], draws.normalisation[:] = experiment.candidates.is_socle, 0
    draws.aggregation[:] = np.arange(len(AGGREGATIONS))
    simulated = evaluate(experiment, draws)
    result = compare(scores, z)
    for name in ("arithmetic", "quadratic", "geometric"):
        _, found = row_of(result, f"phare_{name}")
        np.testing.assert_allclose(found, simulated[AGGREGATIONS.index(name)], atol=1e-10)


def test_hole_renormalises_within_its_domain():
    scores, _ = small([[NAN, 120, 110, 90, 70, 130], [80, 120, 110, 90, 70, 130]], domain=0.25)
    found = score_tree(scores.z, scores, ARITHMETIC)
    assert found[0] == pytest.approx(((120 + 110) / 2 + 90 + 70 + 130) / 4, abs=1e-12)


def test_indicators_of_a_domain_that_is_not_scored_count_for_nothing():
    """Unit 0 lacks 3/4 of domain 0; what is left of it must enter neither means nor duels."""
    rows = [[NAN, 120, 110, 90, 70, 130], [80, 90, 110, 90, 70, 130], [75, 99, 111, 90, 71, 125]]
    scores, z = small(rows)
    assert not scores.domain.is_scored[0, 0]
    assert scores.index.is_scored.all()
    assert score_tree(scores.z, scores, ARITHMETIC)[0] == pytest.approx(100, abs=1e-12)
    result = compare(scores, z)
    assert np.isfinite(result.scores).all()
    weights = np.array([3, 1, 4, 8, 8, 8]) / 32
    counted = z.copy()
    counted[0, 1] = NAN
    _, found = row_of(result, "copeland")
    assert found.tolist() == copeland_scores(outranking_shares(counted, weights)).tolist()
    # Units 0 and 1 draw on all the rest, so the indicator that is left would decide their duel.
    assert found.tolist() != copeland_scores(outranking_shares(z, weights)).tolist()


def test_axis_that_is_not_scored_gives_no_credit_in_benefit_of_doubt():
    rows = [[75, 85, 84, NAN, 85, 92], [85, 95, 90, 110, 80, 100], [70, 80, 95, 80, 100, 90]]
    scores, z = small(rows, all_axes=0.75)
    assert scores.index.is_scored.all()
    assert not scores.axis.is_scored[0, 1]
    axes = min_max(z)
    axes = np.column_stack(
        [((3 * axes[:, 0] + axes[:, 1]) / 4 + axes[:, 2]) / 2, axes[:, 3], axes[:, 4], axes[:, 5]]
    )
    _, found = row_of(compare(scores, z), "benefit_of_doubt")
    np.testing.assert_allclose(found, benefit_of_doubt(np.nan_to_num(axes)).score, atol=1e-12)
    assert found[0] < 0.9 < benefit_of_doubt(np.nan_to_num(axes, nan=1.0)).score[0]


@pytest.mark.parametrize(
    ("index", "normalise"),
    [("mpi", lambda z: z_score_100_10(z, ddof=0)), ("ampi", lambda z: ampi_goalposts(z, 100.0))],
)
@pytest.mark.parametrize(("name", "sign"), [("plus", 1), ("minus", -1)])
def test_mazziotta_pareto_takes_the_domains_in_one_step(index, normalise, name, sign):
    scores, z = small(
        [[80, 120, 110, 90, 70, 130], [99, 90, 100, 115, 105, 120], [120, 85, 95, 105, 130, 85]]
    )
    notes = normalise(z)
    assert ((notes >= 40) & (notes <= 160)).all()
    domains = np.column_stack([(3 * notes[:, 0] + notes[:, 1]) / 4, notes[:, 2:]])
    _, found = row_of(compare(scores, z), f"{index}_{name}")
    expected = mazziotta_pareto(domains, [0.5, 0.5, 1, 1, 1], sign=sign)
    np.testing.assert_allclose(found, expected, atol=1e-11)


@pytest.mark.parametrize(
    ("code", "normalise", "mean"),
    [
        ("min_max_arithmetic", lambda z: min_max(z, low=70, high=130), ARITHMETIC),
        ("min_max_geometric", lambda z: min_max(z, low=70, high=130), GEOMETRIC),
        ("min_max_quadratic", lambda z: min_max(z, low=70, high=130), QUADRATIC),
        ("z_score_arithmetic", lambda z: z_score(z, ddof=1), ARITHMETIC),
        ("percentile_arithmetic", lambda z: percentile(z, low=70, high=130), ARITHMETIC),
        ("rank_arithmetic", lambda z: rank(z, ties="min"), ARITHMETIC),
    ],
)
def test_means_of_the_other_normalisations(code, normalise, mean):
    """From z, unclipped and with ties, of all units."""
    scores, z = make(holes=0.1, seed=6)
    z = np.round(z)
    assert (np.abs(z - 100) > 30).any()
    scores = score_index(np.clip(z, 70, 130), scores.hierarchy)
    _, found = row_of(compare(scores, z), code)
    np.testing.assert_allclose(found, score_tree(normalise(z), scores, mean), atol=1e-10)


def test_the_last_bits_of_a_sum_decide_no_rank():
    """One value twice, with and without a hole: equal, but not to the last bit."""
    value = 85.4
    scores, z = small([[value, value, 90, 90, 90, 90], [value, NAN, 90, 90, 90, 90]])
    found = score_tree(scores.z, scores, ARITHMETIC)
    assert found[0] != found[1], "the case no longer shows anything"
    k, _ = row_of(compare(scores, z), "phare_arithmetic")
    assert compare(scores, z).ranks[k].tolist() == [1, 1]


def test_copeland_takes_the_indicators_at_their_nested_weights():
    scores, z = make(seed=4)
    tree = scores.hierarchy
    total = np.bincount(tree.domain_of, tree.weights)
    weights = tree.weights / total[tree.domain_of] / 16
    _, found = row_of(compare(scores, z), "copeland")
    assert found.tolist() == copeland_scores(outranking_shares(z, weights)).tolist()


def test_ampi_stays_positive_when_the_reference_is_far_outside():
    """Two units at 100.2 and 100.3 of a reference at 100 would stand at 220 and 280 unclipped."""
    scores, z = small([[100.2] * 6, [100.3] * 6])
    _, found = row_of(compare(scores, z), "ampi_minus")
    assert found.tolist() == [160, 160]
    below = 200 - z
    _, found = row_of(compare(score_index(below, TREE), below), "ampi_plus")
    assert found.tolist() == [40, 40]


def test_unclassified_units_have_no_rank_and_count_for_nobody():
    scores, z = make(holes=0.05, seed=3)
    z[4] = NAN
    scores = score_index(np.clip(z, 70, 130), scores.hierarchy)
    result = compare(scores, z)
    assert not scores.index.is_scored[4]
    assert result.rank_of == scores.index.is_scored.sum() == 12
    for array in (result.scores, result.ranks, result.shift):
        assert np.isnan(array[:, 4]).all()
        assert np.isfinite(np.delete(array, 4, axis=1)).all()
    assert np.isnan(result.reference_rank[4])
    others = np.delete(np.arange(13), 4)
    without = compare(score_index(np.clip(z[others], 70, 130), scores.hierarchy), z[others])
    np.testing.assert_allclose(without.scores, result.scores[:, others], atol=1e-9)
    np.testing.assert_array_equal(without.ranks, result.ranks[:, others])


def test_summary_figures():
    scores, z = make(holes=0.05, seed=7)
    result = compare(scores, z)
    np.testing.assert_array_equal(result.shift, result.ranks - result.reference_rank)
    np.testing.assert_array_equal(result.largest_shift, np.abs(result.shift).max(axis=1))
    np.testing.assert_allclose(result.mean_shift, np.abs(result.shift).mean(axis=1), rtol=1e-14)
    assert result.largest_shift.max() > 0
    for k, row in enumerate(result.scores):
        expected = spearmanr(np.round(row, 9), scores.index.F).statistic
        assert result.spearman[k] == pytest.approx(expected, abs=1e-12)
        by_place = sorted(zip(result.ranks[k], np.round(row, 9), strict=True))
        place = 1
        for found, group in groupby(by_place, key=lambda pair: pair[0]):
            members = list(group)
            assert found == place
            assert len({value for _, value in members}) == 1
            place += len(members)


def test_identical_units_tie_in_every_method():
    scores, z = make(seed=5)
    z[7] = z[2]
    result = compare(score_index(np.clip(z, 70, 130), scores.hierarchy), z)
    np.testing.assert_array_equal(result.ranks[:, 7], result.ranks[:, 2])


def test_all_tied():
    scores, z = small([[100] * 6] * 4)
    result = compare(scores, z)
    assert (result.ranks == 1).all()
    assert (result.shift == 0).all()
    assert np.isnan(result.spearman).all()
    assert (result.largest_shift == 0).all()
    by_code = dict(zip(CODES, result.scores[:, 0], strict=True))
    for code in CODES:
        expected = {"z_score_arithmetic": 0, "rank_arithmetic": 1, "copeland": 0}
        expected["benefit_of_doubt"] = 1
        assert by_code[code] == pytest.approx(expected.get(code, 100), abs=1e-11), code


def test_one_unit_and_nobody_classified():
    scores, z = small([[80, 120, 110, 90, 70, 130]])
    result = compare(scores, z)
    assert (result.ranks == 1).all()
    assert np.isnan(result.spearman).all()
    scores, z = small([[NAN] * 5 + [100], [NAN] * 5 + [110]])
    result = compare(scores, z)
    assert result.rank_of == 0
    for array in (result.scores, result.ranks, result.shift, result.largest_shift):
        assert np.isnan(array).all()


def test_a_unit_that_is_worst_everywhere_is_first_in_every_method():
    scores, z = make(seed=8, spread=4.0)
    z[3] = z.max(axis=0) + 1
    result = compare(score_index(np.clip(z, 70, 130), scores.hierarchy), z)
    assert result.reference_rank[3] == 1
    # The subtracted penalty is no increasing function; the others must not miss this.
    for code, place in zip(CODES, result.ranks[:, 3], strict=True):
        assert place == 1 or code.endswith("_minus"), code


def test_permutations_only_permute():
    scores, z = make(holes=0.08, seed=11)
    result = compare(scores, z)
    tree, random = scores.hierarchy, np.random.default_rng(2)
    rows, columns = random.permutation(13), random.permutation(80)
    permuted = Hierarchy(
        tree.weights[columns],
        tree.domain_of[columns],
        tree.domain_weights,
        tree.axis_of,
        tree.axis_weights,
    )
    moved = z[np.ix_(rows, columns)]
    other = compare(score_index(np.clip(moved, 70, 130), permuted), moved)
    np.testing.assert_allclose(other.scores, result.scores[:, rows], atol=1e-9)
    np.testing.assert_array_equal(other.ranks, result.ranks[:, rows])


def test_scale_of_the_gaps_matters_only_through_z():
    """All but the PHARE scale itself are the same when a column's gaps are all doubled."""
    scores, z = make(seed=12)
    doubled = 100 + (z - 100) * np.where(np.arange(80) % 2, 2.0, 0.5)
    first, second = compare(scores, z), compare(scores, doubled)
    np.testing.assert_allclose(first.scores, second.scores, atol=1e-9)


def test_a_value_that_the_scores_do_not_have_is_not_used():
    scores, z = make(holes=0.05, seed=9)
    filled = np.where(np.isnan(z), 128.0, z)
    np.testing.assert_array_equal(compare(scores, filled).scores, compare(scores, z).scores)


def test_subset_of_methods():
    scores, z = make()
    whole, part = compare(scores, z), compare(scores, z, METHODS[10:12])
    assert part.methods == METHODS[10:12]
    np.testing.assert_array_equal(part.ranks, whole.ranks[10:12])
    assert compare(scores, z, ()).ranks.shape == (0, 13)


def test_refusals():
    scores, z = make()
    with pytest.raises(ValueError, match=r"z_unclipped: found \(12, 80\), expected \(13, 80\)"):
        compare(scores, z[1:])
    for bad in (INF, -INF, NAN):
        wrong = z.copy()
        wrong[2, 5] = bad
        with pytest.raises(ValueError, match=rf"z_unclipped: found {bad} at position \(2, 5\)"):
            compare(scores, wrong)


def test_thirteen_regions_and_two_hundred_indicators_are_quick():
    scores, z = make(m=200, holes=0.05)
    compare(scores, z)
    start = time.process_time()
    compare(scores, z)
    assert time.process_time() - start < 1

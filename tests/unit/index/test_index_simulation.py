"""Draws and their scores: against the definition in plain loops, seeds, holes, errors, edges."""

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.draws import (
    AGGREGATIONS,
    FACTORS,
    NORMALISATIONS,
    Draws,
    draw,
    prepare,
)
from phare_pipeline.index.hierarchy import Hierarchy, Thresholds, score_index
from phare_pipeline.index.rank_uncertainty import rank_uncertainty
from phare_pipeline.index.simulation import evaluate

MODEST = settings(max_examples=12, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")

TREE = Hierarchy(
    weights=[3, 1, 1, 1, 2, 1, 1, 0],
    domain_of=[0, 0, 0, 1, 2, 2, 3, 3],
    domain_weights=[1, 2, 1, 1],
    axis_of=[0, 0, 1, 1],
    axis_weights=[1, 3],
)


def make(n=6, holes=0.0, seed=0, tree=TREE):
    """Scores and unclipped z of n units."""
    random = np.random.default_rng(seed)
    z = 100 + 20 * random.normal(size=(n, tree.weights.size))
    z[random.random(z.shape) < holes] = NAN
    return score_index(np.clip(z, 70, 130), tree, Thresholds(index=0.3)), z


def with_errors(z, size=3.0):
    """Standard errors on two columns, one of which may have holes."""
    errors = np.zeros(z.shape)
    errors[:, [1, 3]] = size
    errors[0, 1] = NAN
    return errors


class Plain:
    """The definition of one draw once more, unit by unit and note by note."""

    def __init__(self, experiment, draws: Draws) -> None:
        self.experiment, self.draws = experiment, draws

    def score(self, t):
        e = self.experiment
        units = range(e.n_units)
        gaps = e.gaps.copy()
        cells = [tuple(c) for c in np.argwhere(e.errors > 0)]
        for c, cell in enumerate(cells):
            gaps[cell] += e.errors[cell] * self.draws.notes[t, c]
        notes = [self.normalise(t, gaps[:, j]) for j in range(gaps.shape[1])]
        notes = [[notes[j][e.rows[i]] for j in range(len(notes))] for i in units]
        holes = iter(self.draws.holes[t])
        for i, j in np.argwhere(e.is_hole):
            notes[i][j] = next(holes)
        whole = {(i, d): next(holes) for i, d in np.argwhere(e.is_whole_hole)}
        return [self.score_unit(t, i, notes[i], whole) for i in units]

    def normalise(self, t, gaps):
        name = NORMALISATIONS[self.draws.normalisation[t]]
        there = [g for g in gaps if not math.isnan(g)]
        half = (max(there) - min(there)) / 2
        result = []
        for g in gaps:
            if name == "goalposts":
                note = min(max(100 + g, 70), 130)
            elif half == 0:
                note = 100
            elif name == "ampi_goalposts":
                note = min(max(100 + 30 * g / half, 40), 160)
            else:
                below = sum(x < g for x in there) + (sum(x == g for x in there) - 1) / 2
                note = 70 + 60 * below / (len(there) - 1)
            result.append(NAN if math.isnan(g) else note)
        return result

    def mean(self, t, parts):
        total = sum(w for w, _ in parts)
        match AGGREGATIONS[self.draws.aggregation[t]]:
            case "contraharmonic":
                return sum(w * x * x for w, x in parts) / sum(w * x for w, x in parts)
            case "arithmetic":
                return sum(w * x for w, x in parts) / total
            case "quadratic":
                return math.sqrt(sum(w * x * x for w, x in parts) / total)
            case "geometric":
                return math.exp(sum(w * math.log(x) for w, x in parts) / total)

    def score_unit(self, t, i, notes, whole):
        e, tree = self.experiment, self.experiment.hierarchy
        u, n_domains = e.weights.size, tree.domain_weights.size
        factors = self.draws.weights[t]
        domains = []
        for d in range(n_domains):
            members = [j for j in range(u) if e.domain_of[j] == d and self.draws.content[t, j]]
            parts = [(e.weights[j] * factors[j], notes[j]) for j in members]
            domains.append(whole[i, d] if (i, d) in whole else self.mean(t, parts))
        axes = [
            self.mean(
                t,
                [
                    (tree.domain_weights[d] * factors[u + d], domains[d])
                    for d in range(n_domains)
                    if tree.axis_of[d] == a
                ],
            )
            for a in range(tree.axis_weights.size)
        ]
        on_axes = factors[u + n_domains :]
        return self.mean(
            t, [(w * f, x) for w, f, x in zip(tree.axis_weights, on_axes, axes, strict=True)]
        )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("has_errors", [False, True])
def test_evaluate_is_the_definition(seed, has_errors):
    scores, z = make(n=8, holes=0.2, seed=seed)
    experiment = prepare(scores, z, with_errors(z) if has_errors else None)
    assert experiment.is_hole.any() and experiment.is_whole_hole.any()
    draws = draw(experiment, 60, seed)
    plain = Plain(experiment, draws)
    expected = [plain.score(t) for t in range(60)]
    np.testing.assert_allclose(evaluate(experiment, draws), expected, rtol=1e-12)


def test_without_draws_it_is_the_index():
    scores, z = make()
    experiment = prepare(scores, z)
    draws = draw(experiment, 1, 0)
    draws.normalisation[:], draws.aggregation[:] = 0, 0
    draws.content[:] = experiment.candidates.is_socle
    draws.weights[:] = 1.0
    np.testing.assert_allclose(evaluate(experiment, draws)[0], scores.index.F, rtol=0, atol=1e-6)


def test_blocks_change_nothing(monkeypatch):
    scores, z = make(n=8, holes=0.2)
    experiment = prepare(scores, z, with_errors(z))
    draws = draw(experiment, 100, 3)
    whole = evaluate(experiment, draws)
    monkeypatch.setattr("phare_pipeline.index.simulation._BLOCK_CELLS", 10)
    np.testing.assert_allclose(evaluate(experiment, draws), whole, rtol=1e-13)


def test_same_seed_same_bytes_and_another_seed_others():
    scores, z = make(holes=0.1)
    experiment = prepare(scores, z, with_errors(z))
    first, again, other = (draw(experiment, 50, seed) for seed in (1, 1, 2))
    for field in fields(Draws):
        one, two = getattr(first, field.name), getattr(again, field.name)
        assert one.tobytes() == two.tobytes()
        assert one.tobytes() != getattr(other, field.name).tobytes()
    assert evaluate(experiment, first).tobytes() == evaluate(experiment, again).tobytes()


def test_a_factor_that_is_added_leaves_the_others():
    scores, z = make(holes=0.1)
    without, with_notes = (
        draw(prepare(scores, z, errors), 50, 1) for errors in (None, with_errors(z))
    )
    assert without.notes.shape[1] == 0 < with_notes.notes.shape[1]
    for factor in set(FACTORS) - {"notes"}:
        np.testing.assert_array_equal(getattr(without, factor), getattr(with_notes, factor))


def test_what_is_drawn():
    scores, z = make(holes=0.15, n=8)
    experiment = prepare(scores, z, with_errors(z))
    draws = draw(experiment, 20_000, 5)
    for name, choices in (("normalisation", NORMALISATIONS), ("aggregation", AGGREGATIONS)):
        shares = np.bincount(getattr(draws, name)) / 20_000
        np.testing.assert_allclose(shares, 1 / len(choices), atol=0.015)
    np.testing.assert_allclose(draws.weights.mean(axis=0), 1, atol=0.01)
    np.testing.assert_allclose(draws.weights.std(axis=0), 0.25, atol=0.01)
    assert draws.holes.min() >= 70 and draws.holes.max() <= 130
    np.testing.assert_allclose(draws.holes.mean(), 100, atol=0.3)
    np.testing.assert_allclose(draws.notes.std(), 1, atol=0.01)
    # Domains of three, one, two and one used indicators; the weight-0 one is not used.
    kept = {d: draws.content[:, experiment.domain_of == d] for d in range(4)}
    assert np.unique(kept[0].sum(axis=1)).tolist() == [2, 3]
    assert kept[1].all() and kept[3].all()
    np.testing.assert_allclose((kept[2].sum(axis=1) == 1).mean(), 0.5, atol=0.02)
    np.testing.assert_allclose(kept[2].mean(axis=0), 0.75, atol=0.02)


def test_factors_are_those_that_vary():
    scores, z = make()
    assert prepare(scores, z).factors == ("normalisation", "aggregation", "weights", "content")
    assert prepare(scores, z, with_errors(z)).factors[-1] == "notes"
    scores, z = make(holes=0.2)
    assert prepare(scores, z).factors[-1] == "holes"
    assert prepare(scores, z, with_errors(z)).factors == FACTORS


def test_with_factor_and_take():
    scores, z = make(holes=0.2)
    experiment = prepare(scores, z)
    a, b = draw(experiment, 10, 1), draw(experiment, 10, 2)
    mixed = a.with_factor("weights", b)
    np.testing.assert_array_equal(mixed.weights, b.weights)
    for factor in set(FACTORS) - {"weights"}:
        np.testing.assert_array_equal(getattr(mixed, factor), getattr(a, factor))
    some = a.take(np.array([3, 1]))
    assert len(some) == 2
    np.testing.assert_array_equal(evaluate(experiment, some), evaluate(experiment, a)[[3, 1]])


@MODEST
@given(st.permutations(range(7)), st.integers(0, 100))
def test_permuting_units_permutes(order, seed):
    scores, z = make(n=7, seed=seed)
    moved = score_index(np.clip(z[order], 70, 130), TREE)
    draws = draw(prepare(scores, z), 40, seed)
    before, after = evaluate(prepare(scores, z), draws), evaluate(prepare(moved, z[order]), draws)
    np.testing.assert_allclose(after, before[:, order], rtol=1e-13)
    ranks = rank_uncertainty(before, scores.index.F).ranks
    np.testing.assert_array_equal(rank_uncertainty(after, moved.index.F).ranks, ranks[:, order])


@MODEST
@given(st.permutations(range(8)), st.integers(0, 100))
def test_permuting_indicators_changes_nothing(order, seed):
    order = np.array(order)
    scores, z = make(n=5, seed=seed)
    moved = Hierarchy(
        TREE.weights[order],
        TREE.domain_of[order],
        TREE.domain_weights,
        TREE.axis_of,
        TREE.axis_weights,
    )
    permuted = prepare(score_index(np.clip(z[:, order], 70, 130), moved), z[:, order])
    experiment = prepare(scores, z)
    draws = draw(experiment, 40, seed)
    # The same choices, for indicators at their new places among the used ones.
    used = [int(j) for j in order if TREE.weights[j] > 0]
    weights = np.hstack([draws.weights[:, used], draws.weights[:, 7:]])
    content = draws.content[:, used]
    same = Draws(draws.normalisation, draws.aggregation, weights, content, draws.holes, draws.notes)
    np.testing.assert_allclose(evaluate(permuted, same), evaluate(experiment, draws), rtol=1e-12)


def test_weight_zero_is_absent():
    scores, z = make(n=5)
    keep = TREE.weights > 0
    smaller = Hierarchy(
        TREE.weights[keep], TREE.domain_of[keep], TREE.domain_weights, TREE.axis_of, [1, 3]
    )
    without = prepare(score_index(np.clip(z[:, keep], 70, 130), smaller), z[:, keep])
    draws, others = draw(prepare(scores, z), 30, 1), draw(without, 30, 1)
    found, expected = evaluate(prepare(scores, z), draws), evaluate(without, others)
    assert found.tobytes() == expected.tobytes()


def test_domain_and_axis_of_weight_zero_are_absent():
    z = np.array([[80.0, 120, NAN, 90], [110, 95, NAN, 70]])
    tree = Hierarchy([1, 1, 1, 1], [0, 1, 2, 3], [1, 1, 0, 1], [0, 0, 0, 1], [1, 0])
    scores = score_index(z, tree)
    experiment = prepare(scores, z)
    assert experiment.n_units == 2 and not experiment.is_whole_hole.any()
    assert "holes" not in experiment.factors
    values = evaluate(experiment, draw(experiment, 20, 1))
    assert np.isfinite(values).all()


def test_a_whole_hole_alone_spans_the_field():
    """The second unit has nothing in domain 1: its axis is moved by what is drawn there."""
    tree = Hierarchy([1, 1, 1], [0, 1, 2], [1, 1, 1], [0, 0, 0], [1])
    z = np.array([[100.0, 100, 100], [100, NAN, 100], [100, 90, 100]])
    scores = score_index(z, tree, Thresholds(axis=0.5))
    experiment = prepare(scores, z)
    assert np.argwhere(experiment.is_whole_hole).tolist() == [[1, 1]]
    assert experiment.factors == (*FACTORS[:3], "holes")  # one indicator a domain: no content
    draws = draw(experiment, 400, 1)
    draws.normalisation[:], draws.aggregation[:], draws.weights[:] = 0, 1, 1.0
    values = evaluate(experiment, draws)
    np.testing.assert_allclose(values[:, 0], 100, rtol=1e-14)
    np.testing.assert_allclose(values[:, 1], (200 + draws.holes[:, 0]) / 3, rtol=1e-14)


def test_equal_units_share_their_ranks():
    scores, z = make(n=6, seed=2)
    z[3] = z[1]
    scores = score_index(np.clip(z, 70, 130), TREE)
    result = rank_uncertainty(
        evaluate(prepare(scores, z), draw(prepare(scores, z), 300, 1)), scores.index.F
    )
    np.testing.assert_array_equal(result.ranks[:, 1], result.ranks[:, 3])
    assert result.p_above[1, 3] == result.p_above[3, 1] == 0.5


def test_constants_leave_everybody_at_the_middle():
    z = np.full((4, 8), 100.0)
    scores = score_index(z, TREE)
    values = evaluate(prepare(scores, z), draw(prepare(scores, z), 100, 1))
    np.testing.assert_allclose(values, 100, rtol=1e-13)
    result = rank_uncertainty(values, scores.index.F)
    assert (result.ranks == 1).all() and (result.mean_shift == 0).all()


def test_one_unit():
    scores, z = make(n=1)
    result = rank_uncertainty(
        evaluate(prepare(scores, z), draw(prepare(scores, z), 10, 1)), scores.index.F
    )
    assert (result.ranks == 1).all()
    assert result.median.tolist() == result.low.tolist() == result.high.tolist() == [1]
    assert result.p_top.tolist() == [1] and np.isnan(result.p_above).all()


@pytest.mark.parametrize("n", [0, 3])
def test_nobody_classified(n):
    z = np.full((n, 8), NAN)
    scores = score_index(z, TREE)
    experiment = prepare(scores, z)
    assert experiment.n_units == 0 and experiment.factors == FACTORS[:3]
    values = evaluate(experiment, draw(experiment, 7, 1))
    assert values.shape == (7, 0)
    result = rank_uncertainty(values, experiment.reference)
    assert result.median.shape == (0,) and result.p_above.shape == (0, 0)
    assert (result.mean_shift == 0).all()


def test_unclassified_units_are_not_ranked_but_place_the_others():
    scores, z = make(n=5, seed=1)
    far = np.full((1, 8), NAN)
    far[0, 0] = 400.0
    both = np.vstack([z, far])
    larger = score_index(np.clip(both, 70, 130), TREE)
    experiment = prepare(larger, both)
    assert experiment.rows.tolist() == [0, 1, 2, 3, 4]
    draws = draw(experiment, 200, 1)
    own, joint = evaluate(prepare(scores, z), draws), evaluate(experiment, draws)
    is_own_scale = draws.normalisation == NORMALISATIONS.index("goalposts")
    np.testing.assert_allclose(joint[is_own_scale], own[is_own_scale], rtol=1e-13)
    assert not np.allclose(joint[~is_own_scale], own[~is_own_scale], rtol=1e-6)


@pytest.mark.parametrize(
    ("z_unclipped", "errors", "message"),
    [
        (np.full((6, 7), 100.0), None, r"z_unclipped: found \(6, 7\), expected \(6, 8\)"),
        (np.full((6, 8), INF), None, "z_unclipped: found inf"),
        (np.full((6, 8), NAN), None, "a value wherever z has one"),
        (None, np.full((6, 8), -1.0), "standard_errors: found -1.0 at position"),
        (None, np.full((6, 8), INF), "standard_errors: found inf at position"),
        (None, np.zeros((6, 7)), r"standard_errors: found \(6, 7\), expected \(6, 8\)"),
    ],
)
def test_refused(z_unclipped, errors, message):
    scores, z = make()
    with pytest.raises(ValueError, match=message):
        prepare(scores, z if z_unclipped is None else z_unclipped, errors)


def test_no_draws_are_refused():
    scores, z = make()
    with pytest.raises(ValueError, match="size: found 0, expected at least one draw"):
        draw(prepare(scores, z), 0, 1)

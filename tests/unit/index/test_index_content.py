"""Subsets of socle and complement: admissible, of declared sizes; how much of ranks is content."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.index.content import Complement, candidates_of
from phare_pipeline.index.draws import draw, prepare
from phare_pipeline.index.hierarchy import Base, Hierarchy, Thresholds, score_index
from phare_pipeline.index.simulation import evaluate
from phare_pipeline.index.sobol import rank_shift_sensitivity

MODEST = settings(max_examples=25, deadline=None)
LENIENT = Thresholds()


def make(seed, n=7, n_domains=4, wanted=LENIENT, per_domain=4, more=5):
    """Scores of a random base, and a complement of random concepts and operations."""
    random = np.random.default_rng(seed)
    m, c = n_domains * per_domain, n_domains * more
    z = 100 + 12 * random.normal(size=(n, m))
    tree = Hierarchy(
        np.ones(m), np.arange(m) % n_domains, np.ones(n_domains), np.arange(n_domains) // 2, [1, 1]
    )
    base = Base(np.ones(m, dtype=bool), random.integers(0, 6, m), random.random(n_domains) < 0.3)
    scores = score_index(np.clip(z, 70, 130), tree, wanted, base)
    complement = Complement(
        gaps=12 * random.normal(size=(n, c)),
        weights=np.ones(c),
        domain_of=np.arange(c) % n_domains,
        operation_of=random.integers(0, 6, c),
        concept_of=random.integers(0, m + c // 2, c),
        socle_concept_of=np.arange(m),
    )
    return scores, z, complement


@MODEST
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 2))
def test_every_subset_is_admissible(seed, rows, operations):
    scores, _, complement = make(seed, wanted=Thresholds(rows=rows, operations=operations))
    candidates = candidates_of(scores, complement)
    kept = candidates.draw(300, np.random.default_rng(seed))
    for domain in range(4):
        members = candidates.domain_of == domain
        own = int((members & candidates.is_socle).sum())
        for subset in kept:
            chosen = np.flatnonzero(subset & members)
            is_socle = np.array_equal(chosen, np.flatnonzero(members & candidates.is_socle))
            found = np.unique(candidates.operation_of[chosen]).size
            there = np.unique(candidates.operation_of[members]).size
            assert max(rows, own / 2) <= chosen.size <= own
            if not is_socle:
                assert np.unique(candidates.concept_of[chosen]).size == chosen.size
                if not candidates.has_one_producer[domain]:
                    assert found >= min(operations, there)


def test_sizes_and_members_are_equally_likely():
    scores, _, complement = make(3, wanted=Thresholds(rows=2))
    free = Complement(
        complement.gaps,
        complement.weights,
        complement.domain_of,
        complement.operation_of,
        np.arange(100, 120),
        complement.socle_concept_of,
    )
    candidates = candidates_of(scores, free)
    kept = candidates.draw(20_000, np.random.default_rng(1))
    for domain in range(4):
        own = kept[:, candidates.domain_of == domain]
        sizes = np.bincount(own.sum(axis=1), minlength=5)[2:] / 20_000
        np.testing.assert_allclose(sizes, 1 / 3, atol=0.02)
        np.testing.assert_allclose(own.mean(axis=0), 3 / 9, atol=0.02)


def test_a_complement_with_a_hole_is_not_drawn():
    scores, z, complement = make(5)
    complement.gaps[2, 7] = np.nan
    experiment = prepare(scores, z, complement=complement)
    assert experiment.weights.size == 16 + 19
    assert np.isfinite(evaluate(experiment, draw(experiment, 50, 1))).all()


def test_the_complement_is_scored_like_the_socle():
    """With the complement of one domain in its place, the index is that of the swapped columns."""
    scores, z, complement = make(8, more=4)
    experiment = prepare(scores, z, complement=complement)
    draws = draw(experiment, 1, 1)
    draws.normalisation[:], draws.aggregation[:], draws.weights[:] = 0, 0, 1.0
    is_swapped = experiment.domain_of == 2
    draws.content[:] = np.where(
        is_swapped, ~experiment.candidates.is_socle, experiment.candidates.is_socle
    )
    swapped = z.copy()
    swapped[:, scores.hierarchy.domain_of == 2] = (
        100 + complement.gaps[:, complement.domain_of == 2]
    )
    expected = score_index(np.clip(swapped, 70, 130), scores.hierarchy, Thresholds()).index.F
    np.testing.assert_allclose(evaluate(experiment, draws)[0], expected, atol=1e-6)


def test_the_share_of_content_follows_the_complement():
    """A complement of the same figures moves little; one of the contrary moves most."""
    scores, z, complement = make(11, n=13, per_domain=4, more=4)
    gaps = z - 100
    totals = {}
    for name, sign in (("same", 1.0), ("contrary", -1.0)):
        other = Complement(
            sign * gaps,
            np.ones(16),
            scores.hierarchy.domain_of,
            complement.operation_of,
            np.arange(100, 116),
            np.arange(16),
        )
        found = rank_shift_sensitivity(prepare(scores, z, complement=other), 2000, seed=1)
        totals[name] = dict(zip(found.factors, found.indices.total, strict=True))
    assert totals["contrary"]["content"] > max(0.8, totals["same"]["content"])
    assert totals["contrary"]["method"] < totals["same"]["method"]


def test_refused():
    _, _, found = make(1)
    with pytest.raises(ValueError, match=r"complement.weights: found \(3,\)"):
        replace(found, weights=np.ones(3))

"""What renewing the frozen scales would do to the scores and ranks of the newest edition."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phare_pipeline.cli.screen import show_score_moves
from phare_pipeline.registry.model import Level
from phare_pipeline.steps.edition.scores import score_level
from phare_pipeline.steps.goalposts import Proposal, newest_moves
from tests.unit.steps.kit import REGIONS, VALUES, comparison_of, goalposts_of, make_registry


@pytest.fixture
def registry():
    return make_registry(goalposts=goalposts_of(VALUES, 2014))


@pytest.fixture
def editions():
    nothing = dict.fromkeys(VALUES, (None, None, None, None, 1.0))
    return {2014: comparison_of(VALUES, 2014), 2015: comparison_of(nothing, 2015)}


def test_the_newest_edition_that_classifies_is_scored_twice(registry, editions):
    proposed = [replace(g, scale=2 * g.scale) for g in registry.goalposts.values()]
    year, moves = newest_moves(editions, registry, proposed)
    assert year == 2014
    assert {move.region_code for move in moves} == set(REGIONS)
    before = score_level(editions[2014], registry, 2014, Level.REGION).scores.index.F
    by_code = {move.region_code: move for move in moves}
    assert [by_code[code].score_before for code in sorted(REGIONS)] == list(before)
    # Twice the scale halves the way from 100, but for what was clipped.
    for move in moves:
        assert abs(move.score_after - 100) < abs(move.score_before - 100)
    assert [move.rank_after for move in moves] == sorted(move.rank_after for move in moves)


def test_the_same_scales_move_nothing(registry, editions, capsys):
    same = list(registry.goalposts.values())
    year, moves = newest_moves(editions, registry, same)
    assert all(m.score_before == m.score_after and m.rank_before == m.rank_after for m in moves)
    show_score_moves(Proposal(tuple(same), year, tuple(moves)))
    printed = capsys.readouterr().out
    assert "index of edition 2014" in printed and "0 ranks move" in printed
    assert all(name in printed for name in REGIONS.values())


def test_without_a_classified_edition_nothing_moves(registry, editions, capsys):
    year, moves = newest_moves({2015: editions[2015]}, registry, registry.goalposts.values())
    assert (year, moves) == (None, [])
    show_score_moves(Proposal((), year, ()))
    assert "no edition classifies regions" in capsys.readouterr().out

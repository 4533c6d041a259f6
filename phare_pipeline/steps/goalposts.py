"""Proposes frozen scales for the index from the editions, and shows what renewing them moves.

The scales in use are rows of the registry; only an explicit command writes them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from phare_pipeline.index.normalise import goalpost_scale
from phare_pipeline.index.ranks import fragility_rank
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Goalpost, Level, Registry, Role
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition import core
from phare_pipeline.steps.edition.matrix import COMPARISONS, Matrix, matrix_of
from phare_pipeline.steps.edition.scores import Scored, score_level
from phare_pipeline.warehouse.files import write_bytes_atomic

# An indicator that fewer of the units have in any edition gives no scale.
LEAST_UNITS = 3 / 4
LEVELS = (Level.REGION, Level.FORMER_REGION, Level.DEPARTEMENT)


@dataclass(frozen=True)
class GoalpostChange:
    """A goalpost before and after; None where there is none."""

    level: str
    indicator_id: str
    before: Goalpost | None
    after: Goalpost | None


@dataclass(frozen=True)
class ScoreMove:
    """The index of a region before and after; scores in points, ranks from 1, the most fragile.

    None where the region is not classified.
    """

    region_code: str
    region_name: str
    score_before: float | None
    score_after: float | None
    rank_before: int | None
    rank_after: int | None


@dataclass(frozen=True)
class Proposal:
    """New goalposts, and what they would do to the index of one edition.

    Attributes:
        goalposts: by level and indicator, in the registry's order.
        edition: the newest that classifies regions under both scales; None when none does.
        moves: of its regions, the most fragile by the new scales first.
    """

    goalposts: tuple[Goalpost, ...]
    edition: int | None
    moves: tuple[ScoreMove, ...]


def propose_goalposts(
    editions: Collection[tuple[int, Mapping[str, pa.Table]]], registry: Registry
) -> list[Goalpost]:
    """Return goalposts by level and indicator: the first edition with France, all units, a gap.

    Of the socle and its complement, which the draws over content put on the same scale. A unit that
    an indicator has in no edition (no regional trains in Corse) is not waited for.

    Args:
        editions: in order of year, the tables `core_comparison` and `core_level_comparison`.
        registry: the indicators and the territories of each level.
    """
    found: dict[tuple[str, str], Goalpost] = {}
    for level in LEVELS:
        matrices = [
            matrix_of(
                tables[COMPARISONS[level]], registry, year, level, Role.SOCLE, Role.COMPLEMENT
            )
            for year, tables in editions
        ]
        ever = np.asarray(~np.isnan([matrix.values for matrix in matrices]).all(axis=0))
        for matrix in matrices:
            for goalpost in _goalposts_of(matrix, ever):
                found.setdefault((goalpost.level, goalpost.indicator_id), goalpost)
    return [
        found[level.value, name]
        for level in LEVELS
        for name in registry.indicators
        if (level.value, name) in found
    ]


def _goalposts_of(matrix: Matrix, ever: NDArray[np.bool_]) -> Iterator[Goalpost]:
    """Yield a goalpost for each indicator that could be frozen in this edition.

    Args:
        matrix: the edition.
        ever: (n, m) whether a unit has the indicator in any edition.
    """
    for j, indicator in enumerate(matrix.indicators):
        units = ever[:, j]
        if units.mean() < LEAST_UNITS:
            continue
        scale = goalpost_scale(matrix.values[units, j], float(matrix.reference[j]))
        if np.isfinite(scale) and comparable(scale) > 0:
            yield Goalpost(
                level=matrix.level.value,
                indicator_id=indicator.indicator_id,
                base_edition=matrix.year,
                reference_value=float(matrix.reference[j]),
                scale=scale,
            )


def proposal_of(context: Context) -> Proposal:
    """Propose goalposts from the staged figures of all editions, with what they would move."""
    tables = {year: _comparisons(context, year) for year in context.editions}
    proposed = propose_goalposts(tables.items(), context.registry)
    regional = {year: found[COMPARISONS[Level.REGION]] for year, found in tables.items()}
    edition, moves = newest_moves(regional, context.registry, proposed)
    return Proposal(tuple(proposed), edition, tuple(moves))


def newest_moves(
    comparisons: Mapping[int, pa.Table], registry: Registry, proposed: Iterable[Goalpost]
) -> tuple[int | None, list[ScoreMove]]:
    """Score the newest edition that classifies regions by the scales in use and by new ones.

    Args:
        comparisons: `core_comparison` by edition.
        registry: with the scales in use.
        proposed: the new scales.

    Returns:
        the edition and the moves of its regions; None and nothing where no edition classifies any.
    """
    renewed = replace(registry, goalposts={(g.level, g.indicator_id): g for g in proposed})
    for year in sorted(comparisons, reverse=True):
        sides = [
            score_level(comparisons[year], known, year, Level.REGION)
            for known in (registry, renewed)
        ]
        if all(side.scores.index.is_scored.any() for side in sides):
            return year, _moves(*sides)
    return None, []


def _moves(before: Scored, after: Scored) -> list[ScoreMove]:
    sides = [
        (side.scores.index.F, fragility_rank(side.scores.index.F, 1)) for side in (before, after)
    ]
    (old, old_rank), (new, new_rank) = sides
    found = [
        ScoreMove(
            region_code=unit.code,
            region_name=unit.name_fr,
            score_before=_number(old[i]),
            score_after=_number(new[i]),
            rank_before=_whole(old_rank.rank[i]),
            rank_after=_whole(new_rank.rank[i]),
        )
        for i, unit in enumerate(before.matrix.units)
    ]
    return sorted(
        found, key=lambda move: (move.rank_after is None, move.rank_after, move.region_code)
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def _comparisons(context: Context, year: int) -> dict[str, pa.Table]:
    wanted = set(COMPARISONS.values())
    return {r.name: r.table for r in core.PART.build(context, year) if r.name in wanted}


def compare(current: Iterable[Goalpost], proposed: Iterable[Goalpost]) -> list[GoalpostChange]:
    """List the goalposts that differ."""
    before = {(g.level, g.indicator_id): g for g in current}
    after = {(g.level, g.indicator_id): g for g in proposed}
    keys = dict.fromkeys([*before, *after])
    return [
        GoalpostChange(*key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    ]


def write_goalposts(tables: Path, goalposts: Iterable[Goalpost]) -> None:
    """Replace `goalposts.csv`; numbers keep all their digits, so a score can be recomputed."""
    lines = ["level,indicator_id,base_edition,reference_value,scale\n"]
    lines += [
        f"{g.level},{g.indicator_id},{g.base_edition},{g.reference_value!r},{g.scale!r}\n"
        for g in goalposts
    ]
    write_bytes_atomic(tables / "goalposts.csv", "".join(lines).encode("utf-8"))

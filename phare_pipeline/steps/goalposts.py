"""Proposes frozen scales for the index from the editions, and shows what renewing them moves.

The scales in use are rows of the registry; only an explicit command writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from phare_pipeline.index.normalise import goalpost_scale
from phare_pipeline.registry.model import Goalpost, Level, Registry
from phare_pipeline.steps import core
from phare_pipeline.steps.context import Context
from phare_pipeline.steps.matrix import COMPARISONS, Matrix, scored_matrix
from phare_pipeline.warehouse.files import write_bytes_atomic

LEVELS = (Level.REGION, Level.FORMER_REGION, Level.DEPARTEMENT)


@dataclass(frozen=True)
class GoalpostChange:
    """A goalpost before and after; None where there is none."""

    level: str
    indicator_id: str
    before: Goalpost | None
    after: Goalpost | None


def propose_goalposts(
    editions: Iterable[tuple[int, Mapping[str, pa.Table]]], registry: Registry
) -> list[Goalpost]:
    """Return goalposts by level and indicator: the first edition with France, all units, a gap.

    Args:
        editions: in order of year, the tables `core_comparison` and `core_level_comparison`.
        registry: the indicators and the territories of each level.
    """
    found: dict[tuple[str, str], Goalpost] = {}
    for year, tables in editions:
        for level in LEVELS:
            matrix = scored_matrix(tables[COMPARISONS[level]], registry, year, level)
            for goalpost in _goalposts_of(matrix):
                found.setdefault((goalpost.level, goalpost.indicator_id), goalpost)
    return [
        found[level.value, name]
        for level in LEVELS
        for name in registry.indicators
        if (level.value, name) in found
    ]


def _goalposts_of(matrix: Matrix) -> Iterator[Goalpost]:
    """Yield a goalpost for each indicator that could be frozen in this edition."""
    for j, indicator in enumerate(matrix.indicators):
        scale = goalpost_scale(matrix.values[:, j], float(matrix.reference[j]))
        if np.isfinite(scale) and scale > 0:
            yield Goalpost(
                level=matrix.level.value,
                indicator_id=indicator.indicator_id,
                base_edition=matrix.year,
                reference_value=float(matrix.reference[j]),
                scale=scale,
            )


def proposal_of(context: Context) -> list[Goalpost]:
    """Propose goalposts from the staged figures of all editions."""
    return propose_goalposts(
        ((year, _comparisons(context, year)) for year in context.editions), context.registry
    )


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

"""Proposes frozen scales for the index from the editions, and shows what renewing them moves.

The scales in use are rows of the registry; only an explicit command writes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from phare_pipeline.index.normalise import goalpost_scale
from phare_pipeline.registry.model import Goalpost, Registry
from phare_pipeline.steps import core
from phare_pipeline.steps.context import Context
from phare_pipeline.steps.scores import REGION_LEVEL, scored_matrix
from phare_pipeline.warehouse.files import write_bytes_atomic


@dataclass(frozen=True)
class GoalpostChange:
    """A goalpost before and after; None where there is none."""

    indicator_id: str
    before: Goalpost | None
    after: Goalpost | None


def propose_goalposts(comparisons: Iterable[pa.Table], registry: Registry) -> list[Goalpost]:
    """Return a goalpost for each indicator: the first edition with France, all regions and a gap.

    Args:
        comparisons: `core_comparison` of the editions in order of year.
        registry: the indicators.
    """
    found: dict[str, Goalpost] = {}
    for comparison in comparisons:
        matrix = scored_matrix(comparison, registry)
        for j, indicator in enumerate(matrix.indicators):
            scale = goalpost_scale(matrix.values[:, j], float(matrix.reference[j]))
            if indicator.indicator_id in found or not np.isfinite(scale) or scale <= 0:
                continue
            found[indicator.indicator_id] = Goalpost(
                level=REGION_LEVEL,
                indicator_id=indicator.indicator_id,
                base_edition=matrix.year,
                reference_value=float(matrix.reference[j]),
                scale=scale,
            )
    return [found[name] for name in registry.indicators if name in found]


def proposal_of(context: Context) -> list[Goalpost]:
    """Propose goalposts from the staged figures of all editions."""
    return propose_goalposts(
        (_comparison(context, year) for year in context.editions), context.registry
    )


def _comparison(context: Context, year: int) -> pa.Table:
    return next(r.table for r in core.PART.build(context, year) if r.name == "core_comparison")


def compare(current: Iterable[Goalpost], proposed: Iterable[Goalpost]) -> list[GoalpostChange]:
    """List the goalposts that differ."""
    before = {g.indicator_id: g for g in current}
    after = {g.indicator_id: g for g in proposed}
    names = dict.fromkeys([*before, *after])
    return [
        GoalpostChange(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def write_goalposts(tables: Path, goalposts: Iterable[Goalpost]) -> None:
    """Replace `goalposts.csv`; numbers keep all their digits, so a score can be recomputed."""
    lines = ["level,indicator_id,base_edition,reference_value,scale\n"]
    lines += [
        f"{g.level},{g.indicator_id},{g.base_edition},{g.reference_value!r},{g.scale!r}\n"
        for g in goalposts
    ]
    write_bytes_atomic(tables / "goalposts.csv", "".join(lines).encode("utf-8"))

"""Explains a territory's place in the order without weights: its range of ranks, fronts, gap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.explain.kinds.controls import controls_step
from phare_pipeline.explain.reading.published import Published, Row, records
from phare_pipeline.explain.reading.units import ORDER, SCORES, rows_at, unit_of, units_of
from phare_pipeline.explain.rendering.tree import Explanation, Step, absent, plain
from phare_pipeline.french import NOT_AVAILABLE, number
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Level

NAMES_FR = {
    "front_fragile_rank": "Front compté depuis les plus fragiles",
    "rank_best": "Meilleur rang possible",
    "rank_worst": "Plus mauvais rang possible",
    "average_rank": "Rang moyen",
    "pareto_gap": "Écart au front",
}
SEED = 2016
"""Of the average ranks of more than 22 territories (`steps/edition/level_order`)."""


def explain_order(published: Published, reference: Reference) -> Explanation:
    """Explain a figure of the partial order by the axis scores of all territories of its level."""
    place = reference.place
    unit = unit_of(published.state_of(reference.year).registry, reference)
    scores = rows_at(published, SCORES, unit.level, year=reference.year)
    column = place.column
    orders = rows_at(published, ORDER, unit.level, year=reference.year)
    [row] = records(orders[orders["unit_code"] == unit.code])
    value: float | None = absent(row[column])
    wide = compared_axes(scores, unit.level)
    state = published.state_of(reference.year)
    units = units_of(state.registry, unit.level)
    labels = {a.axis_id: a.label_fr for a in state.registry.axes.values()}
    parts = tuple(
        Step(
            label=units[code].name,
            facts=tuple((labels[axis], plain(absent(line[axis]))) for axis in wide.columns),
            reference=str(Reference(units[code].short, reference.year, Kind.INDEX, ())),
        )
        for code, line in zip(map(str, wide.index), records(wide), strict=True)
    )
    decimals = 1 if column in ("average_rank", "pareto_gap") else 0
    printed = NOT_AVAILABLE if value is None else number(value, decimals)
    root = Step(
        f"{NAMES_FR[column]}, {unit.name}, édition {reference.year}",
        printed,
        value,
        formula=_rule(column, row),
        facts=tuple(_facts(column, row)),
        parts=(Step("Scores des axes", parts=parts), controls_step(published, state, place.table)),
        reference=str(reference),
    )
    is_drawn = column == "average_rank" and bool(row.get("average_rank_error"))
    return Explanation(
        published.release.release_id,
        root,
        recompute_order(wide, column).get(unit.code),
        basis="les scores publiés des axes",
        draws=f"chaînes de Markov sur les ordres compatibles, graine {SEED}" if is_drawn else "",
    )


def compared_axes(scores: pd.DataFrame, level: Level) -> pd.DataFrame:
    """Return the axis scores (columns) of the territories that are ordered (rows, by code).

    Those with an index are, on all axes. Below the regions, where none has one, all are, on the
    axes on which every one of them is scored.
    """
    is_index = (scores["component_level"] == "index") & scores["is_scored"]
    classified = scores.loc[is_index, "unit_code"]
    axes = scores[scores["component_level"] == "axis"]
    wide = axes.pivot(index="unit_code", columns="component_id", values="score")
    if len(classified) or level is Level.REGION:
        return wide[wide.index.isin(classified)]
    return wide.dropna(axis="columns")


def recompute_order(axes: pd.DataFrame, column: str) -> dict[str, float]:
    """Recompute a figure of the partial order of the ordered territories.

    Args:
        axes: score of each axis (columns) of each ordered territory (index).
        column: a column of `out_pareto`.
    """
    if axes.empty:
        return {}
    scores = axes.to_numpy(np.float64)
    margin = scores[:, None, :] - scores[None, :, :]
    compared = comparable(scores)
    excess = compared[:, None, :] - compared[None, :, :]
    is_more = np.asarray((excess >= 0).all(axis=2) & (excess > 0).any(axis=2))
    more_fragile, less_fragile = is_more.sum(axis=0), is_more.sum(axis=1)
    match column:
        case "rank_best":
            found = 1.0 + more_fragile
        case "rank_worst":
            found = len(scores) - 1.0 * less_fragile
        case "front_fragile_rank":
            found = _fronts(is_more)
        case "average_rank":
            from phare_pipeline.index.sampled_rank import estimate_average_rank

            found = np.asarray(estimate_average_rank(is_more, seed=SEED).rank, dtype=np.float64)
        case _:
            # The largest margin by which another territory is less fragile on every axis.
            margins = margin.min(axis=2)
            np.fill_diagonal(margins, -np.inf)
            found = margins.max(axis=1)
    return {str(code): float(value) for code, value in zip(axes.index, found, strict=True)}


def _fronts(is_more: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Count fronts: those nobody left is more fragile than, then again without them."""
    fronts = np.zeros(len(is_more))
    left = np.ones(len(is_more), dtype=bool)
    number_of_front = 0
    while left.any():
        number_of_front += 1
        front = left & ~(is_more & left[:, None]).any(axis=0)
        fronts[front] = number_of_front
        left &= ~front
    return fronts


def _rule(column: str, row: Row) -> str:
    match column:
        case "rank_best":
            return f"1 + {row['dominated_by_count']} territoires plus fragiles sur tous les axes"
        case "rank_worst":
            lower = row["dominates_count"]
            return f"{row['rank_of']} − {lower} territoires moins fragiles sur tous les axes"
        case "front_fragile_rank":
            return "fronts successifs de territoires qu’aucun autre ne dépasse sur tous les axes"
        case "average_rank":
            return "moyenne des rangs de tous les ordres compatibles avec les axes"
        case _:
            return "plus grande marge dont un autre territoire est moins fragile sur chaque axe"


def _facts(column: str, row: Row) -> Iterator[tuple[str, str]]:
    if row.get("compared_axes"):
        yield "axes comparés", str(row["compared_axes"])
    if column == "average_rank":
        error = absent(row.get("average_rank_error"))
        if error:
            yield "erreur (95 %)", f"au plus {plain(error)} rang"

"""Explains the place of a region in the order without weights: its range of ranks, fronts, gap."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.explain.controls import controls_step
from phare_pipeline.explain.published import Published, Row, records
from phare_pipeline.explain.reference import Kind, Reference, area_of
from phare_pipeline.explain.tree import Explanation, Step, absent, plain
from phare_pipeline.outputs.french import NOT_AVAILABLE, number
from phare_pipeline.registry.model import Region

TABLE = "out_pareto"
NAMES_FR = {
    "front_fragile_rank": "Front compté depuis les plus fragiles",
    "rank_best": "Meilleur rang possible",
    "rank_worst": "Plus mauvais rang possible",
    "average_rank": "Rang moyen",
    "pareto_gap": "Écart au front",
}


def explain_order(
    published: Published, reference: Reference, region: Region, scores: pd.DataFrame
) -> Explanation:
    """Explain a figure of the partial order by the axis scores of all regions.

    Args:
        published: the release.
        reference: a facet of the index that stands in `out_pareto`.
        region: the region.
        scores: the rows of `out_scores` of the edition.
    """
    column = reference.column.partition(".")[2]
    orders = published.rows(TABLE, year=reference.year)
    [row] = records(orders[orders["region_code"] == region.region_code])
    value: float | None = absent(row[column])
    wide = classified_axes(scores)
    state = published.state_of(reference.year)
    regions = state.registry.regions
    labels = {a.axis_id: a.label_fr for a in state.registry.axes.values()}
    parts = tuple(
        Step(
            label=regions[code].name_fr,
            facts=tuple((labels[axis], plain(absent(line[axis]))) for axis in wide.columns),
            reference=str(Reference(area_of(regions[code]), reference.year, Kind.INDEX, ())),
        )
        for code, line in zip(map(str, wide.index), records(wide), strict=True)
    )
    title = f"{NAMES_FR[column]}, {region.name_fr}, édition {reference.year}"
    decimals = 1 if column in ("average_rank", "pareto_gap") else 0
    printed = NOT_AVAILABLE if value is None else number(value, decimals)
    root = Step(
        title,
        printed,
        value,
        formula=_rule(column, row),
        parts=(Step("Scores des axes", parts=parts), controls_step(published, state, TABLE)),
        reference=str(reference),
    )
    recomputed = (
        recompute_order(wide, column).get(region.region_code) if value is not None else None
    )
    return Explanation(
        reference=str(reference),
        release_id=published.release.release_id,
        title=title,
        printed=printed,
        published=value,
        recomputed=recomputed,
        root=root,
    )


def classified_axes(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the axis scores (columns) of the regions that have an index (rows), of one edition."""
    is_index = (scores["component_level"] == "index") & scores["is_scored"]
    classified = scores.loc[is_index, "region_code"]
    axes = scores[(scores["component_level"] == "axis") & scores["region_code"].isin(classified)]
    return axes.pivot(index="region_code", columns="component_id", values="score")


def recompute_order(axes: pd.DataFrame, column: str) -> dict[str, float]:
    """Recompute a figure of the partial order of the classified regions.

    Args:
        axes: score of each axis (columns) of each classified region (index).
        column: a column of `out_pareto`.
    """
    if axes.empty:
        return {}
    scores = axes.to_numpy(np.float64)
    margin = scores[:, None, :] - scores[None, :, :]
    is_more = np.asarray((margin >= 0).all(axis=2) & (margin > 0).any(axis=2))
    more_fragile, less_fragile = is_more.sum(axis=0), is_more.sum(axis=1)
    match column:
        case "rank_best":
            found = 1.0 + more_fragile
        case "rank_worst":
            found = len(scores) - 1.0 * less_fragile
        case "front_fragile_rank":
            found = _fronts(is_more)
        case "average_rank":
            from phare_pipeline.index.average_rank import average_rank

            found = np.asarray(average_rank(is_more), dtype=np.float64)
        case _:
            # The largest margin by which another region is less fragile on every axis.
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
            return f"1 + {row['dominated_by_count']} régions plus fragiles sur tous les axes"
        case "rank_worst":
            lower = row["dominates_count"]
            return f"{row['rank_of']} − {lower} régions moins fragiles sur tous les axes"
        case "front_fragile_rank":
            return "fronts successifs de régions qu’aucune autre ne dépasse sur tous les axes"
        case "average_rank":
            return "moyenne des rangs de tous les ordres compatibles avec les quatre axes"
        case _:
            return "plus grande marge dont une autre région est moins fragile sur chaque axe"

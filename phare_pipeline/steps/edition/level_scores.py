"""Scores the territories of one level below the regions: notes and index, by the regions' rules.

The order of the territories is in `level_order`, their dispersion in `dispersion`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from phare_pipeline.index.hierarchy import Level
from phare_pipeline.index.ranks import fragility_rank
from phare_pipeline.registry.model import Registry
from phare_pipeline.steps.edition.matrix import Matrix
from phare_pipeline.steps.edition.scores import Scored, score_statuses


def territory_table(
    matrix: Matrix, parts: Mapping[str, Any], figures: Mapping[str, Any]
) -> pa.Table:
    """Return a row for each territory and part, territory by territory.

    Args:
        matrix: the edition, the level and its n territories.
        parts: columns of k values, or lists, that are repeated for every territory.
        figures: columns of (n, k) values.
    """
    n, k = len(matrix.units), len(next(iter(parts.values())))
    each, again = np.repeat(np.arange(n), k), np.tile(np.arange(k), n)
    columns = {
        "year": np.full(n * k, matrix.year),
        "territory_level": pa.array([matrix.level.value]).take(np.zeros(n * k, dtype=np.int64)),
        "territory_code": pa.array([u.code for u in matrix.units]).take(each),
        "territory_name": pa.array([u.name_fr for u in matrix.units]).take(each),
        "region_code": pa.array([u.region_code for u in matrix.units]).take(each),
    }
    columns |= {name: pa.array(values).take(again) for name, values in parts.items()}
    columns |= {name: pa.array(np.reshape(values, n * k)) for name, values in figures.items()}
    return pa.table(columns)


def normalised_table(scored: Scored) -> pa.Table:
    """Return the rows of `core_level_normalised`: indicators that have a figure at this level."""
    matrix, notes = scored.matrix, scored.notes
    columns = np.flatnonzero(~np.isnan(matrix.raw_values).all(axis=0))
    bases = [g.base_edition if g else None for g in scored.goalposts]
    return territory_table(
        matrix,
        {
            "domain_id": pa.array([matrix.indicators[j].domain_id for j in columns], pa.string()),
            "indicator_id": pa.array(
                [matrix.indicators[j].indicator_id for j in columns], pa.string()
            ),
            "base_edition": pa.array([bases[j] for j in columns], pa.int32()),
            "scale_value": scored.scale[columns],
            "is_saturated": notes.is_saturated[columns],
            "is_non_discriminant": notes.is_non_discriminant[columns],
        },
        {
            "z_unclipped": notes.z_unclipped[:, columns],
            "z": notes.z[:, columns],
            "is_clipped": notes.is_clipped[:, columns],
            "score_status": score_statuses(scored)[:, columns],
        },
    )


@dataclass(frozen=True)
class _Component:
    """A domain, an axis or the index, with the positions of its domains in the registry."""

    component_id: str
    label: str
    order: int
    domains: tuple[int, ...]


def _components(registry: Registry) -> dict[str, list[_Component]]:
    """Return the components by level, in the order of the columns of the scores."""
    domains = list(registry.domains.values())
    return {
        "domain": [
            _Component(d.domain_id, d.label_fr, d.domain_order, (k,)) for k, d in enumerate(domains)
        ],
        "axis": [
            _Component(
                a.axis_id,
                a.label_fr,
                a.axis_order,
                tuple(k for k, d in enumerate(domains) if d.axis_id == a.axis_id),
            )
            for a in registry.axes.values()
        ],
        "index": [_Component("index", "Indice de fragilité", 1, tuple(range(len(domains))))],
    }


def score_table(scored: Scored, region_counts: Mapping[str, int], registry: Registry) -> pa.Table:
    """Return the rows of `core_level_scores`.

    Args:
        scored: the scores of a level.
        region_counts: how many indicators enter each domain for the 13 regions.
        registry: names and order of domains and axes.
    """
    scores = scored.scores
    index = Level(*(np.reshape(part, (-1, 1)) for part in vars(scores.index).values()))
    composites = {"domain": scores.domain, "axis": scores.axis, "index": index}
    used = Counter(scored.matrix.indicators[j].domain_id for j in scores.used_columns)
    counts = np.array([[used[d], region_counts.get(d, 0)] for d in registry.domains])
    tables = []
    for name, components in _components(registry).items():
        composite = composites[name]
        rankings = [fragility_rank(column, 1) for column in composite.F.T]
        totals = np.array([counts[list(c.domains)].sum(axis=0) for c in components])
        parts = {
            "component_level": [name] * len(components),
            "component_id": [c.component_id for c in components],
            "component_label": [c.label for c in components],
            "component_order": [c.order for c in components],
            "scored_count": totals[:, 0],
            "region_scored_count": totals[:, 1],
            "rank_of": [ranking.rank_of for ranking in rankings],
        }
        figures = {
            "score": composite.F,
            "mean_score": composite.mean,
            "imbalance": composite.imbalance,
            "score_low": composite.F_low,
            "score_high": composite.F_high,
            # A share summed from thirds can exceed 1 by the last bit.
            "coverage_pct": np.minimum(100.0, 100 * composite.present),
            "is_scored": composite.is_scored,
            "missing_components": _missing(scored, name, components, used, registry),
            "fragility_rank": np.column_stack([ranking.rank for ranking in rankings]),
        }
        tables.append(territory_table(scored.matrix, parts, figures))
    return pa.concat_tables(tables, promote_options="permissive")


def _missing(
    scored: Scored,
    level: str,
    components: list[_Component],
    used: Mapping[str, int],
    registry: Registry,
) -> NDArray[np.object_]:
    """Return (n, k) what each score lacks: indicators of a domain, domains of axis or index."""
    domains = list(registry.domains)
    names = np.full((len(scored.matrix.units), len(components)), None, dtype=object)
    for unit in range(len(names)):
        missing = scored.scores.find_missing(unit)
        absent = [scored.matrix.indicators[j] for j in missing.indicators]
        lacking = {domains[k] for k in missing.domains}
        for k, component in enumerate(components):
            if level != "domain":
                found = [domains[d] for d in component.domains if domains[d] in lacking]
            elif used.get(component.component_id):
                found = [i.indicator_id for i in absent if i.domain_id == component.component_id]
            else:
                found = ["aucun indicateur noté"]
            names[unit, k] = ", ".join(found) or None
    return names

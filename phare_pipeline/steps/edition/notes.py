"""Reads the notes of an edition back as matrices, and lays matrices out as rows again.

Every step above the scores starts from the notes that were written, not from the comparison anew.
No figure is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from phare_pipeline.index.hierarchy import Hierarchy, IndexScores, score_index
from phare_pipeline.registry.model import Axis, Domain, Indicator, Level, Registry
from phare_pipeline.steps.edition.base import base_of, is_expected, thresholds_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Notes:
    """The notes of an edition: n regions by code, the m indicators that count in it.

    One that an edition does not count is in no matrix: it could move the last digits of what it has
    no part in.

    Attributes:
        value: (n, m) raw values; z_unclipped: (n, m). NaN where missing.
        scores: of the index on the clipped notes; equal to `core_scores`, being computed from the
            same numbers in the same order.
    """

    year: int
    region_codes: tuple[str, ...]
    region_names: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    domains: tuple[Domain, ...]
    axes: tuple[Axis, ...]
    value: Floats
    z_unclipped: Floats
    scores: IndexScores


def hierarchy_of(registry: Registry, indicators: tuple[Indicator, ...]) -> Hierarchy:
    """Return the tree of indicators, domains and axes, in the registry's order."""
    domains, axes = list(registry.domains.values()), list(registry.axes.values())
    domain_position = {d.domain_id: i for i, d in enumerate(domains)}
    axis_position = {a.axis_id: i for i, a in enumerate(axes)}
    return Hierarchy(
        [i.weight for i in indicators],
        [domain_position[i.domain_id] for i in indicators],
        [d.weight for d in domains],
        [axis_position[d.axis_id] for d in domains],
        [a.weight for a in axes],
    )


def counted_in(normalised: pa.Table, registry: Registry, year: int) -> frozenset[str]:
    """Return the indicators that an edition counts: expected, or noted where nothing is declared.

    One that is expected and has no note is a hole of its domain, whose weight counts.
    """
    if registry.base_rule.expects_declared:
        scored = (i for i in registry.indicators.values() if i.is_scored)
        found = (i for i in scored if is_expected(registry, i, Level.REGION, year))
        return frozenset(i.indicator_id for i in found)
    rows = normalised.filter(pc.is_valid(normalised["z"]))
    return frozenset(rows["indicator_id"].to_pylist())


def notes_of(
    normalised: pa.Table, registry: Registry, wanted: frozenset[str] | None = None
) -> Notes:
    """Lay `core_normalised` of one edition out as matrices and score them.

    Args:
        normalised: the table.
        registry: territories and the tree.
        wanted: the indicators that get a column; by default those that count in this edition.
    """
    frame = normalised.to_pandas()
    regions = registry.study_regions
    year = int(frame["year"].iloc[0])
    chosen = counted_in(normalised, registry, year) if wanted is None else wanted
    scored = tuple(i for i in registry.indicators.values() if i.is_scored)
    # Where nothing counts there is still an index to say so of.
    indicators = tuple(i for i in scored if i.indicator_id in chosen) or scored
    codes = [r.region_code for r in regions]
    names = [i.indicator_id for i in indicators]
    wide = frame.pivot(
        index="region_code", columns="indicator_id", values=["value", "z", "z_unclipped"]
    )
    value, z, z_unclipped = (
        wide[column].reindex(index=codes, columns=names).to_numpy(dtype=np.float64)
        for column in ("value", "z", "z_unclipped")
    )
    return Notes(
        year=year,
        region_codes=tuple(codes),
        region_names=tuple(r.name_fr for r in regions),
        indicators=indicators,
        domains=tuple(registry.domains.values()),
        axes=tuple(registry.axes.values()),
        value=value,
        z_unclipped=z_unclipped,
        scores=score_index(
            z,
            hierarchy_of(registry, indicators),
            thresholds_of(registry),
            base_of(registry, indicators, Level.REGION, year, ~np.isnan(z).all(axis=0)),
        ),
    )


def region_rows(notes: Notes, parts: pd.DataFrame, figures: Mapping[str, Any]) -> pd.DataFrame:
    """Return a row for each region and part, region by region.

    Args:
        notes: the regions and the edition.
        parts: k rows that are repeated for every region, such as the domains.
        figures: columns of n × k figures, or one value for all rows.
    """
    n, k = len(notes.region_codes), len(parts)
    rows = parts.iloc[np.tile(np.arange(k), n)].reset_index(drop=True)
    rows["year"] = notes.year
    rows["region_code"] = np.repeat(np.array(notes.region_codes, dtype=object), k)
    rows["region_name"] = np.repeat(np.array(notes.region_names, dtype=object), k)
    for name, values in figures.items():
        rows[name] = np.reshape(values, n * k) if np.ndim(values) else values
    return rows


def indicator_parts(notes: Notes, columns: NDArray[np.int64]) -> pd.DataFrame:
    """Return the indicators at these columns with their domain and axis."""
    axis_of = {d.domain_id: d.axis_id for d in notes.domains}
    chosen = [notes.indicators[j] for j in columns]
    return pd.DataFrame(
        {
            "indicator_id": [i.indicator_id for i in chosen],
            "indicator_label": [i.label_fr for i in chosen],
            "domain_id": [i.domain_id for i in chosen],
            "axis_id": [axis_of[i.domain_id] for i in chosen],
        },
        dtype="str",
    )


def component_parts(notes: Notes) -> dict[str, pd.DataFrame]:
    """Return the domains, the axes and the index as `core_scores` names them, by level."""
    names = {
        "domain": [(d.domain_id, d.label_fr, d.domain_order) for d in notes.domains],
        "axis": [(a.axis_id, a.label_fr, a.axis_order) for a in notes.axes],
        "index": [("index", "Indice de fragilité", 1)],
    }
    columns = ["component_id", "component_label", "component_order"]
    return {
        level: pd.DataFrame(rows, columns=columns).assign(component_level=level)
        for level, rows in names.items()
    }

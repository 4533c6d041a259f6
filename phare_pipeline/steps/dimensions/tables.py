"""Builds the dimension tables of a release from the registry, the sources and the editions.

They say what the facts mean; no fact is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from phare_pipeline.contract.tables import TABLES, fields_of
from phare_pipeline.sources.corrections import load_corrections
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.dimensions.studies import survey_dimensions
from phare_pipeline.steps.edition.foundation import headline_statuses
from phare_pipeline.steps.edition.registry_tables import indicator_dimension
from phare_pipeline.warehouse.tables import conform

Rows = list[dict[str, Any]]


def build_dimensions(
    context: Context, edition_hashes: Mapping[int, str], facts: Mapping[str, pa.Table]
) -> dict[str, pa.Table]:
    """Return every `dim_` table of the contract.

    Args:
        context: registry and sources.
        edition_hashes: hash of each edition of the release.
        facts: the `out_` tables of the release, all regions and editions.
    """
    editions = _editions(context, edition_hashes, facts)
    return {**known_dimensions(context), **conformed({"dim_edition": editions})}


def known_dimensions(context: Context) -> dict[str, pa.Table]:
    """Return the `dim_` tables that follow from registry and sources alone."""
    rows: dict[str, Rows] = {
        "dim_region": _regions(context),
        "dim_former_region": [
            {
                "former_region_code": f.former_region_code,
                "former_region_name": f.name_fr,
                "region_code": f.region_code,
            }
            for f in context.registry.former_regions.values()
        ],
        "dim_departement": [
            {
                "departement_code": d.departement_code,
                "departement_name": d.name_fr,
                "former_region_code": d.former_region_code,
                "region_code": d.region_code,
            }
            for d in context.registry.departements.values()
            if d.perimeter == "metropole"
        ],
        "dim_perimeter": [
            {"perimeter_id": p.perimeter_id, "perimeter_label": p.label_fr}
            for p in context.registry.perimeters.values()
        ],
        "dim_domain": _domains(context),
        "dim_measure": _measures(context),
        "dim_measure_series": _measure_series(context),
        "dim_indicator": [
            indicator_dimension(context.registry, indicator)
            for indicator in context.registry.indicators.values()
        ],
        "dim_source": _sources(context),
        "dim_correction": _corrections(context),
        "dim_dictionary": _dictionary(),
        **survey_dimensions(context),
    }
    return conformed(rows)


def conformed(rows: Mapping[str, Rows]) -> dict[str, pa.Table]:
    """Return rows as tables that keep their contract, by name."""
    return {
        name: conform(pd.DataFrame(found, columns=list(TABLES[name].columns)), name)
        for name, found in rows.items()
    }


def _regions(context: Context) -> Rows:
    by_name = sorted(context.registry.study_regions, key=lambda region: region.slug)
    return [
        {
            "region_code": region.region_code,
            "iso_code": region.iso_code,
            "slug": region.slug,
            "region_name": region.name_fr,
            "region_order": order,
            "subject_fr": region.subject_fr,
            "locative_fr": region.locative_fr,
            "genitive_fr": region.genitive_fr,
            "agreement": region.agreement,
        }
        for order, region in enumerate(by_name, start=1)
    ]


def _domains(context: Context) -> Rows:
    axes = context.registry.axes
    return [
        {
            "domain_id": d.domain_id,
            "domain_label": d.label_fr,
            "domain_order": d.domain_order,
            "axis_id": d.axis_id,
            "axis_label": axes[d.axis_id].label_fr,
            "axis_order": axes[d.axis_id].axis_order,
            "weight": d.weight,
            "single_operation_fr": d.single_operation_fr or None,
        }
        for d in context.registry.domains.values()
    ]


def _measures(context: Context) -> Rows:
    return [
        {
            "measure_id": m.measure_id,
            "measure_label": m.label_fr,
            "unit": m.unit,
            "aggregation": m.aggregation.value,
            "universe": m.universe,
            "perimeter_id": m.perimeter,
            "source_id": m.source_id,
            "note_fr": m.note_fr or None,
        }
        for m in context.registry.measures.values()
    ]


def _measure_series(context: Context) -> Rows:
    return [
        {
            "measure_id": reading.measure_id,
            "series_order": order,
            "source_id": reading.source_id,
            "series": " + ".join(reading.series),
            "source_level": "+".join(reading.source_levels),
            "multiplier": reading.factor,
            "first_year": reading.span.first_period if reading.span else None,
            "last_year": reading.span.last_period if reading.span else None,
            "note_fr": reading.span.note_fr if reading.span else None,
        }
        for measure in context.registry.measures.values()
        for order, reading in enumerate(measure.readings)
    ]


def _sources(context: Context) -> Rows:
    return [
        {
            "source_id": s.source_id,
            "title": s.title,
            "producer": s.producer,
            "licence": s.licence,
            "address": s.address,
            "vintage": s.vintage,
            "geography_year": s.geography_year,
            "file_sha256": s.data_version,
            "note_fr": s.note_fr or None,
        }
        for s in context.sources.values()
    ]


def _corrections(context: Context) -> Rows:
    return [
        {
            "correction_id": c.correction_id,
            "source_id": c.source_id,
            "measure_id": c.measure_id,
            "territory_level": str(c.territory_level),
            "territory_code": c.territory_code,
            "period": c.period,
            "found": c.found,
            "replacement": None if c.replacement is None else repr(c.replacement),
            "status_after": c.status_after,
            "correction_reason_fr": c.reason_fr,
            "evidence_fr": c.evidence_fr,
            "decided_on": c.decided_on,
        }
        for c in load_corrections(context.workspace.raw).values()
    ]


def _editions(
    context: Context, edition_hashes: Mapping[int, str], facts: Mapping[str, pa.Table]
) -> Rows:
    indicators = facts["out_indicators"].to_pandas()
    notes = facts["out_normalised"].to_pandas()
    scores = facts["out_scores"].to_pandas()
    statuses = headline_statuses(facts["out_foundation"].to_pylist())
    rows: Rows = []
    for year in sorted(edition_hashes):
        present = indicators[(indicators["year"] == year) & indicators["value"].notna()]
        scored = notes[(notes["year"] == year) & (notes["score_status"] == "scored")]
        rows.append(
            {
                "year": year,
                "edition_hash": edition_hashes[year],
                "indicator_count": len(context.registry.indicators),
                "available_count": present["indicator_id"].nunique(),
                "scored_count": scored["indicator_id"].nunique(),
                "is_classified": is_classified(scores, year, len(context.slugs)),
                "headline_status": statuses[year],
                "missing_components": ", ".join(empty_domains(scores, year)) or None,
            }
        )
    return rows


def is_classified(scores: pd.DataFrame, year: int, region_count: int) -> bool:
    """Tell whether every region has an index in an edition."""
    index = scores[(scores["year"] == year) & (scores["component_level"] == "index")]
    return int(index["is_scored"].sum()) == region_count


def empty_domains(scores: pd.DataFrame, year: int) -> Sequence[str]:
    """Return the domains that no region has a score for in an edition, in the study's order."""
    domains = scores[(scores["year"] == year) & (scores["component_level"] == "domain")]
    names = domains.sort_values("component_order")["component_id"].unique()
    scored = set(domains.loc[domains["is_scored"], "component_id"])
    return [str(name) for name in names if name not in scored]


def _dictionary() -> Rows:
    published = [t for t in TABLES.values() if t.layer in ("out", "dim")]
    return [
        {
            "table_name": table.name,
            "column_name": field.name,
            "column_type": field.type,
            "unit": field.unit,
            "label_fr": field.label_fr,
            "description": field.description,
        }
        for table in published
        for field in fields_of(table)
    ]

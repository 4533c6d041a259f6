"""A small edition made by hand: three regions, two domains, a few indicators of every kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pyarrow as pa

from phare_pipeline.contract.tables import table_of
from phare_pipeline.outputs.reports.edition import Area, Edition
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.warehouse.tables import conform

YEAR = 2016
CODES = ("32", "53", "94")
HDF, BRETAGNE, CORSE = CODES
DOMAINS = (
    ("emploi", "Emploi / chômage / insertion", 1, "economique", "Économique", 1),
    ("logement", "Mal logement", 2, "social", "Social", 2),
)


@dataclass(frozen=True)
class Measured:
    """An indicator as a test states it; what is left out is plain."""

    name: str
    values: tuple[float | None, float | None, float | None]
    france: float | None
    label: str = "Taux de chômage"
    domain: str = "emploi"
    unit: str = "%"
    nature: str = "taux"
    direction: int = 1
    notes: tuple[float, float, float] | None = None
    changes: dict[str, Any] = field(default_factory=dict)


PLAIN = (
    Measured("taux", (12.4, 8.5, 10.0), 10.4, notes=(115.0, 90.0, 98.0)),
    Measured(
        "cadres",
        (7.0, 9.0, 6.0),
        9.6,
        "Part des cadres",
        direction=-1,
        notes=(108.0, 102.0, 112.0),
        changes={"is_stale": True, "data_year": 2013},
    ),
    Measured(
        "actifs",
        (2_700_000.0, 1_500_000.0, 150_000.0),
        30_000_000.0,
        "Population active",
        unit="personnes",
        nature="stock",
        direction=0,
    ),
    Measured("manquant", (None, None, None), None, "Taux d’activité des 15-64 ans"),
)


def registry_regions():
    return [r for r in load_registry().study_regions if r.region_code in CODES]


@cache
def _dimensions() -> dict[str, list[dict[str, Any]]]:
    regions = registry_regions()
    return {
        "dim_region": [
            {
                "region_code": r.region_code,
                "iso_code": r.iso_code,
                "slug": r.slug,
                "region_name": r.name_fr,
                "region_order": order,
                "subject_fr": r.subject_fr,
                "locative_fr": r.locative_fr,
                "genitive_fr": r.genitive_fr,
                "agreement": r.agreement,
            }
            for order, r in enumerate(sorted(regions, key=lambda r: r.slug), start=1)
        ],
        "dim_domain": [
            {
                "domain_id": name,
                "domain_label": label,
                "domain_order": order,
                "axis_id": axis,
                "axis_label": axis_label,
                "axis_order": axis_order,
                "weight": 1.0,
            }
            for name, label, order, axis, axis_label, axis_order in DOMAINS
        ],
        "dim_perimeter": [
            {"perimeter_id": "metropole", "perimeter_label": "France métropolitaine"}
        ],
        "dim_departement": [
            {
                "departement_code": "59",
                "departement_name": "Nord",
                "former_region_code": "31",
                "region_code": HDF,
            }
        ],
        "dim_former_region": [
            {"former_region_code": code, "former_region_name": name, "region_code": region}
            for code, name, region in (
                ("31", "Nord-Pas-de-Calais", HDF),
                ("22", "Picardie", HDF),
                ("53", "Bretagne", BRETAGNE),
            )
        ],
    }


def make_edition(measured=PLAIN, *, scores=None, without=(), more=None) -> Edition:
    """Return an edition; `scores` are F of emploi and logement by region, None for unscored."""
    scores = scores or {"emploi": (112.3, 95.0, 100.4), "logement": (None, None, None)}
    tables = {
        **_dimensions(),
        "dim_indicator": [_lexicon(m, order) for order, m in enumerate(measured, 1)],
        "dim_measure": [_measure(m) for m in measured],
        "dim_measure_series": [_series(m) for m in measured],
        "dim_source": [_source()],
        "out_indicators": [row for i, m in enumerate(measured, 1) for row in _comparison(m, i)],
        "out_normalised": [row for m in measured for row in _notes(m)],
        "out_scores": _scores(scores),
        "out_pareto": _pareto(scores),
        "out_coverage": _coverage(measured),
    }
    kept = {name: _table(name, rows) for name, rows in tables.items() if name not in without}
    return Edition(YEAR, {**kept, **(more or {})})


def area(edition: Edition, code: str = HDF) -> Area:
    return edition.areas[code]


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    columns = table_of(name).columns
    return conform(pa.table({c: [row.get(c) for row in rows] for c in columns}), name)


def _lexicon(m: Measured, order: int) -> dict[str, Any]:
    return {
        "indicator_id": m.name,
        "indicator_label": m.label,
        "indicator_order": order,
        "domain_id": m.domain,
        "unit": m.unit,
        "nature": m.nature,
        "direction": m.direction,
        "weight": 1.0,
        "numerator": f"mesure_{m.name}",
        "denominator": None,
        "scale": 1.0,
        "max_age_years": 3,
        "reference_perimeter": "metropole",
        "decimals": 0 if m.nature == "stock" else 1,
        "definition_fr": "Définition.",
    }


def _measure(m: Measured) -> dict[str, Any]:
    return {
        "measure_id": f"mesure_{m.name}",
        "measure_label": m.label,
        "unit": m.unit,
        "aggregation": "additive",
        "universe": "tous",
        "perimeter_id": "metropole",
        "source_id": "source",
    }


def _series(m: Measured) -> dict[str, Any]:
    return {
        "measure_id": f"mesure_{m.name}",
        "series_order": 0,
        "source_id": "source",
        "series": m.label,
        "source_level": "departement",
        "multiplier": 1.0,
    }


def _source() -> dict[str, Any]:
    return {
        "source_id": "source",
        "title": "Une source de 2016",
        "producer": "Insee",
        "licence": "Licence Ouverte 2.0",
        "address": "https://example.org/donnees",
        "vintage": "2016",
        "geography_year": 2016,
        "file_sha256": "0" * 64,
    }


def _comparison(m: Measured, order: int) -> list[dict[str, Any]]:
    domain = next(d for d in DOMAINS if d[0] == m.domain)
    known = sorted((v for v in m.values if v is not None), reverse=True)
    rows = []
    for code, value in zip(CODES, m.values, strict=True):
        gap = None if value is None or m.france is None else value - m.france
        rank = None if value is None else 1 + known.index(value)
        worse = None if gap is None or not m.direction else gap * m.direction > 0
        oriented = rank if m.direction == 1 or rank is None else len(known) + 1 - rank
        rows.append(
            {
                "year": YEAR,
                "region_code": code,
                "region_name": code,
                "axis_id": domain[3],
                "domain_id": m.domain,
                "domain_label": domain[1],
                "indicator_id": m.name,
                "indicator_label": m.label,
                "indicator_order": order,
                "unit": m.unit,
                "nature": m.nature,
                "direction": m.direction,
                "value": value,
                "value_status": "not_available" if value is None else "observed",
                "data_year": None if value is None else YEAR,
                "is_stale": False,
                "reason_fr": "aucune donnée entre 2013 et 2016" if value is None else None,
                "rounding_bound": 0.0,
                "has_break": False,
                "france_value": m.france,
                "reference_perimeter": None if m.france is None else "metropole",
                "share_of_france_pct": (
                    100 * value / m.france if m.nature == "stock" and value and m.france else None
                ),
                "gap": gap,
                "rank": rank,
                "rank_of": len(known),
                "fragility_rank": oriented if m.direction else None,
                "is_worse_than_france": worse,
                "is_in_worst_quarter": None if not m.direction else oriented == 1,
                **m.changes,
            }
        )
    return rows


def _notes(m: Measured) -> list[dict[str, Any]]:
    if m.notes is None:
        return []
    return [
        {
            "year": YEAR,
            "region_code": code,
            "region_name": code,
            "axis_id": "economique",
            "domain_id": m.domain,
            "indicator_id": m.name,
            "indicator_label": m.label,
            "direction": m.direction,
            "weight": 1.0,
            "value": value,
            "france_value": m.france,
            "base_edition": YEAR,
            "scale_value": 1.0,
            "z_unclipped": z,
            "z": z,
            "is_clipped": False,
            "is_saturated": False,
            "is_non_discriminant": False,
            "score_status": "scored",
        }
        for code, value, z in zip(CODES, m.values, m.notes, strict=True)
    ]


def _scores(scores: dict[str, tuple[float | None, ...]]) -> list[dict[str, Any]]:
    levels = [("domain", name, label, order) for name, label, order, *_ in DOMAINS]
    levels += [("axis", "economique", "Économique", 1), ("axis", "social", "Social", 2)]
    levels += [("index", "index", "Indice de fragilité", 1)]
    source = {"economique": "emploi", "social": "logement", "index": "emploi"}
    rows = []
    for level, component, label, order in levels:
        values = scores[source.get(component, component)]
        known = sorted((v for v in values if v is not None), reverse=True)
        for code, value in zip(CODES, values, strict=True):
            rows.append(
                {
                    "year": YEAR,
                    "region_code": code,
                    "region_name": code,
                    "component_level": level,
                    "component_id": component,
                    "component_label": label,
                    "component_order": order,
                    "score": value,
                    "mean_score": value,
                    "imbalance": None if value is None else 0.0,
                    "score_low": 70.0 if value is None else value,
                    "score_high": 130.0 if value is None else value,
                    "coverage_pct": 0.0 if value is None else 100.0,
                    "is_scored": value is not None,
                    "missing_components": "logement" if value is None else None,
                    "fragility_rank": None if value is None else 1 + known.index(value),
                    "rank_of": len(known),
                }
            )
    return rows


def _pareto(scores: dict[str, tuple[float | None, ...]]) -> list[dict[str, Any]]:
    values = scores["emploi"]
    return [
        {
            "year": YEAR,
            "region_code": code,
            "region_name": code,
            "front_fragile_rank": None if value is None else 1,
            "front_resilient_rank": None if value is None else 1,
            "dominated_by_count": None if value is None else 0,
            "dominates_count": None if value is None else 1,
            "rank_best": None if value is None else 1,
            "rank_worst": None if value is None else 2,
            "average_rank": None if value is None else 1.5,
            "rank_of": sum(v is not None for v in values),
            "pareto_gap": None if value is None else (6.4 if code == HDF else -1.0),
            "benchmark_region_code": BRETAGNE if code == HDF and value is not None else None,
            "comparable_pairs_pct": None if value is None else 100.0,
        }
        for code, value in zip(CODES, values, strict=True)
    ]


def _coverage(measured) -> list[dict[str, Any]]:
    rows = []
    for code, position in zip(CODES, range(3), strict=True):
        for name, label, order, axis, *_ in DOMAINS:
            own = [m for m in measured if m.domain == name]
            present = [m for m in own if m.values[position] is not None]
            rows.append(
                {
                    "year": YEAR,
                    "region_code": code,
                    "region_name": code,
                    "axis_id": axis,
                    "domain_id": name,
                    "domain_label": label,
                    "domain_order": order,
                    "indicator_count": len(own),
                    "available_count": len(present),
                    "scored_count": sum(m.notes is not None for m in present),
                    "oldest_data_year": 2013 if present else None,
                    "newest_data_year": YEAR if present else None,
                }
            )
    return rows

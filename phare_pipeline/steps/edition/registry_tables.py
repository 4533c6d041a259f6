"""Turns the registry into the relations that SQL models read and the dimensions that are published.

Nothing is computed from data here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from phare_pipeline.registry.model import Indicator, Level, Measure, Registry, Term

# Wider than the periods of any source.
FIRST_YEAR, LAST_YEAR = 0, 9999


def sql_relations(registry: Registry) -> dict[str, pa.Table]:
    """Return the tables of the `registry` source of the SQL models, by name."""
    rows: dict[str, list[dict[str, Any]]] = {
        "measures": list(_measures(registry)),
        "readings": list(_readings(registry)),
        "passage": list(_passage(registry)),
        "annualisations": _annualisations(registry),
        "indicators": list(_indicators(registry)),
        "indicator_terms": list(_indicator_terms(registry)),
        "breaks": [{"measure_id": b.measure_id, "year": b.year} for b in registry.breaks],
        "regions": [
            {"region_code": r.region_code, "region_name": r.name_fr} for r in registry.study_regions
        ],
        "territories": list(_territories(registry)),
        "domains": [
            {
                "domain_id": d.domain_id,
                "domain_label": d.label_fr,
                "domain_order": d.domain_order,
                "axis_id": d.axis_id,
            }
            for d in registry.domains.values()
        ],
    }
    return {name: pa.Table.from_pylist(rows[name], schema=_SCHEMAS[name]) for name in rows}


def _schema(**types: pa.DataType) -> pa.Schema:
    return pa.schema(list(types.items()))


_TEXT, _INT, _REAL, _BOOL = pa.string(), pa.int32(), pa.float64(), pa.bool_()

_SCHEMAS: dict[str, pa.Schema] = {
    "measures": _schema(
        measure_id=_TEXT,
        aggregation=_TEXT,
        base_measure_id=_TEXT,
        rate_scale=_REAL,
        rate_decimals=_INT,
        perimeter=_TEXT,
        tolerance_pct=_REAL,
        lookback_years=_INT,
    ),
    "readings": _schema(measure_id=_TEXT, source_level=_TEXT, first_year=_INT, last_year=_INT),
    "passage": _schema(
        perimeter=_TEXT,
        source_level=_TEXT,
        part_code=_TEXT,
        territory_level=_TEXT,
        territory_code=_TEXT,
    ),
    "annualisations": _schema(measure_id=_TEXT, annualise=_TEXT),
    "indicators": _schema(
        indicator_id=_TEXT,
        indicator_label=_TEXT,
        indicator_order=_INT,
        domain_id=_TEXT,
        scale=_REAL,
        change_years=_INT,
        change_kind=_TEXT,
        annualise=_TEXT,
        unit=_TEXT,
        direction=_INT,
        max_age_years=_INT,
        nature=_TEXT,
        reference_perimeter=_TEXT,
        has_goalpost=_BOOL,
    ),
    "indicator_terms": _schema(indicator_id=_TEXT, side=_TEXT, measure_id=_TEXT, sign=_INT),
    "breaks": _schema(measure_id=_TEXT, year=_INT),
    "regions": _schema(region_code=_TEXT, region_name=_TEXT),
    "territories": _schema(
        territory_level=_TEXT, territory_code=_TEXT, territory_name=_TEXT, region_code=_TEXT
    ),
    "domains": _schema(domain_id=_TEXT, domain_label=_TEXT, domain_order=_INT, axis_id=_TEXT),
}


def lookback_years(registry: Registry) -> dict[str, int]:
    """Return how many years before an edition each measure can still be needed.

    A base of reconstructed measures is needed as long as the measures built on it.
    """
    years: dict[str, int] = {}
    for indicator in registry.indicators.values():
        reach = indicator.max_age_years + (indicator.change_years or 0)
        for measure_id in indicator.measure_ids:
            years[measure_id] = max(years.get(measure_id, 0), reach)
    for measure in registry.measures.values():
        if measure.base_measure_id is not None and measure.measure_id in years:
            base = measure.base_measure_id
            years[base] = max(years.get(base, 0), years[measure.measure_id])
    return years


def _measures(registry: Registry) -> Iterator[dict[str, Any]]:
    lookback = lookback_years(registry)
    for measure in registry.measures.values():
        # A measure that no indicator uses yet is staged and checked, but not consolidated.
        if measure.measure_id not in lookback:
            continue
        yield {
            "measure_id": measure.measure_id,
            "aggregation": measure.aggregation.value,
            "base_measure_id": measure.base_measure_id,
            "rate_scale": measure.rate_scale,
            "rate_decimals": measure.rate_decimals,
            "perimeter": measure.perimeter,
            "tolerance_pct": measure.tolerance_pct,
            "lookback_years": lookback[measure.measure_id],
        }


def _readings(registry: Registry) -> Iterator[dict[str, Any]]:
    """Yield the years of every level that a measure is read at: they follow each other."""
    for measure in registry.measures.values():
        primary, *others = measure.readings
        start = FIRST_YEAR
        for reading in others:
            assert reading.span is not None
            first, last = reading.span.first_period, reading.span.last_period
            if start < first:
                yield _reading(primary, start, first - 1)
            yield _reading(reading, first, last)
            start = last + 1
        yield _reading(primary, start, LAST_YEAR)


def _reading(measure: Measure, first: int, last: int) -> dict[str, Any]:
    return {
        "measure_id": measure.measure_id,
        "source_level": "+".join(measure.source_levels),
        "first_year": first,
        "last_year": last,
    }


def _passage(registry: Registry) -> Iterator[dict[str, str]]:
    """Yield part → whole for every level from which a source may be summed."""
    for perimeter in registry.perimeters.values():
        if not perimeter.is_summable:
            continue
        for level, code, wholes in _parts(registry, perimeter.excluded_departements):
            for whole_level, whole_code in (
                (level, code),
                *wholes,
                (Level.NATIONAL, perimeter.perimeter_id),
            ):
                yield {
                    "perimeter": perimeter.perimeter_id,
                    "source_level": level.value,
                    "part_code": code,
                    "territory_level": whole_level.value,
                    "territory_code": whole_code,
                }


def _parts(
    registry: Registry, excluded: tuple[str, ...]
) -> Iterator[tuple[Level, str, tuple[tuple[Level, str], ...]]]:
    metropole = {c: d for c, d in registry.departements.items() if d.perimeter == "metropole"}
    kept = {code: d for code, d in metropole.items() if code not in excluded}
    left_out = [d for code, d in metropole.items() if code in excluded]
    for code, departement in kept.items():
        yield (
            Level.DEPARTEMENT,
            code,
            (
                (Level.FORMER_REGION, departement.former_region_code),
                (Level.REGION, departement.region_code),
            ),
        )
    # A perimeter that cuts through a territory of a level is no sum of that level.
    formers = {d.former_region_code for d in kept.values()}
    if not formers & {d.former_region_code for d in left_out}:
        for code in sorted(formers):
            yield (
                Level.FORMER_REGION,
                code,
                ((Level.REGION, registry.former_regions[code].region_code),),
            )
    regions = {d.region_code for d in kept.values()}
    if not regions & {d.region_code for d in left_out}:
        for code in sorted(regions):
            yield Level.REGION, code, ()


def _territories(registry: Registry) -> Iterator[dict[str, str]]:
    """Yield the territories below the regions of the study that are compared with each other."""
    for level in (Level.DEPARTEMENT, Level.FORMER_REGION):
        for unit in registry.units_of(level):
            yield {
                "territory_level": level.value,
                "territory_code": unit.code,
                "territory_name": unit.name_fr,
                "region_code": unit.region_code,
            }


def _annualisations(registry: Registry) -> list[dict[str, Any]]:
    pairs = {
        (measure_id, indicator.annualise)
        for indicator in registry.indicators.values()
        for measure_id in indicator.measure_ids
    }
    return [{"measure_id": m, "annualise": a} for m, a in sorted(pairs)]


def _indicators(registry: Registry) -> Iterator[dict[str, Any]]:
    for indicator in registry.indicators.values():
        yield {
            "indicator_id": indicator.indicator_id,
            "indicator_label": indicator.label_fr,
            "indicator_order": registry.place_of(indicator),
            "domain_id": indicator.domain_id,
            "scale": indicator.scale,
            "change_years": indicator.change_years,
            "change_kind": indicator.change_kind,
            "annualise": indicator.annualise,
            "unit": indicator.unit,
            "direction": indicator.direction,
            "max_age_years": indicator.max_age_years,
            "nature": indicator.nature,
            "reference_perimeter": indicator.reference_perimeter,
            "has_goalpost": ("region", indicator.indicator_id) in registry.goalposts,
        }


def _indicator_terms(registry: Registry) -> Iterator[dict[str, Any]]:
    for indicator in registry.indicators.values():
        for side in ("numerator", "denominator"):
            terms: tuple[Term, ...] = getattr(indicator, side)
            for term in terms:
                yield {
                    "indicator_id": indicator.indicator_id,
                    "side": side,
                    "measure_id": term.measure_id,
                    "sign": term.sign,
                }


def formula(terms: tuple[Term, ...]) -> str | None:
    """Write signed terms as the registry does; None when there are none."""
    if not terms:
        return None
    text = " ".join(f"{'-' if t.sign < 0 else '+'} {t.measure_id}" for t in terms)
    return text.removeprefix("+ ")


def indicator_dimension(registry: Registry, indicator: Indicator) -> dict[str, Any]:
    """Return the row of `dim_indicator`."""
    return {
        "indicator_id": indicator.indicator_id,
        "former_ids": " ".join(indicator.former_ids) or None,
        "indicator_label": indicator.label_fr,
        "indicator_order": registry.place_of(indicator),
        "domain_id": indicator.domain_id,
        "role": indicator.role.value,
        "concept": indicator.concept,
        "operation": indicator.operation,
        "unit": indicator.unit,
        "nature": indicator.nature,
        "direction": indicator.direction,
        "weight": indicator.weight,
        "numerator": formula(indicator.numerator),
        "denominator": formula(indicator.denominator),
        "scale": indicator.scale,
        "max_age_years": indicator.max_age_years,
        "reference_perimeter": indicator.reference_perimeter,
        "decimals": indicator.decimals,
        "definition_fr": indicator.definition_fr,
        "role_reason_fr": indicator.reason_fr,
        "note_fr": indicator.note_fr or None,
    }

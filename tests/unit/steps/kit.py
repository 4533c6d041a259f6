"""A registry of four regions and a few indicators, and editions of it, for tests of index steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import pyarrow as pa

from phare_pipeline.index.normalise import goalpost_scale
from phare_pipeline.registry.model import (
    Axis,
    Break,
    Domain,
    Goalpost,
    Indicator,
    Region,
    Registry,
    Role,
    Term,
)
from phare_pipeline.steps.edition.scores import REGION_LEVEL, build_scores

REGIONS = {"11": "Alpha", "24": "Beta", "32": "Gamma", "94": "Delta"}
# Domain -> axis, and indicator -> (domain, direction, weight).
DOMAINS = {"emploi": "eco", "revenu": "eco", "sante": "soc", "culture": "soc"}
INDICATORS: dict[str, tuple[str, int, float]] = {
    "chomage": ("emploi", 1, 1.0),
    "activite": ("emploi", -1, 2.0),
    "revenu_median": ("revenu", -1, 1.0),
    "deces": ("sante", 1, 1.0),
    "medecins": ("sante", -1, 1.0),
    "dentistes": ("sante", -1, 1.0),
    "musees": ("culture", -1, 1.0),
    "cinemas": ("culture", -1, 1.0),
}
# Values of the four regions, then of France.
VALUES: dict[str, tuple[float, ...]] = {
    "chomage": (8.0, 12.0, 10.5, 9.0, 9.5),
    "activite": (70.0, 60.0, 66.0, 64.0, 65.0),
    "revenu_median": (23000.0, 19000.0, 20500.0, 21000.0, 21000.0),
    "deces": (7.0, 9.5, 9.0, 8.5, 8.0),
    "medecins": (380.0, 270.0, 300.0, 340.0, 310.0),
    "dentistes": (60.0, 40.0, 55.0, 70.0, 58.0),
    "musees": (2.0, 1.0, 1.5, 3.5, 1.8),
    "cinemas": (9.0, 8.0, 10.0, 6.0, 8.5),
}
Values = Mapping[str, Sequence[float | None]]


def make_registry(
    *,
    goalposts: Iterable[Goalpost] = (),
    breaks: Iterable[Break] = (),
    indicators: Mapping[str, tuple[str, int, float]] = INDICATORS,
    domains: Mapping[str, str] = DOMAINS,
) -> Registry:
    """Return a registry with four regions; axes and domains weigh the same."""
    axes = list(dict.fromkeys(domains.values()))
    return Registry(
        axes={a: Axis(a, a.title(), k, 1.0) for k, a in enumerate(axes, start=1)},
        domains={
            d: Domain(d, a, d.title(), k, 1.0, "")
            for k, (d, a) in enumerate(domains.items(), start=1)
        },
        domain_labels=(),
        regions={
            code: Region(
                region_code=code,
                iso_code=f"FR-{code}",
                slug=name.lower(),
                name_fr=name,
                subject_fr=name,
                locative_fr=f"à {name}",
                genitive_fr=f"de {name}",
                agreement="feminine singular",
                perimeter="metropole",
                valid_from=dt.date(2016, 1, 1),
            )
            for code, name in REGIONS.items()
        },
        former_regions={},
        departements={},
        perimeters={},
        measures={},
        indicators={
            name: _indicator(name, *row, line)
            for line, (name, row) in enumerate(indicators.items())
        },
        socle={},
        breaks=tuple(breaks),
        goalposts={(g.level, g.indicator_id): g for g in goalposts},
    )


def _indicator(name: str, domain: str, direction: int, weight: float, line: int) -> Indicator:
    return Indicator(
        indicator_id=name,
        former_ids=(),
        label_fr=name.replace("_", " ").capitalize(),
        domain_id=domain,
        order=line + 1,
        role=Role.SOCLE if direction else Role.CONTEXT,
        concept=None,
        operation="op",
        numerator=(Term(f"m_{name}", 1),),
        denominator=(),
        scale=1.0,
        change_years=None,
        change_kind="",
        annualise="",
        unit="%",
        direction=direction,
        transform="identity",
        weight=weight,
        max_age_years=5,
        nature="rate",
        reference="published",
        reference_perimeter="metropole",
        decimals=1,
        definition_fr="",
        reason_fr="",
        note_fr="",
        line=line,
    )


def goalposts_of(values: Values, year: int = 2016) -> list[Goalpost]:
    """Freeze the scale of each indicator at the values of one edition."""
    return [
        Goalpost(REGION_LEVEL, name, year, float(row[-1]), goalpost_scale(row[:-1], float(row[-1])))
        for name, row in values.items()
        if None not in row
    ]


def comparison_of(values: Values, year: int = 2016, data_year: int | None = None) -> pa.Table:
    """Return the columns of `core_comparison` that the index reads."""
    rows = [
        {
            "year": year,
            "region_code": code,
            "indicator_id": name,
            "value": value,
            "france_value": row[-1],
            "data_year": (data_year or year) if value is not None else None,
        }
        for name, row in values.items()
        for code, value in zip(REGIONS, row[:-1], strict=True)
    ]
    return pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False)


def with_holes(values: Values, holes: Iterable[tuple[str, str]]) -> dict[str, list[float | None]]:
    """Take values of (region, indicator) away."""
    result = {name: list(row) for name, row in values.items()}
    codes = list(REGIONS)
    for region, name in holes:
        result[name][codes.index(region)] = None
    return result


def scored(values: Values, registry: Registry, year: int = 2016) -> dict[str, pa.Table]:
    """Return the index tables of an edition by name, their audits passed."""
    results = list(build_scores(comparison_of(values, year), registry))
    assert all(result.passed for result in results)
    return {result.name: result.table for result in results}


def standard_registry(breaks: Iterable[Break] = ()) -> Registry:
    """Return the registry with the goalposts of VALUES."""
    return make_registry(goalposts=goalposts_of(VALUES), breaks=breaks)


def tampered(table: pa.Table, column: str, row: int, value: float | str | None) -> pa.Table:
    """Return the table with one cell changed."""
    frame = table.to_pandas()
    frame.loc[row, column] = value
    return pa.Table.from_pandas(frame, preserve_index=False)

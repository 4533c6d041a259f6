"""Finds the published row that a reference names; what it holds is explained elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phare_pipeline.contract.places import VOICES, Kind
from phare_pipeline.contract.reference import NATIONAL_AREA, Reference
from phare_pipeline.errors import PhareError
from phare_pipeline.explain.reading.published import Published, Row, records
from phare_pipeline.explain.reading.survey_rows import find_row, find_voice
from phare_pipeline.explain.reading.units import INDICATORS, NOTES, SCORES, unit_of, units_of
from phare_pipeline.explain.recompute.spread import WHOLE
from phare_pipeline.explain.rendering.tree import absent
from phare_pipeline.registry.model import Level, Registry

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12


def one_row(published: Published, reference: Reference) -> Row:
    """Return the row of a reference.

    Raises:
        PhareError: there is none; what the table has instead is named. Or the reference does not
            tell one row from others.
    """
    if reference.kind is Kind.SURVEY:
        return find_row(published, reference)
    if reference.kind in VOICES:
        return find_voice(published, reference)
    place = reference.place
    equal: dict[str, str | int] = {"year": reference.year, **dict(place.equal)}
    key = _key(published, reference)
    rows = published.rows(place.table, **equal, **key)
    if rows.empty:
        raise _missing(place.table, published.rows(place.table, **equal), key)
    # The value of France stands in the row of every region.
    is_of_all = reference.area == NATIONAL_AREA and place.table in INDICATORS
    if len(rows) > 1 and not is_of_all:
        raise PhareError(
            "The reference names more than one row",
            where=place.table,
            found=f"{reference}: {len(rows)} rows",
            expected="one",
        )
    return records(rows.head(1))[0]


def _missing(table: str, rows: pd.DataFrame, key: dict[str, str]) -> PhareError:
    """Say which part of a key a table does not have, and what it has instead."""
    known: list[str] = []
    for column, value in key.items():
        known = [str(name) for name in rows[column].dropna().unique()[:SHOWN]]
        rows = rows[rows[column] == value]
        if rows.empty:
            break
    return PhareError(
        "The release has no such figure",
        where=f"{table}, column {column}",
        found=value,
        expected=f"one of {', '.join(known)}" if known else "an edition that has rows",
    )


def number_of(published: Published, reference: Reference) -> float | None:
    """Return the published number of a reference, without its explanation; None where it is absent.

    Raises:
        PhareError: the release has no such figure.
    """
    is_national = reference.area == NATIONAL_AREA and reference.kind is Kind.INDICATOR
    column = "france_value" if is_national else reference.place.column
    return absent(one_row(published, reference)[column])


def _key(published: Published, reference: Reference) -> dict[str, str]:
    """Return the columns that choose the row of a reference, besides its edition."""
    registry = published.state_of(reference.year).registry
    table, subject = reference.place.table, reference.subject
    if table == "out_sensitivity":
        return {"factor": subject[0]}
    if table == "out_dispersion":
        is_whole = reference.area == NATIONAL_AREA
        level, part, compared = subject
        return {
            "territory_level": level,
            "within_code": WHOLE if is_whole else unit_of(registry, reference).code,
            "compared_part": part,
            "compared_id": compared,
        }
    key = _unit(registry, reference)
    if table == "out_pairs":
        return {**key, "other_region_code": _region(registry, subject[0])}
    name = _NAME_COLUMNS.get(table)
    if name is not None:
        key[name] = subject[0] if subject else INDEX
    return key


def _unit(registry: Registry, reference: Reference) -> dict[str, str]:
    """Return the territory of a reference as its table names it; France stands in every row."""
    if reference.area == NATIONAL_AREA:
        return {}
    unit = unit_of(registry, reference)
    if unit.level is Level.REGION:
        return {"region_code": unit.code}
    return {"territory_level": unit.level.value, "territory_code": unit.code}


INDEX = "index"
# The column that the one name of a subject stands in.
_NAME_COLUMNS = {
    **dict.fromkeys((*INDICATORS, *NOTES, "out_influence"), "indicator_id"),
    **dict.fromkeys((*SCORES, "out_decomposition", "out_change"), "component_id"),
    "out_contributions": "part_id",
    "out_coverage": "domain_id",
    "out_alternatives": "method_id",
}


def _region(registry: Registry, short: str) -> str:
    for unit in units_of(registry, Level.REGION).values():
        if unit.short == short:
            return unit.code
    raise PhareError("There is no such region", found=short, expected="HDF, GES and the like")

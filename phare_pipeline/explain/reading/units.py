"""Names the territories of the index in references, and reads its tables alike at every level.

The tables of départements and former regions hold what those of the regions hold, under other
names; here they get one name, `unit_code`. What a figure is made of belongs elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from phare_pipeline.contract.reference import Reference, area_of
from phare_pipeline.errors import PhareError
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.registry.model import Level, Registry
from phare_pipeline.registry.territories import Territories, fold

if TYPE_CHECKING:
    import pandas as pd

LOWER = (Level.FORMER_REGION, Level.DEPARTEMENT)
# Tables of the index by what they hold: that of the regions, that of the levels below.
INDICATORS = ("out_indicators", "out_level_indicators")
NOTES = ("out_normalised", "out_level_normalised")
SCORES = ("out_scores", "out_level_scores")
ORDER = ("out_pareto", "out_level_pareto")


@dataclass(frozen=True)
class Territory:
    """A territory of the index.

    Attributes:
        level: region, former region or département.
        code: in the nomenclature of its level.
        short: begins its references.
        name: as reports write it; that of a former region says so.
    """

    level: Level
    code: str
    short: str
    name: str


def units_of(registry: Registry, level: Level) -> dict[str, Territory]:
    """Return the territories of a level by code, in order of their codes."""
    found = {}
    for unit in registry.units_of(level):
        name = unit.name_fr
        match level:
            case Level.REGION:
                short = area_of(registry.regions[unit.code])
            case Level.FORMER_REGION:
                short = area_of(registry.former_regions[unit.code])
                name = f"{name} (ancienne région)"
            case _:
                short = area_of(registry.departements[unit.code])
        found[unit.code] = Territory(level, unit.code, short, name)
    return found


def find_unit(registry: Registry, text: str) -> Territory:
    """Find a territory by its short name in references, its code or its name.

    A code of one of the 13 regions is a region's, any other that of a département: `32` is
    Hauts-de-France and `D32` the Gers, `59` is the Nord. A name that a region, a former region
    and a département share is the region's: `A53` is the former region Bretagne.

    Raises:
        PhareError: nothing fits; the nearest name is suggested.
    """
    try:
        region = Territories(registry).find_region(text)
    except KeyError:
        pass
    else:
        return units_of(registry, Level.REGION)[region.region_code]
    names: dict[str, Territory] = {}
    for level in LOWER:
        for unit in units_of(registry, level).values():
            own = [unit.short, unit.name.removesuffix(" (ancienne région)")]
            for name in own if level is Level.FORMER_REGION else [*own, unit.code]:
                names[fold(name)] = unit
    found = names.get(fold(text))
    if found is None:
        regions = [fold(r.slug) for r in registry.study_regions]
        [near] = get_close_matches(fold(text), [*regions, *names], n=1) or [""]
        slug = near.replace(" ", "-")
        raise PhareError(
            "There is no such territory",
            found=text,
            expected=(f"did you mean {slug!r}? " if near else "")
            + "a region (hauts-de-france, HDF, 32), a département (59, D59, Nord) or a former "
            "region (A31, Nord-Pas-de-Calais)",
        )
    return found


def unit_of(registry: Registry, reference: Reference) -> Territory:
    """Return the territory of a reference.

    Raises:
        PhareError: its area is none.
    """
    for unit in units_of(registry, reference.level or Level.REGION).values():
        if unit.short == reference.area:
            return unit
    if reference.level is None:
        return find_unit(registry, reference.area)
    raise PhareError(
        f"There is no such {'département' if reference.level is Level.DEPARTEMENT else 'region'}",
        found=reference.area,
        expected="D59 for a département of metropolitan France, A31 for a former region",
    )


def rows_at(
    published: Published, tables: tuple[str, str], level: Level, **equal: str | int
) -> pd.DataFrame:
    """Return the rows of a level in one of two tables; `unit_code` is the territory's code."""
    regional, lower = tables
    if level is Level.REGION:
        return published.rows(regional, **equal).assign(
            unit_code=lambda rows: rows["region_code"], unit_name=lambda rows: rows["region_name"]
        )
    return published.rows(lower, territory_level=level.value, **equal).assign(
        unit_code=lambda rows: rows["territory_code"],
        unit_name=lambda rows: rows["territory_name"],
    )


def notes_at(published: Published, registry: Registry, level: Level, year: int) -> pd.DataFrame:
    """Return the notes of a level in an edition, with what the registry says of each indicator.

    The table of the regions says direction, weight and values itself; below, the values are those
    of the table of indicators.
    """
    rows = rows_at(published, NOTES, level, year=year)
    if level is Level.REGION:
        return rows
    values = rows_at(published, INDICATORS, level, year=year)
    indicators = registry.indicators
    key = ["unit_code", "indicator_id"]
    rows = rows.merge(
        values[[*key, "value", "france_value", "data_year"]], on=key, validate="one_to_one"
    )
    return rows.assign(
        weight=[indicators[name].weight for name in rows["indicator_id"]],
        direction=[indicators[name].direction for name in rows["indicator_id"]],
    )

"""The identity card: size, people, economy, structure; and what no source of the release gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from phare_pipeline import french
from phare_pipeline.outputs.charts.locator import locator_map
from phare_pipeline.outputs.reports.cells import SHORT_UNITS, IndicatorCells
from phare_pipeline.outputs.reports.domains import Line, line_of
from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.figures import (
    Figure,
    Label,
    Missing,
    Shown,
    Year,
    counted,
    say,
)

# What an identity card shows, in order; all of it is published elsewhere in the report as well.
KEY_FIGURES = (
    "population",
    "evolution_population_5_ans",
    "pib",
    "pib_par_habitant",
    "pib_par_emploi",
    "etablissements_nombre",
)
OCCUPATIONS = (
    "part_agriculteurs",
    "part_artisans_commercants",
    "part_cadres",
    "part_professions_intermediaires",
    "part_employes",
    "part_ouvriers",
    "part_retraites",
    "part_sans_activite",
)
# The card of the study of 2016 has them; no source of the registry does.
WITHOUT_SOURCE = (
    "superficie et densité",
    "terres agricoles cultivées",
    "communes",
    "entreprises (les établissements sont donnés)",
    "associations et associations employeuses",
)


@dataclass(frozen=True)
class KeyFigure:
    """A large figure of the card, its label, and what it is compared with."""

    label: Label
    value: Shown
    unit: Label | None
    years: Year | None
    reference: str
    comparison: Markup


@dataclass(frozen=True)
class Identity:
    """The card of an area."""

    key_figures: tuple[KeyFigure, ...]
    occupations: tuple[Line, ...]
    occupations_reason: str
    structure: Markup
    parts: tuple[Label, ...]
    without_source: tuple[str, ...]
    locator: Markup


def identity(edition: Edition, area: Area) -> Identity:
    """Return the card of a region or of France."""
    shares = [row for name in OCCUPATIONS if (row := row_of(edition, area, name)) is not None]
    lines = [line_of(edition, area, row) for row in shares if row["value"] is not None]
    reason = next((row["reason_fr"] for row in shares if row["value"] is None), "")
    return Identity(
        key_figures=tuple(_key_figures(edition, area)),
        occupations=tuple(lines),
        occupations_reason="" if lines else reason or "aucune source ne les donne",
        structure=_structure(edition, area),
        parts=tuple(_parts(edition, area)),
        without_source=WITHOUT_SOURCE,
        locator=_locator(edition, area),
    )


def row_of(edition: Edition, area: Area, indicator_id: str) -> Row | None:
    """Return the row of an indicator for an area; France stands beside any region that has it."""
    if area.code is not None:
        return edition.indicators(area.code).get(indicator_id)
    rows = edition.indicator(indicator_id)
    valued = [row for row in rows if row["france_value"] is not None]
    return next(iter(valued or rows), None)


def _key_figures(edition: Edition, area: Area) -> Iterator[KeyFigure]:
    for name in KEY_FIGURES:
        row = row_of(edition, area, name)
        if row is None:
            continue
        cells = IndicatorCells(area, row, edition.lexicon[name]["decimals"])
        value = cells.france_alone if area.is_national else cells.value
        is_there = isinstance(value, Figure)
        yield KeyFigure(
            label=Label(row["indicator_label"], "dim_indicator.indicator_label"),
            value=value,
            unit=None if row["unit"] in SHORT_UNITS else Label(row["unit"], "dim_indicator.unit"),
            years=Year(row["data_year"]) if is_there and row["data_year"] else None,
            reference=cells.reference,
            comparison=Markup() if area.is_national or not is_there else _compared(cells),
        )


def _compared(cells: IndicatorCells) -> Markup:
    if cells.share is not None:
        return say("{} de la France", cells.share)
    if isinstance(cells.france, Missing):
        return Markup()
    return say("{} en France, {} rang", cells.france, cells.rank)


def _structure(edition: Edition, area: Area) -> Markup:
    departements = _of_area(edition, area, "dim_departement")
    former = _of_area(edition, area, "dim_former_region")
    today = counted(len(edition.areas), "dim_region", "région")
    n_departements = counted(len(departements), "dim_departement", "département")
    if area.is_national:
        n_former = counted(len(former), "dim_former_region", "ancienne région", "anciennes régions")
        return say("{}, {} et {}", today, n_former, n_departements)
    if len(former) == 1:
        return say(
            "{}\u00a0; une seule ancienne région\u00a0: ses limites n’ont pas changé",
            n_departements,
        )
    names = french.listing([french.typographic(row["former_region_name"]) for row in former])
    return say(
        "{}\u00a0; réunion de {} ({})",
        n_departements,
        counted(len(former), "dim_former_region", "ancienne région", "anciennes régions"),
        names,
    )


def _locator(edition: Edition, area: Area) -> Markup:
    """Draw where the area lies, with its départements; France by its regions."""
    departements = () if area.is_national else _of_area(edition, area, "dim_departement")
    svg = locator_map(
        [*edition.areas] if area.code is None else [area.code],
        [row["departement_code"] for row in departements],
        title=f"Carte{french.NO_BREAK}: {area.name}",
        message="Les régions de la France métropolitaine."
        if area.is_national
        else f"La place {area.genitive} parmi les régions, avec les limites de ses départements.",
    )
    return Markup(svg)


def _of_area(edition: Edition, area: Area, table: str) -> list[Row]:
    rows = edition.rows(table)
    return [row for row in rows if area.is_national or row["region_code"] == area.code]


def _parts(edition: Edition, area: Area) -> Iterator[Label]:
    """Yield the départements of a region with their codes, or the regions of France."""
    if area.is_national:
        for region in edition.areas.values():
            yield Label(region.name, "dim_region.region_name")
        return
    for row in _of_area(edition, area, "dim_departement"):
        text = f"{row['departement_name']} ({row['departement_code']})"
        yield Label(text, "dim_departement.departement_name")

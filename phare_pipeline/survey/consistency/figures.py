"""Rules on each of the report's own figures: well written, there, with unit, year and meaning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from phare_pipeline.survey.consistency.findings import (
    Finding,
    Rule,
    Severity,
    count_fr,
    number_fr,
    pages_fr,
    place_of,
    places_of,
)
from phare_pipeline.survey.consistency.units import factor_of
from phare_pipeline.survey.published.figures import PrintedFigure
from phare_pipeline.survey.published.precision import read_printed
from phare_pipeline.survey.published.study import PublishedStudy

UNKNOWN = "?"

Cells = dict[tuple[str, str, int], PrintedFigure]


def cells_of(study: PublishedStudy) -> Cells:
    """Return the figures by id, column and page."""
    return {(f.figure_id, f.column, f.slide): f for f in study.figures if f.figure_id}


def number_form(study: PublishedStudy) -> Iterator[Finding]:
    """A number is one number: thousands in threes, one decimal comma."""
    for figure in study.figures:
        text = figure.value_printed
        if not text or text == UNKNOWN or not figure.figure_id:
            continue
        found = read_printed(text)
        factor = factor_of(study.definitions[figure.figure_id].unit)
        is_meant = found is not None and figure.value in (found.value, found.value / factor)
        if not is_meant:
            meant = "" if figure.value is None else f" ; lu {number_fr(figure.value)}"
            yield Finding(
                "number_form",
                Severity.MEDIUM,
                figure.figure_id,
                f"« {text} » n’est pas un nombre bien écrit{meant}",
                "Demander le nombre exact ; écrire 31\u202f969 ou 12,4",
                (place_of(figure),),
            )


def value_missing(study: PublishedStudy) -> Iterator[Finding]:
    """A figure that is announced has a value; a question mark is none."""
    cells = cells_of(study)
    empty: dict[tuple[int, str], list[PrintedFigure]] = defaultdict(list)
    for (figure_id, column, slide), figure in cells.items():
        if figure.value_printed == UNKNOWN:
            yield _unknown(figure, _recomputed(cells, figure_id, slide, column))
        elif not figure.value_printed and (figure_id, "france", slide) not in cells:
            empty[slide, study.definitions[figure_id].block].append(figure)
    for (slide, block), group in empty.items():
        yield Finding(
            "value_missing",
            Severity.LOW,
            block,
            f"Page {slide} : {count_fr(len(group), 'ligne')} sans valeur imprimée",
            "Demander les données, pas l’image",
            places_of(group),
        )


def _unknown(figure: PrintedFigure, recomputed: str) -> Finding:
    return Finding(
        "value_missing",
        Severity.MEDIUM,
        f"{figure.figure_id} · {figure.column}",
        f"« ? » à la place d’un nombre{recomputed}",
        "Recalculer quand c’est possible, sinon écrire « non disponible » et pourquoi",
        (place_of(figure),),
    )


def _recomputed(cells: Cells, figure_id: str, slide: int, column: str) -> str:
    """What the same line lets one compute instead of a missing share, in words."""
    region = cells.get((figure_id, "region", slide))
    france = cells.get((figure_id, "france", slide))
    if column != "share_of_france" or region is None or france is None:
        return ""
    if region.value is None or not france.value:
        return ""
    share = 100.0 * region.value / france.value
    return (
        f" ; {number_fr(region.value)} / {number_fr(france.value)} = {number_fr(share, 1)}\u202f%"
    )


def national_only(study: PublishedStudy) -> Iterator[Finding]:
    """A regional report has regional figures, or says that only the country's are known."""
    cells = cells_of(study)
    groups: dict[tuple[int, str], list[PrintedFigure]] = defaultdict(list)
    for (figure_id, column, slide), figure in cells.items():
        if column == "france" and figure.value_printed:
            region = cells.get((figure_id, "region", slide))
            if region is None or not region.value_printed:
                groups[slide, study.definitions[figure_id].block].append(figure)
    for (slide, block), group in groups.items():
        yield Finding(
            "national_only",
            Severity.MEDIUM,
            block,
            f"Page {slide} : {count_fr(len(group), 'indicateur')} avec la seule valeur nationale",
            "Écrire « valeur régionale non disponible », ou retirer la ligne",
            places_of(group),
        )


def unit_of_figure(study: PublishedStudy) -> Iterator[Finding]:
    """Every quantity has its unit, and the right one."""
    missing: dict[tuple[int, str], list[PrintedFigure]] = defaultdict(list)
    wrong = set()
    for figure in study.figures:
        if figure.column not in ("region", "france") or not figure.value_printed:
            continue
        if not figure.figure_id:
            continue
        definition = study.definitions[figure.figure_id]
        if not figure.unit_printed:
            missing[figure.slide, definition.block].append(figure)
        elif figure.unit_printed != definition.unit and figure.figure_id not in wrong:
            wrong.add(figure.figure_id)
            yield Finding(
                "unit_of_figure",
                Severity.MEDIUM,
                figure.figure_id,
                f"{figure.value_printed} donné en « {figure.unit_printed} » : "
                f"« {definition.label_fr} » se compte en « {definition.unit} »",
                "Corriger l’unité",
                (place_of(figure),),
            )
    for (slide, block), group in missing.items():
        yield Finding(
            "unit_of_figure",
            Severity.LOW,
            block,
            f"Page {slide} : {count_fr(len(group), 'nombre')} sans unité "
            f"({', '.join(dict.fromkeys(f.figure_id for f in group))})",
            "Imprimer l’unité",
            places_of(group),
        )


def year_of_figure(study: PublishedStudy) -> Iterator[Finding]:
    """A figure that describes a year names it on one of its pages."""
    dated = {figure.figure_id for figure in study.figures if figure.period_printed}
    groups: dict[tuple[int, str], list[PrintedFigure]] = defaultdict(list)
    for figure in study.figures:
        definition = study.definitions.get(figure.figure_id)
        is_shown = figure.column in ("region", "france") and bool(figure.value_printed)
        if definition is None or not is_shown or figure.figure_id in dated:
            continue
        if definition.is_dated:
            groups[figure.slide, definition.block].append(figure)
    for (slide, block), group in groups.items():
        yield Finding(
            "year_of_figure",
            Severity.LOW,
            block,
            f"Page {slide} : année non imprimée "
            f"({', '.join(dict.fromkeys(f.figure_id for f in group))})",
            "Imprimer l’année de la donnée",
            places_of(group),
        )


def unknown_figure(study: PublishedStudy) -> Iterator[Finding]:
    """Every number on a page means something."""
    for figure in study.figures:
        if not figure.figure_id:
            yield Finding(
                "unknown_figure",
                Severity.LOW,
                figure.value_printed,
                f"« {figure.value_printed} » ({pages_fr([figure.slide])}) : rien ne dit ce que "
                "c’est",
                "Demander, ou retirer : reste d’un autre document ?",
                (place_of(figure),),
            )


RULES = (
    Rule("number_form", "Un nombre est bien écrit", number_form),
    Rule("value_missing", "Une figure annoncée a une valeur", value_missing),
    Rule("national_only", "Un rapport régional a des valeurs régionales", national_only),
    Rule("unit_of_figure", "Chaque nombre a son unité", unit_of_figure),
    Rule("year_of_figure", "Chaque donnée a son année", year_of_figure),
    Rule("unknown_figure", "Chaque nombre a un sens", unknown_figure),
)

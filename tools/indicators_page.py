"""Writes `docs/indicators.md` from the registry: which indicators are scored, from what, and why.

Nothing is judged or computed from data here. Usage: python -m tools.indicators_page
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from phare_pipeline.config import EDITIONS
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Domain, Indicator, Level, Registry, Role

PAGE = Path(__file__).resolve().parents[1] / "docs" / "indicators.md"
NEEDED_CONCEPTS = 3
LEVELS = {
    Level.REGION: "régions",
    Level.FORMER_REGION: "anciennes régions",
    Level.DEPARTEMENT: "départements",
}
DIRECTIONS = {1: "+1", -1: "−1"}

Row = tuple[str, ...]


def page_of(registry: Registry) -> str:
    """Return the page as Markdown text."""
    return "\n".join([*_head(registry), *_domains(registry), *_editions(registry), ""])


def _head(registry: Registry) -> Iterator[str]:
    roles = Counter(indicator.role for indicator in registry.indicators.values())
    yield "# Les indicateurs de l’indice"
    yield ""
    yield "Page écrite par `python -m tools.indicators_page` ; elle dit ce que le registre déclare."
    yield ""
    yield (
        f"Sur {len(registry.indicators)} indicateurs, {roles[Role.SOCLE]} sont du socle (notés), "
        f"{roles[Role.COMPLEMENT]} sont en complément (un sens, mais hors de l’indice) et "
        f"{roles[Role.CONTEXT]} sont du contexte (sans sens de fragilité). La raison de chacun est "
        "dans la colonne `reason_fr` de `indicators.csv` et dans le lexique publié."
    )
    yield ""
    yield (
        "Le sens est +1 quand une valeur plus élevée est plus fragile. Les années sont celles que "
        "le producteur publie, lues ou non ; les éditions sont celles qui attendent la ligne, "
        "compte tenu de son âge maximal : un fichier qui n’est pas lu y est un trou. Les lignes "
        "d’une même grandeur se relaient et ne sont jamais attendues ensemble."
    )
    yield ""


def socle_of(registry: Registry, domain: Domain) -> list[Indicator]:
    """Return the scored rows of a domain, in the order of the registry."""
    return [
        indicator
        for indicator in registry.indicators.values()
        if indicator.domain_id == domain.domain_id and indicator.role is Role.SOCLE
    ]


def _domains(registry: Registry) -> Iterator[str]:
    for domain in registry.domains.values():
        rows = socle_of(registry, domain)
        yield f"## {domain.label_fr}"
        yield ""
        yield from _shortage(domain, rows)
        header = ("indicateur", "opération", "années", "éditions", "sens", "raison")
        yield from _table(header, (_row(registry, indicator) for indicator in rows))
        yield ""


def _shortage(domain: Domain, rows: list[Indicator]) -> Iterator[str]:
    concepts = {row.concept or row.indicator_id for row in rows}
    if len(concepts) < NEEDED_CONCEPTS:
        yield f"Grandeurs défendables avec les fichiers lus : {len(concepts)}, moins de trois."
        yield ""
    if domain.single_operation_fr:
        yield f"Exception à la règle des deux opérations. {domain.single_operation_fr}"
        yield ""


def _row(registry: Registry, indicator: Indicator) -> Row:
    relayed = f" ; relais : `{indicator.concept}`" if indicator.concept else ""
    return (
        f"{indicator.label_fr} (`{indicator.indicator_id}`{relayed})",
        f"`{indicator.operation}`",
        "<br>".join(_years(registry, indicator)),
        _span([y for y in EDITIONS if _expects(registry, indicator, y)]),
        DIRECTIONS[indicator.direction],
        indicator.reason_fr.removeprefix("Socle : "),
    )


def _years(registry: Registry, indicator: Indicator) -> Iterator[str]:
    for level, name in LEVELS.items():
        period = registry.socle.get((indicator.indicator_id, level))
        if period is not None:
            yield f"{name} {_span([period.first_period, period.last_period])}"


def _expects(registry: Registry, indicator: Indicator, year: int) -> bool:
    period = registry.socle[indicator.indicator_id, Level.REGION]
    return period.reaches(year, indicator.max_age_years)


def _span(years: list[int]) -> str:
    """Write years that follow each other as the first and the last of them."""
    if not years:
        return "aucune"
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}-{years[-1]}"


def _editions(registry: Registry) -> Iterator[str]:
    yield "## Lignes attendues par édition"
    yield ""
    counts = {
        domain.label_fr: [
            sum(_expects(registry, row, year) for row in socle_of(registry, domain))
            for year in EDITIONS
        ]
        for domain in registry.domains.values()
    }
    counts["Ensemble"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    header = ("domaine", *(str(year) for year in EDITIONS))
    yield from _table(header, ((name, *map(str, row)) for name, row in counts.items()))


def _table(header: Row, rows: Iterator[Row]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    PAGE.write_text(page_of(load_registry()), "utf-8")

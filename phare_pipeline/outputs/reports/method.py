"""The last part: sources with producer and licence, and what there is of each domain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phare_pipeline import french
from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.figures import Figure, Label, Missing, Shown, Year, count
from phare_pipeline.outputs.reports.survey_rows import RESULTS

UNKNOWN_BASE = "effectif non publié"
CHANGE = "évolution"
_MEASURE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class SourceLine:
    """A source of the report, and how many of its indicators rest on it."""

    title: Label
    producer: Label
    vintage: Label
    licence: Label
    address: str
    indicators: Figure


@dataclass(frozen=True)
class CoverageLine:
    """What there is of a domain."""

    label: str
    indicators: Figure
    available: Figure
    scored: Figure
    years: Year | None


@dataclass(frozen=True)
class SurveyedLine:
    """An actor of a study: who was asked, how, and how many.

    Attributes:
        actor, study: names.
        population, mode, sampling: in the words of the study.
        bases: area, respondents (or why they are not known) and largest margin of error.
    """

    actor: Label
    study: Label
    population: Label
    mode: Label
    sampling: Label
    bases: tuple[tuple[Label, Shown, Shown], ...]


@dataclass(frozen=True)
class Method:
    """The part on method of a report."""

    surveyed: tuple[SurveyedLine, ...]
    sources: tuple[SourceLine, ...]
    coverage: tuple[CoverageLine, ...]


def method(edition: Edition, area: Area) -> Method:
    """Return the part on method for a region or France."""
    return Method(
        surveyed=tuple(_surveyed(edition)),
        sources=tuple(_sources(edition, area)),
        coverage=tuple(_coverage(edition, area)),
    )


def _present(edition: Edition, area: Area) -> Iterator[tuple[str, int]]:
    """Yield the indicators that have a value in the report, with the year of their figures."""
    codes = list(edition.areas) if area.code is None else [area.code]
    seen = set()
    for code in codes:
        for name, row in edition.indicators(code).items():
            if row["value"] is not None and name not in seen:
                seen.add(name)
                yield name, row["data_year"]


def _sources(edition: Edition, area: Area) -> Iterator[SourceLine]:
    series_of: dict[str, list[Row]] = {}
    for row in edition.rows("dim_measure_series"):
        series_of.setdefault(row["measure_id"], []).append(row)
    used: dict[str, set[str]] = {}
    for name, year in _present(edition, area):
        entry = edition.lexicon[name]
        formula = f"{entry['numerator']} {entry['denominator'] or ''}"
        is_change = entry["nature"] == CHANGE
        for measure in _MEASURE.findall(formula):
            for source_id in _sources_of(series_of.get(measure, []), year, is_change=is_change):
                used.setdefault(source_id, set()).add(name)
    rows = {row["source_id"]: row for row in edition.rows("dim_source")}
    for source_id in sorted(used, key=lambda s: (rows[s]["producer"], rows[s]["title"], s)):
        row = rows[source_id]
        yield SourceLine(
            title=Label(row["title"], "dim_source.title"),
            producer=Label(row["producer"], "dim_source.producer"),
            vintage=Label(row["vintage"], "dim_source.vintage"),
            licence=Label(row["licence"], "dim_source.licence"),
            address=row["address"],
            indicators=count(len(used[source_id]), "out_indicators"),
        )


def _sources_of(series: list[Row], year: int, *, is_change: bool) -> set[str]:
    """Return the sources of a measure in a year; those of the years before too for a change."""
    others = {
        row["source_id"]
        for row in series
        if row["series_order"] and row["first_year"] <= year
        if is_change or year <= row["last_year"]
    }
    if others and not is_change:
        return others
    return others | {row["source_id"] for row in series if not row["series_order"]}


def _surveyed(edition: Edition) -> Iterator[SurveyedLine]:
    """Yield the actors whose results enter the edition."""
    titles = {row["study_id"]: row["study_title"] for row in edition.rows("dim_study")}
    results = edition.rows(RESULTS)
    present = {(row["study_id"], row["actor"]) for row in results}
    for row in edition.rows("dim_actor"):
        key = (row["study_id"], row["actor"])
        if key in present:
            own = [r for r in results if (r["study_id"], r["actor"]) == key]
            yield SurveyedLine(
                actor=Label(row["actor_label"], "dim_actor.actor_label"),
                study=Label(titles[row["study_id"]], "dim_study.study_title"),
                population=Label(row["population_fr"], "dim_actor.population_fr"),
                mode=Label(row["mode_fr"], "dim_actor.mode_fr"),
                sampling=Label(row["sampling_fr"], "dim_actor.sampling_fr"),
                bases=tuple(_bases(own)),
            )


def _bases(rows: list[Row]) -> Iterator[tuple[Label, Shown, Shown]]:
    for label in dict.fromkeys(row["area_label"] for row in rows):
        own = [row for row in rows if row["area_label"] == label]
        sizes = [row["base_n"] for row in own if row["base_n"] is not None]
        margins = [r["moe95"] for r in own if r["moe95"] is not None and r["unit"] == "%"]
        size = count(max(sizes), f"{RESULTS}.base_n") if sizes else Missing(UNKNOWN_BASE)
        margin: Shown = Missing("sans effectif, pas de marge")
        if margins:
            text = french.quantity(max(margins), "points", 0)
            margin = Figure(text, max(margins), "", f"{RESULTS}.moe95")
        yield Label(label, f"{RESULTS}.area_label"), size, margin


def _coverage(edition: Edition, area: Area) -> Iterator[CoverageLine]:
    for domain in edition.domains:
        rows = _coverage_rows(edition, area, domain["domain_id"])
        if not rows:
            continue
        first = [row["oldest_data_year"] for row in rows if row["oldest_data_year"] is not None]
        last = [row["newest_data_year"] for row in rows if row["newest_data_year"] is not None]
        yield CoverageLine(
            label=domain["domain_label"],
            indicators=count(rows[0]["indicator_count"], "out_coverage.indicator_count"),
            available=count(
                max(row["available_count"] for row in rows), "out_coverage.available_count"
            ),
            scored=count(max(row["scored_count"] for row in rows), "out_coverage.scored_count"),
            years=Year(min(first), max(last)) if first and last else None,
        )


def _coverage_rows(edition: Edition, area: Area, domain_id: str) -> list[Row]:
    codes = edition.areas if area.code is None else [area.code]
    found = (edition.coverage(code, domain_id) for code in codes)
    return [row for row in found if row is not None]

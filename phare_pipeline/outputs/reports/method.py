"""The last part: sources with producer and licence, and what there is of each domain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.figures import Figure, Label, Year, count

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
class Method:
    """The part on method of a report."""

    sources: tuple[SourceLine, ...]
    coverage: tuple[CoverageLine, ...]


def method(edition: Edition, area: Area) -> Method:
    """Return the part on method for a region or France."""
    return Method(sources=tuple(_sources(edition, area)), coverage=tuple(_coverage(edition, area)))


def _present(edition: Edition, area: Area) -> Iterator[str]:
    """Yield the indicators that have a value in the report."""
    codes = list(edition.areas) if area.code is None else [area.code]
    seen = set()
    for code in codes:
        for name, row in edition.indicators(code).items():
            if row["value"] is not None and name not in seen:
                seen.add(name)
                yield name


def _sources(edition: Edition, area: Area) -> Iterator[SourceLine]:
    source_of = {row["measure_id"]: row["source_id"] for row in edition.rows("dim_measure")}
    used: dict[str, set[str]] = {}
    for name in _present(edition, area):
        entry = edition.lexicon[name]
        formula = f"{entry['numerator']} {entry['denominator'] or ''}"
        for measure in _MEASURE.findall(formula):
            if measure in source_of:
                used.setdefault(source_of[measure], set()).add(name)
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

"""Finds the rows of the tables of surveys that a reference names, in its own area and no other."""

from __future__ import annotations

from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import NATIONAL_AREA, Reference
from phare_pipeline.errors import PhareError
from phare_pipeline.explain.reading.published import Published, Row
from phare_pipeline.explain.rendering.survey_words import STATISTICS_FR
from phare_pipeline.registry.territories import Territories
from phare_pipeline.survey.codebook import WHOLE

TABLE = "out_survey_results"
INDEX = "index"
INDEX_NAMES = frozenset({INDEX, Kind.INDEX.value})


def area_short(published: Published, year: int, row: Row) -> str:
    """Return how references name the area of a row of a survey table: HDF, FRA, nord_est."""
    if row["area_kind"] == "national":
        return NATIONAL_AREA
    if row["region_code"] is not None:
        regions = published.state_of(year).registry.regions
        return regions[row["region_code"]].iso_code.removeprefix("FR-")
    return str(row["area_id"]).replace("-", "_")


def rows_of_area(published: Published, table: str, reference: Reference, **equal: str) -> list[Row]:
    """Return the rows of a survey table that hold for the area of a reference, newest study first.

    Raises:
        PhareError: none does; what there is for other areas is named.
    """
    rows = published.records(table, year=reference.year, **equal)
    short = reference.area
    if short != NATIONAL_AREA and not any(
        area_short(published, reference.year, row) == short for row in rows
    ):
        # Another name of a region: its code, slug, or a name that ISO has given up.
        registry = published.state_of(reference.year).registry
        try:
            region = Territories(registry).find_region(short)
        except KeyError:
            pass
        else:
            short = region.iso_code.removeprefix("FR-")
    found = [row for row in rows if area_short(published, reference.year, row) == short]
    if not found:
        areas = sorted({f"{row['area_label']} ({row['area_id']})" for row in rows})
        asked = ", ".join(f"{name} = {value!r}" for name, value in equal.items())
        raise PhareError(
            "No study gives this result for this area and edition",
            where=f"{table}, edition {reference.year}, {asked}",
            found=str(reference),
            expected=f"one of the areas: {', '.join(areas)}" if areas else "another question",
        )
    newest = max((row["study_year"], row["study_id"]) for row in found)
    return [row for row in found if (row["study_year"], row["study_id"]) == newest]


def find_row(published: Published, reference: Reference) -> Row:
    """Find the result of a reference; without a statistic, the first that its line has.

    Raises:
        PhareError: there is no such result; a line that is near is named.
    """
    if len(reference.subject) not in (3, 4, 5):
        raise PhareError(
            "An answer is named by actor, question and item",
            found=str(reference),
            expected="HDF-2016-citoyens:Q1:emploi, then :mean, then a segment",
        )
    actor, question, item, *rest = reference.subject
    question_id = f"{actor}:{question}"
    rows = rows_of_area(published, TABLE, reference, question_id=question_id)
    lines = [row for row in rows if item in (row["item_code"], row["domain_id"])]
    segment = rest[1] if len(rest) > 1 else WHOLE
    lines = [row for row in lines if row["segment_id"] == segment]
    known = [name for name in STATISTICS_FR if any(r["statistic"] == name for r in lines)]
    ordered = ["mean", *known] if "mean" in known else known
    wanted = rest[0] if rest else next(iter(ordered), "")
    for row in lines:
        if row["statistic"] == wanted:
            return row
    items = sorted({str(row["item_code"]) for row in rows})
    raise PhareError(
        "The question has no such result",
        where=question_id,
        found=":".join(reference.subject[2:]),
        expected=f"a statistic of {', '.join(known)}" if known else f"one of {', '.join(items)}",
    )


def find_voice(published: Published, reference: Reference) -> Row:
    """Find the row of the vision, the agreement or the perception of actors.

    Raises:
        PhareError: the actor was not asked there, or there is no such domain.
    """
    table = reference.place.table
    if reference.kind is Kind.AGREEMENT:
        return rows_of_area(published, table, reference)[0]
    actor, about = reference.subject
    rows = rows_of_area(published, table, reference, actor=actor)
    if about in INDEX_NAMES and reference.kind is Kind.PERCEIVED:
        about = INDEX
    column = "domain_id" if reference.kind is Kind.VISION else "component_id"
    for row in rows:
        if row[column] == about:
            return row
    raise PhareError(
        "The actors have not noted this",
        found=about,
        expected=f"one of {', '.join(str(row[column]) for row in rows)}",
    )

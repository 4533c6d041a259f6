"""Finds the results of the studies that a report may show, and prints them as figures.

A result is shown under the name of the area it holds for, never under another: a super-region is
not one of its regions. What is hidden stays hidden, with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from phare_pipeline import french
from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.figures import Figure, Missing, Shown

RESULTS, VISION, PERCEPTION = "out_survey_results", "out_actor_vision", "out_perception"
WHOLE = "ensemble"
"""The segment that is everybody."""
NO_STUDY = "aucune étude auprès des acteurs n’entre dans cette édition"
HIDDEN = "résultat non diffusé"
NO_NATIONAL = "valeur nationale non publiée"
NOTE_DECIMALS = 1

_KINDS = {"region": 0, "super_region": 1}


def own_rows(edition: Edition, area: Area, table: str, actor: str) -> list[Row]:
    """Return the rows of an actor that stand for an area, in a table of surveys.

    For a region without results of its own these are the results of a super-region, if the same
    study has asked others in the region itself: they keep the super-region's name. For France they
    are the national ones.
    """
    rows = edition.actor_rows(table, actor)
    if area.is_national:
        return _newest([row for row in rows if row["area_kind"] == "national"])
    own = [row for row in rows if row["region_code"] == area.code]
    if own:
        return _newest(own)
    asked = {row["study_id"] for row in edition.rows(table) if row["region_code"] == area.code}
    wider = [r for r in rows if r["area_kind"] == "super_region" and r["study_id"] in asked]
    return _newest(wider)


def _newest(rows: Sequence[Row]) -> list[Row]:
    """Keep the rows of the newest study."""
    if not rows:
        return []
    study = max((row["study_year"], row["study_id"]) for row in rows)[1]
    return [row for row in rows if row["study_id"] == study]


def why_none(edition: Edition, actor: str, table: str = RESULTS) -> str:
    """Say why an actor has no results here: no study, or one of other areas."""
    rows = edition.actor_rows(table, actor)
    if not rows:
        return NO_STUDY
    areas = {(_KINDS.get(row["area_kind"], 2), row["area_label"]) for row in rows}
    named = french.listing([french.typographic(label) for _, label in sorted(areas)])
    return f"les résultats publiés de cette étude ne portent que sur{french.NO_BREAK}: {named}"


def area_short(edition: Edition, row: Row) -> str:
    """Return how references name the area of a row: HDF, FRA, nord_est."""
    if row["area_kind"] == "national":
        return "FRA"
    if row["region_code"] in edition.areas:
        return edition.areas[row["region_code"]].short
    return str(row["area_id"]).replace("-", "_")


def reference_of(edition: Edition, row: Row, *, national: bool = False) -> str:
    """Return the short reference of a result."""
    subject = [*row["question_id"].split(":"), row["item_code"], row["statistic"]]
    if row["segment_id"] != WHOLE:
        subject.append(row["segment_id"])
    area = "FRA" if national else area_short(edition, row)
    return str(Reference(area, edition.year, Kind.SURVEY, tuple(subject)))


def printed(edition: Edition, row: Row | None) -> Shown:
    """Print the value of a result, or say why it is not shown."""
    if row is None:
        return Missing("non publié")
    if row["value"] is None:
        return Missing(row["reason_fr"] or HIDDEN)
    text = written(row["value"], row["unit"])
    return Figure(text, row["value"], reference_of(edition, row), f"{RESULTS}.value")


def printed_national(edition: Edition, row: Row | None) -> Shown:
    """Print the national value beside a result."""
    if row is None or row["national_value"] is None:
        return Missing(NO_NATIONAL)
    text = written(row["national_value"], row["unit"])
    place = reference_of(edition, row, national=True)
    return Figure(text, row["national_value"], place, f"{RESULTS}.national_value")


def written(value: float, unit: str) -> str:
    """Write a share, a note or a balance as studies print them."""
    if unit == "%":
        return french.quantity(value, "%", 0)
    if unit == "points":
        return french.quantity(value, "points", 0, is_signed=True)
    return french.number(value, NOTE_DECIMALS)

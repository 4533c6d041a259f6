"""Explains what is made of scores: split, contributions, removal, change, coverage, dispersion.

Scores themselves are explained in `composite`, what is drawn at random, or rests on another method,
in `drawn`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.explain.kinds.layout import part_explanation, printed
from phare_pipeline.explain.kinds.rows import one_row
from phare_pipeline.explain.reading.published import Published, Row, records
from phare_pipeline.explain.reading.units import SCORES, notes_at, rows_at, units_of
from phare_pipeline.explain.recompute.evolution import changes, with_years
from phare_pipeline.explain.recompute.split import contributions, ranks, removal, split
from phare_pipeline.explain.recompute.spread import WHOLE, inhabitants, spreads, weights_of
from phare_pipeline.explain.rendering.tree import NOTES_FR, Explanation, Step, absent, plain
from phare_pipeline.registry.model import Level

KIND_OF_LEVEL = {"domain": Kind.DOMAIN, "axis": Kind.AXIS, "index": Kind.INDEX}
PART_LEVEL = {Kind.INDICATOR: "indicator", Kind.DOMAIN: "domain", Kind.AXIS: "axis"}
# From what figures are recomputed, where it is not the notes.
BASES_FR = {
    "out_coverage": "les indicateurs publiés",
    "out_dispersion": "les valeurs, notes ou scores publiés",
}


def explain_part(published: Published, reference: Reference) -> Explanation:
    """Explain a figure of a region that is made of notes and scores.

    Raises:
        PhareError: the release has no such row.
    """
    table = reference.place.table
    row = one_row(published, reference)
    recomputed = _RECOMPUTED[table](published, reference, row)
    parts = tuple(_PARTS[table](published, reference, row))
    basis = BASES_FR.get(table, NOTES_FR)
    return part_explanation(published, reference, row, recomputed, parts, basis=basis)


# --- recomputation --------------------------------------------------------------------------------
def _notes(published: Published, year: int) -> pd.DataFrame:
    registry = published.state_of(year).registry
    return notes_at(published, registry, Level.REGION, year)


def _find(rows: pd.DataFrame, column: str, **equal: str) -> float | None:
    for name, value in equal.items():
        rows = rows[rows[name] == value]
    return absent(rows[column].astype("Float64").astype("float64").iloc[0]) if len(rows) else None


def _split(published: Published, reference: Reference, row: Row) -> float | None:
    registry = published.state_of(reference.year).registry
    return _find(
        split(_notes(published, reference.year), registry),
        reference.place.column,
        unit_code=row["region_code"],
        component_level=row["component_level"],
        component_id=row["component_id"],
    )


def _contribution(published: Published, reference: Reference, row: Row) -> float | None:
    registry = published.state_of(reference.year).registry
    return _find(
        contributions(_notes(published, reference.year), registry),
        reference.place.column,
        unit_code=row["region_code"],
        part_level=row["part_level"],
        part_id=row["part_id"],
    )


def _influence(published: Published, reference: Reference, row: Row) -> float | None:
    """Recompute what does not come from draws: contributions in the axis, and removal."""
    registry, column = published.state_of(reference.year).registry, reference.place.column
    notes = _notes(published, reference.year)
    is_axis = row["influence_level"] == "axis"
    added = contributions(notes, registry)
    added = added[added["part_level"] == "indicator"].rename(columns={"part_id": "indicator_id"})
    rows = added.merge(removal(notes, registry), on=["unit_code", "indicator_id"])
    group = ["unit_code", "axis_id"] if is_axis else ["unit_code"]
    added_column = "axis_contribution" if is_axis else "contribution"
    rows["leave_one_out_shift"] = rows["axis" if is_axis else "territory"]
    rows["fall"] = -rows["leave_one_out_shift"]
    rows["leave_one_out_rank"] = ranks(rows, "fall", group)[0]
    rows["contribution_rank"] = ranks(rows, added_column, group)[0]
    return _find(rows, column, unit_code=row["region_code"], indicator_id=row["indicator_id"])


def _change(published: Published, reference: Reference, row: Row) -> float | None:
    year, then = reference.year, int(row["compared_edition"])
    if then not in published.editions:
        return None
    editions = (year, then)
    scores = pd.concat([rows_at(published, SCORES, Level.REGION, year=y) for y in editions])
    notes = [with_years(published, _notes(published, y)) for y in editions]
    registry = published.state_of(year).registry
    return _find(
        changes(notes[0], notes[1], scores, registry),
        reference.place.column,
        unit_code=row["region_code"],
        component_level=row["component_level"],
        component_id=row["component_id"],
    )


def _coverage(published: Published, reference: Reference, row: Row) -> float | None:
    rows = published.rows("out_indicators", year=reference.year, domain_id=row["domain_id"])
    rows = rows[(rows["region_code"] == row["region_code"]) & rows["value"].notna()]
    if reference.place.column == "available_count":
        return float(len(rows))
    posts = published.state_of(reference.year).registry.goalposts
    has_scale = rows["indicator_id"].isin({n for level, n in posts if level == "region"})
    is_scored = rows["france_value"].notna() & (rows["direction"] != 0) & has_scale
    return float(is_scored.sum())


def _dispersion(published: Published, reference: Reference, row: Row) -> float | None:
    state, level = published.state_of(reference.year), Level(row["territory_level"])
    units = state.registry.units_of(level)
    inside = {u.code: u.region_code for u in units} if level is Level.DEPARTEMENT else {}
    _, weights = weights_of(inhabitants(state), level, [u.code for u in units], reference.year)
    found = spreads(
        notes_at(published, state.registry, level, reference.year),
        rows_at(published, SCORES, level, year=reference.year),
        weights,
        inside,
    )
    return _find(
        found,
        reference.place.column,
        within_code=row["within_code"],
        compared_part=row["compared_part"],
        compared_id=row["compared_id"],
    )


Recomputed = Callable[[Published, Reference, Row], float | None]
_RECOMPUTED: dict[str, Recomputed] = {
    "out_decomposition": _split,
    "out_contributions": _contribution,
    "out_influence": _influence,
    "out_change": _change,
    "out_coverage": _coverage,
    "out_dispersion": _dispersion,
}


# --- parts ----------------------------------------------------------------------------------------
def score_step(published: Published, area: str, year: int, row: Row) -> Step:
    """Return a score of `out_scores`, which can be followed."""
    kind = KIND_OF_LEVEL[row["component_level"]]
    subject = () if kind is Kind.INDEX else (row["component_id"],)
    number = absent(row["score"])
    return Step(
        f"{row['component_label']}, édition {year}",
        printed(number, "index"),
        number,
        reference=str(Reference(area, year, kind, subject)),
    )


def _score_parts(published: Published, reference: Reference, row: Row) -> Iterator[Step]:
    """Yield the score that is split, or the scores of both editions."""
    years = [reference.year, row.get("compared_edition")]
    for year in [int(y) for y in years if y is not None and int(y) in published.editions]:
        rows = published.rows(SCORES[0], year=year, region_code=row["region_code"])
        same = (rows["component_level"] == row["component_level"]) & (
            rows["component_id"] == row["component_id"]
        )
        for found in records(rows[same]):
            yield score_step(published, reference.area, year, found)


def _note_parts(published: Published, reference: Reference, row: Row) -> Iterator[Step]:
    """Yield the note or the score of a part, and the index."""
    if reference.kind is Kind.INDICATOR:
        notes = _notes(published, reference.year)
        is_own = notes["unit_code"] == row["region_code"]
        for found in records(notes[is_own & (notes["indicator_id"] == reference.subject[0])]):
            note = absent(found["z"])
            place = Reference(
                reference.area, reference.year, Kind.INDICATOR, reference.subject, "note"
            )
            yield Step("Note", printed(note, "index"), note, reference=str(place))
    rows = published.rows(SCORES[0], year=reference.year, region_code=row["region_code"])
    wanted = {"index", row.get("domain_id"), row.get("axis_id")}
    for found in records(rows[rows["component_id"].isin(wanted)]):
        yield score_step(published, reference.area, reference.year, found)


def _indicator_parts(published: Published, reference: Reference, row: Row) -> Iterator[Step]:
    """Yield the values that a count is made of."""
    rows = published.rows("out_indicators", year=reference.year, domain_id=row["domain_id"])
    for found in records(rows[rows["region_code"] == row["region_code"]]):
        place = Reference(reference.area, reference.year, Kind.INDICATOR, (found["indicator_id"],))
        value = absent(found["value"])
        yield Step(found["indicator_label"], plain(value), value, reference=str(place))


def _territory_parts(published: Published, reference: Reference, row: Row) -> Iterator[Step]:
    """Yield the territories that are compared, with what each has."""
    registry, level = published.state_of(reference.year).registry, Level(row["territory_level"])
    is_note = row["compared_part"] == "indicator"
    if is_note:
        rows = notes_at(published, registry, level, reference.year)
        rows = rows[rows["indicator_id"] == row["compared_id"]].assign(shown=rows["z_unclipped"])
    else:
        rows = rows_at(published, SCORES, level, year=reference.year)
        rows = rows[
            (rows["component_level"] == row["compared_part"])
            & (rows["component_id"] == row["compared_id"])
        ].assign(shown=rows["score"])
    kind = Kind.INDICATOR if is_note else KIND_OF_LEVEL[row["compared_part"]]
    subject = () if kind is Kind.INDEX else (row["compared_id"],)
    for unit in units_of(registry, level).values():
        own = rows[rows["unit_code"] == unit.code]
        is_inside = row["within_code"] in (WHOLE, *own["region_code"].dropna())
        if own.empty or not is_inside:
            continue
        number = absent(float(own["shown"].astype("float64").fillna(np.nan).iloc[0]))
        place = Reference(unit.short, reference.year, kind, subject, "note" if is_note else "")
        yield Step(unit.name, printed(number, "index"), number, reference=str(place))


Parts = Callable[[Published, Reference, Row], Iterator[Step]]
_PARTS: dict[str, Parts] = {
    "out_decomposition": _score_parts,
    "out_change": _score_parts,
    "out_contributions": _note_parts,
    "out_influence": _note_parts,
    "out_coverage": _indicator_parts,
    "out_dispersion": _territory_parts,
}

"""Explains what rests on draws at random or on another method, and draws it again.

Seed, number of draws and method stand with each figure. Here alone a figure is recomputed by the
functions that made it, from the published notes: there is no second way to the same draws.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from phare_pipeline import french
from phare_pipeline.contract.reference import NATIONAL_AREA, Reference
from phare_pipeline.explain.kinds.derived import score_step
from phare_pipeline.explain.kinds.layout import part_explanation
from phare_pipeline.explain.kinds.rows import one_row
from phare_pipeline.explain.reading.published import Published, Row, records
from phare_pipeline.explain.reading.units import SCORES
from phare_pipeline.explain.rendering.tree import NOTES_FR, Explanation, Step, absent
from phare_pipeline.steps.edition.notes import Notes, notes_of
from phare_pipeline.warehouse.tables import conform

EFFECTS = ("total_effect", "total_effect_rank")
METHOD_FR = "méthode appliquée de nouveau aux notes publiées"


def is_drawn(reference: Reference) -> bool:
    """Tell whether a figure rests on draws or on another method."""
    place = reference.place
    return place.column in EFFECTS or place.table in (
        "out_uncertainty", "out_pairs", "out_sensitivity", "out_alternatives",
    )  # fmt: skip


def explain_drawn(published: Published, reference: Reference) -> Explanation:
    """Explain a figure that was drawn at random, or that another method gives."""
    row = one_row(published, reference)
    seed = row.get("seed")
    draws = (
        METHOD_FR
        if seed is None
        else f"{french.number(int(row['draw_count']))} tirages, graine {seed}"
    )
    return part_explanation(
        published,
        reference,
        row,
        _again(published, reference, row),
        tuple(_parts(published, reference, row)),
        basis=NOTES_FR,
        draws=draws,
    )


def _parts(published: Published, reference: Reference, row: Row) -> Iterator[Step]:
    if row.get("method_description_fr"):
        yield Step("Méthode", facts=(("description", str(row["method_description_fr"])),))
    if row.get("drawn_factors"):
        labels = {
            r["factor"]: r["factor_label"]
            for r in published.records("out_sensitivity", year=reference.year)
        }
        names = [name.strip() for name in str(row["drawn_factors"]).split(",")]
        facts = tuple((name, str(labels.get(name, name))) for name in names)
        yield Step("Choix tirés au hasard", facts=facts)
    if reference.area == NATIONAL_AREA:
        return
    codes = [row["region_code"], row.get("other_region_code")]
    scores = published.rows(SCORES[0], year=reference.year, component_level="index")
    regions = published.state_of(reference.year).registry.regions
    for code in [code for code in codes if code is not None]:
        for found in records(scores[scores["region_code"] == code]):
            short = regions[code].iso_code.removeprefix("FR-")
            label = f"{regions[code].name_fr} : {found['component_label']}"
            yield score_step(published, short, reference.year, {**found, "component_label": label})


def _again(published: Published, reference: Reference, row: Row) -> float | None:
    """Draw again, or apply the method again, and return the same figure."""
    place, year = reference.place, reference.year
    registry = published.state_of(year).registry
    normalised = conform(published.rows("out_normalised", year=year), "core_normalised")
    if place.table in ("out_uncertainty", "out_pairs", "out_sensitivity"):
        from phare_pipeline.steps.edition.uncertainty import build_uncertainty

        core = place.table.replace("out_", "core_", 1)
        comparison = conform(published.rows("out_indicators", year=year), "core_comparison")
        built = build_uncertainty(normalised, comparison, registry)
        rows = next(b.table for b in built if b.name == core).to_pandas()
    elif place.table == "out_alternatives":
        from phare_pipeline.steps.edition.alternatives import build_alternatives

        scores = conform(published.rows("out_scores", year=year), "core_scores")
        rows = next(iter(build_alternatives(normalised, scores, registry))).table.to_pandas()
    else:
        return _effect(notes_of(normalised, registry), place.column, row)
    for column in ("region_code", "other_region_code", "factor", "method_id"):
        if column in rows and row.get(column) is not None:
            rows = rows[rows[column] == row[column]]
    value = rows[place.column].iloc[0]
    return None if pd.isna(value) else absent(float(value))


def _effect(notes: Notes, column: str, row: Row) -> float | None:
    """Draw the weights of the indicators again."""
    from phare_pipeline.steps.edition.influence import influence_rows

    rows = influence_rows(notes)
    is_own = (
        (rows["region_code"] == row["region_code"])
        & (rows["influence_level"] == row["influence_level"])
        & (rows["indicator_id"] == row["indicator_id"])
    )
    value = rows.loc[is_own, column].iloc[0]
    return None if pd.isna(value) else absent(float(value))

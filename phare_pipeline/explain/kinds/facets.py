"""Explains what follows from an indicator's value: share, gap, ranks, and the note of the index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from phare_pipeline.contract.reference import NATIONAL_AREA, Reference
from phare_pipeline.errors import PhareError
from phare_pipeline.explain.kinds.controls import controls_step
from phare_pipeline.explain.kinds.indicator import IndicatorFigure
from phare_pipeline.explain.reading.published import Published, Row, records
from phare_pipeline.explain.reading.units import notes_at
from phare_pipeline.explain.recompute.comparison import derive
from phare_pipeline.explain.recompute.scores import notes
from phare_pipeline.explain.rendering.tree import Explanation, Step, absent, plain
from phare_pipeline.french import NOT_AVAILABLE, number, quantity
from phare_pipeline.french import rank as rank_fr

NOTE_DECIMALS = 1
VALUES_FR = "les valeurs publiées"


def explain_indicator(published: Published, reference: Reference) -> Explanation:
    """Explain a figure of an indicator: its value, or what follows from it."""
    if reference.facet == "france":
        national = explain_indicator(published, replace(reference, area=NATIONAL_AREA, facet=""))
        return replace(national, root=replace(national.root, reference=str(reference)))
    return _EXPLAINERS[reference.facet](IndicatorFigure(published, reference))


def _value(figure: IndicatorFigure) -> Explanation:
    return Explanation(figure.published.release.release_id, figure.tree(), figure.recomputed)


def _derived(figure: IndicatorFigure, column: str) -> tuple[float | None, float | None]:
    """Return the published number of a column and the one that follows from the values."""
    rows = figure.rows
    position = rows.index[rows["unit_code"] == figure.code][0]
    found = rows.loc[position, column], derive(rows).loc[position, column]
    published, recomputed = (None if pd.isna(x) else float(x) for x in found)
    return published, recomputed


def _share(figure: IndicatorFigure) -> Explanation:
    published, recomputed = _derived(figure, "share_of_france_pct")
    france = absent(figure.row["france_value"])
    formula = f"100 × {plain(figure.value)} / {plain(france)} = {plain(recomputed)}"
    return _following(figure, "Part de la France", "%", 1, published, recomputed, formula)


def _gap(figure: IndicatorFigure) -> Explanation:
    published, recomputed = _derived(figure, "gap")
    france = absent(figure.row["france_value"])
    formula = f"{plain(figure.value)} − {plain(france)} = {plain(recomputed)}"
    unit, decimals = figure.indicator.unit, figure.indicator.decimals
    return _following(figure, "Écart à la France", unit, decimals, published, recomputed, formula)


def _following(
    figure: IndicatorFigure,
    name: str,
    unit: str,
    decimals: int,
    published: float | None,
    recomputed: float | None,
    formula: str,
) -> Explanation:
    tree = figure.tree()
    root = Step(
        f"{name} : {tree.label}",
        NOT_AVAILABLE if published is None else quantity(published, unit, decimals),
        published,
        formula,
        parts=(tree,),
        reference=str(figure.reference),
    )
    return Explanation(figure.published.release.release_id, root, recomputed, basis=VALUES_FR)


def _rank(column: str, name: str, rule: str) -> Callable[[IndicatorFigure], Explanation]:
    def explain(figure: IndicatorFigure) -> Explanation:
        published, recomputed = _derived(figure, column)
        tree = figure.tree()
        printed = NOT_AVAILABLE
        if published is not None:
            printed = rank_fr(int(published), int(figure.row["rank_of"]))
        root = Step(
            f"{name} : {tree.label}",
            printed,
            published,
            facts=(("règle", rule),),
            parts=(figure.regions_step(column), tree),
            reference=str(figure.reference),
        )
        release_id = figure.published.release.release_id
        return Explanation(release_id, root, recomputed, basis=VALUES_FR)

    return explain


def _note(figure: IndicatorFigure) -> Explanation:
    name, table = figure.indicator.indicator_id, figure.reference.place.table
    rows = notes_at(figure.published, figure.state.registry, figure.level, figure.reference.year)
    rows = rows[(rows["indicator_id"] == name) & (rows["unit_code"] == figure.code)]
    tree = figure.tree()
    if rows.empty:
        raise PhareError(
            "An indicator of context has no note",
            found=str(figure.reference),
            expected="an indicator whose direction is 1 or -1",
        )
    [row] = records(rows)
    note = absent(row["z"])
    recomputed = absent(notes(rows, {name: figure.indicator.transform}).iloc[0]["z"])
    printed = NOT_AVAILABLE if note is None else number(note, NOTE_DECIMALS)
    base = row["base_edition"] or "aucune"
    facts = [
        ("échelle figée", f"{plain(absent(row['scale_value']))}, édition de base {base}"),
        ("règle", "100 = France de la même édition ; bornée à 70 et 130"),
        ("statut", row["score_status"]),
    ]
    if row["is_clipped"]:
        facts.append(("écrêtée", f"note non bornée {plain(absent(row['z_unclipped']))}"))
    root = Step(
        f"Note : {tree.label}",
        printed,
        note,
        formula=_note_text(row, figure.indicator.transform, recomputed),
        facts=tuple(facts),
        parts=(tree, controls_step(figure.published, figure.state, table)),
        reference=str(figure.reference),
    )
    return Explanation(figure.published.release.release_id, root, recomputed, basis=VALUES_FR)


def _note_text(row: Row, transform: str, note: float | None) -> str:
    value, france = plain(absent(row["value"])), plain(absent(row["france_value"]))
    if transform == "log":
        value, france = f"ln {value}", f"ln {france}"
    sign = "+" if row["direction"] > 0 else "−"
    scale = plain(absent(row["scale_value"]))
    return f"100 {sign} 30 × ({value} − {france}) / {scale} → {plain(note)}"


_EXPLAINERS: dict[str, Callable[[IndicatorFigure], Explanation]] = {
    "": _value,
    "part": _share,
    "ecart": _gap,
    "rang": _rank("rank", "Rang", "valeurs décroissantes ; les ex æquo ont le plus petit rang"),
    "rang_fragilite": _rank(
        "fragility_rank",
        "Rang de fragilité",
        "de la plus fragile à la moins fragile ; les ex æquo ont le plus petit rang",
    ),
    "note": _note,
}

"""Lays out a figure of a published row with its rule, its parts and the checks it has passed."""

from __future__ import annotations

from collections.abc import Iterator

from phare_pipeline import french
from phare_pipeline.contract.fields import FIELDS
from phare_pipeline.contract.reference import NATIONAL_AREA, Reference
from phare_pipeline.explain.kinds.controls import controls_step
from phare_pipeline.explain.reading.published import Published, Row
from phare_pipeline.explain.reading.units import unit_of
from phare_pipeline.explain.rendering.tree import Explanation, Step, absent, plain
from phare_pipeline.explain.rendering.words import CHANGE_STATUSES_FR, RULES_FR, UNITS_FR

DECIMALS = 2


def part_explanation(
    published: Published,
    reference: Reference,
    row: Row,
    recomputed: float | None,
    parts: tuple[Step, ...],
    *,
    basis: str,
    draws: str = "",
) -> Explanation:
    """Lay out a figure of a row with its rule, its parts and the checks it has passed.

    Args:
        published: the release.
        reference: of the figure.
        row: that it stands in.
        recomputed: the number that follows from `basis`.
        parts: what it is made of.
        basis: from what it is recomputed, in French.
        draws: how it was drawn at random, if it was.
    """
    place = reference.place
    number = absent(row[place.column])
    state = published.state_of(reference.year)
    is_national = reference.area == NATIONAL_AREA
    area = "France" if is_national else unit_of(state.registry, reference).name
    field = FIELDS[place.column]
    title = f"{field.label_fr} : {subject_label(row)}, {area}, édition {reference.year}"
    facts = [("définition", RULES_FR[place.column])]
    facts += [("unité", UNITS_FR[field.unit])] if field.unit in UNITS_FR else []
    facts += list(_row_facts(row))
    root = Step(
        title,
        printed(number, field.unit),
        number,
        formula=_formula(place.column, row),
        facts=tuple(facts),
        parts=(*parts, controls_step(published, state, place.table)),
        reference=str(reference),
    )
    return Explanation(published.release.release_id, root, recomputed, basis=basis, draws=draws)


def printed(number: float | None, unit: str) -> str:
    """Write a figure with the decimals of its unit."""
    if number is None:
        return french.NOT_AVAILABLE
    if unit in ("rank", "indicators", "territories", "ranks"):
        return french.number(number, 0)
    if unit == "%":
        return french.quantity(number, "%", 0)
    return french.number(number, DECIMALS)


def subject_label(row: Row) -> str:
    """Return what a row is about, in words."""
    for name in (
        *("part_label", "indicator_label", "component_label", "domain_label", "compared_label"),
        *("method_label", "factor_label", "other_region_name"),
    ):
        if row.get(name) is not None:
            return str(row[name])
    return "indice de fragilité"


def _row_facts(row: Row) -> Iterator[tuple[str, str]]:
    if row.get("compared_edition") is not None:
        yield "édition comparée", str(row["compared_edition"])
        yield "statut", CHANGE_STATUSES_FR[row["change_status"]]
        yield "indicateurs communs", f"{row['common_count']} sur {row['now_count']}"
    if row.get("within_name") is not None:
        yield "au sein de", str(row["within_name"])
        yield (
            "territoires",
            f"{row['territory_count']} sur {row['territory_expected_count']}, habitants de "
            f"{row['weight_year']}",
        )


def _formula(column: str, row: Row) -> str:
    if column == "france_gap":
        return f"{plain(absent(row['score']))} − 100 = {plain(absent(row['france_gap']))}"
    if column == "value_range":
        high, low = absent(row["highest_value"]), absent(row["lowest_value"])
        return f"{plain(high)} − {plain(low)} = {plain(absent(row[column]))}"
    if column == "change_coverage":
        total, value = absent(row["change_total"]), absent(row["change_value"])
        return f"{plain(total)} − {plain(value)} = {plain(absent(row[column]))}"
    return ""

"""Reads what must hold between printed figures: parts and wholes, ratios, one thing in two places.

A relation states what figures mean, not which of them are wrong; checking is in `consistency`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from phare_pipeline.survey.codebook import Codebook, CodebookRow, codebook_rows
from phare_pipeline.survey.codebook.rows import ID, add_once
from phare_pipeline.survey.published.figures import Definition

RELATION_COLUMNS = (
    *("relation_id", "kind", "left", "right", "factor", "tolerance_pct", "note_fr"),
)
PLUS, OVER, PLACE = " + ", " / ", "@"

_SAMPLE = re.compile(r"sample:(?P<variable>[a-z]+:[a-z_]+)/(?P<item>[a-z0-9_]+)")
_UNIVERSE = re.compile(r"universe:(?P<actor>[a-z]+)@(?P<area>[a-z0-9-]+)")
_CONSTANT = re.compile(r"[0-9]+")


class RelationKind(StrEnum):
    """What holds between the two sides.

    PART: left ≤ factor × right. RATIO: left = factor × numerator / denominator. SAME: left = right.
    """

    PART = "part"
    RATIO = "ratio"
    SAME = "same"


@dataclass(frozen=True)
class FigureTerm:
    """A figure of the report: its region column, or that of France."""

    figure_id: str
    column: str


@dataclass(frozen=True)
class SampleTerm:
    """A share of an actor's sample."""

    variable_id: str
    item_code: str


@dataclass(frozen=True)
class UniverseTerm:
    """How many an actor's sample stands for in an area."""

    actor: str
    area_id: str


@dataclass(frozen=True)
class ConstantTerm:
    """A number."""

    value: float


Term = FigureTerm | SampleTerm | UniverseTerm | ConstantTerm


@dataclass(frozen=True)
class FigureRelation:
    """What must hold between figures.

    Attributes:
        left: terms that are added.
        right: terms that are added; the numerator of a ratio.
        denominator: of a ratio; empty for the others.
        factor: by which the right side is multiplied.
        tolerance: share (0 … 1) by which the sides may differ beyond the rounding of the print.
    """

    relation_id: str
    kind: RelationKind
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    denominator: tuple[Term, ...]
    factor: float
    tolerance: float
    note_fr: str


def read_relations(
    codebook_dir: Path, codebook: Codebook, definitions: Mapping[str, Definition]
) -> tuple[FigureRelation, ...]:
    """Read the relations of a study's report, in the order of `relations.csv`.

    Raises:
        CodebookError: a line is badly written, or names what is not there.
    """
    found: dict[str, FigureRelation] = {}
    for row in codebook_rows(codebook_dir / "relations.csv", RELATION_COLUMNS):
        relation = _relation(row, codebook, definitions)
        add_once(found, relation.relation_id, relation, row, "relation_id")
    return tuple(found.values())


def _relation(
    row: CodebookRow, codebook: Codebook, definitions: Mapping[str, Definition]
) -> FigureRelation:
    kind = RelationKind(row.one_of("kind", [kind.value for kind in RelationKind]))
    right, _, denominator = row.text("right").partition(OVER)
    if bool(denominator) != (kind is RelationKind.RATIO):
        expected = f"one{OVER}in a ratio, none elsewhere"
        raise row.error("right", f"the right side of a {kind.value}", expected=expected)
    factor, tolerance = row.number("factor"), row.number("tolerance_pct") / 100.0
    if factor <= 0 or tolerance < 0:
        raise row.error("factor", "a factor or tolerance below 0", expected="positive numbers")

    def terms(column: str, text: str) -> tuple[Term, ...]:
        parts = text.split(PLUS) if text else []
        return tuple(_term(row, column, part.strip(), codebook, definitions) for part in parts)

    return FigureRelation(
        relation_id=row.matching("relation_id", ID, "a snake_case id"),
        kind=kind,
        left=terms("left", row.text("left")),
        right=terms("right", right),
        denominator=terms("right", denominator),
        factor=factor,
        tolerance=tolerance,
        note_fr=row.cells["note_fr"],
    )


def _term(
    row: CodebookRow,
    column: str,
    text: str,
    codebook: Codebook,
    definitions: Mapping[str, Definition],
) -> Term:
    def known(name: str, names: Collection[str]) -> str:
        return CodebookRow(row.file, row.line, {column: name}).one_of(column, names)

    if _CONSTANT.fullmatch(text):
        return ConstantTerm(float(text))
    if match := _SAMPLE.fullmatch(text):
        variable = codebook.variables[known(match["variable"], codebook.variables)]
        options = () if variable.scale is None else variable.scale.options
        items = [*(option.option_id for option in options), *variable.derived]
        return SampleTerm(variable.variable_id, known(match["item"], items))
    if match := _UNIVERSE.fullmatch(text):
        actor = codebook.actors[known(match["actor"], codebook.actors)]
        return UniverseTerm(actor.actor, known(match["area"], actor.areas))
    figure_id, _, place = text.partition(PLACE)
    return FigureTerm(known(figure_id, definitions), known(place or "region", ("region", "france")))

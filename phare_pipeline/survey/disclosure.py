"""Decides what may be shown of survey results: small bases, small cells, what the source hides.

Works on rows of any provenance. Estimating is in `estimates`, what adds up to what in `additivity`,
what a reader could recompute in `suppression`.

Two reasons to hide a figure, never merged: it rests on too few answers (under 30: "base
insuffisante"), or it could tell something of a respondent (fewer than 11 persons, fewer than 3
enterprises or associations, one unit above 85 % of an amount); then its base is hidden as well.
What the source itself does not give stays without value, and is never filled in.

Figures of one base are hidden together, and so is a second base wherever the figures shown of other
regions or segments would give the first away.

Source: INSEE, *Manuel de protection des données tabulées*.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from phare_pipeline.survey.additivity import Block, answer_relations, block_of, block_relations
from phare_pipeline.survey.codebook import STATISTICS, WHOLE, AreaKind, Codebook
from phare_pipeline.survey.estimates import round_half_up
from phare_pipeline.survey.results import (
    SOURCE_MARKS,
    Disclosure,
    Reliability,
    Result,
    ResultKey,
)
from phare_pipeline.survey.suppression import Cell, Relation, protect

C = TypeVar("C")

HIDDEN_BELOW = 30
FLAGGED_BELOW = 100
LEAST_PERSONS = 11
LEAST_UNITS = 3
LARGEST_SHARE = 0.85

DECIMALS = {"%": 0, "points": 0, "note": 1}
MIN_WIDTHS = {"%": 10.0, "points": 20.0, "note": 1.0}
"""How wide the interval that can be recomputed for a hidden figure must stay, by unit."""

SECONDARY_FR = "Masqué pour qu’un chiffre masqué ne puisse être recalculé"

_COST_OF_A_WHOLE = 1e12
_CONFIDENTIAL = (Disclosure.SMALL_CELL, Disclosure.DOMINANT_UNIT)

_Parts = tuple[tuple[Block, tuple[Block, ...]], ...]


def reliability_of(base_n: int | None) -> Reliability:
    """Return what an unweighted base says of the figures on it."""
    if base_n is None:
        return Reliability.UNKNOWN
    if base_n < HIDDEN_BELOW:
        return Reliability.INSUFFICIENT
    return Reliability.FRAGILE if base_n < FLAGGED_BELOW else Reliability.SUFFICIENT


def smallest_cell(actor: str) -> int:
    """Return how many respondents of an actor a shown cell must hold."""
    return LEAST_PERSONS if actor == "citoyens" else LEAST_UNITS


def disclose(rows: Sequence[Result], codebook: Codebook) -> tuple[Result, ...]:
    """Return the rows with reliability, disclosure, reason, public value and public base.

    Args:
        rows: of one study, each key once; what these fields hold already is replaced.
        codebook: of the study.

    Raises:
        ProtectionError: a hidden figure would be found whatever else is hidden.
    """
    judged = {row.key: _judged(row, codebook) for row in rows}
    bases = {block_of(row): row.base_n for row in judged.values() if row.base_n is not None}
    parts = block_relations(bases, codebook)
    _hide_what_gives_away(judged, parts, codebook)
    hidden_bases = _hidden_bases(judged, bases, parts, codebook)
    return tuple(_public(judged[row.key], block_of(row) in hidden_bases) for row in rows)


# --- what must not be shown -----------------------------------------------------------------------
def _judged(row: Result, codebook: Codebook) -> Result:
    disclosure, reason = _verdict(row, codebook)
    return replace(
        row,
        reliability=reliability_of(row.base_n),
        disclosure=disclosure,
        reason_fr=reason,
        value_public=None,
        base_public=None,
    )


def _verdict(row: Result, codebook: Codebook) -> tuple[Disclosure, str]:
    least = smallest_cell(row.actor)
    if row.source_label:
        meaning = SOURCE_MARKS[row.source_label]
        return Disclosure.SOURCE, f"Non diffusé par la source : « {row.source_label} » ({meaning})"
    if row.base_n is not None and row.base_n < least:
        unit = codebook.actors[row.actor].unit_fr
        return Disclosure.SMALL_CELL, f"Secret statistique : moins de {least} {unit}"
    if row.value is None:
        return Disclosure.NO_VALUE, "Aucune réponse"
    if row.largest_share is not None and row.largest_share > LARGEST_SHARE:
        return Disclosure.DOMINANT_UNIT, "Secret statistique : une unité fait plus de 85 % du total"
    if row.base_n is not None and row.base_n < HIDDEN_BELOW:
        return Disclosure.SMALL_BASE, f"Base insuffisante : moins de {HIDDEN_BELOW} réponses"
    if row.base_n is None and row.segment_id != WHOLE:
        # A segment is smaller than its whole: nothing shows that 30 have answered.
        return Disclosure.UNKNOWN_BASE, "Base du segment inconnue : rien ne montre 30 réponses"
    return Disclosure.SHOWN, ""


# --- what would give it away ----------------------------------------------------------------------
def _hide_what_gives_away(
    judged: dict[ResultKey, Result], parts: _Parts, codebook: Codebook
) -> None:
    """Hide further figures until no hidden one can be recomputed too well."""
    before = -1
    while before != (before := sum(not row.is_shown for row in judged.values())):
        _hide(judged, _answers_to_hide(judged, codebook))
        _hide(judged, _blocks_to_hide(judged, parts, codebook))


def _hide(judged: dict[ResultKey, Result], keys: set[ResultKey]) -> None:
    for key in keys:
        if judged[key].is_shown:
            judged[key] = replace(
                judged[key], disclosure=Disclosure.SECONDARY, reason_fr=SECONDARY_FR
            )


def _answers_to_hide(judged: Mapping[ResultKey, Result], codebook: Codebook) -> set[ResultKey]:
    """Answers to hide beside one that is hidden alone in its question: the others make 100 %."""
    blocks: dict[Block, dict[ResultKey, Result]] = defaultdict(dict)
    for key, row in judged.items():
        blocks[block_of(row)][key] = row
    found: set[ResultKey] = set()
    for block, rows in blocks.items():
        hidden = {key for key, row in rows.items() if not row.is_shown}
        if not hidden or len(hidden) == len(rows):
            continue
        relations = tuple(answer_relations(rows, codebook.questions[block[0]]))
        cells = {key: _cell(rows[key], cost=1.0) for key in rows}
        found |= _protected(cells, hidden, relations)
    return found


def _blocks_to_hide(
    judged: Mapping[ResultKey, Result], parts: _Parts, codebook: Codebook
) -> set[ResultKey]:
    """All figures of the blocks to hide beside a hidden one: others and the whole give it away."""
    by_item: dict[tuple[str, str, str], dict[Block, ResultKey]] = defaultdict(dict)
    for key, row in judged.items():
        by_item[row.question_id, row.item_code, row.statistic][block_of(row)] = key
    chosen: set[Block] = set()
    for group in by_item.values():
        rows = {b: judged[key] for b, key in group.items()}
        hidden = {block for block, row in rows.items() if not row.is_shown}
        relations = _weighted(rows, parts)
        if hidden and relations:
            cells = {
                block: _cell(row, cost=_cost(block, row, codebook)) for block, row in rows.items()
            }
            chosen |= _protected(cells, hidden, relations)
    return {key for key, row in judged.items() if block_of(row) in chosen}


def _weighted(rows: Mapping[Block, Result], parts: _Parts) -> tuple[Relation[Block], ...]:
    """Σ size × figure of the parts − size × figure of the whole, for one item and statistic.

    Sizes are not exactly the weights behind the figures: the small rest is taken as known as well.
    """
    relations = []
    for whole, others in parts:
        names = (whole, *others)
        if not all(name in rows for name in names):
            continue
        universes = [rows[name].universe_n for name in names]
        sizes = universes if all(universes) else [rows[name].base_n for name in names]
        signs = [-1.0, *(1.0 for _ in others)]
        weights = {n: sign * (size or 0) for n, sign, size in zip(names, signs, sizes, strict=True)}
        weights = {name: weight for name, weight in weights.items() if weight}
        values = [rows[name].value for name in weights]
        known = [v for v in values if v is not None]
        rest = sum(w * v for w, v in zip(weights.values(), known, strict=False))
        relations.append(Relation(weights, rest if len(known) == len(values) else 0.0))
    return tuple(relations)


def _protected(
    cells: Mapping[C, Cell], hidden: set[C], relations: Sequence[Relation[C]]
) -> frozenset[C]:
    """Hide besides, among the cells that are in some relation."""
    involved = {name for relation in relations for name in relation.coefficients}
    known = {name: cell for name, cell in cells.items() if name in involved}
    return protect(known, hidden & involved, relations) if known else frozenset()


def _cell(row: Result, *, cost: float) -> Cell:
    statistic = STATISTICS[row.statistic]
    value = row.value if row.value is not None else statistic.low
    return Cell(statistic.low, statistic.high, value, MIN_WIDTHS[row.unit], cost)


def _cost(block: Block, row: Result, codebook: Codebook) -> float:
    """Small bases are hidden first, the country and everybody last."""
    is_whole = codebook.areas[block[1]].kind is AreaKind.NATIONAL
    return float(row.base_n or 0) + _COST_OF_A_WHOLE * (is_whole + (block[2] == WHOLE) / 2)


# --- bases ----------------------------------------------------------------------------------------
def _hidden_bases(
    judged: Mapping[ResultKey, Result],
    bases: Mapping[Block, int],
    parts: _Parts,
    codebook: Codebook,
) -> frozenset[Block]:
    """The bases not to show: too small a cell themselves, or needed to keep such a one unknown."""
    small = {block_of(row) for row in judged.values() if row.disclosure in _CONFIDENTIAL}
    relations = tuple(Relation({w: -1.0, **dict.fromkeys(p, 1.0)}) for w, p in parts)
    highest = float(max(bases.values(), default=0))
    rows = {block_of(row): row for row in judged.values()}
    cells = {
        block: Cell(
            low=0.0,
            high=highest,
            value=float(base),
            min_width=float(smallest_cell(rows[block].actor)),
            cost=_cost(block, rows[block], codebook),
        )
        for block, base in bases.items()
    }
    return frozenset(small) | _protected(cells, small & set(bases), relations)


def _public(row: Result, hides_base: bool) -> Result:
    value = None
    if row.is_shown and row.value is not None:
        rounded = round_half_up(row.value, DECIMALS[row.unit])
        value = None if rounded is None else float(rounded)
    return replace(row, value_public=value, base_public=None if hides_base else row.base_n)

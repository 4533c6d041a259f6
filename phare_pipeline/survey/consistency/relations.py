"""Rules on relations between figures: parts and wholes, ratios, one thing in two places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add

from phare_pipeline.survey.consistency.findings import (
    Finding,
    Place,
    Rule,
    Severity,
    number_fr,
    place_of,
)
from phare_pipeline.survey.consistency.units import factor_of, interval_of
from phare_pipeline.survey.published.precision import Interval, around
from phare_pipeline.survey.published.relations import (
    ConstantTerm,
    FigureRelation,
    FigureTerm,
    RelationKind,
    SampleTerm,
    Term,
    UniverseTerm,
)
from phare_pipeline.survey.published.study import PublishedStudy

# A ratio printed so coarsely that it is a quarter off what its own figures give.
COARSE = 0.25


class _Side:
    """The terms of one side, added: what they may be in base units, and where they are printed."""

    def __init__(self, study: PublishedStudy, terms: Sequence[Term]) -> None:
        found = [_look_up(study, term) for term in terms]
        self.is_known = bool(found) and all(part is not None for part in found)
        parts = [part for part in found if part is not None]
        self.places = tuple(place for _, _, place in parts if place is not None)
        self.value = sum(value for value, _, _ in parts)
        self.interval = reduce(add, (i for _, i, _ in parts)) if parts else Interval(0.0, 0.0)
        self.text = " + ".join(place.printed for place in self.places)
        self.as_factor = f"({self.text})" if len(parts) > 1 else self.text


def part_of_whole(study: PublishedStudy) -> Iterator[Finding]:
    """A part, or disjoint parts together, do not exceed their whole."""
    for relation in _of(study, RelationKind.PART):
        left, right = _Side(study, relation.left), _Side(study, relation.right)
        if not (left.is_known and right.is_known):
            continue
        limit = right.interval.times(relation.factor).widened(relation.tolerance)
        if left.interval.low > limit.high:
            factor = "" if relation.factor == 1.0 else f" × {number_fr(relation.factor, 1)}"
            yield Finding(
                "part_of_whole",
                Severity.HIGH,
                relation.relation_id,
                f"{_names(relation.left)} ({left.text}) dépasse {_names(relation.right)}{factor} "
                f"({right.text}){_because(relation)}",
                "Demander les deux chiffres et leur périmètre ; ne pas les publier d’ici là",
                (*left.places, *right.places),
            )


def ratio_of_figures(study: PublishedStudy) -> Iterator[Finding]:
    """A printed ratio is that of its printed figures, within the rounding of all of them."""
    for relation in _of(study, RelationKind.RATIO):
        sides = [_Side(study, terms)
                 for terms in (relation.left, relation.right, relation.denominator)]  # fmt: skip
        left, right, under = sides
        if not all(side.is_known for side in sides) or under.interval.low <= 0:
            continue
        found = (right.interval / under.interval).times(relation.factor)
        value = relation.factor * right.value / under.value
        unit = _factor(study, relation.left[0])
        is_met = left.interval.meets(found.widened(relation.tolerance))
        is_near = abs(left.value - value) <= COARSE * abs(value)
        if is_met and (is_near or relation.tolerance):
            continue
        message = (
            f"{left.text} imprimé, alors que {right.as_factor} / {under.as_factor} donne "
            f"{number_fr(value / unit, 1)}{_because(relation)}"
        )
        yield Finding(
            "ratio_of_figures",
            Severity.LOW if is_met else Severity.HIGH,
            relation.relation_id,
            message + (" ; l’arrondi imprimé suffit à l’expliquer" if is_met else ""),
            "Imprimer une décimale" if is_met else "Recalculer ; ne pas publier le rapport imprimé",
            (*left.places, *right.places, *under.places),
        )


def same_thing(study: PublishedStudy) -> Iterator[Finding]:
    """One thing printed in two places has one value."""
    for relation in _of(study, RelationKind.SAME):
        left, right = _Side(study, relation.left), _Side(study, relation.right)
        if not (left.is_known and right.is_known):
            continue
        if not left.interval.meets(right.interval.widened(relation.tolerance)):
            yield Finding(
                "same_thing",
                Severity.MEDIUM,
                relation.relation_id,
                f"{_names(relation.left)} ({left.text}) devrait être {_names(relation.right)} "
                f"({right.text or number_fr(right.value)}){_because(relation)}",
                "Demander si c’est bien la même chose, et laquelle est juste",
                (*left.places, *right.places),
            )


def _of(study: PublishedStudy, kind: RelationKind) -> list[FigureRelation]:
    return [relation for relation in study.relations if relation.kind is kind]


def _look_up(study: PublishedStudy, term: Term) -> tuple[float, Interval, Place | None] | None:
    """Value and interval of a term in base units, and its place; None when it is not printed."""
    if isinstance(term, ConstantTerm):
        return term.value, Interval(term.value, term.value), None
    if isinstance(term, UniverseTerm):
        sample = study.codebook.samples.get((term.actor, term.area_id))
        if sample is None or sample.universe_n is None:
            return None
        n = float(sample.universe_n)
        return n, Interval(n, n), Place(sample.slide, "samples.csv", None, number_fr(n))
    if isinstance(term, SampleTerm):
        for share in study.sample:
            if (share.variable_id, share.item_code) == (term.variable_id, term.item_code):
                return share.value, around(share.value, share.value_printed), place_of(share)
        return None
    for figure in study.figures:
        if (figure.figure_id, figure.column) != (term.figure_id, term.column):
            continue
        if figure.value is not None:
            factor = _factor(study, term)
            unit = study.definitions[term.figure_id].unit
            return figure.value * factor, interval_of(figure, unit).times(factor), place_of(figure)
    return None


def _factor(study: PublishedStudy, term: Term) -> float:
    if not isinstance(term, FigureTerm):
        return 1.0
    return factor_of(study.definitions[term.figure_id].unit)


def _names(terms: Sequence[Term]) -> str:
    return " + ".join(
        term.figure_id
        if isinstance(term, FigureTerm)
        else f"{term.variable_id}/{term.item_code}"
        if isinstance(term, SampleTerm)
        else f"univers des {term.actor}"
        if isinstance(term, UniverseTerm)
        else number_fr(term.value)
        for term in terms
    )


def _because(relation: FigureRelation) -> str:
    return f" ({relation.note_fr})" if relation.note_fr else ""


RULES = (
    Rule("part_of_whole", "Une partie ne dépasse pas le tout", part_of_whole),
    Rule("ratio_of_figures", "Un rapport est celui de ses chiffres", ratio_of_figures),
    Rule("same_thing", "La même chose a la même valeur", same_thing),
)

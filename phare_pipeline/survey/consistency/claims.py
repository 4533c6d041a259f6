"""Rules on what a report says of its figures in words: ranks, significance, precision."""

from __future__ import annotations

import math
from collections.abc import Iterator

from phare_pipeline.survey.codebook import WHOLE
from phare_pipeline.survey.consistency.findings import (
    Finding,
    Place,
    Rule,
    Severity,
    number_fr,
    place_of,
)
from phare_pipeline.survey.disclosure import HIDDEN_BELOW
from phare_pipeline.survey.estimates import Z95
from phare_pipeline.survey.published.canonical import national_area, published_rows
from phare_pipeline.survey.published.claims import Claim, ClaimKind
from phare_pipeline.survey.published.results import PublishedResult
from phare_pipeline.survey.published.study import PublishedStudy
from phare_pipeline.survey.significance import Outcome


def _claims(study: PublishedStudy, kind: ClaimKind) -> list[Claim]:
    return [claim for claim in study.claims if claim.kind is kind]


def _place(claim: Claim) -> Place:
    return Place(claim.slide, claim.file, claim.line, claim.note_fr)


def _figure_of(study: PublishedStudy, claim: Claim) -> PublishedResult | None:
    key = (claim.question_id, claim.item_code, claim.area_id, claim.segment_id, claim.statistic)
    return next((figure for figure in study.results if figure.key == key), None)


def rank_claimed(study: PublishedStudy) -> Iterator[Finding]:
    """A rank in words is that of the figures; equal figures share their ranks in any order."""
    for claim in _claims(study, ClaimKind.RANK):
        own = _figure_of(study, claim)
        if own is None or claim.number is None:
            continue
        others = [
            figure.value
            for figure in study.results
            if (figure.question_id, figure.area_id, figure.segment_id, figure.statistic)
            == (own.question_id, own.area_id, own.segment_id, own.statistic)
        ]
        best = 1 + sum(value > own.value for value in others)
        worst = sum(value >= own.value for value in others)
        if not best <= claim.number <= worst:
            yield Finding(
                "rank_claimed",
                Severity.HIGH,
                " · ".join(own.key),
                f"Dit au rang {number_fr(claim.number)} page {claim.slide}, mais au rang {best} "
                f"d’après les chiffres ({own.value_printed})",
                "Corriger la phrase",
                (_place(claim), place_of(own)),
            )


def significance_claimed(study: PublishedStudy) -> Iterator[Finding]:
    """What is called significant passes a test; it needs both bases, 30 answers at least."""
    rows = {row.key: row for row in published_rows(study.results, study.codebook)}
    for claim in _claims(study, ClaimKind.ABOVE):
        figure = _figure_of(study, claim)
        if figure is None:
            continue
        row = rows[figure.key]
        is_segment = claim.segment_id != WHOLE
        country = national_area(study.codebook, claim.actor)
        beside = (*figure.key[:2], figure.area_id, WHOLE, figure.statistic) if is_segment else (
            *figure.key[:2], country or "", WHOLE, figure.statistic
        )  # fmt: skip
        other = next((f for f in study.results if f.key == beside), None)
        against = "" if other is None else f" contre {other.value_printed}"
        if not is_segment and row.test == Outcome.ABOVE:
            continue
        reason = (
            "le test ne le montre pas"
            if row.p_value is not None
            else "aucun test n’est possible : la base n’est pas imprimée"
            if figure.base_n is None
            else f"la base est de {figure.base_n}"
            if figure.base_n < HIDDEN_BELOW
            else "aucun test n’est possible avec ce qui est imprimé"
        )
        yield Finding(
            "significance_claimed",
            Severity.MEDIUM,
            " · ".join(figure.key),
            f"{figure.value_printed}{against} dit significatif page {claim.slide}, mais {reason}",
            "Retirer le mot tant que le test n’est pas fait sur 30 réponses au moins",
            (_place(claim), place_of(figure)),
        )


def margin_claimed(study: PublishedStudy) -> Iterator[Finding]:
    """A stated margin of error is at least that of a share of half on the sample."""
    for claim in _claims(study, ClaimKind.MARGIN):
        sample = study.codebook.samples.get((claim.actor, claim.area_id))
        n = None if sample is None else sample.sample_n
        if n is None or claim.number is None:
            continue
        margin = 100.0 * Z95 * math.sqrt(0.25 / n)
        if margin > claim.number + 0.5:
            yield Finding(
                "margin_claimed",
                Severity.HIGH,
                f"{claim.actor} · {claim.area_id}",
                f"Marge annoncée de {number_fr(claim.number)} points au plus, mais {n} réponses "
                f"donnent ± {number_fr(margin, 1)} points pour une part de moitié",
                "Imprimer la marge calculée, chiffre par chiffre",
                (_place(claim),),
            )


RULES = (
    Rule("rank_claimed", "Un rang dit est celui des chiffres", rank_claimed),
    Rule("significance_claimed", "Ce qui est dit significatif l’est", significance_claimed),
    Rule("margin_claimed", "Une marge annoncée est celle de la base", margin_claimed),
)

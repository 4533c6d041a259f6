"""Decides what may be shown of survey results: secrets, small bases, what the source hides.

Works on rows of any provenance. Estimating is in `estimates`, what a reader could find out in
`attack`, what is hidden against it in `protection`, what leaves in `public`.

Two reasons to hide a figure, never merged. *Secrecy*: it could tell something of a respondent
(fewer than 11 persons, fewer than 3 enterprises or associations, one unit above 85 % of an amount,
or what the source itself does not give); then it is protected against whatever follows from all
that is shown. *Reliability*: it rests on too few answers (under 30: "base insuffisante") and says
nothing; nobody is harmed by it, and nothing more is hidden for it.

How many were asked in an area is no secret. How many answered is one where the area is, and so is
the base of a filtered question or a segment, which counts answers.

Sources: see `docs/surveys.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from phare_pipeline.survey.codebook import WHOLE, AreaKind, Codebook
from phare_pipeline.survey.estimates import round_half_up
from phare_pipeline.survey.parts import Parts, parts_of_rows
from phare_pipeline.survey.protection import Tried, attacked, protect
from phare_pipeline.survey.public import DECIMALS
from phare_pipeline.survey.results import (
    SOURCE_MARKS,
    Disclosure,
    Reliability,
    Result,
    ResultKey,
)

HIDDEN_BELOW = 30
FLAGGED_BELOW = 100
LEAST_PERSONS = 11
LEAST_UNITS = 3
LARGEST_SHARE = 0.85

SECRET = frozenset({Disclosure.SMALL_CELL, Disclosure.DOMINANT_UNIT, Disclosure.SOURCE})
"""Reasons for which a figure is protected against recomputation."""

SECONDARY_FR = "Masqué pour qu’un chiffre secret ne puisse être recalculé"


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


def disclose(
    rows: Sequence[Result], codebook: Codebook, parts: Mapping[str, Parts] | None = None
) -> tuple[Result, ...]:
    """Return the rows with reliability, disclosure, reason, public value and public base.

    Args:
        rows: of one study, each key once; what these fields hold already is replaced.
        codebook: of the study.
        parts: by question, of the respondents (`computed.Computed.parts`); without them, those that
            the rows alone tell of.

    Raises:
        ProtectionError: a secret would be found whatever else is hidden.
    """
    judged = {row.key: _judged(row, codebook) for row in rows}
    secret = secrets_of(judged.values())
    known = parts_of_rows(rows, codebook) if parts is None else parts
    besides, silent = protect(judged, secret, known, codebook)
    for key in besides:
        judged[key] = replace(judged[key], disclosure=Disclosure.SECONDARY, reason_fr=SECONDARY_FR)
    for key in silent:
        judged[key] = replace(judged[key], shows_test=False)
    bases = _Bases(judged, codebook)
    return tuple(_public(judged[row.key], bases) for row in rows)


def secrets_of(rows: Iterable[Result]) -> tuple[ResultKey, ...]:
    """Return the keys of the figures that must stay unknown."""
    return tuple(row.key for row in rows if row.disclosure in SECRET)


def attack_results(
    rows: Sequence[Result], codebook: Codebook, parts: Mapping[str, Parts] | None = None
) -> tuple[Tried, ...]:
    """Attack every secret with all that is shown: what `disclose` promises, tried again.

    Args:
        rows: disclosed.
        codebook: of the study.
        parts: as for `disclose`.
    """
    by_key = {row.key: row for row in rows}
    known = parts_of_rows(rows, codebook) if parts is None else parts
    return tuple(attacked(by_key, secrets_of(rows), known, codebook))


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
        answered_public=None,
        shows_test=True,
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


# --- bases ----------------------------------------------------------------------------------------
class _Bases:
    """Which numbers of respondents may stand beside shown figures."""

    def __init__(self, judged: Mapping[ResultKey, Result], codebook: Codebook) -> None:
        self._codebook = codebook
        small = [row for row in judged.values() if row.disclosure in SECRET]
        self._questions = {row.question_id for row in small}
        # An area in which a question put to everybody has too few is one of too few respondents.
        self._actors = {row.actor for row in small if self._is_of_all(row)}

    def _is_of_all(self, row: Result) -> bool:
        question = self._codebook.questions[row.question_id]
        return question.filter is None and row.segment_id == WHOLE

    def _is_country(self, row: Result) -> bool:
        area = self._codebook.areas[row.area_id]
        return area.kind is AreaKind.NATIONAL and row.segment_id == WHOLE

    def of(self, row: Result) -> tuple[int | None, int | None]:
        """The base and the answered base that a shown figure may bear.

        Bases add up: those of all groups but one give the last. Only that of the country is then
        shown where they count answers.
        """
        if self._is_country(row):
            return row.base_n, row.base_n_answered
        answered = None if row.question_id in self._questions else row.base_n_answered
        counts_answers = row.actor in self._actors and not self._is_of_all(row)
        return (None, None) if counts_answers else (row.base_n, answered)


def _public(row: Result, bases: _Bases) -> Result:
    if not row.is_shown:
        return row
    rounded = None if row.value is None else round_half_up(row.value, DECIMALS[row.unit])
    base, answered = bases.of(row)
    return replace(
        row,
        value_public=None if rounded is None else float(rounded),
        base_public=base,
        answered_public=answered,
    )

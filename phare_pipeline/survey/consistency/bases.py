"""Rules on bases: who answered, what they stand for, and that the page says it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from phare_pipeline.survey.codebook import WHOLE, AreaKind, Question
from phare_pipeline.survey.codebook.model import Sample
from phare_pipeline.survey.consistency.findings import (
    Finding,
    Place,
    Rule,
    Severity,
    count_fr,
    number_fr,
    pages_fr,
    places_of,
)
from phare_pipeline.survey.disclosure import HIDDEN_BELOW
from phare_pipeline.survey.published.canonical import national_area
from phare_pipeline.survey.published.precision import Interval
from phare_pipeline.survey.published.results import PublishedResult
from phare_pipeline.survey.published.study import PublishedStudy

STRUCTURE = "samples.csv"


def base_on_page(study: PublishedStudy) -> Iterator[Finding]:
    """The page of a chart says who answered."""
    groups: dict[str, list[PublishedResult]] = defaultdict(list)
    for figure in study.results:
        is_national = study.codebook.areas[figure.area_id].kind is AreaKind.NATIONAL
        if not is_national and figure.segment_id == WHOLE and figure.base_from != "page":
            groups[figure.question_id].append(figure)
    for question_id, group in groups.items():
        yield Finding(
            "base_on_page",
            Severity.MEDIUM,
            question_id,
            f"Aucune base sous {count_fr(len(group), 'chiffre')} "
            f"({pages_fr(f.slide for f in group)})",
            "Imprimer effectif et univers sous le graphique",
            places_of(group[:3]),
        )


def base_of_segment(study: PublishedStudy) -> Iterator[Finding]:
    """A figure of a part of the respondents has its own base, of 30 at least."""
    groups: dict[tuple[str, str], list[PublishedResult]] = defaultdict(list)
    for figure in study.results:
        n = figure.base_n
        if figure.segment_id != WHOLE and (n is None or n < HIDDEN_BELOW):
            groups[figure.question_id, figure.segment_id].append(figure)
    for (question_id, segment_id), group in groups.items():
        segment = study.codebook.segments[group[0].actor, segment_id]
        n = group[0].base_n
        known = "base non imprimée" if n is None else f"{n} réponses"
        yield Finding(
            "base_of_segment",
            Severity.MEDIUM,
            f"{question_id} · {segment_id}",
            f"« {segment.label_fr} » : {count_fr(len(group), 'chiffre')}, {known}"
            + _share_of_sample(study, group[0], segment_id),
            f"Masquer ces chiffres tant que rien ne montre {HIDDEN_BELOW} réponses",
            places_of(group),
        )


def _share_of_sample(study: PublishedStudy, figure: PublishedResult, segment_id: str) -> str:
    """What the printed structure says of the size of a segment, in words; empty without it."""
    segment = study.codebook.segments[figure.actor, segment_id]
    shares = [
        part.value
        for part in study.sample
        if (part.variable_id, part.area_id) == (segment.variable_id, figure.area_id)
        and part.item_code in segment.options
    ]
    if not segment.options or len(shares) < len(segment.options):
        return ""
    return f" ({number_fr(sum(shares))}\u202f% de l’échantillon redressé)"


def filtered_universe(study: PublishedStudy) -> Iterator[Finding]:
    """What a filtered question stands for is the share that passes the filter × the whole."""
    by_key = {figure.key: figure for figure in study.results}
    groups: dict[tuple[str, str, int, int], dict[str, PublishedResult]] = defaultdict(dict)
    answers: dict[tuple[str, str, int, int], list[PublishedResult]] = {}
    for figure in study.results:
        question = study.codebook.questions[figure.question_id]
        keys = _passing(study, question, figure.area_id)
        shares = [by_key[key] for key in keys if key in by_key]
        whole = shares[0].universe_n if shares and len(shares) == len(keys) else None
        if question.filter is not None and figure.universe_n is not None and whole is not None:
            at = (question.filter.text, figure.area_id, figure.universe_n, whole)
            groups[at].setdefault(figure.question_id, figure)
            answers[at] = shares
    for at, figures in groups.items():
        _, area_id, part, whole = at
        share, found = sum(answer.value for answer in answers[at]), 100.0 * part / whole
        if abs(found - share) > 0.5 * len(answers[at]):
            yield Finding(
                "filtered_universe",
                Severity.HIGH,
                f"{', '.join(figures)} · {area_id}",
                f"Base de {number_fr(part)}, soit {number_fr(found, 1)}\u202f% de "
                f"{number_fr(whole)}, alors que {number_fr(share)}\u202f% ont répondu ainsi "
                f"({number_fr(share * whole / 100.0, 0)})",
                "Demander laquelle des deux est juste ; ne pas extrapoler à l’univers d’ici là",
                places_of([*figures.values(), *answers[at]]),
            )


def _passing(
    study: PublishedStudy, question: Question, area_id: str
) -> list[tuple[str, str, str, str, str]]:
    """The keys of the answers that let a respondent through a filter on one single choice."""
    filter_ = question.filter
    if filter_ is None or len(filter_.comparisons) != 1:
        return []
    [comparison] = filter_.comparisons
    asked = study.codebook.questions.get(f"{question.actor}:{comparison.name}")
    if asked is None or asked.scale is None or comparison.operator not in ("==", "in"):
        return []
    return [
        (asked.question_id, option.option_id, area_id, WHOLE, "share")
        for option in asked.scale.options
        if option.code in comparison.codes
    ]


def sample_size(study: PublishedStudy) -> Iterator[Finding]:
    """The number of people asked in an area is printed."""
    for sample in study.codebook.samples.values():
        figures = [
            f for f in study.results if (f.actor, f.area_id) == (sample.actor, sample.area_id)
        ]
        if sample.sample_n is None and figures:
            is_national = study.codebook.areas[sample.area_id].kind is AreaKind.NATIONAL
            yield Finding(
                "sample_size",
                Severity.LOW if is_national else Severity.MEDIUM,
                f"{sample.actor} · {sample.area_id}",
                f"Effectif interrogé imprimé nulle part : {len(figures)} chiffres sans base connue",
                "Demander l’effectif ; d’ici là, ni marge d’erreur ni test",
                (_place(sample, ""),),
            )


def universe_share(study: PublishedStudy) -> Iterator[Finding]:
    """The printed share of the country is that of the universes, rounded."""
    samples = study.codebook.samples
    for sample in samples.values():
        country = national_area(study.codebook, sample.actor)
        national = None if country is None else samples.get((sample.actor, country))
        share = sample.share_of_france_pct
        if national is None or share is None or not sample.universe_n or not national.universe_n:
            continue
        found = 100.0 * sample.universe_n / national.universe_n
        if not Interval(share - 0.5, share + 0.5).meets(Interval(found, found)):
            yield Finding(
                "universe_share",
                Severity.HIGH,
                f"{sample.actor} · {sample.area_id}",
                f"Part de la France imprimée {share}\u202f%, alors que "
                f"{number_fr(sample.universe_n)} / {number_fr(national.universe_n)} = "
                f"{number_fr(found, 1)}\u202f%",
                "Corriger la part imprimée",
                (_place(sample, f"{share}\u202f%"),),
            )


def _place(sample: Sample, printed: str) -> Place:
    return Place(sample.slide, STRUCTURE, None, printed)


RULES = (
    Rule("base_on_page", "La page dit qui a répondu", base_on_page),
    Rule("base_of_segment", "Un segment a sa base, de 30 au moins", base_of_segment),
    Rule("filtered_universe", "Univers filtré = part × univers", filtered_universe),
    Rule("sample_size", "L’effectif interrogé est imprimé", sample_size),
    Rule("universe_share", "La part de la France est celle des univers", universe_share),
)

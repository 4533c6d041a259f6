"""Rules on the places where results are printed: same figure same value, right page, right area."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from phare_pipeline.registry.territories import fold
from phare_pipeline.survey.codebook import STATISTICS, AreaKind
from phare_pipeline.survey.consistency.findings import (
    Finding,
    Rule,
    Severity,
    count_fr,
    number_fr,
    pages_fr,
    place_of,
    places_of,
)
from phare_pipeline.survey.published.canonical import national_area
from phare_pipeline.survey.published.precision import around
from phare_pipeline.survey.published.reprints import DIFFERENCE, Reprint
from phare_pipeline.survey.published.results import Key, PublishedResult
from phare_pipeline.survey.published.study import PublishedStudy

# A block is another when so many of its values, of so many kinds, are the same.
SAME_VALUES, SAME_KINDS = 10, 5

Printing = PublishedResult | Reprint


def printings(study: PublishedStudy) -> list[Printing]:
    """Return the results and their other printings, as far as a question is named and has them."""
    questions = study.codebook.questions
    known = [
        reprint
        for reprint in study.reprints
        if reprint.is_attributed and reprint.statistic in questions[reprint.question_id].statistics
    ]
    return [*(figure for figure in study.results if not figure.source_label), *known]


def one_value(study: PublishedStudy) -> Iterator[Finding]:
    """A figure has one value wherever it is printed."""
    by_key: dict[Key, list[Printing]] = defaultdict(list)
    for printing in printings(study):
        by_key[printing.key].append(printing)
    for key, group in by_key.items():
        for other in group[1:]:
            first = group[0]
            ranges = (around(p.value, p.value_printed) for p in (first, other))
            if not next(ranges).meets(next(ranges)):
                yield Finding(
                    "one_value",
                    Severity.HIGH,
                    " · ".join(key),
                    f"{first.value_printed} page {first.slide}, mais {other.value_printed} page "
                    f"{other.slide}",
                    "Demander lequel est juste ; garder le graphique de la question, pas la "
                    "synthèse ni le texte",
                    (place_of(other), place_of(first)),
                )


def gap_claimed(study: PublishedStudy) -> Iterator[Finding]:
    """A gap in words is the difference of the two figures, within one point."""
    by_key = {figure.key: figure for figure in study.results}
    for reprint in study.reprints:
        country = national_area(study.codebook, reprint.actor)
        if reprint.statistic != DIFFERENCE or country is None:
            continue
        question = study.codebook.questions[reprint.question_id]
        for statistic in question.statistics:
            item, area, segment = reprint.item_code, reprint.area_id, reprint.segment_id
            own = by_key.get((reprint.question_id, item, area, segment, statistic))
            national = by_key.get((reprint.question_id, item, country, segment, statistic))
            if own is None or national is None:
                continue
            if abs(own.value - national.value - reprint.value) > 1.0:
                yield Finding(
                    "gap_claimed",
                    Severity.HIGH,
                    " · ".join(own.key),
                    f"Écart annoncé {reprint.value_printed} points, mais {own.value_printed} − "
                    f"{national.value_printed} = {number_fr(own.value - national.value)}",
                    "Corriger la phrase",
                    (place_of(reprint), place_of(own), place_of(national)),
                )


def identical_vectors(study: PublishedStudy) -> Iterator[Finding]:
    """Two questions do not have the same figures, item by item."""
    blocks: dict[tuple[int, str], dict[tuple[str, str, str], Printing]] = defaultdict(dict)
    every: list[Printing] = [*study.results, *study.reprints]
    for printing in every:
        if printing.question_id:
            cell = (printing.item_code, printing.area_id, printing.statistic)
            blocks[printing.slide, printing.question_id][cell] = printing
    told = set()
    pairs = combinations(blocks.items(), 2)
    # Charts are repeated in part elsewhere: of two questions the largest pair is told.
    for (one, first), (other, second) in sorted(
        pairs, key=lambda pair: -len(pair[0][1].keys() & pair[1][1].keys())
    ):
        common = first.keys() & second.keys()
        questions = frozenset((one[1], other[1]))
        if len(questions) < 2 or questions in told or len(common) < SAME_VALUES:
            continue
        same = sorted(cell for cell in common if first[cell].value == second[cell].value)
        if len(same) == len(common) and len({first[c].value for c in same}) >= SAME_KINDS:
            told.add(questions)
            yield Finding(
                "identical_vectors",
                Severity.HIGH,
                f"{one[1]} · {other[1]}",
                f"Les {len(common)} chiffres imprimés page {one[0]} pour {one[1]} le sont aussi "
                f"page {other[0]} pour {other[1]} : un graphique est à la place d’un autre",
                "Demander le bon graphique ; ne reprendre aucun de ces chiffres pour la question "
                "dont ils n’ont pas la forme",
                places_of([second[c] for c in same[:5]] + [first[same[0]]]),
            )


def statistic_of_question(study: PublishedStudy) -> Iterator[Finding]:
    """A page shows only what its question can be summed up by."""
    wrong: dict[tuple[int, str], list[Reprint]] = defaultdict(list)
    for reprint in study.reprints:
        if reprint.is_attributed and reprint.statistic != DIFFERENCE:
            question = study.codebook.questions[reprint.question_id]
            if reprint.statistic not in question.statistics:
                wrong[reprint.slide, reprint.question_id].append(reprint)
    for (slide, question_id), group in wrong.items():
        question = study.codebook.questions[question_id]
        found = ", ".join(sorted({reprint.statistic for reprint in group}))
        yield Finding(
            "statistic_of_question",
            Severity.HIGH,
            question_id,
            f"Page {slide} : {count_fr(len(group), 'chiffre')} ({found}) qu’une question de type "
            f"{question.type.value} ne peut pas donner ({', '.join(question.statistics)})",
            "Vérifier que le graphique est celui de la question",
            places_of(group[:5]),
        )


def heading_of_statistic(study: PublishedStudy) -> Iterator[Finding]:
    """The words over a column name what it counts."""
    seen = set()
    for reprint in study.reprints:
        if not reprint.heading or not reprint.is_attributed:
            continue
        band = study.codebook.questions[reprint.question_id].bands.get(reprint.statistic)
        at = (reprint.slide, reprint.question_id, reprint.statistic)
        if band is None or at in seen or _words(band.label_fr) & _words(reprint.heading):
            continue
        seen.add(at)
        yield Finding(
            "heading_of_statistic",
            Severity.LOW,
            f"{reprint.question_id} · {reprint.statistic}",
            f"Page {reprint.slide}, la colonne est titrée « {reprint.heading} » mais compte "
            f"« {band.label_fr} »",
            "Reprendre le libellé du dictionnaire des questions",
            (place_of(reprint),),
        )


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", fold(text)))


def unattributed(study: PublishedStudy) -> Iterator[Finding]:
    """Every printed figure can be given to one question, item and area."""
    groups: dict[tuple[int, str], list[Printing]] = defaultdict(list)
    for figure in study.results:
        if figure.confidence == "ambiguous":
            groups[figure.slide, figure.question_id].append(figure)
    for reprint in study.reprints:
        if not reprint.is_attributed:
            groups[reprint.slide, reprint.actor].append(reprint)
    for (slide, subject), group in groups.items():
        yield Finding(
            "unattributed",
            Severity.LOW,
            subject,
            f"Page {slide} : {count_fr(len(group), 'chiffre')} à attribuer sans certitude",
            "Demander les tableaux d’origine ; d’ici là, marquer ces chiffres comme ambigus",
            places_of(group),
        )


def area_claimed(study: PublishedStudy) -> Iterator[Finding]:
    """Words give a figure to the area in which people were asked."""
    groups: dict[tuple[int, str, str], list[Reprint]] = defaultdict(list)
    for reprint in study.reprints:
        if reprint.area_claimed and reprint.area_claimed != reprint.area_id:
            groups[reprint.slide, reprint.area_id, reprint.area_claimed].append(reprint)
    areas = study.codebook.areas
    for (slide, area_id, claimed), group in groups.items():
        yield Finding(
            "area_claimed",
            Severity.HIGH,
            " · ".join(dict.fromkeys(reprint.question_id for reprint in group)),
            f"Page {slide} : {count_fr(len(group), 'chiffre')} de « {areas[area_id].label_fr} » "
            f"sous le nom de « {areas[claimed].label_fr} »",
            f"Les publier sous le seul nom de « {areas[area_id].label_fr} »",
            places_of(group),
        )


def area_of_report(study: PublishedStudy) -> Iterator[Finding]:
    """A report on a region shows figures of that region, or says of which other area they are."""
    areas = study.codebook.areas
    regions = sorted(a.label_fr for a in areas.values() if a.kind is AreaKind.REGION)
    for actor in study.codebook.actors.values():
        other = [a for a in actor.areas if areas[a].kind is AreaKind.SUPER_REGION]
        figures = [figure for figure in study.results if figure.area_id in other]
        if figures and regions:
            yield Finding(
                "area_of_report",
                Severity.HIGH,
                actor.actor,
                f"{len(figures)} chiffres ({actor.label_fr.lower()}) valent pour "
                f"« {', '.join(areas[a].label_fr for a in other)} », pas pour "
                f"« {', '.join(regions)} » ({pages_fr(figure.slide for figure in figures)})",
                "Ne les montrer que sous le nom de leur aire, avec un avertissement",
                places_of(figures[:5]),
            )


def bands_comparable(study: PublishedStudy) -> Iterator[Finding]:
    """Bands stand side by side only when they count the same notes."""
    groups: dict[tuple[int, str, str], list[Printing]] = defaultdict(list)
    questions = study.codebook.questions
    for printing in printings(study):
        if STATISTICS[printing.statistic].has_band:
            topic = questions[printing.question_id].topic
            groups[printing.slide, topic, printing.statistic].append(printing)
    for (slide, topic, statistic), group in groups.items():
        labels = _bands_by_actor(group, study)
        if len(set(labels.values())) > 1:
            listed = ", ".join(f"{actor} {label}" for actor, label in sorted(labels.items()))
            yield Finding(
                "bands_comparable",
                Severity.HIGH,
                f"{topic} · {statistic}",
                f"Page {slide} : des parts de bandes différentes sont mises côte à côte ({listed})",
                "Comparer les moyennes, ou imprimer la définition de chaque bande",
                places_of(group[:6]),
            )


def _bands_by_actor(group: Iterable[Printing], study: PublishedStudy) -> Mapping[str, str]:
    questions = study.codebook.questions
    return {p.actor: questions[p.question_id].bands[p.statistic].label_fr for p in group}


RULES = (
    Rule("one_value", "Un chiffre a une seule valeur partout", one_value),
    Rule("gap_claimed", "Un écart annoncé est la différence de deux chiffres", gap_claimed),
    Rule("identical_vectors", "Deux questions n’ont pas les mêmes chiffres", identical_vectors),
    Rule("statistic_of_question", "Une page montre sa question", statistic_of_question),
    Rule("heading_of_statistic", "Une colonne est titrée par ce qu’elle compte",
         heading_of_statistic),
    Rule("unattributed", "Chaque chiffre a sa question et son item", unattributed),
    Rule("area_claimed", "Un chiffre est attribué à son aire", area_claimed),
    Rule("area_of_report", "Les chiffres sont ceux de la région du rapport", area_of_report),
    Rule("bands_comparable", "Des bandes comparées sont les mêmes", bands_comparable),
)  # fmt: skip

"""Rules on what a report says of its questions: name, date, unit, classification, labels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from phare_pipeline.registry.territories import fold
from phare_pipeline.survey.codebook import WHOLE, AreaKind, Question
from phare_pipeline.survey.consistency.findings import (
    Finding,
    Place,
    Rule,
    Severity,
    count_fr,
    pages_fr,
)
from phare_pipeline.survey.published.labels import PrintedLabel
from phare_pipeline.survey.published.study import PublishedStudy

# Units that may answer a questionnaire, singular → plural.
UNITS = {
    "établissement": "établissements",
    "entreprise": "entreprises",
    "association": "associations",
    "ménage": "ménages",
    "foyer": "foyers",
    "personne": "personnes",
    "commune": "communes",
}
_ANSWERING = re.compile(rf"\b(?:de |à )?(?:l[’']|votre |son )({'|'.join(UNITS)})\b")
_VALUE_AT_END = re.compile(r"[-–—:(] ?[0-9]+([,.][0-9]+)?[ \u202f]?%?\)?$")


def _where(question: Question, printed: str) -> Place:
    slide = question.slides[0] if question.slides else None
    return Place(slide, "questions.csv", None, printed)


def question_identified(study: PublishedStudy) -> Iterator[Finding]:
    """A figure comes with the number and wording of its question."""
    for question in study.codebook.questions.values():
        if not question.id_is_printed:
            count = sum(figure.question_id == question.question_id for figure in study.results)
            yield Finding(
                "question_identified",
                Severity.LOW,
                question.question_id,
                f"{count_fr(count, 'chiffre')} ({pages_fr(question.slides)}) sans numéro ni "
                "libellé de question",
                "Demander la question ; ne pas comparer à une autre d’ici là",
                (_where(question, question.wording_fr),),
            )


def unit_of_analysis(study: PublishedStudy) -> Iterator[Finding]:
    """A question speaks of the unit that its base counts."""
    groups: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in study.codebook.questions.values():
        unit = study.codebook.actors[question.actor].unit_fr
        named = {UNITS[word] for word in _ANSWERING.findall(question.wording_fr)}
        # Units of another actor are those that the question is about, not those that answer it.
        others = {a.unit_fr for a in study.codebook.actors.values()} - {unit}
        for other in sorted(named - others - {unit}):
            groups[question.actor, other].append(question)
    for (actor, other), questions in groups.items():
        unit = study.codebook.actors[actor].unit_fr
        yield Finding(
            "unit_of_analysis",
            Severity.MEDIUM,
            ", ".join(question.question_id for question in questions),
            f"Les questions parlent d’{other}, les bases comptent des {unit}",
            f"Dire qui répond : une part des {unit} n’est pas une part des {other}",
            tuple(_where(question, question.wording_fr) for question in questions),
        )


def segment_classes(study: PublishedStudy) -> Iterator[Finding]:
    """The classes of a chart are those of the sample's structure."""
    groups: dict[str, list[str]] = defaultdict(list)
    for segment in study.codebook.segments.values():
        if segment.segment_id != WHOLE and segment.variable_id and not segment.options:
            groups[segment.variable_id].append(segment.label_fr)
    for variable_id, labels in groups.items():
        variable = study.codebook.variables[variable_id]
        options = [] if variable.scale is None else variable.scale.options
        known = [option.label_fr for option in options if not option.is_missing]
        listed = " ; ".join(f"« {label} »" for label in labels)
        yield Finding(
            "segment_classes",
            Severity.LOW,
            variable_id,
            f"{listed} : aucune réunion des classes de la structure "
            f"({', '.join(known)}) ne les donne",
            "Prendre une seule nomenclature par variable, ou dire comment les classes se recoupent",
            (Place(variable.slide, "segments.csv", None, ", ".join(labels)),),
        )


def fieldwork(study: PublishedStudy) -> Iterator[Finding]:
    """Every survey is dated, and its regions existed when it was made."""
    created = {r.region_code: r.valid_from for r in study.registry.study_regions}
    for actor in study.codebook.actors.values():
        place = (Place(None, "study.toml", None, actor.field_end or ""),)
        if actor.field_end is None:
            yield Finding(
                "fieldwork",
                Severity.LOW,
                actor.actor,
                f"{actor.label_fr} : dates de terrain non imprimées",
                "Demander les dates",
                place,
            )
            continue
        for area_id in actor.areas:
            area = study.codebook.areas[area_id]
            if area.kind is AreaKind.REGION and area.region_code is not None:
                since = created[area.region_code].isoformat()
                if actor.field_end < since[: len(actor.field_end)]:
                    yield Finding(
                        "fieldwork",
                        Severity.LOW,
                        f"{actor.actor} · {area_id}",
                        f"{actor.label_fr} : terrain fini en {actor.field_end}, avant que la "
                        f"région {area.label_fr} existe ({since})",
                        "Dire de quelles anciennes régions l’échantillon est fait",
                        place,
                    )


def domain_labels(study: PublishedStudy) -> Iterator[Finding]:
    """A domain bears one name, whoever is asked."""
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for question in study.codebook.questions.values():
        for item in question.items.values():
            if item.domain_id is not None:
                plain = re.sub(r"[^a-z0-9]+", " ", fold(item.label_fr)).strip()
                labels[item.domain_id].setdefault(plain, item.label_fr)
    several = {domain: names for domain, names in labels.items() if len(names) > 1}
    if several:
        domain, names = max(several.items(), key=lambda entry: len(entry[1]))
        yield Finding(
            "domain_labels",
            Severity.LOW,
            ", ".join(several),
            f"{len(several)} domaines portent plusieurs noms selon l’acteur ou la question, par "
            f"exemple {domain} : {' ; '.join(f'« {name} »' for name in names.values())}",
            "Imprimer le nom du domaine ; le dictionnaire des questions fait la correspondance",
            (Place(None, "items.csv", None, domain),),
        )


def labels_without_values(study: PublishedStudy) -> Iterator[Finding]:
    """A label holds words; a figure stands in its column."""
    groups: dict[tuple[int, str], list[PrintedLabel]] = defaultdict(list)
    for label in study.labels:
        if _VALUE_AT_END.search(label.label_printed):
            groups[label.slide, label.question_id].append(label)
    for (slide, question_id), group in groups.items():
        yield Finding(
            "labels_without_values",
            Severity.LOW,
            question_id,
            f"Page {slide} : {count_fr(len(group), 'libellé')} avec un chiffre à la fin, par "
            f"exemple « {group[0].label_printed} »",
            "Mettre le chiffre dans sa colonne",
            tuple(Place(g.slide, g.file, g.line, g.label_printed) for g in group[:3]),
        )


RULES = (
    Rule("question_identified", "Une question a un numéro et un libellé", question_identified),
    Rule("unit_of_analysis", "La question parle de l’unité de sa base", unit_of_analysis),
    Rule("segment_classes", "Une variable a une seule nomenclature", segment_classes),
    Rule("fieldwork", "Une enquête est datée", fieldwork),
    Rule("domain_labels", "Un domaine a un seul nom", domain_labels),
    Rule("labels_without_values", "Un libellé ne contient pas de chiffre", labels_without_values),
)

"""A small study: citizens asked in a region, associations in a super-region, both in France."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from phare_pipeline.outputs.reports.edition import Edition
from tests.unit.outputs.reports.report_kit import HDF, YEAR, make_edition

AREAS = {
    "hauts-de-france": ("Hauts-de-France", "region", HDF),
    "nord-est": ("Nord Est", "super_region", None),
    "france": ("France entière", "national", None),
}
# Question, actor, topic, type, wording.
QUESTIONS = (
    ("citoyens:Q1", "citoyens", "fragilite", "note_1_10", "Note de fragilité, de 1 à 10"),
    ("citoyens:Q2", "citoyens", "impact", "impact4", "Impact attendu"),
    ("citoyens:Q3", "citoyens", "innovation", "single", "Source d’innovation"),
    ("associations:q23", "associations", "fragilite", "note_1_10", "Note de fragilité"),
    ("associations:q10", "associations", "pratique", "single", "Partenariats"),
)
ITEMS = {"emploi": "Emploi / chômage", "logement": "Mal logement", "oui": "Oui", "non": "Non",
         "autre": "Autres thématiques", "en_place": "En place", "net": "Différentiel"}  # fmt: skip


def result(question: str, item: str, statistic: str, value: float | None, **changes: Any):
    """Return a row of `out_survey_results`."""
    actor, topic = next((q[1], q[2]) for q in QUESTIONS if q[0] == question)
    default = "hauts-de-france" if actor == "citoyens" else "nord-est"
    area = changes.pop("area", default)
    label, kind, code = AREAS[area]
    unit = "note" if statistic == "mean" else "points" if statistic == "net_balance" else "%"
    return {
        "year": YEAR,
        "study_id": "etude",
        "study_year": YEAR,
        "actor": actor,
        "area_id": area,
        "area_label": label,
        "area_kind": kind,
        "region_code": code,
        "question_id": question,
        "topic": topic,
        "question_label": next(q[4] for q in QUESTIONS if q[0] == question),
        "item_code": item,
        "item_label": ITEMS[item],
        "item_order": 1 + list(ITEMS).index(item),
        "domain_id": item if item in ("emploi", "logement") else None,
        "segment_id": "ensemble",
        "segment_label": "Ensemble",
        "statistic": statistic,
        "band": "8-10" if statistic == "share_band_high" else None,
        "unit": unit,
        "value": value,
        "base_n": 182,
        "moe95": 7.0 if unit == "%" else None,
        "national_value": None,
        "test_outcome": None,
        "reason_fr": "base insuffisante" if value is None else None,
        "is_synthetic": False,
        **changes,
    }


RESULTS = (
    result("citoyens:Q1", "emploi", "share_band_high", 47.0),
    result("citoyens:Q1", "emploi", "mean", 7.3, national_value=7.1),
    result("citoyens:Q1", "logement", "share_band_high", 29.0),
    result("citoyens:Q1", "logement", "mean", 6.3, national_value=6.2),
    result("citoyens:Q1", "autre", "share_band_high", 60.0),
    result("citoyens:Q2", "logement", "share_top2", 52.0, band="fort+très fort"),
    result("citoyens:Q3", "oui", "share", 70.0, national_value=66.0),
    result("citoyens:Q3", "non", "share", None),
    result("citoyens:Q3", "oui", "share", 81.0, segment_id="engage", segment_label="Engagés"),
    result("associations:q23", "emploi", "share_band_high", 57.0, base_n=145),
    result("associations:q10", "en_place", "share", 23.0, base_n=145),
    result("associations:q10", "net", "net_balance", -4.0, base_n=145),
    result("citoyens:Q1", "emploi", "mean", 7.1, area="france", base_n=2024),
    result("associations:q10", "en_place", "share", 20.0, area="france", base_n=None),
)


def vision(actor: str, domain: str, note: float, **changes: Any):
    """Return a row of `out_actor_vision`."""
    area = changes.pop("area", "hauts-de-france" if actor == "citoyens" else "nord-est")
    label, kind, code = AREAS[area]
    return {
        "year": YEAR,
        "study_id": "etude",
        "study_year": YEAR,
        "actor": actor,
        "area_id": area,
        "area_label": label,
        "area_kind": kind,
        "region_code": code,
        "domain_id": domain,
        "question_id": "citoyens:Q1" if actor == "citoyens" else "associations:q23",
        "mean_note": note,
        "base_n": 182,
        "national_note": 7.1,
        "note_rank": 1,
        "is_major_fragility": True,
        "reason_fr": None,
        "is_synthetic": False,
        **changes,
    }


VISIONS = (vision("citoyens", "emploi", 7.3), vision("associations", "emploi", 7.1, base_n=None))


def with_surveys(results=RESULTS, visions=VISIONS) -> Edition:
    """Return the small edition with a study in it."""
    return make_edition(
        more={
            "out_survey_results": pa.Table.from_pylist(list(results)),
            "out_actor_vision": pa.Table.from_pylist(list(visions)),
            "dim_study": pa.Table.from_pylist(
                [{"study_id": "etude", "study_title": "Une étude de 2016"}]
            ),
            "dim_actor": pa.Table.from_pylist(
                [
                    {
                        "study_id": "etude",
                        "actor": actor,
                        "actor_label": actor.capitalize(),
                        "population_fr": "Personnes de 18 ans et plus",
                        "mode_fr": "En ligne",
                        "sampling_fr": "Quotas",
                    }
                    for actor in ("citoyens", "associations", "entreprises")
                ]
            ),
            "dim_question": pa.Table.from_pylist(
                [
                    {
                        "study_id": "etude",
                        "question_id": question,
                        "question_type": kind,
                        "base_fr": "Ensemble des répondants",
                    }
                    for question, _, _, kind, _ in QUESTIONS
                ]
            ),
        }
    )

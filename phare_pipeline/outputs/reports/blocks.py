"""Which survey blocks a report has, in order; how one is filled belongs in `surveys`.

A block is a topic put to an actor, so a new study with the same topics fills the same blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Part = Literal["fragilites", "coconstruction", "pratiques", "avenir"]

ACTORS: dict[str, str] = {
    "citoyens": "Citoyens",
    "associations": "Associations",
    "entreprises": "Entreprises",
}


@dataclass(frozen=True)
class SurveyTopic:
    """A block: the part of the report, who answers, on what, and its title."""

    part: Part
    actor: str
    topic: str
    title: str


TOPICS: tuple[SurveyTopic, ...] = (
    SurveyTopic("fragilites", "citoyens", "fragilite", "Les fragilités vues par les citoyens"),
    SurveyTopic(
        "fragilites", "associations", "fragilite", "Les fragilités vues par les associations"
    ),
    SurveyTopic(
        "fragilites", "entreprises", "fragilite", "Les fragilités vues par les entreprises"
    ),
    SurveyTopic(
        "coconstruction",
        "citoyens",
        "impact",
        "Où les citoyens attendent un effet des partenariats",
    ),
    SurveyTopic(
        "coconstruction", "citoyens", "innovation", "Les partenariats, source d’innovation\u00a0?"
    ),
    SurveyTopic(
        "coconstruction",
        "associations",
        "priorite",
        "Où les associations voudraient voir agir les entreprises",
    ),
    SurveyTopic(
        "coconstruction",
        "entreprises",
        "priorite",
        "Où les entreprises voudraient agir en priorité",
    ),
    SurveyTopic("pratiques", "associations", "pratique", "Les associations et les partenariats"),
    SurveyTopic(
        "pratiques", "associations", "niveau", "À quel niveau travaillent les associations"
    ),
    SurveyTopic("pratiques", "associations", "forme", "Les formes de partenariat des associations"),
    SurveyTopic("pratiques", "associations", "objectif", "Ce que les associations en attendent"),
    SurveyTopic("pratiques", "associations", "apport", "Ce que les associations apportent"),
    SurveyTopic("pratiques", "entreprises", "pratique", "Les entreprises et les partenariats"),
    SurveyTopic("pratiques", "entreprises", "niveau", "À quel niveau travaillent les entreprises"),
    SurveyTopic("pratiques", "entreprises", "forme", "Les formes de partenariat des entreprises"),
    SurveyTopic("pratiques", "entreprises", "objectif", "Ce que les entreprises en attendent"),
    SurveyTopic(
        "pratiques", "entreprises", "domaine_partenariat", "Les domaines des partenariats menés"
    ),
    SurveyTopic("pratiques", "entreprises", "autres_partenaires", "Les autres partenaires"),
    SurveyTopic("avenir", "associations", "avenir_general", "Les relations en général"),
    SurveyTopic("avenir", "associations", "avenir_propre", "Leurs propres relations"),
    SurveyTopic("avenir", "entreprises", "avenir_general", "Les relations en général"),
    SurveyTopic("avenir", "entreprises", "avenir_propre", "Leurs propres relations"),
)

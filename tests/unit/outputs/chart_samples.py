"""One realistic example of every chart, invented: the common tests draw each at several widths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from phare_pipeline.outputs.charts import (
    Caption,
    Chart,
    Contribution,
    DomainPoint,
    RankInterval,
    Ranks,
    Unit,
    contributions,
    domain_profile,
    hasse_diagram,
    rank_intervals,
)

REGIONS = {
    "HDF": "Hauts-de-France",
    "COR": "Corse",
    "PAC": "Provence-Alpes-Côte d'Azur",
    "OCC": "Occitanie",
    "CVL": "Centre-Val de Loire",
    "BFC": "Bourgogne-Franche-Comté",
    "GES": "Grand Est",
    "NAQ": "Nouvelle-Aquitaine",
    "IDF": "Île-de-France",
    "BRE": "Bretagne",
    "PDL": "Pays de la Loire",
    "ARA": "Auvergne-Rhône-Alpes",
    "NOR": "Normandie",
}

DOMAINS = (
    ("Emploi / chômage / insertion", "economique", "Économique"),
    ("Développement économique", "economique", "Économique"),
    ("Niveau de vie / pouvoir d’achat", "economique", "Économique"),
    ("Mal logement", "social", "Social"),
    ("Pauvreté / lutte contre l’exclusion", "social", "Social"),
    ("Diversité / handicap", "social", "Social"),
    ("Vieillissement / intergénérationnel", "social", "Social"),
    ("Isolement / lien social", "social", "Social"),
    ("Sécurité / délinquance", "societal", "Sociétal"),
    ("Éducation", "societal", "Sociétal"),
    ("Mobilité / transports", "societal", "Sociétal"),
    ("Santé", "societal", "Sociétal"),
    ("Accès au numérique", "societal", "Sociétal"),
    ("Culture / loisirs", "societal", "Sociétal"),
    ("Environnement / pollution / biodiversité", "environnemental", "Environnemental"),
    ("Transition énergétique", "environnemental", "Environnemental"),
)

CAPTION = Caption(
    "Un titre qui dit ce qu'il faut retenir du graphique, assez long pour deux lignes",
    "Insee, DREES, SSMSI, calculs PHARE",
    "Ce qui est mesuré, en points, édition 2018",
    "Lecture : une note qui explique comment lire, longue de plus d'une ligne quand c'est étroit.",
)


def caption(is_synthetic: bool = False) -> Caption:
    return replace(CAPTION, is_synthetic=is_synthetic)


def spread(index: int, low: float, high: float) -> float:
    """A number between two others that looks drawn by lot and is always the same."""
    return low + (high - low) * ((index * 7919 + 104729) % 997) / 996


def interval_units() -> list[RankInterval]:
    units = []
    for place, (key, label) in enumerate(REGIONS.items(), start=1):
        low, high = max(1, place - place % 4), min(13, place + place % 3)
        units.append(
            RankInterval(key, label, Ranks(place, low, high, max(1, low - 2), min(13, high + 3)))
        )
    units[-1] = RankInterval("NOR", "Normandie", None, reason="axe social non noté")
    return units


def order_units() -> tuple[list[Unit], list[list[bool]]]:
    """A partial order: more fragile on both of two invented axes."""
    units = [Unit(key, label) for key, label in REGIONS.items()]
    points = [(spread(i, 0, 100), spread(3 * i + 50, 0, 100)) for i in range(len(units))]
    return units, [[a[0] > b[0] and a[1] > b[1] for b in points] for a in points]


def contribution_parts() -> tuple[float, list[Contribution], list[Contribution]]:
    domains = [
        Contribution(label, round(spread(i, -0.8, 1.4), 3))
        for i, (label, _, _) in enumerate(DOMAINS)
    ]
    domains[3] = Contribution("Mal logement", None, "moins de deux tiers des indicateurs")
    score = 100 + sum(d.points or 0.0 for d in domains)
    indicators = [
        Contribution("Foyers allocataires de la prime d’activité pour 100 habitants", 0.61),
        Contribution("Taux de chômage", 0.554),
        Contribution("Personnes couvertes par le RSA", 0.48),
        Contribution("Part des jeunes non insérés", 0.445),
        Contribution("Médecins du travail pour 100 000 personnes de 20 à 59 ans", -0.41),
    ]
    return score, domains, indicators


def profile_points() -> list[DomainPoint]:
    points = []
    for i, (label, axis_id, axis_label) in enumerate(DOMAINS):
        others = tuple(spread(20 * i + k, 78, 122) for k in range(12))
        score = spread(i + 3, 90, 118)
        rank = 1 + sum(other > score for other in others)
        points.append(DomainPoint(label, axis_id, axis_label, score, others, rank, 13))
    points[3] = DomainPoint("Mal logement", "social", "Social", None, reason="1 indicateur sur 3")
    return points


def _rank_intervals(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return rank_intervals(
        interval_units(), caption(is_synthetic), highlight="PAC", width=width, prefix=prefix
    )


def _hasse(width: float, prefix: str, is_synthetic: bool) -> Chart:
    units, order = order_units()
    return hasse_diagram(
        units, order, caption(is_synthetic), highlight="PAC", width=width, prefix=prefix
    )


def _contributions(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return contributions(*contribution_parts(), caption(is_synthetic), width=width, prefix=prefix)


def _profile(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return domain_profile(
        "Hauts-de-France", profile_points(), caption(is_synthetic), width=width, prefix=prefix
    )


SAMPLES: dict[str, Callable[[float, str, bool], Chart]] = {
    "rank_intervals": _rank_intervals,
    "hasse_diagram": _hasse,
    "contributions": _contributions,
    "domain_profile": _profile,
}

"""One realistic example of every chart, invented: the common tests draw each at several widths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from phare_pipeline.outputs.charts import (
    ActorNotes,
    BandItem,
    Caption,
    Chart,
    Contribution,
    DomainPoint,
    DomainView,
    Measure,
    MethodRanks,
    Note,
    PlaceValue,
    RankedValue,
    RankInterval,
    Ranks,
    Series,
    Unit,
    YearValue,
    actor_notes,
    contributions,
    correlation_matrix,
    departement_map,
    domain_profile,
    hasse_diagram,
    perception_quadrant,
    rank_intervals,
    rank_moves,
    region_map,
    region_ranking,
    region_tiles,
    stacked_bands,
    time_series,
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


def views() -> list[DomainView]:
    found = []
    for i, (label, axis_id, axis_label) in enumerate(DOMAINS):
        measured, perceived = spread(i + 9, 88, 116), spread(2 * i + 31, 91, 112)
        found.append(DomainView(label, axis_id, axis_label, measured, perceived, 1.5))
    found[3] = replace(found[3], measured=None, reason="indice non calculé")
    return found


def panels() -> list[ActorNotes]:
    found = []
    for k, (label, area, base) in enumerate(
        (
            ("Citoyens", "Hauts-de-France", "182 répondants"),
            ("Associations", "super-région Nord Est", "145 répondants"),
            ("Entreprises", "Hauts-de-France", "environ 60 répondants"),
        )
    ):
        notes = []
        for i in range(len(DOMAINS)):
            area_note, france = spread(40 * k + i, 4.2, 7.6), spread(40 * k + 2 * i + 7, 4.8, 7)
            notes.append(Note(area_note, france, abs(area_note - france) > 1))
        notes[5] = Note(None, 5.1, reason="base insuffisante")
        found.append(ActorNotes(label, area, base, tuple(notes)))
    return found


BANDS = ("note de 1 à 5", "6 ou 7", "8 à 10")


def band_items() -> list[BandItem]:
    items = []
    for i, (label, _, _) in enumerate(DOMAINS):
        low, middle, unknown = 20 + i, 30 - i % 4, i % 9
        items.append(BandItem(label, (low, middle, 100 - low - middle - unknown), unknown))
    items[4] = BandItem("Pauvreté", None, reason="base insuffisante (moins de 30 répondants)")
    return items


RATE = Measure("%", 1, 9.4)


def ranked() -> list[RankedValue]:
    values = [round(spread(i, 7.1, 12.6), 1) for i in range(len(REGIONS))]
    found = [
        RankedValue(key, label, value, 1 + sum(v > value for v in values[:-1]), 12)
        for (key, label), value in zip(REGIONS.items(), values, strict=True)
    ]
    found[-1] = RankedValue("NOR", "Normandie", None, reason="secret statistique")
    return found


def series() -> list[Series]:
    def values(seed: int, low: float, high: float) -> tuple[YearValue, ...]:
        found = [YearValue(y, spread(seed + y, low, high), y >= 2023) for y in range(2010, 2025)]
        found[4] = YearValue(2014, None, reason="non publié")
        return tuple(v for v in found if v.year != 2019)

    return [
        Series("Hauts-de-France", values(1, 11, 13)),
        Series("France", values(2, 8, 10)),
        Series("Provence-Alpes-Côte d'Azur", values(3, 8, 13)),
    ]


METHODS = ("Min-max", "Score z", "Moyenne géométrique", "Centiles", "AMPI", "Bénéfice du doute")


def methods() -> tuple[MethodRanks, list[MethodRanks]]:
    n = len(REGIONS)
    published = MethodRanks("Indice publié", tuple(range(1, n + 1)))
    others = []
    for k, label in enumerate(METHODS):
        scores = [i + spread(17 * k + i, -2, 2) for i in range(n)]
        ranks: list[int | None] = [1 + sum(other < s for other in scores) for s in scores]
        if k == len(METHODS) - 1:
            ranks[3] = None
        others.append(MethodRanks(label, tuple(ranks)))
    return published, others


def correlations() -> tuple[list[str], list[list[float | None]]]:
    n = len(DOMAINS)
    matrix: list[list[float | None]] = [[1.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i):
            matrix[i][j] = matrix[j][i] = spread(16 * i + j, -0.9, 0.95)
    matrix[7][2] = matrix[2][7] = None
    return [label for label, _, _ in DOMAINS], matrix


CODES = dict(
    zip(
        REGIONS,
        ("32", "94", "93", "76", "24", "27", "44", "75", "11", "53", "52", "84", "28"),
        strict=True,
    )
)


def places() -> list[PlaceValue]:
    found = [
        PlaceValue(CODES[iso], label, spread(i, 92, 112))
        for i, (iso, label) in enumerate(REGIONS.items())
    ]
    found[1] = PlaceValue("94", "Corse", None, "axe social non noté")
    return found


def departements() -> list[PlaceValue]:
    codes = [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B"]
    found = [PlaceValue(c, f"Département {c}", spread(i, 5, 14)) for i, c in enumerate(codes)]
    found[8] = PlaceValue("09", "Ariège", None, "secret statistique")
    return found


def _quadrant(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return perception_quadrant(
        "les citoyens", views(), caption(is_synthetic), width=width, prefix=prefix
    )


def _actors(width: float, prefix: str, is_synthetic: bool) -> Chart:
    labels = [label for label, _, _ in DOMAINS]
    return actor_notes(labels, panels(), caption(is_synthetic), width=width, prefix=prefix)


def _bands(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return stacked_bands(BANDS, band_items(), caption(is_synthetic), width=width, prefix=prefix)


def _ranking(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return region_ranking(
        ranked(), RATE, caption(is_synthetic), highlight="PAC", width=width, prefix=prefix
    )


def _series(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return time_series(
        series(),
        RATE,
        caption(is_synthetic),
        breaks={2017: "nouvelle enquête, les années d'avant sont rétropolées"},
        width=width,
        prefix=prefix,
    )


def _moves(width: float, prefix: str, is_synthetic: bool) -> Chart:
    published, others = methods()
    return rank_moves(
        [*REGIONS.values()],
        published,
        others,
        caption(is_synthetic),
        highlight="Corse",
        width=width,
        prefix=prefix,
    )


def _correlations(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return correlation_matrix(*correlations(), caption(is_synthetic), width=width, prefix=prefix)


def _map(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return region_map(
        places(),
        Measure("", 1, 100),
        caption(is_synthetic),
        highlight="93",
        width=width,
        prefix=prefix,
    )


def _departements(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return departement_map(
        departements(), RATE, caption(is_synthetic), highlight="93", width=width, prefix=prefix
    )


def _tiles(width: float, prefix: str, is_synthetic: bool) -> Chart:
    return region_tiles(
        places(),
        Measure("", 1, 100),
        caption(is_synthetic),
        highlight="93",
        width=width,
        prefix=prefix,
    )


SAMPLES: dict[str, Callable[[float, str, bool], Chart]] = {
    "rank_intervals": _rank_intervals,
    "hasse_diagram": _hasse,
    "contributions": _contributions,
    "domain_profile": _profile,
    "perception_quadrant": _quadrant,
    "actor_notes": _actors,
    "stacked_bands": _bands,
    "region_ranking": _ranking,
    "time_series": _series,
    "rank_moves": _moves,
    "correlation_matrix": _correlations,
    "region_map": _map,
    "departement_map": _departements,
    "region_tiles": _tiles,
}

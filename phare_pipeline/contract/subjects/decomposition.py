"""What a score is made of: its split by level, the contributions of its parts, the indicators."""

from phare_pipeline.contract.model import Field, Publication, Table, count, rank, score

POINTS = "index points"


def _points(name: str, label_fr: str, description: str, minimum: float | None = None) -> Field:
    """Declare a figure in points of the index, null where nothing is scored."""
    return Field(name, "float64", label_fr, description, POINTS, True, minimum)


FIELDS: tuple[Field, ...] = (
    _points("france_gap", "Écart à la France", "F minus 100."),
    score("notes_mean", "Moyenne des notes", "Weighted mean of the notes of the indicators."),
    _points(
        "within_domains", "Déséquilibre dans les domaines", "What uneven notes in domains add.", 0
    ),
    _points(
        "between_domains",
        "Déséquilibre entre domaines",
        "What uneven domains of an axis add; null for a domain.",
        0,
    ),
    _points(
        "between_axes", "Déséquilibre entre axes", "What uneven axes add; null below the index.", 0
    ),
    _points(
        "axis_rounding",
        "Arrondi des axes",
        "What rounding the axis scores to 1e-6 adds; null for a domain.",
    ),
    Field(
        "part_level",
        "string",
        "Niveau de la partie",
        "indicator, domain or axis.",
        allowed=("indicator", "domain", "axis"),
    ),
    Field("part_id", "string", "Partie", "Indicator, domain or axis."),
    Field("part_label", "string", "Libellé de la partie", "Name of the indicator, domain or axis."),
    Field("part_order", "int32", "Ordre de la partie", "Order within its level.", "rank"),
    score("part_score", "Note ou score", "Note of the indicator, score of the domain or axis."),
    _points(
        "contribution",
        "Contribution",
        "Part of F − 100 that comes from it; the parts of one level add up to F − 100.",
    ),
    _points(
        "axis_contribution",
        "Contribution à l’axe",
        "Part of F − 100 of its axis; null for an axis itself.",
    ),
    rank(
        "contribution_rank",
        "Rang de contribution",
        "1 adds most to fragility, among the parts of the row's level in the region.",
    ),
    Field(
        "is_top_contributor",
        "bool",
        "Parmi les cinq premières",
        "One of the five parts of its level that add most, and adds more than 0.",
    ),
    Field(
        "influence_level",
        "string",
        "Niveau de lecture",
        "territory: influence on F of the region; axis: on F of its axis in the region.",
        allowed=("territory", "axis"),
    ),
    _points(
        "leave_one_out_shift",
        "Effet du retrait",
        "F without the indicator minus F: below 0 when the indicator raises F.",
    ),
    rank(
        "leave_one_out_rank",
        "Rang de retrait",
        "1 is the indicator without which F would fall most.",
    ),
    Field(
        "total_effect",
        "float64",
        "Effet total du poids",
        "Sobol total effect of the indicator's weight on F, a share of the variance of F.",
        "share",
        True,
        0,
    ),
    rank(
        "total_effect_rank", "Rang d’effet total", "1 is the indicator whose weight matters most."
    ),
    Field(
        "weight_in_domain_pct",
        "float64",
        "Poids dans le domaine",
        "Weight of the indicator among those of its domain that are there.",
        "%",
        True,
        0,
        100,
    ),
    Field(
        "weight_in_axis_pct",
        "float64",
        "Poids dans l’axe",
        "Weight of the indicator in its axis, over the domains that are scored.",
        "%",
        True,
        0,
        100,
    ),
    Field(
        "weight_in_index_pct",
        "float64",
        "Poids dans l’indice",
        "Weight that the indicator really has in the index of the region; the sum is 100.",
        "%",
        True,
        0,
        100,
    ),
    count("draw_count", "Tirages", "Seeded draws behind the figures of the row.", "draws"),
    Field("seed", "int32", "Graine", "Seed of the draws.", "none", False, 0),
)

_PLACE = ("year", "region_code", "region_name")
_DECOMPOSITION = (
    *_PLACE,
    "component_level",
    "component_id",
    "component_label",
    "component_order",
    "score",
    "france_gap",
    "notes_mean",
    "within_domains",
    "between_domains",
    "between_axes",
    "axis_rounding",
)
_CONTRIBUTIONS = (
    *_PLACE,
    "part_level",
    "part_id",
    "part_label",
    "part_order",
    "axis_id",
    "domain_id",
    "part_score",
    "contribution",
    "axis_contribution",
    "contribution_rank",
    "rank_of",
    "is_top_contributor",
)
_INFLUENCE = (
    *_PLACE,
    "influence_level",
    "axis_id",
    "domain_id",
    "indicator_id",
    "indicator_label",
    "z",
    "contribution",
    "contribution_rank",
    "leave_one_out_shift",
    "leave_one_out_rank",
    "total_effect",
    "total_effect_rank",
    "rank_of",
    "draw_count",
    "seed",
)

_WEIGHTS = (
    *_PLACE,
    "axis_id",
    "domain_id",
    "indicator_id",
    "indicator_label",
    "indicator_order",
    "weight_in_domain_pct",
    "weight_in_axis_pct",
    "weight_in_index_pct",
)

TABLES: tuple[Table, ...] = (
    Table(
        "core_decomposition",
        "core",
        "one domain, axis or the index of one region in one edition",
        "Score décomposé en une moyenne et un déséquilibre par niveau.",
        _DECOMPOSITION,
        ("year", "region_code", "component_level", "component_id"),
        publication=Publication(
            "out_decomposition",
            "Décomposition",
            "Décomposition : moyenne des notes, déséquilibres dans et entre domaines et axes.",
        ),
    ),
    Table(
        "core_contributions",
        "core",
        "one axis, domain or used indicator of one region in one edition",
        "Ce que chaque partie apporte à l’écart de l’indice à 100.",
        _CONTRIBUTIONS,
        ("year", "region_code", "part_level", "part_id"),
        nullable=frozenset({"domain_id"}),
        publication=Publication(
            "out_contributions",
            "Contributions",
            "Contributions des axes, domaines et indicateurs ; leur somme est l’écart à 100.",
        ),
    ),
    Table(
        "core_weights",
        "core",
        "one used indicator of one region in one edition",
        "Poids que chaque indicateur a réellement dans l’indice de la région.",
        _WEIGHTS,
        ("year", "region_code", "indicator_id"),
        publication=Publication(
            "out_weights",
            "Poids réels",
            "Poids réels des indicateurs dans leur domaine, leur axe et l’indice.",
        ),
    ),
    Table(
        "core_influence",
        "core",
        "one used indicator at one level of reading, of one region in one edition",
        "Hiérarchie des indicateurs pour le territoire et pour l’axe.",
        _INFLUENCE,
        ("year", "region_code", "influence_level", "indicator_id"),
        publication=Publication(
            "out_influence",
            "Hiérarchie des indicateurs",
            "Hiérarchie des indicateurs : contribution, effet du retrait, effet total du poids.",
        ),
    ),
)

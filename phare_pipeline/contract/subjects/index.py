"""The fragility index of the regions: notes, scores, partial order."""

from phare_pipeline.contract.model import SEE_UNIT, Field, Publication, Table, count, rank, score

SCORE_STATUSES = (
    *("scored", "value_missing", "reference_missing", "no_base", "not_expected", "not_scored"),
)

FIELDS: tuple[Field, ...] = (
    Field(
        "direction",
        "int32",
        "Sens",
        "1 more is more fragile, -1 less, 0 not scored.",
        "none",
        False,
        -1,
        1,
    ),
    Field(
        "weight",
        "float64",
        "Poids",
        "Weight within its domain, axis or the index.",
        "none",
        False,
        0,
    ),
    Field(
        "base_edition", "int32", "Édition de base", "Edition that froze the scale.", "year", True
    ),
    Field("scale_value", "float64", "Échelle", "Frozen largest gap to France.", SEE_UNIT, True, 0),
    Field(
        "z_unclipped",
        "float64",
        "Note non bornée",
        "100 + 30 × gap / scale.",
        "index, France = 100",
        True,
    ),
    score(
        "z", "Note", "Normalised value, clipped to 70-130; above 100 is more fragile than France."
    ),
    Field("is_clipped", "bool", "Écrêtée", "The unclipped value lies outside 70-130."),
    Field("is_saturated", "bool", "Saturée", "More than a quarter of the territories are clipped."),
    Field(
        "is_non_discriminant", "bool", "Non discriminante", "All territories have the same value."
    ),
    Field(
        "score_status",
        "string",
        "Statut de la note",
        "Whether the indicator is scored in this edition, or why not.",
        allowed=SCORE_STATUSES,
    ),
    Field(
        "component_level",
        "string",
        "Niveau de l’indice",
        "domain, axis or index.",
        allowed=("domain", "axis", "index"),
    ),
    Field("component_id", "string", "Composante", "Domain, axis or `index`."),
    Field("component_label", "string", "Libellé", "Name of the domain, axis or index."),
    Field("component_order", "int32", "Ordre", "Order of the component in the study.", "rank"),
    score("score", "Fragilité", "Fragility F: contraharmonic mean of its parts."),
    score("mean_score", "Moyenne", "Weighted mean of the parts."),
    Field(
        "imbalance",
        "float64",
        "Déséquilibre",
        "F minus the weighted mean.",
        "index points",
        True,
        0,
        10,
    ),
    score("score_low", "Borne basse", "F with 70 in every hole."),
    score("score_high", "Borne haute", "F with 130 in every hole."),
    Field(
        "coverage_pct",
        "float64",
        "Couverture",
        "Share of the weight that is present.",
        "%",
        False,
        0,
        100,
    ),
    Field("is_scored", "bool", "Classée", "The coverage rules allow a score."),
    Field("missing_components", "string", "Manquants", "What the score lacks.", nullable=True),
    rank("front_fragile_rank", "Front (fragile)", "Pareto front counted from the most fragile."),
    rank("front_resilient_rank", "Front (résilient)", "Pareto front from the least fragile."),
    count(
        "dominated_by_count",
        "Dominée par",
        "Territories at least as fragile on all axes and more on one.",
        "territories",
        nullable=True,
    ),
    count(
        "dominates_count",
        "Domine",
        "Territories at most as fragile on all axes and less on one.",
        "territories",
        nullable=True,
    ),
    rank("rank_best", "Rang minimal", "1 + number of territories that dominate it."),
    rank("rank_worst", "Rang maximal", "Number of territories minus those it dominates."),
    Field(
        "average_rank",
        "float64",
        "Rang moyen",
        "Mean rank over all compatible orders.",
        "rank",
        True,
        1,
    ),
    Field(
        "pareto_gap",
        "float64",
        "Écart au front",
        "Largest margin by which another territory is less fragile on every axis.",
        "index points",
        True,
    ),
    Field(
        "benchmark_region_code",
        "string",
        "Région repère",
        "Region that attains the gap.",
        nullable=True,
    ),
    Field(
        "comparable_pairs_pct",
        "float64",
        "Paires comparables",
        "Share of pairs of territories that the axes order.",
        "%",
        True,
        0,
        100,
    ),
)

_NORMALISED = (
    "year",
    "region_code",
    "region_name",
    "axis_id",
    "domain_id",
    "indicator_id",
    "indicator_label",
    "direction",
    "weight",
    "value",
    "france_value",
    "base_edition",
    "scale_value",
    "z_unclipped",
    "z",
    "is_clipped",
    "is_saturated",
    "is_non_discriminant",
    "score_status",
)
_SCORES = (
    "year",
    "region_code",
    "region_name",
    "component_level",
    "component_id",
    "component_label",
    "component_order",
    "score",
    "mean_score",
    "imbalance",
    "score_low",
    "score_high",
    "coverage_pct",
    "is_scored",
    "missing_components",
    "fragility_rank",
    "rank_of",
)
_SCORES_KEY = ("year", "region_code", "component_level", "component_id")
_PARETO = (
    "year",
    "region_code",
    "region_name",
    "front_fragile_rank",
    "front_resilient_rank",
    "dominated_by_count",
    "dominates_count",
    "rank_best",
    "rank_worst",
    "average_rank",
    "rank_of",
    "pareto_gap",
    "benchmark_region_code",
    "comparable_pairs_pct",
)
_PARETO_KEY = ("year", "region_code")


TABLES: tuple[Table, ...] = (
    Table(
        "core_normalised",
        "core",
        "one scored indicator of one region in one edition",
        "Notes normalisées, France = 100.",
        _NORMALISED,
        ("year", "region_code", "indicator_id"),
        publication=Publication(
            "out_normalised", "Notes normalisées", "Notes normalisées qui entrent dans l’indice."
        ),
    ),
    Table(
        "core_scores",
        "core",
        "one domain, axis or the index of one region in one edition",
        "Indice de fragilité par domaine, par axe et d’ensemble.",
        _SCORES,
        _SCORES_KEY,
        publication=Publication(
            "out_scores", "Indice de fragilité", "Indice de fragilité : domaines, axes, ensemble."
        ),
    ),
    Table(
        "core_pareto",
        "core",
        "one region in one edition",
        "Ordre partiel des régions sur les quatre axes.",
        _PARETO,
        _PARETO_KEY,
        publication=Publication(
            "out_pareto", "Ordre des régions", "Fronts, intervalle de rang, écart au front."
        ),
    ),
)

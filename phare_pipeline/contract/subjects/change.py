"""Change of a score between editions, on the frozen scale."""

from phare_pipeline.contract.model import Field, Publication, Table, count

_POINTS = ("points of the frozen scale", True)

CHANGE_STATUSES = ("measured", "little_in_common", "not_scored", "edition_missing")

FIELDS: tuple[Field, ...] = (
    Field(
        "comparison_basis",
        "string",
        "Base de comparaison",
        "reference: the base edition of the study; previous: the edition before.",
        allowed=("reference", "previous"),
    ),
    Field(
        "compared_edition",
        "int32",
        "Édition comparée",
        "Edition that the change is counted from.",
        "year",
        False,
        2000,
        2100,
    ),
    Field(
        "change_total",
        "float64",
        "Évolution",
        "Mean of the notes on the frozen scale now minus then, above 0 is more fragile.",
        *_POINTS,
    ),
    Field(
        "change_value",
        "float64",
        "Évolution des valeurs",
        "The same over the indicators that both editions have measured, without break in between.",
        *_POINTS,
    ),
    Field(
        "change_coverage",
        "float64",
        "Effet de couverture",
        "The rest: what indicators that came, went, broke or stood still did to the mean.",
        *_POINTS,
    ),
    Field(
        "common_weight_pct",
        "float64",
        "Poids en commun",
        "Weight of the indicators in both editions ÷ weight of those in either.",
        "%",
        True,
        0,
        100,
    ),
    count("common_count", "Indicateurs en commun", "Indicators in common.", "indicators"),
    count(
        "repeated_count",
        "Indicateurs répétés",
        "Of these, those that show one figure of one data year in both: no evidence of change.",
        "indicators",
    ),
    count("now_count", "Indicateurs de l’édition", "Indicators of the edition.", "indicators"),
    count(
        "then_count",
        "Indicateurs de l’édition comparée",
        "Indicators of the compared edition.",
        "indicators",
    ),
    Field(
        "change_status",
        "string",
        "Statut de l’évolution",
        "measured; little_in_common: less than 70 % of the weight is, no change is told; "
        "not_scored: in one of the two editions; edition_missing: the compared edition is not "
        "built.",
        allowed=CHANGE_STATUSES,
    ),
)

TABLES: tuple[Table, ...] = (
    Table(
        "core_change",
        "core",
        "one domain, axis or the index of one region, beside one earlier edition",
        "Évolution sur l’échelle figée, valeurs et couverture séparées.",
        (
            "year",
            "region_code",
            "region_name",
            "component_level",
            "component_id",
            "component_label",
            "component_order",
            "comparison_basis",
            "compared_edition",
            "change_total",
            "change_value",
            "change_coverage",
            "common_weight_pct",
            "common_count",
            "repeated_count",
            "now_count",
            "then_count",
            "change_status",
        ),
        ("year", "region_code", "component_level", "component_id", "comparison_basis"),
        publication=Publication(
            "out_change",
            "Évolution",
            "Évolution depuis l’édition de base et l’édition précédente.",
        ),
    ),
)

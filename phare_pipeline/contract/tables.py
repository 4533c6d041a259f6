"""Lists the columns and the key of every table; what a column means is said in `fields`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from phare_pipeline.contract.fields import FIELDS, Field

Layer = Literal["staging", "core", "out", "dim"]

STAGING_PREFIX = "stg_"


@dataclass(frozen=True)
class Table:
    """A table: its columns in order, its key, and what one row is.

    `nullable` names columns that may be null here though they may not elsewhere.
    """

    name: str
    layer: Layer
    grain: str
    description_fr: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    nullable: frozenset[str] = frozenset()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns' declarations, in order."""
        return tuple(FIELDS[name] for name in self.columns)

    def is_nullable(self, column: str) -> bool:
        """Tell whether a column may hold nulls in this table."""
        return column in self.nullable or FIELDS[column].nullable


_OBSERVATION = (
    "source_id",
    "measure_id",
    "territory_level",
    "territory_code",
    "period",
    "data_year",
    "item",
    "value",
    "value_status",
    "raw_text",
    "correction_id",
    "origin_file",
    "origin_sheet",
    "origin_line",
    "origin_column",
)
_OBSERVATION_KEY = ("measure_id", "territory_level", "territory_code", "period", "item")

_COMPARISON = (
    "year",
    "region_code",
    "region_name",
    "axis_id",
    "domain_id",
    "domain_label",
    "indicator_id",
    "indicator_label",
    "indicator_order",
    "unit",
    "nature",
    "direction",
    "value",
    "value_status",
    "data_year",
    "is_stale",
    "reason_fr",
    "missing_parts",
    "rounding_bound",
    "has_break",
    "france_value",
    "reference_perimeter",
    "share_of_france_pct",
    "gap",
    "rank",
    "rank_of",
    "fragility_rank",
    "is_worse_than_france",
    "is_in_worst_quarter",
)
_COMPARISON_KEY = ("year", "region_code", "indicator_id")

_COVERAGE = (
    "year",
    "region_code",
    "region_name",
    "axis_id",
    "domain_id",
    "domain_label",
    "domain_order",
    "indicator_count",
    "available_count",
    "scored_count",
    "oldest_data_year",
    "newest_data_year",
)
_COVERAGE_KEY = ("year", "region_code", "domain_id")

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

_TABLES: tuple[Table, ...] = (
    Table(
        "staged_observations",
        "staging",
        "one figure of one source file",
        "Chiffres lus dans une source, avec leur origine exacte.",
        _OBSERVATION,
        _OBSERVATION_KEY,
    ),
    Table(
        "quarantine",
        "staging",
        "one rejected cell or row",
        "Lignes refusées à la lecture, avec la règle enfreinte.",
        (
            "source_id",
            "origin_file",
            "origin_sheet",
            "origin_line",
            "origin_column",
            "rule",
            "found",
            "expected",
        ),
        (),
    ),
    Table(
        "core_observations",
        "core",
        "one figure of one source file",
        "Réunion des chiffres de toutes les sources.",
        _OBSERVATION,
        _OBSERVATION_KEY,
    ),
    Table(
        "core_measures",
        "core",
        "one measure of one territory and period",
        "Grandeurs consolidées à chaque niveau territorial.",
        (
            "measure_id",
            "territory_level",
            "territory_code",
            "period",
            "data_year",
            "value",
            "value_status",
            "parts_expected_count",
            "parts_present_count",
            "missing_parts",
            "rounding_bound",
        ),
        ("measure_id", "territory_level", "territory_code", "period"),
    ),
    Table(
        "core_reconciliation",
        "core",
        "one measure and period whose total is also published",
        "Somme des parties comparée au total publié par le producteur.",
        (
            "measure_id",
            "territory_level",
            "territory_code",
            "period",
            "data_year",
            "own_sum_value",
            "published_value",
            "difference_pct",
            "tolerance_pct",
            "is_within_tolerance",
        ),
        ("measure_id", "territory_level", "territory_code", "period"),
    ),
    Table(
        "core_annual_measures",
        "core",
        "one measure of one territory and year",
        "Grandeurs ramenées à l’année.",
        (
            "measure_id",
            "annualise",
            "territory_level",
            "territory_code",
            "data_year",
            "value",
            "value_status",
            "missing_parts",
            "rounding_bound",
        ),
        ("measure_id", "annualise", "territory_level", "territory_code", "data_year"),
    ),
    Table(
        "core_indicators",
        "core",
        "one indicator of one territory and data year",
        "Indicateurs calculés à chaque niveau territorial.",
        (
            "indicator_id",
            "territory_level",
            "territory_code",
            "data_year",
            "value",
            "value_status",
            "numerator_value",
            "denominator_value",
            "missing_parts",
            "rounding_bound",
            "has_break",
        ),
        ("indicator_id", "territory_level", "territory_code", "data_year"),
    ),
    Table(
        "core_comparison",
        "core",
        "one indicator of one region in one edition",
        "Chaque région comparée à la France et aux autres régions.",
        _COMPARISON,
        _COMPARISON_KEY,
    ),
    Table(
        "core_coverage",
        "core",
        "one domain of one region in one edition",
        "Ce qui est renseigné et ce qui ne l’est pas.",
        _COVERAGE,
        _COVERAGE_KEY,
    ),
    Table(
        "core_normalised",
        "core",
        "one scored indicator of one region in one edition",
        "Notes normalisées, France = 100.",
        _NORMALISED,
        _COMPARISON_KEY,
    ),
    Table(
        "core_scores",
        "core",
        "one domain, axis or the index of one region in one edition",
        "Indice de fragilité par domaine, par axe et d’ensemble.",
        _SCORES,
        _SCORES_KEY,
    ),
    Table(
        "core_pareto",
        "core",
        "one region in one edition",
        "Ordre partiel des régions sur les quatre axes.",
        _PARETO,
        _PARETO_KEY,
    ),
    Table(
        "out_coverage",
        "out",
        "one domain of one region in one edition",
        "Couverture : indicateurs renseignés par domaine, région et édition.",
        _COVERAGE,
        _COVERAGE_KEY,
    ),
    Table(
        "out_indicators",
        "out",
        "one indicator of one region in one edition",
        "Indicateurs : valeur, France, part, rang, écart.",
        _COMPARISON,
        _COMPARISON_KEY,
    ),
    Table(
        "out_normalised",
        "out",
        "one scored indicator of one region in one edition",
        "Notes normalisées qui entrent dans l’indice.",
        _NORMALISED,
        _COMPARISON_KEY,
    ),
    Table(
        "out_scores",
        "out",
        "one domain, axis or the index of one region in one edition",
        "Indice de fragilité : domaines, axes, ensemble.",
        _SCORES,
        _SCORES_KEY,
    ),
    Table(
        "out_pareto",
        "out",
        "one region in one edition",
        "Fronts, intervalle de rang, écart au front.",
        _PARETO,
        _PARETO_KEY,
    ),
    Table(
        "dim_region",
        "dim",
        "one region of the study",
        "Les treize régions.",
        ("region_code", "iso_code", "slug", "region_name", "region_order"),
        ("region_code",),
    ),
    Table(
        "dim_former_region",
        "dim",
        "one former region",
        "Les vingt-deux anciennes régions et leur région d’aujourd’hui.",
        ("former_region_code", "former_region_name", "region_code"),
        ("former_region_code",),
    ),
    Table(
        "dim_departement",
        "dim",
        "one département of metropolitan France",
        "Les départements métropolitains.",
        ("departement_code", "departement_name", "former_region_code", "region_code"),
        ("departement_code",),
    ),
    Table(
        "dim_perimeter",
        "dim",
        "one perimeter",
        "Périmètres des références nationales.",
        ("perimeter_id", "perimeter_label"),
        ("perimeter_id",),
    ),
    Table(
        "dim_domain",
        "dim",
        "one domain",
        "Les seize domaines sur quatre axes.",
        (
            "domain_id",
            "domain_label",
            "domain_order",
            "axis_id",
            "axis_label",
            "axis_order",
            "weight",
        ),
        ("domain_id",),
    ),
    Table(
        "dim_measure",
        "dim",
        "one measure",
        "Grandeurs lues dans les sources et leur mode de consolidation.",
        (
            "measure_id",
            "measure_label",
            "unit",
            "aggregation",
            "universe",
            "perimeter_id",
            "source_id",
            "note_fr",
        ),
        ("measure_id",),
    ),
    Table(
        "dim_indicator",
        "dim",
        "one indicator",
        "Lexique des indicateurs.",
        (
            "indicator_id",
            "indicator_label",
            "indicator_order",
            "domain_id",
            "unit",
            "nature",
            "direction",
            "weight",
            "numerator",
            "denominator",
            "scale",
            "max_age_years",
            "reference_perimeter",
            "decimals",
            "definition_fr",
            "note_fr",
        ),
        ("indicator_id",),
    ),
    Table(
        "dim_source",
        "dim",
        "one source",
        "Sources : producteur, licence, millésime, empreinte.",
        (
            "source_id",
            "title",
            "producer",
            "licence",
            "address",
            "vintage",
            "geography_year",
            "file_sha256",
            "note_fr",
        ),
        ("source_id",),
    ),
    Table(
        "dim_correction",
        "dim",
        "one correction of a source",
        "Corrections apportées aux sources, avec leur raison.",
        (
            "correction_id",
            "source_id",
            "measure_id",
            "territory_level",
            "territory_code",
            "period",
            "found",
            "replacement",
            "status_after",
            "correction_reason_fr",
            "evidence_fr",
            "decided_on",
        ),
        ("correction_id",),
    ),
    Table(
        "dim_edition",
        "dim",
        "one edition",
        "Éditions : empreinte, couverture, classement possible ou non.",
        (
            "year",
            "edition_hash",
            "indicator_count",
            "available_count",
            "scored_count",
            "is_classified",
            "missing_components",
        ),
        ("year",),
    ),
    Table(
        "dim_dictionary",
        "dim",
        "one column of one published table",
        "Dictionnaire des tables publiées.",
        ("table_name", "column_name", "column_type", "unit", "label_fr", "description"),
        ("table_name", "column_name"),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}

# Each published table is cut by region from the core table that holds all regions of an edition.
CUT_FROM: dict[str, str] = {
    "out_coverage": "core_coverage",
    "out_indicators": "core_comparison",
    "out_normalised": "core_normalised",
    "out_scores": "core_scores",
    "out_pareto": "core_pareto",
}


def table_of(name: str) -> Table:
    """Return the declaration of a table; every `stg_<source>` is a `staged_observations`.

    Raises:
        KeyError: the table is not declared.
    """
    return TABLES["staged_observations" if name.startswith(STAGING_PREFIX) else name]

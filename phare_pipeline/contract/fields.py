"""Declares every column once: type, unit, French label, bounds, nullability, description.

Which table holds which column belongs in `tables`; a column name means the same thing everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["string", "int32", "float64", "bool", "date"]

VALUE_STATUSES = (
    "observed",
    "estimated",
    "provisional",
    "not_available",
    "confidential",
    "not_applicable",
)
SCORE_STATUSES = ("scored", "value_missing", "reference_missing", "no_base", "not_scored")


@dataclass(frozen=True)
class Field:
    """One column: `unit` is fixed for the column, or "see unit column" / "none"."""

    name: str
    type: ColumnType
    label_fr: str
    description: str
    unit: str = "none"
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()
    pattern: str | None = None


def _count(
    name: str, label_fr: str, description: str, unit: str, *, nullable: bool = False
) -> Field:
    return Field(name, "int32", label_fr, description, unit, nullable, minimum=0)


def _rank(name: str, label_fr: str, description: str) -> Field:
    return Field(name, "int32", label_fr, description, "rank", nullable=True, minimum=1)


def _score(name: str, label_fr: str, description: str) -> Field:
    return Field(name, "float64", label_fr, description, "index, France = 100", True, 70, 130)


_SEE_UNIT = "see unit column"
_PERIOD = r"^\d{4}(-T[1-4]|-M(0[1-9]|1[0-2]))?$"

_FIELDS: tuple[Field, ...] = (
    # --- keys and places -------------------------------------------------------------------
    Field("year", "int32", "Édition", "Edition year of the study.", "year", False, 2000, 2100),
    Field(
        "data_year",
        "int32",
        "Année de la donnée",
        "Year that the figure describes; it may be older than the edition.",
        "year",
        True,
        1900,
        2100,
    ),
    Field(
        "period",
        "string",
        "Période",
        "Period of the source: 2014, 2014-T4 (quarter) or 2014-M12 (month).",
        pattern=_PERIOD,
    ),
    Field("region_code", "string", "Code région", "INSEE code of the region (13, law 2015-29)."),
    Field("region_name", "string", "Région", "Name of the region."),
    Field("region_order", "int32", "Ordre de la région", "Alphabetical order.", "rank", False, 1),
    Field("slug", "string", "Identifiant", "Name of the region in paths and partition keys."),
    Field("iso_code", "string", "Code ISO", "ISO 3166-2 code of the region."),
    Field("former_region_code", "string", "Code ancienne région", "INSEE code, before 2016 (22)."),
    Field("former_region_name", "string", "Ancienne région", "Name of the former region."),
    Field("departement_code", "string", "Code département", "INSEE code of the département."),
    Field("departement_name", "string", "Département", "Name of the département."),
    Field(
        "territory_level",
        "string",
        "Niveau territorial",
        "Level of the territory.",
        allowed=("commune", "departement", "former_region", "region", "national"),
    ),
    Field(
        "territory_code",
        "string",
        "Code du territoire",
        "INSEE code at the row's level; for the national level, the perimeter.",
    ),
    Field("perimeter_id", "string", "Périmètre", "Set of territories that a figure covers."),
    Field("perimeter_label", "string", "Libellé du périmètre", "Name of the perimeter."),
    Field("axis_id", "string", "Axe", "Identifier of the axis."),
    Field("axis_label", "string", "Libellé de l’axe", "Name of the axis."),
    Field("axis_order", "int32", "Ordre de l’axe", "Order of the axis in the study.", "rank"),
    Field("domain_id", "string", "Domaine", "Identifier of the domain."),
    Field("domain_label", "string", "Libellé du domaine", "Name of the domain."),
    Field("domain_order", "int32", "Ordre du domaine", "Order of the domain in the study.", "rank"),
    Field("indicator_id", "string", "Indicateur", "Identifier of the indicator."),
    Field("indicator_label", "string", "Libellé de l’indicateur", "Name of the indicator."),
    Field("indicator_order", "int32", "Ordre", "Order of the indicator in the registry.", "rank"),
    Field("measure_id", "string", "Grandeur", "Identifier of the measure."),
    Field("measure_label", "string", "Libellé de la grandeur", "Name of the measure."),
    Field("source_id", "string", "Source", "Identifier of the source."),
    Field("item", "string", "Composante", "Series or establishment summed within the measure."),
    Field(
        "annualise",
        "string",
        "Annualisation",
        "How sub-annual periods make the year; empty for annual sources.",
        pattern=r"^(|mean|T[1-4]|M(0[1-9]|1[0-2]))$",
    ),
    # --- figures ---------------------------------------------------------------------------
    Field(
        "value", "float64", "Valeur", "The figure; null unless its status has one.", _SEE_UNIT, True
    ),
    Field(
        "value_status",
        "string",
        "Statut de la valeur",
        "Why a value is there or not; never folded into the value itself.",
        allowed=VALUE_STATUSES,
    ),
    Field(
        "reason_fr",
        "string",
        "Motif d’absence",
        "Why the value is missing, in French.",
        nullable=True,
    ),
    Field(
        "missing_parts",
        "string",
        "Parties manquantes",
        "Codes of the territories without which the sum would be incomplete.",
        nullable=True,
    ),
    _count("parts_expected_count", "Parties attendues", "Parts the sum needs.", "territories"),
    _count("parts_present_count", "Parties présentes", "Parts that have a value.", "territories"),
    Field(
        "rounding_bound",
        "float64",
        "Borne d’arrondi",
        "Largest error that the producer's rounding can cause; 0 for counts.",
        _SEE_UNIT,
        True,
        0,
    ),
    Field("numerator_value", "float64", "Numérateur", "Numerator of the ratio.", _SEE_UNIT, True),
    Field("denominator_value", "float64", "Dénominateur", "Denominator.", _SEE_UNIT, True),
    Field("france_value", "float64", "France", "National reference.", _SEE_UNIT, True),
    Field(
        "reference_perimeter",
        "string",
        "Périmètre de la référence",
        "Perimeter of the national reference; null when there is no reference.",
        nullable=True,
    ),
    Field(
        "share_of_france_pct",
        "float64",
        "Part de la France",
        "Region divided by the metropolitan sum; counts only.",
        "%",
        True,
    ),
    Field("gap", "float64", "Écart à la France", "Value minus France.", _SEE_UNIT, True),
    _rank("rank", "Rang", "Rank by descending value, ties share the smallest (1, 2, 2, 4)."),
    _count("rank_of", "Rang sur", "Number of regions that have a value.", "regions"),
    _rank("fragility_rank", "Rang de fragilité", "Rank by fragility; null for context figures."),
    Field(
        "is_worse_than_france",
        "bool",
        "Plus fragile que la France",
        "The value is on the fragile side of the national reference.",
        nullable=True,
    ),
    Field(
        "is_in_worst_quarter",
        "bool",
        "Dans le quart le plus fragile",
        "fragility_rank is at most a quarter of the regions, rounded up.",
        nullable=True,
    ),
    Field("has_break", "bool", "Rupture de série", "A break lies in the years compared or used."),
    Field("is_stale", "bool", "Donnée antérieure", "The data year is older than the edition."),
    # --- index -----------------------------------------------------------------------------
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
    Field("scale_value", "float64", "Échelle", "Frozen largest gap to France.", _SEE_UNIT, True, 0),
    Field(
        "z_unclipped",
        "float64",
        "Note non bornée",
        "100 + 30 × gap / scale.",
        "index, France = 100",
        True,
    ),
    _score(
        "z", "Note", "Normalised value, clipped to 70-130; above 100 is more fragile than France."
    ),
    Field("is_clipped", "bool", "Écrêtée", "The unclipped value lies outside 70-130."),
    Field("is_saturated", "bool", "Saturée", "More than a quarter of the regions are clipped."),
    Field("is_non_discriminant", "bool", "Non discriminante", "All regions have the same value."),
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
    _score("score", "Fragilité", "Fragility F: contraharmonic mean of its parts."),
    _score("mean_score", "Moyenne", "Weighted mean of the parts."),
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
    _score("score_low", "Borne basse", "F with 70 in every hole."),
    _score("score_high", "Borne haute", "F with 130 in every hole."),
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
    _rank("front_fragile_rank", "Front (fragile)", "Pareto front counted from the most fragile."),
    _rank("front_resilient_rank", "Front (résilient)", "Pareto front from the least fragile."),
    _count(
        "dominated_by_count",
        "Dominée par",
        "Regions more fragile on all axes.",
        "regions",
        nullable=True,
    ),
    _count(
        "dominates_count", "Domine", "Regions less fragile on all axes.", "regions", nullable=True
    ),
    _rank("rank_best", "Rang minimal", "1 + number of regions that are more fragile on all axes."),
    _rank("rank_worst", "Rang maximal", "Number of regions minus those less fragile on all axes."),
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
        "Largest margin by which another region is less fragile on every axis.",
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
        "Share of pairs of regions that the four axes order.",
        "%",
        True,
        0,
        100,
    ),
    # --- coverage --------------------------------------------------------------------------
    _count("indicator_count", "Indicateurs", "Indicators the registry has.", "indicators"),
    _count("available_count", "Indicateurs renseignés", "Indicators with a value.", "indicators"),
    _count("scored_count", "Indicateurs notés", "Indicators that enter the index.", "indicators"),
    Field("oldest_data_year", "int32", "Plus ancienne donnée", "Oldest year used.", "year", True),
    Field("newest_data_year", "int32", "Plus récente donnée", "Newest year used.", "year", True),
    # --- reconciliation --------------------------------------------------------------------
    Field(
        "own_sum_value", "float64", "Somme des départements", "Sum of the parts.", _SEE_UNIT, True
    ),
    Field("published_value", "float64", "Total publié", "Published total.", _SEE_UNIT, True),
    Field("difference_pct", "float64", "Différence", "Own sum / published - 1.", "%", True),
    Field("tolerance_pct", "float64", "Tolérance", "Largest accepted difference.", "%", True, 0),
    Field(
        "is_within_tolerance", "bool", "Dans la tolérance", "Null when none is set.", nullable=True
    ),
    # --- origins ---------------------------------------------------------------------------
    Field("raw_text", "string", "Texte brut", "The cell as the producer wrote it."),
    Field("correction_id", "string", "Correction", "Correction applied, if any.", nullable=True),
    Field("origin_file", "string", "Fichier", "File below raw/."),
    Field("origin_sheet", "string", "Feuille", "Sheet of a workbook.", nullable=True),
    Field("origin_line", "int32", "Ligne", "Line, counted from 1.", "none", True, 0),
    Field("origin_column", "string", "Colonne", "Column letter.", nullable=True),
    Field("rule", "string", "Règle", "Rule that the row breaks."),
    Field("found", "string", "Trouvé", "What the row holds.", nullable=True),
    Field("expected", "string", "Attendu", "What the rule wants.", nullable=True),
    # --- what is known before any data -----------------------------------------------------
    Field("unit", "string", "Unité", "Unit of the figure."),
    Field("nature", "string", "Nature", "Count, rate, share, ratio, median, change."),
    Field(
        "aggregation", "string", "Mode de consolidation", "additive, reconstructed, non_additive."
    ),
    Field("numerator", "string", "Formule du numérateur", "Measures of the numerator."),
    Field(
        "denominator",
        "string",
        "Formule du dénominateur",
        "Measures of the denominator.",
        nullable=True,
    ),
    Field("scale", "float64", "Multiplicateur", "100 for a percentage.", "none"),
    Field("max_age_years", "int32", "Âge maximal", "How old a figure may be.", "years", False, 0),
    Field("decimals", "int32", "Décimales", "Decimals to print.", "none", False, 0),
    Field("definition_fr", "string", "Définition", "What the indicator says."),
    Field("note_fr", "string", "Note", "What is not true of the data.", nullable=True),
    Field("universe", "string", "Champ", "What is counted."),
    Field("title", "string", "Titre", "Title of the source."),
    Field("producer", "string", "Producteur", "Who publishes the source."),
    Field("licence", "string", "Licence", "Licence of the source."),
    Field("address", "string", "Adresse", "Public page of the source."),
    Field("vintage", "string", "Millésime", "Edition of the source."),
    Field(
        "geography_year", "int32", "Année de géographie", "Year of the source's geography.", "year"
    ),
    Field("file_sha256", "string", "Empreinte", "sha256 of the extract (or of its files' hashes)."),
    Field("status_after", "string", "Statut après correction", "Status given by the correction."),
    Field(
        "replacement",
        "string",
        "Valeur corrigée",
        "Figure put in place; null empties it.",
        nullable=True,
    ),
    Field("correction_reason_fr", "string", "Raison", "Why the source is wrong."),
    Field("evidence_fr", "string", "Preuve", "What shows it."),
    Field("decided_on", "date", "Décidée le", "Date of the decision."),
    Field("edition_hash", "string", "Empreinte de l’édition", "Hash of the edition's core tables."),
    Field("is_classified", "bool", "Régions classées", "The index exists for the 13 regions."),
    Field("table_name", "string", "Table", "Table of the release."),
    Field("column_name", "string", "Colonne", "Column of the table."),
    Field("column_type", "string", "Type", "Type of the column."),
    Field("label_fr", "string", "Libellé", "French label of the column."),
    Field("description", "string", "Description", "What the column holds."),
)


def _index(fields: tuple[Field, ...]) -> dict[str, Field]:
    names = [field.name for field in fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"columns declared twice: {', '.join(twice)}")
    return {field.name: field for field in fields}


FIELDS: dict[str, Field] = _index(_FIELDS)

"""Figures as read from the sources, with their origins, and the rows refused."""

from phare_pipeline.contract.model import Field, Table

FIELDS: tuple[Field, ...] = (
    Field("raw_text", "string", "Texte brut", "The cell as the producer wrote it."),
    Field("correction_id", "string", "Correction", "Correction applied, if any.", nullable=True),
    Field("origin_file", "string", "Fichier", "File below raw/."),
    Field("origin_sheet", "string", "Feuille", "Sheet of a workbook.", nullable=True),
    Field("origin_line", "int32", "Ligne", "Line, counted from 1.", "none", True, 0),
    Field("origin_column", "string", "Colonne", "Column letter.", nullable=True),
    Field("rule", "string", "Règle", "Rule that the row breaks."),
    Field("found", "string", "Trouvé", "What the row holds.", nullable=True),
    Field("expected", "string", "Attendu", "What the rule wants.", nullable=True),
)

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


TABLES: tuple[Table, ...] = (
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
)

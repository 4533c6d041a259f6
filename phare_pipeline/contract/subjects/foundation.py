"""What the index of an edition is founded on: rows expected, there, recent; domains and regions."""

from phare_pipeline.contract.model import Field, Publication, Table, count

_SHARE = ("%", True, 0, 100)

FIELDS: tuple[Field, ...] = (
    count(
        "expected_count",
        "Indicateurs attendus",
        "Indicators of the socle that the edition expects: their producer publishes them in time.",
        "indicators",
    ),
    count(
        "present_count",
        "Indicateurs présents",
        "Those of the expected that some region has a note in.",
        "indicators",
    ),
    count(
        "recent_count",
        "Indicateurs récents",
        "Those of the present whose figures are all of recent_from or later.",
        "indicators",
    ),
    Field("recent_from", "int32", "Récent depuis", "First data year that is recent.", "year"),
    Field(
        "expected_weight_pct",
        "float64",
        "Part du poids attendu",
        "Share of the expected weight that is there, mean of the regions.",
        *_SHARE,
    ),
    Field(
        "recent_weight_pct",
        "float64",
        "Part récente du poids",
        "Share of the weight that is there that is recent.",
        *_SHARE,
    ),
    count(
        "scored_domain_count",
        "Domaines notés",
        "Domains with a score in every region.",
        "domains",
    ),
    count("domain_total", "Domaines", "Domains of the study.", "domains"),
    count("classified_region_count", "Régions classées", "Regions that have an index.", "regions"),
    count("region_total", "Régions", "Regions of the study.", "regions"),
    Field(
        "shortfall_fr",
        "string",
        "Ce qui manque",
        "What the edition is short of to be the headline.",
        nullable=True,
    ),
)

TABLES: tuple[Table, ...] = (
    Table(
        "core_foundation",
        "core",
        "one edition",
        "Sur quoi repose l’indice d’une édition.",
        (
            "year",
            "expected_count",
            "present_count",
            "recent_count",
            "recent_from",
            "expected_weight_pct",
            "recent_weight_pct",
            "scored_domain_count",
            "domain_total",
            "classified_region_count",
            "region_total",
            "shortfall_fr",
        ),
        ("year",),
        publication=Publication(
            "out_foundation",
            "Base de l’indice",
            "Base de l’indice : indicateurs attendus, présents et récents, domaines notés.",
            by_region=False,
        ),
    ),
)

"""Says which column of which published table each kind of reference names; nothing is read here.

How a reference is written and read belongs in `reference`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What kind of figure a reference names; the value is its word in a reference."""

    INDICATOR = "indicateur"
    DOMAIN = "domaine"
    AXIS = "axe"
    INDEX = "indice"
    PAIR = "paire"
    FACTOR = "sensibilite"
    METHOD = "methode"
    DISPERSION = "dispersion"
    SURVEY = "enquete"
    VISION = "vision"
    AGREEMENT = "accord"
    PERCEIVED = "percu"


# Kinds that surveys give, whose areas may be none of the registry's.
VOICES = frozenset({Kind.SURVEY, Kind.VISION, Kind.AGREEMENT, Kind.PERCEIVED})


@dataclass(frozen=True)
class Place:
    """A column of a published table, and what else chooses its row.

    Attributes:
        table: of the release.
        column: of the table.
        equal: values that other columns of the row have, beyond area, edition and subject.
    """

    table: str
    column: str
    equal: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Return `table.column`."""
        return f"{self.table}.{self.column}"


Facets = Mapping[str, Place]


def _facets(table: str, columns: Mapping[str, str], **equal: str) -> dict[str, Place]:
    """Return the places of facets (name: column) of one table."""
    key = tuple(sorted(equal.items()))
    return {facet: Place(table, column, key) for facet, column in columns.items()}


_SCORE = {
    "": "score",
    "moyenne": "mean_score",
    "desequilibre": "imbalance",
    "bas": "score_low",
    "haut": "score_high",
    "couverture": "coverage_pct",
    "rang": "fragility_rank",
}
_ORDER = {
    "front": "front_fragile_rank",
    "rang_min": "rank_best",
    "rang_max": "rank_worst",
    "rang_moyen": "average_rank",
    "ecart_front": "pareto_gap",
}
_CONTRIBUTION = {
    "contribution": "contribution",
    "contribution_axe": "axis_contribution",
    "rang_contribution": "contribution_rank",
}
_CHANGE = {
    "evolution": "change_total",
    "evolution_valeurs": "change_value",
    "evolution_couverture": "change_coverage",
    "poids_commun": "common_weight_pct",
}
_INFLUENCE = {
    "retrait": "leave_one_out_shift",
    "rang_retrait": "leave_one_out_rank",
    "effet_poids": "total_effect",
    "rang_effet_poids": "total_effect_rank",
}
_SPLIT = {
    "ecart": "france_gap",
    "moyenne_notes": "notes_mean",
    "dans_domaines": "within_domains",
    "entre_domaines": "between_domains",
    "entre_axes": "between_axes",
    "arrondi": "axis_rounding",
}


def _component(level: str) -> dict[str, Place]:
    """Return the facets of a domain, an axis or the index of a region."""
    found = _facets("out_scores", _SCORE, component_level=level)
    found |= _facets("out_decomposition", _SPLIT, component_level=level)
    found |= _facets("out_change", _CHANGE, component_level=level, comparison_basis="reference")
    previous = {f"{facet}_precedente": column for facet, column in _CHANGE.items()}
    return found | _facets(
        "out_change", previous, component_level=level, comparison_basis="previous"
    )


_COVERAGE = {"renseignes": "available_count", "notes": "scored_count"}

FACETS: dict[Kind, Facets] = {
    Kind.INDICATOR: {
        **_facets(
            "out_indicators",
            {
                "": "value",
                "france": "france_value",
                "part": "share_of_france_pct",
                "ecart": "gap",
                "rang": "rank",
                "rang_fragilite": "fragility_rank",
            },
        ),
        **_facets("out_normalised", {"note": "z"}),
        **_facets("out_contributions", _CONTRIBUTION, part_level="indicator"),
        **_facets("out_influence", _INFLUENCE, influence_level="territory"),
        **_facets(
            "out_influence",
            {
                "rang_contribution_axe": "contribution_rank",
                **{f"{facet}_axe": column for facet, column in _INFLUENCE.items()},
            },
            influence_level="axis",
        ),
    },
    Kind.DOMAIN: {
        **_component("domain"),
        **_facets("out_contributions", _CONTRIBUTION, part_level="domain"),
        **_facets("out_coverage", _COVERAGE),
    },
    Kind.AXIS: {
        **_component("axis"),
        **_facets(
            "out_contributions",
            {name: c for name, c in _CONTRIBUTION.items() if c != "axis_contribution"},
            part_level="axis",
        ),
    },
    Kind.INDEX: {
        **_component("index"),
        **_facets("out_pareto", _ORDER),
        **_facets(
            "out_uncertainty",
            {
                "rang_median": "rank_median",
                "rang_bas": "rank_low",
                "rang_haut": "rank_high",
                "parmi_trois": "top_three_pct",
            },
        ),
    },
    Kind.PAIR: _facets("out_pairs", {"": "more_fragile_pct"}),
    Kind.FACTOR: _facets(
        "out_sensitivity",
        {
            "": "first_order",
            "erreur": "first_order_error",
            "total": "total_order",
            "erreur_total": "total_order_error",
        },
    ),
    Kind.METHOD: _facets(
        "out_alternatives",
        {"": "method_score", "rang": "method_rank", "deplacement": "rank_shift"},
    ),
    Kind.DISPERSION: _facets(
        "out_dispersion",
        {
            "": "weighted_deviation",
            "moyenne": "weighted_mean",
            "minimum": "lowest_value",
            "maximum": "highest_value",
            "etendue": "value_range",
        },
    ),
    Kind.SURVEY: _facets(
        "out_survey_results",
        {
            "": "value",
            "nationale": "national_value",
            "ecart": "national_diff",
            "marge": "moe95",
            "bas": "ci_low",
            "haut": "ci_high",
            "erreur": "se",
            "p": "p_value",
            "p_ajuste": "p_adjusted",
            "base": "base_n",
        },
    ),
    Kind.VISION: _facets(
        "out_actor_vision",
        {
            "": "mean_note",
            "nationale": "national_note",
            "ecart": "national_diff",
            "rang": "note_rank",
            "erreur": "se",
            "base": "base_n",
        },
    ),
    Kind.AGREEMENT: _facets(
        "out_actor_agreement",
        {
            "": "kendall_w",
            "bas": "kendall_w_low",
            "haut": "kendall_w_high",
            "hasard": "kendall_w_random",
            "p": "p_value",
        },
    ),
    Kind.PERCEIVED: _facets(
        "out_perception",
        {
            "": "perceived",
            "erreur": "perceived_se",
            "mesure": "measured",
            "ecart": "perception_gap",
        },
    ),
}

# The same below the regions: départements and former regions.
LOWER_FACETS: dict[Kind, Facets] = {
    Kind.INDICATOR: {
        **_facets("out_level_indicators", {"": "value", "france": "france_value"}),
        **_facets("out_level_normalised", {"note": "z"}),
    },
    **{
        kind: _facets("out_level_scores", _SCORE, component_level=level)
        for kind, level in ((Kind.DOMAIN, "domain"), (Kind.AXIS, "axis"))
    },
    Kind.INDEX: {
        **_facets("out_level_scores", _SCORE, component_level="index"),
        **_facets("out_level_pareto", _ORDER),
    },
}

# Published tables whose figures have no reference, and what there is instead.
WITHOUT_REFERENCE: dict[str, str] = {
    "out_basket": (
        "moyenne emboîtée des notes sur l’échelle figée (goalposts.csv) des indicateurs de "
        "basket_indicators ; le calcul est celui de out_change"
    ),
    "out_foundation": (
        "décompte des indicateurs du socle attendus (dim_indicator), présents (out_normalised) et "
        "récents (data_year de out_indicators), des domaines et des régions notés (out_scores)"
    ),
    "out_weights": (
        "poids déclarés des indicateurs, des domaines et des axes, ramenés à ce qui est là dans "
        "la région (out_normalised, out_scores)"
    ),
    "out_correlations": (
        "corrélations de Spearman et de Pearson entre les notes (out_normalised) et entre les "
        "scores des domaines (out_scores) des régions classées de l’édition"
    ),
    "out_fit": (
        "corrélation de chaque indicateur avec le reste de son domaine, sur les notes de "
        "out_normalised ; l’intervalle est celui de la transformation de Fisher"
    ),
    "out_reliability": "alpha de Cronbach des notes de chaque domaine, intervalle de Feldt",
    "out_components": (
        "composantes principales des notes ; part du hasard par tirages (draw_count, seed)"
    ),
}

"""Surveys: results by actor, the actors' vision of the domains, perception beside the index.

Staged results are disclosed already: no table holds a figure that may not be shown.
"""

from phare_pipeline.contract.model import SEE_UNIT, Field, Publication, Table, count, rank

AREA_KINDS = ("region", "super_region", "national")
ACTORS = ("citoyens", "associations", "entreprises", "institutions")
STATISTICS = (
    *("share", "share_net", "share_multi", "share_top1", "share_top2", "share_first"),
    *("share_top3_total", "share_band_low", "share_band_mid", "share_band_high", "share_nsp"),
    *("mean", "net_balance"),
)
PROVENANCES = ("published", "computed")
ERROR_KINDS = ("computed", "simple_random", "upper_bound", "none")
RELIABILITIES = ("sufficient", "fragile", "insufficient", "unknown")
DISCLOSURES = (
    *("shown", "no_value", "suppressed_by_source", "small_base", "unknown_base", "small_cell"),
    *("dominant_unit", "secondary"),
)
QUADRANTS = ("recognised", "unrecognised", "felt", "low")
SEVERITIES = ("high", "medium", "low", "info")

_NOTE = "note 1-10"
_POINTS = "index points"


def _error(name: str, label_fr: str, description: str, unit: str = SEE_UNIT) -> Field:
    return Field(name, "float64", label_fr, description, unit, True, 0)


FIELDS: tuple[Field, ...] = (
    # --- studies, actors, areas ------------------------------------------------------------
    Field("study_id", "string", "Étude", "Identifier of the study."),
    Field("study_title", "string", "Titre de l’étude", "Title of the study."),
    Field("study_year", "int32", "Année de l’étude", "Its year.", "year", False, 1990, 2100),
    Field("disclosure_rule", "int32", "Règle de diffusion", "Version of the rule by which figures "
          "are hidden; two of them never stand side by side.", "none", False, 1),
    Field("actor", "string", "Acteur", "Who was asked.", allowed=ACTORS),
    Field("actor_label", "string", "Libellé de l’acteur", "Name of the actor."),
    Field("unit_fr", "string", "Unité interrogée", "What one respondent is."),
    Field("population_fr", "string", "Population", "Whom the respondents stand for."),
    Field("mode_fr", "string", "Mode de recueil", "How people were asked."),
    Field("sampling_fr", "string", "Échantillonnage", "How the sample was drawn."),
    Field("field_start", "string", "Début du terrain", "First month or day.", nullable=True),
    Field("field_end", "string", "Fin du terrain", "Last month or day.", nullable=True),
    Field("area_id", "string", "Aire", "Where the figure holds; never widened."),
    Field("area_label", "string", "Libellé de l’aire", "Name of the area."),
    Field(
        "area_kind",
        "string",
        "Nature de l’aire",
        "A region of the 13, a super-region (which is none of them), or the country.",
        allowed=AREA_KINDS,
    ),
    # --- questions -------------------------------------------------------------------------
    Field("question_id", "string", "Question", "actor:id, since ids repeat between actors."),
    Field("question_label", "string", "Libellé de la question", "The question in our words."),
    Field("question_order", "int32", "Ordre de la question", "Order in the codebook.", "rank"),
    Field("question_type", "string", "Type de question", "How it is answered."),
    Field("topic", "string", "Sujet", "What questions of several actors have in common."),
    Field("base_fr", "string", "Base", "Who was asked this question."),
    Field("filter", "string", "Filtre", "Condition for being asked.", nullable=True),
    Field("statistics", "string", "Statistiques", "What the question is summed up by."),
    Field("item_code", "string", "Modalité", "Line of the question."),
    Field("item_label", "string", "Libellé de la modalité", "Name of the line."),
    Field("item_order", "int32", "Ordre de la modalité", "Order in the question.", "rank"),
    Field("segment_id", "string", "Segment", "Part of the respondents; `ensemble` is all."),
    Field("segment_label", "string", "Libellé du segment", "Name of the segment."),
    Field("statistic", "string", "Statistique", "What is measured.", allowed=STATISTICS),
    Field("band", "string", "Bande", "What the statistic counts, such as 8-10.", nullable=True),
    # --- results ---------------------------------------------------------------------------
    count("base_n", "Base", "Unweighted respondents, don't-knows included.", "respondents",
          nullable=True),
    count("base_answered_n", "Réponses", "Those who gave an answer.", "respondents",
          nullable=True),
    count("universe_n", "Univers", "How many the base stands for.", "units", nullable=True),
    Field("n_eff", "float64", "Base efficace", "(Σw)²/Σw².", "respondents", True, 0),
    _error("se", "Erreur type", "Standard error, of the kind `error_kind`."),
    _error("moe95", "Marge d’erreur à 95 %", "1.96 standard errors."),
    Field("ci_low", "float64", "Borne basse à 95 %", "Lower end.", SEE_UNIT, True),
    Field("ci_high", "float64", "Borne haute à 95 %", "Upper end.", SEE_UNIT, True),
    Field(
        "error_kind",
        "string",
        "Nature de l’erreur",
        "From answers and weights; as of a simple random draw of the printed base; an upper bound.",
        allowed=ERROR_KINDS,
    ),
    Field(
        "error_note_fr", "string", "Hypothèse de l’erreur", "What the error assumes, or why there "
        "is none.", nullable=True,
    ),
    Field("national_value", "float64", "Valeur nationale", "Same statistic for the country.",
          SEE_UNIT, True),
    Field("national_diff", "float64", "Écart au national", "Value minus national value.",
          SEE_UNIT, True),
    Field(
        "test_outcome",
        "string",
        "Test",
        "above, below or no_difference from everybody else at 5 %, or why there was no test.",
        nullable=True,
    ),
    Field("p_value", "float64", "p", "Two-sided.", "none", True, 0, 1),
    Field("p_adjusted", "float64", "p ajusté", "By Benjamini-Hochberg, in its question and area.",
          "none", True, 0, 1),
    Field("reliability", "string", "Fiabilité", "By the unweighted base: 100, 30.",
          allowed=RELIABILITIES),
    Field("disclosure", "string", "Diffusion", "Shown, or the first reason why it is not.",
          allowed=DISCLOSURES),
    Field("provenance", "string", "Provenance", "Printed in a report, or computed from answers.",
          allowed=PROVENANCES),
    Field("is_synthetic", "bool", "Données synthétiques", "Made up for demonstration."),
    Field("confidence", "string", "Certitude de la lecture", "Of a printed figure.",
          allowed=("certain", "inferred", "ambiguous")),
    Field("value_printed", "string", "Valeur imprimée", "As the report prints it.", nullable=True),
    Field("source_label", "string", "Mention de la source", "s, n.d., secret.", nullable=True),
    Field("slide", "int32", "Page", "Page of the report.", "none", True, 1),
    # --- vision of the actors --------------------------------------------------------------
    Field("mean_note", "float64", "Note moyenne", "10 is very fragile; null when not shown.",
          _NOTE, True, 1, 10),
    Field("national_note", "float64", "Note nationale", "Of the same actor.", _NOTE, True, 1, 10),
    rank("note_rank", "Rang de la note", "1 is the most fragile domain; ties share the smallest."),
    count("note_rank_of", "Rang de la note sur", "Domains with a note.", "domains"),
    Field("is_major_fragility", "bool", "Grande fragilité", "Among the actor's five highest; null "
          "without a shown note.", nullable=True),
    count("major_actor_count", "Acteurs d’accord", "Actors asked in the area for whom the domain "
          "is among the five highest.", "actors"),
    count("area_actor_count", "Acteurs interrogés", "Actors asked in the area.", "actors"),
    Field("actors", "string", "Acteurs", "Actors compared."),
    count("actor_count", "Nombre d’acteurs", "Actors compared.", "actors"),
    count("domain_count", "Nombre de domaines", "Domains noted by all of them.", "domains"),
    Field("kendall_w", "float64", "W de Kendall", "1 when all put the domains in one order.",
          "none", True, 0, 1),
    Field("kendall_w_low", "float64", "W, borne basse", "90 % interval over domains.", "none",
          True, 0, 1),
    Field("kendall_w_high", "float64", "W, borne haute", "90 % interval over domains.", "none",
          True, 0, 1),
    Field("kendall_w_random", "float64", "W du hasard", "95 % quantile over random orders.",
          "none", True, 0, 1),
    Field("common_domains", "string", "Grandes fragilités communes",
          "Domains among the five highest of every actor.", nullable=True),
    # --- perception beside the index -------------------------------------------------------
    Field("perceived", "float64", "Fragilité perçue P",
          "P of the actor's notes; 100 is the actor's France.", "index, France = 100", True, 70,
          130),
    _error("perceived_se", "Erreur type de P", "Largest that the notes allow.", _POINTS),
    Field("measured", "float64", "Fragilité mesurée F", "F of the same region and edition.",
          "index, France = 100", True, 70, 130),
    Field("perception_gap", "float64", "Écart P − F", "Positive: felt worse than measured.",
          _POINTS, True, -60, 60),
    Field("is_told_apart", "bool", "Écart au-delà de l’erreur", "|P − F| > 1.96 standard errors.",
          nullable=True),
    Field("quadrant", "string", "Quadrant", "Measured and felt above or below France.",
          nullable=True, allowed=QUADRANTS),
    Field("is_quadrant_sure", "bool", "Quadrant sûr", "P differs from 100 beyond its error.",
          nullable=True),
    Field("perception_scale", "float64", "Échelle de P", "Largest gap of the actor to France.",
          _NOTE, True, 0),
    # --- faults ----------------------------------------------------------------------------
    Field("issue_order", "int32", "Ordre de gravité", "1 is the gravest.", "rank", False, 1),
    Field("severity", "string", "Gravité", "How grave the fault is.", allowed=SEVERITIES),
    Field("rule_id", "string", "Règle de cohérence", "Rule that found it."),
    Field("rule_title_fr", "string", "Énoncé de la règle", "What must hold."),
    Field("subject", "string", "Objet", "Question, item or figure."),
    Field("message_fr", "string", "Constat", "What is wrong, with the values."),
    Field("action_fr", "string", "À faire", "What to do."),
    Field("slides", "string", "Pages", "Pages on which it shows.", nullable=True),
)  # fmt: skip

_AREA = ("area_id", "area_label", "area_kind", "region_code")
_QUESTION = ("question_id", "topic", "question_label")
_LINE = (
    *("item_code", "item_label", "item_order", "domain_id", "segment_id", "segment_label"),
    *("statistic", "band", "unit"),
)
_FIGURES = (
    *("base_n", "base_answered_n", "universe_n", "n_eff", "se", "moe95", "ci_low", "ci_high"),
    *("error_kind", "error_note_fr", "national_value", "national_diff", "test_outcome"),
    *("p_value", "p_adjusted", "reliability", "disclosure", "reason_fr", "provenance"),
    *("is_synthetic", "confidence", "value_printed", "source_label", "slide", "origin_file"),
    *("origin_line", "note_fr"),
)
_RESULT_KEY = ("area_id", "question_id", "item_code", "segment_id", "statistic")
_MAY_BE_NULL = frozenset({"region_code", "domain_id", "origin_file", "note_fr"})

TABLES: tuple[Table, ...] = (
    Table(
        "staged_survey_results",
        "staging",
        "one figure of one actor in one study",
        "Résultats d’une enquête auprès d’un acteur ; un chiffre masqué garde son motif.",
        ("study_id", "actor", *_AREA, *_QUESTION, *_LINE, "value", *_FIGURES),
        ("study_id", *_RESULT_KEY),
        nullable=_MAY_BE_NULL,
    ),
    Table(
        "core_survey_results",
        "core",
        "one figure: actor × area × question × item × segment × statistic, of one study",
        "Résultats des enquêtes qui peuvent être diffusés, dans l’édition qui les retient.",
        (
            *("year", "study_id", "study_year", "actor", "actor_label"),
            *(*_AREA, *_QUESTION, *_LINE, "value", *_FIGURES),
        ),
        ("year", "study_id", *_RESULT_KEY),
        nullable=_MAY_BE_NULL,
        publication=Publication(
            "out_survey_results",
            "Résultats des enquêtes",
            "Résultats des enquêtes par acteur, aire, question et modalité, avec base, erreur, "
            "valeur nationale et fiabilité ; un chiffre masqué garde sa ligne et son motif.",
        ),
    ),
    Table(
        "core_actor_vision",
        "core",
        "one domain noted by one actor in one area",
        "Notes moyennes de fragilité des domaines par acteur et par aire.",
        (
            *("year", "study_id", "study_year", "actor", "actor_label", *_AREA),
            *("domain_id", "domain_label", "domain_order", "question_id", "mean_note", "base_n"),
            *("se", "error_kind", "national_note", "national_diff", "note_rank", "note_rank_of"),
            *("is_major_fragility", "major_actor_count", "area_actor_count", "reliability"),
            *("disclosure", "reason_fr", "provenance", "is_synthetic"),
        ),
        ("year", "study_id", "actor", "area_id", "domain_id"),
        nullable=frozenset({"region_code"}),
        publication=Publication(
            "out_actor_vision",
            "Vision des acteurs par domaine",
            "Notes moyennes de fragilité données par chaque acteur, avec la note nationale, le "
            "rang et les cinq grandes fragilités ; à mettre à côté des indicateurs.",
        ),
    ),
    Table(
        "core_actor_agreement",
        "core",
        "one area in which several actors were asked",
        "Accord des acteurs interrogés dans une même aire sur l’ordre des domaines.",
        (
            *("year", "study_id", "study_year", *_AREA, "actors", "actor_count", "domain_count"),
            *("kendall_w", "kendall_w_low", "kendall_w_high", "kendall_w_random", "p_value"),
            *("common_domains", "is_synthetic"),
        ),
        ("year", "study_id", "area_id"),
        nullable=frozenset({"region_code"}),
        publication=Publication(
            "out_actor_agreement",
            "Accord des acteurs",
            "Accord des acteurs interrogés dans une même aire : W de Kendall avec son intervalle, "
            "et grandes fragilités communes.",
        ),
    ),
    Table(
        "core_perception",
        "core",
        "one component of the index perceived by one actor in one area",
        "Fragilité perçue par un acteur à côté de la fragilité mesurée, sans s’y mêler.",
        (
            *("year", "study_id", "study_year", "actor", "actor_label", *_AREA),
            *("component_level", "component_id", "component_label", "component_order"),
            *("perceived", "perceived_se", "measured", "perception_gap", "is_told_apart"),
            *("quadrant", "is_quadrant_sure", "perception_scale", "reason_fr", "is_synthetic"),
        ),
        ("year", "study_id", "actor", "area_id", "component_level", "component_id"),
        nullable=frozenset({"region_code"}),
        publication=Publication(
            "out_perception",
            "Perçu et mesuré",
            "Fragilité perçue P par acteur et fragilité mesurée F : écart avec son erreur, "
            "quadrant ; une grande région n’a pas de F.",
        ),
    ),
    Table(
        "dim_study",
        "dim",
        "one study",
        "Études : producteur, licence, millésime, données synthétiques ou non.",
        ("study_id", "study_title", "study_year", "producer", "vintage", "licence", "max_age_years",
         "is_synthetic", "disclosure_rule", "file_sha256", "note_fr"),
        ("study_id",),
        view_fr="Études",
    ),
    Table(
        "dim_actor",
        "dim",
        "one actor of one study",
        "Acteurs interrogés : population, mode, terrain, échantillonnage.",
        ("study_id", "actor", "actor_label", "unit_fr", "population_fr", "mode_fr", "field_start",
         "field_end", "sampling_fr", "is_synthetic", "note_fr"),
        ("study_id", "actor"),
        view_fr="Acteurs",
    ),
    Table(
        "dim_question",
        "dim",
        "one question of one study",
        "Questions posées : sujet, type, base, filtre, statistiques.",
        ("study_id", "question_id", "actor", "question_order", "topic", "question_type",
         "question_label", "base_fr", "filter", "statistics", "slides", "is_synthetic",
         "note_fr"),
        ("study_id", "question_id"),
        view_fr="Questions",
    ),
    Table(
        "data_issues",
        "dim",
        "one fault found in a published study",
        "Incohérences relevées dans les documents publiés, avec leur preuve et quoi faire.",
        ("study_id", "issue_order", "severity", "rule_id", "rule_title_fr", "subject",
         "message_fr", "action_fr", "slides", "evidence_fr", "origin_file", "origin_line"),
        ("study_id", "issue_order"),
        view_fr="Incohérences relevées",
    ),
)  # fmt: skip

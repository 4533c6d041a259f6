"""Says in French what the codes of survey results mean; nothing is read or computed here."""

from __future__ import annotations

STATISTICS_FR = {
    "share": "part des réponses",
    "share_net": "part cumulée",
    "share_multi": "part qui cite la réponse (plusieurs possibles)",
    "share_top1": "part de la réponse la plus favorable",
    "share_top2": "part des deux réponses les plus favorables",
    "share_first": "part citée en premier",
    "share_top3_total": "part citée parmi les trois premières",
    "share_band_low": "part des notes basses",
    "share_band_mid": "part des notes moyennes",
    "share_band_high": "part des notes hautes",
    "share_nsp": "part sans opinion",
    "mean": "note moyenne",
    "net_balance": "solde d’opinion",
}
RELIABILITIES_FR = {
    "sufficient": "suffisante (100 réponses et plus)",
    "fragile": "fragile (30 à 99 réponses)",
    "insufficient": "insuffisante (moins de 30 réponses)",
    "unknown": "inconnue : base non imprimée",
}
TESTS_FR = {
    "above": "significativement au-dessus du reste (5 %)",
    "below": "significativement au-dessous du reste (5 %)",
    "no_difference": "pas de différence significative avec le reste (5 %)",
    "not_tested_small_base": "pas de test : trop peu de réponses",
    "not_tested_rare_answer": "pas de test : réponse trop rare",
    "not_tested_no_variance": "pas de test : toutes les réponses sont égales",
    "not_tested_no_value": "pas de test : une des deux valeurs manque",
    "not_tested_base_unknown": "pas de test : une des deux bases n’est pas imprimée",
    "not_tested_no_deviation_printed": "pas de test : aucun écart-type n’est imprimé",
    "not_tested_balance": "pas de test sur les soldes",
    "not_tested_no_national_value": "pas de test : aucune valeur nationale",
}
CONFIDENCES_FR = {
    "certain": "certaine",
    "inferred": "déduite de l’ordre d’un graphique",
    "ambiguous": "ambiguë",
}
FACETS_FR = {
    "value": "",
    "national_value": "Valeur nationale : ",
    "national_diff": "Écart au national : ",
    "moe95": "Marge d’erreur à 95 % : ",
    "ci_low": "Borne basse à 95 % : ",
    "ci_high": "Borne haute à 95 % : ",
    "se": "Erreur type : ",
    "p_value": "p : ",
    "p_adjusted": "p ajusté : ",
    "base_n": "Base : ",
}
NOT_FROM_ANSWERS = (
    "calculé sur des réponses individuelles, qui restent privées : recalculé par la reconstruction "
    "de phare verify, jamais ici"
)

"""Runs every rule over a published study; the rules are in the modules of their subject."""

from __future__ import annotations

from phare_pipeline.survey.consistency import (
    bases,
    claims,
    comparisons,
    figures,
    printings,
    questionnaire,
    relations,
    results,
    sample,
)
from phare_pipeline.survey.consistency.findings import ORDER, Finding, Rule
from phare_pipeline.survey.published.study import PublishedStudy

RULES: tuple[Rule, ...] = (
    *results.RULES,
    *printings.RULES,
    *bases.RULES,
    *sample.RULES,
    *claims.RULES,
    *figures.RULES,
    *comparisons.RULES,
    *relations.RULES,
    *questionnaire.RULES,
)


def check_study(study: PublishedStudy) -> tuple[Finding, ...]:
    """Return all that the rules find, the gravest first, then in the order of rules and pages."""
    found = [finding for rule in RULES for finding in rule.find(study)]
    place = {rule.rule_id: position for position, rule in enumerate(RULES)}
    return tuple(
        sorted(
            found,
            key=lambda f: (ORDER[f.severity], place[f.rule_id], f.slides[:1], f.subject),
        )
    )

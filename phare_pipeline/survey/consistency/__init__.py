"""Finds what a published report cannot mean: figures that contradict each other, or say too little.

Rules are general: each states what must hold of any report, and knows nothing of a certain one.
They read what is printed and correct nothing. A module holds the rules of one subject; `checking`
runs them all.
"""

from phare_pipeline.survey.consistency.checking import RULES, check_study
from phare_pipeline.survey.consistency.findings import Finding, Place, Rule, Severity

__all__ = ["RULES", "Finding", "Place", "Rule", "Severity", "check_study"]

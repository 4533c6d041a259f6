"""The faults known of the report of 2016: which rule finds each, or why none can.

The list was made by readers of the report; the rules do not know it. What is carried from the
tables typed off the report is compared with them byte for byte.
"""

import csv
import importlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.survey.consistency import RULES, Severity, check_study
from phare_pipeline.survey.published.study import load_published_study


@dataclass(frozen=True)
class By:
    """A rule that finds a fault, on a page of it, about something."""

    rule_id: str
    slide: int | None
    subject: str


NO_RULE = str

KNOWN: dict[str, tuple[By, ...] | NO_RULE] = {
    "E01": (
        By("identical_vectors", 33, "entreprises:Q20"),
        By("statistic_of_question", 33, "entreprises:Q20"),
    ),
    "E02": (By("one_value", 67, "entreprises:Q7 · intention"),),
    "E04": (
        By("derived_sum", 50, "entreprises:Q22"),
        By("one_value", 59, "entreprises:Q22 · net"),
    ),
    "E05": (
        By("one_value", 63, "entreprises:Q20 · mobilite"),
        By("one_value", 63, "entreprises:Q20 · dev_eco"),
    ),
    "E07": (
        By("area_of_report", 16, "associations"),
        By("area_claimed", 67, "associations:q_innovation"),
    ),
    "E08": (By("bands_comparable", 62, "fragilite"), By("bands_comparable", 67, "fragilite")),
    "E10": (By("part_of_whole", 27, "usages_du_sol"),),
    "E11": (By("part_of_whole", 27, "co2_parmi_les_gaz"),),
    "E13": (By("figure_one_value", 61, "electricite_renouvelable"),),
    "E14": (By("ratio_of_figures", 10, "pib_par_habitant"),),
    "E16": (By("ratio_far", 27, "intensite_energetique"),),
    "E17": (By("block_shares", 28, "depenses_regionales"),),
    "E19": (By("number_form", 20, "creations_activite"),),
    "E20": (By("number_form", 8, "superficie"), By("number_form", 8, "terrains_agricoles")),
    "E22": (By("unit_of_figure", 22, "taux_natalite"),),
    "E23": (By("value_missing", 21, "surendettement"),),
    "E25": (By("national_only", 26, "numerique"),),
    "E26": (
        By("year_of_figure", 24, "sante"),
        By("year_of_figure", 28, "depenses_regionales"),
        By("unit_of_figure", 28, "depenses_regionales"),
        By("unit_of_figure", 26, "culture"),
    ),
    "E28": (By("ratio_of_figures", 20, "effort_de_recherche"),),
    "E29": (By("figure_one_value", 81, "nombre_indicateurs"),),
    "E31": (
        By("share_of_france", 58, "entreprises_10_salaries"),
        By("universe_share", 76, "entreprises"),
    ),
    "E32": (By("filtered_universe", 42, "entreprises:Q15"),),
    "E34": (
        By("base_on_page", 32, "associations:q24"),
        By("base_on_page", 40, "associations:q14"),
        By("base_on_page", 49, "associations:q25"),
        By("base_on_page", 49, "associations:q26"),
    ),
    "E35": (By("part_of_whole", 71, "habitants_de_18_ans"),),
    "E37": (By("significance_claimed", 59, "entreprises:Q10 · diversite_handicap"),),
    "E38": (By("base_of_segment", 37, "employeuse_250_plus"),),
    "E40": "The column sums to 298 on both of its pages, not to 302: there is no such fault. A sum "
    "above 300 that rounding explains would be named as such by top3_sum.",
    "E41": (By("heading_of_statistic", 54, "associations:q24"),),
    "E43": (By("domain_labels", None, "pauvrete"),),
    "E44": (By("labels_without_values", 17, "entreprises:Q19"),
            By("labels_without_values", 33, "entreprises:Q20")),
    "E46": (By("rank_direction", 19, "taux_actifs"),),
    "E47": (By("unit_of_analysis", 42, "entreprises:Q7"), By("same_thing", 77, "sites_uniques")),
    "E49": (By("segment_classes", 74, "associations:salaries"),),
    "E50": (By("unknown_figure", 60, "2 125"),),
    "E52": (By("value_missing", 9, "identite"),),
    "E53": (
        By("question_identified", 56, "associations:q_innovation"),
        By("question_identified", 59, "entreprises:q_innovation"),
    ),
    "E55": (By("fieldwork", None, "citoyens"), By("fieldwork", None, "entreprises")),
    "E56": (
        By("unattributed", 39, "associations:q13"),
        By("unattributed", 45, "entreprises:Q12"),
        By("unattributed", 47, "entreprises:Q18"),
        By("unattributed", 62, "entreprises"),
    ),
}  # fmt: skip

# Faults of the report that the list does not have.
NEW = (
    By("one_value", 56, "associations:q25 · developper"),
    By("rank_claimed", 58, "entreprises:Q20 · securite"),
    By("margin_claimed", 73, "associations"),
    By("significance_claimed", 31, "citoyens:Q3"),
    By("significance_claimed", 59, "entreprises:Q10 · developpement_economique"),
    By("figure_one_value", 60, "superficie"),
    By("figure_one_value", 61, "gaz_effet_serre"),
    By("figure_one_value", 80, "nombre_regions"),
    By("ratio_of_figures", 10, "pib_par_emploi"),
    By("ratio_of_figures", 55, "part_employeuses_plus_10"),
    By("number_form", 58, "entreprises_10_salaries"),
    By("number_form", 58, "etablissements_10_salaries"),
    By("unit_of_figure", 19, "actifs"),
    By("value_missing", 23, "familles_monoparentales"),
    By("share_of_rate", 22, "part_moins_20_ans"),
    By("share_of_rate", 23, "familles_monoparentales"),
    By("base_on_page", 36, "associations:q10"),
    By("base_on_page", 57, "entreprises:Q20"),
    By("sample_size", 76, "entreprises · hauts-de-france"),
    By("many_dont_know", 15, "citoyens:Q1"),
    By("many_dont_know", 30, "citoyens:Q2"),
    By("segment_classes", 72, "citoyens:engagement"),
    By("year_of_figure", 19, "emploi"),
    By("year_of_figure", 22, "vieillissement"),
    By("year_of_figure", 26, "numerique"),
)


@pytest.fixture(scope="module")
def study(repository):
    return load_published_study(repository / "raw" / "surveys", "phare-2016", load_registry())


@pytest.fixture(scope="module")
def findings(study):
    return check_study(study)


def found(findings, by):
    return [
        f
        for f in findings
        if f.rule_id == by.rule_id
        and by.subject in f.subject
        and (by.slide is None or by.slide in f.slides)
    ]


def test_every_known_fault_has_its_rule_or_its_reason(shared_dir: Path):
    with (shared_dir / "seed_tables/inconsistencies.csv").open(encoding="utf-8") as file:
        listed = [row["id"] for row in csv.DictReader(file)]
    assert sorted(listed) == sorted(KNOWN)


@pytest.mark.parametrize(
    ("fault", "by"),
    [(fault, by) for fault, rules in KNOWN.items() if not isinstance(rules, str) for by in rules],
)
def test_the_rule_finds_the_fault(findings, fault, by):
    assert len(found(findings, by)) == 1, fault


@pytest.mark.parametrize("by", NEW)
def test_the_rules_find_faults_that_nobody_had_listed(findings, by):
    assert len(found(findings, by)) == 1


def test_the_fault_that_is_none(findings, study):
    """What E40 says does not hold: the column makes 298, and no rule complains."""
    column = [
        f.value
        for f in study.results
        if (f.question_id, f.area_id, f.statistic)
        == ("associations:q24", "nord-est", "share_top3_total")
    ]
    assert sum(column) == 298
    assert not [f for f in findings if f.rule_id == "top3_sum"]


def test_every_finding_says_what_where_and_what_to_do(findings):
    assert len(findings) == 95
    for finding in findings:
        assert finding.message_fr and finding.action_fr and finding.places
        assert all(place.file for place in finding.places)
    by_severity = {s: sum(f.severity is s for f in findings) for s in Severity}
    assert by_severity[Severity.HIGH] == 29


def test_rules_that_find_nothing_here_are_known(findings):
    """They hold in this report, whose arithmetic inside a chart is right."""
    silent = {rule.rule_id for rule in RULES} - {f.rule_id for f in findings}
    assert silent == {
        "bands_complete",
        "bands_sum",
        "options_sum",
        "part_of_total",
        "top3_sum",
        "mean_in_bands",
        "gap_claimed",
        "sample_sum",
        "sample_nets",
    }


@pytest.mark.parametrize("tool", ["carry_surveys", "carry_report"])
def test_what_is_carried_is_what_was_typed(tool, study, shared_dir, repository, monkeypatch):
    """The tools give the files in the repository, byte for byte."""
    monkeypatch.syspath_prepend(str(repository / "tools"))
    tables = importlib.import_module(tool).carry(shared_dir / "seed_tables")
    for kind, content in tables.items():
        path = repository / "raw/surveys" / study.codebook.file(kind).path
        assert path.read_bytes() == content, kind


def test_nothing_typed_is_lost(study, shared_dir):
    """1 000 figures: 642 results and 358 other printings; 94 indicator lines; 117 of samples."""
    seed = shared_dir / "seed_tables"

    def count(name):
        with (seed / name).open(encoding="utf-8") as file:
            return sum(1 for _ in csv.DictReader(file))

    assert len(study.results) == count("survey_results_canonical.csv") == 642
    assert len(study.results) + len(study.reprints) == count("survey_results.csv") == 1000
    assert len(study.sample) == count("sample_structure.csv")
    with (seed / "survey_results_canonical.csv").open(encoding="utf-8") as file:
        typed = sorted(float(row["value"]) for row in csv.DictReader(file))
    assert sorted(figure.value for figure in study.results) == typed

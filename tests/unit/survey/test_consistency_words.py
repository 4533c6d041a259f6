"""Rules on samples, claims and questions: right reports and near misses pass, faults are found."""

from dataclasses import replace

import pytest

from phare_pipeline.survey.consistency import RULES, check_study, claims, questionnaire, sample
from phare_pipeline.survey.consistency.findings import (
    ORDER,
    count_fr,
    number_fr,
    pages_fr,
)
from phare_pipeline.survey.published.claims import Claim, ClaimKind
from phare_pipeline.survey.published.labels import PrintedLabel
from phare_pipeline.survey.published.sample import SampleFigure
from phare_pipeline.survey.published.study import PublishedStudy
from tests.unit.survey.report import BOOK, found_by, number, passes, result, study

Q2, Q3, Q19 = "citoyens:Q2", "citoyens:Q3", "entreprises:Q19"


# --- samples --------------------------------------------------------------------------------------
def part(variable, item, text, statistic="share"):
    actor = variable.split(":")[0]
    return SampleFigure(actor, BOOK.actors[actor].areas[0], variable, item, statistic, number(text),
                        text, "%", 72, "certain", "", "published/test-sample.csv", 2)  # fmt: skip


def ages(*texts):
    items = [o.option_id for o in BOOK.variables["citoyens:age"].scale.options if not o.is_missing]
    return tuple(part("citoyens:age", item, text) for item, text in zip(items, texts, strict=True))


def test_categories_make_a_hundred():
    passes(sample.sample_sum, study(sample=ages("11%", "16%", "31%", "18%", "24%")))
    passes(sample.sample_sum, study(sample=ages("11%", "16%", "31%", "18%", "26%")))  # 5 roundings
    found_by(sample.sample_sum, study(sample=ages("11%", "16%", "31%", "18%", "34%")))


def test_a_mean_of_a_sample_is_no_category():
    mean = part("citoyens:age", "age_moyen", "47,7", "mean")
    passes(sample.sample_sum, study(sample=(*ages("11%", "16%", "31%", "18%", "24%"), mean)))
    passes(sample.sample_nets, study(sample=(mean,)))


def actives(net, plus, minus):
    return study(
        sample=(
            part("citoyens:csp", "actifs", net, "share_net"),
            part("citoyens:csp", "csp_plus", plus),
            part("citoyens:csp", "csp_moins", minus),
        )
    )


def test_subtotals():
    passes(sample.sample_nets, actives("58%", "23%", "35%"))
    passes(sample.sample_nets, actives("59%", "23%", "35%"))
    found_by(sample.sample_nets, actives("68%", "23%", "35%"))


def test_a_part_of_a_category():
    million = part("associations:budget", "plus_1000000", "4%", "share_part")
    whole = part("associations:budget", "100000_plus", "14%")
    passes(sample.sample_nets, study(sample=(million, whole)))
    found_by(
        sample.sample_nets, study(sample=(replace(million, value=15.0, value_printed="15%"), whole))
    )


# --- claims ---------------------------------------------------------------------------------------
def claim(kind, of=None, value=None, **changes):
    base = Claim(kind, "associations", "nord-est", "", "", "ensemble", "", value, 58, "phrase",
                 "published/test-claims.csv", 2)  # fmt: skip
    if of is not None:
        names = ("actor", "area_id", "question_id", "item_code", "segment_id", "statistic")
        base = replace(base, **{name: getattr(of, name) for name in names})
    return replace(base, **changes)


NOTES = [
    result(Q19, item, "mean", text)
    for item, text in {
        "mobilite": "6,2",
        "emploi": "5,8",
        "pauvrete": "5,6",
        "culture": "5,6",
    }.items()
]


@pytest.mark.parametrize(("item", "rank"), [(0, 1), (1, 2), (2, 3), (2, 4), (3, 3), (3, 4)])
def test_ranks_in_words_with_ties_in_any_order(item, rank):
    subject = study(*NOTES, claims=(claim(ClaimKind.RANK, NOTES[item], rank),))
    passes(claims.rank_claimed, subject)


@pytest.mark.parametrize(("item", "rank"), [(0, 2), (1, 1), (2, 2)])
def test_wrong_ranks_in_words(item, rank):
    subject = study(*NOTES, claims=(claim(ClaimKind.RANK, NOTES[item], rank),))
    assert f"rang {rank}" in found_by(claims.rank_claimed, subject).message_fr


def above(text, base_n=182, national="46%", **changes):
    own = result(Q2, "emploi", "share_top2", text, base_n=base_n, **changes)
    country = result(Q2, "emploi", "share_top2", national, base_n=2024, area_id="france")
    return study(own, country, claims=(claim(ClaimKind.ABOVE, own),))


def test_a_significant_gap_may_be_called_so():
    passes(claims.significance_claimed, above("62%"))


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (above("50%"), "le test ne le montre pas"),
        (above("30%"), "le test ne le montre pas"),
        (above("62%", base_n=None), "n’est pas imprimée"),
        (above("90%", base_n=23), "la base est de 23"),
        (above("62%", segment_id="engage", base_n=60), "aucun test n’est possible"),
    ],
)
def test_what_may_not_be_called_significant(subject, reason):
    assert reason in found_by(claims.significance_claimed, subject).message_fr


def test_margins():
    passes(claims.margin_claimed, study(claims=(claim(ClaimKind.MARGIN, value=8),)))
    finding = found_by(claims.margin_claimed, study(claims=(claim(ClaimKind.MARGIN, value=3),)))
    assert "8,1" in finding.message_fr


# --- questions ------------------------------------------------------------------------------------
def book_of(question_id, **changes):
    """The codebook with this one question."""
    question = replace(BOOK.questions[question_id], **changes)
    return replace(BOOK, questions={question_id: question})


def test_questions_are_named():
    passes(questionnaire.question_identified, study(codebook=book_of(Q2)))
    found_by(questionnaire.question_identified, study(codebook=book_of(Q2, id_is_printed=False)))


@pytest.mark.parametrize(
    "wording",
    [
        "Objectifs de l’entreprise en matière de partenariat",
        "Évolution des relations de votre entreprise avec l’association partenaire",
        "Partenariats des établissements du territoire",
        "Établissement financier partenaire",
    ],
)
def test_a_question_about_the_unit_of_its_base(wording):
    book = book_of("entreprises:Q12", wording_fr=wording)
    passes(questionnaire.unit_of_analysis, study(codebook=book))


def test_a_question_about_another_unit_than_its_base():
    book = book_of("entreprises:Q12", wording_fr="Objectifs de l’établissement")
    finding = found_by(questionnaire.unit_of_analysis, study(codebook=book))
    assert "établissements" in finding.message_fr and "entreprises" in finding.message_fr


def test_segments_are_of_the_classes_of_their_variable():
    known = {k: s for k, s in BOOK.segments.items() if s.options or s.segment_id == "ensemble"}
    passes(questionnaire.segment_classes, study(codebook=replace(BOOK, segments=known)))
    key = ("associations", "employeuse_250_plus")
    other = {**known, key: BOOK.segments[key]}
    found_by(questionnaire.segment_classes, study(codebook=replace(BOOK, segments=other)))


def with_dates(start, end):
    actor = replace(BOOK.actors["entreprises"], field_start=start, field_end=end)
    return study(codebook=replace(BOOK, actors={"entreprises": actor}))


def test_fieldwork_is_dated_and_its_regions_exist():
    for end in ("2016-01", "2016-01-01", "2017-03"):
        passes(questionnaire.fieldwork, with_dates(end, end))
    assert "avant" in found_by(questionnaire.fieldwork, with_dates("2015-06", "2015-12")).message_fr
    assert "dates" in found_by(questionnaire.fieldwork, with_dates(None, None)).message_fr


def test_a_domain_has_one_name():
    passes(questionnaire.domain_labels, study(codebook=book_of(Q2)))
    two = replace(BOOK, questions={q: BOOK.questions[q] for q in (Q2, Q19)})
    found_by(questionnaire.domain_labels, study(codebook=two))


def test_accents_and_case_make_no_other_name():
    question = BOOK.questions[Q2]
    item = question.items["sante"]
    loud = replace(question, question_id="citoyens:Q9",
                   items={"sante": replace(item, label_fr="SANTE.")})  # fmt: skip
    own = replace(question, items={"sante": item})
    book = replace(BOOK, questions={Q2: own, "citoyens:Q9": loud})
    passes(questionnaire.domain_labels, study(codebook=book))


@pytest.mark.parametrize(
    "label",
    ["La sécurité", "Revenus de 2 000 €", "Bac + 2", "18-24 ans", "Agenda 21", "Les 3 choix"],
)
def test_labels_of_words(label):
    labels = (PrintedLabel(Q19, "securite", 17, label, "l.csv", 2),)
    passes(questionnaire.labels_without_values, study(labels=labels))


@pytest.mark.parametrize("label", ["La sécurité - 5,7", "La sécurité : 44%", "La sécurité (5,7)"])
def test_labels_that_hold_a_figure(label):
    labels = (PrintedLabel(Q19, "securite", 17, label, "l.csv", 2),)
    found_by(questionnaire.labels_without_values, study(labels=labels))


# --- all together ---------------------------------------------------------------------------------
def test_rules_have_ids_of_their_own_and_are_functions_of_the_same_name():
    ids = [rule.rule_id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(rule.find.__name__ == rule.rule_id for rule in RULES)


def test_an_empty_study_has_only_what_its_questionnaire_lacks():
    found = check_study(study())
    assert {finding.rule_id for finding in found} == {
        "universe_share",
        "question_identified",
        "unit_of_analysis",
        "segment_classes",
        "fieldwork",
        "domain_labels",
    }
    assert [ORDER[f.severity] for f in found] == sorted(ORDER[f.severity] for f in found)


def test_every_finding_names_its_own_rule(monkeypatch):
    subject: PublishedStudy = study(*NOTES)
    for rule in RULES:
        assert all(finding.rule_id == rule.rule_id for finding in rule.find(subject))


def test_numbers_for_french_readers():
    assert number_fr(16865) == "16\u202f865"
    assert number_fr(-24.83) == "−24,8"
    assert number_fr(6.0, 1) == "6,0"
    assert [count_fr(n, "chiffre") for n in (1, 2)] == ["1 chiffre", "2 chiffres"]
    assert [pages_fr([3]), pages_fr([17, 3, 17])] == ["page 3", "pages 3, 17"]

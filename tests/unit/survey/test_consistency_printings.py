"""Rules on printings and bases: right reports and near misses pass, faults are found."""

from dataclasses import replace

from phare_pipeline.survey.consistency import bases, printings
from phare_pipeline.survey.consistency.findings import Severity
from phare_pipeline.survey.published.reprints import DIFFERENCE
from tests.unit.survey.report import BOOK, found_by, number, passes, reprint, result, study

Q1, Q2, Q3 = "citoyens:Q1", "citoyens:Q2", "citoyens:Q3"
Q23, Q24, Q10 = "associations:q23", "associations:q24", "associations:q10"
Q7, Q11, Q15, Q19, Q20, Q22 = (
    f"entreprises:{q}" for q in ("Q7", "Q11", "Q15", "Q19", "Q20", "Q22")
)
EMPLOI = result(Q2, "emploi", "share_top2", "46%", slide=30)


# --- one value ------------------------------------------------------------------------------------
def test_the_same_value_elsewhere_passes():
    passes(printings.one_value, study(EMPLOI, reprints=(reprint(EMPLOI, "46%", 63),)))


def test_a_value_printed_more_exactly_elsewhere_passes():
    passes(printings.one_value, study(EMPLOI, reprints=(reprint(EMPLOI, "46,4%", 63),)))
    passes(printings.one_value, study(EMPLOI, reprints=(reprint(EMPLOI, "45,5%", 63),)))


def test_another_value_elsewhere_is_found_with_both_pages():
    finding = found_by(printings.one_value, study(EMPLOI, reprints=(reprint(EMPLOI, "52%", 67),)))
    assert finding.slides == (30, 67)
    assert finding.message_fr == "46% page 30, mais 52% page 67"


def test_figures_of_other_segments_and_areas_are_other_figures():
    others = (
        reprint(EMPLOI, "52%", 67, area_id="france"),
        reprint(EMPLOI, "52%", 67, segment_id="engage"),
    )
    passes(printings.one_value, study(EMPLOI, reprints=others))


def test_a_gap_in_words():
    country = result(Q2, "emploi", "share_top2", "32%", area_id="france")
    gap = reprint(EMPLOI, "14", 59, statistic=DIFFERENCE)
    for text in ("14", "13", "15"):
        near = replace(gap, value=number(text), value_printed=text)
        passes(printings.gap_claimed, study(EMPLOI, country, reprints=(near,)))
    far = replace(gap, value=20.0, value_printed="20")
    finding = found_by(printings.gap_claimed, study(EMPLOI, country, reprints=(far,)))
    assert "46% − 32% = 14" in finding.message_fr


# --- identical charts -----------------------------------------------------------------------------
def means(question, values, slide):
    items = list(BOOK.questions[question].items)
    return [
        result(question, item, "mean", text, slide=slide)
        for item, text in zip(items, values, strict=False)
    ]


VALUES = [f"{4 + i % 8},{i % 10}" for i in range(16)]


def test_the_chart_of_another_question_is_found():
    own = means(Q19, VALUES, 17)
    copy = tuple(reprint(f, f.value_printed, 33, question_id=Q20) for f in own)
    finding = found_by(printings.identical_vectors, study(*own, reprints=copy))
    assert finding.slides == (17, 33)
    assert "16 chiffres" in finding.message_fr


def test_a_repeat_of_the_same_question_passes():
    own = means(Q19, VALUES, 17)
    passes(
        printings.identical_vectors,
        study(*own, reprints=tuple(reprint(f, f.value_printed, 57) for f in own)),
    )


def test_questions_that_agree_on_most_items_pass():
    own = means(Q19, VALUES, 17)
    almost = tuple(reprint(f, f.value_printed, 33, question_id=Q20) for f in own[:-1])
    last = reprint(own[-1], "9,9", 33, question_id=Q20)
    passes(printings.identical_vectors, study(*own, reprints=(*almost, last)))


def test_few_or_uniform_figures_may_be_the_same_by_chance():
    few, flat = means(Q19, VALUES[:8], 17), means(Q19, ["5,0"] * 16, 17)
    for own in (few, flat):
        copy = tuple(reprint(f, f.value_printed, 33, question_id=Q20) for f in own)
        passes(printings.identical_vectors, study(*own, reprints=copy))


def test_a_page_with_statistics_of_another_type_of_question_is_found():
    own = means(Q19, VALUES, 17)
    copy = tuple(reprint(f, f.value_printed, 33, question_id=Q20) for f in own)
    assert "top3_rank" in found_by(printings.statistic_of_question, study(reprints=copy)).message_fr
    passes(
        printings.statistic_of_question,
        study(reprints=(reprint(EMPLOI, "46%", 1), reprint(EMPLOI, "3", 1, statistic=DIFFERENCE))),
    )


# --- headings, attribution, areas, bands ----------------------------------------------------------
def test_headings():
    top3 = result(Q24, "emploi", "share_top3_total", "71%")
    for heading in ("total 3 choix", "Une priorité – total des 3 choix", "TOTAL", ""):
        passes(
            printings.heading_of_statistic,
            study(reprints=(reprint(top3, "71%", 54, heading=heading),)),
        )
    wrong = (reprint(top3, "71%", 54, heading="très+assez fort"),) * 3
    finding = found_by(printings.heading_of_statistic, study(reprints=wrong))
    assert "très+assez fort" in finding.message_fr


def test_figures_that_nobody_can_attribute_are_counted_by_page():
    passes(printings.unattributed, study(replace(EMPLOI, confidence="inferred")))
    unsure = replace(EMPLOI, confidence="ambiguous")
    lost = reprint(EMPLOI, "34%", 62, question_id="", item_code="")
    found = list(printings.unattributed(study(unsure, reprints=(lost, lost))))
    assert [finding.slides for finding in found] == [(30,), (62,)]
    assert "2 chiffres" in found[1].message_fr


def test_an_area_under_the_name_of_another():
    own = result(Q23, "emploi", "share_band_high", "57%")
    passes(
        printings.area_claimed,
        study(reprints=(reprint(own, "57%", 1), reprint(own, "57%", 1, area_claimed="nord-est"))),
    )
    claimed = reprint(own, "57%", 67, area_claimed="hauts-de-france")
    finding = found_by(printings.area_claimed, study(reprints=(claimed,)))
    assert "Nord Est" in finding.message_fr and "Hauts-de-France" in finding.message_fr


def test_a_super_region_in_a_regional_report():
    passes(printings.area_of_report, study(EMPLOI, result(Q7, "en_place", "share", "39%")))
    own = result(Q10, "en_place", "share", "31%", slide=36)
    finding = found_by(printings.area_of_report, study(EMPLOI, own))
    assert finding.subject == "associations" and finding.severity is Severity.HIGH


def test_a_national_figure_of_the_actor_is_no_super_region():
    own = result(Q10, "en_place", "share", "38%", area_id="france")
    passes(printings.area_of_report, study(EMPLOI, own))


def test_bands_side_by_side():
    citizens = result(Q1, "emploi", "share_band_high", "47%", slide=62)
    associations = result(Q23, "emploi", "share_band_high", "57%", slide=62)
    enterprises = result(Q19, "emploi", "share_band_high", "44%", slide=62)
    passes(printings.bands_comparable, study(associations, enterprises))
    passes(printings.bands_comparable, study(citizens, replace(associations, slide=63)))
    finding = found_by(printings.bands_comparable, study(citizens, associations, enterprises))
    assert "citoyens 8-10" in finding.message_fr and "associations 7-10" in finding.message_fr


# --- bases ----------------------------------------------------------------------------------------
def test_a_page_without_its_base():
    passes(bases.base_on_page, study(EMPLOI, replace(EMPLOI, area_id="france", base_from="")))
    finding = found_by(bases.base_on_page, study(replace(EMPLOI, base_from="method")))
    assert finding.message_fr == "Aucune base sous 1 chiffre (page 30)"


def test_segments():
    own = result(Q10, "en_place", "share", "47%", segment_id="employeuse")
    passes(bases.base_of_segment, study(replace(own, base_n=30)))
    assert (
        "29 réponses" in found_by(bases.base_of_segment, study(replace(own, base_n=29))).message_fr
    )
    unknown = found_by(bases.base_of_segment, study(replace(own, base_n=None)))
    assert "base non imprimée" in unknown.message_fr


def filtered(universe, share="39%", whole=16_865):
    return study(
        result(Q7, "en_place", "share", share, universe_n=whole),
        result(Q15, "local", "share_multi", "75%", universe_n=universe),
        result(Q11, "mecenat", "share_multi", "45%", universe_n=universe),
    )


def test_a_filtered_universe_within_half_a_point():
    for universe in (6_577, 6_500, 6_655):
        passes(bases.filtered_universe, filtered(universe))


def test_a_filtered_universe_that_is_another_share():
    finding = found_by(bases.filtered_universe, filtered(6_088))
    assert "36,1" in finding.message_fr and "6\u202f577" in finding.message_fr
    assert Q15 in finding.subject and Q11 in finding.subject


def test_a_filter_without_its_answer_is_not_judged():
    passes(
        bases.filtered_universe,
        study(result(Q15, "local", "share_multi", "75%", universe_n=6_088)),
    )


def test_sample_sizes_are_asked_for_where_there_are_figures():
    passes(bases.sample_size, study(EMPLOI))
    unknown = found_by(bases.sample_size, study(result(Q7, "en_place", "share", "39%")))
    assert unknown.severity is Severity.MEDIUM


def test_the_share_of_universes():
    samples = dict(BOOK.samples)
    key = ("entreprises", "hauts-de-france")
    right = replace(BOOK, samples={**samples, key: replace(samples[key], share_of_france_pct=8)})
    passes(bases.universe_share, study(codebook=right))
    near = replace(BOOK, samples={**samples, key: replace(samples[key], universe_n=16_642)})
    passes(bases.universe_share, study(codebook=near))  # 7,4998 %
    assert "7,6" in found_by(bases.universe_share, study()).message_fr

"""What is shown of results, and an attempt to recompute what is not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from phare_pipeline.survey.codebook import Area, AreaKind
from phare_pipeline.survey.disclosure import attack_results, disclose, reliability_of
from phare_pipeline.survey.protection import WIDTHS, width_of
from phare_pipeline.survey.published import published_rows
from phare_pipeline.survey.results import Disclosure, Provenance, Reliability, Result

MODEST = settings(max_examples=25, deadline=None, derandomize=True)
Q3 = "citoyens:Q3"


def row(value=50.0, base_n=200, **changes):
    defaults = {
        "study_id": "test",
        "actor": "citoyens",
        "area_id": "hauts-de-france",
        "question_id": Q3,
        "item_code": "oui",
        "segment_id": "ensemble",
        "statistic": "share",
        "band": "",
        "unit": "%",
        "provenance": Provenance.COMPUTED,
    }
    return Result(**{**defaults, **changes}, value=value, base_n=base_n)


@pytest.fixture(scope="module")
def thirteen(codebook, registry):
    """The codebook with the 13 regions as areas of the citizens."""
    areas = {
        r.slug: Area(r.slug, r.name_fr, AreaKind.REGION, r.region_code, "")
        for r in registry.study_regions
    }
    areas["france"] = codebook.areas["france"]
    citizens = replace(codebook.actors["citoyens"], areas=tuple(areas))
    return replace(
        codebook,
        areas={**codebook.areas, **areas},
        actors={**codebook.actors, "citoyens": citizens},
    )


# --- thresholds -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("base_n", "reliability", "disclosure"),
    [
        (100, Reliability.SUFFICIENT, Disclosure.SHOWN),
        (99, Reliability.FRAGILE, Disclosure.SHOWN),
        (30, Reliability.FRAGILE, Disclosure.SHOWN),
        (29, Reliability.INSUFFICIENT, Disclosure.SMALL_BASE),
        (11, Reliability.INSUFFICIENT, Disclosure.SMALL_BASE),
        (10, Reliability.INSUFFICIENT, Disclosure.SMALL_CELL),
        (0, Reliability.INSUFFICIENT, Disclosure.SMALL_CELL),
        (None, Reliability.UNKNOWN, Disclosure.SHOWN),
    ],
)
def test_thresholds_are_on_the_unweighted_base(codebook, base_n, reliability, disclosure):
    [shown] = disclose([row(base_n=base_n)], codebook)
    assert (shown.reliability, shown.disclosure) == (reliability, disclosure)
    assert reliability_of(base_n) is reliability
    is_shown = disclosure is Disclosure.SHOWN
    assert shown.value_public == (50.0 if is_shown else None)
    assert bool(shown.reason_fr) is not is_shown
    # Whatever stands beside a hidden figure is void.
    assert shown.base_public == (base_n if is_shown else None)


@pytest.mark.parametrize("actor", ["associations", "entreprises"])
def test_a_cell_of_enterprises_or_associations_holds_three(codebook, actor):
    question = {"associations": "associations:q10", "entreprises": "entreprises:Q7"}[actor]
    two, three = (
        row(
            base_n=n,
            actor=actor,
            question_id=question,
            item_code="en_place",
            area_id="france",
            statistic="share",
        )
        for n in (2, 3)
    )
    assert disclose([two], codebook)[0].disclosure is Disclosure.SMALL_CELL
    assert disclose([three], codebook)[0].disclosure is Disclosure.SMALL_BASE


def test_one_unit_above_85_percent_of_an_amount_is_hidden(codebook):
    below, above = disclose(
        [row(largest_share=0.85), row(base_n=900, largest_share=0.86, area_id="france")], codebook
    )
    assert below.is_shown
    assert above.disclosure is Disclosure.DOMINANT_UNIT
    assert above.base_public is None


def test_a_segment_of_unknown_base_is_hidden_and_everybody_is_flagged(codebook):
    everybody, segment = disclose(
        [row(base_n=None), row(base_n=None, segment_id="engage")], codebook
    )
    assert everybody.is_shown and everybody.reliability is Reliability.UNKNOWN
    assert segment.disclosure is Disclosure.UNKNOWN_BASE


@pytest.mark.parametrize(("mark", "meaning"), [("s", "secret"), ("n.d.", "non disponible")])
def test_what_the_source_hides_keeps_its_mark_and_gets_no_value(codebook, mark, meaning):
    [hidden] = disclose([row(value=None, source_label=mark)], codebook)
    assert hidden.disclosure is Disclosure.SOURCE
    assert f"« {mark} »" in hidden.reason_fr and meaning in hidden.reason_fr
    assert hidden.value is None and hidden.value_public is None


def test_values_are_rounded_once_for_print_and_kept_unrounded(codebook):
    [shown] = disclose([row(value=28.499999999999996)], codebook)
    assert (shown.value, shown.value_public) == (28.499999999999996, 29.0)


def test_doing_it_twice_changes_nothing(codebook, printed):
    once = disclose(published_rows(printed, codebook), codebook)
    assert disclose(once, codebook) == once


def test_the_report_of_2016(codebook, printed):
    rows = disclose(published_rows(printed, codebook), codebook)
    hidden = [r for r in rows if not r.is_shown]
    # 20 figures of associations by size and one of citizens in associations: no base is printed.
    assert len(hidden) == 21
    assert {r.disclosure for r in hidden} == {Disclosure.UNKNOWN_BASE}
    assert all(r.value_public == r.value for r in rows if r.is_shown)
    fragile = {r.question_id for r in rows if r.reliability is Reliability.FRAGILE}
    assert fragile == {"associations:q13", "associations:q15", "associations:q18"}


# --- one answer hidden alone ----------------------------------------------------------------------
def test_a_second_answer_is_hidden_when_the_source_hides_one(codebook):
    rows = [
        row(value=None, item_code="nsp", source_label="s"),
        row(value=29.0, item_code="non"),
        row(value=70.0),
    ]
    nsp, non, oui = disclose(rows, codebook)
    assert nsp.disclosure is Disclosure.SOURCE
    # 100 − 70 − 29 would give it away; with one of the others hidden it lies between 0 and 71.
    assert sorted([non.disclosure, oui.disclosure]) == [Disclosure.SECONDARY, Disclosure.SHOWN]
    assert "recalculé" in (non.reason_fr or oui.reason_fr)


def test_nothing_is_hidden_beside_it_when_the_others_are_not_all_printed(codebook):
    rows = [row(value=None, item_code="nsp", source_label="s"), row(value=70.0)]
    assert disclose(rows, codebook)[1].is_shown


# --- regions of a country -------------------------------------------------------------------------
def regional_rows(answers, areas):
    """Rows of oui/non/nsp in every region and in France, from the answers 0, 1, 2 by region."""
    rows = []
    everybody = np.concatenate(answers)
    for area, codes in [*zip(areas, answers, strict=True), ("france", everybody)]:
        for code, item in enumerate(("oui", "non", "nsp")):
            share = 100.0 * float(np.mean(codes == code))
            rows.append(row(share, codes.size, area_id=area, item_code=item, universe_n=codes.size))
    return rows


def widths_found(rows, codebook):
    """What a reader who knows the shown figures to a point finds of each hidden one: width by key.

    Written anew, on sizes and sums, without the attacker of the product.
    """
    place = {r.key: i for i, r in enumerate(rows)}
    low, high = np.zeros(len(rows)), np.full(len(rows), 100.0)
    for r in rows:
        if r.is_shown:
            low[place[r.key]] = max(0.0, r.value_public - 0.5)
            high[place[r.key]] = min(100.0, r.value_public + 0.5)
    lines, right = [], []
    for area in dict.fromkeys(r.area_id for r in rows):
        line = np.zeros(len(rows))
        line[[place[r.key] for r in rows if r.area_id == area]] = 1.0
        lines.append(line)
        right.append(100.0)
    for item in ("oui", "non", "nsp"):
        line = np.zeros(len(rows))
        for r in rows:
            if r.item_code == item:
                line[place[r.key]] = r.base_n * (-1 if r.area_id == "france" else 1)
        lines.append(line)
        right.append(0.0)
    found = {}
    for r in rows:
        if not r.is_shown:
            target = np.zeros(len(rows))
            target[place[r.key]] = 1.0
            ends = []
            for sign in (1, -1):
                solved = linprog(
                    sign * target, A_eq=lines, b_eq=right, bounds=list(zip(low, high, strict=True))
                )
                assert solved.status == 0
                ends.append(sign * solved.fun)
            found[r.key] = ends[1] - ends[0]
    return found


@pytest.mark.slow
@MODEST
@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.sampled_from([5, 9, 12, 29, 31, 60, 200]), min_size=13, max_size=13),
)
def test_secrets_of_regions_cannot_be_recomputed_from_the_country(thirteen, registry, seed, sizes):
    rng = np.random.default_rng(seed)
    answers = [rng.choice(3, size, p=[0.55, 0.4, 0.05]) for size in sizes]
    areas = [r.slug for r in registry.study_regions]
    rows = disclose(regional_rows(answers, areas), thirteen)
    by_key = {r.key: r for r in rows}
    needed = {tried.key: tried.needed for tried in attack_results(rows, thirteen)}
    assert needed.keys() == {r.key for r in rows if r.disclosure is Disclosure.SMALL_CELL}
    for key, width in widths_found(rows, thirteen).items():
        if key in needed:
            assert width >= needed[key] - 1e-6, key
            # Nothing but the rarity of an answer in the whole country lowers what is needed.
            is_whole = needed[key] == width_of(by_key[key])
            assert is_whole or by_key[key].item_code == "nsp"
    assert all(r.is_shown for r in rows if r.area_id == "france")


def regions_of(sizes, registry, seed=1):
    rng = np.random.default_rng(seed)
    answers = [rng.choice(3, size, p=[0.55, 0.4, 0.05]) for size in sizes]
    return regional_rows(answers, [r.slug for r in registry.study_regions])


def test_nothing_more_is_hidden_for_what_is_only_unreliable(thirteen, registry):
    rows = disclose(regions_of([29, 60, 50, *[70] * 10], registry), thirteen)
    first = registry.study_regions[0].slug
    status = {r.area_id: r.disclosure for r in rows if not r.is_shown}
    assert status == {first: Disclosure.SMALL_BASE}


def test_rounding_protects_a_secret_that_is_a_small_part(thirteen, registry):
    """10 of 2 000: half a point of the country is 100 points of it."""
    rows = disclose(regions_of([10, *[166] * 12], registry), thirteen)
    assert {r.disclosure for r in rows if r.base_n >= 30} == {Disclosure.SHOWN}
    assert min(widths_found(rows, thirteen).values()) > 60


def test_a_secret_that_rounding_does_not_protect_takes_the_cheapest_with_it(thirteen, registry):
    """10 of 41: the others and the country would tell it to within seven points."""
    areas = [r.slug for r in registry.study_regions][:2]
    rng = np.random.default_rng(3)
    answers = [rng.choice(3, size, p=[0.55, 0.4, 0.05]) for size in (10, 31)]
    rows = disclose(regional_rows(answers, areas), thirteen)
    secondary = {r.area_id for r in rows if r.disclosure is Disclosure.SECONDARY}
    assert secondary == {areas[1]}
    assert all(r.is_shown for r in rows if r.area_id == "france")
    # Without it the reader succeeds: the test above can fail.
    leaky = [
        replace(r, disclosure=Disclosure.SHOWN, value_public=float(round(r.value)))
        if r.disclosure is Disclosure.SECONDARY
        else r
        for r in rows
    ]
    assert min(widths_found(leaky, thirteen).values()) < WIDTHS["%"]
    assert any(tried.is_known for tried in attack_results(leaky, thirteen))


# --- numbers of respondents -----------------------------------------------------------------------
def with_answered(rows):
    return [replace(r, base_n_answered=r.base_n - 1) for r in rows]


def test_how_many_answered_is_shown_of_the_country_only_beside_a_secret(thirteen, registry):
    """2 000 less all others would say how many of the last ten did not know."""
    rows = disclose(with_answered(regions_of([10, *[166] * 12], registry)), thirteen)
    assert {r.area_id for r in rows if r.answered_public is not None} == {"france"}
    open_ = disclose(with_answered(regions_of([29, *[166] * 12], registry)), thirteen)
    assert all((r.answered_public is not None) is r.is_shown for r in open_)


def test_the_base_of_a_segment_counts_answers(codebook):
    """Of an area with two associations the bases of segments would say what they are."""

    def of(area, segment, n):
        return row(50.0, n, actor="associations", question_id="associations:q10",
                   item_code="en_place", area_id=area, segment_id=segment)  # fmt: skip

    rows = [
        of("france", "ensemble", 200), of("france", "employeuse", 90),
        of("nord-est", "ensemble", 2), of("hauts-de-france", "employeuse", 89),
    ]  # fmt: skip
    bases = [r.base_public for r in disclose(rows, codebook)]
    assert bases == [200, None, None, None]
    rows[2] = of("nord-est", "ensemble", 3)
    assert [r.base_public for r in disclose(rows, codebook)] == [200, 90, None, 89]

"""The actors' vision: places, great fragilities, agreement; areas are never mixed."""

from dataclasses import replace

import pytest

from phare_pipeline.errors import SourceError
from phare_pipeline.index.agreement import kendall_w
from phare_pipeline.survey.codebook import WHOLE
from phare_pipeline.survey.disclosure import disclose
from phare_pipeline.survey.public import public_rows
from phare_pipeline.survey.published import published_rows
from phare_pipeline.survey.results import Disclosure
from phare_pipeline.survey.vision import agreements, domain_notes


@pytest.fixture(scope="module")
def rows(printed, codebook):
    return disclose(published_rows(printed, codebook), codebook)


@pytest.fixture(scope="module")
def notes(rows, codebook):
    return domain_notes(rows, codebook)


def of(notes, actor, area_id):
    return {n.domain_id: n for n in notes if (n.actor, n.area_id) == (actor, area_id)}


def test_every_actor_area_and_domain_has_its_line(notes, registry):
    areas = {(n.actor, n.area_id) for n in notes}
    assert areas == {
        ("citoyens", "hauts-de-france"),
        ("citoyens", "france"),
        ("associations", "nord-est"),
        ("associations", "france"),
        ("entreprises", "hauts-de-france"),
        ("entreprises", "france"),
    }
    for actor, area_id in areas:
        assert set(of(notes, actor, area_id)) == set(registry.domains)


def test_notes_of_2016_and_the_national_ones(notes):
    """As printed on pages 15 to 17 and 19 to 27."""
    expected = {
        ("citoyens", "hauts-de-france", "emploi"): (7.3, 7.1),
        ("citoyens", "hauts-de-france", "culture"): (5.8, 5.5),
        ("associations", "nord-est", "transition"): (6.1, 5.7),
        ("entreprises", "hauts-de-france", "mobilite"): (6.2, 5.1),
        ("entreprises", "hauts-de-france", "environnement"): (5.1, 4.8),
    }
    for (actor, area_id, domain), (mean, national) in expected.items():
        result = of(notes, actor, area_id)[domain].result
        assert (result.value_public, result.national_value) == (mean, national)


def test_the_five_great_fragilities_of_each_actor(notes):
    def major(actor, area_id):
        own = of(notes, actor, area_id).values()
        return {n.domain_id for n in own if n.is_major}

    # Health ties with economic development in fourth place.
    assert major("citoyens", "hauts-de-france") == {
        "emploi", "securite", "niveau_vie", "dev_eco", "sante",
    }  # fmt: skip
    assert major("associations", "nord-est") == {
        "emploi", "pauvrete", "vieillissement", "dev_eco", "transition",
    }  # fmt: skip
    # Poverty, digital access and culture tie at 5.6.
    assert major("entreprises", "hauts-de-france") == {
        "mobilite", "emploi", "securite", "pauvrete", "numerique", "culture",
    }  # fmt: skip


def test_ties_share_the_smallest_place(notes):
    own = of(notes, "entreprises", "hauts-de-france")
    assert [own[d].place for d in ("mobilite", "emploi", "securite")] == [1, 2, 3]
    assert {own[d].place for d in ("pauvrete", "numerique", "culture")} == {4}
    assert {n.place_of for n in own.values()} == {16}


def test_actors_are_compared_where_they_were_asked(notes):
    region = of(notes, "citoyens", "hauts-de-france")
    assert {n.area_actors for n in region.values()} == {2}
    assert region["emploi"].major_actors == 2 and region["niveau_vie"].major_actors == 1
    alone = of(notes, "associations", "nord-est")
    assert {n.area_actors for n in alone.values()} == {1}


def test_agreement_by_area(notes):
    found = {a.area_id: a for a in agreements(notes)}
    assert set(found) == {"hauts-de-france", "france"}
    region, country = found["hauts-de-france"], found["france"]
    assert region.actors == ("citoyens", "entreprises")
    assert region.common == ("emploi", "securite")
    assert country.actors == ("citoyens", "associations", "entreprises")
    assert "emploi" in country.common
    table = [
        [of(notes, actor, "france")[d].result.value for d in country.domains]
        for actor in country.actors
    ]
    assert country.agreement.w == kendall_w(table, seed=1).w
    assert 0 < country.agreement.low <= country.agreement.high <= 1


def test_a_hidden_mean_has_no_place(rows, codebook):
    key = ("citoyens:Q1", "emploi", "hauts-de-france", WHOLE, "mean")
    hidden = [
        replace(r, disclosure=Disclosure.SMALL_BASE, value_public=None) if r.key == key else r
        for r in rows
    ]
    own = of(domain_notes(hidden, codebook), "citoyens", "hauts-de-france")
    assert own["emploi"].place is None and not own["emploi"].is_major
    assert own["securite"].place == 1 and own["securite"].place_of == 15
    found = {a.area_id: a for a in agreements(domain_notes(hidden, codebook))}
    assert "emploi" not in found["hauts-de-france"].domains


def test_a_mean_that_is_not_printed_keeps_its_line(rows, codebook):
    key = ("citoyens:Q1", "emploi", "hauts-de-france", WHOLE, "mean")
    fewer = [r for r in rows if r.key != key]
    note = of(domain_notes(fewer, codebook), "citoyens", "hauts-de-france")["emploi"]
    assert note.result is None and note.place is None


def test_two_questions_on_fragility_are_refused(rows, codebook):
    twice = replace(codebook.questions["citoyens:Q2"], topic="fragilite")
    book = replace(codebook, questions={**codebook.questions, "citoyens:Q2": twice})
    with pytest.raises(SourceError, match="citoyens:Q1, citoyens:Q2"):
        domain_notes(rows, book)


# --- what readers get -----------------------------------------------------------------------------
def test_public_rows_keep_what_may_be_shown(rows, codebook):
    public = public_rows(rows, codebook)
    assert len(public) == len(rows)
    for private, shown in zip(rows, public, strict=True):
        assert shown.value == private.value_public
        assert shown.base_n == private.base_public
        if private.is_shown:
            assert (shown.se, shown.ci_low) == (private.se, private.ci_low)


def test_a_hidden_figure_takes_all_that_tells_it_away(rows, codebook):
    key = ("citoyens:Q2", "emploi", "hauts-de-france", WHOLE, "share_top2")
    hidden = [
        replace(r, disclosure=Disclosure.SMALL_CELL, value_public=None, base_public=None)
        if r.key == key
        else r
        for r in rows
    ]
    [shown] = [r for r in public_rows(hidden, codebook) if r.key == key]
    assert (shown.value, shown.base_n, shown.universe_n, shown.n_eff) == (None, None, None, None)
    assert (shown.se, shown.moe95, shown.ci_low, shown.ci_high) == (None, None, None, None)
    assert (shown.national_value, shown.diff, shown.p_value, shown.p_adj) == (None,) * 4
    assert shown.test == ""


def test_a_gap_to_a_hidden_national_figure_goes(rows, codebook):
    key = ("citoyens:Q2", "emploi", "france", WHOLE, "share_top2")
    hidden = [
        replace(r, disclosure=Disclosure.SMALL_BASE, value_public=None) if r.key == key else r
        for r in rows
    ]
    region = ("citoyens:Q2", "emploi", "hauts-de-france", WHOLE, "share_top2")
    [shown] = [r for r in public_rows(hidden, codebook) if r.key == region]
    assert shown.value == 46.0
    assert (shown.national_value, shown.diff, shown.p_value) == (None, None, None)


def test_gaps_are_rounded_once(rows, codebook):
    region = ("entreprises:Q19", "mobilite", "hauts-de-france", WHOLE, "mean")
    [shown] = [r for r in public_rows(rows, codebook) if r.key == region]
    assert shown.diff == 1.1

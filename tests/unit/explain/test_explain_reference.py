"""Short references: what is made is read back, and what is no reference is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline.contract.fields import FIELDS
from phare_pipeline.contract.places import (
    FACETS,
    LOWER_FACETS,
    WITHOUT_REFERENCE,
    Kind,
)
from phare_pipeline.contract.reference import Reference, area_of, parse_reference
from phare_pipeline.contract.tables import PUBLISHED_FROM, TABLES
from phare_pipeline.errors import PhareError
from phare_pipeline.explain.reading.units import find_unit, unit_of, units_of
from phare_pipeline.explain.rendering.words import CHANGE_STATUSES_FR, RULES_FR, UNITS_FR
from phare_pipeline.explain.told import is_table, told
from phare_pipeline.index.alternatives import METHODS
from phare_pipeline.registry.loader import TABLES as REGISTRY_TABLES
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Level
from phare_pipeline.steps.edition.uncertainty import FACTOR_LABELS

WORDS = frozenset(kind.value for kind in Kind)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True).filter(lambda n: n not in WORDS)
LENGTHS = {
    Kind.INDEX: 0,
    Kind.AGREEMENT: 0,
    Kind.VISION: 2,
    Kind.PERCEIVED: 2,
    Kind.DISPERSION: 3,
}


@pytest.fixture(scope="module")
def registry():
    return load_registry(REGISTRY_TABLES)


@st.composite
def references(draw):
    is_lower = draw(st.booleans())
    facets = LOWER_FACETS if is_lower else FACETS
    kind = draw(st.sampled_from(sorted(facets)))
    names = draw(st.lists(NAMES, min_size=3, max_size=3))
    subject = ("citoyens", *names[:2]) if kind is Kind.SURVEY else names[: LENGTHS.get(kind, 1)]
    areas = ["D59", "A31", "D2A"] if is_lower else ["HDF", "20R", "FRA", "nord_est"]
    return Reference(
        area=draw(st.sampled_from(areas)),
        year=draw(st.integers(2012, 2030)),
        kind=kind,
        subject=tuple(subject),
        facet=draw(st.sampled_from(sorted(facets[kind]))),
    )


@given(references())
def test_what_is_made_is_read_back(reference):
    assert parse_reference(str(reference)) == reference
    assert parse_reference(str(reference)).place == reference.place


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("HDF-2016-taux_chomage", "out_indicators.value"),
        ("HDF-2016-taux_chomage.rang", "out_indicators.rank"),
        ("20R-2018-domaine:emploi", "out_scores.score"),
        ("HDF-2016-axe:social.haut", "out_scores.score_high"),
        ("HDF-2016-indice.rang_moyen", "out_pareto.average_rank"),
        ("D59-2016-taux_chomage", "out_level_indicators.value"),
        ("A31-2016-indice.rang_moyen", "out_level_pareto.average_rank"),
        ("HDF-2016-paire:GES", "out_pairs.more_fragile_pct"),
        ("FRA-2016-dispersion:departement:index:index", "out_dispersion.weighted_deviation"),
        ("HDF-2016-citoyens:Q1:emploi:mean", "out_survey_results.value"),
        ("HDF-2016-percu:citoyens:indice.ecart", "out_perception.perception_gap"),
    ],
)
def test_a_reference_names_a_published_column(text, column):
    assert str(parse_reference(text)) == text
    assert str(parse_reference(text).place) == column


@pytest.mark.parametrize("facets", [FACETS, LOWER_FACETS], ids=["regions", "below"])
def test_every_facet_is_a_declared_column(facets):
    for places in facets.values():
        for place in places.values():
            assert place.column in TABLES[place.table].columns, place
            assert {name for name, _ in place.equal} <= set(TABLES[place.table].columns), place


def test_no_two_facets_name_one_figure():
    for facets in (FACETS, LOWER_FACETS):
        for kind, places in facets.items():
            assert len(set(places.values())) == len(places), kind


def test_every_published_table_has_references_or_says_why_not():
    facets = (*FACETS.values(), *LOWER_FACETS.values())
    led_to = {place.table for named in facets for place in named.values()}
    published = {table.name for table in TABLES.values() if table.layer == "out"}
    assert published == led_to | WITHOUT_REFERENCE.keys()
    assert not led_to & WITHOUT_REFERENCE.keys()
    for name in PUBLISHED_FROM:
        lines = list(told(name))
        assert is_table([name]) and len(lines) > 1
        assert any("pas de référence" in line for line in lines) is (name in WITHOUT_REFERENCE)
    assert not is_table(["taux_chomage"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HDF-2016", "HDF-2016"),
        ("hauts-de-france-2016-taux_chomage", "hauts-de-france-2016-taux_chomage"),
        ("HDF-16-taux_chomage", "HDF-16-taux_chomage"),
        ("HDF-2016-taux_chomage.prix", "prix"),
        ("D59-2016-taux_chomage.rang", "rang"),
        ("HDF-2016-domaine:emploi:x", "domaine:emploi:x"),
        ("HDF-2016-indice:x", "indice:x"),
        ("HDF-2016-citoyens::x", "citoyens::x"),
        ("D59-2016-citoyens:Q1:emploi", "D59-2016-citoyens:Q1:emploi"),
    ],
)
def test_what_is_no_reference_is_refused(text, found):
    with pytest.raises(PhareError) as caught:
        parse_reference(text)
    assert caught.value.found == found
    assert caught.value.expected


def test_every_territory_has_an_area_of_its_own(registry):
    territories = [
        *registry.study_regions,
        *registry.former_regions.values(),
        *registry.departements.values(),
    ]
    areas = [area_of(territory) for territory in territories]
    assert len(set(areas)) == len(areas)
    assert all(parse_reference(f"{area}-2016-indice").area == area for area in areas)


def test_a_territory_is_found_by_what_references_call_it(registry):
    for level in (Level.REGION, Level.FORMER_REGION, Level.DEPARTEMENT):
        for unit in units_of(registry, level).values():
            assert find_unit(registry, unit.short) == unit
            assert unit_of(registry, parse_reference(f"{unit.short}-2016-indice")) == unit


@pytest.mark.parametrize(
    ("text", "short"),
    [
        # A code of one of the 13 regions is a region's; any other a département's.
        ("32", "HDF"),
        ("D32", "D32"),
        ("59", "D59"),
        ("2a", "D2A"),
        ("Nord", "D59"),
        ("nord-pas-de-calais", "A31"),
        ("bretagne", "BRE"),
        ("A53", "A53"),
        ("20R", "20R"),
        ("FR-20R", "20R"),
        # What ISO 3166-2 called Corse until 2020.
        ("COR", "20R"),
        ("FR-COR", "20R"),
    ],
)
def test_a_territory_is_found_by_code_and_name(registry, text, short):
    assert find_unit(registry, text).short == short


def test_an_unknown_territory_is_refused_with_the_nearest(registry):
    for text, near in (
        ("haut-de-france", "hauts-de-france"),
        ("D99", "D59"),
        ("picardi", "picard"),
    ):
        with pytest.raises(PhareError) as caught:
            find_unit(registry, text)
        assert near in (caught.value.expected or "")


def test_no_indicator_or_method_has_the_name_of_a_component(registry):
    others = {*registry.domains, *registry.axes, *WORDS}
    assert not others & registry.indicators.keys()
    names = [*(method.code for method in METHODS), *FACTOR_LABELS]
    assert all(parse_reference(f"FRA-2016-methode:{name}").subject == (name,) for name in names)


def test_every_figure_of_a_row_has_its_rule_and_unit_in_french():
    """A column that is added says how it follows; a unit that is printed has its French."""
    laid_out = [
        place
        for kind, facets in FACETS.items()
        for place in facets.values()
        if kind is not Kind.SURVEY
        and place.table not in ("out_indicators", "out_normalised", "out_scores", "out_pareto")
    ]
    assert {place.column for place in laid_out} <= RULES_FR.keys()
    silent = {"none", "rank", "note 1-10", "respondents"}
    assert {FIELDS[place.column].unit for place in laid_out} <= UNITS_FR.keys() | silent
    assert set(FIELDS["change_status"].allowed) == CHANGE_STATUSES_FR.keys()

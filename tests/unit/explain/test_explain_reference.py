"""Short references: what is made is read back, and what is no reference is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline.contract.tables import TABLES
from phare_pipeline.errors import PhareError
from phare_pipeline.explain.reference import (
    FACETS,
    Kind,
    Reference,
    area_of,
    parse_reference,
)
from phare_pipeline.registry.loader import TABLES as REGISTRY_TABLES
from phare_pipeline.registry.loader import load_registry

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True).filter(lambda n: n != "indice")


@st.composite
def references(draw):
    kind = draw(st.sampled_from(Kind))
    subject = {
        Kind.INDEX: st.just(()),
        Kind.SURVEY: st.lists(NAMES, min_size=1, max_size=3).map(lambda rest: ("citoyens", *rest)),
    }.get(kind, NAMES.map(lambda name: (name,)))
    return Reference(
        area=draw(st.sampled_from(["HDF", "20R", "FRA", "D59", "A31", "nord_est"])),
        year=draw(st.integers(2012, 2030)),
        kind=kind,
        subject=draw(subject),
        facet=draw(st.sampled_from(sorted(FACETS[kind]))),
    )


@given(references())
def test_what_is_made_is_read_back(reference):
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("HDF-2016-taux_chomage", "out_indicators.value"),
        ("HDF-2016-taux_chomage.rang", "out_indicators.rank"),
        ("20R-2018-domaine:emploi", "out_scores.score"),
        ("HDF-2016-axe:social.haut", "out_scores.score_high"),
        ("HDF-2016-indice.rang_moyen", "out_pareto.average_rank"),
    ],
)
def test_a_reference_names_a_published_column(text, column):
    assert str(parse_reference(text)) == text
    assert parse_reference(text).column == column


def test_every_facet_is_a_declared_column():
    for kind, facets in FACETS.items():
        for column in facets.values():
            if kind is not Kind.SURVEY:
                table, _, name = column.partition(".")
                assert name in TABLES[table].columns, column


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HDF-2016", "HDF-2016"),
        ("hauts-de-france-2016-taux_chomage", "hauts-de-france-2016-taux_chomage"),
        ("HDF-16-taux_chomage", "HDF-16-taux_chomage"),
        ("HDF-2016-taux_chomage.prix", "prix"),
        ("HDF-2016-domaine:emploi:x", "domaine:emploi:x"),
        ("HDF-2016-citoyens::x", "citoyens::x"),
    ],
)
def test_what_is_no_reference_is_refused(text, found):
    with pytest.raises(PhareError) as caught:
        parse_reference(text)
    assert caught.value.found == found
    assert caught.value.expected


def test_every_region_has_an_area_of_its_own():
    registry = load_registry(REGISTRY_TABLES)
    territories = [
        *registry.study_regions,
        *registry.former_regions.values(),
        *registry.departements.values(),
    ]
    areas = [area_of(territory) for territory in territories]
    assert len(set(areas)) == len(areas)
    assert all(parse_reference(f"{area}-2016-indice").area == area for area in areas)


def test_no_indicator_has_the_name_of_a_component():
    registry = load_registry(REGISTRY_TABLES)
    others = {*registry.domains, *registry.axes, Kind.INDEX.value}
    assert not others & registry.indicators.keys()

"""What a report says of a domain: value, gap, rank, direction, doubt, in French that reads well."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markupsafe import Markup

from phare_pipeline.french import NARROW, NO_BREAK
from phare_pipeline.outputs.reports.domains import domain_blocks
from phare_pipeline.outputs.reports.edition import FRANCE
from phare_pipeline.outputs.reports.index_pages import index_pages
from phare_pipeline.outputs.reports.national import national_blocks
from phare_pipeline.outputs.reports.synthesis import synthesis
from phare_pipeline.registry.loader import load_registry
from tests.unit.outputs.reports.report_kit import (
    BRETAGNE,
    CORSE,
    HDF,
    PLAIN,
    Measured,
    area,
    make_edition,
)


def plain(text: Markup) -> str:
    return re.sub(rf"[{NARROW}{NO_BREAK}]", " ", Markup(text).striptags())


def lead(edition, code=HDF, domain="emploi"):
    blocks = {b.domain_id: b for b in domain_blocks(edition, area(edition, code))}
    return plain(blocks[domain].lead)


def doubts(edition, code=HDF):
    blocks = {b.domain_id: b for b in domain_blocks(edition, area(edition, code))}
    return [plain(text) for text in blocks["emploi"].doubts]


def with_changes(name, **changes):
    return [replace(m, changes=changes) if m.name == name else m for m in PLAIN]


def test_a_plural_region_above_france():
    assert lead(make_edition()) == (
        "Les Hauts-de-France sont plus fragiles que la France, avec un indice de 112,3 "
        "(France = 100) : 1er rang du plus au moins fragile parmi 3 régions. "
        "Ce qui fragilise le plus : « Taux de chômage », 12,4 % contre 10,4 % en France (écart de "
        "+2,0 points, 1er rang de fragilité) et « Part des cadres », 7,0 % contre 9,6 % en France "
        "(écart de −2,6 points, 2e rang de fragilité)."
    )


def test_a_feminine_region_below_france_names_what_weighs_and_what_protects():
    assert lead(make_edition(), BRETAGNE) == (
        "La Bretagne est moins fragile que la France, avec un indice de 95,0 (France = 100) : "
        "3e rang du plus au moins fragile parmi 3 régions. Ce qui fragilise le plus : « Part des "
        "cadres », 9,0 % contre 9,6 % en France (écart de −0,6 point, 3e rang de fragilité). "
        "À l’inverse : « Taux de chômage », 8,5 % contre 10,4 % en France (écart de −1,9 point, "
        "3e rang de fragilité)."
    )


def test_a_region_close_to_france():
    assert lead(make_edition(), CORSE).startswith(
        "La Corse est proche de la France, avec un indice"
    )


def test_only_what_protects():
    edition = make_edition([replace(PLAIN[0], notes=(90.0, 90.0, 90.0))])
    assert "Ce qui protège le plus : « Taux de chômage »" in lead(edition)


def test_a_domain_without_a_score_says_why():
    assert lead(make_edition(), domain="logement") == (
        "Domaine non noté : aucun indicateur de ce domaine n’est noté dans cette édition."
    )


def test_a_value_takes_its_unit_unless_the_label_says_it():
    years = replace(PLAIN[0], unit="années", label="Espérance de vie")
    assert "12,4 années contre 10,4 en France" in lead(make_edition([years]))
    per = replace(PLAIN[0], unit="pour 1 000 habitants", label="Faits pour 1 000 habitants")
    assert "12,4 contre 10,4 en France (écart de +2,0," in lead(make_edition([per]))


def test_few_and_old_indicators_are_doubts():
    assert doubts(make_edition()) == [
        "Note fragile : 2 indicateurs notés seulement, sur 4 au registre.",
        "1 des 2 indicateurs notés est antérieur à l’édition, le plus ancien de 2013.",
    ]


def test_one_indicator_and_a_break():
    edition = make_edition([replace(PLAIN[0], changes={"has_break": True})])
    assert doubts(edition) == [
        "Note fragile : 1 seul indicateur noté, sur 1 au registre.",
        "Rupture de série : « Taux de chômage ».",
    ]


def test_many_breaks_are_counted():
    measured = [replace(PLAIN[0], name=f"taux_{n}", changes={"has_break": True}) for n in range(4)]
    assert doubts(make_edition(measured)) == [
        "Ruptures de série : « Taux de chômage », « Taux de chômage » et 2 autres."
    ]


@pytest.mark.parametrize(
    ("status", "word"), [("estimated", "estimé"), ("provisional", "provisoire")]
)
def test_estimated_and_provisional_figures_are_doubts(status, word):
    edition = make_edition(with_changes("taux", value_status=status))
    assert f"1 des 2 indicateurs notés est {word}." in doubts(edition)
    every = [replace(m, changes={"value_status": status}) for m in PLAIN[:2]]
    assert f"Les 2 indicateurs notés sont {word}s." in doubts(make_edition(every))


def test_bounds_are_said_when_something_is_missing():
    edition = make_edition()
    row = edition.score(HDF, "domain", "emploi")
    row["score_low"], row["score_high"] = 95.0, 118.2
    assert doubts(edition)[-1] == (
        "Selon les valeurs manquantes, l’indice pourrait aller de 95,0 à 118,2."
    )


def test_the_index_of_a_region():
    pages = index_pages(edition := make_edition(), area(edition))
    assert plain(pages.summary) == (
        "L’indice de fragilité des Hauts-de-France est de 112,3, au-dessus de la France (100) : "
        "1er rang du plus au moins fragile parmi 3 régions classées."
    )
    assert plain(pages.order) == (
        "Quels que soient les poids des axes, son rang va du 1er au 2e. La Bretagne est moins "
        "fragile sur chacun des axes, d’au moins 6,4 points."
    )


def test_the_index_of_france_names_both_ends():
    pages = index_pages(make_edition(), FRANCE)
    assert plain(pages.summary) == (
        "Les Hauts-de-France ont l’indice le plus haut des 3 régions classées (112,3), "
        "la Bretagne le plus bas (95,0)."
    )


def test_an_unclassified_region_agrees_with_its_name():
    edition = make_edition(scores={"emploi": (None, None, 100.0), "logement": (None, None, None)})
    assert plain(index_pages(edition, area(edition)).summary).startswith(
        "Les Hauts-de-France ne sont pas classés : "
    )
    assert plain(index_pages(edition, area(edition, BRETAGNE)).summary).startswith(
        "La Bretagne n’est pas classée : "
    )


def test_france_without_any_classified_region():
    edition = make_edition(scores=dict.fromkeys(("emploi", "logement"), (None, None, None)))
    assert plain(index_pages(edition, FRANCE).summary).startswith("Aucune région n’est classée")


def test_a_domain_of_france_names_both_ends():
    block = next(iter(national_blocks(make_edition())))
    assert plain(block.lead) == (
        "L’indice des 3 régions notées va de 95,0 (Bretagne) à 112,3 (Hauts-de-France)."
    )


def test_lessons_follow_from_the_scores():
    edition = make_edition(scores={"emploi": (112.3, 95.0, 100.4), "logement": (97.0, 90.0, 85.0)})
    lessons = [plain(text) for text in synthesis(edition, area(edition)).lessons]
    assert lessons == [
        "Les Hauts-de-France sont plus fragiles que la France dans 1 domaine, d’abord "
        "Emploi / chômage / insertion (112,3).",
        "Ils sont moins fragiles dans 1 domaine, d’abord Mal logement (97,0).",
        "Aucune des 3 régions n’est plus fragile dans : Emploi / chômage / insertion et "
        "Mal logement.",
        "Des axes, l’axe économique est celui où l’indice est le plus haut (112,3), l’axe social "
        "celui où il est le plus bas (97,0).",
    ]


def test_what_stands_out_has_one_indicator_an_axis_first():
    many = [
        Measured(f"i{n}", (5.0, 1.0, 2.0), 3.0, f"Indicateur {n}", notes=(110.0 + n, 90.0, 95.0))
        for n in range(12)
    ]
    weak = Measured("w", (5.0, 1.0, 2.0), 3.0, "Faible", "logement", notes=(101.0, 99.0, 98.0))
    edition = make_edition([*many, weak])
    found = synthesis(edition, area(edition)).outstanding
    assert len(found) == 9
    assert [v.axis_id for v in found].count("social") == 1
    assert "Indicateur 11" in {v.line.label.text for v in found}
    assert "Indicateur 0" not in {v.line.label.text for v in found}


def test_every_region_has_its_forms():
    forms = {
        r.name_fr: (r.subject_fr, r.locative_fr, r.genitive_fr)
        for r in load_registry().regions.values()
    }
    assert forms["Hauts-de-France"] == (
        "les Hauts-de-France",
        "dans les Hauts-de-France",
        "des Hauts-de-France",
    )
    assert forms["Bretagne"] == ("la Bretagne", "en Bretagne", "de la Bretagne")
    assert forms["Île-de-France"] == ("l’Île-de-France", "en Île-de-France", "de l’Île-de-France")
    assert forms["Grand Est"] == ("le Grand Est", "dans le Grand Est", "du Grand Est")
    assert forms["La Réunion"] == ("La Réunion", "à La Réunion", "de La Réunion")
    for subject, locative, genitive in forms.values():
        assert locative.split()[0] in ("en", "dans", "à")
        assert genitive.split()[0] in ("de", "du", "des")
        assert subject.split()[0] in ("le", "la", "les", "La", "Mayotte") or subject.startswith(
            "l’"
        )

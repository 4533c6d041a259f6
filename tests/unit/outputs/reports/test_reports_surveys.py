"""Survey blocks: the right area under its own name, hidden figures hidden, order, base, reasons."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from phare_pipeline.french import NARROW, NO_BREAK
from phare_pipeline.outputs.reports.edition import FRANCE
from phare_pipeline.outputs.reports.figures import Figure, Missing
from phare_pipeline.outputs.reports.render import render
from phare_pipeline.outputs.reports.report import build_report
from phare_pipeline.outputs.reports.surveys import survey_blocks
from phare_pipeline.outputs.reports.vision import actor_notes, actor_visions
from tests.unit.outputs.reports.page_kit import parse_page
from tests.unit.outputs.reports.report_kit import BRETAGNE, HDF, area, make_edition
from tests.unit.outputs.reports.survey_kit import RESULTS, result, with_surveys


@pytest.fixture(scope="module")
def edition():
    return with_surveys()


def plain(text) -> str:
    return re.sub(rf"[{NARROW}{NO_BREAK}]", " ", Markup(text).striptags())


def block(edition, part, actor, chosen=None, position=0):
    blocks = survey_blocks(edition, chosen or area(edition), part)
    return [b for b in blocks if b.actor == actor][position]


def shown(line):
    return [plain(cell) if cell is not None else None for cell in line.cells]


def test_items_are_ordered_by_their_share_and_others_come_last(edition):
    found = block(edition, "fragilites", "Citoyens")
    assert [plain(line.label) for line in found.lines] == [
        "Emploi / chômage",
        "Mal logement",
        "Autres thématiques",
    ]
    assert [plain(header) for header in found.columns] == [
        "Notes 8 à 10",
        "Note moyenne",
        "France (note)",
    ]
    assert shown(found.lines[0]) == ["47 %", "7,3", "7,1"]
    assert found.lines[0].reference == "HDF-2016-citoyens:Q1:emploi:share_band_high"


def test_the_base_is_said_with_its_margin(edition):
    assert plain(block(edition, "fragilites", "Citoyens").base) == (
        "Ensemble des répondants : 182 réponses, marge d’erreur d’au plus 7 points"
    )
    unknown = block(edition, "pratiques", "Associations", FRANCE)
    assert plain(unknown.base).endswith("effectif non publié")


def test_a_super_region_is_shown_under_its_own_name_only(edition):
    found = block(edition, "fragilites", "Associations")
    assert plain(found.area) == "Nord Est"
    assert found.is_other_area
    assert found.lines[0].reference.startswith("nord_est-2016-")
    page = render(build_report(edition, area(edition)))
    assert "Nord Est" in page
    assert "qui n’est pas la région" in page


def test_a_region_that_was_not_asked_says_which_areas_were(edition):
    found = block(edition, "fragilites", "Citoyens", area(edition, BRETAGNE))
    assert found.lines == ()
    assert plain(found.reason) == (
        "les résultats publiés de cette étude ne portent que sur : Hauts-de-France "
        "et France entière"
    )
    other = block(edition, "fragilites", "Associations", area(edition, BRETAGNE))
    assert other.lines == ()
    page = parse_page(render(build_report(edition, area(edition, BRETAGNE))))
    figures = [f.attributes.get("data-ref", "") for f in page.all("data")]
    assert not any("citoyens" in f or "associations" in f for f in figures)


def test_france_shows_national_results_without_a_second_column(edition):
    found = block(edition, "fragilites", "Citoyens", FRANCE)
    assert [plain(header) for header in found.columns] == ["Note moyenne"]
    assert shown(found.lines[0]) == ["7,1"]
    assert found.lines[0].reference == "FRA-2016-citoyens:Q1:emploi:mean"


def test_without_a_study_every_block_says_so():
    plain_edition = make_edition()
    for part in ("fragilites", "coconstruction", "pratiques", "avenir"):
        for found in survey_blocks(plain_edition, area(plain_edition), part):
            assert "aucune étude" in found.reason


def test_hidden_figures_stay_hidden_with_their_reason(edition):
    found = block(edition, "coconstruction", "Citoyens", position=1)
    assert plain(found.lines[1].label) == "Non"
    cell = found.lines[1].cells[0]
    assert isinstance(cell, Missing)
    assert cell.reason == "base insuffisante"


def test_segments_stand_apart_from_the_whole(edition):
    found = block(edition, "coconstruction", "Citoyens", position=1)
    assert [plain(line.label) for line in found.lines] == ["Oui", "Non"]
    ((label, cells),) = found.segments.rows
    assert plain(label) == "Engagés"
    assert isinstance(cells[0], Figure)
    assert cells[0].reference == "HDF-2016-citoyens:Q3:oui:share:engage"


def test_a_balance_is_a_total_with_its_sign(edition):
    found = block(edition, "pratiques", "Associations")
    total = found.lines[-1]
    assert total.is_total
    assert shown(total)[0] == "−4 points"


def test_a_difference_is_said_in_words():
    rows = [result("citoyens:Q3", "oui", "share", 70.0, test_outcome="above")]
    found = block(with_surveys(rows), "coconstruction", "Citoyens", position=1)
    assert found.lines[0].difference == "significativement au-dessus de l’ensemble"


def test_synthetic_answers_are_marked():
    rows = [{**row, "is_synthetic": True} for row in RESULTS]
    made_up, real = with_surveys(rows), with_surveys()
    page = render(build_report(made_up, area(made_up)))
    assert page.count("Données synthétiques") > 3
    assert 'class="watermark"' in page
    page = render(build_report(real, area(real)))
    assert "Données synthétiques" not in page
    assert 'class="watermark"' not in page


def test_the_newest_study_counts():
    newer = [{**row, "study_id": "suite", "study_year": 2018, "value": 50.0} for row in RESULTS[:1]]
    base = with_surveys()
    rows = [*RESULTS, *newer]
    edition = with_surveys(rows)
    edition._questions.update({("suite", "citoyens:Q1"): base.question("etude", "citoyens:Q1")})
    edition.rows("dim_study").append({"study_id": "suite", "study_title": "Suite"})
    found = block(edition, "fragilites", "Citoyens")
    assert [shown(line)[0] for line in found.lines] == ["50 %"]


def test_notes_stand_beside_the_indicators(edition):
    citizens, associations, enterprises = actor_notes(edition, area(edition), "emploi")
    assert (plain(citizens.note), plain(citizens.national)) == ("7,3", "7,1")
    assert citizens.reference == "HDF-2016-citoyens:Q1:emploi:mean"
    assert associations.is_other_area
    assert plain(associations.area) == "Nord Est"
    assert enterprises.area is None
    assert "aucune étude" in enterprises.note.reason


def test_visions_put_perceived_and_wanted_side_by_side(edition):
    citizens, associations, enterprises = actor_visions(edition, area(edition))
    assert [c.label.text for c in citizens.fragilities.first] == [
        "Emploi / chômage / insertion",
        "Mal logement",
    ]
    assert citizens.common == ("Mal logement",)
    assert associations.is_other_area
    assert enterprises.reason


def test_a_list_of_some_of_the_domains_is_none(edition):
    """The first of those that a study happens to print need not be the first of all."""
    cut = with_surveys()
    for row in cut.rows("out_survey_results"):
        if row["item_code"] == "logement" and row["statistic"] == "share_band_high":
            row["value"] = None
    citizens, *_ = actor_visions(cut, area(cut))
    assert citizens.fragilities.first == ()
    assert plain(citizens.fragilities.reason).startswith("Part publiée pour 1 domaine sur 2")


@pytest.mark.parametrize("code", [HDF, BRETAGNE, None])
def test_pages_with_surveys_are_valid(edition, code):
    chosen = FRANCE if code is None else area(edition, code)
    page = parse_page(render(build_report(edition, chosen)))
    ids = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for table in page.all("table"):
        assert len({len(row.all("th", "td")) for row in table.all("tr")}) == 1


def test_the_method_says_who_was_asked_and_how_many(edition):
    surveyed = build_report(edition, area(edition)).method.surveyed
    assert [plain(line.actor) for line in surveyed] == ["Citoyens", "Associations"]
    bases = [[plain(cell) for cell in base] for base in surveyed[0].bases]
    assert bases == [
        ["Hauts-de-France", "182", "7 points"],
        ["France entière", "2 024", bases[1][2]],
    ]
    assert "sans effectif" in bases[1][2]

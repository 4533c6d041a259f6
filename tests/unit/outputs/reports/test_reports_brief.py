"""The first screen alone answers: which fragilities, how sure, since when, what is not known."""

from __future__ import annotations

import pyarrow as pa
import pytest

from phare_pipeline.outputs.reports.brief import brief
from phare_pipeline.outputs.reports.edition import FRANCE
from phare_pipeline.outputs.reports.render import render
from phare_pipeline.outputs.reports.report import build_report
from tests.unit.outputs.reports.answers import comparisons, first_screen, plain, wrong_answers
from tests.unit.outputs.reports.answers import wrong_comparisons as wrong
from tests.unit.outputs.reports.page_kit import parse_page
from tests.unit.outputs.reports.report_kit import (
    BRETAGNE,
    CODES,
    HDF,
    PLAIN,
    YEAR,
    Measured,
    area,
    make_edition,
)

LOGEMENT = Measured(
    "logement", (5.0, 1.0, 2.0), 3.0, "Suroccupation", "logement", notes=(97.0, 90.0, 80.0)
)
FEW = {"emploi": (112.3, 95.0, 100.4), "logement": (97.0, 90.0, None)}


def change(level="domain", component="emploi", code=HDF, **more):
    return {
        "region_code": code,
        "year": YEAR,
        "component_level": level,
        "component_id": component,
        "comparison_basis": "previous",
        "compared_edition": YEAR - 1,
        "change_value": 1.25,
        "common_count": 5,
        "repeated_count": 2,
        "change_status": "measured",
        **more,
    }


def with_changes(*rows, **named):
    return make_edition(more={"out_change": pa.Table.from_pylist(list(rows))}, **named)


def page_of(edition, code):
    return parse_page(
        render(build_report(edition, FRANCE if code is None else area(edition, code)))
    )


@pytest.mark.parametrize("code", [*CODES, None])
@pytest.mark.parametrize("scores", [None, FEW], ids=["plain", "few"])
def test_the_first_screen_says_what_the_tables_say(code, scores):
    edition = make_edition([*PLAIN, LOGEMENT], scores=scores)
    for row in edition.rows("out_scores"):
        row["region_name"] = edition.areas[row["region_code"]].name
    assert wrong_answers(page_of(edition, code), edition.rows("out_scores"), code) == []


@pytest.mark.parametrize("code", CODES)
def test_what_the_sentences_compare_is_so(code):
    edition = make_edition()
    page = page_of(edition, code)
    units = {row["indicator_label"]: row["unit"] for row in edition.rows("dim_indicator")}
    assert wrong(page, units) == []
    assert comparisons(page)


def test_close_to_france_is_neither_an_end_nor_an_other():
    edition = make_edition(scores={"emploi": (100.9, 99.1, 101.0), "logement": (None,) * 3})
    briefs = {code: brief(edition, area(edition, code)) for code in CODES}
    assert [len(briefs[code].fragilities) for code in CODES] == [0, 0, 1]
    assert [len(briefs[code].strengths) for code in CODES] == [0, 0, 0]


def test_since_when_is_told_of_renewed_figures_only():
    rows = [
        change(),
        change(comparison_basis="reference", compared_edition=2010, change_status="not_scored"),
        change(code=BRETAGNE, change_value=None, common_count=5, repeated_count=5),
    ]
    edition = with_changes(*rows)
    (told,), _, _ = first_screen(page_of(edition, HDF))
    assert told.since == YEAR - 1
    text = plain(page_of(edition, HDF).all("header")[0])
    assert "+1,3 point depuis 2015 sur 3 indicateurs renouvelés" in text
    _, (same,), _ = first_screen(page_of(edition, BRETAGNE))
    assert same.since == YEAR - 1
    assert "mêmes données qu’en 2015" in plain(page_of(edition, BRETAGNE).all("header")[0])


def test_a_change_over_few_common_indicators_is_not_told():
    few = change("index", "index", change_status="little_in_common", change_value=9.0)
    edition = with_changes(few)
    text = plain(page_of(edition, HDF).all("header")[0])
    assert "Aucune évolution n’est dite" in text
    assert "9,0" not in text


def test_what_is_not_known_names_the_domains():
    edition = make_edition()
    assert "1 domaine non noté : Mal logement." in plain(page_of(edition, HDF).all("header")[0])

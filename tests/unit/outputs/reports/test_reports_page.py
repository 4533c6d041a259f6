"""The page of a report: valid, accessible, without a script, and no number that somebody typed."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pytest

from phare_pipeline import french
from phare_pipeline.contract.reference import parse_reference
from phare_pipeline.outputs.reports import render as module
from phare_pipeline.outputs.reports.edition import FRANCE
from phare_pipeline.outputs.reports.render import render
from phare_pipeline.outputs.reports.report import build_report
from tests.unit.outputs.reports.page_kit import parse_page
from tests.unit.outputs.reports.report_kit import BRETAGNE, CORSE, HDF, area, make_edition

REPORTS = Path(module.__file__).parent
JINJA_OR_TAG = r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>"


@pytest.fixture(scope="module")
def edition():
    return make_edition()


@pytest.fixture(scope="module", params=[HDF, BRETAGNE, CORSE, None])
def page(request, edition):
    chosen = FRANCE if request.param is None else area(edition, request.param)
    return parse_page(render(build_report(edition, chosen)))


def test_no_digit_is_typed_in_a_template():
    for template in REPORTS.rglob("*.j2"):
        text = re.sub(
            r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", "", template.read_text("utf-8"), flags=re.S
        )
        assert not re.search(r"\d", text), template.name


def _french_texts(tree: ast.AST):
    """Yield the string constants with a space that are no docstrings: what readers may see."""
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in statements and " " in node.value:
            yield node.value


def test_no_digit_is_typed_in_a_sentence():
    # `pdf` writes for operators only.
    for file in sorted(set(REPORTS.rglob("*.py")) - {REPORTS / "pdf.py"}):
        tree = ast.parse(file.read_text("utf-8"))
        typed = [t for t in _french_texts(tree) if re.search(r"\d", re.sub(r"<[^>]*>", "", t))]
        assert typed == [], file.name


def test_every_digit_of_a_page_comes_from_somewhere(page):
    def is_sourced(element):
        return (
            "data-src" in element.attributes
            or element.tag in ("time", "title", "style", "svg")
            or element.attributes.get("class") in ("ref", "nd")
        )

    typed = [
        text.strip()
        for text, element in page.texts()
        if re.search(r"\d", text) and not element.has_around(is_sourced)
    ]
    assert typed == []


def test_every_figure_prints_its_value(page):
    figures = page.all("data")
    assert len(figures) > 20
    for figure in figures:
        value = float(figure.attributes["value"])
        digits = re.sub(r"[^\d,]", "", figure.text.replace(french.NARROW, ""))
        if re.search(r"points?$|%|‰|€|^[+−\d]", figure.text):
            decimals = len(digits.partition(",")[2])
            assert float(digits.replace(",", ".")) == pytest.approx(
                abs(value), abs=0.51 * 10**-decimals
            )


def test_references_can_be_read(page, edition):
    references = [f.attributes["data-ref"] for f in page.all("data") if "data-ref" in f.attributes]
    references += [e.text for e in page.all("span") if e.attributes.get("class") == "ref"]
    assert references
    for text in references:
        reference = parse_reference(text)
        assert reference.year == edition.year
        assert str(reference) == text


def test_every_figure_of_a_table_row_has_its_reference_printed(page):
    printed = {e.text for e in page.all("span") if e.attributes.get("class") == "ref"}
    for row in page.all("tr"):
        own = {f.attributes.get("data-ref", "").partition(".")[0] for f in row.all("data")} - {""}
        areas = {reference.split("-")[0] for reference in own}
        # The national report sets two regions beside France: their value has the same name there.
        subject = {reference.split("-", 2)[2] for reference in own}
        assert len(subject) <= 1
        if len(areas) == 1:
            assert own <= printed


def test_france_has_nothing_that_is_said_of_one_region_alone(edition):
    assert any(row["is_in_worst_quarter"] for row in edition.rows("out_indicators"))
    national = parse_page(render(build_report(edition, FRANCE)))
    details = [e.text for e in national.all("span") if e.attributes.get("class") == "detail"]
    assert details
    assert [text for text in details if "quart le plus fragile" in text or "estimé" in text] == []


def test_page_is_one_file_without_script_or_network(page):
    assert page.all("script", "link", "iframe", "object", "img") == []
    assert all("src" not in element.attributes for element in page.walk())
    handlers = [n for element in page.walk() for n in element.attributes if n.startswith("on")]
    assert handlers == []
    style = page.all("style")[0].text
    assert "@import" not in style
    assert "url(" not in style


def test_page_has_language_landmarks_and_headings_in_order(page):
    (html,) = page.all("html")
    assert html.attributes["lang"] == "fr"
    assert len(page.all("main")) == len(page.all("h1")) == len(page.all("nav")) == 1
    levels = [int(h.tag[1]) for h in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), levels
    assert all(h.text.strip() for h in page.all("h1", "h2", "h3", "h4"))


def test_ids_are_unique_and_everything_that_is_named_exists(page):
    ids = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    named = [
        name
        for e in page.walk()
        for attribute in ("aria-labelledby", "aria-describedby")
        for name in (e.attributes.get(attribute) or "").split()
    ]
    named += [
        e.attributes["href"][1:]
        for e in page.all("a")
        if (e.attributes.get("href") or "").startswith("#")
    ]
    assert set(named) <= set(ids)


def test_tables_have_captions_and_scopes(page):
    tables = page.all("table")
    assert tables
    for table in tables:
        assert len(table.all("caption")) == 1
        assert all(cell.attributes.get("scope") in ("col", "row") for cell in table.all("th"))
        widths = {len(row.all("th", "td")) for row in table.all("tr")}
        assert len(widths) == 1, table.all("caption")[0].text


def test_same_tables_same_bytes(edition):
    again = make_edition()
    for code in (HDF, None):
        first = FRANCE if code is None else area(edition, code)
        assert render(build_report(edition, first)) == render(build_report(again, first))


def test_texts_are_escaped():
    edition = make_edition()
    edition.lexicon["taux"]["unit"] = "<b>"
    for row in edition.indicator("taux"):
        row["indicator_label"] = "Taux <script>alert(1)</script> & autres"
    html = render(build_report(edition, area(edition)))
    assert "<script" not in html
    assert "Taux &lt;script&gt;" in html


@pytest.mark.parametrize("name", ["out_scores", "out_pareto", "out_normalised", "out_coverage"])
@pytest.mark.parametrize("code", [HDF, None])
def test_a_table_that_is_missing_leaves_blocks_that_say_so(name, code):
    edition = make_edition(without={name})
    chosen = FRANCE if code is None else area(edition, code)
    parse_page(render(build_report(edition, chosen)))


def test_a_block_without_data_says_why(page):
    absent = [e.text for e in page.all("p") if e.attributes.get("class") == "absent"]
    assert absent
    assert all(len(text.split()) > 4 for text in absent)

"""What a report loses on its way to paper: nothing that is read."""

from __future__ import annotations

import builtins
import re

import pytest

from phare_pipeline.errors import PhareError
from phare_pipeline.outputs.reports.pdf import PACKAGES, pdf_of, print_version
from phare_pipeline.outputs.reports.render import render
from phare_pipeline.outputs.reports.report import build_report
from tests.unit.outputs.reports.page_kit import parse_page
from tests.unit.outputs.reports.report_kit import area, make_edition


@pytest.fixture(scope="module")
def page():
    edition = make_edition()
    return render(build_report(edition, area(edition)))


def words(root, *, without=()):
    """The words of a page, but for those inside elements that only a screen shows."""

    def is_left_out(element):
        name = element.attributes.get("class")
        return element.tag in ("style", "title", "desc", "details") or name in without

    body = root.all("body")[0]
    kept = [text for text, element in body.texts() if not element.has_around(is_left_out)]
    return re.sub(r"\s+", "", "".join(kept))


def test_paper_has_the_same_words_as_the_screen(page):
    on_screen = words(parse_page(page), without=("narrow", "vh", "skip"))
    assert words(parse_page(print_version(page)), without=("vh",)) == on_screen


def test_a_picture_says_its_message_in_its_title(page):
    printed = parse_page(print_version(page))
    titles = [svg.all("title")[0].text for svg in printed.all("svg")]
    messages = [svg.all("desc")[0].text for svg in parse_page(page).all("svg")]
    assert titles
    assert all(any(m in title for m in messages) for title in titles)
    assert all(title.count(". ") >= 1 for title in titles)


def test_a_missing_library_names_the_packages(page, monkeypatch):

    original = builtins.__import__

    def without_pango(name, *arguments, **options):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(PhareError) as refused:
        pdf_of(page)
    assert PACKAGES in str(refused.value)
    assert "libpango-1.0-0" in str(refused.value)

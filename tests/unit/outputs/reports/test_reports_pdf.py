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
        is_twin = element.tag == "details" and name is None
        tags = ("style", "title", "desc", "button", "summary")
        return is_twin or element.tag in tags or bool({*(name or "").split()} & {*without})

    body = (root.all("body") or [root])[0]
    kept = [text for text, element in body.texts() if not element.has_around(is_left_out)]
    return re.sub(r"\s+", "", "".join(kept))


def test_paper_has_the_same_words_as_the_screen(page):
    only_screen = ("narrow", "vh", "skip", "sources", "toggle")
    screen, paper = parse_page(page), parse_page(print_version(page))
    on_screen = words(screen, without=(*only_screen, "fold"))
    assert words(paper, without=("vh", "moved", "annexes")) == on_screen
    folded = [e for e in screen.all("details") if "fold" in (e.attributes.get("class") or "")]
    (annexes,) = (e for e in paper.all("section") if "annexes" in (e.attributes.get("class") or ""))
    behind = words(annexes)
    assert folded
    for fold in folded:
        inside = re.sub(r"\s+", "", "".join(text for text in _read(fold, only_screen)))
        assert inside in behind


def _read(element, without):
    """Yield what is read inside an element, without what only a screen shows."""
    for text, around in element.texts():
        name = around.attributes.get("class")
        if around.tag not in ("summary", "button") and name not in without:
            yield text


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

"""Reports as people meet them: in a browser at two widths, and on paper as a tagged PDF."""

from __future__ import annotations

import json
import re
import subprocess
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from phare_pipeline.cli.main import main
from phare_pipeline.contract.documents import NATIONAL, REPORT
from phare_pipeline.outputs.reports.pdf import pdf_of, print_version
from tests.integration.small import YEAR, Installation

pytestmark = [pytest.mark.system, pytest.mark.slow]

SLUGS = ("hauts-de-france", NATIONAL)


@pytest.fixture(scope="module", params=SLUGS)
def report(request, published_small: Installation) -> Path:
    return published_small.warehouse / "current" / REPORT.path(request.param, YEAR)


@pytest.fixture
def opened(browser: Browser, report: Path):
    """Open the report at a width; it may ask for nothing and say nothing."""
    pages, said, asked = [], [], []

    def at(width: int):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(report.as_uri())
        pages.append(page)
        return page

    yield at
    for page in pages:
        page.close()
    assert said == []
    assert asked == [report.as_uri()] * len(pages)


@pytest.mark.parametrize("width", [400, 1200])
def test_nothing_overflows_and_no_text_is_small(opened, width):
    page = opened(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('main *')]
            .filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 &&
                n.textContent.trim()) && !e.closest('.vh'))
            .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    )
    assert smallest >= 10.9


def test_axe_finds_no_violation(opened, report, node_modules):
    """Some seconds each: the region as on a phone, France as on a screen."""
    page = opened(1200 if NATIONAL in report.parts else 400)
    page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    brief = [(v["id"], v["nodes"][0]["html"][:120]) for v in found]
    assert brief == [], json.dumps(brief, indent=1)


def test_the_contents_lead_to_the_parts(opened):
    page = opened(1200)
    for link in page.locator("nav a").all():
        link.click()
        target = page.locator(str(link.get_attribute("href")))
        assert target.evaluate("e => Math.abs(e.getBoundingClientRect().top)") < 900


def _alternatives(pdf: bytes) -> list[bytes]:
    """Return the alternative texts of a PDF, which stand in its compressed objects."""
    objects = re.findall(rb"/ObjStm.*?stream\r?\n(.*?)endstream", pdf, flags=re.DOTALL)
    return [alt for part in objects for alt in re.findall(rb"/Alt <(\w+)", zlib.decompress(part))]


def test_the_pdf_is_tagged_titled_and_the_same_again(
    published_small, tmp_path, monkeypatch, require_program, capsys
):
    """Corse has the shortest report; the command makes it in a process of its own."""
    for name, value in published_small.environment.items():
        monkeypatch.setenv(name, value)
    assert main(["export", "--format", "pdf", "--region", "corse", "--to", str(tmp_path)]) == 0
    first = Path(capsys.readouterr().out.strip())
    page = published_small.warehouse / "current" / REPORT.path("corse", YEAR)
    assert first.read_bytes() == pdf_of(page.read_text("utf-8"))
    pictures = print_version(page.read_text("utf-8")).count("<svg")
    assert len(_alternatives(first.read_bytes())) == pictures > 1
    pdfinfo = require_program("pdfinfo", "poppler-utils")
    told = subprocess.run([pdfinfo, first], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", told)
    assert "Corse" in told
    structure = subprocess.run(
        [pdfinfo, "-struct-text", first], capture_output=True, text=True, check=True
    ).stdout
    for tag in ("H1", "H2", "Table", "TH", "Link", "L", "Figure"):
        assert re.search(rf"^\s*{tag}\b", structure, flags=re.MULTILINE), tag

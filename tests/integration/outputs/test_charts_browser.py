"""A gallery of all charts in a real browser: no text leaves its picture or meets another."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.unit.outputs.chart_samples import SAMPLES
from tests.unit.outputs.svg_kit import WATERMARK

pytestmark = [pytest.mark.slow, pytest.mark.system]

WIDTHS = (400, 900)

# Boxes of texts as the browser draws them; a turned text is judged by its corners.
MEASURE = """
() => [...document.querySelectorAll("svg")].map(svg => {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].filter(t => t.getAttribute("fill") !== WATERMARK);
  const boxes = texts.map(t => {
    const b = t.getBBox(), m = t.getScreenCTM();
    const at = (x, y) => [m.a * x + m.c * y + m.e - frame.x, m.b * x + m.d * y + m.f - frame.y];
    // The line box is higher than the letters: a fifth above and below is empty.
    const top = b.y + 0.2 * b.height, bottom = b.y + 0.8 * b.height;
    return {
      words: t.textContent,
      turned: t.hasAttribute("transform"),
      corners: [at(b.x, top), at(b.x + b.width, top), at(b.x + b.width, bottom), at(b.x, bottom)],
    };
  });
  return {name: svg.parentElement.id, width: frame.width, height: frame.height, boxes};
})
""".replace("WATERMARK", f"'{WATERMARK}'")


@pytest.fixture(scope="module")
def measured(browser: Browser, tmp_path_factory):
    figures = [
        f'<div id="{name}-{width}">{draw(width, f"{name}-{width}", False).svg}</div>'
        for name, draw in SAMPLES.items()
        for width in WIDTHS
    ]
    page_file = tmp_path_factory.mktemp("gallery") / "gallery.html"
    page_file.write_text(
        f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>Graphiques</title>'
        f"{''.join(figures)}</html>",
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(page_file.as_uri())
    found = page.evaluate(MEASURE)
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map(e => e.id)")
    page.close()
    assert len(ids) == len(set(ids))
    return {picture["name"]: picture for picture in found}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_text_stays_in_its_picture(measured, name, width):
    picture = measured[f"{name}-{width}"]
    assert picture["width"] == width
    assert picture["boxes"]
    outside = [
        box["words"]
        for box in picture["boxes"]
        if not all(
            -0.5 <= x <= picture["width"] + 0.5 and -0.5 <= y <= picture["height"] + 0.5
            for x, y in box["corners"]
        )
    ]
    assert outside == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SAMPLES)
def test_no_upright_text_meets_another(measured, name, width):
    boxes = [box for box in measured[f"{name}-{width}"]["boxes"] if not box["turned"]]
    met = []
    for i, first in enumerate(boxes):
        (left, top), _, (right, bottom), _ = first["corners"]
        for second in boxes[i + 1 :]:
            (left2, top2), _, (right2, bottom2), _ = second["corners"]
            if min(right, right2) - max(left, left2) > 0.5 and (
                min(bottom, bottom2) - max(top, top2) > 0.5
            ):
                met.append((first["words"], second["words"]))
    assert met == []

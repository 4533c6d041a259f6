"""What every chart promises: bytes, words, room, contrast, marks of synthetic data."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from phare_pipeline.outputs.charts import Chart
from tests.unit.outputs.chart_samples import SAMPLES
from tests.unit.outputs.svg_kit import SVG, faint, outside, overlapping, read_svg

WIDTHS = (
    400,
    640,
    pytest.param(320, marks=pytest.mark.slow),
    pytest.param(900, marks=pytest.mark.slow),
)
LEAST_SIZE = 11

every_chart = pytest.mark.parametrize("name", SAMPLES)
every_width = pytest.mark.parametrize("width", WIDTHS)


def draw(
    name: str, width: float = 640, prefix: str = "essai", *, is_synthetic: bool = False
) -> Chart:
    return SAMPLES[name](width, prefix, is_synthetic)


@every_chart
def test_same_data_same_bytes(name):
    assert draw(name) == draw(name)


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_seed_of_hashes():
    code = (
        "import hashlib; from tests.unit.outputs.chart_samples import SAMPLES; "
        "print(hashlib.sha256(repr([d(400, 'a', True) for d in SAMPLES.values()]).encode())"
        ".hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@every_chart
@every_width
def test_no_text_is_cut(name, width):
    assert outside(read_svg(draw(name, width).svg)) == []


@every_chart
@every_width
def test_no_text_runs_into_another(name, width):
    assert overlapping(read_svg(draw(name, width).svg)) == []


@every_chart
@pytest.mark.parametrize("width", [400, 640])
def test_text_is_read_on_what_lies_behind_it(name, width):
    assert faint(read_svg(draw(name, width).svg)) == []


@every_chart
def test_text_is_large_enough(name):
    assert min(t.size for t in read_svg(draw(name).svg).texts) >= LEAST_SIZE


@every_chart
def test_the_picture_is_an_image_with_title_and_description(name):
    chart = draw(name)
    root = ElementTree.fromstring(chart.svg)
    assert root.attrib["role"] == "img"
    by_id = {e.attrib["id"]: e for e in root if "id" in e.attrib}
    title, description = (by_id[i].text for i in root.attrib["aria-labelledby"].split())
    assert title == chart.title_fr
    assert description == chart.alt_fr
    assert (float(root.attrib["width"]), float(root.attrib["height"])) == (
        chart.width,
        chart.height,
    )


@every_chart
def test_ids_begin_with_the_prefix_and_are_unique(name):
    ids = read_svg(draw(name, prefix="rapport-3").svg).ids
    assert len(ids) == len(set(ids))
    assert all(i.startswith("rapport-3-") for i in ids)


@every_chart
def test_nothing_is_loaded_run_or_styled_from_outside(name):
    root = ElementTree.fromstring(draw(name).svg)
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
        "svg", "title", "desc", "defs", "pattern", "g", "rect", "line", "path", "circle", "text",
    }  # fmt: skip
    assert not [a for e in root.iter() for a in e.attrib if "href" in a or a.startswith("on")]


@every_chart
def test_the_alt_text_says_the_message(name):
    chart = draw(name)
    assert len(chart.alt_fr) > 40
    assert re.search(r"\d", chart.alt_fr)
    assert chart.alt_fr.endswith(".")
    assert not re.search(r"\bnan\b|None|\d\.\d", chart.alt_fr)


@every_chart
def test_the_table_is_written_for_french_readers(name):
    table = draw(name).table
    assert table.rows
    cells = [cell for row in (table.headers, *table.rows) for cell in row]
    assert not [c for c in cells if re.search(r"\d\.\d|-\d|\bnan\b|None|'", c)]


@every_chart
def test_title_note_and_source_are_in_the_picture(name):
    chart = draw(name)
    words = read_svg(chart.svg).words.replace(" ", "")
    for text in (chart.title_fr, chart.source_fr, "Lecture\u00a0: une note"):
        assert text.replace(" ", "") in words
    assert chart.source_fr.startswith("Source\u00a0: ")


@every_chart
@every_width
def test_synthetic_data_are_marked_everywhere(name, width):
    chart = draw(name, width, is_synthetic=True)
    picture = read_svg(chart.svg)
    assert chart.is_synthetic
    assert [t for t in picture.texts if t.is_watermark]
    assert picture.words.count("Données synthétiques") >= 1
    assert chart.alt_fr.startswith("Données synthétiques.")
    assert "(données synthétiques)" in chart.title_fr
    assert "Données synthétiques" in chart.source_fr
    assert outside(picture) == []
    assert overlapping(picture) == []


@every_chart
def test_real_data_carry_no_such_mark(name):
    chart = draw(name)
    assert not chart.is_synthetic
    assert (
        "synthétique"
        not in "".join((chart.svg, chart.alt_fr, chart.title_fr, chart.source_fr)).lower()
    )


@every_chart
@pytest.mark.parametrize("width", [319, float("nan"), float("inf")])
def test_a_width_that_cannot_hold_it_is_refused(name, width):
    with pytest.raises(ValueError, match="width"):
        draw(name, width)


@every_chart
@pytest.mark.parametrize("prefix", ["", "1a", "a b", 'a"b'])
def test_a_prefix_that_is_no_id_is_refused(name, prefix):
    with pytest.raises(ValueError, match="prefix"):
        draw(name, prefix=prefix)


@every_chart
def test_the_picture_is_small(name):
    limit = 100_000 if name.endswith("map") else 40_000
    assert len(draw(name).svg.encode()) < limit

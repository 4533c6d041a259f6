"""Maps and tiles: outlines, classes, values."""

from __future__ import annotations

import itertools
import math
import random
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.outputs.charts import (
    Measure,
    PlaceValue,
    departement_map,
    region_map,
    region_tiles,
)
from phare_pipeline.outputs.charts.classes import natural_classes
from phare_pipeline.outputs.charts.geometry import load_contours
from phare_pipeline.outputs.tiles import TILES
from phare_pipeline.registry.loader import load_registry
from tests.unit.outputs.chart_samples import RATE, caption, departements, places
from tests.unit.outputs.svg_kit import assert_readable, read_svg

LONG = "Un nom de région si long qu’il lui faut à coup sûr plusieurs lignes"
REGION_CHARTS = {"map": region_map, "tiles": region_tiles}
every_region_chart = pytest.mark.parametrize("draw", REGION_CHARTS.values(), ids=REGION_CHARTS)


def area(ring) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def names() -> dict[str, str]:
    regions = load_registry().regions.values()
    return {r.region_code: r.name_fr for r in regions if r.perimeter == "metropole"}


# --- outlines ---


def test_outlines_are_those_of_the_registry():
    registry = load_registry()
    metropole = {
        d.departement_code for d in registry.departements.values() if d.perimeter == "metropole"
    }
    assert load_contours("departements").rings.keys() == metropole
    assert load_contours("regions").rings.keys() == names().keys()
    assert load_contours("regions").label_points.keys() == names().keys()
    assert TILES.keys() == names().keys()
    assert len(set(TILES.values())) == 13


def test_a_region_is_the_sum_of_its_departements():
    registry = load_registry()
    departements, regions = load_contours("departements"), load_contours("regions")

    def total(rings) -> float:
        # Holes are no territories of their own level, so that islands add and holes take away.
        first, *others = sorted(map(area, rings), reverse=True)
        return first + sum(others) if others else first

    for code, rings in regions.rings.items():
        members = [
            d.departement_code for d in registry.departements.values() if d.region_code == code
        ]
        summed = sum(total(departements.rings[m]) for m in members)
        assert total(rings) == pytest.approx(summed, rel=0.02), code


def test_outlines_have_the_size_of_france():
    """About 540 000 km² without the islands left out; a unit is 250 m."""
    km2 = sum(area(r) for rings in load_contours("regions").rings.values() for r in rings) / 16
    assert 535_000 < km2 < 550_000


def test_label_points_lie_inside():
    regions = load_contours("regions")
    for code, (x, y) in regions.label_points.items():
        ring = max(regions.rings[code], key=area)
        edges = zip(ring, [*ring[1:], ring[0]], strict=True)
        crossings = sum(
            (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
            for (x1, y1), (x2, y2) in edges
        )
        assert crossings % 2 == 1, code


def test_the_file_of_outlines_is_small_and_names_its_source():
    file = resources.files("phare_pipeline.outputs.charts").joinpath("data/contours.json")
    text = file.read_text("utf-8")
    assert len(text.encode()) < 60_000
    assert all(word in text for word in ("IGN", "Licence Ouverte", "origin_sha256", "https://"))


@pytest.mark.parametrize("draw", [region_map, departement_map])
def test_maps_name_the_source_of_their_outlines(draw):
    chart = draw([PlaceValue("32" if draw is region_map else "59", "Nord", 1.0)], RATE, caption())
    assert "contours IGN, Admin Express (Licence Ouverte)" in chart.source_fr


# --- classes ---


def spread(groups) -> float:
    return sum(sum((v - sum(group) / len(group)) ** 2 for v in group) for group in groups if group)


@pytest.mark.slow
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=9), st.integers(1, 5))
@settings(max_examples=80, deadline=None)
def test_classes_are_the_best_division(values, count):
    """Against every possible division of the different values."""
    classes = natural_classes(values, count)
    different = sorted(set(values))
    k = min(count, len(different))
    assert len(classes.limits) == k
    found = [[v for v in values if low <= v <= high] for low, high in classes.limits]
    assert sorted(itertools.chain(*found)) == sorted(values)
    best = math.inf
    for cuts in itertools.combinations(range(1, len(different)), k - 1):
        edges = [0, *cuts, len(different)]
        groups = [
            [v for v in values if different[a] <= v <= different[b - 1]]
            for a, b in itertools.pairwise(edges)
        ]
        best = min(best, spread(groups))
    assert spread(found) == pytest.approx(best, abs=1e-6)


def test_classes_do_not_depend_on_the_order_of_values():
    values = [float(i * i % 37) for i in range(30)]
    shuffled = values[:]
    random.Random(1).shuffle(shuffled)
    assert natural_classes(values) == natural_classes(shuffled)


def test_equal_values_make_one_class():
    classes = natural_classes([3.0] * 13)
    assert classes.limits == ((3.0, 3.0),)
    assert len(classes.colours) == 1


def test_classes_need_values():
    with pytest.raises(ValueError, match="0 values"):
        natural_classes([])
    with pytest.raises(ValueError, match="6 classes"):
        natural_classes([1.0], 6)


# --- regions ---


@every_region_chart
def test_every_region_shows_its_value(draw):
    values = {code: round(90 + 1.7 * i, 1) for i, code in enumerate(names())}
    rows = [PlaceValue(code, name, values[code]) for code, name in names().items()]
    words = read_svg(draw(rows, Measure("", 1), caption()).svg).words
    for value in values.values():
        assert f"{value:.1f}".replace(".", ",") in words


@every_region_chart
def test_the_table_is_ordered_and_ends_with_what_is_missing(draw):
    table = draw(places(), Measure("", 1, 100), caption()).table
    values = [float(row[1].replace(",", ".")) for row in table.rows[:12]]
    assert values == sorted(values, reverse=True)
    assert table.rows[12] == ("Corse", "n.\u00a0d.\u00a0: axe social non noté")
    assert table.rows[13] == ("France", "100,0")


@every_region_chart
def test_a_missing_value_is_hatched_and_explained(draw):
    chart = draw(places(), Measure("", 1), caption())
    assert "url(#" in chart.svg
    assert "Corse, n.\u00a0d.\u00a0: axe social non noté" in read_svg(chart.svg).words
    assert "Sans valeur\u00a0: Corse." in chart.alt_fr


@every_region_chart
@pytest.mark.parametrize("width", [320, 400, 640, 900])
@pytest.mark.parametrize(
    "rows",
    [
        [PlaceValue("94", "Corse", 0.0)],
        [PlaceValue(code, name, 100.0) for code, name in names().items()],
        [PlaceValue(code, name, None, "rien") for code, name in names().items()],
        [PlaceValue(code, name, math.nan, f"raison {code}") for code, name in names().items()],
        [PlaceValue(code, name, -12345.6 - i) for i, (code, name) in enumerate(names().items())],
    ],
    ids=["one", "tied", "nothing", "reasons", "negative"],
)
def test_regions_at_the_edges(draw, rows, width):
    assert_readable(draw(rows, Measure("€", 0), caption(), highlight="94", width=width).svg)


def test_tiles_hold_long_names():
    rows = [PlaceValue(code, LONG, 1.0) for code in TILES]
    assert_readable(region_tiles(rows, RATE, caption(), width=320).svg)


@every_region_chart
def test_the_highlighted_region_leads_the_text(draw):
    alt = draw(places(), Measure("", 1, 100), caption(), highlight="32").alt_fr
    assert alt.startswith("Hauts-de-France\u00a0: ")
    assert "valeur sur\u00a012." in alt


@every_region_chart
def test_unknown_and_repeated_codes_are_refused(draw):
    with pytest.raises(ValueError, match=r"found \['99'\]"):
        draw([PlaceValue("99", "X", 1.0)], RATE, caption())
    with pytest.raises(ValueError, match=r"found \['94'\]"):
        draw([PlaceValue("94", "Corse", 1.0)] * 2, RATE, caption())
    with pytest.raises(ValueError, match="no territory"):
        draw([], RATE, caption())
    with pytest.raises(ValueError, match="no reason"):
        PlaceValue("94", "Corse", None)


# --- départements ---


def test_the_map_of_departements_names_the_extremes_and_enlarges_paris():
    chart = departement_map(departements(), RATE, caption())
    words = read_svg(chart.svg).words
    assert "Paris et petite couronne" in words
    values = sorted((p.value, p.label) for p in departements() if p.value is not None)
    assert f"{values[-1][1]}\u00a0: " in words
    assert f"{values[0][1]}\u00a0: " in words
    assert len(chart.table.rows) == 97


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize(
    "rows",
    [
        [PlaceValue("2A", "Corse-du-Sud", 0.0)],
        [PlaceValue(p.key, p.label, 1.0) for p in departements()],
        [PlaceValue(p.key, p.label, None, "rien") for p in departements()],
    ],
    ids=["one", "tied", "nothing"],
)
def test_departements_at_the_edges(rows, width):
    assert_readable(departement_map(rows, RATE, caption(), highlight="94", width=width).svg)

"""The charts of the actors: perception against measures, notes, bands."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from phare_pipeline.outputs.charts import (
    ActorNotes,
    BandItem,
    DomainView,
    Note,
    Plane,
    actor_notes,
    perception_quadrant,
    stacked_bands,
)
from tests.unit.outputs.chart_samples import (
    BANDS,
    DOMAINS,
    band_items,
    caption,
    panels,
    views,
)
from tests.unit.outputs.svg_kit import assert_readable, read_svg

LONG = "Un nom de domaine si long qu’il lui faut à coup sûr plusieurs lignes pour être lu"
LABELS = [label for label, _, _ in DOMAINS]


def view(label: str, measured: float | None, perceived: float | None, **more) -> DomainView:
    return DomainView(label, "social", "Social", measured, perceived, **more)


# --- perceived against measured ---


@pytest.mark.parametrize(
    ("measured", "perceived", "corner"),
    [(110, 105, "reconnue"), (110, 95, "méconnue"), (95, 105, "ressentie"), (95, 95, "faible"),
     (100, 97, "faible"), (100, 100, "non distinguable")],
)  # fmt: skip
def test_the_four_fields(measured, perceived, corner):
    chart = perception_quadrant(
        "les citoyens", [view("Santé", measured, perceived, error=1.0)], caption()
    )
    assert chart.table.rows == (("Santé", f"{measured},0", f"{perceived},0", corner),)


def test_the_field_shows_the_place_of_the_value():
    both = [view("A", 110, 105, error=1.0), view("B", 90, 95, error=1.0)]
    picture = read_svg(perception_quadrant("les citoyens", both, caption()).svg)
    squares = [s.polygons[0] for s in picture.shapes if s.fill == "#8f5f00"][-2:]
    (ax, ay), (bx, by) = ((sum(p[0] for p in s) / 4, sum(p[1] for p in s) / 4) for s in squares)
    assert ax > bx
    assert ay < by


def test_an_unknown_error_is_never_sure():
    one = [view("Santé", 130, 130)]
    chart = perception_quadrant("les entreprises", one, caption())
    assert chart.table.rows[0][3] == "non distinguable"
    assert "non distinguable de celle de la France" in chart.alt_fr
    assert "Fragilités mesurées et perçues" not in chart.alt_fr


def test_a_perception_near_france_is_hollow_and_said():
    sure = view("Santé", 110, 105, error=2.0)
    unsure = view("Logement", 110, 101, error=2.0)
    chart = perception_quadrant("les citoyens", [sure, unsure], caption())
    assert chart.table.rows[1][3] == "non distinguable"
    assert "non distinguable de celle de la France\u00a0: Logement." in chart.alt_fr
    assert "perception non distinguable de la France" in read_svg(chart.svg).words


def test_a_missing_value_is_listed_with_its_reason():
    chart = perception_quadrant("les citoyens", views(), caption())
    row = next(r for r in chart.table.rows if r[0] == "Mal logement")
    assert row[1:] == ("n.\u00a0d.", "110,5", "n.\u00a0d.\u00a0: indice non calculé")
    assert "Mal logement, n.\u00a0d.\u00a0: indice non calculé" in read_svg(chart.svg).words


def test_names_give_way_to_numbers_where_they_find_no_room():
    crowd = [
        view(f"Domaine numéro {i} au nom assez long", 104 + i % 4, 104 + i // 4) for i in range(16)
    ]
    chart = perception_quadrant("les citoyens", crowd, caption(), width=320)
    words = assert_readable(chart.svg).words
    assert "16\u00a0– Domaine" in words


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize(
    "found",
    [
        [view("Santé", 100, 100)],
        [view(f"Domaine {i}", 100, 100) for i in range(16)],
        [view("Santé", math.nan, 100, reason=LONG), view("Logement", 90, None, reason="vide")],
        [view(LONG, 110, 90), view("Anticonstitutionnellement" * 3, 90, 110)],
        [view("a", -5, -3), view("b", 0, 0)],
    ],
    ids=["one", "tied", "nothing", "long", "negative"],
)
def test_quadrants_at_the_edges(found, width):
    assert_readable(perception_quadrant("les citoyens", found, caption(), width=width).svg)


def test_other_axes_carry_their_own_words_and_reference():
    plane = Plane("Indice", "Note moyenne (1 à 10)", 100, 6.2, 2)
    chart = perception_quadrant(
        "les citoyens", [view("Santé", 110, 6.1, error=0.01)], caption(), plane=plane
    )
    assert chart.table.headers == ("Domaine", "Indice", "Note moyenne (1 à 10)", "Lecture")
    assert chart.table.rows[0] == ("Santé", "110,00", "6,10", "méconnue")


def test_a_quadrant_needs_reasons_and_known_axes():
    with pytest.raises(ValueError, match="no domain"):
        perception_quadrant("les citoyens", [], caption())
    with pytest.raises(ValueError, match="no reason"):
        view("Santé", None, 100)
    with pytest.raises(ValueError, match="axis"):
        DomainView("Santé", "autre", "Autre", 1, 1)


# --- notes of the actors ---


def test_the_table_of_notes_says_area_france_and_gap():
    notes = ActorNotes(
        "Citoyens", "Bretagne", "182", (Note(7.3, 7.1, False), Note(6, 5, True), Note(5, None))
    )
    table = actor_notes(["a", "b", "c"], [notes], caption()).table
    assert table.headers == ("Domaine", "Citoyens, Bretagne", "Citoyens, France", "Écart")
    assert table.rows == (
        ("a", "7,3", "7,1", "+0,2 (non significatif)"),
        ("b", "6,0", "5,0", "+1,0 (significatif)"),
        ("c", "5,0", "n.\u00a0d.", "n.\u00a0d."),
    )


def test_only_a_significant_difference_is_bold_and_has_an_arrow():
    notes = ActorNotes("Citoyens", "Bretagne", "", (Note(7.3, 7.1, False), Note(4.2, 5, True)))
    words = read_svg(actor_notes(["a", "b"], [notes], caption()).svg).words
    assert "▼\u00a04,2" in words
    assert "▲\u00a07,3" not in words


def test_the_notes_name_the_area_that_was_asked():
    chart = actor_notes(LABELS, panels(), caption())
    assert "Associations (super-région Nord Est)" in chart.alt_fr
    assert "super-région" in read_svg(chart.svg).words


@pytest.mark.parametrize("width", [320, 400, 640])
@pytest.mark.parametrize(
    "actors",
    [
        [ActorNotes("Citoyens", "Corse", "", (Note(5.0, 5.0),))],
        [replace(p, notes=(Note(None, None, reason=LONG),)) for p in panels()],
        [replace(p, label=LONG, area=LONG, notes=(Note(10.0, 1.0, True),)) for p in panels()],
        [replace(p, notes=(Note(math.nan, 4.0, reason="rien"),)) for p in panels()],
    ],
    ids=["one", "nothing", "long", "missing"],
)
def test_notes_at_the_edges(actors, width):
    assert_readable(actor_notes([LONG], actors, caption(), width=width).svg)


def test_notes_must_be_one_for_each_domain():
    with pytest.raises(ValueError, match="found 1 notes, expected 2"):
        actor_notes(["a", "b"], [ActorNotes("C", "B", "", (Note(1.0, 1.0),))], caption())
    with pytest.raises(ValueError, match="expected some"):
        actor_notes([], [], caption())
    with pytest.raises(ValueError, match="no reason"):
        Note(None, 5.0)


# --- bands ---


def test_bands_are_as_long_as_their_shares():
    item = BandItem("Emploi", (20, 30, 40), 10)
    picture = read_svg(stacked_bands(BANDS, [item], caption()).svg)
    bars = [
        float(e.attrib["width"])
        for e in picture.root.iter()
        if e.tag.endswith("rect") and e.attrib.get("height") == "18"
    ]
    assert [b / sum(bars) for b in bars] == pytest.approx([0.2, 0.3, 0.4, 0.1], abs=1e-3)


def test_the_table_of_bands_equals_the_shares():
    table = stacked_bands(BANDS, band_items(), caption()).table
    assert table.headers == ("Item", *BANDS, "Ne sait pas")
    first = band_items()[0]
    assert table.rows[0] == (
        first.label, *(f"{s}\u202f%" for s in first.shares), f"{first.unknown}\u202f%"
    )  # fmt: skip
    assert table.rows[4][1].startswith("n.\u00a0d.\u00a0: base insuffisante")


def test_bands_without_those_who_do_not_know_have_no_such_column():
    table = stacked_bands(BANDS, [BandItem("Emploi", (20, 30, 50))], caption()).table
    assert table.headers == ("Item", *BANDS)


@pytest.mark.parametrize(
    ("shares", "unknown", "message"),
    [
        ((20, 30, 40), None, "90 % in all"),
        ((20, 30, 60), 5, "115 % in all"),
        ((-1, 51, 50), None, "numbers from 0"),
        ((math.nan, 50, 50), None, "numbers from 0"),
        (None, None, "no reason"),
    ],
)
def test_shares_that_cannot_be_are_refused(shares, unknown, message):
    with pytest.raises(ValueError, match=message):
        BandItem("Emploi", shares, unknown)


def test_every_item_has_every_band():
    with pytest.raises(ValueError, match="found 2 shares, expected 3"):
        stacked_bands(BANDS, [BandItem("Emploi", (50, 50))], caption())
    with pytest.raises(ValueError, match="0 items"):
        stacked_bands(BANDS, [], caption())


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize(
    "items",
    [
        [BandItem("Emploi", (0, 0, 100), 0)],
        [BandItem(LONG, (33.3, 33.3, 33.4), 0.0) for _ in range(5)],
        [BandItem("Emploi", None, reason=LONG * 2)],
        [BandItem("Emploi", (99, 1, 0), 0.4)],
    ],
    ids=["one", "tied", "nothing", "thin"],
)
def test_bands_at_the_edges(items, width):
    assert_readable(stacked_bands(BANDS, items, caption(), width=width).svg)


@pytest.mark.parametrize("count", [1, 2, 4, 5])
def test_bands_of_other_numbers(count):
    shares = tuple([100 / count] * count)
    names = [f"bande {k}" for k in range(count)]
    assert_readable(stacked_bands(names, [BandItem("Emploi", shares)], caption()).svg)

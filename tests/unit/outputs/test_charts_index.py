"""The charts of the index: rank intervals, dominance, contributions, profile."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.outputs.charts import (
    Contribution,
    DomainPoint,
    RankInterval,
    Ranks,
    Unit,
    contributions,
    domain_profile,
    hasse_diagram,
    rank_intervals,
)
from phare_pipeline.outputs.charts.layered import (
    Spaces,
    check_order,
    lay_out,
    layers_of,
    reduce_order,
)
from tests.unit.outputs.chart_samples import (
    caption,
    contribution_parts,
    interval_units,
    order_units,
    profile_points,
)
from tests.unit.outputs.svg_kit import assert_readable, read_svg

LONG = "Un nom de territoire ou d’indicateur si long qu’il lui faut à coup sûr plusieurs lignes"
WORD = "Anticonstitutionnellementissimement" * 2


# --- rank intervals ---


def test_rank_intervals_are_ordered_and_their_table_says_the_same():
    table = rank_intervals(interval_units()[::-1], caption()).table
    assert table.rows[0] == ("Hauts-de-France", "1er", "1er", "2e", "1er", "5e")
    assert table.rows[2][0] == "Provence-Alpes-Côte d’Azur"
    assert table.rows[-1][:2] == ("Normandie", "n.\u00a0d.\u00a0: axe social non noté")
    assert len(table.rows) == 13


def test_an_unclassified_region_has_words_and_no_mark():
    units = [RankInterval("a", "Corse", None, reason="axe social non noté")]
    chart = rank_intervals(units, caption())
    picture = assert_readable(chart.svg)
    assert "axe social non noté" in picture.words
    assert chart.alt_fr == "Aucune région n’est classée."
    assert len([e for e in picture.root.iter() if e.tag.endswith("circle")]) == 1  # the key's


def test_the_highlighted_region_leads_the_alt_text():
    alt = rank_intervals(interval_units(), caption(), highlight="COR").alt_fr
    assert alt.startswith(
        "Corse\u00a0: rang médian 2e sur\u00a012 du plus au moins fragile, 1er à\u00a04e"
    )
    assert "Normandie n’est pas classée." in alt


def test_a_rank_interval_must_be_in_order():
    with pytest.raises(ValueError, match="ranks from 1 in order"):
        Ranks(3, 4, 5, 1, 6)
    with pytest.raises(ValueError, match="ranks from 1 in order"):
        Ranks(1, 0, 5, 1, 6)
    with pytest.raises(ValueError, match="no reason"):
        RankInterval("a", "Corse", None)


def test_rank_intervals_of_no_region_are_refused():
    with pytest.raises(ValueError, match="no unit"):
        rank_intervals([], caption())


@pytest.mark.parametrize(
    "units",
    [
        [RankInterval("a", "Corse", Ranks(1, 1, 1, 1, 1))],
        [RankInterval(str(i), f"Région {i}", Ranks(1, 1, 13, 1, 13)) for i in range(13)],
        [
            RankInterval("a", LONG, Ranks(1, 1, 2, 1, 2)),
            RankInterval("b", WORD, Ranks(2, 1, 2, 1, 2)),
        ],
        [RankInterval("a", "Corse", None, reason=LONG * 3)],
    ],
    ids=["one", "tied", "long", "long reason"],
)
@pytest.mark.parametrize("width", [320, 640])
def test_rank_intervals_at_the_edges(units, width):
    assert_readable(rank_intervals(units, caption(), highlight="a", width=width).svg)


# --- dominance ---

CHAIN = [[False, True, True], [False, False, True], [False, False, False]]


def test_the_transitive_reduction_keeps_covers_only():
    assert reduce_order(CHAIN) == [(0, 1), (1, 2)]
    assert layers_of(CHAIN) == [0, 1, 2]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[True]], "strict order"),
        ([[False, True], [True, False]], "strict order"),
        ([[False, True]], "cells"),
        ([[False, True, False], [False, False, True], [False, False, False]], "all below"),
    ],
)
def test_what_is_no_order_is_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        check_order(matrix)


@st.composite
def orders(draw):
    n = draw(st.integers(1, 13))
    points = draw(st.lists(st.tuples(*[st.integers(0, 6)] * 3), min_size=n, max_size=n))
    return [
        [all(x >= y for x, y in zip(a, b, strict=True)) and a != b for b in points] for a in points
    ]


@pytest.mark.slow
@given(orders(), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_every_line_leads_down_and_boxes_keep_apart(order, per_row):
    spaces = Spaces(left=50, right=700, unit=90, beside=50, lane=10, outside=38)
    layout = lay_out(order, range(len(order)), spaces, per_row)
    row_of = {unit: index for index, row in enumerate(layout.rows) for unit in row}
    assert sorted(row_of) == list(range(len(order)))
    assert set(layout.ways) == set(reduce_order(order))
    for (above, below), way in layout.ways.items():
        assert [row for _, row in way] == list(range(row_of[above], row_of[below] + 1))
    for index, row in enumerate(layout.rows):
        places = [layout.x[unit, index] for unit in row]
        assert all(b - a >= 90 - 1e-6 for a, b in itertools.pairwise(places))
        assert all(50 - 1e-6 <= x <= 700 + 1e-6 for x in places)


def test_hasse_table_names_all_above_and_below():
    units = [Unit("a", "A"), Unit("b", "B"), Unit("c", "C")]
    table = hasse_diagram(units, CHAIN, caption()).table
    assert table.rows == (("A", "B, C", "aucun"), ("B", "C", "A"), ("C", "aucun", "A, B"))


def test_hasse_says_how_many_pairs_compare_and_who_is_apart():
    units = [Unit("a", "A"), Unit("b", "B"), Unit("c", "C")]
    order = [[False, True, False], [False] * 3, [False] * 3]
    chart = hasse_diagram(units, order, caption(), highlight="a")
    assert chart.alt_fr.startswith("33\u202f% des paires se comparent sur tous les axes (1 sur 3).")
    assert "A est plus fragile que B et moins fragile qu’aucune" in chart.alt_fr
    assert "C" in chart.alt_fr
    assert "Comparables à aucune autre" in assert_readable(chart.svg).words


@pytest.mark.parametrize("n", [1, 2, 13])
@pytest.mark.parametrize("width", [320, 900])
def test_hasse_of_units_that_are_all_tied(n, width):
    units = [Unit(str(i), f"Région numéro {i}") for i in range(n)]
    chart = hasse_diagram(units, [[False] * n for _ in range(n)], caption(), width=width)
    assert "Aucune n’est plus fragile" in chart.alt_fr
    assert_readable(chart.svg)


@pytest.mark.parametrize("width", [320, 900])
def test_hasse_of_a_chain_with_long_names(width):
    n = 6
    units = [Unit(str(i), LONG if i % 2 else WORD) for i in range(n)]
    order = [[r < q for q in range(n)] for r in range(n)]
    assert_readable(hasse_diagram(units, order, caption(), highlight="2", width=width).svg)


@pytest.mark.slow
@given(orders(), st.sampled_from([320, 400, 640]))
@settings(max_examples=30, deadline=None)
def test_hasse_of_any_order_is_readable(order, width):
    units = [Unit(str(i), f"Région-du-Nord-{i}") for i in range(len(order))]
    assert_readable(hasse_diagram(units, order, caption(), width=width).svg)


def test_hasse_needs_a_row_for_each_unit():
    with pytest.raises(ValueError, match="1 units and 3 rows"):
        hasse_diagram([Unit("a", "A")], CHAIN, caption())
    with pytest.raises(ValueError, match="0 units"):
        hasse_diagram([], [], caption())


def test_hasse_emphasises_the_lines_of_one_unit():
    units, order = order_units()
    plain = hasse_diagram(units, order, caption()).svg
    strong = hasse_diagram(units, order, caption(), highlight="PAC").svg
    assert 'stroke-width="2.2"' not in plain
    assert 'stroke-width="2.2"' in strong


# --- contributions ---


def test_contributions_are_ordered_and_add_up_in_the_table():
    score, domains, indicators = contribution_parts()
    table = contributions(score, domains, indicators, caption()).table
    points = [d.points for d in domains if d.points is not None]
    written = [row[2] for row in table.rows if row[0] == "Domaine"]
    assert written[0] == f"+{max(points):.2f}".replace(".", ",")
    assert written[-1].startswith("n.\u00a0d.")
    total = next(row for row in table.rows if row[0] == "Ensemble")
    assert total[2] == f"{sum(points):+.2f}".replace(".", ",").replace("-", "−")
    assert [row[1] for row in table.rows if row[0] == "Indicateur"] == [
        i.label.replace("100 000", "100\u202f000") for i in indicators
    ]


def test_contributions_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="expected F"):
        contributions(101, [Contribution("a", 0.5)], [], caption())


def test_bars_leave_from_zero_and_are_as_long_as_their_values():
    parts = [Contribution("a", 2.0), Contribution("b", -1.0), Contribution("c", 0.0)]
    chart = contributions(101, parts, [], caption())
    bars = [
        (float(e.attrib["x"]), float(e.attrib["width"]))
        for e in read_svg(chart.svg).root.iter()
        if e.tag.endswith("rect") and e.attrib.get("height") == "13"
    ]
    (plus_x, plus), (_, nothing), (minus_x, minus) = bars
    assert plus == pytest.approx(2 * minus, abs=0.02)
    assert minus_x + minus == pytest.approx(plus_x, abs=0.02)
    assert nothing == 0


def test_the_message_of_contributions():
    parts = [
        Contribution("Emploi", 2.0),
        Contribution("Santé", -0.5),
        Contribution("X", None, "vide"),
    ]
    alt = contributions(101.5, parts, [Contribution("Chômage", 0.3)], caption()).alt_fr
    assert alt == (
        "Indice de 101,5, 1,5\u00a0point au-dessus de la France (100). Ajoutent le plus\u00a0: "
        "Emploi (+2,00). Retirent le plus\u00a0: Santé (−0,50). X n’est pas noté. "
        "Premier indicateur\u00a0: Chômage (+0,30)."
    )


@pytest.mark.parametrize(
    ("score", "domains"),
    [
        (100.0, [Contribution("Emploi", 0.0)]),
        (100.0, [Contribution(str(i), 0.0) for i in range(16)]),
        (90.0, [Contribution(LONG, -10.0), Contribution(WORD, None, LONG * 2)]),
        (110.0, [Contribution(LONG, 10.0)]),
        (100.0, [Contribution("a", None, "rien"), Contribution("b", math.nan, "rien")]),
    ],
    ids=["one zero", "all tied", "negative", "positive", "nothing"],
)
@pytest.mark.parametrize("width", [320, 640])
def test_contributions_at_the_edges(score, domains, width):
    assert_readable(contributions(score, domains, [], caption(), width=width).svg)


def test_contributions_need_a_score_and_a_domain():
    with pytest.raises(ValueError, match="no domain"):
        contributions(100, [], [], caption())
    with pytest.raises(ValueError, match="no score"):
        contributions(math.nan, [Contribution("a", 0.0)], [], caption())
    with pytest.raises(ValueError, match="no reason"):
        Contribution("a", math.nan)


# --- profile ---


def test_the_profile_keeps_the_order_and_its_table_says_the_range():
    points = profile_points()
    table = domain_profile("Hauts-de-France", points, caption()).table
    assert [row[1] for row in table.rows] == [p.label for p in points]
    first = points[0]
    values = [first.score, *first.others]
    assert table.rows[0][2:] == (
        f"{first.score:.1f}".replace(".", ","),
        f"{'1er' if first.rank == 1 else f'{first.rank}e'} sur\u00a013",
        f"{min(values):.1f}".replace(".", ","),
        f"{max(values):.1f}".replace(".", ","),
    )
    assert table.rows[3][2] == "n.\u00a0d.\u00a0: 1 indicateur sur 3"


def test_every_region_has_a_tick_and_the_axis_name_stands_once():
    points = [p for p in profile_points() if p.axis_id == "economique"]
    picture = read_svg(domain_profile("Hauts-de-France", points, caption()).svg)
    ticks = [e for e in picture.root.iter() if e.attrib.get("stroke-width") == "1.5"]
    assert len([t for t in ticks if t.tag.endswith("line")]) == 4 + 12 * len(points)
    assert picture.words.count("Économique") == 1


def test_the_profile_marks_the_place_of_the_value():
    point = DomainPoint("Emploi", "economique", "Économique", 110.0, (90.0, 100.0), 1, 3)
    picture = read_svg(domain_profile("X", [point], caption()).svg)
    circle = [e for e in picture.root.iter() if e.tag.endswith("circle")][-1]
    reference = next(e for e in picture.root.iter() if e.attrib.get("stroke-width") == "1.2")
    tick_x = [
        float(e.attrib["x1"])
        for e in picture.root.iter()
        if e.tag.endswith("line") and e.attrib.get("stroke-width") == "1.5"
    ][-2:]
    assert float(reference.attrib["x1"]) == pytest.approx(tick_x[1], abs=0.02)
    gap = float(circle.attrib["cx"]) - tick_x[1]
    assert gap == pytest.approx(tick_x[1] - tick_x[0], abs=0.05)


@pytest.mark.parametrize(
    "points",
    [
        [DomainPoint("Emploi", "economique", "Économique", 100.0, (), 1, 1)],
        [
            replace(p, score=100.0, others=(100.0,) * 12, rank=1, reason="")
            for p in profile_points()
        ],
        [replace(p, score=math.nan, others=(), rank=None, reason=LONG) for p in profile_points()],
        [replace(p, label=LONG, axis_label=LONG) for p in profile_points()[:4]],
        [replace(p, label=WORD) for p in profile_points()[:4]],
    ],
    ids=["one", "tied", "nothing", "long", "word"],
)
@pytest.mark.parametrize("width", [320, 640])
def test_profiles_at_the_edges(points, width):
    assert_readable(domain_profile("Hauts-de-France", points, caption(), width=width).svg)


def test_a_profile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no domain"):
        domain_profile("X", [], caption())
    with pytest.raises(ValueError, match="axis"):
        DomainPoint("Emploi", "autre", "Autre", 100.0, (), 1, 1)
    with pytest.raises(ValueError, match="no reason"):
        DomainPoint("Emploi", "social", "Social", None)
    with pytest.raises(ValueError, match="rank"):
        DomainPoint("Emploi", "social", "Social", 100.0)


def test_the_profile_says_what_matters():
    alt = domain_profile("Corse", profile_points(), caption()).alt_fr
    scored = [p for p in profile_points() if p.score is not None]
    above = sum(round(p.score, 1) > 100 for p in scored)
    assert f"{above}\u00a0domaines sur\u00a015" in alt
    assert "Non noté\u00a0: Mal logement." in alt

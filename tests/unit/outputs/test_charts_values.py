"""Ranking, time series, ranks under other methods, correlations."""

from __future__ import annotations

import math

import pytest

from phare_pipeline.outputs.charts import (
    Measure,
    MethodRanks,
    RankedValue,
    Series,
    YearValue,
    correlation_matrix,
    rank_moves,
    region_ranking,
    time_series,
)
from tests.unit.outputs.chart_samples import (
    RATE,
    caption,
    correlations,
    methods,
    ranked,
    series,
)
from tests.unit.outputs.svg_kit import assert_readable, read_svg

LONG = "Un nom de territoire si long qu’il lui faut à coup sûr plusieurs lignes pour être lu"
WORD = "Anticonstitutionnellement" * 3


def bars(svg: str) -> list[tuple[float, float]]:
    """(x, width) of the bars of a ranking."""
    return [
        (float(e.attrib["x"]), float(e.attrib["width"]))
        for e in read_svg(svg).root.iter()
        if e.tag.endswith("rect") and e.attrib.get("height") == "15"
    ]


# --- ranking ---


def test_the_ranking_is_ordered_and_its_table_ends_with_france():
    table = region_ranking(ranked(), RATE, caption()).table
    values = [float(r[2].split("\u202f")[0].replace(",", ".")) for r in table.rows[:12]]
    assert values == sorted(values, reverse=True)
    assert table.rows[12] == ("", "Normandie", "n.\u00a0d.\u00a0: secret statistique")
    assert table.rows[13] == ("", "France", "9,4\u202f%")


def test_bars_leave_from_zero():
    values = [RankedValue("a", "A", 2.0, 1, 3), RankedValue("b", "B", -1.0, 3, 3),
              RankedValue("c", "C", 0.0, 2, 3)]  # fmt: skip
    (plus_x, plus), (_, nothing), (minus_x, minus) = bars(
        region_ranking(values, Measure("", 1), caption()).svg
    )
    assert plus == pytest.approx(2 * minus, abs=0.02)
    assert minus_x + minus == pytest.approx(plus_x, abs=0.02)
    assert nothing == 0


def test_france_stands_at_its_value():
    values = [RankedValue("a", "A", 10.0, 1, 1)]
    svg = region_ranking(values, Measure("%", 1, 5.0), caption()).svg
    ((start, length),) = bars(svg)
    line = next(e for e in read_svg(svg).root.iter() if e.attrib.get("stroke-dasharray") == "4 3")
    assert float(line.attrib["x1"]) == pytest.approx(start + length / 2, abs=0.02)


def test_the_ranking_says_value_rank_and_extremes():
    alt = region_ranking(ranked(), RATE, caption(), highlight="COR").alt_fr
    assert alt.startswith("Corse\u00a0: ")
    assert " sur\u00a012." in alt
    assert "Sans valeur\u00a0: Normandie." in alt
    assert "France\u00a0: 9,4\u202f%" in alt


def test_long_units_stand_in_the_table_and_not_behind_every_bar():
    values = [RankedValue("a", "A", 3.0, 1, 1)]
    chart = region_ranking(values, Measure("pour 1 000 habitants", 1), caption())
    assert chart.table.rows[0][2] == "3,0\u00a0pour 1\u202f000 habitants"
    assert "habitants" not in read_svg(chart.svg).words


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize(
    "values",
    [
        [RankedValue("a", "A", 0.0, 1, 1)],
        [RankedValue(str(i), f"Région {i}", 5.0, 1, 13) for i in range(13)],
        [RankedValue("a", "A", None, reason=LONG), RankedValue("b", "B", math.nan, reason="rien")],
        [RankedValue("a", LONG, 123456789.0, 1, 2), RankedValue("b", WORD, -5.0, 2, 2)],
        [RankedValue("a", "A", -3.0, 1, 2), RankedValue("b", "B", -9.0, 2, 2)],
    ],
    ids=["zero", "tied", "nothing", "long", "negative"],
)
@pytest.mark.parametrize("france", [None, 0.0, 7.5, -20.0])
def test_rankings_at_the_edges(values, france, width):
    measure = Measure("€", 0, france)
    assert_readable(region_ranking(values, measure, caption(), highlight="a", width=width).svg)


def test_a_ranking_needs_values_reasons_and_ranks():
    with pytest.raises(ValueError, match="no value"):
        region_ranking([], RATE, caption())
    with pytest.raises(ValueError, match="no reason"):
        RankedValue("a", "A", None)
    with pytest.raises(ValueError, match="without its rank"):
        RankedValue("a", "A", 1.0)
    with pytest.raises(ValueError, match="finite"):
        RankedValue("a", "A", math.inf, 1, 1)


# --- time series ---


def one(*values: YearValue) -> list[Series]:
    return [Series("Corse", values)]


def segments(svg: str) -> list[str]:
    return [
        e.attrib["d"]
        for e in read_svg(svg).root.iter()
        if e.tag.endswith("path") and e.attrib.get("stroke-width") == "2.6"
    ]


def test_a_gap_is_a_gap():
    values = [YearValue(y, float(y)) for y in (2010, 2011, 2013, 2014)]
    assert len(segments(time_series(one(*values), RATE, caption()).svg)) == 2
    missing = [*values, YearValue(2012, None, reason="non publié")]
    chart = time_series(one(*missing), RATE, caption())
    assert len(segments(chart.svg)) == 2
    assert chart.table.rows[2] == ("2012", "n.\u00a0d.\u00a0: non publié")
    assert "1\u00a0année sans valeur entre les deux" in chart.alt_fr


def test_no_line_crosses_a_break():
    values = [YearValue(y, 5.0) for y in range(2010, 2015)]
    chart = time_series(one(*values), RATE, caption(), breaks={2012: "nouvelle enquête", 1990: "x"})
    assert len(segments(chart.svg)) == 3
    assert "Rupture de série en 2012\u00a0: nouvelle enquête." in chart.alt_fr
    assert "1990" not in chart.alt_fr
    assert [row[2] for row in chart.table.rows] == ["", "", "nouvelle enquête", "", ""]


def test_provisional_figures_are_marked_in_picture_and_table():
    values = [YearValue(2022, 5.0), YearValue(2023, 6.0, is_provisional=True)]
    chart = time_series(one(*values), RATE, caption())
    assert chart.table.rows[1] == ("2023", "6,0\u202f% (provisoire)")
    words = read_svg(chart.svg).words
    assert "provisoire" in words
    assert "provisoire" not in read_svg(time_series(one(values[0]), RATE, caption()).svg).words


def test_the_table_has_a_row_a_year_and_a_column_a_series():
    table = time_series(series(), RATE, caption()).table
    assert table.headers == ("Année", "Hauts-de-France", "France", "Provence-Alpes-Côte d’Azur")
    assert [row[0] for row in table.rows] == [str(y) for y in range(2010, 2025) if y != 2019]


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize(
    "found",
    [
        one(YearValue(2015, 0.0)),
        one(*(YearValue(y, None, reason="rien") for y in range(2010, 2020))),
        [
            Series(f"Série numéro {i}", (YearValue(2015, 5.0), YearValue(2016, 5.0)))
            for i in range(4)
        ],
        [Series(LONG, (YearValue(2015, -5.0), YearValue(2016, -5e6))), Series(WORD, ())],
        one(*(YearValue(y, float(y)) for y in range(1900, 2025))),
    ],
    ids=["one", "nothing", "tied", "long", "many"],
)
def test_series_at_the_edges(found, width):
    breaks = {2016: LONG}
    assert_readable(time_series(found, RATE, caption(), breaks=breaks, width=width).svg)


def test_series_that_cannot_be_drawn_are_refused():
    with pytest.raises(ValueError, match="found 0 series"):
        time_series([], RATE, caption())
    with pytest.raises(ValueError, match="found 5 series"):
        time_series([Series("a", (YearValue(2015, 1.0),))] * 5, RATE, caption())
    with pytest.raises(ValueError, match="no year"):
        time_series([Series("a", ())], RATE, caption())
    with pytest.raises(ValueError, match="year twice"):
        Series("a", (YearValue(2015, 1.0), YearValue(2015, 2.0)))
    with pytest.raises(ValueError, match="no reason"):
        YearValue(2015, None)


# --- ranks under other methods ---


def test_moves_are_ordered_by_published_rank_and_the_table_has_every_method():
    published, others = methods()
    units = [f"Région {i}" for i in range(13)]
    table = rank_moves(units[::-1], published, others, caption()).table
    assert table.headers == ("Territoire", "Indice publié", *(m.label for m in others))
    assert [row[1] for row in table.rows] == ["1er", *(f"{k}e" for k in range(2, 14))]
    assert table.rows[3][-1] == "n.\u00a0d."


def test_a_move_of_three_places_has_an_arrow():
    published = MethodRanks("Publié", (1, 2, 3, 4))
    other = MethodRanks("Autre", (4, 2, 3, 1))
    chart = rank_moves(["a", "b", "c", "d"], published, [other], caption())
    bold = [
        e.text
        for e in read_svg(chart.svg).root.iter()
        if e.tag.endswith("text") and e.attrib.get("font-weight") == "bold" and e.text in "1234"
    ]
    assert sorted(bold) == ["1", "4"]
    assert "2 des 4 rangs" in chart.alt_fr


@pytest.mark.parametrize("width", [320, 640, 900])
@pytest.mark.parametrize(
    ("units", "ranks"),
    [
        (["Corse"], (1,)),
        ([f"Région {i}" for i in range(13)], (1,) * 13),
        ([f"Région {i}" for i in range(13)], (None,) * 13),
        ([LONG, WORD], (1, 2)),
    ],
    ids=["one", "tied", "nothing", "long"],
)
def test_moves_at_the_edges(units, ranks, width):
    published = MethodRanks("Indice publié", ranks)
    others = [MethodRanks(f"Une méthode au nom assez long {i}", ranks) for i in range(5)]
    assert_readable(rank_moves(units, published, others, caption(), width=width).svg)


def test_ten_methods_fit_a_phone():
    published, others = methods()
    many = [*others, *others][:10]
    units = [f"Région numéro {i}" for i in range(13)]
    assert_readable(rank_moves(units, published, many, caption(), width=400).svg)
    with pytest.raises(ValueError, match="expected fewer"):
        rank_moves(units, published, many * 3, caption(), width=400)


def test_moves_need_a_rank_for_each_unit():
    with pytest.raises(ValueError, match="found 1 ranks, expected 2"):
        rank_moves(["a", "b"], MethodRanks("p", (1, 2)), [MethodRanks("q", (1,))], caption())
    with pytest.raises(ValueError, match="below 1"):
        rank_moves(["a"], MethodRanks("p", (0,)), [MethodRanks("q", (1,))], caption())
    with pytest.raises(ValueError, match="1 methods"):
        rank_moves(["a"], MethodRanks("p", (1,)), [], caption())


# --- correlations ---


def test_the_table_of_correlations_is_the_matrix():
    labels, matrix = correlations()
    table = correlation_matrix(labels, matrix, caption()).table
    assert table.headers == ("", *labels)
    for row, values in zip(table.rows, matrix, strict=True):
        for cell, value in zip(row[1:], values, strict=True):
            if value is None:
                assert cell == "n.\u00a0d."
            else:
                assert abs(float(cell.replace(",", ".").replace("−", "-")) - value) <= 0.005 + 1e-9


def test_positive_is_full_and_negative_is_hollow():
    values = [[1.0, 0.81, -0.81], [0.81, 1.0, None], [-0.81, None, 1.0]]
    chart = correlation_matrix(["a", "b", "c"], values, caption())
    message = "Les plus liées\u00a0: a et b (0,81). Les plus opposées\u00a0: a et c (−0,81)."
    assert message in chart.alt_fr
    plot = chart.svg.split("non définie</text>")[1]
    assert plot.count('stroke="#a9440f"') == 1
    assert plot.count('fill="#123f7a"') == 1
    assert plot.count('stroke="#838b99"') == 2  # the cross of what is not defined


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 0.0], [0.0, 1.0]],
        [[1.0, 1.0], [1.0, 1.0]],
        [[None, math.nan], [math.nan, None]],
        [[1.0, -1.0], [-1.0, 1.0]],
    ],
    ids=["zero", "tied", "nothing", "negative"],
)
def test_correlations_at_the_edges(matrix, width):
    chart = correlation_matrix([LONG, WORD], matrix, caption(), width=width)
    assert_readable(chart.svg)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1.0, 0.5]], "n × n"),
        ([[1.0, 0.5], [0.4, 1.0]], "found 0.4 and 0.5"),
        ([[1.0, 0.5], [None, 1.0]], "found None and 0.5"),
        ([[1.0, 1.5], [1.5, 1.0]], "−1 to 1"),
    ],
)
def test_what_is_no_correlation_is_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        correlation_matrix(["a", "b"], matrix, caption())


def test_too_many_labels_for_a_width_are_refused():
    n = 30
    matrix = [[1.0 if i == j else 0.1 for j in range(n)] for i in range(n)]
    with pytest.raises(ValueError, match="expected fewer"):
        correlation_matrix([str(i) for i in range(n)], matrix, caption(), width=320)
    assert_readable(correlation_matrix([str(i) for i in range(n)], matrix, caption()).svg)

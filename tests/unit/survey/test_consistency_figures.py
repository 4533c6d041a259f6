"""Rules on a report's own figures: right lines and near misses pass, faults are found."""

from dataclasses import replace

import pytest

from phare_pipeline.survey.consistency import comparisons, figures, relations
from phare_pipeline.survey.consistency.findings import Severity
from phare_pipeline.survey.consistency.units import interval_of
from phare_pipeline.survey.published.precision import Interval
from phare_pipeline.survey.published.relations import (
    ConstantTerm,
    FigureRelation,
    FigureTerm,
    RelationKind,
    SampleTerm,
    UniverseTerm,
)
from tests.unit.survey.report import cell, definition, found_by, passes, study

STOCK = definition("logements", "stock", "logements")
RATE = definition("taux_chomage", "rate", "%", direction=1)
AREA = definition("superficie", "stock", "km²")
DEFINITIONS = {d.figure_id: d for d in (STOCK, RATE, AREA)}


def report(*printed, definitions=DEFINITIONS, **others):
    return study(figures=printed, definitions=definitions, **others)


def stock(column, value, text, **changes):
    changes = {"unit_printed": "logements" if column in ("region", "france") else "%", **changes}
    return cell("logements", column, value, text, **changes)


# --- one figure -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "text"),
    [(242408, "242 408"), (242408, "242\u202f408"), (2700000, "2,7 M"), (12, "12"), (-6.3, "−6,3")],
)
def test_well_written_numbers(value, text):
    passes(figures.number_form, report(stock("region", value, text)))


@pytest.mark.parametrize(
    ("value", "text"),
    [(242408, "2424 408"), (31969, "3 1 969"), (16865, "16.865"), (27092, "27;092"), (12, "13")],
)
def test_badly_written_numbers(value, text):
    finding = found_by(figures.number_form, report(stock("region", value, text)))
    assert f"« {text} »" in finding.message_fr


def test_a_number_in_the_unit_of_its_column_is_well_written():
    definitions = {"pib": definition("pib", "stock", "Md€")}
    passes(
        figures.number_form,
        report(cell("pib", "region", 149, "149 Md€"), cell("pib", "france", 2060, "2 060"),
               definitions=definitions),
    )  # fmt: skip


def test_a_question_mark_is_recomputed_where_the_line_allows_it():
    line = (
        stock("region", 36701, "36 701"),
        stock("share_of_france", None, "?"),
        stock("france", 247596, "247 596"),
    )
    assert "14,8" in found_by(figures.value_missing, report(*line)).message_fr
    passes(figures.number_form, report(*line))
    assert "recalcul" not in found_by(figures.value_missing, report(line[1])).message_fr


def test_lines_without_values_are_counted_by_table():
    empty = [stock("region", None, ""), cell("taux_chomage", "region", None, "")]
    assert "2 lignes" in found_by(figures.value_missing, report(*empty)).message_fr
    passes(figures.value_missing, report(stock("region", 12, "12")))


def test_a_line_with_the_country_only():
    only = (stock("region", None, ""), stock("france", 12, "12"))
    passes(figures.value_missing, report(*only))
    assert "1 indicateur" in found_by(figures.national_only, report(*only)).message_fr
    passes(figures.national_only, report(stock("region", 3, "3"), stock("france", 12, "12")))


def test_units():
    passes(figures.unit_of_figure, report(stock("region", 3, "3"), stock("rank", 3, "3")))
    missing = report(
        stock("region", 3, "3", unit_printed=""), stock("france", 9, "9", unit_printed="")
    )
    assert found_by(figures.unit_of_figure, missing).severity is Severity.LOW
    wrong = report(
        stock("region", 13.1, "13,1", unit_printed="%"),
        stock("france", 11.4, "11,4", unit_printed="%"),
    )
    assert "« % »" in found_by(figures.unit_of_figure, wrong).message_fr


def test_years():
    dated = {"logements": replace(STOCK, is_dated=True)}
    passes(figures.year_of_figure, report(stock("region", 3, "3")))
    passes(
        figures.year_of_figure,
        report(stock("region", 3, "3", period_printed="2012"), stock("region", 3, "3", slide=61),
               definitions=dated),
    )  # fmt: skip
    found_by(figures.year_of_figure, report(stock("region", 3, "3"), definitions=dated))


def test_a_number_that_means_nothing():
    passes(figures.unknown_figure, report(stock("region", 3, "3")))
    assert (
        "2 125"
        in found_by(figures.unknown_figure, report(cell("", "region", 2125, "2 125"))).message_fr
    )


# --- figures beside each other --------------------------------------------------------------------
def test_one_value_on_two_pages():
    first = stock("region", 2700000, "2,7 M")
    passes(
        comparisons.figure_one_value, report(first, stock("region", 2680000, "2 680 000", slide=9))
    )
    other = stock("region", 3100000, "3,1 M", slide=9)
    assert found_by(comparisons.figure_one_value, report(first, other)).slides == (1, 9)


def line(region, share, france):
    return (
        stock("region", *region),
        stock("share_of_france", *share),
        stock("france", *france),
    )


@pytest.mark.parametrize(
    "printed",
    [
        line((27778, "27 778"), (8, "8"), (359344, "359 344")),  # 7,73 %
        line((2700000, "2,7 M"), (8.3, "8,3"), (33000000, "33M")),  # 8,05 to 8,46 %
        line((126654, "126 654"), (12, "12"), (1000000, "1M")),  # of 0,5 to 1,5 million
        line((75, "75"), (8, "8"), (1000, "1 000")),  # 7,5 % is 8 % or 7 %
    ],
)
def test_a_share_of_france_within_the_rounding_of_its_line(printed):
    passes(comparisons.share_of_france, report(*printed))


def test_a_share_of_france_that_is_not():
    printed = line((16865, "16 865"), (7, "7"), (221900, "221 900"))
    assert "7,6" in found_by(comparisons.share_of_france, report(*printed)).message_fr


def test_rates_have_no_share_of_france():
    passes(comparisons.share_of_rate, report(stock("share_of_france", 8, "8")))
    passes(comparisons.share_of_france, report(cell("taux_chomage", "share_of_france", 8, "8")))
    found_by(comparisons.share_of_rate, report(cell("taux_chomage", "share_of_france", 8, "8")))


def test_rates_are_near_the_country():
    france = cell("taux_chomage", "france", 10.4, "10,4%")
    for value, text in ((12.4, "12,4%"), (31.0, "31,0%"), (3.5, "3,5%")):
        passes(comparisons.ratio_far, report(cell("taux_chomage", "region", value, text), france))
    found_by(comparisons.ratio_far, report(cell("taux_chomage", "region", 3.1, "3,1%"), france))
    # A stock of a region is far below that of the country, and that is right.
    passes(comparisons.ratio_far, report(stock("region", 3, "3"), stock("france", 90, "90")))


def ranked(figure_id, value, france, rank):
    return (
        cell(figure_id, "region", value, f"{value}"),
        *(() if france is None else (cell(figure_id, "france", france, f"{france}"),)),
        cell(figure_id, "rank", rank, f"{rank}"),
    )


def test_ranks_by_decreasing_value_mislead_where_little_is_fragile():
    definitions = {**DEFINITIONS, "activite": definition("activite", "rate", "%", direction=-1)}
    chomage, activite = ranked("taux_chomage", 12, 10, 1), ranked("activite", 69, None, 13)
    found_by(comparisons.rank_direction, report(*chomage, *activite, definitions=definitions))
    # Ranks by fragility: the highest unemployment and the lowest activity are both first.
    by_fragility = ranked("taux_chomage", 12, 10, 13)
    passes(comparisons.rank_direction, report(*by_fragility, *activite, definitions=definitions))
    passes(comparisons.rank_direction, report(*chomage, definitions=definitions))


def block(*shares):
    lines = {"fonctionnement": 4397, "investissement": 929, "colleges": 375}
    definitions = {i: definition(i, "stock", "M€", block="budget") for i in lines}
    definitions["colleges"] = replace(definitions["colleges"], part_of="fonctionnement")
    printed = [cell(i, "region", value, f"{value}") for i, value in lines.items()]
    printed += [
        cell(i, "share_of_block", share, f"{share}") for i, share in zip(lines, shares, strict=True)
    ]
    return report(*printed, definitions=definitions)


def test_shares_of_a_table_are_of_its_main_lines():
    passes(comparisons.block_shares, block(83, 17, 7))
    finding = found_by(comparisons.block_shares, block(77, 16, 7))  # of 5 701, colleges twice
    assert "82,6" in finding.message_fr and "deux fois" in finding.message_fr
    assert "deux fois" not in found_by(comparisons.block_shares, block(60, 17, 7)).message_fr


# --- relations ------------------------------------------------------------------------------------
def relation(kind, left, right, denominator=(), factor=1.0, tolerance=0.0):
    def terms(names):
        return tuple(FigureTerm(*n) if isinstance(n, tuple) else n for n in names)

    return FigureRelation(
        "r", kind, terms(left), terms(right), terms(denominator), factor, tolerance, ""
    )


FORET = definition("foret", "stock", "ha")
LAND = {**DEFINITIONS, "foret": FORET}
PART = relation(RelationKind.PART, [("foret", "region")], [("superficie", "region")])


def test_a_part_is_compared_with_its_whole_across_units():
    whole = cell("superficie", "region", 31969, "31 969")
    for value, text in ((1860000, "1,86 M"), (3196900, "3 196 900"), (3196940, "3 196 940")):
        passes(
            relations.part_of_whole,
            report(
                cell("foret", "region", value, text), whole, definitions=LAND, relations=(PART,)
            ),
        )
    too_much = cell("foret", "region", 3300000, "3,30 M")
    found_by(
        relations.part_of_whole,
        report(too_much, whole, definitions=LAND, relations=(PART,)),
    )


def test_a_relation_with_a_missing_figure_is_not_judged():
    passes(
        relations.part_of_whole,
        report(cell("foret", "region", 9e9, "9 000 M"), definitions=LAND, relations=(PART,)),
    )


GDP = {
    "pib": definition("pib", "stock", "Md€"),
    "population": definition("population", "stock", "habitants"),
    "par_habitant": definition("par_habitant", "ratio", "K€"),
}
PER_HEAD = relation(
    RelationKind.RATIO,
    [("par_habitant", "region")],
    [("pib", "region")],
    [("population", "region")],
)


def gdp(value, text, people=(6e6, "6,0 M"), tolerance=0.0):
    return report(
        cell("pib", "region", 149, "149 Md€"),
        cell("population", "region", *people),
        cell("par_habitant", "region", value, text),
        definitions=GDP,
        relations=(replace(PER_HEAD, tolerance=tolerance),),
    )


def test_a_ratio_is_that_of_its_figures():
    for value, text in ((24.8, "24,8 K€"), (25, "25 K€"), (24.6, "24,6 K€")):
        passes(relations.ratio_of_figures, gdp(value, text))
    finding = found_by(relations.ratio_of_figures, gdp(42, "42 K€"))
    assert finding.severity is Severity.HIGH and "24,8" in finding.message_fr
    passes(relations.ratio_of_figures, gdp(30, "30 K€", tolerance=0.25))


def test_a_ratio_too_coarse_to_be_used_is_said_to_be_so():
    """0,6 may print as 1: no contradiction, and yet two thirds too much."""
    coarse = gdp(1, "1 K€", people=(250e6, "250 M"))
    finding = found_by(relations.ratio_of_figures, coarse)
    assert finding.severity is Severity.LOW and "arrondi" in finding.message_fr


def test_one_thing_in_two_places():
    same = relation(RelationKind.SAME, [("taux_chomage", "region")], [("taux_chomage", "france")])
    pair = (
        cell("taux_chomage", "region", 12.4, "12,4%"),
        cell("taux_chomage", "france", 12, "12%"),
    )
    passes(relations.same_thing, report(*pair, relations=(same,)))
    found_by(
        relations.same_thing,
        report(pair[0], cell("taux_chomage", "france", 14, "14%"), relations=(same,)),
    )


def test_terms_from_the_sample_the_universe_and_a_constant():
    terms = [
        SampleTerm("entreprises:etablissement", "unique"),
        UniverseTerm("entreprises", "hauts-de-france"),
        ConstantTerm(100.0),
    ]
    for term in terms:
        unknown = relation(RelationKind.SAME, [("taux_chomage", "region")], [term])
        subject = report(cell("taux_chomage", "region", 50, "50%"), relations=(unknown,))
        found = list(relations.same_thing(subject))
        # The sample has no printed structure here; the other two are known.
        assert len(found) == (0 if isinstance(term, SampleTerm) else 1)


def test_intervals_of_figures():
    assert interval_of(cell("a", "region", 2.4, "2,40 M"), "millions de foyers") == Interval(
        pytest.approx(2.395), pytest.approx(2.405)
    )
    assert interval_of(cell("a", "region", 0, "0%"), "%") == Interval(-0.5, 0.5)
    assert interval_of(cell("a", "region", 31969, "3 1 969"), "km²") == Interval(31969, 31969)
    with pytest.raises(ValueError, match="no value"):
        interval_of(cell("a", "region", None, ""), "km²")

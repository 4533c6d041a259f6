"""Text files whose cells are not what their place says are refused, wherever that happens."""

from __future__ import annotations

import bz2
import dataclasses
import gzip
import io
import random
import unicodedata
import zipfile

import pytest

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.model import MeasureRule, Rule
from phare_pipeline.sources import kinds
from phare_pipeline.sources.staging import Staged
from tests.unit.sources.drawn import counts, draw, text_of
from tests.unit.sources.kit import DEPARTEMENTS, Kit, make_measure, rejections, statuses, values

__all__ = ["draw"]

YEARS = {
    "header_lines": [1],
    "territory": {"column": "code", "level": "departement"},
    "period": {"header": r"^(?P<year>\d{4})$"},
}
LIST = {
    "header_lines": [1],
    "sum_repeated": True,
    "territory": {"column": "CODGEO", "level": "departement", "nomenclature": "commune"},
    "period": {"fixed": "2014"},
    "series": {"values": ["n"]},
}


def years(draw: random.Random, n: int = 3) -> list[str]:
    first = draw.randint(1990, 2020)
    return [str(first + i) for i in range(n)]


def communes(draw: random.Random) -> list[list[object]]:
    """Two communes of each département, by their codes."""
    return [[f"{code}{n:03d}", draw.randint(1, 900)] for code in DEPARTEMENTS for n in (5, 7)]


# --- rows longer than their header ---------------------------------------------------------------
def test_a_cell_too_many_anywhere_is_refused(kit: Kit, draw: random.Random):
    header = ["code", "libelle", *years(draw)]
    rows = [[c, f"dep {c}", *(draw.randint(1, 99) for _ in header[2:])] for c in DEPARTEMENTS]
    index = draw.randrange(len(rows))
    rows[index].insert(draw.randint(1, len(header) - 1), "de trop")
    staged = kit.stage(text_of([header, *rows]), YEARS)
    (long,) = rejections(staged, "long_row")
    assert (long.line, long.found[:7]) == (index + 2, "6 cells")
    assert "5 cells, as the header" in long.expected
    assert rows[index][0] not in values(staged)


def test_unquoted_decimal_commas_are_refused_in_every_row(kit: Kit, draw: random.Random):
    header = ["code", *years(draw)]
    rows = [[c, *(f"{draw.randint(1, 40)},{draw.randint(0, 9)}" for _ in header[1:])]
            for c in DEPARTEMENTS]  # fmt: skip
    staged = kit.stage(text_of([header, *rows], ","), {**YEARS, "delimiter": ","})
    assert len(rejections(staged, "long_row")) == len(DEPARTEMENTS)
    assert staged.observations.empty


def test_a_shift_that_leaves_the_last_cell_blank_is_refused(kit: Kit, draw: random.Random):
    header = ["code", "libelle", *years(draw)]
    rows = [[c, "nom", *(draw.randint(1, 99) for _ in header[2:])] for c in DEPARTEMENTS]
    index = draw.randrange(len(rows))
    rows[index] = [rows[index][0], "nom", " suite", *rows[index][2:-1], ""]
    (long,) = rejections(kit.stage(text_of([header, *rows]), YEARS), "long_row")
    assert long.line == index + 2


def test_blank_cells_at_the_end_of_all_rows_shift_nothing(kit: Kit, draw: random.Random):
    rows = [[c, n, "", ""] for c, n in counts(draw).items()]
    assert not kit.stage(text_of([["code", "2014"], *rows]), YEARS).rejections


# --- rows that are neither placed nor read -------------------------------------------------------
@pytest.mark.parametrize("mark", ["s", "n/a", "1 257,5,1", "nd", "-", "…"])
@pytest.mark.parametrize("absent", ["missing", "zero"])
def test_no_row_with_a_cell_is_dropped(kit: Kit, draw: random.Random, mark: str, absent: str):
    rows = communes(draw)
    index = draw.randrange(len(rows))
    place = draw.choice([f"{rows[index][0]}0", f"{str(rows[index][0])[:3]}X2", "", "Ailleurs"])
    rows[index] = [place, mark]
    staged = kit.stage(text_of([["CODGEO", "n"], *rows]), {**LIST, "absent": absent})
    (unplaced,) = rejections(staged, "unknown_territory")
    assert (unplaced.line, unplaced.found) == (index + 2, repr(place))


def test_a_mark_under_no_period_is_refused(kit: Kit, draw: random.Random):
    options = {**YEARS, "period": {"column": "an"}, "series": {"values": ["n"]}}
    rows = [[c, "2014", n] for c, n in counts(draw).items()]
    index = draw.randrange(len(rows))
    rows[index][1:] = ["2O14", "s"]
    staged = kit.stage(text_of([["code", "an", "n"], *rows]), options)
    (unread,) = rejections(staged, "unreadable_period")
    assert (unread.line, unread.found) == (index + 2, "'2O14'")


# --- columns beside the read ones ----------------------------------------------------------------
@pytest.mark.parametrize(
    "form", ["{}*", "{} (1)", "{} p", "Année {}", "{}¹", "p{}", "{0[0]} {0[1]}"]
)
def test_a_year_that_no_header_pattern_reads_is_refused(kit: Kit, draw: random.Random, form: str):
    names = years(draw)
    header = ["code", *names]
    at = draw.randint(1, len(names))
    name = names[at - 1]
    header[at] = form.format((name[:1], name[1:])) if "[" in form else form.format(name)
    rows = [[c, *(draw.randint(1, 99) for _ in names)] for c in DEPARTEMENTS]
    (unread,) = rejections(kit.stage(text_of([header, *rows]), YEARS), "unread_period")
    assert (unread.line, unread.column) == (2, "ABCD"[at])
    ignored = [{"pattern": f"^@{'ABCD'[at]}$", "reason": "série suivante"}]
    assert not kit.stage(text_of([header, *rows]), {**YEARS, "ignore_columns": ignored}).rejections


def test_a_year_that_another_column_gives_is_no_loss(kit: Kit, draw: random.Random):
    rows = [[c, n, n + 1] for c, n in counts(draw).items()]
    content = text_of([["code", "2016", "2016 (1)"], *rows])
    assert not kit.stage(content, YEARS).rejections


def test_marks_in_unnamed_columns_are_refused(kit: Kit, draw: random.Random):
    names = years(draw, 2)
    header = ["code"]
    for name in names:
        header += [name, ""] if draw.random() < 0.5 else ["", name]
    blank = [i for i, text in enumerate(header) if not text]
    rows = [[c, *(draw.randint(1, 99) if h else "" for h in header[1:])] for c in DEPARTEMENTS]
    index, at = draw.randrange(len(rows)), draw.choice(blank)
    rows[index][at] = draw.choice(["c", "p", "e", "*"])
    (flag,) = rejections(kit.stage(text_of([header, *rows]), YEARS), "unnamed_column")
    assert (flag.line, flag.column) == (index + 2, "ABCDE"[at])


@pytest.mark.parametrize("header", ["OBS_STATUS", "CONF_STATUS", "Statut", "flag"])
def test_a_column_of_statuses_that_nothing_reads_is_refused(kit: Kit, draw, header: str):
    rows = [[c, n, "A"] for c, n in counts(draw).items()]
    options = {**YEARS, "period": {"fixed": "2014"}, "series": {"values": ["n"]}}
    assert not kit.stage(text_of([["code", "n", header], *rows]), options).rejections
    rows[draw.randrange(len(rows))][2] = "P"
    staged = kit.stage(text_of([["code", "n", header], *rows]), options)
    assert rejections(staged, "unread_status")[0].found == "'P'"
    meaning = {"column": header, "values": {"A": "observed", "P": "provisional"}}
    staged = kit.stage(
        text_of([["code", "n", header], *rows]), {**options, "status_column": meaning}
    )
    assert sorted(statuses(staged).values()).count("provisional") == 1


# --- lines that a sum would count twice ----------------------------------------------------------
def test_a_line_that_stands_twice_is_refused_with_both_places(kit: Kit, draw: random.Random):
    rows = communes(draw)
    first = draw.randrange(len(rows) - 1)
    again = draw.randint(first + 1, len(rows))
    rows.insert(again, list(rows[first]))
    if draw.random() < 0.5:
        rows[again][1] = 1000
    staged = kit.stage(text_of([["CODGEO", "n"], *rows]), LIST)
    (repeated,) = rejections(staged, "repeated_line")
    assert repeated.line == again + 2
    assert f"see line {first + 2}, column A" in repeated.expected


def test_lines_of_one_place_are_summed_where_more_tells_them_apart(kit: Kit, draw: random.Random):
    rows = [[code, kind, n] for code, n in communes(draw) for kind in ("bois", "pré")]
    options = {**LIST, "item": {"column": "genre"}}
    assert not kit.stage(text_of([["CODGEO", "genre", "n"], *rows]), options).rejections


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("75056", [f"751{n:02d}" for n in range(1, 21)]),
        ("13055", [f"132{n:02d}" for n in range(1, 17)]),
        ("69123", [f"6938{n}" for n in range(1, 10)]),
    ],
)
def test_a_city_beside_its_arrondissements_is_refused(kit: Kit, draw, whole: str, parts: list[str]):
    rows = communes(draw)
    part = draw.choice(parts)
    pair = draw.sample([whole, part], 2)
    for code in pair:
        rows.append([code, draw.randint(1, 900)])
    (twice,) = rejections(kit.stage(text_of([["CODGEO", "n"], *rows]), LIST), "whole_and_part")
    assert twice.found.startswith(repr(pair[1]))
    alone = [row for row in rows if row[0] != whole] + [[p, 1] for p in parts if p != part]
    assert not kit.stage(text_of([["CODGEO", "n"], *alone]), LIST).rejections


# --- what a file is ------------------------------------------------------------------------------
def _zip(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("donnees.csv", content)
    return target.getvalue()


KINDS = {
    "a ZIP file": _zip,
    "a gzip file": gzip.compress,
    "a bzip2 file": bz2.compress,
    "a text file in UTF-16": lambda c: c.decode().encode("utf-16"),
    "a PDF file": lambda c: b"%PDF-1.7\n" + c,
    "a Parquet file": lambda c: b"PAR1" + c,
    "a web page (HTML)": lambda c: b"\n<!DOCTYPE html><html>" + c,
    "a JSON file": lambda c: b'{"observations": []}' + c,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["f.csv", "f.dat", "f.xlsx"])
def test_a_file_of_another_kind_is_named_as_what_it_is(kit: Kit, draw, kind: str, name: str):
    content = text_of([["code", "2014"], *counts(draw).items()]).encode()
    with pytest.raises(SourceError, match=r"^This is ") as error:
        kit.stage(KINDS[kind](content), YEARS, name=name)
    assert f"This is {kind}, not " in str(error.value)
    assert error.value.action


def test_a_declared_utf16_file_is_read(kit: Kit, draw: random.Random):
    content = text_of([["code", "2014"], *counts(draw).items()]).encode("utf-16")
    assert not kit.stage(content, {**YEARS, "encoding": "utf-16"}).rejections


def test_a_text_named_as_a_workbook_is_named(kit: Kit, draw: random.Random):
    with pytest.raises(SourceError, match=r"This is a text file, not an \.xlsx workbook"):
        kit.stage(text_of([["code", "2014"], *counts(draw).items()]), YEARS, name="f.xlsx")


def test_a_file_too_large_is_not_read(kit: Kit, monkeypatch: pytest.MonkeyPatch):
    path = kit.write("f.csv", "code;2014\n")
    file = kit.file("f.csv")
    with path.open("r+b") as sparse:
        sparse.truncate(kinds.MAX_BYTES + 1)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda _: pytest.fail("the file is read"))
    with pytest.raises(SourceError, match="too large; it was not read") as error:
        kit.stage_source(kit.source([file], YEARS))
    assert str(kinds.MAX_BYTES + 1) in str(error.value.found)


def test_a_file_cut_within_its_last_line_is_refused(kit: Kit, draw: random.Random):
    content = text_of([["code", "2014"], *counts(draw).items()])
    for cut in (1, draw.randint(2, 4)):
        with pytest.raises(SourceError, match="does not end with a line end"):
            kit.stage(content[:-cut], YEARS)


# --- how texts are written -----------------------------------------------------------------------
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_compared_composed(kit: Kit, draw: random.Random, form: str):
    rows = [["Département", "Années révolues"], *counts(draw).items()]
    content = unicodedata.normalize(form, text_of(rows))
    for declared in ("NFC", "NFD"):
        options = {
            **YEARS,
            "territory": {
                "column": unicodedata.normalize(declared, "Département"),
                "level": "departement",
            },
            "period": {"fixed": "2014"},
            "series": {"values": [unicodedata.normalize(declared, "Années révolues")]},
        }
        assert len(values(kit.stage(content, options, make_measure()))) == 96


def test_cells_protected_for_a_spreadsheet_are_read(kit: Kit, draw: random.Random):
    figures = counts(draw)
    rows = [[f'="{c}"', f'="{n}"' if draw.random() < 0.5 else n] for c, n in figures.items()]
    quoted = [[f'"=""{c}"""', n] for c, n in figures.items()]
    for content in (rows, quoted):
        staged = kit.stage(text_of([["code", "2014"], *content]), YEARS)
        assert values(staged) == figures


@pytest.mark.parametrize(
    ("write", "hint"),
    [
        (lambda c: f"'{c}", "protected by an apostrophe"),
        (lambda c: f"{c}.0", "a code read as a number"),
        (lambda c: f"D{c}", "a prefixed code"),
        (lambda c: f"FR-{c}", "a prefixed code"),
    ],
)
def test_a_code_written_otherwise_is_said(kit: Kit, draw: random.Random, write, hint: str):
    figures = counts(draw)
    code = draw.choice([c for c in DEPARTEMENTS if c.isdigit()])
    rows = [[write(c) if c == code else c, n] for c, n in figures.items()]
    (unknown,) = rejections(
        kit.stage(text_of([["code", "2014"], *rows]), YEARS), "unknown_territory"
    )
    assert hint in unknown.expected
    assert f"of departement {code!r}" in unknown.expected


@pytest.mark.parametrize(
    ("code", "hint"),
    [("2a", "lower case"), ("2b", "lower case"), ("20", "Corse before 1976"),
     ("2E+05", "power of ten"), ("1,2E3", "power of ten")],
)  # fmt: skip
def test_an_old_or_spoilt_code_is_said(kit: Kit, draw: random.Random, code: str, hint: str):
    rows = [[c, n] for c, n in counts(draw).items() if c not in {"2A", "2B"}] + [[code, 5]]
    (unknown,) = rejections(
        kit.stage(text_of([["code", "2014"], *rows]), YEARS), "unknown_territory"
    )
    assert hint in unknown.expected


# --- marks between thousands ---------------------------------------------------------------------
@pytest.mark.parametrize("mark", [".", ","])
@pytest.mark.parametrize("n_marked", [1, 5, 96])
def test_thousands_read_as_decimals_are_refused(kit: Kit, draw, mark: str, n_marked: int):
    figures = counts(draw)
    marked = draw.sample(DEPARTEMENTS, n_marked)
    figures |= {c: draw.randint(1_000, 999_999) for c in marked}
    rows = [[c, f"{n:,}".replace(",", mark)] for c, n in figures.items()]
    content = text_of([["code", "2014"], *rows])
    refused = rejections(kit.stage(content, {**YEARS, "decimal": mark}), "fraction_in_count")
    assert sorted(r.line - 2 for r in refused) == sorted(DEPARTEMENTS.index(c) for c in marked)
    assert f"declare thousands = {mark!r}" in refused[0].expected
    other = {".": ",", ",": "."}[mark]
    staged = kit.stage(content, {**YEARS, "decimal": other, "thousands": mark})
    assert not staged.rejections
    assert values(staged) == figures


def test_three_decimals_of_what_is_measured_are_read(kit: Kit, draw: random.Random):
    figures = {c: round(draw.uniform(1, 900), 3) for c in DEPARTEMENTS}
    content = text_of([["code", "2014"], *((c, f"{v:.3f}") for c, v in figures.items())])
    options = {**YEARS, "decimal": "."}
    assert values(kit.stage(content, options, make_measure(unit="ha"))) == figures
    rate = make_measure(unit="%", aggregation="non_additive")
    assert values(kit.stage(content, options, rate)) == figures


def declare(kit: Kit, *rules: tuple[str, str, str | None]) -> None:
    rows = tuple(MeasureRule(m, Rule(rule), whole, "test") for m, rule, whole in rules)
    kit.registry = dataclasses.replace(kit.registry, measure_rules=rows)


def test_means_of_counts_are_read_where_declared(kit: Kit, draw: random.Random):
    figures = {c: draw.randint(1, 900) + draw.choice([0.1, 0.25, 0.5]) for c in DEPARTEMENTS}
    content = text_of([["code", "2014"], *figures.items()])
    refused = rejections(kit.stage(content, {**YEARS, "decimal": "."}), "fraction_in_count")
    assert len(refused) == 96
    assert "a line 'mesure,fractional,,why' in measure_rules.csv" in refused[0].expected
    declare(kit, ("mesure", "fractional", None))
    assert values(kit.stage(content, {**YEARS, "decimal": "."})) == figures


@pytest.mark.parametrize("factor", [1000.0, 100.0])
def test_a_count_is_whole_after_its_factor(kit: Kit, draw: random.Random, factor: float):
    figures = {c: round(draw.uniform(1, 90), 2) for c in DEPARTEMENTS}
    content = text_of([["code", "2014"], *figures.items()])
    staged = kit.stage(content, {**YEARS, "decimal": "."}, make_measure(factor=factor))
    assert not staged.rejections


# --- parts and wholes ----------------------------------------------------------------------------
def part_and_whole(draw: random.Random) -> dict[str, list[int]]:
    wholes = {c: draw.randint(100, 900) for c in DEPARTEMENTS}
    return {c: [draw.randint(0, whole), whole] for c, whole in wholes.items()}


def stage_pairs(kit: Kit, pairs: dict[str, list[int]]) -> Staged:
    declare(kit, ("part", "part_of", "whole"))
    options = {**YEARS, "period": {"fixed": "2014"}}
    content = text_of([["code", "P", "W"], *([c, *pair] for c, pair in pairs.items())])
    return kit.stage(content, options, make_measure("part", "P"), make_measure("whole", "W"))


def test_a_part_above_its_whole_is_refused(kit: Kit, draw: random.Random):
    pairs = part_and_whole(draw)
    assert not stage_pairs(kit, pairs).rejections
    wrong = draw.sample(DEPARTEMENTS, draw.randint(1, 96))
    for code in wrong:
        pairs[code][0] = pairs[code][1] + draw.randint(1, 9)
    refused = rejections(stage_pairs(kit, pairs), "part_above_whole")
    assert sorted(r.line - 2 for r in refused) == sorted(DEPARTEMENTS.index(c) for c in wrong)
    assert all(r.column == "B" for r in refused)


# --- sums of what is no quantity -----------------------------------------------------------------
def test_rates_are_never_summed(kit: Kit, draw: random.Random):
    rate = make_measure(unit="%", aggregation="non_additive", max=100.0)
    rows = [[c, draw.randint(1, 9) + draw.random()] for c, _ in communes(draw)]
    content = text_of([["CODGEO", "n"], *rows])
    staged = kit.stage(content, {**LIST, "decimal": "."}, rate)
    assert len(rejections(staged, "sum_of_rates")) == 96
    assert staged.observations.empty
    wide = text_of([["code", "A", "B"], *([c, draw.randint(1, 9), 2] for c in DEPARTEMENTS)])
    staged = kit.stage(wide, {**YEARS, "period": {"fixed": "2014"}}, rate)
    assert len(rejections(staged, "sum_of_rates")) == 192


def test_a_part_of_a_sum_is_never_skipped(kit: Kit):
    with pytest.raises(SourceError, match="'missing' is wrong"):
        kit.stage("CODGEO;n\n01001;s\n", {**LIST, "missing": {"s": "skip"}})


# --- levels, statuses, powers --------------------------------------------------------------------
@pytest.mark.parametrize("aggregation", ["additive", "non_additive"])
def test_a_level_that_the_measure_does_not_take_is_refused(kit: Kit, draw, aggregation: str):
    measure = make_measure(levels="region", aggregation=aggregation, max=1e6)
    content = text_of([["code", "2014"], *counts(draw).items()])
    refused = rejections(kit.stage(content, YEARS, measure), "level_not_taken")
    assert len(refused) == 96
    assert (refused[0].found, refused[0].expected[:12]) == ("level departement", "level region")


def test_a_status_that_is_not_declared_is_refused(kit: Kit, draw: random.Random):
    figures = counts(draw)
    marks = {c: draw.choice(["", "A", "P"]) for c in DEPARTEMENTS}
    strange = draw.sample(DEPARTEMENTS, 3)
    rows = [[c, n, "Z" if c in strange else marks[c]] for c, n in figures.items()]
    content = text_of([["code", "n", "OBS_STATUS"], *rows])
    column = {"column": "OBS_STATUS", "values": {"P": "provisional"}}
    options = {**YEARS, "period": {"fixed": "2014"}, "series": {"values": ["n"]}}
    staged = kit.stage(content, {**options, "status_column": column})
    assert len(rejections(staged, "undeclared_status")) == 3
    assert set(values(staged)) == set(DEPARTEMENTS) - set(strange)
    staged = kit.stage(content, {**options, "status_column": {**column, "others": "estimated"}})
    assert not staged.rejections
    assert {statuses(staged)[c] for c in strange} == {"estimated"}


@pytest.mark.parametrize("header", ["UNIT_MULT", "Multiplicateur", "Puissance"])
def test_powers_of_ten_beside_the_figures_are_not_ignored(kit: Kit, draw, header: str):
    power = draw.choice(["3", "6", "-3"])
    options = {**YEARS, "period": {"fixed": "2014"}, "series": {"values": ["n"]}}
    for text, n_refused in ((power, 1), ("0", 0), ("", 0)):
        rows = [[c, n, text] for c, n in counts(draw).items()]
        staged = kit.stage(text_of([["code", "n", header], *rows]), options)
        assert len(rejections(staged, "unread_power")) == n_refused


def test_a_mark_cannot_be_both(kit: Kit):
    with pytest.raises(SourceError, match="'thousands' is wrong"):
        kit.stage("code;2014\n01;1\n", {**YEARS, "thousands": ","})

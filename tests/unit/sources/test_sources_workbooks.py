"""What a workbook says of its cells (format, merge, formula, hidden line, note) is heeded."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import NamedStyle

from phare_pipeline.errors import SourceError
from tests.unit.sources.drawn import counts, draw
from tests.unit.sources.kit import DEPARTEMENTS, Kit, make_measure, rejections, values

__all__ = ["draw"]

OPTIONS = {
    "header_lines": [1],
    "territory": {"column": "code", "level": "departement"},
    "period": {"header": r"^(?P<year>\d{4})$"},
}
RATE = make_measure(unit="%", aggregation="non_additive", max=60.0)
_ODS = (
    '<?xml version="1.0"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    '<office:body><office:spreadsheet><table:table table:name="DEP">{}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def ods_cell(value: object, kind: str = "float", more: str = "") -> str:
    """A cell of an .ods sheet; a text is one whatever `kind` says."""
    text = f"<text:p>{escape(str(value))}</text:p>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string" {more}>{text}</table:table-cell>'
    said = f'office:value-type="{kind}" office:value="{value}" {more}'
    return f"<table:table-cell {said}>{text}</table:table-cell>"


def write_ods(path: Path, rows: Sequence[Sequence[str]], said: Sequence[str] = ()) -> None:
    """Write rows of cells that are XML; `said` holds the attributes of each row."""
    said = said or [""] * len(rows)
    body = "".join(
        f"<table:table-row {of_row}>{''.join(row)}</table:table-row>"
        for row, of_row in zip(rows, said, strict=True)
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    entry = '<manifest:file-entry manifest:full-path="/" manifest:media-type="{}"/>'
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f"{entry.format(mimetype)}</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("content.xml", _ODS.format(body))
        archive.writestr("META-INF/manifest.xml", manifest)


def stage_file(kit: Kit, name: str, *measures, **options):
    """Stage a workbook that stands in the raw folder."""
    return kit.stage_source(kit.source([kit.file(name)], {**OPTIONS, **options}), *measures)


def write(kit: Kit, write_sheet: Callable) -> None:
    """Write `f.xlsx`; `write_sheet` takes the book and its sheet."""
    with xlsxwriter.Workbook(str(kit.raw_dir / "f.xlsx")) as book:
        sheet = book.add_worksheet("DEP")
        sheet.write_row(0, 0, ["code", "2014"])
        for i, code in enumerate(DEPARTEMENTS, 1):
            sheet.write_string(i, 0, code)
        write_sheet(book, sheet)


# --- formats of per cent -------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["0%", "0.00%", "0.0 %", "[Red]0.0%;-0.0%", '0.0" pour cent"'])
def test_xlsx_cells_of_per_cent(kit: Kit, draw: random.Random, form: str):
    figures = {c: round(draw.uniform(0.01, 0.4), 3) for c in DEPARTEMENTS}

    def fill(book, sheet):
        style = book.add_format({"num_format": form})
        for i, value in enumerate(figures.values(), 1):
            sheet.write_number(i, 1, value, style)

    write(kit, fill)
    if "%" not in form:
        assert values(stage_file(kit, "f.xlsx", RATE)) == figures
        return
    refused = rejections(stage_file(kit, "f.xlsx", RATE), "percent_format")
    assert len(refused) == 96
    assert f"shown as {100 * figures['01']:.15g} %" in refused[0].found
    hundred = make_measure(unit="%", aggregation="non_additive", max=60.0, factor=100.0)
    read = values(stage_file(kit, "f.xlsx", hundred))
    assert read == pytest.approx({c: 100 * v for c, v in figures.items()})


def test_one_cell_of_per_cent_among_plain_ones(kit: Kit, draw: random.Random):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["code", "2014"])
    for code, n in counts(draw, 1, 40).items():
        sheet.append([code, n])
    index = draw.randint(2, 97)
    sheet.cell(index, 2, 0.5).style = NamedStyle("part", number_format="0.0%")
    book.save(kit.raw_dir / "f.xlsx")
    (refused,) = rejections(stage_file(kit, "f.xlsx", RATE), "percent_format")
    assert (refused.line, refused.column) == (index, "B")


def test_ods_cells_of_per_cent(kit: Kit, draw: random.Random):
    kinds = {c: draw.choice(["float", "percentage"]) for c in DEPARTEMENTS}
    kinds["01"], kinds["59"] = "float", "percentage"
    rows = [[ods_cell("code"), ods_cell("2014")]]
    rows += [[ods_cell(c), ods_cell(0.25, kind)] for c, kind in kinds.items()]
    write_ods(kit.raw_dir / "f.ods", rows)
    staged = stage_file(kit, "f.ods", RATE)
    lines = [DEPARTEMENTS.index(c) + 2 for c, kind in kinds.items() if kind == "percentage"]
    assert [r.line for r in rejections(staged, "percent_format")] == lines


# --- formulas without a stored value -------------------------------------------------------------
@pytest.mark.parametrize("writer", ["openpyxl", "xlsxwriter", "ods"])
def test_a_formula_that_was_never_computed(kit: Kit, draw: random.Random, writer: str):
    figures, code = counts(draw), draw.choice(DEPARTEMENTS)
    name = "f.ods" if writer == "ods" else "f.xlsx"
    if writer == "ods":
        formula = '<table:table-cell table:formula="of:=150+7"/>'
        rows = [[ods_cell("code"), ods_cell("2014")]]
        rows += [[ods_cell(c), formula if c == code else ods_cell(n)] for c, n in figures.items()]
        write_ods(kit.raw_dir / name, rows)
    elif writer == "openpyxl":
        book = openpyxl.Workbook()
        book.active.append(["code", "2014"])
        for c, n in figures.items():
            book.active.append([c, "=150+7" if c == code else n])
        book.save(kit.raw_dir / name)
    else:
        cells = [(1, "=150+7" if c == code else n) for c, n in figures.items()]
        write(kit, lambda _, sheet: [sheet.write(i, *cell) for i, cell in enumerate(cells, 1)])
    (refused,) = rejections(stage_file(kit, name), "formula_without_value")
    assert (refused.line, refused.column) == (DEPARTEMENTS.index(code) + 2, "B")


def test_a_formula_with_its_value_is_read(kit: Kit, draw: random.Random):
    figures = counts(draw)

    def fill(_, sheet):
        for i, n in enumerate(figures.values(), 1):
            sheet.write_formula(i, 1, f"={n}+0", None, n)

    write(kit, fill)
    assert values(stage_file(kit, "f.xlsx")) == figures


# --- merged cells --------------------------------------------------------------------------------
def test_a_figure_merged_over_rows(kit: Kit, draw: random.Random):
    first = draw.randint(1, 90)
    last = first + draw.randint(1, 4)

    def fill(_, sheet):
        for i, n in enumerate(counts(draw).values(), 1):
            if not first <= i <= last:
                sheet.write_number(i, 1, n)
        sheet.merge_range(first, 1, last, 1, 333)

    write(kit, fill)
    refused = rejections(stage_file(kit, "f.xlsx"), "merged_cell")
    assert [r.line for r in refused] == list(range(first + 1, last + 2))
    assert {r.found for r in refused} == {f"one cell over B{first + 1}:B{last + 1}"}


def test_a_figure_merged_over_two_columns_of_figures(kit: Kit, draw: random.Random):
    line = draw.randint(1, 96)

    def fill(_, sheet):
        sheet.write_string(0, 2, "2015")
        for i in range(1, 97):
            if i != line:
                sheet.write_row(i, 1, [draw.randint(1, 9), 2])
        sheet.merge_range(line, 1, line, 2, 5)

    write(kit, fill)
    refused = rejections(stage_file(kit, "f.xlsx"), "merged_cell")
    assert [(r.line, r.column) for r in refused] == [(line + 1, "B"), (line + 1, "C")]


def test_an_ods_figure_merged_over_rows(kit: Kit, draw: random.Random):
    figures, first = counts(draw), draw.randint(1, 95)
    rows = [[ods_cell("code"), ods_cell("2014")]]
    rows += [[ods_cell(c), ods_cell(n)] for c, n in figures.items()]
    rows[first][1] = ods_cell(7, more='table:number-rows-spanned="2"')
    rows[first + 1][1] = "<table:covered-table-cell/>"
    write_ods(kit.raw_dir / "f.ods", rows)
    refused = rejections(stage_file(kit, "f.ods"), "merged_cell")
    assert [r.line for r in refused] == [first + 1, first + 2]


def test_a_merged_title_and_a_merged_header_cost_nothing(kit: Kit, draw: random.Random):
    figures = counts(draw)
    with xlsxwriter.Workbook(str(kit.raw_dir / "f.xlsx")) as book:
        sheet = book.add_worksheet("DEP")
        sheet.merge_range(0, 0, 0, 5, "Titre")
        sheet.write_row(1, 0, ["code", "2014"])
        for i, (code, n) in enumerate(figures.items(), 2):
            sheet.write_row(i, 0, [code, n])
    staged = stage_file(kit, "f.xlsx", header_lines=[2])
    assert not staged.rejections
    assert values(staged) == figures


# --- hidden lines, raised notes ------------------------------------------------------------------
def test_a_hidden_line_is_refused_unless_declared(kit: Kit, draw: random.Random):
    figures, hidden = counts(draw), draw.sample(range(1, 97), 3)

    def fill(_, sheet):
        for i, n in enumerate(figures.values(), 1):
            sheet.write_number(i, 1, n)
        for i in hidden:
            sheet.set_row(i, None, None, {"hidden": True})

    write(kit, fill)
    refused = rejections(stage_file(kit, "f.xlsx"), "hidden_row")
    assert [r.line for r in refused] == sorted(i + 1 for i in hidden)
    assert values(stage_file(kit, "f.xlsx", hidden_rows="read")) == figures


@pytest.mark.parametrize("note", ["1", "2", "(1)", "a"])
def test_a_raised_note_is_no_digit(kit: Kit, draw: random.Random, note: str):
    figures, line = counts(draw), draw.randint(1, 96)

    def fill(book, sheet):
        raised = book.add_format({"font_script": 1})
        plain = book.add_format()
        for i, n in enumerate(figures.values(), 1):
            if i == line:
                sheet.write_rich_string(i, 1, plain, str(n), raised, note)
            else:
                sheet.write_string(i, 1, str(n))

    write(kit, fill)
    (refused,) = rejections(stage_file(kit, "f.xlsx"), "text_in_value")
    assert refused.line == line + 1


# --- shape ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", [(0, 16_383), (1_048_575, 16_383), (900_000, 90)])
def test_one_cell_far_outside_is_refused_before_the_sheet_is_read(kit: Kit, place):
    def fill(_, sheet):
        for i in range(1, 97):
            sheet.write_number(i, 1, i)
        sheet.write_number(*place, 1)

    write(kit, fill)
    with pytest.raises(SourceError, match="sheet is too large; it was not read") as error:
        stage_file(kit, "f.xlsx")
    assert "line" in str(error.value.found)
    assert "column" in str(error.value.found)


@pytest.mark.parametrize("more", ['table:number-columns-repeated="16384"'])
def test_an_ods_cell_repeated_without_end_is_refused(kit: Kit, more: str):
    write_ods(
        kit.raw_dir / "f.ods", [[ods_cell("code"), ods_cell("2014")], [ods_cell(1, more=more)]]
    )
    with pytest.raises(SourceError, match="sheet is too large; it was not read"):
        stage_file(kit, "f.ods")

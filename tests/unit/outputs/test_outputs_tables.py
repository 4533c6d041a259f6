"""Files for other tools: nothing runs, nothing is lost, and the metadata describe what is there."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import openpyxl
import pyarrow as pa
import pytest

from phare_pipeline.contract.tables import french_labels, table_of
from phare_pipeline.outputs.tables.catalog import dcat_catalog
from phare_pipeline.outputs.tables.cells import neutralise
from phare_pipeline.outputs.tables.csv_files import excel_csv, standard_csv
from phare_pipeline.outputs.tables.datapackage import data_package
from phare_pipeline.outputs.tables.dictionary import dictionary_page
from phare_pipeline.outputs.tables.files import release_files
from phare_pipeline.outputs.tables.selection import select
from phare_pipeline.outputs.tables.workbook import workbook
from tests.unit.warehouse.kit import PUBLISHED
from tests.unit.warehouse.kit import table as rows_of

HOSTILE = ["=1+1", "+33 1", "-2 %", "@sum", "\tx", "\rx", "\nx"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    return {name: rows_of(name) for name in PUBLISHED}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert neutralise(pa.table({"a": [text, "ok", None]}))["a"].to_pylist() == [
        f"'{text}",
        "ok",
        None,
    ]


def test_numbers_and_texts_with_a_sign_inside_stay_as_they_are() -> None:
    table = pa.table({"n": [-1.5, None], "t": ["a=b", "x-y"]})
    assert neutralise(table).equals(table)


def test_standard_csv_gives_back_every_cell() -> None:
    texts = ['a "b"', "c;d,e", "ligne 1\nligne 2", "", None, "é’ "]
    table = pa.table({"t": texts, "x": [0.1, -1e-7, None, 1.0, 2.5, 1 / 3]})
    rows = list(csv.reader(io.StringIO(standard_csv(table).decode("utf-8"), newline="")))
    assert rows[0] == ["t", "x"]
    assert [row[0] for row in rows[1:]] == [text or "" for text in texts]
    assert [float(row[1]) if row[1] else None for row in rows[1:]] == table["x"].to_pylist()


def test_an_absent_text_and_an_empty_one_differ_in_the_csv() -> None:
    assert standard_csv(pa.table({"t": ["", None, "x"]})) == b'"t"\n""\n\n"x"\n'


def test_excel_csv_is_what_excel_in_france_opens(tables: dict[str, pa.Table]) -> None:
    content = excel_csv(tables["out_indicators"], "out_indicators")
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert text.count("\n") == text.count("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert tuple(rows[0]) == french_labels(table_of("out_indicators"))
    position = table_of("out_indicators").columns.index("value")
    expected = [str(v).replace(".", ",") for v in tables["out_indicators"]["value"].to_pylist()]
    assert [float(row[position].replace(",", ".")) for row in rows[1:]] == [
        float(v.replace(",", ".")) for v in expected
    ]
    assert all("." not in row[position] for row in rows[1:])


def test_a_workbook_holds_texts_numbers_and_holes_and_no_formula() -> None:
    rows = rows_of("dim_source").to_pylist()
    rows[0] |= {"source_id": "x", "title": "=1+1", "address": "http://example.org", "note_fr": None}
    table = pa.Table.from_pylist(rows[:1], schema=rows_of("dim_source").schema)
    content = workbook({"dim_source": table}, ["Titre", "note"])
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Lisez-moi", "Sources"]
    sheet = book["Sources"]
    cells = dict(zip(table.column_names, next(sheet.iter_rows(min_row=2)), strict=True))
    assert cells["title"].value == "=1+1"
    assert cells["title"].data_type == "s"
    assert cells["geography_year"].data_type == "n"
    assert cells["note_fr"].value is None
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_codes_keep_their_zero_in_a_workbook() -> None:
    rows = rows_of("dim_departement").to_pylist()
    rows[0]["departement_code"] = "01"
    table = pa.Table.from_pylist(rows[:1], schema=rows_of("dim_departement").schema)
    book = openpyxl.load_workbook(io.BytesIO(workbook({"dim_departement": table}, ["T"])))
    assert book["Départements"]["A2"].value == "01"


def test_same_tables_same_bytes(tables: dict[str, pa.Table]) -> None:
    assert workbook(tables, ["T"]) == workbook(tables, ["T"])
    assert dict(release_files(tables)) == dict(release_files(tables))


def test_the_data_package_describes_every_csv_file(tables: dict[str, pa.Table]) -> None:
    files = dict(release_files(tables))
    described = json.loads(files["datapackage.json"])
    assert {r["path"] for r in described["resources"]} == {p for p in files if p.startswith("csv/")}
    for resource in described["resources"]:
        header = files[resource["path"]].decode("utf-8").splitlines()[0]
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert next(csv.reader([header])) == names


def test_codes_are_declared_as_texts(tables: dict[str, pa.Table]) -> None:
    types = {
        field["name"]: field["type"]
        for resource in data_package(tables)["resources"]
        for field in resource["schema"]["fields"]
    }
    assert types["region_code"] == types["departement_code"] == "string"
    assert types["value"] == "number"


def test_the_catalogue_has_every_table_and_source(tables: dict[str, pa.Table]) -> None:
    catalog = dcat_catalog(tables)
    found = {dataset["dct:identifier"] for dataset in catalog["dcat:dataset"]}
    assert found == set(tables) | set(tables["dim_source"]["source_id"].to_pylist())


def test_the_dictionary_page_names_every_column(tables: dict[str, pa.Table]) -> None:
    page = dictionary_page(tables)
    for name in tables:
        assert f'id="{name}"' in page
        assert all(f"<code>{column}</code>" in page for column in table_of(name).columns)


def test_a_selection_keeps_the_regions_and_years_asked_for(tables: dict[str, pa.Table]) -> None:
    facts = tables["out_indicators"].to_pylist()
    region, year = facts[0]["region_code"], facts[0]["year"]
    chosen = select(tables, [region], [year])
    assert {(r["region_code"], r["year"]) for r in chosen["out_indicators"].to_pylist()} == {
        (region, year)
    }
    assert select(tables, ["no such code"], [])["out_indicators"].num_rows == 0
    assert chosen["dim_source"].equals(tables["dim_source"])
    assert set(chosen["dim_dictionary"]["table_name"].to_pylist()) <= set(chosen)

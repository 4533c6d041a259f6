"""Cells, values, periods, territories and grids, each alone."""

import re

import pytest

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.model import Level
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.cells import cell_text, clean, column_index, column_letter
from phare_pipeline.sources.grids import read_grids
from phare_pipeline.sources.periods import read_period
from phare_pipeline.sources.places import Places, Unknown
from phare_pipeline.sources.table_options import TerritoryOptions
from phare_pipeline.sources.values import UNREADABLE, ValueReader, why_unreadable
from tests.unit.sources.kit import Kit


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_column_letters(index, letters):
    assert column_letter(index) == letters
    assert column_index(letters) == index


@pytest.mark.parametrize("letters", ["", "a", "A1", "É"])
def test_no_column_letters(letters):
    with pytest.raises(ValueError, match="no column letter"):
        column_index(letters)


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1995.0, "1995"), (18.4, "18.4"), (7, "7"), (0.1 + 0.2, "0.30000000000000004"), ("01", "01")],
)
def test_cell_text(cell, text):
    assert cell_text(cell) == text


def test_clean():
    assert clean(" Taux\u00a0de\n pauvreté1 ") == "Taux de pauvreté1"
    assert clean("Côtes-d\x92Armor \x96 né") == "Côtes-d’Armor – né"


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1,5", ",", 1.5),
        ("1.5", ".", 1.5),
        ("1,5", "mixed", 1.5),
        ("1.5", "mixed", 1.5),
        (",5", ",", 0.5),
        ("6 120", ",", 6120),
        ("6\u00a0120,5", ",", 6120.5),
        ("1\u202f006\u202f120", ",", 1006120),
        ("\u22123", ",", -3),
        ("1e3", ".", 1000),
        (" 7 ", ",", 7),
    ],
)
def test_numbers(text, decimal, value):
    assert ValueReader(decimal).read(text) == (value, "observed")


@pytest.mark.parametrize(
    "text", ["1.5", "1 23", "12 3456", "1,2,3", ".", "--1", "1-2", "abc", "e5"]
)
def test_no_numbers(text):
    assert ValueReader(",").read(text)[1] == UNREADABLE


@pytest.mark.parametrize("text", ["inf", "-Inf", "nan", "∞", "#REF!", "#N/A", "#NOM?", "1e999"])
def test_not_finite(text):
    assert ValueReader(".").read(text)[1] == UNREADABLE
    assert why_unreadable(text)[0] == "not_finite"


def test_flags_longest_first():
    reader = ValueReader(",", {}, {"*": "estimated", "**": "provisional", "%": "observed"})
    assert reader.read("477 199*") == (477199, "estimated")
    assert reader.read("4**") == (4, "provisional")
    assert reader.read("12 %") == (12, "observed")


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2014", "2014"),
        ("2014-T4", "2014-T4"),
        ("2014Q4", "2014-T4"),
        ("T4_2014", "2014-T4"),
        ("2014-12", "2014-M12"),
        ("2014-M12", "2014-M12"),
        ("janv-96", "1996-M01"),
        ("août-20", "2020-M08"),
        ("décembre 2017", "2017-M12"),
        ("2014-13", None),
        ("1968-1975", None),
        ("2017-01-01", None),
        ("brumaire 2017", None),
        ("20145", None),
    ],
)
def test_periods(text, period):
    assert read_period(text) == period


def test_period_pattern_of_two_forms():
    pattern = re.compile(
        r"^(?P<year>\d{4})-(?P<month>\d{2})-\d{2}$|^(?P<month_name>[^\W\d]+)-(?P<yy>\d{2})$"
    )
    assert read_period("2017-01-01", pattern) == "2017-M01"
    assert read_period("juin-20", pattern) == "2020-M06"
    assert read_period("Juin", pattern) is None


# --- territories -----------------------------------------------------------------------------
def places(kit: Kit, nomenclature: str, *levels: str, **over) -> Places:
    fields = {
        "column": "code",
        "label": None,
        "nomenclatures": tuple((Level(x), nomenclature) for x in levels or ["departement"]),
        "national": {},
        "aliases": {},
        "pattern": None,
        "recode": (),
    }
    return Places(Territories(kit.registry), TerritoryOptions(**{**fields, **over}))


@pytest.mark.parametrize(
    ("nomenclature", "text", "code"),
    [
        ("insee", "2A", "2A"),
        ("insee_unpadded", "1", "01"),
        ("insee_unpadded", "201", "2A"),
        ("drees", "20A", "2A"),
        ("drees", "202", "2B"),
        ("insee_padded3", "001", "01"),
        ("insee_padded3", "02B", "2B"),
        ("insee_padded3", "971", "971"),
        ("name", "COTES D'ARMOR", "22"),
        ("name", "Côtes-d’Armor", "22"),
        ("ditp", "D59", "59"),
        ("label_code", "83 - Var", "83"),
        ("label_code", "2A - Corse-du-Sud", "2A"),
        ("label_code", "44 - Loire Atl.", "44"),
        ("commune", "59350", "59"),
        ("commune", "2A004", "2A"),
        ("commune", "75113", "75"),
        ("commune", "97209", "972"),
        ("postcode", "20000", "2A"),
        ("postcode", "20200", "2B"),
        ("postcode_unpadded", "2190", "02"),
    ],
)
def test_nomenclatures(kit: Kit, nomenclature, text, code):
    place = places(kit, nomenclature).find(text)
    assert not isinstance(place, Unknown), place
    assert place.code == code


@pytest.mark.parametrize(
    ("nomenclature", "text"),
    [
        ("commune", "1004"),
        ("postcode", "2190"),
        ("postcode", "20999"),
        ("ditp", "R32"),
        ("label_code", "22 - Picardie"),
        ("label_code", "22"),
        ("drees", "20"),
    ],
)
def test_not_resolved(kit: Kit, nomenclature, text):
    assert isinstance(places(kit, nomenclature).find(text), Unknown)


def test_national_keys_aliases_and_patterns(kit: Kit):
    found = places(
        kit,
        "name",
        "region",
        national={"France\nmétropolitaine": "metropole", "X": "lune"},
        aliases={"Centre": "Centre-Val de Loire"},
        pattern=re.compile(r"^([^(]*)"),
    )
    assert found.find("France métropolitaine").code == "metropole"
    assert found.find("Centre").code == "24"
    assert found.find("Grand Est (3)").code == "44"
    assert found.find("X").why == "'lune' is no perimeter of the registry"
    assert found.find("Centre (3)").code == "24"


def test_same_name_at_two_levels_overseas_is_no_matter(kit: Kit):
    place = places(kit, "name", "departement", "region").find("La Réunion")
    assert not isinstance(place, Unknown)
    assert not place.is_in_study


# --- grids -----------------------------------------------------------------------------------
def grids(kit: Kit, content: bytes, encoding="utf-8", name="f.csv"):
    (kit.raw_dir / name).write_bytes(content)
    return read_grids(kit.raw_dir / name, name, encoding, ";")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_byte_order_marks_and_line_ends(kit: Kit, mark, end):
    (grid,) = grids(kit, mark + b"a;b" + end + b"1;2" + end + b";" + end)
    assert grid.rows == [["a", "b"], ["1", "2"]]
    assert grid.place(1, 1) == (2, "B")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n;;\n"])
def test_empty_file(kit: Kit, content):
    with pytest.raises(SourceError, match="holds nothing") as error:
        grids(kit, content)
    assert error.value.where == "f.csv"


def test_empty_workbook(kit: Kit):
    kit.write("f.xlsx", {"a": [], "b": []})
    with pytest.raises(SourceError, match="holds nothing"):
        read_grids(kit.raw_dir / "f.xlsx", "f.xlsx", "utf-8", ";")


def test_truncated_workbook(kit: Kit):
    path = kit.write("f.xlsx", {"a": [["x"]]})
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(SourceError, match="cannot be opened"):
        read_grids(path, "f.xlsx", "utf-8", ";")


def test_wrong_encoding_both_ways(kit: Kit):
    with pytest.raises(SourceError) as error:
        grids(kit, "code;n\nCôte;1".encode("latin-1"))
    assert (error.value.where, error.value.found) == (
        "f.csv, line 2",
        "byte 0xF4 at position 8",
    )
    with pytest.raises(SourceError) as error:
        grids(kit, "code;n\nCôte;1".encode(), "latin-1")
    assert (error.value.where, error.value.found) == ("f.csv, line 2", "bytes that are UTF-8")
    with pytest.raises(SourceError, match="does not exist"):
        grids(kit, b"a", "utf-88")


def test_unclosed_quote(kit: Kit):
    with pytest.raises(SourceError, match="broken"):
        grids(kit, b'a;b\n"1;2\n')


def test_transposed_grid_keeps_its_places(kit: Kit):
    (grid,) = grids(kit, b"a;b;c\n1;2\n")
    turned = grid.transposed()
    assert [list(row) for row in turned.rows] == [["a", "1"], ["b", "2"], ["c", ""]]
    assert turned.place(1, 1) == (2, "B")
    assert turned.cell(9, 9) == ""

"""The catalogue of sources, its pins, and the options that it carries."""

import hashlib
from pathlib import Path

import pytest

from phare_pipeline.errors import RegistryError, SourceError
from phare_pipeline.sources.catalogue import load_sources
from phare_pipeline.sources.corrections import load_corrections
from phare_pipeline.sources.gaps import load_gaps
from phare_pipeline.sources.pins import check_pin, renew_pins
from tests.unit.sources.kit import DEPARTEMENTS, Kit

ENTRY = """# Un commentaire à garder.
[insee_essai]
title = "Essai"
producer = "Insee"
licence = "Licence Ouverte 2.0"
address = "https://www.insee.fr"
vintage = "2021"
geography_year = 2021
reader = "table"
note_fr = "Rien."

[insee_essai.options]
header_lines = [1]
territory = { column = "code", level = "departement" }
period = { fixed = "2021" }

[[insee_essai.files]]
path = "insee/essai.csv"  # le seul fichier
sha256 = "%s"
bytes = 6
origin_title = "essai.csv"
origin_sha256 = "%s"
options = { decimal = "." }
"""
CONTENT = b"code;n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def raw_dir(tmp_path: Path) -> Path:
    (tmp_path / "insee").mkdir()
    (tmp_path / "insee" / "essai.csv").write_bytes(CONTENT)
    write(tmp_path)
    return tmp_path


def write(raw_dir: Path, *changes: tuple[str, str]) -> None:
    text = ENTRY % (DIGEST, "0" * 64)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (raw_dir / "sources.toml").write_text(text, "utf-8")


def test_a_source(raw_dir):
    (source,) = load_sources(raw_dir).values()
    assert (source.source_id, source.reader, source.geography_year) == (
        "insee_essai", "table", 2021,
    )  # fmt: skip
    assert source.data_version == DIGEST
    assert source.options_of(source.files[0])["decimal"] == "."
    check_pin(raw_dir, source.files[0])


def test_data_version_of_several_files(raw_dir):
    more = '[[insee_essai.files]]\npath = "insee/b.csv"\nsha256 = "{0}"\nbytes = 1\n'
    more += 'origin_title = "b"\norigin_sha256 = "{0}"\n'
    text = (raw_dir / "sources.toml").read_text("utf-8") + more.format("1" * 64)
    (raw_dir / "sources.toml").write_text(text, "utf-8")
    (source,) = load_sources(raw_dir).values()
    joined = f"{DIGEST}\n{'1' * 64}".encode()
    assert source.data_version == hashlib.sha256(joined).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ('producer = "Insee"', "", ["insee_essai", "'producer'", "nothing"]),
        ("producer =", "producteur =", ["'producer'"]),
        ("note_fr =", "notes_fr =", ["'notes_fr'", "did you mean 'note_fr'?"]),
        ("= 2021", '= "2021"', ["'geography_year'", "a whole number"]),
        ('"table"', '"tabel"', ["'reader'", "did you mean 'table'?"]),
        ("header_lines", "header_line", ["'header_line'", "did you mean 'header_lines'?"]),
        ("[1]", "[0]", ["'header_lines'", "rising line numbers"]),
        ('level = "departement"', 'level = "canton"', ["'level'", "departement"]),
        ('fixed = "2021"', "", ["'period'", "one: column, sheet, header, fixed"]),
        ('decimal = "."', 'decimal = "·"', ["'decimal'", "options for insee/essai.csv"]),
        ('"insee/essai.csv"', '"../essai.csv"', ["'path'", "below raw/"]),
        (DIGEST, "abc", ["'sha256'", "64 hexadecimal digits"]),
        ("[insee_essai]", "[Insee]", ["no source", "snake_case"]),
        ("[1]", "[1", ["no TOML"]),
    ],
)
def test_wrong_entries(raw_dir, old, new, parts):
    write(raw_dir, (old, new))
    with pytest.raises(SourceError) as error:
        load_sources(raw_dir)
    for part in parts:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ('item = { colunm = "a" }', "did you mean 'column'?"),
        ('missing = { "x" = "absent" }', "'x' = 'absent'"),
        ('flags = { "x" = "skip" }', "'x' = 'skip'"),
        ('where_pattern = { a = "(" }', "a regular expression"),
        ("where = { a = 1 }", "a text or a list of texts"),
        ('expect = [{ cell = "3A", text = "x" }]', "a cell such as A3"),
        ("blocks = []", "at least one"),
        ('series = { rename = [["a"]] }', "pairs of a regular expression"),
        ('delimiter = ";;"', "one character"),
        ('count = "cell"', "cells, rows"),
        ('ignore_rows = [{ pattern = "a" }]', "'reason'"),
        ("sum_repeated = 1", "true or false"),
        ('sheets = "DEP"', "a list"),
    ],
)
def test_wrong_options(raw_dir, options, part):
    write(raw_dir, ("header_lines = [1]", f"header_lines = [1]\n{options}"))
    with pytest.raises(SourceError) as error:
        load_sources(raw_dir)
    assert part in str(error.value)
    assert "raw/sources.toml, insee_essai.options for insee/essai.csv" in str(error.value.where)


def test_missing_catalogue(tmp_path):
    with pytest.raises(SourceError, match="catalogue of sources is missing"):
        load_sources(tmp_path)


# --- pins ------------------------------------------------------------------------------------
def test_changed_file_shows_both_hashes(raw_dir):
    (source,) = load_sources(raw_dir).values()
    (raw_dir / "insee" / "essai.csv").write_bytes(b"code;m")
    with pytest.raises(SourceError, match="changed since it was pinned") as error:
        check_pin(raw_dir, source.files[0])
    assert hashlib.sha256(b"code;m").hexdigest() in str(error.value.found)
    assert DIGEST in str(error.value.expected)
    assert error.value.where == "raw/insee/essai.csv"


def test_missing_file(raw_dir):
    (source,) = load_sources(raw_dir).values()
    (raw_dir / "insee" / "essai.csv").unlink()
    with pytest.raises(SourceError, match="raw file is missing") as error:
        check_pin(raw_dir, source.files[0])
    assert error.value.where == "raw/insee/essai.csv"
    with pytest.raises(SourceError, match="raw file is missing"):
        renew_pins(raw_dir)


def test_renewed_pins_keep_comments(raw_dir):
    assert renew_pins(raw_dir) == []
    before = (raw_dir / "sources.toml").read_text("utf-8")
    (raw_dir / "insee" / "essai.csv").write_bytes(b"code;nn")
    (change,) = renew_pins(raw_dir)
    assert (change.source_id, change.path) == ("insee_essai", "insee/essai.csv")
    assert (change.old_sha256, change.old_bytes, change.new_bytes) == (DIGEST, 6, 7)
    after = (raw_dir / "sources.toml").read_text("utf-8")
    assert after == before.replace(DIGEST, change.new_sha256).replace("bytes = 6", "bytes = 7")
    check_pin(raw_dir, load_sources(raw_dir)["insee_essai"].files[0])


def test_new_entry_gets_its_pin(raw_dir):
    write(raw_dir, (f'sha256 = "{DIGEST}"\nbytes = 6\n', ""))
    (change,) = renew_pins(raw_dir)
    assert (change.old_sha256, change.new_sha256) == (None, DIGEST)
    assert load_sources(raw_dir)


def test_staging_refuses_a_changed_file(kit: Kit):
    kit.declare()
    kit.write("f.csv", "code;n\n" + "".join(f"{c};1\n" for c in DEPARTEMENTS))
    options = {
        "header_lines": [1],
        "territory": {"column": "code", "level": "departement"},
        "period": {"fixed": "2021"},
    }
    source = kit.source([kit.file("f.csv")], options)
    kit.write("f.csv", "code;n\n")
    with pytest.raises(SourceError, match="changed since"):
        kit.stage_source(source)


# --- corrections and gaps --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("c1,s,f.csv,m,departement,59,2021,,1,,observed,r,e,2024-01-31", "column replacement"),
        ("c1,s,f.csv,m,departement,59,2021,,1,2,not_available,r,e,2024-01-31", "replacement"),
        ("c1,s,f.csv,m,departement,59,2021,,1,2,observed,,e,2024-01-31", "column reason_fr"),
        ("c1,s,f.csv,m,departement,59,2021,,1,2,observed,r,e,31/01/2024", "column decided_on"),
        ("c1,s,f.csv,m,canton,59,2021,,1,2,observed,r,e,2024-01-31", "column territory_level"),
    ],
)
def test_wrong_corrections(kit: Kit, line, part):
    kit.declare(corrected=[line])
    with pytest.raises(RegistryError) as error:
        load_corrections(kit.raw_dir)
    assert "corrections.csv, line 2" in str(error.value)
    assert part in str(error.value)


def test_correction_given_twice(kit: Kit):
    line = "c1,s,f.csv,m,departement,59,2021,,1,2,observed,r,e,2024-01-31"
    kit.declare(corrected=[line, line])
    with pytest.raises(RegistryError, match="twice"):
        load_corrections(kit.raw_dir)


def test_missing_declarations(tmp_path):
    for load in (load_corrections, load_gaps):
        with pytest.raises(RegistryError, match="a table is missing"):
            load(tmp_path)


@pytest.mark.parametrize(
    "address",
    ["", "insee.fr", "ftp://insee.fr/x", "javascript:alert(1)", "file:///etc/passwd", "https://",
     "https://insee", "https://insee.fr/a b", "htp://www.insee.fr"],
)  # fmt: skip
def test_an_address_that_is_no_web_address(raw_dir: Path, address: str):
    write(raw_dir, ('address = "https://www.insee.fr"', f'address = "{address}"'))
    with pytest.raises(SourceError, match="'address' is wrong") as error:
        load_sources(raw_dir)
    assert "raw/sources.toml, insee_essai" in str(error.value.where)
    assert error.value.found == repr(address)

"""Files that are too large, damaged, hostile or of another kind end in a message, early."""

import hashlib
import io
import os
import random
import struct
import sys
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from phare_pipeline.survey.exports import ExportError, read_export, spss, spss_worker, workbook
from phare_pipeline.survey.exports.spss import read_spss
from phare_pipeline.survey.exports.spss_header import read_shape
from phare_pipeline.survey.exports.table import MAX_BYTES, MAX_COLUMNS
from tests.unit.survey.exports_kit import N, Study, rows, write_csv, write_sav, write_xlsx
from tests.unit.survey.kit import REGISTRY

GIGABYTE = 1024**3


def refuse(study: Study, message: str) -> ExportError:
    with pytest.raises(ExportError) as error:
        study.read()
    text = str(error.value)
    assert message in text, text
    assert f"where: exports/{study.path.name}" in text
    assert "found: " in text and "do: " in text
    return error.value


# --- sizes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("export_format", "ending"), [("institute", ".csv"), ("institute", ".xlsx"), ("spss", ".sav")]
)
def test_a_gigabyte_is_not_even_opened(tmp_path, export_format, ending):
    study = Study(tmp_path, export_format, ending)
    with study.path.open("wb") as file:
        file.truncate(GIGABYTE)
    codebook = study.codebook
    start = time.perf_counter()
    error = refuse(study, "too large to be one of a survey; it was not read")
    assert time.perf_counter() - start < 2
    assert error.found == f"{GIGABYTE} bytes"
    assert error.expected == f"at most {MAX_BYTES} bytes"
    assert codebook.study_id == "essai-2020"


def test_ten_thousand_columns_of_a_text(tmp_path):
    study = Study(tmp_path, "institute", ".csv")
    wide = ";".join(f"Q{i}" for i in range(10_000))
    with study.path.open("w") as file:
        for _ in range(1_000):
            file.write(wide + "\n")
    start = time.perf_counter()
    error = refuse(study, "too many columns or rows")
    assert time.perf_counter() - start < 2
    assert error.found is not None and error.found.startswith("10000 columns")


@pytest.mark.slow
def test_ten_thousand_columns_of_a_workbook(tmp_path):
    study = Study(tmp_path, "institute", ".xlsx")
    book = xlsxwriter.Workbook(str(study.path))
    sheet = book.add_worksheet()
    for i in range(10_000):
        sheet.write(0, i, f"Q{i}")
    book.close()
    error = refuse(study, "too many columns or rows")
    assert error.found is not None and error.found.startswith("10000 columns")


@pytest.mark.slow
def test_a_lone_cell_in_the_last_corner_of_a_sheet(tmp_path):
    """A reader that lays out all cells in between needs more memory than there is."""
    study = Study(tmp_path, "institute", ".xlsx")
    book = xlsxwriter.Workbook(str(study.path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "ident")
    sheet.write(1_048_575, 16_383, 1)
    book.close()
    refuse(study, "too many columns or rows")


@pytest.mark.slow
def test_ten_thousand_columns_of_a_sav(tmp_path):
    study = Study(tmp_path, "spss", ".sav")
    write_sav(study.path, [{f"q{i}": 1 for i in range(MAX_COLUMNS + 1)}])
    error = refuse(study, "too many columns or rows")
    assert error.found is not None and error.found.startswith(f"{MAX_COLUMNS + 1} columns")


def test_a_workbook_that_unpacks_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 10 * 1024**2)
    study = Study(tmp_path, "institute", ".xlsx")
    write_xlsx(study.path, rows())
    with zipfile.ZipFile(study.path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.bin", bytes(11 * 1024**2))
    assert study.path.stat().st_size < 1024**2
    refuse(study, "too large once unpacked; it was not read")


# --- kinds ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ending", "content", "message"),
    [
        (".csv", b"", "An export is empty"),
        (".csv", b"PK\x03\x04abc", "found: a zip archive"),
        (".csv", b"$FL2@(#)", "found: an SPSS file"),
        (".csv", b"\xd0\xcf\x11\xe0abcd", "found: an old Excel file"),
        (".csv", b"id\x00\x01", "found: a file of an unknown kind"),
        (".csv", b"%PDF-1.7", "found: a PDF"),
        (".xlsx", b"\xd0\xcf\x11\xe0abcd", "found: an old Excel file"),
        (".xlsx", b"ident;region", "expected: the content of a .xlsx file"),
        (".sav", b"PK\x03\x04abc", "found: a zip archive"),
        (".zsav", b"ident;region", "expected: the content of a .zsav file"),
    ],
)
def test_a_file_is_what_its_name_says(tmp_path, ending, content, message):
    study = Study(tmp_path, "spss" if "sav" in ending else "institute", ending)
    study.path.write_bytes(content)
    refuse(study, message)


def test_a_missing_file(tmp_path):
    refuse(Study(tmp_path, "institute", ".csv"), "An export is missing")


def test_a_pin_is_kept(tmp_path):
    study = Study(tmp_path, "institute", ".csv")
    write_csv(study.path, rows())
    content = study.path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    study.declare(f'sha256 = "{sha256}"\nbytes = {len(content)}')
    assert study.read().sha256 == sha256
    study.path.write_bytes(content.replace(b"r000", b"r999"))
    error = refuse(study, "has changed since it was pinned")
    assert error.expected == f"sha256 {sha256}"
    study.path.write_bytes(content + b"\n")
    assert refuse(study, "has changed").found == f"{len(content) + 1} bytes"


# --- texts ---------------------------------------------------------------------------------------
def test_encodings_that_cannot_be(tmp_path):
    study = Study(tmp_path, "institute", ".csv")
    write_csv(study.path, rows())
    content = study.path.read_bytes()
    study.path.write_bytes(content.replace(b"Bretagne", b"Bret\x81gne", 1))
    error = refuse(study, "The encoding of a text export is not known")
    assert "line 5" in str(error) and "byte 0x81" in str(error)
    study.path.write_bytes("ident;région\r\n1;32".encode("utf-16"))
    refuse(study, "a file of an unknown kind")


def test_an_open_quote(tmp_path):
    study = Study(tmp_path, "institute", ".csv")
    write_csv(study.path, rows())
    study.path.write_bytes(study.path.read_bytes().replace(b"r003", b'"r003'))
    refuse(study, "A text export is broken")


# --- workbooks -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "formula", ["=1+1", '=HYPERLINK("http://localhost")', "=cmd|' /C calc'!A0"]
)
def test_formulas_are_refused_not_evaluated(tmp_path, formula):
    study = Study(tmp_path, "institute", ".xlsx")
    data = rows()
    data[4]["Q3"] = formula
    write_xlsx(study.path, data, title=False, merged=False)
    error = refuse(study, "A cell of a workbook holds a formula; formulas are never evaluated")
    assert "cell K6" in str(error)
    assert formula not in str(error)


def test_a_formula_in_a_text_is_a_text(tmp_path):
    study = Study(tmp_path, "institute", ".csv")
    data = rows()
    data[4]["Q3"] = "=1+1"
    write_csv(study.path, data)
    error = refuse(study, "A code is not one of the question")
    assert "a text of 4 characters" in str(error)


def test_the_sheet_has_to_be_clear(tmp_path):
    study = Study(tmp_path, "institute", ".xlsx")
    book = xlsxwriter.Workbook(str(study.path))
    book.add_worksheet("a")
    book.add_worksheet("b")
    book.close()
    refuse(study, "found: 2 sheets")
    study.declare('sheet = "c"')
    refuse(study, "expected: a sheet 'c'")


def test_answers_merged_over_columns(tmp_path):
    study = Study(tmp_path, "institute", ".xlsx")
    book = xlsxwriter.Workbook(str(study.path))
    sheet = book.add_worksheet()
    for i, name in enumerate(rows()[0]):
        sheet.write(0, i, name)
    sheet.merge_range(1, 7, 1, 8, 5)
    book.close()
    error = refuse(study, "An answer is merged over several columns")
    assert "line 2, columns H to I" in str(error)


def test_a_workbook_cut_off_or_encrypted(tmp_path):
    study = Study(tmp_path, "institute", ".xlsx")
    write_xlsx(study.path, rows())
    content = study.path.read_bytes()
    study.path.write_bytes(content[: len(content) // 2])
    refuse(study, "A workbook cannot be opened")


def test_a_sheet_in_another_encoding_hides_nothing(tmp_path):
    study = Study(tmp_path, "institute", ".xlsx")
    write_xlsx(study.path, rows())
    out = io.BytesIO()
    with zipfile.ZipFile(study.path) as source, zipfile.ZipFile(out, "w") as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename.endswith("sheet1.xml"):
                content = content.decode().encode("utf-16")
            target.writestr(member, content)
    study.path.write_bytes(out.getvalue())
    refuse(study, "a sheet that is not written in UTF-8")


# --- SPSS ----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def good_sav(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sav") / "good.sav"
    labels = {"Q3": {1.0: "Oui", 2.0: "Non"}}
    write_sav(path, rows(), variable_value_labels=labels, missing_ranges={"Q3": [98, 99]})
    return path.read_bytes()


def test_the_head_gives_the_shape(tmp_path, good_sav):
    path = tmp_path / "good.sav"
    path.write_bytes(good_sav)
    shape = read_shape(path, "good.sav")
    assert (shape.n_variables, shape.n_cases) == (19, N)
    write_sav(tmp_path / "good.zsav", rows(), compress=True)
    assert read_shape(tmp_path / "good.zsav", "good.zsav").n_variables == 19


def patched(content: bytes, position: int, value: int) -> bytes:
    return content[:position] + struct.pack("<i", value) + content[position + 4 :]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda b: b[:100], "a head of 100 bytes"),
        (lambda b: b[:200], "ends within its list of variables"),
        (lambda b: patched(b, 64, 7), "an unknown layout"),
        (lambda b: patched(b, 68, 2_000_000_000), "of 2000000000 elements"),
        (lambda b: patched(b, 68, 3), "elements a case where 3 are declared"),
        (lambda b: patched(b, 80, -7), "-7 cases"),
        (lambda b: patched(b, 80, 2_000_000_000), "2000000000 rows"),
        (lambda b: patched(b, 180, 1_000_000), "a variable of width 1000000"),
        (lambda b: patched(b, 176, 3), "no variable"),
        (lambda b: b[: len(b) - 500], "An SPSS file cannot be read"),
    ],
)
def test_a_hostile_head(tmp_path, good_sav, damage, message):
    path = tmp_path / "bad.sav"
    path.write_bytes(damage(good_sav))
    with pytest.raises(ExportError) as error:
        read_spss(path, "bad.sav")
    assert message in str(error.value)
    assert "where: bad.sav" in str(error.value)


@pytest.mark.slow
def test_a_file_without_cases(tmp_path):
    import pandas as pd
    import pyreadstat

    path = tmp_path / "empty.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": pd.Series([], dtype=float)}), path)
    with pytest.raises(ExportError, match="no case"):
        read_spss(path, "empty.sav")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            "a reader stopped by signal 11",
        ),
        ("import time; time.sleep(60)", "no end after 1 seconds"),
        ("raise SystemExit(9)", "a reader failed: no reason"),
    ],
)
def test_a_reader_that_dies_is_an_error_not_a_crash(tmp_path, good_sav, monkeypatch, body, found):
    path = tmp_path / "good.sav"
    path.write_bytes(good_sav)
    worker = tmp_path / "worker.py"
    worker.write_text(body)
    monkeypatch.setattr(spss_worker, "__file__", str(worker))
    monkeypatch.setattr(spss, "TIMEOUT_SECONDS", 1 if "sleep" in body else 60)
    with pytest.raises(ExportError) as error:
        read_spss(path, "good.sav")
    assert error.value.found == found


def damaged(good: bytes, seed: int) -> bytes:
    rng = random.Random(seed)
    content = bytearray(good)
    # A third in the head, a third in the dictionary, a third anywhere.
    reach = (184, 3_000, len(content))[seed % 3]
    for _ in range(rng.choice([1, 2, 4, 16])):
        content[rng.randrange(min(reach, len(content)))] = rng.randrange(256)
    return bytes(content[: rng.randrange(len(content))] if seed % 5 == 0 else content)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sav", "zsav"])
def test_three_hundred_damaged_files(tmp_path, kind):
    """Each ends in the right table, another table, or a message; this process is still here.

    A process for each would take minutes: one process forks for each file, reads it as the worker
    does, and only what kills it or passes there is read again in full.
    """
    write_sav(tmp_path / f"good.{kind}", rows(), compress=kind == "zsav")
    good = (tmp_path / f"good.{kind}").read_bytes()
    outcomes: dict[str, int] = {}
    for seed in range(300):
        path = tmp_path / f"bad.{kind}"
        path.write_bytes(damaged(good, seed))
        outcome = _read_forked(path, tmp_path / "out.arrow")
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if outcome.startswith("signal"):
            with pytest.raises(ExportError) as error:
                read_spss(path, "bad.sav")
            assert "signal" in str(error.value) or "damaged" in str(error.value)
    print(kind, outcomes)
    assert outcomes["message"] > 30 and outcomes["table"] > 30
    assert set(outcomes) <= {"message", "table", *(f"signal {n}" for n in (6, 8, 9, 11))}


def _read_forked(path: Path, target: Path) -> str:
    import pyarrow  # noqa: F401 - loaded once, before the forks
    import pyreadstat  # noqa: F401

    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.stderr = io.StringIO()
        try:
            read_shape(path, "bad.sav")
        except ExportError:
            os._exit(1)
        os._exit(1 if spss_worker.main(str(path), str(target)) else 0)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return "message" if os.WEXITSTATUS(status) else "table"


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_two_hundred_damaged_texts_and_workbooks(tmp_path, ending):
    """Any damage ends in a message of ours or in tables: no other exception leaves the reader."""
    study = Study(tmp_path, "institute", ending)
    if ending == ".csv":
        write_csv(study.path, rows())
    else:
        write_xlsx(study.path, rows(), title=False, merged=False)
    good, codebook = study.path.read_bytes(), study.codebook
    outcomes = {"message": 0, "tables": 0}
    for seed in range(200):
        is_inside = ending == ".xlsx" and seed % 2
        study.path.write_bytes(damaged_inside(good, seed) if is_inside else damaged(good, seed))
        try:
            read_export(study.surveys, codebook, "citoyens", REGISTRY)
            outcomes["tables"] += 1
        except ExportError:
            outcomes["message"] += 1
    assert outcomes["message"] > 100


def damaged_inside(good: bytes, seed: int) -> bytes:
    """A sound archive with some bytes of one part changed."""
    rng = random.Random(seed)
    part = rng.choice(["sheet1.xml", "sharedStrings.xml", "workbook.xml", "styles.xml"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w") as target:
        for member in source.infolist():
            content = bytearray(source.read(member))
            if member.filename.endswith(part):
                for _ in range(rng.choice([1, 3, 10])):
                    content[rng.randrange(len(content))] = rng.choice([*b"<>09:Z", *range(256)])
            target.writestr(member.filename, bytes(content))
    return out.getvalue()

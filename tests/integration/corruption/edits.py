"""Changes of raw files: of the rows of a csv, of the cells of a workbook, of bytes.

The fibre file, which most of them damage, has code and label, then a column a quarter.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import openpyxl

from tests.integration.corruption.kinds import Change
from tests.integration.small import Installation

SEEKERS, POWER, FIBRE = "france_travail_jeunes", "odre_enr", "arcep_ftth"
INCOME, RATES = "insee_filosofi_dep_2017", "insee_chomage_localise"

Rows = list[list[str]]


# --- tools -------------------------------------------------------------------------------------
def csv_rows(source: str, edit: Callable[[Rows, random.Random], Rows]) -> Change:
    """Return a change of the cells of a csv, its encoding and delimiter kept."""

    def change(folder: Path, chance: random.Random) -> None:
        path = Installation(folder).raw_file(source)
        text = path.read_bytes().decode("utf-8-sig")
        delimiter = ";" if text.count(";") > text.count(",") else ","
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(edit(rows, chance))
        path.write_text(out.getvalue(), "utf-8-sig" if text.startswith("\ufeff") else "utf-8")

    return change


def raw_bytes(source: str, edit: Callable[[bytes, random.Random], bytes]) -> Change:
    """Return a change of the bytes of a raw file."""

    def change(folder: Path, chance: random.Random) -> None:
        path = Installation(folder).raw_file(source)
        path.write_bytes(edit(path.read_bytes(), chance))

    return change


def workbook(edit: Callable[[openpyxl.Workbook, random.Random], None]) -> Change:
    """Return a change of the workbook of unemployment rates."""

    def change(folder: Path, chance: random.Random) -> None:
        path = Installation(folder).raw_file(RATES)
        book = openpyxl.load_workbook(path)
        edit(book, chance)
        book.save(path)

    return change


def body(rows: Rows) -> range:
    """Return the rows of the fibre file that hold départements of metropolitan France."""
    first = next(i for i, row in enumerate(rows) if row and row[0] == "01")
    last = next(i for i, row in enumerate(rows) if row and row[0] == "95")
    return range(first, last + 1)


def two(rows: Rows, chance: random.Random) -> tuple[int, int]:
    """Choose two rows of départements."""
    one, other = chance.sample(list(body(rows)), 2)
    return one, other


# --- edits of the fibre file: code, label, then a column a quarter -----------------------------
def swap_rows(rows: Rows, chance: random.Random) -> Rows:
    one, other = two(rows, chance)
    rows[one], rows[other] = rows[other], rows[one]
    return rows


def swap_values(rows: Rows, chance: random.Random) -> Rows:
    one, other = two(rows, chance)
    rows[one][2:], rows[other][2:] = rows[other][2:], rows[one][2:]
    return rows


def shift_column(rows: Rows, _: random.Random) -> Rows:
    for i in body(rows):
        rows[i] = [*rows[i][:2], *rows[i][3:], ""]
    return rows


def shift_down(rows: Rows, _: random.Random) -> Rows:
    places = list(body(rows))
    values = [rows[i][2:] for i in places]
    for i, moved in zip(places, [values[-1], *values[:-1]], strict=True):
        rows[i][2:] = moved
    return rows


def drop_row(rows: Rows, chance: random.Random) -> Rows:
    del rows[chance.choice(list(body(rows)))]
    return rows


def duplicate_block(rows: Rows, chance: random.Random) -> Rows:
    first = chance.choice(list(body(rows))[:-5])
    return [*rows[: first + 5], *rows[first : first + 5], *rows[first + 5 :]]


def every_value(edit: Callable[[str], str]) -> Callable[[Rows, random.Random], Rows]:
    """Return an edit of all figures of the fibre file."""

    def change(rows: Rows, _: random.Random) -> Rows:
        for i in body(rows):
            rows[i][2:] = [edit(text) for text in rows[i][2:]]
        return rows

    return change


def one_value(edit: Callable[[str], str]) -> Callable[[Rows, random.Random], Rows]:
    """Return an edit of the figures of one département."""

    def change(rows: Rows, chance: random.Random) -> Rows:
        i = chance.choice(list(body(rows)))
        rows[i][2:] = [edit(text) for text in rows[i][2:]]
        return rows

    return change


def every_code(edit: Callable[[str], str]) -> Callable[[Rows, random.Random], Rows]:
    """Return an edit of all codes of the fibre file."""

    def change(rows: Rows, _: random.Random) -> Rows:
        for i in body(rows):
            rows[i][0] = edit(rows[i][0])
        return rows

    return change


def swap_code(rows: Rows, chance: random.Random) -> Rows:
    one, other = two(rows, chance)
    rows[one][0], rows[other][0] = rows[other][0], rows[one][0]
    return rows


def append_total(rows: Rows, _: random.Random) -> Rows:
    last = body(rows).stop
    return [*rows[:last], ["Total", *rows[last - 1][1:]], *rows[last:]]


def rename_header(rows: Rows, _: random.Random) -> Rows:
    header = body(rows).start - 1
    rows[header] = [f"{text} bis" if i == 0 else text for i, text in enumerate(rows[header])]
    return rows


def swap_headers(rows: Rows, _: random.Random) -> Rows:
    header = body(rows).start - 1
    rows[header][2], rows[header][3] = rows[header][3], rows[header][2]
    return rows


def swap_columns(rows: Rows, _: random.Random) -> Rows:
    for i in range(body(rows).start - 1, body(rows).stop):
        rows[i][2], rows[i][3] = rows[i][3], rows[i][2]
    return rows


def transpose(text: str) -> str:
    """Exchange two digits of a number."""
    return text[0] + text[2] + text[1] + text[3:] if len(text) > 3 else text


def other_separator(content: bytes, _: random.Random) -> bytes:
    return content.replace(b",", b";")


def mix_encodings(content: bytes, _: random.Random) -> bytes:
    lines = content.split(b"\n")
    wrong = next(i for i, line in enumerate(lines) if "é".encode() in line)
    lines[wrong] = lines[wrong].decode().encode("cp1252")
    return b"\n".join(lines)


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) // 3, 2 * len(content) // 3)]


def flip_byte(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) // 4, len(content) // 2)
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def rename_sheet(book: openpyxl.Workbook, _: random.Random) -> None:
    book["valeurs_trimestrielles"].title = "Valeurs"


def formula_error(book: openpyxl.Workbook, _: random.Random) -> None:
    book["valeurs_trimestrielles"]["F5"].value = "#REF!"


def number_as_text(book: openpyxl.Workbook, _: random.Random) -> None:
    cell = book["valeurs_trimestrielles"]["F5"]
    cell.value = str(cell.value).replace(".", ",")


def rates_down(book: openpyxl.Workbook, _: random.Random) -> None:
    """Move all rates down by one territory."""
    sheet = book["valeurs_trimestrielles"]
    places = range(2, sheet.max_row + 1)
    for column in range(4, sheet.max_column + 1):
        values = [sheet.cell(line, column).value for line in places]
        for line, value in zip(places, [values[-1], *values[:-1]], strict=True):
            sheet.cell(line, column).value = value


def scale_region(book: openpyxl.Workbook, _: random.Random) -> None:
    """Give one region half of its rates."""
    sheet = book["valeurs_trimestrielles"]
    [line] = [
        n
        for n in range(2, sheet.max_row + 1)
        if any("Hauts-de-France" in str(sheet.cell(n, c).value) for c in range(1, 4))
    ]
    for column in range(4, sheet.max_column + 1):
        value = sheet.cell(line, column).value
        if isinstance(value, float | int):
            sheet.cell(line, column).value = round(value / 2, 1)


def insert_line(book: openpyxl.Workbook, _: random.Random) -> None:
    book["valeurs_trimestrielles"].insert_rows(1)


def power_rows(edit: Callable[[str], str]) -> Change:
    """Return an edit of the lines of Hauts-de-France in the file of regions."""

    def change(rows: Rows, _: random.Random) -> Rows:
        for row in rows:
            if "Hauts-de-France" in row:
                row[2] = edit(row[2])
        return rows

    return csv_rows(POWER, change)


def drop_region(rows: Rows, _: random.Random) -> Rows:
    return [row for row in rows if "Hauts-de-France" not in row]

"""Carry figures from a producer's official file into a small extract in the same published layout.

Development tool only: the pipeline never runs it and never needs the official files. It keeps
sheets, rows and columns as the files of `tools/carry/` say and changes no cell; rows of an API
become lines of a text file, and only where a job says `add_up` are communes added up. Values,
readers and registry do not belong here.

Usage: python tools/carry.py FOLDER_OF_OFFICIAL_FILES [NAME ...]
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

HERE = Path(__file__).resolve().parent
RAW = HERE.parent / "raw"
# A fixed date keeps the bytes of a workbook the same at every carry.
WORKBOOK_DATE = dt.datetime(2000, 1, 1)

Row = list[Any]


def column_index(letter: str) -> int:
    """Return the 0-based index of a spreadsheet column letter (`A` is 0, `AA` is 26)."""
    index = 0
    for character in letter.upper():
        index = index * 26 + ord(character) - ord("A") + 1
    return index - 1


def expand_columns(spec: Iterable[str]) -> list[int]:
    """Turn `["A", "C:F"]` into 0-based indexes, in order."""
    indexes: list[int] = []
    for part in spec:
        first, _, last = part.partition(":")
        indexes.extend(range(column_index(first), column_index(last or first) + 1))
    return indexes


def keep(rows: list[Row], job: dict[str, Any]) -> list[Row]:
    """Apply `head` (lines always kept), `rows`, `some` and `columns` to a grid.

    `rows` (column letter -> regex): all must match; `some`: one of these columns is not blank.
    """
    head = int(job.get("head", 0))
    patterns = {column_index(k): re.compile(v) for k, v in job.get("rows", {}).items()}
    columns = expand_columns(job["columns"]) if "columns" in job else None
    some = expand_columns(job.get("some", []))
    kept = []
    for number, row in enumerate(rows, start=1):
        cells = [str(cell) for cell in row]
        wanted = all(i < len(cells) and p.search(cells[i]) for i, p in patterns.items())
        if some:
            wanted = wanted and any(i < len(cells) and cells[i] for i in some)
        if number <= head or wanted:
            kept.append(
                row if columns is None else [row[i] if i < len(row) else "" for i in columns]
            )
    return kept


def add_up(rows: list[Row], job: dict[str, Any]) -> list[Row]:
    """Add up the second column by the territory that `add_up` cuts out of the first one.

    Of an area or a count only, and of a file whose communes are too many to be read at every run.
    Sums are written with the decimals of the source.
    """
    cut, decimals = re.compile(job["add_up"]["territory"]), int(job["add_up"]["decimals"])
    totals: dict[str, float] = {}
    for code, value in rows[1:]:
        match = cut.search(code)
        if match is None:
            raise ValueError(f"{code!r}: no territory by {cut.pattern!r}")
        totals[match.group()] = totals.get(match.group(), 0.0) + float(value)
    return [rows[0], *([code, f"{totals[code]:.{decimals}f}"] for code in sorted(totals))]


def carry_json(source: Path, target: Path, job: dict[str, Any]) -> None:
    """Carry the rows of an API's answer, the fields of `fields` as columns in that order.

    A null is a blank cell; numbers are written as the answer writes them.
    """
    answer = json.loads(source.read_text("utf-8"), parse_float=str, parse_int=str)
    rows = answer if isinstance(answer, list) else answer["data"]
    lines = [job["fields"]] + [
        ["" if row.get(f) is None else row[f] for f in job["fields"]] for row in rows
    ]
    with target.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(keep(lines, job))


def read_text_file(source: Path, job: dict[str, Any]) -> bytes:
    """Return the bytes of a text file, or of the one of an archive that `member` names."""
    if "member" not in job:
        return source.read_bytes()
    with zipfile.ZipFile(source) as archive:
        return archive.read(job["member"])


def carry_csv(source: Path, target: Path, job: dict[str, Any]) -> None:
    """Carry a delimited text file: same encoding, separator, quoting style and line ends."""
    encoding = job.get("encoding", "utf-8")
    text = read_text_file(source, job).decode(encoding)
    bom = re.match("\ufeff*", text)
    marks = bom.group(0) if bom else ""
    line_end = "\r\n" if "\r\n" in text else "\n"
    delimiter = job.get("delimiter", ";")
    rows = list(csv.reader(io.StringIO(text[len(marks) :]), delimiter=delimiter))
    quoting: Any = csv.QUOTE_ALL if job.get("quote_all") else csv.QUOTE_MINIMAL
    kept = keep(rows, job)
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(
        add_up(kept, job) if "add_up" in job else kept
    )
    target.write_bytes((marks + out.getvalue()).encode(encoding))


def carry_workbook(source: Path, target: Path, job: dict[str, Any]) -> None:
    """Carry sheets of a workbook; an .xls becomes an .xlsx with the same cells in place."""
    book = CalamineWorkbook.from_path(source)
    wanted = re.compile(job.get("sheets", "."))
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as out:
        out.set_properties({"created": WORKBOOK_DATE})
        for name in book.sheet_names:
            if not wanted.search(name):
                continue
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            while rows and all(cell == "" for cell in rows[-1]):
                rows.pop()
            sheet = out.add_worksheet(name)
            per_sheet = job.get("sheet", {}).get(name, {})
            for i, row in enumerate(keep(rows, {**job, **per_sheet})):
                for j, cell in enumerate(row):
                    write_cell(sheet, i, j, cell)


def write_cell(sheet: Any, line: int, column: int, cell: Any) -> None:
    """Write one cell with its own type; text stays text, even where it looks like a number."""
    if cell == "":
        return
    if isinstance(cell, dt.datetime | dt.date):
        sheet.write_datetime(line, column, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(line, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(line, column, cell)
    else:
        sheet.write_string(line, column, str(cell))


CARRIERS = {
    ".json": carry_json,
    **dict.fromkeys((".csv", ".tsv", ".txt", ".zip"), carry_csv),
}


def load_jobs() -> list[dict[str, Any]]:
    """Return the jobs of every file of `tools/carry/`, in order of file name."""
    files = sorted((HERE / "carry").glob("*.toml"))
    return [job for file in files for job in tomllib.loads(file.read_text("utf-8"))["extract"]]


def main(arguments: list[str]) -> int:
    """Carry every job, or those whose target starts with a given name."""
    official, names = Path(arguments[0]), set(arguments[1:])
    for job in load_jobs():
        if names and not any(job["target"].startswith(name) for name in names):
            continue
        source, target = official / job["origin"], RAW / job["target"]
        target.parent.mkdir(parents=True, exist_ok=True)
        CARRIERS.get(source.suffix.lower(), carry_workbook)(source, target, job)
        print(f"{job['target']}: {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

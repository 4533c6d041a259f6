"""Carry figures from a producer's official file into a small extract in the same published layout.

Development tool only: the pipeline never runs it and never needs the official files. It keeps
sheets, rows and columns as the files of `tools/carry/` say and changes no cell. Values, readers and
registry do not belong here.

Usage: python tools/carry.py FOLDER_OF_OFFICIAL_FILES [NAME ...]
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
import sys
import tomllib
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


def carry_csv(source: Path, target: Path, job: dict[str, Any]) -> None:
    """Carry a delimited text file, unpacked: same encoding, separator, quoting, line ends."""
    encoding = job.get("encoding", "utf-8")
    packed = source.read_bytes()
    text = (gzip.decompress(packed) if source.suffix == ".gz" else packed).decode(encoding)
    bom = re.match("\ufeff*", text)
    marks = bom.group(0) if bom else ""
    line_end = "\r\n" if "\r\n" in text else "\n"
    delimiter = job.get("delimiter", ";")
    rows = list(csv.reader(io.StringIO(text[len(marks) :]), delimiter=delimiter))
    quoting: Any = csv.QUOTE_ALL if job.get("quote_all") else csv.QUOTE_MINIMAL
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(
        keep(rows, job)
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
        is_text = {".csv", ".tsv", ".txt"} & {suffix.lower() for suffix in source.suffixes}
        carry = carry_csv if is_text else carry_workbook
        carry(source, target, job)
        print(f"{job['target']}: {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Opens a sheet of an .xlsx: its shape first, no formula, merged cells; cell meaning elsewhere.

A cell with a formula is refused, never evaluated: the value stored beside it may be stale, or 0
when the writer computed nothing, and an export of answers has no reason to compute.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.sources.cells import Cell, column_index, column_letter
from phare_pipeline.survey.exports.door import check_shape
from phare_pipeline.survey.exports.header import table_below_header
from phare_pipeline.survey.exports.headings import Headings
from phare_pipeline.survey.exports.issues import SHOWN_LINES, ExportError
from phare_pipeline.survey.exports.table import RawTable

MAX_UNPACKED = 1024**3
_CHUNK = 4 * 1024**2
_OVERLAP = 4096

_CELL = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^<>]*?\br=["']([0-9]{1,7})["'][^<>]*>""")
_UNSEEN = re.compile(rb"""\s(?:hidden=["'](?:1|true)["']|ht=["']0(?:\.0+)?["'])""")

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, StopIteration, SyntaxError),
    *(NotImplementedError, RuntimeError, ValueError),
)
"""What a damaged or encrypted archive may raise."""

Span = tuple[tuple[int, int], tuple[int, int]]


def read_workbook(
    path: Path, file: str, sheet: str | None, known: Headings, header_rows: int
) -> RawTable:
    """Read one sheet of a workbook.

    A cell merged over rows stands for each of them; one merged over columns only in the header.

    Args:
        path: where the file lies; its size is known to be right.
        file: how messages name it.
        sheet: name of the sheet; None takes the only one.
        known: headings of the columns in the codebook.
        header_rows: rows that make a name.

    Raises:
        ExportError: no workbook, too large once unpacked, too many columns or rows, a formula, no
            such sheet, answers merged over columns, hidden rows, no header.
    """
    hidden = _look_inside(path, file)
    rows, merged, member = _load(path, file, sheet)
    _fill(rows, merged)
    table = table_below_header(rows, range(1, len(rows) + 1), known, header_rows, file)
    _refuse_wide_merges(merged, int(table.lines[0]), file)
    _refuse_hidden(hidden.get(member, set()), table.lines.tolist(), file)
    return table


def _load(path: Path, file: str, sheet: str | None) -> tuple[list[list[Cell]], list[Span], str]:
    """Return rows and merged cells of a sheet, and the place of its XML in the archive."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as book:
            name = _sheet_name(book.sheet_names, sheet, file)
            found = book.get_sheet_by_name(name)
            rows: list[list[Cell]] = found.to_python(skip_empty_area=False)
            merged = list(found.merged_cell_ranges or ())
        with zipfile.ZipFile(path) as archive:
            member = _member_of(archive, name)
    except (CalamineError, *_BROKEN) as error:
        raise _broken(file, type(error).__name__) from None
    return rows, merged, member


def _member_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return where the XML of a sheet lies, by the relations of its workbook."""
    from xml.etree import ElementTree  # its parser expands no external entity

    def attributes(member: str, tag: str) -> list[dict[str, str]]:
        root = ElementTree.fromstring(archive.read(member))
        return [node.attrib for node in root.iter() if node.tag.rpartition("}")[2] == tag]

    relation = next(
        next(value for key, value in node.items() if key.endswith("}id"))
        for node in attributes("xl/workbook.xml", "sheet")
        if node["name"] == sheet
    )
    target = next(
        node["Target"]
        for node in attributes("xl/_rels/workbook.xml.rels", "Relationship")
        if node["Id"] == relation
    )
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _sheet_name(names: list[str], wanted: str | None, file: str) -> str:
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted in names:
        return wanted
    raise ExportError(
        "The sheet of a workbook is not clear",
        where=file,
        found=f"{len(names)} sheets" + ("" if wanted is None else ", none of that name"),
        expected="one sheet" if wanted is None else f"a sheet {wanted!r}",
        action="name the sheet with the answers as `sheet` of the export in study.toml",
    )


def _broken(file: str, found: str) -> ExportError:
    return ExportError(
        "A workbook cannot be opened",
        where=file,
        found=found,
        expected="a complete .xlsx without password",
        action="save it again from the spreadsheet",
    )


@dataclass
class _Shape:
    n_rows: int = 0
    n_columns: int = 0


def _look_inside(path: Path, file: str) -> dict[str, set[int]]:
    """Read the packed XML as a stream: sizes, the place of the outermost cell, formulas.

    Returns:
        the hidden rows of each sheet, by its place in the archive.
    """
    hidden = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if unpacked > MAX_UNPACKED:
                raise ExportError(
                    "A workbook is too large once unpacked; it was not read",
                    where=file,
                    found=f"{unpacked} bytes",
                    expected=f"at most {MAX_UNPACKED} bytes",
                    action="export the columns of the codebook only",
                )
            for member in members:
                if _SHEET.fullmatch(member.filename):
                    hidden[member.filename] = _look_at_sheet(archive, member, file)
    except _BROKEN as error:
        raise _broken(file, type(error).__name__) from None
    return hidden


def _look_at_sheet(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> set[int]:
    shape, tail, hidden = _Shape(), b"", set[int]()
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            if b"\x00" in chunk:
                raise _broken(file, "a sheet that is not written in UTF-8")
            _measure(window, shape, file)
            if formula := _FORMULA.search(window):
                raise _formula(window[: formula.start()], file)
            rows = _ROW.finditer(window)
            hidden |= {int(row[1]) for row in rows if _UNSEEN.search(row[0])}
            tail = window[-_OVERLAP:]
    return hidden


def _measure(window: bytes, shape: _Shape, file: str) -> None:
    for letters, number in _CELL.findall(window):
        shape.n_columns = max(shape.n_columns, column_index(letters.decode()) + 1)
        shape.n_rows = max(shape.n_rows, int(number))
    check_shape(shape.n_rows, shape.n_columns, file)


def _formula(before: bytes, file: str) -> ExportError:
    cells = _CELL.findall(before)
    place = f", cell {(cells[-1][0] + cells[-1][1]).decode()}" if cells else ""
    return ExportError(
        "A cell of a workbook holds a formula; formulas are never evaluated",
        where=f"{file}{place}",
        found="a formula",
        expected="values only",
        action="paste the cells as values, or export the answers again",
    )


def _fill(rows: list[list[Cell]], merged: list[Span]) -> None:
    """Write the value of a merged area into each of its cells."""
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            for i in range(left, min(right + 1, len(row))):
                row[i] = value


def _refuse_hidden(hidden: Collection[int], lines: Sequence[int], file: str) -> None:
    """Refuse respondents whom the sheet hides: a filter has left them out, or somebody has."""
    wrong = sorted(set(hidden).intersection(lines))
    if wrong:
        shown = ", ".join(map(str, wrong[:SHOWN_LINES]))
        rest = f" and {len(wrong) - SHOWN_LINES} more" if len(wrong) > SHOWN_LINES else ""
        raise ExportError(
            "Rows of a sheet are hidden",
            where=f"{file}, lines {shown}{rest}",
            found=f"{len(wrong)} hidden rows of {len(lines)} with answers",
            expected="every row in sight",
            action="delete the rows if these respondents are left out; else show them, "
            "and take the filter off",
        )


def _refuse_wide_merges(merged: list[Span], first_line: int, file: str) -> None:
    for (top, left), (_, right) in merged:
        if top + 1 >= first_line and right > left:
            raise ExportError(
                "An answer is merged over several columns",
                where=f"{file}, line {top + 1}, columns {column_letter(left)} to "
                f"{column_letter(right)}",
                found="a merged cell",
                expected="one cell a column below the header",
                action="undo the merge in the spreadsheet and save again",
            )

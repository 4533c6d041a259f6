"""Says of a workbook what its values do not: formats, merges, formulas, hidden rows, its shape.

Nothing is read as a figure here. What is found is keyed by line and column letter of the file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree  # its parser expands no external entity

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.cells import column_index, column_letter

MAX_UNPACKED = 1024**3
MAX_COLUMNS = 4_096
MAX_CELLS = 20_000_000
"""Of a sheet as it is read, blank cells before the outermost one included."""

PERCENT, FORMULA, MERGED = "percent_format", "formula_without_value", "merged_cell"

Place = tuple[int, str]


class Mark(NamedTuple):
    """What is to be known of a cell before its value is used.

    `area` is that of a merged cell: first line, first column, last line, last column (0-based).
    """

    rule: str
    area: tuple[int, int, int, int] | None = None


@dataclass
class SheetMarks:
    """Marked cells, hidden lines, texts with a raised part (a note), merged areas of one sheet."""

    cells: dict[Place, Mark] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    raised: dict[tuple[int, int], str] = field(default_factory=dict)
    areas: list[tuple[int, int, int, int]] = field(default_factory=list)

    def mark_areas(self, n_lines: int, width: int) -> None:
        """Mark the cells of merged areas, as far as the sheet has cells."""
        for top, left, bottom, right in self.areas:
            mark = Mark(MERGED, (top, left, bottom, right))
            for line in range(top, min(bottom + 1, n_lines)):
                for column in range(left, min(right + 1, width)):
                    self.cells.setdefault((line + 1, column_letter(column)), mark)


def check_shape(n_lines: int, n_columns: int, where: str) -> None:
    """Refuse a sheet whose outermost cell makes it too large to be read.

    Raises:
        SourceError: with the shape and the limits.
    """
    if n_columns > MAX_COLUMNS or n_lines * n_columns > MAX_CELLS:
        raise SourceError(
            "A sheet is too large; it was not read",
            where=where,
            found=f"cells up to line {n_lines}, column {column_letter(n_columns - 1)}",
            expected=f"at most {MAX_COLUMNS} columns and {MAX_CELLS} cells",
            action="delete what stands far outside the table, and save again",
        )


def look_inside(path: Path, label: str) -> Mapping[str, SheetMarks]:
    """Look at the XML of an .xlsx or .ods before its values are read.

    Returns:
        what is found of each sheet, by its name; of an .xls, nothing.

    Raises:
        SourceError: the archive is broken, or too large once unpacked, or a sheet is.
    """
    if path.suffix.lower() == ".xls":
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            _check_unpacked(archive, label)
            is_ods = path.suffix.lower() == ".ods"
            return dict(_look_at_ods(archive, label) if is_ods else _look_at_xlsx(archive, label))
    except (zipfile.BadZipFile, OSError, EOFError, KeyError, ElementTree.ParseError) as error:
        raise SourceError(
            "The workbook cannot be opened",
            where=label,
            found=f"{type(error).__name__}: {error}",
            expected="a complete .xlsx, .xls or .ods workbook",
            action="carry the extract again from the official file",
        ) from error


def _check_unpacked(archive: zipfile.ZipFile, label: str) -> None:
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAX_UNPACKED:
        raise SourceError(
            "The workbook is too large once unpacked; it was not read",
            where=label,
            found=f"{unpacked} bytes",
            expected=f"at most {MAX_UNPACKED} bytes",
            action="keep the rows and columns that the measures take",
        )


# --- .xlsx ---------------------------------------------------------------------------------------
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*[^<>/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_COLUMN = re.compile(rb"""\sr=["']([A-Z]{1,3})[0-9]""")
_LINE = re.compile(rb"""<(?:\w+:)?row\s[^<>]*?\br=["']([0-9]{1,7})["'][^<>]*>""")
_UNSEEN = re.compile(rb"""\s(?:hidden=["'](?:1|true)["']|ht=["']0(?:\.0+)?["'])""")
_AREA = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([A-Z]{1,3})([0-9]+):([A-Z]{1,3})([0-9]+)["']"""
)
_ATTRIBUTE = re.compile(rb"""\b(r|s|t)=["']([^"']*)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v[^<>]*>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PERCENT_FORMATS = frozenset({9, 10})
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class _Book(NamedTuple):
    """What a workbook says once for all sheets."""

    percents: frozenset[str]
    raised: Mapping[str, str]
    is_uncomputed: bool


def _look_at_xlsx(archive: zipfile.ZipFile, label: str) -> Iterator[tuple[str, SheetMarks]]:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    calculation = [n.get("fullCalcOnLoad") in {"1", "true"} for n in _nodes(book, "calcPr")]
    shared = _Book(_percent_styles(archive), _raised_texts(archive), any(calculation))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {n.attrib["Id"]: n.attrib["Target"] for n in _nodes(relations, "Relationship")}
    for node in _nodes(book, "sheet"):
        relation = next(value for key, value in node.attrib.items() if key.endswith("}id"))
        target = targets[relation]
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        name = node.attrib["name"]
        yield name, _look_at_sheet(archive.read(member), shared, f"{label}, sheet {name!r}")


def _nodes(root: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    return (node for node in root.iter() if node.tag.rpartition("}")[2] == tag)


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The styles of cells whose format shows a hundred times the value."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    formats = set(_PERCENT_FORMATS)
    for node in _nodes(root, "numFmt"):
        if "%" in _LITERAL.sub("", node.get("formatCode", "")):
            formats.add(int(node.attrib["numFmtId"]))
    styles = [style for table in _nodes(root, "cellXfs") for style in table]
    return frozenset(
        str(i) for i, style in enumerate(styles) if int(style.get("numFmtId", "0")) in formats
    )


def _raised_texts(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """Shared texts of which a part stands raised, by their number: `12` and a note 3 are `12³`."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return {}
    content = archive.read("xl/sharedStrings.xml")
    if b"superscript" not in content:
        return {}
    texts = enumerate(_nodes(ElementTree.fromstring(content), "si"))
    return {str(i): _raised_text(text) for i, text in texts if any(map(_is_raised, text))}


def _is_raised(run: ElementTree.Element) -> bool:
    return any(n.get("val") == "superscript" for n in _nodes(run, "vertAlign"))


def _raised_text(text: ElementTree.Element) -> str:
    parts = []
    for run in text:
        part = "".join(node.text or "" for node in _nodes(run, "t"))
        parts.append(part.translate(_RAISED) if _is_raised(run) else part)
    return "".join(parts)


def _look_at_sheet(content: bytes, book: _Book, where: str) -> SheetMarks:
    marks = SheetMarks()
    letters = set(_COLUMN.findall(content))
    n_lines = max((int(number) for number in _LINE.findall(content)), default=0)
    width = max((column_index(letter.decode()) + 1 for letter in letters), default=0)
    check_shape(n_lines, width, where)
    if _UNSEEN.search(content):
        rows = _LINE.finditer(content)
        marks.hidden = {int(row[1]) for row in rows if _UNSEEN.search(row[0])}
    if book.percents or book.raised or _FORMULA.search(content):
        for attributes, inner in _CELL.findall(content):
            _look_at_cell(dict(_ATTRIBUTE.findall(attributes)), inner, book, marks)
    for left, top, right, bottom in _AREA.findall(content):
        first, last = column_index(left.decode()), column_index(right.decode())
        marks.areas.append((int(top) - 1, first, int(bottom) - 1, last))
    marks.mark_areas(n_lines, width)
    return marks


def _look_at_cell(
    attributes: Mapping[bytes, bytes], inner: bytes, book: _Book, marks: SheetMarks
) -> None:
    reference = attributes.get(b"r", b"").decode()
    letters = reference.rstrip("0123456789")
    if not letters:
        return
    place = int(reference[len(letters) :]), letters
    value = _VALUE.search(inner)
    text = value[1].decode() if value else ""
    if _FORMULA.search(inner) and (not text or (book.is_uncomputed and text == "0")):
        marks.cells[place] = Mark(FORMULA)
    elif attributes.get(b"t", b"n") == b"n" and attributes.get(b"s", b"").decode() in book.percents:
        marks.cells[place] = Mark(PERCENT)
    elif attributes.get(b"t") == b"s" and text in book.raised:
        marks.raised[place[0] - 1, column_index(letters)] = book.raised[text]


# --- .ods ----------------------------------------------------------------------------------------
def _look_at_ods(archive: zipfile.ZipFile, label: str) -> Iterator[tuple[str, SheetMarks]]:
    root = ElementTree.fromstring(archive.read("content.xml"))
    for table in _nodes(root, "table"):
        attributes = _plain(table)
        name = attributes.get("name", "")
        yield name, _look_at_table(table, f"{label}, sheet {name!r}")


def _plain(node: ElementTree.Element) -> dict[str, str]:
    """The attributes of a node without their namespaces."""
    return {key.rpartition("}")[2]: value for key, value in node.attrib.items()}


def _look_at_table(table: ElementTree.Element, where: str) -> SheetMarks:
    marks, line, n_lines, width = SheetMarks(), 0, 0, 0
    for row in _nodes(table, "table-row"):
        said = _plain(row)
        repeated = int(said.get("number-rows-repeated", "1"))
        filled = _look_at_ods_row(row, line, marks)
        if filled:
            n_lines, width = line + repeated, max(width, filled)
            check_shape(n_lines, width, where)
            if said.get("visibility", "visible") != "visible":
                marks.hidden.update(range(line + 1, line + 1 + repeated))
        line += repeated
    marks.mark_areas(n_lines, width)
    return marks


def _look_at_ods_row(row: ElementTree.Element, line: int, marks: SheetMarks) -> int:
    """Mark the cells of a row; return the column after the last one with content."""
    at = filled = 0
    for cell in row:
        said = _plain(cell)
        repeated = int(said.get("number-columns-repeated", "1"))
        has_content = any(key in said for key in ("value-type", "formula")) or len(cell) > 0
        if has_content:
            filled = at + repeated
            _mark_ods_cell(said, len(cell) > 0, (line, at, min(repeated, MAX_COLUMNS)), marks)
        at += repeated
    return filled


def _mark_ods_cell(
    said: Mapping[str, str], has_text: bool, where: tuple[int, int, int], marks: SheetMarks
) -> None:
    line, at, repeated = where
    below, beside = (int(said.get(f"number-{x}-spanned", "1")) for x in ("rows", "columns"))
    has_value = has_text or any(key in said for key in ("value", "string-value", "boolean-value"))
    rule = PERCENT if said.get("value-type") == "percentage" else ""
    if "formula" in said and not has_value:
        rule = FORMULA
    if rule:
        marks.cells |= {(line + 1, column_letter(at + i)): Mark(rule) for i in range(repeated)}
    if below > 1 or beside > 1:
        marks.areas.append((line, at, line + below - 1, at + beside - 1))

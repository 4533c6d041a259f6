"""Opens a delimited text (.csv): encoding, delimiter, header; what cells mean is in `codes`."""

from __future__ import annotations

import csv
import io
from itertools import islice
from pathlib import Path

from phare_pipeline.sources.cells import clean
from phare_pipeline.survey.exports.door import check_shape
from phare_pipeline.survey.exports.header import SEARCHED_ROWS, table_below_header
from phare_pipeline.survey.exports.headings import Headings
from phare_pipeline.survey.exports.issues import ExportError
from phare_pipeline.survey.exports.table import MAX_COLUMNS, RawTable

DELIMITERS = (";", ",", "\t")
_LOOKED_AT = 1024**2
_WIDEST_FIELD = 1024**2


def read_text(path: Path, file: str, known: Headings, header_rows: int) -> RawTable:
    """Read a text in UTF-8 or cp1252, with the delimiter that finds most columns.

    Args:
        path: where the file lies; its size is known to be right.
        file: how messages name it.
        known: headings of the columns in the codebook.
        header_rows: rows that make a name.

    Raises:
        ExportError: neither encoding fits, a quote is not closed, too many columns, no header.
    """
    _refuse_wide(path, file)
    text = _decode(path.read_bytes(), file)
    delimiter = _delimiter(text, known)
    rows: list[list[str]] = []
    lines: list[int] = []
    csv.field_size_limit(_WIDEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        line = 1
        for row in reader:
            rows.append(row)
            lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ExportError(
            "A text export is broken",
            where=f"{file}, line {reader.line_num}",
            found=str(error),
            expected=f"cells separated by {delimiter!r}, quotes closed",
            action="export the answers again",
        ) from None
    check_shape(len(rows), max((len(row) for row in rows), default=0), file)
    return table_below_header(rows, lines, known, header_rows, file)


def _refuse_wide(path: Path, file: str) -> None:
    """Count the columns of the first lines only, before the rest is read."""
    with path.open("rb") as stream:
        start = stream.read(_LOOKED_AT)
    for line in start.splitlines()[:SEARCHED_ROWS]:
        width = max(line.count(delimiter.encode()) for delimiter in DELIMITERS) + 1
        if width > MAX_COLUMNS:
            check_shape(0, width, file)


def _decode(content: bytes, file: str) -> str:
    """UTF-8 where it is UTF-8, else cp1252; five of its bytes mean nothing."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _unreadable(file, 1, "UTF-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise _unreadable(file, line, f"byte 0x{byte:02X} at position {error.start}") from None


def _unreadable(file: str, line: int, found: str) -> ExportError:
    return ExportError(
        "The encoding of a text export is not known",
        where=f"{file}, line {line}",
        found=found,
        expected="UTF-8 or cp1252 (Windows, Western Europe)",
        action="save the file as CSV UTF-8",
    )


def _delimiter(text: str, known: Headings) -> str:
    """The delimiter under which some row of the first ones has most known names."""

    def n_found(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text[:_LOOKED_AT], newline=""), delimiter=delimiter)
        found = 0
        try:
            for row in islice(reader, SEARCHED_ROWS):
                names = known.rename([clean(cell) for cell in row])
                found = max(found, len(known.names.intersection(names)))
        except csv.Error:
            return found
        return found

    return max(DELIMITERS, key=n_found)

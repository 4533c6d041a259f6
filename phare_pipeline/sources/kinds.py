"""Tells what a file is by its first bytes and its size, before it is read; no cell is looked at."""

from __future__ import annotations

from pathlib import Path

from phare_pipeline.errors import SourceError

MAX_BYTES = 1024**3
"""Largest raw file: a list of three million rows and 24 columns is half of it."""

_START = 512
_MAGIC = (
    (b"PK\x05\x06", "an empty ZIP file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip file"),
    (b"Rar!", "a RAR file"),
    (b"%PDF", "a PDF file"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
    (b"\xff\xfe", "a text file in UTF-16"),
    (b"\xfe\xff", "a text file in UTF-16"),
)
_MARKUP = (
    (b"<!doctype html", "a web page (HTML)"),
    (b"<html", "a web page (HTML)"),
    (b"<?xml", "an XML file"),
    (b'{"', "a JSON file"),
    (b"[{", "a JSON file"),
)
_OF_WORKBOOK = {
    ".xlsx": "an .xlsx workbook",
    ".xlsm": "an .xlsx workbook",
    ".xls": "an old Excel workbook (.xls)",
    ".ods": "an .ods workbook",
}
_ACTIONS = {
    "ZIP": "unpack it, list the file with the figures in raw/sources.toml and run `phare pin`",
    "web page": "the download has failed or asks for a login: carry the file again",
    "UTF-16": 'declare encoding = "utf-16" in raw/sources.toml',
    "workbook": "give the file the ending of its kind, in raw/ and in raw/sources.toml",
}
_UNPACK = ("gzip", "bzip2", "xz", "Zstandard", "7-Zip", "RAR")


def check_size(path: Path, label: str) -> None:
    """Refuse a file that is too large to be read, before a byte of it is.

    Raises:
        SourceError: with its size and the limit.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise SourceError(
            "The file is too large; it was not read",
            where=label,
            found=f"{size} bytes",
            expected=f"at most {MAX_BYTES} bytes",
            action="keep the rows and columns that the measures take",
        )


def check_kind(path: Path, label: str, encoding: str) -> None:
    """Refuse a file that is of another kind than its ending says.

    Args:
        path: where the file lies; every ending that is no workbook's stands for delimited text.
        label: how messages name it.
        encoding: the declared one, of a text file.

    Raises:
        SourceError: it names the kind that the file is of.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    expected = _OF_WORKBOOK.get(path.suffix.lower(), "a delimited text file")
    found = _kind_of(start)
    if found is None and expected in _OF_WORKBOOK.values() and start:
        found = "a text file" if b"\x00" not in start else "of no known kind"
    is_declared = found is not None and "UTF-16" in found and encoding.lower().startswith("utf-16")
    if found is None or found == expected or is_declared:
        return
    raise SourceError(
        f"This is {found}, not {expected}",
        where=label,
        found=f"a file that starts with {start[:8]!r}",
        expected=expected,
        action=_action(found),
    )


def _kind_of(start: bytes) -> str | None:
    """Name the kind of a file that is no plain text."""
    if start.startswith(b"PK\x03\x04"):
        return _archive(start)
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for opening, kind in _MARKUP:
        if bare.startswith(opening):
            return kind
    return None


def _archive(start: bytes) -> str:
    """Workbooks are ZIP files whose first member gives them away."""
    if b"opendocument.spreadsheet" in start:
        return _OF_WORKBOOK[".ods"]
    members = (b"[Content_Types].xml", b"xl/", b"_rels/", b"docProps/", b"customXml/")
    is_workbook = any(start[30:].startswith(name) for name in members)
    return _OF_WORKBOOK[".xlsx"] if is_workbook else "a ZIP file"


def _action(found: str) -> str:
    if any(packed in found for packed in _UNPACK):
        return _ACTIONS["ZIP"]
    action = next((text for word, text in _ACTIONS.items() if word in found), None)
    return action or "carry the same table as CSV, .xlsx, .xls or .ods"

"""Looks at an export before it is read: is it there, is it the pinned one, its size, its kind.

What is inside is read by `spss`, `text` and `workbook`.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from phare_pipeline.survey.codebook import ExportFile
from phare_pipeline.survey.exports.issues import ExportError, IssueBook, Severity
from phare_pipeline.survey.exports.table import MAX_BYTES, MAX_CELLS, MAX_COLUMNS, MAX_ROWS

_OTHERS = 0o077

_MAGIC = {
    b"$FL2": "an SPSS file (.sav)",
    b"$FL3": "a compressed SPSS file (.zsav)",
    b"PK\x03\x04": "a zip archive (.xlsx)",
    b"PK\x05\x06": "an empty zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
}
_STARTS = {
    ".sav": (b"$FL2", b"$FL3"),
    ".zsav": (b"$FL3", b"$FL2"),
    ".xlsx": (b"PK\x03\x04",),
}


def check_file(path: Path, export: ExportFile) -> str:
    """Refuse a file that is missing, changed, too large, empty or of another kind.

    Args:
        path: where it lies.
        export: its entry in the study.

    Returns:
        The sha256 of the file.

    Raises:
        ExportError: with what was found and what to do.
    """
    if not path.is_file():
        raise ExportError(
            "An export is missing",
            where=export.path,
            found="no such file",
            expected="the file named in study.toml",
            action="put the export there, or correct its path",
        )
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ExportError(
            "An export is too large to be one of a survey; it was not read",
            where=export.path,
            found=f"{size} bytes",
            expected=f"at most {MAX_BYTES} bytes",
            action="export the columns of the codebook only, without texts and paradata",
        )
    if export.bytes is not None and size != export.bytes:
        raise _changed(export, f"{size} bytes", f"{export.bytes} bytes")
    with path.open("rb") as file:
        start = file.read(8)
    _check_kind(start, path.suffix.lower(), export.path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if export.sha256 is not None and sha256 != export.sha256:
        raise _changed(export, f"sha256 {sha256}", f"sha256 {export.sha256}")
    return sha256


def warn_of_readers(path: Path, book: IssueBook) -> None:
    """Note that other users of the machine may read the answers; nobody's rights are changed."""
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        book.add(
            Severity.WARNING,
            "readable_by_others",
            "Other users of this machine may read an export",
            found=f"mode {path.stat().st_mode & 0o777:o}",
            expected="mode 600, in a folder of mode 700",
            action="chmod 600 the file and 700 its folder",
        )


def check_shape(n_rows: int, n_columns: int, file: str) -> None:
    """Refuse a table that is too long or too wide.

    Raises:
        ExportError: with both sizes.
    """
    if n_columns > MAX_COLUMNS or n_rows > MAX_ROWS or n_rows * n_columns > MAX_CELLS:
        raise ExportError(
            "An export has too many columns or rows; it was not read",
            where=file,
            found=f"{n_columns} columns, {n_rows} rows",
            expected=f"at most {MAX_COLUMNS} columns, {MAX_ROWS} rows, {MAX_CELLS} cells",
            action="export the columns of the codebook only, one row a respondent",
        )


def _changed(export: ExportFile, found: str, expected: str) -> ExportError:
    return ExportError(
        "An export has changed since it was pinned",
        where=export.path,
        found=found,
        expected=expected,
        action="restore it; a change that is meant is reviewed and pinned in study.toml",
    )


def _check_kind(start: bytes, suffix: str, file: str) -> None:
    if not start:
        raise ExportError(
            "An export is empty", where=file, found="0 bytes", action="export the answers again"
        )
    kinds = [kind for magic, kind in _MAGIC.items() if start.startswith(magic)]
    if suffix in _STARTS:
        is_right = start.startswith(_STARTS[suffix])
    else:
        is_right = not kinds and b"\x00" not in start
    if not is_right:
        raise ExportError(
            "An export is not what its name says",
            where=file,
            found=kinds[0] if kinds else "a file of an unknown kind",
            expected=f"the content of a {suffix} file",
            action="export it again as .sav, .zsav, .csv or .xlsx; do not rename files",
        )

"""Opens a file that nobody has described: kind, encoding, delimiter; no meaning of cells."""

from __future__ import annotations

import csv
import io
import shutil
import weakref
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.grids import WORKBOOKS, Grid, read_grids

DELIMITERS: Final = ";,\t|"
ENCODINGS: Final = ("utf-8", "cp1252", "latin-1")
# What a file begins with that is neither text nor a workbook.
_KINDS: Final = {b"PK\x03\x04": "a ZIP file", b"\x1f\x8b": "a gzip file", b"PAR1": "a Parquet file"}
_SAMPLE = 400


@dataclass(frozen=True)
class Opened:
    """A file with its sheets; encoding and delimiter are None for a workbook.

    `folder` holds what is read instead of a text that does not end with a line end.
    """

    path: Path
    grids: Sequence[Grid]
    encoding: str | None
    delimiter: str | None
    folder: Path | None = None


def completed(path: Path) -> bytes:
    """Return the content of a file, a text with the line end that its last line may lack."""
    content = path.read_bytes()
    is_text = path.suffix.lower() not in WORKBOOKS
    is_whole = not is_text or content.endswith((b"\n", b"\r"))
    return content if is_whole else content + b"\n"


def open_unknown(path: Path) -> Opened:
    """Open a workbook or a text file by what stands in it.

    Raises:
        SourceError: it is missing, empty, or of a kind that is not read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            "The file cannot be read", where=str(path), found=str(error.strerror)
        ) from error
    if path.suffix.lower() in WORKBOOKS:
        return Opened(path, read_grids(path, path.name, "utf-8", ";"), None, None)
    for start, kind in _KINDS.items():
        if content.startswith(start):
            raise SourceError(
                f"This is {kind}",
                where=path.name,
                expected="a workbook or a delimited text",
                action="take the table out of it first",
            )
    encoding = _encoding_of(content)
    delimiter = _delimiter_of(content.decode(encoding).lstrip("\ufeff"))
    folder = None
    if completed(path) != content:
        folder = Path(mkdtemp(prefix="phare-"))
        (folder / path.name).write_bytes(completed(path))
        path = folder / path.name
    grids = read_grids(path, path.name, encoding, delimiter)
    opened = Opened(path, grids, encoding, delimiter, folder)
    if folder is not None:
        weakref.finalize(opened, shutil.rmtree, folder, True)
    return opened


def _encoding_of(content: bytes) -> str:
    """Return the first encoding that reads everything: text of one byte a letter is no UTF-8."""
    for encoding in ENCODINGS:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return ENCODINGS[-1]


def _delimiter_of(text: str) -> str:
    """Return the mark that cuts most lines into as many cells as the others."""
    sample = "\n".join(text.splitlines()[:_SAMPLE])

    def regularity(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(
                len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row
            )
        except csv.Error:
            return 0, 0
        width, lines = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
        return (lines, width) if width > 1 else (0, 0)

    return max(DELIMITERS, key=regularity)

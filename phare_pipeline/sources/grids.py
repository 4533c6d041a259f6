"""Opens a file as grids of cells, one per sheet, each cell with its place; no meaning of cells.

Text files give one grid without a name. Numbers of workbooks stay numbers; what is text stays text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.cells import Cell, clean, column_letter
from phare_pipeline.sources.kinds import check_kind, check_size
from phare_pipeline.sources.workbooks import SheetMarks, look_inside

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
_WIDEST_FIELD = 100_000_000  # GeoJSON blobs pass the 131 072 characters of the csv module


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet; `lines[i]` is the 1-based line of `rows[i]` in the file.

    Rows of text files may be of unequal length. A transposed grid still names the places of
    the file. `times` counts the lines that each row stands for, in a grid of rows that are all
    different (see `large_lists`); it is empty where each stands for itself.
    """

    name: str | None
    rows: Sequence[Sequence[Cell]]
    lines: Sequence[int]
    is_transposed: bool = False
    marks: SheetMarks = field(default_factory=SheetMarks)
    times: Sequence[int] = ()

    def place(self, row: int, column: int) -> tuple[int, str]:
        """Return line and column letter, in the file, of a 0-based row and column of the grid."""
        if self.is_transposed:
            return self.lines[column], column_letter(row)
        return self.lines[row], column_letter(column)

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell; what lies outside the grid is blank."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def transposed(self) -> Grid:
        """Return the grid with rows and columns exchanged."""
        width = max((len(row) for row in self.rows), default=0)
        padded = [list(row) + [""] * (width - len(row)) for row in self.rows]
        return Grid(self.name, list(zip(*padded, strict=True)), self.lines, True, self.marks)


def read_grids(path: Path, label: str, encoding: str, delimiter: str) -> list[Grid]:
    """Read a workbook or a delimited text file, as its name ends.

    Args:
        path: where the file lies.
        label: how messages name the file (its path below `raw/`).
        encoding: of a text file; leading byte order marks are dropped, one or two.
        delimiter: of a text file.

    Raises:
        SourceError: the file is too large, empty, of another kind, not readable, cut off within
            its last line, or not in the declared encoding.
    """
    check_size(path, label)
    check_kind(path, label, encoding)
    if path.suffix.lower() in WORKBOOKS:
        grids = _read_workbook(path, label)
    else:
        grids = [_read_text(path, label, encoding, delimiter)]
    if not any(grid.rows for grid in grids):
        raise SourceError(
            "The file holds nothing",
            where=label,
            found="no cell with content",
            expected="a table",
            action="carry the extract again from the official file",
        )
    return grids


def find_grid(grids: Sequence[Grid], name: str, label: str) -> Grid:
    """Return the grid of a sheet name (white space folded).

    Raises:
        SourceError: no sheet has that name.
    """
    for grid in grids:
        if clean(grid.name or "") == clean(name):
            return grid
    raise SourceError(
        f"The workbook has no sheet {name!r}",
        where=label,
        found=", ".join(repr(grid.name) for grid in grids),
        expected=repr(name),
        action="correct `sheets` of this source in raw/sources.toml",
    )


def _read_workbook(path: Path, label: str) -> list[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook

    marks = look_inside(path, label)
    try:
        with CalamineWorkbook.from_path(path) as book:
            grids = []
            for name in book.sheet_names:
                rows: list[list[Cell]] = list(
                    book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                )
                while rows and not any(cell != "" for cell in rows[-1]):
                    rows.pop()
                said = marks.get(name, SheetMarks())
                for (row, column), text in said.raised.items():
                    if row < len(rows) and column < len(rows[row]):
                        rows[row][column] = text
                grids.append(Grid(name, rows, range(1, len(rows) + 1), marks=said))
    except (CalamineError, OSError) as error:
        raise SourceError(
            "The workbook cannot be opened",
            where=label,
            found=str(error),
            expected="a complete .xlsx, .xls or .ods workbook",
            action="carry the extract again from the official file",
        ) from error
    return grids


def _read_text(path: Path, label: str, encoding: str, delimiter: str) -> Grid:
    text = _decode(path.read_bytes(), label, encoding).lstrip("\ufeff")
    if text and not text.endswith(("\n", "\r")):
        raise SourceError(
            "The text file does not end with a line end: its last line may be cut off",
            where=f"{label}, line {text.count(chr(10)) + 1}",
            found=repr(text[-40:].rpartition(chr(10))[2]),
            expected="a line end after the last line",
            action="carry the extract again from the official file",
        )
    csv.field_size_limit(_WIDEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[Cell]] = []
    lines: list[int] = []
    try:
        line = 1
        for row in reader:
            rows.append(unprotected(row))
            lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise SourceError(
            "The text file is broken",
            where=f"{label}, line {reader.line_num}",
            found=str(error),
            expected=f"cells separated by {delimiter!r}, quotes closed",
            action="carry the extract again from the official file",
        ) from error
    while rows and not any(str(cell).strip() for cell in rows[-1]):
        rows.pop()
        lines.pop()
    return Grid(None, rows, lines)


def unprotected(row: list[str]) -> list[Cell]:
    """Take off what keeps a spreadsheet from reading a code as a number: `="01"` is `01`."""
    if not any(cell.startswith('="') for cell in row):
        return list(row)
    return [c[2:-1] if c.startswith('="') and c.endswith('"') else c for c in row]


def _decode(content: bytes, label: str, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(
            "The file is not in the declared encoding",
            where=f"{label}, line {line}",
            found=f"byte 0x{content[error.start]:02X} at position {error.start}",
            expected=encoding,
            action="declare the right `encoding` in raw/sources.toml (latin-1, cp1252, utf-8)",
        ) from error
    except LookupError as error:
        raise SourceError(
            f"The encoding {encoding!r} does not exist",
            where=label,
            action="declare utf-8, cp1252 or latin-1 as `encoding` in raw/sources.toml",
        ) from error
    if encoding.lower().replace("_", "-") not in {"utf-8", "utf8", "utf-8-sig"}:
        _refuse_utf8(content, label, encoding)
    return text


def _refuse_utf8(content: bytes, label: str, encoding: str) -> None:
    """A one-byte encoding reads anything: bytes that are UTF-8 beyond ASCII are refused."""
    if content.isascii():
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return
    first = next(i for i, byte in enumerate(content) if byte > 127)
    raise SourceError(
        "The file is not in the declared encoding",
        where=f"{label}, line {content.count(bytes([10]), 0, first) + 1}",
        found="bytes that are UTF-8",
        expected=encoding,
        action='declare encoding = "utf-8" in raw/sources.toml',
    )

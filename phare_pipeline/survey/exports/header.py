"""Finds the row that names the columns of a sheet or text, below title rows; no meanings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches

import numpy as np

from phare_pipeline.sources.cells import Cell, cell_text, clean
from phare_pipeline.survey.exports.issues import ExportError
from phare_pipeline.survey.exports.table import RawTable

SEARCHED_ROWS = 40
BETWEEN = " / "

Rows = Sequence[Sequence[Cell]]


def table_below_header(
    rows: Rows, lines: Sequence[int], known: Collection[str], header_rows: int, file: str
) -> RawTable:
    """Make a table of the rows below the header, which is where most known columns stand.

    Rows without any content are left out, columns without name and content too.

    Args:
        rows: cells, from the first row of the file; rows may be of unequal length.
        lines: the line of each row in the file.
        known: names of columns in the codebook.
        header_rows: rows that make a name; their different texts are joined by " / ".
        file: for messages.

    Raises:
        ExportError: no header, a name given twice, cells right of the last name, no row.
    """
    first = _find_header(rows, known, header_rows, file)
    names = _names(rows, first, header_rows)
    _refuse_twins(names, lines[first], file)
    start = first + header_rows
    is_filled = [any(_content(cell) is not None for cell in row) for row in rows[start:]]
    body = [row for row, keep in zip(rows[start:], is_filled, strict=True) if keep]
    numbers = [line for line, keep in zip(lines[start:], is_filled, strict=True) if keep]
    _refuse_unnamed(body, numbers, names, file)
    if not body:
        raise ExportError(
            "An export has columns but no respondent",
            where=f"{file}, line {lines[first]}",
            found="no row below the header",
            expected="one row a respondent",
            action="export the answers, not the questionnaire",
        )
    columns = {}
    for i, name in enumerate(names):
        if name:
            cells = np.empty(len(body), dtype=object)
            cells[:] = [_content(row[i]) if i < len(row) else None for row in body]
            columns[name] = cells
    return RawTable(columns, np.array(numbers, dtype=np.int64))


def _content(cell: Cell) -> Cell | None:
    """Strip a text; an empty one is no content."""
    if isinstance(cell, str):
        return cell.strip() or None
    return cell


def _names(rows: Rows, first: int, header_rows: int) -> list[str]:
    header = rows[first : first + header_rows]
    width = max(len(row) for row in header)
    names = []
    for i in range(width):
        parts = (clean(cell_text(row[i])) for row in header if i < len(row))
        names.append(BETWEEN.join(dict.fromkeys(filter(None, parts))))
    return names


def _find_header(rows: Rows, known: Collection[str], header_rows: int, file: str) -> int:
    """Return the row whose names hold most known ones.

    Of equals the first; of a header of several rows the last, for a blank row above it is no part.
    """
    names = set(known)
    n_known = [
        len(names.intersection(_names(rows, i, header_rows)))
        for i in range(min(len(rows), SEARCHED_ROWS))
    ]
    if not any(n_known):
        raise ExportError(
            "No row names the columns of an export",
            where=file,
            found=_nearest(rows, names),
            expected=f"in the first {SEARCHED_ROWS} rows, one with names such as "
            + ", ".join(sorted(names)[:5]),
            action="export question codes as headings, or correct columns.csv of the codebook",
        )
    best = [i for i, found in enumerate(n_known) if found == max(n_known)]
    return best[0] if header_rows == 1 else best[-1]


def _nearest(rows: Rows, known: Collection[str]) -> str:
    """Say that a known name stands there in another form, without repeating any cell."""
    for row in rows[:SEARCHED_ROWS]:
        for cell in row:
            if isinstance(cell, str) and get_close_matches(clean(cell), known, n=1, cutoff=0.8):
                return "names that are nearly those of the codebook"
    return "no name of a column of the codebook"


def _refuse_twins(names: Sequence[str], line: int, file: str) -> None:
    twins = {name for name in names if name and names.count(name) > 1}
    if twins:
        places = [str(i + 1) for i, name in enumerate(names) if name in twins]
        raise ExportError(
            "Two columns of an export bear the same name",
            where=f"{file}, line {line}, columns number {', '.join(places)}",
            found=f"{len(places)} columns with {len(twins)} names",
            expected="each name once",
            action="name the columns apart, or remove one",
        )


def _refuse_unnamed(body: Rows, numbers: Sequence[int], names: Sequence[str], file: str) -> None:
    for row, line in zip(body, numbers, strict=True):
        for i, cell in enumerate(row):
            if (i >= len(names) or not names[i]) and _content(cell) is not None:
                raise ExportError(
                    "A row of an export has a cell in a column without name",
                    where=f"{file}, line {line}, column number {i + 1}",
                    found=f"{len(row)} cells",
                    expected=f"{len(names)} at most, each below a name",
                    action="quote cells that hold the separator, or name the column",
                )

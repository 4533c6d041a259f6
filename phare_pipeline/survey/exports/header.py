"""Finds the row that names the columns of a sheet or text, below title rows; no meanings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from phare_pipeline.sources.cells import Cell, cell_text, clean
from phare_pipeline.survey.exports.headings import Headings
from phare_pipeline.survey.exports.issues import ExportError
from phare_pipeline.survey.exports.table import RawTable

SEARCHED_ROWS = 40
MOST_HEADER_ROWS = 3
BETWEEN = " / "

_WORD = re.compile(r"[^\W\d_]{3}")
_MOSTLY = 0.6

Rows = Sequence[Sequence[Cell]]


def table_below_header(
    rows: Rows, lines: Sequence[int], known: Headings, header_rows: int, file: str
) -> RawTable:
    """Make a table of the rows below the header, which is where most known columns stand.

    Rows without any content are left out, columns without name and content too.

    Args:
        rows: cells, from the first row of the file; rows may be of unequal length.
        lines: the line of each row in the file.
        known: headings of the columns in the codebook; columns get its names.
        header_rows: rows that make a name; their different texts are joined by " / ".
        file: for messages.

    Raises:
        ExportError: no header, one of more rows than declared, a name given twice, cells right of
            the last name, no row.
    """
    first = _find_header(rows, known, header_rows, file)
    if header_rows == 1:
        _refuse_more_rows(rows, lines, first, known, file)
    names = _names(rows, first, header_rows, known)
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


def _names(rows: Rows, first: int, header_rows: int, known: Headings) -> list[str]:
    header = rows[first : first + header_rows]
    width = max(len(row) for row in header)
    names = []
    for i in range(width):
        parts = (clean(cell_text(row[i])) for row in header if i < len(row))
        names.append(BETWEEN.join(dict.fromkeys(filter(None, parts))))
    return known.rename(names)


def _n_known(rows: Rows, first: int, header_rows: int, known: Headings) -> int:
    return len(known.names.intersection(_names(rows, first, header_rows, known)))


def _find_header(rows: Rows, known: Headings, header_rows: int, file: str) -> int:
    """Return the row whose names hold most known ones.

    Of equals the first; of a header of several rows the first whose upper row is filled, for a
    blank row or a title above it is no part.
    """
    n_known = [_n_known(rows, i, header_rows, known) for i in range(min(len(rows), SEARCHED_ROWS))]
    if not any(n_known):
        raise ExportError(
            "No row names the columns of an export",
            where=file,
            found=_nearest(rows, known.names),
            expected=f"in the first {SEARCHED_ROWS} rows, one with names such as "
            + ", ".join(sorted(known.names)[:5]),
            action="export question codes as headings, or correct columns.csv of the codebook",
        )
    best = [i for i, found in enumerate(n_known) if found == max(n_known)]
    full = [i for i in best if _is_filled(rows, i, header_rows, known)]
    return best[0] if header_rows == 1 else [*full, best[-1]][0]


def _is_filled(rows: Rows, first: int, header_rows: int, known: Headings) -> bool:
    """Tell whether a row has content in most of the columns that it names with those below it."""
    names = _names(rows, first, header_rows, known)
    cells = [_at(rows[first], j) for j, name in enumerate(names) if name in known.names]
    return sum(cell is not None for cell in cells) * 2 > len(cells)


def _refuse_more_rows(
    rows: Rows, lines: Sequence[int], first: int, known: Headings, file: str
) -> None:
    """Refuse a heading over several rows of which one is declared, before its rest is an answer."""
    start, count = _rows_of_header(rows, first, known)
    if count > 1:
        raise ExportError(
            "The headings of an export stand in several rows",
            where=f"{file}, lines {lines[start]} to {lines[start + count - 1]}",
            found=f"{count} rows of headings",
            expected="header_rows = 1, as study.toml says or leaves it",
            action=f"write `header_rows = {count}` in the [[exports]] entry of study.toml",
        )


def _rows_of_header(rows: Rows, first: int, known: Headings) -> tuple[int, int]:
    """Return the first row of the header, and how many rows it has.

    Of the rows around the best one, as many as name most columns together; else those below that
    say the same again (a cell merged over rows), or hold texts where respondents hold codes.
    """
    single = _n_known(rows, first, 1, known)
    joined = [
        (_n_known(rows, start, count, known), -count, start)
        for count in range(2, MOST_HEADER_ROWS + 1)
        for start in range(max(0, first - count + 1), first + 1)
        if start + count < len(rows)
    ]
    most, minus_count, start = max(joined, default=(0, -1, first))
    if most > single:
        return start, -minus_count
    count = 1
    while first + count < len(rows) and _is_heading(rows, first, first + count, known):
        count += 1
    return first, count


def _is_heading(rows: Rows, first: int, i: int, known: Headings) -> bool:
    names = _names(rows, first, 1, known)
    places = [j for j, name in enumerate(names) if name in known.names]
    here = [(_at(rows[i], j), _at(rows[first], j)) for j in places]
    filled = [(cell, above) for cell, above in here if cell is not None]
    if len(filled) < 2:
        return False
    if sum(cell == above for cell, above in filled) * 2 > len(filled):
        return True
    below = [_share_of_texts(row, places) for row in rows[i + 1 : i + 1 + SEARCHED_ROWS]]
    texts = _share_of_texts(rows[i], places)
    return bool(below) and texts >= _MOSTLY and sum(below) / len(below) <= 1 - _MOSTLY


def _share_of_texts(row: Sequence[Cell], places: Sequence[int]) -> float:
    """How many of the filled cells are words, and neither numbers nor codes."""
    cells = [cell for j in places if (cell := _at(row, j)) is not None]
    words = [cell for cell in cells if isinstance(cell, str) and _WORD.search(cell)]
    return len(words) / len(cells) if cells else 0.0


def _at(row: Sequence[Cell], i: int) -> Cell | None:
    return _content(row[i]) if i < len(row) else None


def _nearest(rows: Rows, known: frozenset[str]) -> str:
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

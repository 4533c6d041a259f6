"""Headers of a grid: joined over their lines, and columns found by text or letter; no figures."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.cells import cell_text, clean, column_index
from phare_pipeline.sources.grids import Grid

JOINT = " / "
_SEARCHED_ROWS = 60


def join_headers(grid: Grid, header_lines: Sequence[int]) -> list[str]:
    """Return one header a column: the parts of its lines, from the top, joined by ` / `.

    In all lines but the last a blank cell takes the text to its left, as merged cells do, where a
    lower line has a text, and never across the start of a merged cell of a line above.
    """
    rows = [grid.rows[line - 1] if line <= len(grid.rows) else () for line in header_lines]
    width = max((len(row) for row in rows), default=0)
    texts = [
        [clean(cell_text(row[i])) if i < len(row) else "" for i in range(width)] for row in rows
    ]
    starts: set[int] = set()
    for depth, line in enumerate(texts[:-1]):
        own = {i for i, text in enumerate(line) if text}
        starts |= own
        current = ""
        for i in range(width):
            if i in starts:
                current = line[i]
            elif current and any(lower[i] for lower in texts[depth + 1 :]):
                line[i] = current
    return [JOINT.join(line[i] for line in texts if line[i]) for i in range(width)]


class Columns:
    """The columns of one table, addressed by header text, or by letter as `@C`."""

    def __init__(self, grid: Grid, header_lines: Sequence[int], where: str) -> None:
        self._grid = grid
        self._lines = header_lines
        self.where = where
        self.headers = join_headers(grid, header_lines)

    def find(self, address: str) -> int:
        """Return the 0-based column of an address.

        Raises:
            SourceError: the header is not there or stands twice; the message says where a
                similar one stands.
        """
        if address.startswith("@"):
            return self._letter(address)
        wanted = clean(address)
        places = [i for i, header in enumerate(self.headers) if header == wanted]
        if len(places) == 1:
            return places[0]
        raise SourceError(
            f"The header {wanted!r} {'stands twice' if places else 'is not where it should be'}",
            where=f"{self.where}, header lines {', '.join(map(str, self._lines)) or 'none'}",
            found=self._hint(wanted) if not places else self._letters(places),
            expected=f"one column headed {wanted!r}",
            action="compare with the file; then correct `header_lines` or the column's address "
            "in raw/sources.toml (@C names column C)",
        )

    def _letter(self, address: str) -> int:
        try:
            return column_index(address[1:])
        except ValueError as error:
            raise SourceError(
                f"The column address {address!r} is wrong",
                where=self.where,
                found=str(error),
                expected="@ and a column letter, as @C",
            ) from error

    def _letters(self, places: Sequence[int]) -> str:
        line = self._lines[-1] - 1
        return "columns " + ", ".join(self._grid.place(line, i)[1] for i in places)

    def _hint(self, wanted: str) -> str:
        """Say where the header, or one written alike, stands."""
        if len(self.headers) == 1 and any(mark in self.headers[0] for mark in ",;|"):
            return f"one column only, {self.headers[0]!r}: is the delimiter right?"
        seen: dict[str, str] = {}
        for row in range(min(len(self._grid.rows), _SEARCHED_ROWS)):
            for column, cell in enumerate(self._grid.rows[row]):
                text = clean(cell_text(cell))
                if text:
                    line, letter = self._grid.place(row, column)
                    seen.setdefault(text, f"{text!r} on line {line}, column {letter}")
        for header in self.headers:
            if header:
                seen.setdefault(header, f"{header!r} in these lines")
        near = get_close_matches(wanted, seen, n=1) or get_close_matches(
            wanted.rsplit(JOINT, maxsplit=1)[-1], seen, n=1
        )
        if near:
            return seen[near[0]]
        return "headers " + ", ".join(repr(header) for header in self.headers[:12] if header)

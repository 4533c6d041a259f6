"""Finds in which column of a sheet, or in which row, territories stand and how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from phare_pipeline.registry.model import Level
from phare_pipeline.registry.territories import Territories, fold
from phare_pipeline.sources.grids import Grid
from phare_pipeline.sources.places import Places, Unknown
from phare_pipeline.sources.rows import text_at
from phare_pipeline.sources.table_options import TerritoryOptions

# Ways of writing, the plainest first: a later one wins only where it explains more.
WAYS: Final = (
    (Level.DEPARTEMENT, "insee"),
    (Level.REGION, "insee"),
    (Level.FORMER_REGION, "insee"),
    *((Level.DEPARTEMENT, name) for name in ("insee_unpadded", "insee_padded3", "drees")),
    *((Level.DEPARTEMENT, name) for name in ("label_code", "ditp")),
    *((Level.REGION, name) for name in ("label_code", "ditp")),
    *((level, "name") for level in (Level.DEPARTEMENT, Level.REGION, Level.FORMER_REGION)),
    (Level.DEPARTEMENT, "commune"),
)
NATIONAL: Final = {"france metropolitaine": "metropole", "metropole": "metropole"}
LEAST_COVERAGE: Final = 0.8
LEAST_PURITY: Final = 0.5
# A list of communes shows itself by its codes, not by how many départements it has.
LEAST_COMMUNES: Final = 30
# Names are taken where no column of codes says the same.
_NAMES_WEIGH: Final = 0.85
# Rows that are looked at: the first ones, and as many spread over the rest.
_SAMPLE: Final = 3000
LEVEL_WORDS: Final = {
    "dep": Level.DEPARTEMENT, "dept": Level.DEPARTEMENT, "departement": Level.DEPARTEMENT,
    "departements": Level.DEPARTEMENT, "reg": Level.REGION, "region": Level.REGION,
    "regions": Level.REGION,
}  # fmt: skip
OTHER_LEVELS: Final = frozenset(
    {"commune", "communes", "com", "nat", "national", "france", "pays", "epci", "canton", "arm",
     "arrondissement", "zone d emploi", "bassin de vie", "unite urbaine", "circonscription",
     "academie", "france metropolitaine", "aire d attraction des villes", "iris", "aav"}
)  # fmt: skip
_MOST_LEVELS = 12
# Ways that `Territories` does not resolve by itself, and what their texts look like.
_SHAPES: Final = {
    "label_code": re.compile(r"\w{1,3}\s*-.*"),
    "insee_padded3": re.compile(r"\w{3}"),
    "commune": re.compile(r"[0-9AB]{5}"),
}
_FEWEST_ROWS = 3


@dataclass(frozen=True)
class Axis:
    """Where territories stand.

    Attributes:
        at: 0-based column (of the turned sheet where `is_turned`).
        ways: level and nomenclature, the one of most rows first.
        national: texts of national rows and their perimeter.
        unknown: texts that are no territory, in their order.
        coverage: share of the territories of the first level that stand there.
        first: 0-based row of the first of them.
        is_turned: they stand in a row, which is then the column `at` of the turned sheet.
    """

    at: int
    ways: tuple[tuple[Level, str], ...]
    national: dict[str, str]
    unknown: tuple[str, ...]
    coverage: float
    first: int
    is_turned: bool = False
    resolved: frozenset[str] = field(default_factory=frozenset)

    @property
    def of_communes(self) -> bool:
        """True when rows are communes, which are summed to départements."""
        return self.ways[0][1] == "commune"


@dataclass(frozen=True)
class LevelColumn:
    """A column that says of which level each row is: its place, texts that are read, and others."""

    at: int
    read: tuple[str, ...]
    left: tuple[str, ...]


def find_level_column(grid: Grid) -> LevelColumn | None:
    """Return the column whose few texts are names of levels, the first of such."""
    rows = _sampled(grid.rows)
    for at in range(_width(grid)):
        texts = dict.fromkeys(text_at(row, at) for row in rows)
        if len(texts) > _MOST_LEVELS + 1:
            continue
        read = [text for text in texts if fold(text) in LEVEL_WORDS]
        first = next((i for i, row in enumerate(grid.rows) if text_at(row, at) in read), 0)
        below = dict.fromkeys(text_at(row, at) for row in _sampled(grid.rows[first:]))
        are_levels = all(fold(t) in {*LEVEL_WORDS, *OTHER_LEVELS} for t in below if t)
        if read and are_levels and sum(text_at(row, at) in read for row in rows) > _MOST_LEVELS:
            return LevelColumn(at, tuple(read), tuple(t for t in below if t and t not in read))
    return None


def rows_of_levels(grid: Grid, column: LevelColumn) -> Grid:
    """Return a sheet with its headings and the rows of the levels that are read."""
    kept = [i for i, row in enumerate(grid.rows) if text_at(row, column.at) in column.read]
    chosen = [*range(kept[0]), *kept]
    return Grid(grid.name, [grid.rows[i] for i in chosen], [grid.lines[i] for i in chosen])


def _sampled(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    rest = rows[_SAMPLE:]
    return [*rows[:_SAMPLE], *rest[:: max(1, len(rest) // _SAMPLE)]]


def find_axis(grid: Grid, territories: Territories) -> Axis | None:
    """Return where the territories of a sheet stand: a column, else a row; None: nowhere."""
    upright = _best(grid, territories, range(_width(grid)))
    if upright is not None:
        return upright
    turned = grid.transposed()
    found = _best(turned, territories, range(min(_width(turned), 20)))
    return None if found is None else Axis(**{**vars(found), "is_turned": True})


def _width(grid: Grid) -> int:
    return max((len(row) for row in grid.rows), default=0)


def _best(grid: Grid, territories: Territories, columns: Iterable[int]) -> Axis | None:
    best: tuple[float, Axis] | None = None
    rows = _sampled(grid.rows)
    for at in columns:
        texts = list(dict.fromkeys(text_at(row, at) for row in rows))
        found = _axis(grid, at, [text for text in texts if text], territories)
        # The first column wins where two say the same: codes stand before names.
        if found is not None and (best is None or found[0] > best[0] + 1e-9):
            best = found
    return None if best is None else best[1]


def _axis(
    grid: Grid, at: int, texts: Sequence[str], territories: Territories
) -> tuple[float, Axis] | None:
    best: tuple[float, tuple[Level, str], set[str], float] | None = None
    for level, nomenclature in WAYS:
        found = resolved_by(texts, level, nomenclature, territories)
        if len(found) < _FEWEST_ROWS:
            continue
        codes = set(found.values())
        coverage = len(codes) / len(territories.codes(level))
        purity = len(found) / len(texts)
        # Figures of five digits are no codes of communes: some of these begin with a zero.
        has_zero = any(text.startswith("0") for text in found)
        if nomenclature == "commune" and not (has_zero and len(found) >= LEAST_COMMUNES):
            continue
        is_open = nomenclature == "commune" or coverage >= LEAST_COVERAGE
        if not is_open or purity < LEAST_PURITY:
            continue
        score = purity * (1.0 if nomenclature == "commune" else coverage)
        score *= _NAMES_WEIGH if nomenclature == "name" else 1.0
        if best is None or score > best[0] + 1e-9:
            best = score, (level, nomenclature), set(found), coverage
    if best is None:
        return None
    score, way, resolved, coverage = best
    ways = [way, *_other_ways(texts, resolved, way, territories)]
    known = set(resolved)
    for level, nomenclature in ways[1:]:
        known |= set(resolved_by(texts, level, nomenclature, territories))
    national = {text: NATIONAL[fold(text)] for text in texts if fold(text) in NATIONAL}
    first = next(i for i, row in enumerate(grid.rows) if text_at(row, at) in known | set(national))
    below = {text_at(row, at) for row in _sampled(grid.rows[first:])}
    overseas = {
        text
        for level, name in ways
        for text in resolved_by(texts, level, name, territories, study_only=False)
    }
    unknown = [t for t in texts if t in below - known - overseas - set(national)]
    return score, Axis(
        at, tuple(ways), national, tuple(unknown), coverage, first, resolved=frozenset(known)
    )


def resolved_by(
    texts: Iterable[str],
    level: Level,
    nomenclature: str,
    territories: Territories,
    *,
    study_only: bool = True,
) -> dict[str, str]:
    """Return the code of each text that is a territory under one way of writing."""
    shape = _SHAPES.get(nomenclature)
    places = Places(
        territories, TerritoryOptions("", None, ((level, nomenclature),), {}, {}, None, ())
    )
    found = {}
    for text in texts:
        if shape is None:
            place = territories.resolve(level, text.replace("’", "'"), nomenclature)
        else:
            # Saying why a text is unknown costs more than looking it up.
            looked = places.find(text) if shape.fullmatch(text) else None
            place = None if isinstance(looked, Unknown) else looked
        if place is not None and (place.is_in_study or not study_only):
            found[text] = place.code
    return found


def _other_ways(
    texts: Sequence[str], resolved: set[str], way: tuple[Level, str], territories: Territories
) -> list[tuple[Level, str]]:
    """Return further levels in the same column: whole ones, under texts of their own."""
    others: list[tuple[Level, str]] = []
    rest = [text for text in texts if text not in resolved]
    for level, nomenclature in WAYS:
        if level in {way[0], *(other for other, _ in others)} or nomenclature == "commune":
            continue
        found = set(resolved_by(rest, level, nomenclature, territories).values())
        if len(found) >= LEAST_COVERAGE * len(territories.codes(level)):
            others.append((level, nomenclature))
    return others

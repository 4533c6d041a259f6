"""Says what is read of a source without any measure: how much of each series, and from where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.catalogue import Source, SourceFile
from phare_pipeline.sources.cells import cell_text, clean, column_letter
from phare_pipeline.sources.figures import RawFigure, Reading
from phare_pipeline.sources.grids import read_grids
from phare_pipeline.sources.pins import check_pin
from phare_pipeline.sources.readers import READERS

FIRST_CELLS = 2


@dataclass
class Group:
    """The figures of a file, series, period and level.

    Attributes:
        count: territories and items that have a row.
        present: those of them with a figure.
        total: their sum, before any factor; it says nothing of rates.
        first: the first of them.
    """

    file: str
    series: str
    period: str
    level: str
    count: int
    present: int
    total: float
    first: list[RawFigure]


@dataclass(frozen=True)
class Preview:
    """What is read of a source.

    Attributes:
        groups: in the order of the files.
        unread: columns without any figure, by file and sheet.
        untaken: series that no measure takes.
        readings: what the reader made of each file, with the rows that it rejects.
    """

    groups: tuple[Group, ...]
    unread: dict[str, tuple[str, ...]]
    untaken: tuple[str, ...]
    readings: dict[str, Reading]


def preview(source: Source, registry: Registry, raw: Path) -> Preview:
    """Read all series of a source.

    Raises:
        SourceError: a file is missing, is not the pinned one, or is not what the options say.
    """
    territories, reader = Territories(registry), READERS[source.reader]
    readings: dict[str, Reading] = {}
    unread: dict[str, tuple[str, ...]] = {}
    for file in source.files:
        check_pin(raw, file)
        options = source.options_of(file)
        readings[file.path] = reader.read(
            raw / file.path, file.path, options, territories, lambda _: True
        )
        unread |= dict(_unread(source, file, raw, readings[file.path]))
    figures = [figure for reading in readings.values() for figure in reading.figures]
    measures = registry.measures_of(source.source_id)
    series = dict.fromkeys(figure.series for figure in figures)
    untaken = [name for name in series if not any(m.takes(name) for m in measures)]
    return Preview(tuple(_groups(figures)), unread, tuple(untaken), readings)


def _groups(figures: list[RawFigure]) -> list[Group]:
    found: dict[tuple[str, str, str, str], Group] = {}
    for figure in figures:
        key = figure.file, figure.series, figure.period, figure.territory_level
        group = found.get(key)
        if group is None:
            group = found[key] = Group(*key, 0, 0, 0.0, [])
        group.count += 1
        if figure.value is not None:
            group.present += 1
            group.total += figure.value
        if len(group.first) < FIRST_CELLS:
            group.first.append(figure)
    return list(found.values())


def _unread(
    source: Source, file: SourceFile, raw: Path, reading: Reading
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the columns of each sheet that give no figure, with what stands at their top."""
    options = source.options_of(file)
    grids = read_grids(
        raw / file.path,
        file.path,
        options.get("encoding", "utf-8"),
        options.get("delimiter", ";"),
    )
    lines = options.get("header_lines", [1])
    for grid in grids:
        own = {f.column for f in reading.figures if f.sheet == grid.name}
        place = file.path if grid.name is None else f"{file.path}, sheet {grid.name!r}"
        if not own:
            yield place, ("the whole sheet",)
            continue
        heads = [row for row, line in zip(grid.rows, grid.lines, strict=True) if line in lines]
        named = []
        for at in range(max(len(row) for row in grid.rows)):
            letter = column_letter(at)
            texts = [clean(cell_text(row[at])) for row in heads if at < len(row)]
            if letter not in own and any(texts):
                named.append(f"{letter} {' / '.join(text for text in texts if text)!r}")
        yield place, tuple(named)

"""Sums figures within a file, of one key or of years that follow each other; no I/O."""

from __future__ import annotations

from collections.abc import Iterable

from phare_pipeline.sources.figures import RawFigure, Rejection
from phare_pipeline.sources.values import Status

PLUS = " + "
"""Joins the texts of the cells of a sum."""


def sum_repeated(figures: Iterable[RawFigure], rejections: list[Rejection]) -> list[RawFigure]:
    """Add up the figures of the same series, territory, period and item, in order of appearance.

    The sum stands at the line of its first part; its column says where all parts stand, `C:E` when
    they share a line, `C2:C9,C12` otherwise. Its text is the parts joined by ` + `. A part without
    a figure is rejected and its sum left out.
    """
    groups: dict[tuple[str, ...], list[RawFigure]] = {}
    for figure in figures:
        groups.setdefault(figure[:5], []).append(figure)
    return [_add(parts) for parts in groups.values() if _is_complete(parts, rejections)]


def sum_years(
    figures: Iterable[RawFigure],
    years: int,
    rejections: list[Rejection],
    *,
    absent_is_zero: bool,
) -> list[RawFigure]:
    """Add up each figure and those of the years before it, `years` in all, under the last year.

    Windows lie within the years of their series, so that no sum is short at either end. A window
    with a hole gives no figure; where `absent_is_zero` says that the file is a list, a year that
    it does not name adds nothing. A figure that is not of a year, or a second one, is rejected.
    """
    known: dict[str, list[int]] = {}
    found: dict[tuple[str, ...], dict[int, RawFigure]] = {}
    for figure in figures:
        by_year = found.setdefault((*figure[:3], figure.item), {})
        year = int(figure.period) if figure.period.isdigit() else None
        if year is None or year in by_year:
            rejections.append(_unfit(figure))
            continue
        by_year[year] = figure
        known.setdefault(figure.series, []).append(year)
    sums = []
    for key, by_year in found.items():
        for last in range(min(known[key[0]]) + years - 1, max(known[key[0]]) + 1):
            parts = [by_year[y] for y in range(last - years + 1, last + 1) if y in by_year]
            is_whole = len(parts) == years or (absent_is_zero and bool(parts))
            if is_whole and all(part.value is not None for part in parts):
                sums.append(_add(parts)._replace(period=str(last)))
    return sums


def _unfit(figure: RawFigure) -> Rejection:
    found = f"{figure.series!r}, {figure.territory_level} {figure.territory_code}, {figure.period}"
    return Rejection(
        figure.file,
        figure.sheet,
        figure.line,
        figure.column,
        "unfit_for_sum",
        found,
        "one figure a year: `sum_years` adds up years (repeated rows need `sum_repeated`)",
    )


def _is_complete(parts: list[RawFigure], rejections: list[Rejection]) -> bool:
    is_complete = True
    for part in parts if len(parts) > 1 else ():
        if part.value is None:
            is_complete = False
            rejections.append(
                Rejection(
                    part.file,
                    part.sheet,
                    part.line,
                    part.column,
                    "missing_part",
                    repr(part.raw_text),
                    f"a number: it is one of {len(parts)} parts of {part.territory_code}",
                )
            )
    return is_complete


def _add(parts: list[RawFigure]) -> RawFigure:
    first, last = parts[0], parts[-1]
    if len(parts) == 1:
        return first
    statuses = {part.status for part in parts}
    status = first.status if len(statuses) == 1 else str(Status.ESTIMATED)
    is_one_line = first.line == last.line
    return first._replace(
        value=sum(part.value for part in parts if part.value is not None),
        status=status,
        is_percent=any(part.is_percent for part in parts),
        raw_text=PLUS.join(part.raw_text for part in parts),
        column=f"{first.column}:{last.column}" if is_one_line else _ranges(parts),
    )


def _ranges(parts: list[RawFigure]) -> str:
    """Write the cells of parts as a spreadsheet does, those below each other as one range.

    A part that is itself a sum keeps the cells that it names.
    """
    texts: list[str] = []
    open_range: tuple[str, int, int] | None = None
    for part in parts:
        if open_range and open_range[0] == part.column and open_range[2] + 1 == part.line:
            open_range = (part.column, open_range[1], part.line)
            texts[-1] = f"{part.column}{open_range[1]}:{part.column}{part.line}"
        elif part.column.isalpha():
            open_range = (part.column, part.line, part.line)
            texts.append(f"{part.column}{part.line}")
        else:
            open_range = None
            texts.append(_cells_of_sum(part))
    return ",".join(texts)


def _cells_of_sum(part: RawFigure) -> str:
    """The cells of a sum: `C:E` of a line is `C4:E4`, what names its lines stays as it is."""
    if any(character.isdigit() for character in part.column):
        return part.column
    return ":".join(f"{letter}{part.line}" for letter in part.column.split(":"))

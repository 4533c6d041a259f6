"""Sums figures of one key within a file (services of a département, rows of a list); no I/O."""

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
    """Write the cells of parts as a spreadsheet does, those below each other as one range."""
    ranges: list[tuple[str, int, int]] = []
    for part in parts:
        if ranges and ranges[-1][0] == part.column and ranges[-1][2] + 1 == part.line:
            ranges[-1] = (part.column, ranges[-1][1], part.line)
        else:
            ranges.append((part.column, part.line, part.line))
    return ",".join(
        f"{column}{first}" if first == last else f"{column}{first}:{column}{last}"
        for column, first, last in ranges
    )

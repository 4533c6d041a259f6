"""Sums figures of one key within a file (services of a département, rows of a list); no I/O."""

from __future__ import annotations

from collections.abc import Iterable

from phare_pipeline.sources.figures import RawFigure, Rejection
from phare_pipeline.sources.values import Status

_LONGEST_TEXT = 200


def sum_repeated(figures: Iterable[RawFigure], rejections: list[Rejection]) -> list[RawFigure]:
    """Add up the figures of the same series, territory, period and item, in order of appearance.

    The sum stands at the place of its first part, `C:E` when its parts share a line; its text is
    the parts joined by ` + `. A part without a figure is rejected and its sum left out.
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
    text = " + ".join(part.raw_text for part in parts)
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - 1] + "…"
    is_one_line = first.line == last.line and first.column != last.column
    return first._replace(
        value=sum(part.value for part in parts if part.value is not None),
        status=status,
        raw_text=text,
        column=f"{first.column}:{last.column}" if is_one_line else first.column,
    )

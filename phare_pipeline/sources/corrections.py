"""Corrections of known errors of sources: rows of `raw/corrections.csv`, never code.

A correction says what it expects to find; when the source no longer holds it, staging rejects it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from phare_pipeline.registry.model import Level
from phare_pipeline.registry.rows import Row, by_id, read_rows
from phare_pipeline.sources.cells import clean
from phare_pipeline.sources.figures import RawFigure, Rejection
from phare_pipeline.sources.values import UNREADABLE, Status, ValueReader

FILE = "corrections.csv"
COLUMNS = (
    "correction_id",
    "source_id",
    "file",
    "measure_id",
    "territory_level",
    "territory_code",
    "period",
    "item",
    "found",
    "replacement",
    "status_after",
    "reason_fr",
    "evidence_fr",
    "decided_on",
)
_STATUSES = (Status.OBSERVED, Status.ESTIMATED, Status.NOT_AVAILABLE)

Key = tuple[str, str, str, str, str, str]
"""File, measure, level, territory, period and item of a figure."""


@dataclass(frozen=True)
class Correction:
    """One correction; `replacement` is in the unit of the file (before the measure's factor)."""

    correction_id: str
    source_id: str
    file: str
    measure_id: str
    territory_level: str
    territory_code: str
    period: str
    item: str
    found: str
    replacement: float | None
    status_after: str
    reason_fr: str
    evidence_fr: str
    decided_on: dt.date
    line: int

    @property
    def key(self) -> Key:
        """What the correction is about."""
        return (
            self.file,
            self.measure_id,
            self.territory_level,
            self.territory_code,
            self.period,
            self.item,
        )


def load_corrections(raw_dir: Path) -> dict[str, Correction]:
    """Load all corrections by id.

    Raises:
        RegistryError: the file is missing, or a line or cell is wrong.
    """
    return by_id(
        ((row, _correction(row)) for row in read_rows(raw_dir / FILE, COLUMNS)), COLUMNS[0]
    )


def _correction(row: Row) -> Correction:
    status = row.one_of("status_after", _STATUSES)
    text = row.cells["replacement"]
    value, read = ValueReader("mixed").read(text) if text else (None, str(Status.OBSERVED))
    if read == UNREADABLE or (value is None) != (status == Status.NOT_AVAILABLE):
        raise row.error(
            "replacement",
            "a replacement does not fit its status",
            expected="a number for observed or estimated, blank for not_available",
        )
    return Correction(
        row.text("correction_id"),
        row.text("source_id"),
        row.text("file"),
        row.text("measure_id"),
        row.one_of("territory_level", [level.value for level in Level]),
        row.text("territory_code"),
        row.text("period"),
        row.cells["item"],
        row.cells["found"],
        value,
        status,
        row.text("reason_fr"),
        row.text("evidence_fr"),
        row.date("decided_on"),
        row.line,
    )


class Corrector:
    """Applies the corrections of one source and knows which of them applied."""

    def __init__(self, corrections: Iterable[Correction], source_id: str) -> None:
        self._own = {c.key: c for c in corrections if c.source_id == source_id}
        self.applied: list[str] = []
        self._stale: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._own)

    def correct(self, figure: RawFigure, key: Key) -> tuple[RawFigure, str | None]:
        """Return the figure, corrected if a correction fits it, and the correction's id."""
        correction = self._own.get(key)
        if correction is None:
            return figure, None
        if clean(figure.raw_text) != clean(correction.found):
            self._stale[correction.correction_id] = f"{figure.raw_text!r} (line {figure.line})"
            return figure, None
        self.applied.append(correction.correction_id)
        corrected = figure._replace(value=correction.replacement, status=correction.status_after)
        return corrected, correction.correction_id

    def rejections(self) -> list[Rejection]:
        """The corrections that no longer apply, each at its line of `corrections.csv`."""
        return [
            Rejection(
                FILE,
                None,
                c.line,
                "found",
                "correction_not_applicable",
                f"{c.correction_id}: {self._stale.get(c.correction_id, 'no such figure')}",
                f"{c.found!r} in {c.file} for {c.measure_id}, {c.territory_level} "
                f"{c.territory_code}, {c.period}; remove the correction if the source is right now",
            )
            for c in self._own.values()
            if c.correction_id not in self.applied
        ]

"""Declared absences: figures that the producer does not publish, as rows of `raw/gaps.csv`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from phare_pipeline.registry.model import Level
from phare_pipeline.registry.rows import Row, read_rows
from phare_pipeline.sources.figures import Rejection

FILE = "gaps.csv"
COLUMNS = (
    "source_id",
    "measure_id",
    "period",
    "territory_level",
    "territory_code",
    "reason_fr",
)


@dataclass(frozen=True)
class Gap:
    """One absence; `measure_id`, `period` and `territory_code` are glob patterns."""

    source_id: str
    measure_id: str
    period: str
    territory_level: str
    territory_code: str
    reason_fr: str
    line: int


def load_gaps(raw_dir: Path) -> tuple[Gap, ...]:
    """Load all declared absences.

    Raises:
        RegistryError: the file is missing, or a line or cell is wrong.
    """
    return tuple(_gap(row) for row in read_rows(raw_dir / FILE, COLUMNS))


def _gap(row: Row) -> Gap:
    return Gap(
        row.text("source_id"),
        row.text("measure_id"),
        row.text("period"),
        row.one_of("territory_level", [level.value for level in Level]),
        row.text("territory_code"),
        row.text("reason_fr"),
        row.line,
    )


class Absences:
    """The declared absences of one source; it knows which of them were met."""

    def __init__(self, gaps: Iterable[Gap], source_id: str) -> None:
        self._own = [gap for gap in gaps if gap.source_id == source_id]
        self._met: set[Gap] = set()

    def covers(self, measure_id: str, period: str, level: str, code: str) -> bool:
        """Tell whether an absent figure is declared."""
        found = [
            gap
            for gap in self._own
            if gap.territory_level == level
            and fnmatchcase(measure_id, gap.measure_id)
            and fnmatchcase(period, gap.period)
            and fnmatchcase(code, gap.territory_code)
        ]
        self._met.update(found)
        return bool(found)

    def rejections(self) -> list[Rejection]:
        """The declarations that no absent figure needs, each at its line of `gaps.csv`."""
        return [
            Rejection(
                FILE,
                None,
                gap.line,
                "period",
                "gap_not_needed",
                f"{gap.measure_id}, {gap.territory_level} {gap.territory_code}, {gap.period}: "
                "no figure is absent",
                "an absence; remove the line if the producer publishes the figure now",
            )
            for gap in self._own
            if gap not in self._met
        ]

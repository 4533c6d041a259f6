"""Says how far a renewed source may be from the last release before a person has to accept it.

The limits are declared, each with its reason; what is measured belongs in `sources/witness`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from phare_pipeline.registry.rows import Row, read_rows

FILE = "witness_limits.csv"
COLUMNS = ("rule", "value", "reason_fr")


@dataclass(frozen=True)
class WitnessLimits:
    """The limits, in the order of the table.

    Attributes:
        moved_change: relative change from which a figure counts as moved.
        moved_share: share of moved figures of a measure and level that passes.
        gone_share: share of lost figures of a measure and level that passes.
        total_change: relative change of the total of a period that passes.
        jump_factor: factor from which a single figure has jumped.
        jump_cells: jumped figures of a measure and level that pass.
        step_factor: median ratio of a new period to the one beside it that passes.
        repeated_share: share of figures equal to those of the period beside it that passes.
    """

    moved_change: float
    moved_share: float
    gone_share: float
    total_change: float
    jump_factor: float
    jump_cells: float
    step_factor: float
    repeated_share: float


def load_witness_limits(tables: Path) -> WitnessLimits:
    """Load the limits.

    Raises:
        RegistryError: a limit is unknown, missing, given twice, without a reason or out of range.
    """
    names = [field.name for field in fields(WitnessLimits)]
    found: dict[str, float] = {}
    last = Row(FILE, 1, {})
    for last in read_rows(tables / FILE, COLUMNS):
        name = last.one_of("rule", names)
        if name in found:
            raise last.error("rule", f"{name} stands twice", expected="each limit once")
        last.text("reason_fr")
        found[name] = _value(last, name)
    if missing := [name for name in names if name not in found]:
        raise last.error("rule", "a limit is missing", expected=", ".join(missing))
    return WitnessLimits(**found)


def _value(row: Row, name: str) -> float:
    value = row.number("value")
    if name.endswith("_factor"):
        holds, expected = 1 < value <= 10, "a factor above 1, up to 10"
    elif name.endswith("_cells"):
        holds, expected = 0 <= value <= 10, "a number of figures from 0 to 10"
    else:
        holds, expected = 0 < value < 1, "a share between 0 and 1"
    if not holds:
        raise row.error("value", f"{value:g} for {name}", expected=expected)
    return value

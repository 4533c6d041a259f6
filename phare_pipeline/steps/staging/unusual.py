"""Looks at all united figures for those that stand out, and lists them; nothing is refused.

What stands out is decided in `sources/unusual`; the list is private to the build area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from phare_pipeline.registry.model import Aggregation
from phare_pipeline.sources.unusual import find_unusual
from phare_pipeline.sources.witness import KEY
from phare_pipeline.warehouse.files import write_bytes_atomic

if TYPE_CHECKING:
    from phare_pipeline.steps.common.context import Context

POPULATION = "pop_total"
LIST = "unusual.csv"
MOST_NAMED = 4


def list_unusual(context: Context) -> tuple[str, ...]:
    """Write the figures that stand out to `warehouse/build/unusual.csv`; return lines to tell.

    Raises:
        PhareError: the disk is full.
    """
    figures = pd.read_parquet(context.workspace.observations_file, columns=[*KEY, "value"])
    known = figures[figures["value"].notna()]
    counts = {
        m.measure_id
        for m in context.registry.measures.values()
        if m.aggregation is Aggregation.ADDITIVE
    }
    found = find_unusual(known, _population(known), counts)
    text = found.to_csv(index=False, lineterminator="\n")
    write_bytes_atomic(context.workspace.build / LIST, text.encode("utf-8"))
    if found.empty:
        return ()
    share = 100 * len(found.drop_duplicates(KEY)) / len(known)
    groups = found[["measure_id", "period", "flag"]].value_counts().reset_index()
    named = [
        f"{row['measure_id']} {row['period']} ({row['count']} {row['flag']})"
        for row in groups.to_dict("records")
    ]
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return (
        f"{len(found)} figures stand out ({share:.2f} %): {', '.join(named[:MOST_NAMED])}{more}; "
        f"all of them: warehouse/build/{LIST}",
    )


def _population(figures: pd.DataFrame) -> pd.Series:
    """Return the newest known inhabitants by level and code; nothing without such a measure."""
    rows = figures[figures["measure_id"] == POPULATION].sort_values("period")
    newest: pd.Series = rows.groupby(["territory_level", "territory_code"])["value"].last()
    return newest

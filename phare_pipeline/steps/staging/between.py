"""Checks that a published rate of a region lies between those of its départements.

A rate of a whole is a weighted mean of the rates of its parts, whatever the weights: it cannot be
above the highest or below the lowest of them. Producers print both levels, so figures that were
exchanged, moved by a row or given to another territory often show here. No figure follows from it.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from phare_pipeline.registry.model import Aggregation, Level, Registry
from phare_pipeline.steps.common.audit import Audit, failing

CHECK = "rates_between_parts"
DESCRIPTION = "a rate of a whole lies between the lowest and the highest of its parts"
RATE_UNIT = "%"
COLUMNS = ["measure_id", "period", "item", "territory_level", "territory_code", "value"]
_KEY = ["measure_id", "period", "item"]


def audit_between(table: pa.Table, registry: Registry) -> Audit:
    """Compare each region with its départements, and metropolitan France with its regions.

    Only where every part has a figure: the missing one could be the highest. Rounding needs no
    tolerance, for it keeps the order of figures of as many decimals.
    """
    rates = [
        m.measure_id
        for m in registry.measures.values()
        if m.aggregation is Aggregation.NON_ADDITIVE and m.unit == RATE_UNIT
    ]
    rows = table.select(COLUMNS).to_pandas()
    rows = rows[rows["measure_id"].isin(rates)]
    regions = {u.code: u.region_code for u in registry.units_of(Level.DEPARTEMENT)}
    country = {region.region_code: "metropole" for region in registry.study_regions}
    outside = [
        _outside(rows, Level.DEPARTEMENT, Level.REGION, regions),
        _outside(rows, Level.REGION, Level.NATIONAL, country),
    ]
    return failing(CHECK, DESCRIPTION, pd.concat(outside, ignore_index=True))


def _outside(
    rows: pd.DataFrame, part: Level, whole: Level, whole_of: dict[str, str]
) -> pd.DataFrame:
    """Return the wholes that lie outside of their parts, with the range of these."""
    counts = pd.Series(whole_of).value_counts()
    parts = rows[rows["territory_level"] == part.value]
    parts = parts.assign(whole_code=parts["territory_code"].map(whole_of))
    ranges = parts.groupby([*_KEY, "whole_code"], as_index=False)["value"].agg(
        ["min", "max", "count"]
    )
    complete = ranges[ranges["count"] == ranges["whole_code"].map(counts)]
    both = rows[rows["territory_level"] == whole.value].merge(
        complete.rename(
            columns={"whole_code": "territory_code", "min": "lowest", "max": "highest"}
        ),
        on=[*_KEY, "territory_code"],
        validate="one_to_one",
    )
    is_outside = (both["value"] < both["lowest"]) | (both["value"] > both["highest"])
    return both.loc[is_outside, [*COLUMNS, "lowest", "highest"]].drop(columns="item")

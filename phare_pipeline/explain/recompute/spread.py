"""Recomputes how far the territories of a level stand apart, weighted by their inhabitants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.recompute.indicators import TERRITORY, measures_needed, recompute
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Level

POPULATION = "pop_total"
WHOLE = "metropole"
PART = ["compared_part", "compared_id"]


def inhabitants(state: State) -> pd.DataFrame:
    """Return the inhabitants of every territory and year, from the cells of their source.

    Nothing where no indicator of the registry counts them.
    """
    registry, columns = state.registry, [*TERRITORY[1:], "value"]
    for indicator in registry.indicators.values():
        if POPULATION in indicator.measure_ids:
            cells = state.observations(measures_needed(registry, [indicator]))
            wholes = recompute(registry, cells, [indicator.indicator_id]).wholes
            return wholes.loc[wholes["measure_id"] == POPULATION, columns]
    return pd.DataFrame({name: pd.Series(dtype="str") for name in columns}).astype(
        {"value": "float64"}
    )


def weights_of(
    people: pd.DataFrame, level: Level, codes: Sequence[str], edition: int
) -> tuple[int, pd.Series]:
    """Return the newest year that counts all territories, and their inhabitants by code.

    Not later than the edition.

    0 and no number where no year counts all of them.
    """
    is_own = people["territory_level"] == level.value
    own = people[is_own & (people["period"].str.slice(0, 4).astype(int) <= edition)]
    wide = own.pivot(index="territory_code", columns="period", values="value")
    full = wide.reindex(list(codes)).dropna(axis="columns")
    if full.shape[1] == 0:
        return 0, pd.Series(np.nan, index=list(codes))
    return int(full.columns.max()[:4]), full[full.columns.max()]


def spreads(
    notes: pd.DataFrame, scores: pd.DataFrame, people: pd.Series, inside: Mapping[str, str]
) -> pd.DataFrame:
    """Recompute mean, deviation and extremes of every note and score between territories.

    Args:
        notes: of one level and edition, with `unit_code` and `z_unclipped`.
        scores: of the same, with `unit_code`.
        people: inhabitants by `unit_code`.
        inside: the region of each `unit_code`, or nothing where the level is compared in
            metropolitan France only.
    """
    values = pd.concat(
        [
            notes[["unit_code"]].assign(
                compared_part="indicator",
                compared_id=notes["indicator_id"],
                value=notes["z_unclipped"].where(notes["score_status"] != "not_expected"),
            ),
            scores[["unit_code"]].assign(
                compared_part=scores["component_level"],
                compared_id=scores["component_id"],
                value=scores["score"],
            ),
        ],
        ignore_index=True,
    )
    values["people"] = values["unit_code"].map(people)
    whole = values.assign(within_code=WHOLE)
    regional = values.assign(within_code=values["unit_code"].map(dict(inside)))
    rows = pd.concat([whole, regional] if inside else [whole], ignore_index=True)
    is_compared = rows.groupby(PART)["value"].transform("count") > 0
    return _described(rows[is_compared])


def _described(rows: pd.DataFrame) -> pd.DataFrame:
    key = ["within_code", *PART]
    rows = rows.sort_values("unit_code")
    groups = rows.groupby(key, sort=False)
    is_there = rows["value"].notna()
    weight = rows["people"].where(is_there)
    lowest = groups["value"].transform("min")
    total = weight.groupby([rows[name] for name in key]).transform("sum")
    # From the smallest value, so that what all have in common leaves no trace of spread.
    step = (weight * (rows["value"] - lowest)).groupby([rows[n] for n in key]).transform("sum")
    shift = step / total
    squares = weight * (rows["value"] - lowest - shift) ** 2
    found = groups["value"].agg(["count", "min", "max", "size"])
    by_key = [rows[name] for name in key]
    found["weighted_mean"] = (lowest + shift).groupby(by_key, sort=False).max()
    found["weighted_deviation"] = np.sqrt(
        squares.groupby(by_key, sort=False).sum(min_count=1)
        / weight.groupby(by_key, sort=False).sum(min_count=1)
    )
    extremes = {"lowest": lowest, "highest": groups["value"].transform("max")}
    for name in extremes:
        at = rows[comparable(rows["value"]) == comparable(extremes[name])]
        first = at.groupby(key, sort=False)["unit_code"].first()
        found[f"{name}_territory_code"] = first
    found["value_range"] = found["max"] - found["min"]
    return found.reset_index().rename(
        columns={
            "count": "territory_count",
            "size": "territory_expected_count",
            "min": "lowest_value",
            "max": "highest_value",
        }
    )

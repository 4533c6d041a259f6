"""Checks what the figures of a release say of each other, and that they follow from their cells."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from phare_pipeline.explain.check.figures import check_release
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.recompute.indicators import recompute
from phare_pipeline.registry.model import Aggregation, Indicator, Registry
from phare_pipeline.verify.check import Check, Outcome, checked

TOLERANCE = 1e-9


def check_figures(published: Published) -> Iterator[Check]:
    """Check totals, then every figure against the cells of its sources, ranks among them."""
    yield _check_totals(published)
    for state, _ in published.states():
        yield _check_levels(state)
    findings = list(check_release(published))
    for name, is_rank, text in (
        ("figures", False, "figures recomputed from the cells"),
        ("ranks", True, "ranks recomputed from the values"),
    ):
        chosen = [f for f in findings if ("rank" in f.name) is is_rank]
        if not chosen:
            yield Check(name, Outcome.NOT_VERIFIED, "editions are missing: nothing is compared")
            continue
        wrong = [
            f"{f.name}: {f.failed} of {f.compared} differ, first: {'; '.join(f.samples)}"
            for f in chosen
            if f.failed or not f.compared
        ]
        count = sum(f.compared for f in chosen)
        yield checked(name, f"{count} {text} in {len(chosen)} columns", wrong)


def _check_totals(published: Published) -> Check:
    """Compare France with the sum of the published regions, for what adds up and is not divided."""
    names: dict[int, list[str]] = {}
    for year in published.editions:
        registry = published.state_of(year).registry
        names[year] = [i.indicator_id for i in registry.indicators.values() if _adds(i, registry)]
    rows = published.rows("out_indicators")
    wanted = pd.concat(
        [rows[(rows["year"] == y) & rows["indicator_id"].isin(found)] for y, found in names.items()]
    )
    grouped = wanted.groupby(["year", "indicator_id"])
    totals = grouped.agg(
        total=("value", "sum"), present=("value", "count"), regions=("value", "size"),
        france=("france_value", "first"),
    ).reset_index()  # fmt: skip
    whole = totals[(totals["present"] == totals["regions"]) & totals["france"].notna()]
    gap = (whole["total"] - whole["france"]).abs()
    bad = whole[gap > TOLERANCE * whole["france"].abs().clip(lower=1)]
    wrong = [
        f"{row.indicator_id} {row.year}: regions add up to {row.total!r}, France is {row.france!r}"
        for row in bad.itertuples()
    ]
    return checked("totals", f"{len(whole)} sums of regions against France", wrong)


def _adds(indicator: Indicator, registry: Registry) -> bool:
    """Tell whether the regions of an indicator add up to its reference."""
    measures = [registry.measures[m] for m in indicator.measure_ids]
    return (
        not indicator.denominator
        and indicator.change_years is None
        and all(
            m.aggregation is not Aggregation.NON_ADDITIVE
            and m.perimeter == indicator.reference_perimeter
            and registry.perimeters[m.perimeter].is_summable
            for m in measures
        )
    )


def _check_levels(state: State) -> Check:
    """Add up every measure at each level on its own: départements, former regions, regions."""
    registry = state.registry
    wholes = recompute(registry, state.observations()).wholes
    additive = [
        m.measure_id
        for m in registry.measures.values()
        if m.aggregation is not Aggregation.NON_ADDITIVE
    ]
    rows = wholes[wholes["measure_id"].isin(additive)]
    levels = rows.groupby(["measure_id", "period", "territory_level"])["value"].agg(
        ["sum", "count", "size"]
    )
    levels = levels[levels["count"] == levels["size"]].reset_index()
    national = levels[levels["territory_level"] == "national"]
    both = levels.merge(
        national[["measure_id", "period", "sum"]],
        on=["measure_id", "period"],
        suffixes=("", "_france"),
    )
    gap = (both["sum"] - both["sum_france"]).abs()
    bad = both[gap > TOLERANCE * both["sum_france"].abs().clip(lower=1)]
    wrong = [
        f"{row.measure_id} {row.period}: {row.territory_level} adds up to {row.sum!r}"
        for row in bad.itertuples()
    ]
    return checked(
        "conservation", f"{len(both)} sums of a measure, period and level against France", wrong
    )

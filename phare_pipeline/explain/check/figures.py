"""Recomputes every published figure of a release from the cells of its sources, and compares.

The same functions explain one figure; here they run on all of them at once. What scores are made of
is compared in `parts`, survey results in `surveys`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from phare_pipeline.explain.check.findings import MAX_SAMPLES, Finding, compare, is_close, samples
from phare_pipeline.explain.check.parts import check_parts
from phare_pipeline.explain.check.surveys import check_surveys
from phare_pipeline.explain.kinds.cells import expected_value, file_reading
from phare_pipeline.explain.kinds.partial_order import NAMES_FR, compared_axes, recompute_order
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.reading.units import (
    INDICATORS,
    LOWER,
    NOTES,
    ORDER,
    SCORES,
    notes_at,
    rows_at,
)
from phare_pipeline.explain.recompute.comparison import DERIVED, candidates, derive, on_grid, place
from phare_pipeline.explain.recompute.indicators import recompute
from phare_pipeline.explain.recompute.scores import notes, score_parts
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Level

LEVELS = (Level.REGION, *LOWER)
KEY = ["year", "unit_code", "indicator_id"]
SCORE_COLUMNS = (
    "score",
    "mean_score",
    "imbalance",
    "score_low",
    "score_high",
    "coverage_pct",
    "is_scored",
)


def check_release(published: Published) -> Iterator[Finding]:
    """Compare every figure of a release with what the cells of its sources give.

    Tolerance: see `findings`. An edition that a table says nothing of is found first: then nothing
    else is compared, for the figures are made from each other. Average ranks of more than 22
    territories and intervals of agreement are drawn again with their seed; the tables of draws
    (uncertainty, pairs, sensitivity, total effects) are for a rebuild to compare (`verify`).
    """
    presence = check_editions(published)
    yield presence
    if presence.failed:
        return
    figures = {}
    for state, _ in published.states():
        yield check_cells(state)
        yield check_series(state)
        figures[state.name] = recompute(state.registry, state.observations()).figures
    for level in LEVELS:
        yield from _check_level(published, level, figures)
    yield from check_parts(published)
    yield from check_surveys(published)


def _check_level(
    published: Published, level: Level, figures: dict[str, pd.DataFrame]
) -> Iterator[Finding]:
    """Compare values, notes, scores and order of one level in all editions."""
    rows = rows_at(published, INDICATORS, level)
    table = _table(INDICATORS, level)
    placed = [
        _place(state, years, level, figures[state.name]) for state, years in published.states()
    ]
    expected = pd.concat(placed, ignore_index=True)
    if rows.empty and expected.empty:
        # No source of this installation says anything of the level.
        return
    yield from _check_values(rows, expected, table)
    if level is Level.REGION:
        yield from compare(rows, derive(rows), DERIVED, KEY, table)
    scores = rows_at(published, SCORES, level)
    for state, years in published.states():
        normalised = pd.concat([notes_at(published, state.registry, level, y) for y in years])
        normalised = normalised.reset_index(drop=True)
        yield from _check_index(state, normalised, scores[scores["year"].isin(years)], level)
    yield from _check_order(rows_at(published, ORDER, level), scores, level)


def _table(tables: tuple[str, str], level: Level) -> str:
    return tables[0] if level is Level.REGION else f"{tables[1]} ({level.value})"


def check_editions(published: Published) -> Finding:
    """Look for every edition in every table that is recomputed."""
    tables = [table for table, _ in (INDICATORS, NOTES, SCORES, ORDER)]
    absent = [
        f"{table} has no row of edition {year}"
        for table in tables
        for year in sorted(set(published.editions) - set(published.rows(table)["year"]))
    ]
    count = len(tables) * len(published.editions)
    return Finding("editions of the tables", count, len(absent), tuple(absent[:MAX_SAMPLES]))


def check_cells(state: State) -> Finding:
    """Read the text of every cell again and compare with the staged figure."""
    cells = state.observations()
    measures = state.registry.measures
    readings = {
        file.path: file_reading(source, file.path)
        for source in state.sources.values()
        for file in source.files
    }
    known: dict[tuple[str, str, float, str | None], float] = {}

    def expect(
        measure_id: str, year: int, text: str, path: str, correction_id: str | None
    ) -> float:
        factor = measures[measure_id].reading_of(year).factor
        key = text, path, factor, correction_id
        if key not in known:
            correction = state.corrections.get(correction_id or "")
            value = expected_value(text, factor, correction, readings[path])
            known[key] = np.nan if value is None else value
        return known[key]

    columns = ("measure_id", "data_year", "raw_text", "origin_file", "correction_id")
    expected = pd.Series(
        [expect(*cell) for cell in zip(*(cells[c].astype(object) for c in columns), strict=True)],
        index=cells.index,
        dtype="float64",
    )
    # A cell without a figure says why in its own words: only figures are read again.
    has_value = cells["value"].notna()
    is_wrong = has_value & ~is_close(cells["value"], expected)
    wrong = cells[is_wrong].assign(expected=expected[is_wrong])
    return Finding(
        "cells of the sources",
        int(has_value.sum()),
        int(is_wrong.sum()),
        tuple(
            f"{row.origin_file}, line {row.origin_line}, column {row.origin_column}: "
            f"{row.raw_text!r} is staged as {row.value!r}, expected {row.expected!r}"
            for row in wrong.head(MAX_SAMPLES).itertuples()
        ),
    )


def check_series(state: State) -> Finding:
    """Look whether the figures of each year come from the source declared for it, and its files."""
    cells = state.observations()[["measure_id", "data_year", "source_id", "origin_file"]]
    places = cells.drop_duplicates()
    wrong = []
    for measure_id, year, source_id, path in places.itertuples(index=False, name=None):
        declared = _declared_source(state, measure_id, year)
        files = {file.path for file in state.sources[declared].files}
        if source_id != declared or path not in files:
            wrong.append(f"{measure_id} {year}: {source_id}, {path}; expected {declared}")
    return Finding("series of the measures", len(places), len(wrong), tuple(wrong[:MAX_SAMPLES]))


def _declared_source(state: State, measure_id: str, year: int) -> str:
    """Return the source of a measure in a year: that of a span around it, or else the first."""
    measure = state.registry.measures[measure_id]
    spans = [o for o in measure.others if o.first_period <= year <= o.last_period]
    return spans[0].source_id if spans else measure.source_id


def _place(state: State, years: Sequence[int], level: Level, figures: pd.DataFrame) -> pd.DataFrame:
    """Recompute the figures of a level in editions that are made from one state."""
    registry = state.registry
    indicators = list(registry.indicators.values())
    codes = [unit.code for unit in registry.units_of(level)]
    found = candidates(figures, indicators, codes, level)
    placed = pd.concat([place(figures, found, indicators, year, level) for year in years])
    code = "region_code" if level is Level.REGION else "territory_code"
    return placed.rename(columns={code: "unit_code"})


def _check_values(rows: pd.DataFrame, placed: pd.DataFrame, table: str) -> Iterator[Finding]:
    """Compare values, France, status, year and break; a figure without cells is a hole."""
    both = rows[KEY].merge(placed, on=KEY, how="outer", indicator=True, validate="one_to_one")
    unpublished = both[both["_merge"] == "right_only"]
    yield Finding(
        f"{table}: figures that are not published",
        len(placed),
        len(unpublished),
        samples(unpublished, KEY, "value", "value"),
    )
    expected = on_grid(placed, rows, "unit_code")
    columns = ("value", "france_value", "value_status", "data_year", "has_break")
    yield from compare(rows, expected, columns, KEY, table)


def _check_index(
    state: State, rows: pd.DataFrame, scores: pd.DataFrame, level: Level
) -> Iterator[Finding]:
    """Compare notes with values, and scores with notes."""
    registry = state.registry
    transforms = {i.indicator_id: i.transform for i in registry.indicators.values()}
    scales = {name: g.scale for (at, name), g in registry.goalposts.items() if at == level.value}
    expected = notes(rows, transforms).assign(scale_value=rows["indicator_id"].map(scales))
    columns = ("scale_value", "z_unclipped", "z")
    yield from compare(rows, expected, columns, KEY, _table(NOTES, level))
    key = ["year", "unit_code", "component_id"]
    for component, recomputed in score_parts(rows, registry).items():
        published = scores[scores["component_level"] == component]
        found = published[key].merge(recomputed, on=key, how="left", validate="one_to_one")
        found.index = published.index
        places = found.assign(score=comparable(found["score"])).groupby(["year", "component_id"])[
            "score"
        ]
        found["fragility_rank"] = places.rank(method="min", ascending=False)
        found["rank_of"] = places.transform("count")
        name = f"{_table(SCORES, level)} ({component})"
        yield from compare(
            published, found, (*SCORE_COLUMNS, "fragility_rank", "rank_of"), key, name
        )


def _check_order(rows: pd.DataFrame, scores: pd.DataFrame, level: Level) -> Iterator[Finding]:
    """Compare the partial order with the scores of the axes."""
    axes = {year: compared_axes(own, level) for year, own in scores.groupby("year")}
    for column in NAMES_FR:
        expected = pd.Series(np.nan, index=rows.index)
        for year, edition in rows.groupby("year"):
            found = recompute_order(axes[year], column)
            expected.loc[edition.index] = edition["unit_code"].map(found).astype("float64")
        yield from compare(
            rows,
            pd.DataFrame({column: expected}),
            (column,),
            ["year", "unit_code"],
            _table(ORDER, level),
        )

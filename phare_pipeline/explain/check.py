"""Recomputes every published figure of a release from the cells of its sources, and compares.

The same functions explain one figure; here they run on all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from phare_pipeline.explain.cells import expected_value, file_reading
from phare_pipeline.explain.comparison import DERIVED, candidates, derive, on_grid, place
from phare_pipeline.explain.partial_order import NAMES_FR, classified_axes, recompute_order
from phare_pipeline.explain.published import Published
from phare_pipeline.explain.recompute import recompute
from phare_pipeline.explain.scores import notes, score_parts
from phare_pipeline.explain.state import State
from phare_pipeline.explain.tree import RELATIVE_TOLERANCE

INDICATORS, NOTES, SCORES, ORDER = "out_indicators", "out_normalised", "out_scores", "out_pareto"
MAX_SAMPLES = 5
KEY = ["year", "region_code", "indicator_id"]
SCORE_COLUMNS = (
    "score",
    "mean_score",
    "imbalance",
    "score_low",
    "score_high",
    "coverage_pct",
    "is_scored",
)


@dataclass(frozen=True)
class Finding:
    """What one comparison found.

    Attributes:
        name: what was compared, `table.column` or the cells of the sources.
        compared: how many figures.
        failed: how many differ.
        samples: the first of them, each in one line.
    """

    name: str
    compared: int
    failed: int
    samples: tuple[str, ...]


def check_release(published: Published) -> Iterator[Finding]:
    """Compare every figure of a release with what the cells of its sources give.

    Tolerance: 1e-12, relative or absolute, for sums are not made in the same order; ranks, years,
    statuses and flags must be equal. An edition that a table says nothing of is found first: then
    nothing else is compared, for the figures are made from each other.
    """
    presence = check_editions(published)
    yield presence
    if presence.failed:
        return
    rows = published.rows(INDICATORS)
    placed = []
    for state, years in published.states():
        yield check_cells(state)
        placed.append(_place(state, years))
    yield from _check_values(rows, pd.concat(placed, ignore_index=True))
    yield from _compare(rows, derive(rows), DERIVED, KEY, INDICATORS)
    normalised, scores = published.rows(NOTES), published.rows(SCORES)
    for state, years in published.states():
        yield from _check_index(
            state, normalised[normalised["year"].isin(years)], scores[scores["year"].isin(years)]
        )
    yield from _check_order(published.rows(ORDER), scores)


def check_editions(published: Published) -> Finding:
    """Look for every edition in every table that is recomputed."""
    tables = (INDICATORS, NOTES, SCORES, ORDER)
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

    def expect(measure_id: str, text: str, path: str, correction_id: str | None) -> float:
        factor = measures[measure_id].factor
        key = text, path, factor, correction_id
        if key not in known:
            correction = state.corrections.get(correction_id or "")
            value = expected_value(text, factor, correction, readings[path])
            known[key] = np.nan if value is None else value
        return known[key]

    columns = ("measure_id", "raw_text", "origin_file", "correction_id")
    expected = pd.Series(
        [expect(*cell) for cell in zip(*(cells[c].astype(object) for c in columns), strict=True)],
        index=cells.index,
        dtype="float64",
    )
    # A cell without a figure says why in its own words: only figures are read again.
    has_value = cells["value"].notna()
    is_wrong = has_value & ~_is_close(cells["value"], expected)
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


def _place(state: State, years: Sequence[int]) -> pd.DataFrame:
    """Recompute the figures of editions that are made from one state."""
    registry = state.registry
    indicators = list(registry.indicators.values())
    figures = recompute(registry, state.observations()).figures
    found = candidates(figures, indicators, [r.region_code for r in registry.study_regions])
    return pd.concat([place(figures, found, indicators, year) for year in years])


def _check_values(rows: pd.DataFrame, placed: pd.DataFrame) -> Iterator[Finding]:
    """Compare values, France, status, year and break; a figure without cells is a hole."""
    both = rows[KEY].merge(placed, on=KEY, how="outer", indicator=True, validate="one_to_one")
    unpublished = both[both["_merge"] == "right_only"]
    yield Finding(
        f"{INDICATORS}: figures that are not published",
        len(placed),
        len(unpublished),
        _samples(unpublished, KEY, "value", "value"),
    )
    expected = on_grid(placed, rows)
    columns = ("value", "france_value", "value_status", "data_year", "has_break")
    yield from _compare(rows, expected, columns, KEY, INDICATORS)


def _check_index(state: State, rows: pd.DataFrame, scores: pd.DataFrame) -> Iterator[Finding]:
    """Compare notes with values, and scores with notes."""
    transforms = {i.indicator_id: i.transform for i in state.registry.indicators.values()}
    yield from _compare(rows, notes(rows, transforms), ("z_unclipped", "z"), KEY, NOTES)
    key = ["year", "region_code", "component_id"]
    for level, recomputed in score_parts(rows, state.registry).items():
        published = scores[scores["component_level"] == level]
        expected = published[key].merge(recomputed, on=key, how="left", validate="one_to_one")
        expected.index = published.index
        places = expected.groupby(["year", "component_id"])["score"]
        expected["fragility_rank"] = places.rank(method="min", ascending=False)
        columns = (*SCORE_COLUMNS, "fragility_rank")
        yield from _compare(published, expected, columns, key, f"{SCORES} ({level})")


def _check_order(rows: pd.DataFrame, scores: pd.DataFrame) -> Iterator[Finding]:
    """Compare the partial order with the scores of the axes."""
    for column in NAMES_FR:
        expected = pd.Series(np.nan, index=rows.index)
        for year, edition in rows.groupby("year"):
            found = recompute_order(classified_axes(scores[scores["year"] == year]), column)
            expected.loc[edition.index] = edition["region_code"].map(found).astype("float64")
        yield from _compare(
            rows, pd.DataFrame({column: expected}), (column,), ["year", "region_code"], ORDER
        )


def _compare(
    rows: pd.DataFrame,
    expected: pd.DataFrame,
    columns: Sequence[str],
    key: list[str],
    table: str,
) -> Iterator[Finding]:
    """Compare columns of a published table with recomputed ones that have the same index."""
    for column in columns:
        found, wanted = rows[column], expected[column].reindex(rows.index)
        if column == "value_status":
            is_wrong = found.astype(str) != wanted.astype(str)
        else:
            is_wrong = ~_is_close(found, wanted)
        wrong = rows[is_wrong].assign(expected=wanted[is_wrong])
        yield Finding(
            f"{table}.{column}",
            len(rows),
            int(is_wrong.sum()),
            _samples(wrong, key, column, "expected"),
        )


def _is_close(found: pd.Series, wanted: pd.Series) -> pd.Series:
    """Tell where two columns are both absent, or equal but for the rounding of sums."""
    one, two = (
        column.astype("Float64").astype("float64").to_numpy(na_value=np.nan)
        for column in (found, wanted)
    )
    close = np.isclose(one, two, rtol=RELATIVE_TOLERANCE, atol=RELATIVE_TOLERANCE, equal_nan=True)
    return pd.Series(close, index=found.index)


def _samples(wrong: pd.DataFrame, key: list[str], column: str, expected: str) -> tuple[str, ...]:
    return tuple(
        f"{', '.join(str(row[name]) for name in key)}: {row[column]!r}, expected {row[expected]!r}"
        for row in wrong.head(MAX_SAMPLES).to_dict("records")
    )

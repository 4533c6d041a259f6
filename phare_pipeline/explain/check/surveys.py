"""Compares the results of surveys with their printed lines, and what is made of them with them.

Results computed from answers are left to a rebuild: no respondent leaves the private build area.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from phare_pipeline.explain.check.findings import Finding, compare, compare_by_key
from phare_pipeline.explain.reading.published import Published, records
from phare_pipeline.explain.recompute.surveys import COLUMNS, Sources, recomputed_column
from phare_pipeline.explain.recompute.voices import NOTE, agreement, notes_of, perception, vision

RESULTS = "out_survey_results"
KEY = ["year", "study_id", "area_id", "question_id", "item_code", "segment_id", "statistic"]
VISION_COLUMNS = (
    *("mean_note", "national_note", "national_diff", "base_n", "se", "note_rank", "note_rank_of"),
    *("is_major_fragility", "major_actor_count", "area_actor_count"),
)
AGREEMENT_COLUMNS = (
    *("kendall_w", "kendall_w_low", "kendall_w_high", "kendall_w_random", "p_value"),
    *("actor_count", "domain_count"),
)
PERCEPTION_KEY = ["study_id", "actor", "area_id", "component_level", "component_id"]
PERCEPTION_COLUMNS = (
    *("perceived", "perceived_se", "measured", "perception_gap", "perception_scale"),
)


def check_surveys(published: Published) -> Iterator[Finding]:
    """Compare results, vision, agreement and perception of all editions."""
    rows = published.rows(RESULTS)
    printed = rows[rows["provenance"] == "published"]
    yield from _check_results(published, printed)
    for year in published.editions:
        own = rows[rows["year"] == year]
        if len(own):
            yield from _check_voices(published, year, notes_of(own))


def _check_results(published: Published, rows: pd.DataFrame) -> Iterator[Finding]:
    """Recompute each line once: editions that show the same line must show the same figures."""
    known: dict[tuple[object, ...], float | None] = {}

    def expect(row: dict[str, object], column: str) -> float:
        sources = Sources.of(published.state_of(int(str(row["year"]))))
        key = (sources.state.name, column, row["disclosure"], row["base_n"], *map(row.get, KEY[1:]))
        if key not in known:
            known[key] = recomputed_column(sources, row, column)
        found = known[key]
        return np.nan if found is None else found

    lines = records(rows)
    expected = pd.DataFrame(
        {name: [expect(line, name) for line in lines] for name in COLUMNS}, index=rows.index
    )
    yield from compare(rows, expected.astype("float64"), COLUMNS, KEY, RESULTS)


def _check_voices(published: Published, year: int, notes: pd.DataFrame) -> Iterator[Finding]:
    registry = published.state_of(year).registry
    table = "out_actor_vision"
    rows = published.rows(table, year=year)
    # A domain that the study has not printed keeps its row without a note.
    is_printed = rows["disclosure"] != "no_value"
    yield from compare_by_key(rows[is_printed], vision(notes), VISION_COLUMNS, NOTE, table)

    table = "out_actor_agreement"
    rows, found = published.rows(table, year=year), agreement(notes)
    expected = pd.DataFrame(
        [
            {
                "study_id": study,
                "area_id": area,
                "kendall_w": w,
                "kendall_w_low": drawn.low,
                "kendall_w_high": drawn.high,
                "kendall_w_random": drawn.random_high,
                "p_value": drawn.p_value,
                "actor_count": drawn.n_actors,
                "domain_count": drawn.n_things,
            }
            for (study, area), (drawn, w) in found.items()
        ],
        columns=["study_id", "area_id", *AGREEMENT_COLUMNS],
    )
    yield from compare_by_key(rows, expected, AGREEMENT_COLUMNS, ["study_id", "area_id"], table)

    table = "out_perception"
    rows, scores = published.rows(table, year=year), published.rows("out_scores", year=year)
    expected = perception(notes, scores, registry, year)
    yield from compare_by_key(rows, expected, PERCEPTION_COLUMNS, PERCEPTION_KEY, table)

"""What moved since the last release, told in two lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from phare_pipeline.cli.moved import MOST_NAMED, moved_lines


def release(folder: Path, values: list[float], ranks: list[float]) -> Path:
    (folder / "marts").mkdir(parents=True)
    names = [f"i{n}" for n in range(len(values))]
    indicators = pd.DataFrame({"year": 2016, "region_code": "32", "indicator_id": names})
    indicators.assign(value=values).to_parquet(folder / "marts" / "out_indicators.parquet")
    codes = [str(n) for n in range(len(ranks))]
    scores = pd.DataFrame({"year": 2016, "region_code": codes, "fragility_rank": ranks})
    levels = [scores.assign(component_level=level) for level in ("index", "domain")]
    pd.concat(levels).to_parquet(folder / "marts" / "out_scores.parquet")
    return folder


def test_values_and_ranks_that_moved_are_counted_and_named(tmp_path: Path) -> None:
    count = MOST_NAMED + 3
    before = release(tmp_path / "a", [*map(float, range(count)), np.nan], [1, 2, 3])
    after = release(tmp_path / "b", [v + 1.0 for v in range(count)] + [np.nan], [2, 1, 3])
    values, ranks = moved_lines(before, after)
    assert values.startswith(f"{count} of {count + 1} indicator values moved: ")
    assert values.endswith("and 3 more")
    assert ranks == "2 of 3 ranks of the index moved: 2016 (2)"


def test_nothing_moved_is_said_so(tmp_path: Path) -> None:
    one = release(tmp_path / "a", [1.0, np.nan], [1, np.nan])
    assert moved_lines(one, one) == [
        "0 of 2 indicator values moved",
        "0 of 2 ranks of the index moved",
    ]

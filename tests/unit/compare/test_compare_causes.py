"""Ranks that moved though no figure did: the rule of ties is their cause, and only theirs."""

import numpy as np
import pandas as pd

from phare_pipeline.compare.causes import Cause, FigureCauses, _judged_otherwise
from phare_pipeline.explain.recompute.comparison import derive

CODES = ["11", "24", "32", "44"]


def published(year, values):
    rows = pd.DataFrame(
        {
            "year": year,
            "indicator_id": "rate",
            "region_code": CODES,
            "direction": 1,
            "nature": "taux",
            "value": values,
            "france_value": 8.0,
        }
    )
    return rows.assign(**derive(rows))


def test_a_rank_that_noise_had_decided_is_named():
    off = np.nextafter(8.65, 9)
    after = pd.concat([published(2015, [8.65, off, 9.0, 7.0]), published(2016, [1, 2, 3, 4])])
    after = after.reset_index(drop=True)
    before = after.copy()
    before.loc[0, ["rank", "fragility_rank"]] = 3
    found = _judged_otherwise(before, after, frozenset())
    assert found == {(2015, "rate", "11")}
    assert _judged_otherwise(after, before, frozenset()) == found
    assert _judged_otherwise(after, after, frozenset()) == frozenset()
    # Where a figure of the indicator moved, its ranks have that cause.
    assert not _judged_otherwise(before, after, frozenset({(2015, "rate", "44")}))
    causes = FigureCauses({}, found)
    assert causes.ties_of_edition(2015) == {Cause.TIES}
    assert causes.ties_of_edition(2016) == frozenset()

"""Who belongs to an area, a segment or a category: masks and columns over a table of respondents.

Both tables are those of an export (`exports.reading`), of one actor; nothing is estimated here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.survey.codebook import Area, AreaKind, Codebook, Variable, VariableType

Booleans = NDArray[np.bool_]


def area_members(respondents: pd.DataFrame, area: Area) -> Booleans:
    """Tell which of n respondents belong to an area: (n,).

    A super-region holds those who were drawn in it (`area_id`), whatever their region: it is never
    put together from regions.
    """
    if area.kind is AreaKind.NATIONAL:
        return np.ones(len(respondents), dtype=np.bool_)
    if area.kind is AreaKind.REGION:
        return np.asarray(respondents["region_code"] == area.region_code, dtype=np.bool_)
    return np.asarray(respondents["area_id"] == area.area_id, dtype=np.bool_)


def categories_of(
    variable: Variable, respondents: pd.DataFrame, answers: pd.DataFrame, codebook: Codebook
) -> NDArray[np.object_]:
    """Give the category of each of n respondents: (n,) of option ids, or of areas for a region.

    None where there is no answer (don't know, refused, not asked).
    """
    if variable.type is VariableType.REGION:
        regions = {
            area.region_code: area.area_id
            for area in codebook.areas.values()
            if area.kind is AreaKind.REGION
        }
        found = [regions.get(code) for code in respondents["region_code"]]
        return np.array(found, dtype=object)
    own = answers[(answers["uid"] == variable.variable_id) & (answers["kind"] == "answer")]
    options = dict(zip(own["respondent_id"], own["item_code"], strict=True))
    return np.array([options.get(r) for r in respondents["respondent_id"]], dtype=object)


def numbers_of(
    variable: Variable, respondents: pd.DataFrame, answers: pd.DataFrame
) -> NDArray[np.float64]:
    """Give the number of each of n respondents for a numeric variable, NaN without one: (n,)."""
    own = answers[(answers["uid"] == variable.variable_id) & (answers["kind"] == "answer")]
    numbers = dict(zip(own["respondent_id"], own["number"], strict=True))
    return np.array([numbers.get(r, np.nan) for r in respondents["respondent_id"]])

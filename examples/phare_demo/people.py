"""Invents respondents: so many in each region, with the structure of the targets, a little off it.

A sample that met its targets exactly would leave calibration nothing to do: small categories are
drawn more often than they weigh, as institutes do.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from examples.phare_demo.allocation import deal
from phare_pipeline.survey.codebook import AreaKind, Codebook, Target, Variable, VariableType
from phare_pipeline.survey.members import area_members
from phare_pipeline.survey.published import SampleFigure
from phare_pipeline.survey.weighting import AreaWeights, weigh

SEED = 20161201
_FLATTENING = 0.85
_LAST_DAYS = 20


def generator_of(*names: str) -> np.random.Generator:
    """A random generator for each purpose, so that one change leaves the others alone."""
    return np.random.default_rng([SEED, zlib.crc32("/".join(names).encode())])


@dataclass(frozen=True, eq=False)
class Crowd:
    """The respondents of one actor.

    Attributes:
        respondents: n rows, as `exports.respondents` makes them.
        profile: (n, variables) option id of each quota and profile variable.
        own: weights in the area whose figures are printed.
        country: weights in the whole country.
    """

    actor: str
    respondents: pd.DataFrame
    profile: pd.DataFrame
    own: AreaWeights
    country: AreaWeights


def own_area_of(base: Codebook, actor: str) -> str:
    """The area that the study of 2016 printed for an actor beside the whole country."""
    areas = base.actors[actor].areas
    return next(a for a in areas if base.areas[a].kind is not AreaKind.NATIONAL)


def invent_crowd(
    codebook: Codebook, actor: str, own_area: str, printed: tuple[SampleFigure, ...]
) -> Crowd:
    """Invent the respondents of an actor and weigh them as the product does.

    Args:
        codebook: of the demonstration; its samples say how many in each region.
        actor: who.
        own_area: whose structure is printed; a super-region takes whole regions.
        printed: structure of the samples of 2016, for what is no quota.
    """
    respondents = _respondents(codebook, actor, own_area)
    is_own = area_members(respondents, codebook.areas[own_area])
    country = next(a for a in codebook.areas.values() if a.kind is AreaKind.NATIONAL)
    variables = [
        variable
        for variable in codebook.variables.values()
        if variable.actor == actor and variable.scale is not None
    ]
    columns = {}
    for variable in variables:
        options = np.empty(len(respondents), dtype=object)
        for area_id, where in ((own_area, is_own), (country.area_id, ~is_own)):
            shares = _shares(codebook, variable, area_id, printed)
            latent = generator_of(variable.variable_id, area_id).random(int(where.sum()))
            labels = deal(np.ones(latent.size), list(shares.values()), latent)
            options[where] = np.array(list(shares), dtype=object)[labels]
        columns[variable.variable_id] = options
    profile = pd.DataFrame(columns)
    weights = weigh(
        codebook, actor, respondents, _quota_answers(respondents, profile), codebook.margins
    )
    return Crowd(actor, respondents, profile, weights[own_area], weights[country.area_id])


def _respondents(codebook: Codebook, actor: str, own_area: str) -> pd.DataFrame:
    is_super_region = codebook.areas[own_area].kind is AreaKind.SUPER_REGION
    rows = []
    for area in codebook.areas.values():
        sample = codebook.samples.get((actor, area.area_id))
        if area.kind is AreaKind.REGION and sample is not None:
            rows += [area.region_code] * (sample.sample_n or 0)
    rng = generator_of(actor, "order")
    regions = np.array(rows, dtype=object)[rng.permutation(len(rows))]
    days = rng.integers(0, _LAST_DAYS, len(rows))
    first = dt.date.fromisoformat(codebook.actors[actor].field_start or "")
    frame = pd.DataFrame(
        {
            "study_id": codebook.study_id,
            "actor": actor,
            "respondent_id": [str(i + 1) for i in range(len(rows))],
            "line": np.arange(len(rows)),
            "region_code": regions,
            "area_id": None,
            "answered_on": [first + dt.timedelta(days=int(day)) for day in days],
            "weight": 1.0,
            "is_synthetic": True,
        }
    )
    if is_super_region:
        is_in = np.isin(regions.astype(str), list(_regions_within(codebook, actor, own_area)))
        frame["area_id"] = [own_area if flag else None for flag in is_in]
    return frame


def _regions_within(codebook: Codebook, actor: str, super_region: str) -> tuple[str, ...]:
    """The regions whose samples make that of a super-region: an invention of the demonstration."""
    wanted = codebook.samples[actor, super_region].sample_n
    found: list[str] = []
    total = 0
    for region in MEMBERS[super_region]:
        total += codebook.samples[actor, region].sample_n or 0
        found.append(codebook.areas[region].region_code or "")
    if total != wanted:
        raise ValueError(f"{super_region}: found {total} respondents, expected {wanted}")
    return tuple(found)


MEMBERS = {"nord-est": ("hauts-de-france", "grand-est")}
"""The report does not print what the super-region is made of: this is invented for this study."""


def _shares(
    codebook: Codebook, variable: Variable, area_id: str, printed: tuple[SampleFigure, ...]
) -> dict[str, float]:
    """Sampling shares of a variable's options: flattened targets for a quota, else as printed."""
    own = [
        target
        for target in codebook.margins
        if (target.area_id, target.variable_id) == (area_id, variable.variable_id)
    ]
    figures = {
        figure.item_code: figure.value
        for figure in printed
        if figure.variable_id == variable.variable_id and figure.statistic == "share"
    }
    if variable.type is VariableType.QUOTA and own:
        return _flattened(own, figures)
    return figures


def _flattened(targets: list[Target], figures: dict[str, float]) -> dict[str, float]:
    """Shares of a category to the power 0.85; options counted together as they are printed."""
    shares = {}
    for target in targets:
        share = target.target**_FLATTENING
        parts = [figures.get(option, 0.0) for option in target.categories]
        for option, part in zip(target.categories, parts, strict=True):
            shares[option] = share * part / sum(parts)
    return shares


def _quota_answers(respondents: pd.DataFrame, profile: pd.DataFrame) -> pd.DataFrame:
    """The profile in the long form of answers, as far as weighting looks at it."""
    parts = [
        pd.DataFrame(
            {
                "respondent_id": respondents["respondent_id"],
                "uid": uid,
                "item_code": profile[uid],
                "number": np.nan,
                "kind": "answer",
            }
        )
        for uid in profile
    ]
    return pd.concat(parts, ignore_index=True)

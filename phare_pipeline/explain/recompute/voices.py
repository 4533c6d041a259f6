"""Recomputes what is made of the actors' mean notes: their vision, agreement, perception.

From the notes of `out_survey_results`, which are compared with their printed lines elsewhere, and
from the scores of the index.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from phare_pipeline.contract.subjects.surveys import ACTORS
from phare_pipeline.explain.recompute.scores import score_parts
from phare_pipeline.index.agreement import Agreement, kendall_w
from phare_pipeline.index.normalise import Z_MAX, Z_MIN, Z_REFERENCE
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Registry

AREA = ["study_id", "area_id"]
ACTOR = ["study_id", "actor", "area_id"]
NOTE = [*ACTOR, "domain_id"]
MAJOR = 5
SEED = 2016
SPREAD = 30.0
GAP_MAX_AGE_YEARS = 5


def notes_of(results: pd.DataFrame) -> pd.DataFrame:
    """Return the mean notes of the domains, by actor and area: rows of one edition."""
    is_note = (
        (results["topic"] == "fragilite")
        & (results["statistic"] == "mean")
        & (results["segment_id"] == "ensemble")
        & results["domain_id"].notna()
    )
    return results[is_note].reset_index(drop=True)


def vision(notes: pd.DataFrame) -> pd.DataFrame:
    """Recompute places and great fragilities from the notes that are shown."""
    value = notes["value"]
    by_area = pd.Series(comparable(value), notes.index).groupby([notes[name] for name in ACTOR])
    place = by_area.rank(method="min", ascending=False)
    found = notes[[*NOTE, "base_n", "se", "reliability", "disclosure"]].assign(
        mean_note=value,
        national_note=notes["national_value"],
        national_diff=notes["national_diff"],
        note_rank=place,
        note_rank_of=by_area.transform("count"),
        is_major_fragility=(place <= MAJOR).astype("boolean").where(place.notna()),
    )
    by_domain = [found[name] for name in [*AREA, "domain_id"]]
    is_major = found["is_major_fragility"].fillna(False)
    found["major_actor_count"] = is_major.groupby(by_domain).transform("sum")
    asked = found[found["mean_note"].notna()].groupby(AREA)["actor"].nunique()
    return found.merge(asked.rename("area_actor_count"), on=AREA, how="left").fillna(
        {"area_actor_count": 0}
    )


def agreement(notes: pd.DataFrame) -> dict[tuple[str, str], tuple[Agreement, float]]:
    """Recompute the agreement of the actors of every area in which two were asked at least.

    Returns:
        by study and area: the agreement with its draws, and W by the formula alone.
    """
    found = {}
    for (study, area), rows in notes.groupby(AREA, sort=False):
        wide = rows.pivot(index="actor", columns="domain_id", values="value").dropna(how="all")
        if len(wide) < 2:
            continue
        # The draws depend on the order of the actors, and of the domains in the first one's list.
        actors = [actor for actor in ACTORS if actor in wide.index]
        first = rows[rows["actor"] == actors[0]].sort_values("item_order")
        wide = wide.reindex(index=actors, columns=list(first["domain_id"]))
        common = wide.dropna(axis="columns")
        drawn = kendall_w(common.to_numpy(np.float64), seed=SEED)
        found[str(study), str(area)] = drawn, _concordance(common)
    return found


def _concordance(wide: pd.DataFrame) -> float:
    """Kendall's W with its correction for ties: 12 S / (k²(n³ − n) − k ΣT)."""
    k, n = wide.shape
    compared = pd.DataFrame(comparable(wide), wide.index, wide.columns)
    ranks = compared.rank(axis=1, method="average")
    sums = ranks.sum(axis=0)
    ties = sum(int(count**3 - count) for _, row in ranks.iterrows() for count in row.value_counts())
    spread = float(((sums - sums.mean()) ** 2).sum())
    return 12 * spread / (k**2 * (n**3 - n) - k * ties)


def perception(
    notes: pd.DataFrame, scores: pd.DataFrame, registry: Registry, year: int
) -> pd.DataFrame:
    """Recompute P, its gap to F and the scale, of every actor and area that is not the country.

    Args:
        notes: see `notes_of`.
        scores: rows of `out_scores` of the edition.
        registry: weights of domains and axes.
        year: the edition.
    """
    rows = [
        frame
        for (study, actor), own in notes.groupby(["study_id", "actor"], sort=False)
        for frame in _perceived(own, registry, year, study, actor)
    ]
    found = pd.concat(rows, ignore_index=True)
    measured = scores[["region_code", "component_level", "component_id", "score"]]
    found = found.merge(measured, on=["region_code", "component_level", "component_id"], how="left")
    is_recent = year - found["study_year"] <= GAP_MAX_AGE_YEARS
    found["measured"] = found["score"].where(is_recent)
    return found.assign(perception_gap=found["perceived"] - found["measured"])


def _perceived(
    own: pd.DataFrame, registry: Registry, year: int, study: Any, actor: Any
) -> list[pd.DataFrame]:
    country = own[own["area_kind"] == "national"]
    areas = own[own["area_kind"] != "national"]
    if country.empty or areas.empty:
        return []
    national = areas["domain_id"].map(country.set_index("domain_id")["value"])
    gap = areas["value"] - national
    scale = float(gap.abs().max())
    z = (Z_REFERENCE + SPREAD * gap / scale).clip(Z_MIN, Z_MAX)
    placed = areas[["area_id", "region_code", "domain_id"]].assign(
        year=year,
        unit_code=areas["area_id"],
        indicator_id=areas["domain_id"],
        weight=1.0,
        z=z,
        error=areas["se"] * SPREAD / scale,
    )
    scored = score_parts(placed, registry)
    errors = _errors(placed, scored, registry)
    regions = areas.drop_duplicates("area_id").set_index("area_id")["region_code"]
    frames = []
    for level in ("index", "domain"):
        part = scored[level][["unit_code", "component_id", "score"]]
        frames.append(
            part.rename(columns={"unit_code": "area_id", "score": "perceived"}).assign(
                component_level=level,
                perceived_se=[
                    errors.get((area, component), np.nan)
                    for area, component in zip(part["unit_code"], part["component_id"], strict=True)
                ],
            )
        )
    found = pd.concat(frames, ignore_index=True)
    return [
        found.assign(
            study_id=study,
            actor=actor,
            study_year=int(own["study_year"].iloc[0]),
            region_code=found["area_id"].map(regions),
            perception_scale=scale,
        )
    ]


def _errors(
    placed: pd.DataFrame, scored: dict[str, pd.DataFrame], registry: Registry
) -> dict[tuple[str, str], float]:
    """Return the largest error of each P: of a domain that of its note, of the index their sum.

    The index rises by w (2 x − F)/Σ w x for each point of a part x, at each level.
    """
    found: dict[tuple[str, str], float] = {}
    domain_weights = {d.domain_id: d.weight for d in registry.domains.values()}
    axis_of = {d.domain_id: d.axis_id for d in registry.domains.values()}
    axis_weights = {a.axis_id: a.weight for a in registry.axes.values()}
    axes, index = scored["axis"], scored["index"]
    exact_scores = axes["mean_score"] + axes["imbalance"]
    for area, rows in placed.groupby("unit_code"):
        own = (axes["unit_code"] == area) & axes["score"].notna()
        names = axes.loc[own, "component_id"]
        printed = dict(zip(names, axes.loc[own, "score"].astype(float), strict=True))
        exact = dict(zip(names, exact_scores[own].astype(float), strict=True))
        shown = rows[rows["z"].notna()]
        notes = dict(zip(shown["domain_id"], shown["z"].astype(float), strict=True))
        errors = dict(zip(shown["domain_id"], shown["error"].astype(float), strict=True))
        found |= {(str(area), domain): error for domain, error in errors.items()}
        whole = float(index.loc[index["unit_code"] == area, "score"].iloc[0])
        if np.isnan(whole):
            continue
        top = sum(axis_weights[axis] * score for axis, score in printed.items())
        total = 0.0
        for domain, note in notes.items():
            axis = axis_of[domain]
            if axis not in printed:
                continue
            inside = sum(domain_weights[d] * z for d, z in notes.items() if axis_of[d] == axis)
            slope = domain_weights[domain] * (2 * note - exact[axis]) / inside
            slope *= axis_weights[axis] * (2 * printed[axis] - whole) / top
            # A domain that does not count has no slope; its error may be unknown.
            total += slope * errors[domain] if slope else 0.0
        found[str(area), "index"] = abs(total)
    return found

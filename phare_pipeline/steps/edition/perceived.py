"""Sets what actors perceive beside what is measured, as rows; tables are in `survey_tables`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.index.hierarchy import Hierarchy
from phare_pipeline.index.perception import compare_with_measured, perceive, perception_scale
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Registry
from phare_pipeline.survey.codebook import AreaKind, Codebook
from phare_pipeline.survey.vision import DomainNote

Floats = NDArray[np.float64]

GAP_MAX_AGE_YEARS = 5
"""What was perceived longer ago is shown with its year, and compared with nothing of today."""

NO_REGION_FR = "L’aire n’est pas une région : rien n’y est mesuré"
NOT_SCORED_FR = "Fragilité mesurée non calculée dans cette édition"
TOO_OLD_FR = "Enquête de plus de cinq ans : rien ne dit qu’on perçoit encore ainsi"
NO_NATIONAL_FR = "Ni note régionale ni note nationale à comparer"


def perceived_rows(
    notes: Sequence[DomainNote],
    book: Codebook,
    registry: Registry,
    scores: pd.DataFrame,
    year: int,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows of a study: the index and each domain, by actor and area but the country.

    Args:
        notes: of the domains.
        book: of the study.
        registry: with its domains, axes and weights.
        scores: `core_scores` of the edition.
        year: the edition.

    Yields:
        the area, and what is perceived there beside what is measured.
    """
    domains = list(registry.domains)
    for actor in dict.fromkeys(note.actor for note in notes):
        own = [note for note in notes if note.actor == actor]
        kinds = {area_id: book.areas[area_id].kind for area_id in book.actors[actor].areas}
        areas = [a for a, kind in kinds.items() if kind is not AreaKind.NATIONAL]
        country = [a for a, kind in kinds.items() if kind is AreaKind.NATIONAL]
        means, errors = (_matrix(own, areas, domains, what) for what in ("value", "se"))
        national = _matrix(own, country, domains, "value")
        if not areas or not len(national):
            continue
        scale = perception_scale(means, national[0])
        found = perceive(
            means,
            national[0],
            scale if comparable(scale) > 0 else float("nan"),
            _tree(registry),
            standard_errors=errors,
        )
        for i, area_id in enumerate(areas):
            parts = (
                ("index", "index", found.scores.index.F[i], found.standard_error[i]),
                *(
                    ("domain", d, found.scores.domain.F[i, j], found.domain_error[i, j])
                    for j, d in enumerate(domains)
                ),
            )
            region_code = book.areas[area_id].region_code
            is_recent = year - (book.year or year) <= GAP_MAX_AGE_YEARS
            measured = _measured(scores, region_code) if is_recent else {}
            why_none = _why_none(region_code, is_recent=is_recent)
            for level, component, p, error in parts:
                f = measured.get((level, component), float("nan"))
                yield (
                    area_id,
                    {
                        "actor": actor,
                        "actor_label": book.actors[actor].label_fr,
                        **_component(registry, level, component),
                        **_compared(float(p), float(error), f, why_none),
                        "perception_scale": scale,
                    },
                )


def _matrix(
    notes: Sequence[DomainNote], areas: Sequence[str], domains: Sequence[str], what: str
) -> Floats:
    """Shown means, or their errors, areas × domains; NaN where there is none."""
    found = {(note.area_id, note.domain_id): note.result for note in notes if note.is_shown}

    def cell(area_id: str, domain: str) -> float:
        result = found.get((area_id, domain))
        value = None if result is None else getattr(result, what)
        return float("nan") if value is None else float(value)

    return np.array([[cell(a, d) for d in domains] for a in areas], dtype=np.float64)


def _tree(registry: Registry) -> Hierarchy:
    """One indicator for each domain, under the axes of the registry."""
    domains, axes = list(registry.domains.values()), list(registry.axes)
    return Hierarchy(
        [1.0] * len(domains),
        list(range(len(domains))),
        [domain.weight for domain in domains],
        [axes.index(domain.axis_id) for domain in domains],
        [axis.weight for axis in registry.axes.values()],
    )


def _measured(scores: pd.DataFrame, region_code: str | None) -> Mapping[tuple[str, str], float]:
    own = scores[scores["region_code"] == region_code]
    return {
        (row["component_level"], row["component_id"]): row["score"]
        for row in own.to_dict("records")
    }


def _component(registry: Registry, level: str, component: str) -> dict[str, Any]:
    if level == "index":
        label, order = "Indice de fragilité", 1
    else:
        domain = registry.domains[component]
        label, order = domain.label_fr, domain.domain_order
    return {
        "component_level": level,
        "component_id": component,
        "component_label": label,
        "component_order": order,
    }


def _why_none(region_code: str | None, *, is_recent: bool) -> str:
    """Why F may be missing beside P."""
    if region_code is None:
        return NO_REGION_FR
    return NOT_SCORED_FR if is_recent else TOO_OLD_FR


def _compared(p: float, error: float, f: float, why_none: str) -> dict[str, Any]:
    gap = compare_with_measured([p], [error], [f])
    is_known = not np.isnan(error)
    has_gap = not np.isnan(gap.gap[0])
    reason = None
    if np.isnan(p):
        reason = NO_NATIONAL_FR
    elif np.isnan(f):
        reason = why_none
    return {
        "perceived": p,
        "perceived_se": error,
        "measured": f,
        "perception_gap": gap.gap[0],
        # Without an error nothing can be told apart: that is not the same as "no".
        "is_told_apart": bool(gap.is_told_apart[0]) if has_gap and is_known else None,
        "quadrant": str(gap.quadrant[0]) or None,
        "is_quadrant_sure": bool(gap.is_quadrant_sure[0]) if has_gap and is_known else None,
        "reason_fr": reason,
    }

"""Says what the index of each edition is founded on, and which edition is shown first.

The headline is the best-founded edition: the newest that classifies every region on enough domains
and enough of the expected weight, with enough of it recent. Where no edition does, the nearest
stands in its place and says what it is short of. The limits are the registry's
(`registry/base_rule`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from phare_pipeline.french import counted, quantity
from phare_pipeline.registry.model import Registry
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.change import EditionNotes
from phare_pipeline.steps.edition.part import Part, made_from, taken_from
from phare_pipeline.warehouse.tables import conform, read_parquet

HEADLINE, NEAREST, OTHER = "headline", "nearest", "other"
_MARGIN: Final = 1e-9


def build_foundation(edition: EditionNotes, registry: Registry) -> Iterator[Built]:
    """Yield `core_foundation` of one edition: one row.

    Args:
        edition: notes of the regions with the year of each figure.
        registry: the rule of base.
    """
    rows = pd.DataFrame([foundation_of(edition, registry)])
    table = conform(rows, "core_foundation")
    yield built("core_foundation", table, [audit(table)])


def foundation_of(edition: EditionNotes, registry: Registry) -> dict[str, Any]:
    """Count what an edition expects, what of it is there, and what of that is recent.

    An indicator is there when a region has a note in it, recent when that of every such region is.
    Shares are of the declared weight that the expected indicators have in the index, over regions.
    """
    notes, rule = edition.notes, registry.base_rule
    scores, used = notes.scores, notes.scores.used_columns
    tree = scores.hierarchy
    domain_of = tree.domain_of[used]
    in_domain = np.bincount(domain_of, tree.weights[used], minlength=len(notes.domains))
    weight = (
        tree.weights[used]
        * (tree.domain_weights_in_index / np.maximum(in_domain, 1e-300))[domain_of]
    )
    first_recent = notes.year - rule.headline_recent_years
    is_there = ~np.isnan(scores.z[:, used])
    is_old = is_there & (edition.data_year[:, used] < first_recent)
    found = float((is_there @ weight).sum())
    present = is_there.any(axis=0)
    row: dict[str, Any] = {
        "year": notes.year,
        "expected_count": int(used.size),
        "present_count": int(present.sum()),
        "recent_count": int((present & ~is_old.any(axis=0)).sum()),
        "recent_from": first_recent,
        "expected_weight_pct": 100 * float(scores.index.present.mean()),
        "recent_weight_pct": 100 * (1 - float((is_old @ weight).sum()) / found)
        if found > 0
        else None,
        "scored_domain_count": int(scores.domain.is_scored.all(axis=0).sum()),
        "domain_total": len(notes.domains),
        "classified_region_count": int(scores.index.is_scored.sum()),
        "region_total": len(notes.region_codes),
    }
    return {**row, "shortfall_fr": shortfall(row, registry)}


def shortfall(row: Mapping[str, Any], registry: Registry) -> str | None:
    """Return what an edition is short of to be the headline, None when nothing.

    Args:
        row: of `core_foundation`.
        registry: the rule of base.
    """
    rule, parts = registry.base_rule, []
    classified, regions = row["classified_region_count"], row["region_total"]
    if classified < regions:
        parts.append(f"{counted(classified, 'région classée', 'régions classées')} sur {regions}")
    if row["scored_domain_count"] < rule.headline_domains:
        scored = counted(row["scored_domain_count"], "domaine noté", "domaines notés")
        parts.append(f"{scored} dans toutes les régions, au lieu de {rule.headline_domains}")
    shares = (
        ("expected_weight_pct", rule.headline_share, "du poids attendu"),
        ("recent_weight_pct", rule.headline_recent_share, f"du poids depuis {row['recent_from']}"),
    )
    for column, least, text in shares:
        share = row[column] or 0.0
        if share < 100 * least - _MARGIN:
            wanted = quantity(100 * least, "%")
            parts.append(f"{quantity(share, '%')} {text}, au lieu de {wanted}")
    return "\u00a0; ".join(parts) or None


def headline_statuses(rows: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Say of each edition whether it is the headline, the nearest to one, or another.

    Args:
        rows: of `core_foundation`, of any number of editions.

    Returns:
        by year; at most one is not `other`. The nearest classifies most regions, then scores most
        domains, then has most of its expected weight; the newer of two alike.
    """
    found = {row["year"]: row for row in rows}
    statuses = dict.fromkeys(sorted(found), OTHER)
    founded = [year for year, row in found.items() if row["shortfall_fr"] is None]
    if founded:
        statuses[max(founded)] = HEADLINE
    elif found:
        statuses[max(found, key=lambda year: _nearness(found[year]))] = NEAREST
    return statuses


def _nearness(row: Mapping[str, Any]) -> tuple[int, int, float, int]:
    return (
        row["classified_region_count"],
        row["scored_domain_count"],
        row["expected_weight_pct"],
        row["year"],
    )


def audit(table: pa.Table) -> Audit:
    """Check that no count is larger than what it is counted among."""
    rows = table.to_pandas()
    is_right = (
        (rows["recent_count"] <= rows["present_count"])
        & (rows["present_count"] <= rows["expected_count"])
        & (rows["scored_domain_count"] <= rows["domain_total"])
        & (rows["classified_region_count"] <= rows["region_total"])
    )
    return failing(
        "counts_fit", "recent <= present <= expected, scored <= domains, classified <= regions",
        rows[~is_right],
    )  # fmt: skip


def _build(context: Context, year: int) -> Iterator[Built]:
    normalised, comparison = (
        read_parquet(context.workspace.core_file(name, year))
        for name in ("core_normalised", "core_comparison")
    )
    edition = EditionNotes.of(normalised, comparison, context.registry)
    return build_foundation(edition, context.registry)


PART = Part(
    name="foundation",
    sources={"core_foundation": ("core_comparison", "core_normalised")},
    audits={"core_foundation": ("counts_fit",)},
    lineage={
        "core_foundation": {
            **taken_from("core_normalised", "year"),
            **made_from(
                "core_normalised.z",
                "expected_count present_count expected_weight_pct scored_domain_count domain_total "
                "classified_region_count region_total",
            ),
            **made_from("core_normalised.year", "recent_from"),
            **made_from(
                "core_normalised.z core_comparison.data_year",
                "recent_count recent_weight_pct shortfall_fr",
            ),
        }
    },
    build=_build,
)

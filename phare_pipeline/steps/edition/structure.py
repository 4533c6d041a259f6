"""Builds the tables of how indicators and domains hang together in one edition.

They inform a reader who judges the index; nothing here enters a score.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from phare_pipeline.contract.tables import table_of
from phare_pipeline.index.checks import Floats
from phare_pipeline.index.correlation import (
    MIN_UNITS,
    correlations,
    critical_correlation,
    detection_power,
)
from phare_pipeline.index.structure import (
    HIGHEST_FIT,
    LOWEST_FIT,
    NOISE_DRAWS,
    component_shares,
    cronbach_alpha,
    domain_fit,
)
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Registry
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.notes import Notes, indicator_parts, notes_of
from phare_pipeline.steps.edition.part import Part, made_from, taken_from
from phare_pipeline.warehouse.tables import conform, read_parquet

SEED: Final = 2016
ALL_DOMAINS: Final = ("domains", "Les domaines entre eux")
SHARE_TOLERANCE: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Scope:
    """Items that are looked at together: the used indicators of a domain, or the scored domains.

    Attributes:
        named: what they are, as columns of every table.
        label: the same in words.
        ids: the k items.
        values: (n, k) their notes or scores.
    """

    named: dict[str, Any]
    label: str
    ids: list[str]
    values: Floats


def build_structure(normalised: pa.Table, registry: Registry) -> Iterator[Built]:
    """Yield the four tables of one edition.

    Args:
        normalised: `core_normalised` of the edition.
        registry: names, weights and the tree.
    """
    notes = notes_of(normalised, registry)
    scopes = _scopes(notes)
    pairs = _table("core_correlations", [_pairs(scope) for scope in scopes])
    yield built("core_correlations", pairs)
    fit = conform(_fit_rows(notes), "core_fit")
    yield built("core_fit", fit, [audit_flags(fit)])
    yield built("core_reliability", _table("core_reliability", [_alpha(s) for s in scopes]))
    components = _table("core_components", [_components(scope) for scope in scopes])
    yield built("core_components", components, [audit_shares(components)])


def _table(name: str, frames: list[pd.DataFrame]) -> pa.Table:
    columns = list(table_of(name).columns)
    return conform(pd.concat(frames, ignore_index=True)[columns], name)


def _scopes(notes: Notes) -> list[Scope]:
    scores, used = notes.scores, notes.scores.used_columns

    def scope(level: str, name: str, label: str, ids: list[str], values: Floats) -> Scope:
        named = {"year": notes.year, "structure_level": level, "scope_id": name}
        return Scope(named, label, ids, values)

    found = []
    for position, domain in enumerate(notes.domains):
        members = used[scores.hierarchy.domain_of[used] == position]
        ids = [notes.indicators[j].indicator_id for j in members]
        values = scores.z[:, members]
        found.append(scope("indicator", domain.domain_id, domain.label_fr, ids, values))
    # A domain that nobody has a score for would leave no complete region.
    scored = np.flatnonzero(scores.domain.is_scored.any(axis=0))
    ids = [notes.domains[k].domain_id for k in scored]
    return [*found, scope("domain", *ALL_DOMAINS, ids, scores.domain.F[:, scored])]


def _pairs(scope: Scope) -> pd.DataFrame:
    """List the pairs of a scope, each once."""
    first, second = np.triu_indices(len(scope.ids), k=1)
    rows = pd.DataFrame({"first_id": [scope.ids[i] for i in first]}, dtype="str")
    rows["second_id"] = pd.Series([scope.ids[j] for j in second], dtype="str")
    pearson = spearman = np.empty(0)
    units = np.empty(0, dtype=np.int64)
    if len(first):
        found = correlations(scope.values)
        pearson, spearman = found.pearson[first, second], found.spearman[first, second]
        units = found.count[first, second]
    critical = critical_correlation(units)
    told = pd.Series(np.abs(spearman) >= critical, dtype="boolean")
    return rows.assign(
        **scope.named,
        spearman=spearman,
        pearson=pearson,
        unit_count=units,
        critical_correlation=critical,
        is_told_from_zero=told.mask(np.isnan(spearman)),
    )


def _fit_rows(notes: Notes) -> pd.DataFrame:
    used, fit = notes.scores.used_columns, domain_fit(notes.scores)
    flags = pd.Series(fit.flag[used], dtype="str")
    return indicator_parts(notes, used)[["indicator_id", "indicator_label", "domain_id"]].assign(
        year=notes.year,
        with_domain=fit.with_domain[used],
        with_others=fit.with_others[used],
        spearman_low=fit.low[used],
        spearman_high=fit.high[used],
        unit_count=fit.count[used],
        fit_flag=flags.mask(flags == ""),
        is_conclusive=fit.is_conclusive[used],
    )


def _alpha(scope: Scope) -> pd.DataFrame:
    found = cronbach_alpha(scope.values)
    power = float(detection_power(found.n_units))
    return pd.DataFrame(
        {
            **scope.named,
            "scope_label": scope.label,
            "cronbach_alpha": [found.alpha],
            "alpha_low": [found.low],
            "alpha_high": [found.high],
            "item_count": [found.n_items],
            "unit_count": [found.n_units],
            "critical_correlation": [float(critical_correlation(found.n_units))],
            "detection_power_pct": [100 * power],
            "is_too_few_units": [found.n_units < MIN_UNITS],
        }
    )


def _components(scope: Scope) -> pd.DataFrame:
    found = component_shares(scope.values, SEED)
    number = len(found.shares)
    # The threshold of chance is that of the first component only.
    noise = np.where(np.arange(number) == 0, 100 * found.noise_share, np.nan)
    return pd.DataFrame(
        {
            "component_rank": 1 + np.arange(number),
            "variance_pct": 100 * found.shares,
            "noise_pct": noise,
        }
    ).assign(
        **scope.named,
        scope_label=scope.label,
        unit_count=found.n_units,
        draw_count=NOISE_DRAWS,
        seed=SEED,
    )


def audit_flags(table: pa.Table) -> Audit:
    """Check that each flag is what its correlation says, and no interval misses its figure."""
    rows = table.to_pandas()
    figure = rows["with_others"]
    compared = comparable(figure)
    expected = np.select(
        [compared < 0, compared < LOWEST_FIT, compared > HIGHEST_FIT],
        ["contradicts", "unrelated", "repeats"],
        "",
    )
    is_flagged_wrong = rows["fit_flag"].fillna("") != expected
    is_outside = (figure < rows["spearman_low"] - 1e-12) | (figure > rows["spearman_high"] + 1e-12)
    return failing(
        "flags_fit",
        "flags follow from the correlations, which lie in their intervals",
        rows[is_flagged_wrong | is_outside],
    )


def audit_shares(table: pa.Table) -> Audit:
    """Check that the components of a set explain all of it, the largest first."""
    rows = table.to_pandas()
    keys = ["structure_level", "scope_id"]
    total = rows.groupby(keys)["variance_pct"].transform("sum")
    ordered = rows.sort_values([*keys, "component_rank"])
    grows = ordered.groupby(keys)["variance_pct"].diff().reindex(rows.index) > SHARE_TOLERANCE
    return failing(
        "components_add_up",
        "shares of a set make 100 %, the largest first",
        rows[((total - 100).abs() > SHARE_TOLERANCE) | grows],
    )


def _build(context: Context, year: int) -> Iterator[Built]:
    normalised = read_parquet(context.workspace.core_file("core_normalised", year))
    return build_structure(normalised, context.registry)


PART = Part(
    name="structure",
    sources=dict.fromkeys(
        ("core_correlations", "core_fit", "core_reliability", "core_components"),
        ("core_normalised",),
    ),
    audits={"core_fit": ("flags_fit",), "core_components": ("components_add_up",)},
    lineage={
        "core_correlations": {
            **taken_from("core_normalised", "year"),
            **made_from("core_normalised.indicator_id", "first_id second_id"),
            **made_from(
                "core_normalised.z",
                "spearman pearson unit_count critical_correlation is_told_from_zero",
            ),
        },
        "core_fit": {
            **taken_from("core_normalised", "year indicator_id"),
            **made_from(
                "core_normalised.z",
                "with_domain with_others spearman_low spearman_high unit_count fit_flag "
                "is_conclusive",
            ),
        },
        "core_reliability": {
            **taken_from("core_normalised", "year"),
            **made_from(
                "core_normalised.z",
                "cronbach_alpha alpha_low alpha_high item_count unit_count critical_correlation "
                "detection_power_pct is_too_few_units",
            ),
        },
        "core_components": {
            **taken_from("core_normalised", "year"),
            **made_from("core_normalised.z", "component_rank variance_pct noise_pct unit_count"),
        },
    },
    build=_build,
)

"""Builds the table of how the scores changed since earlier editions, on the frozen scale.

It reads other editions, which no other part does. Change of a single figure from edition to edition
is for readers to see in the figures themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from phare_pipeline.config import BASE_EDITION, FIRST_EDITION
from phare_pipeline.contract.tables import table_of
from phare_pipeline.index.change import Change, EditionState, change_since
from phare_pipeline.index.checks import Booleans, Floats, Integers
from phare_pipeline.index.normalise import normalise
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Level, Registry
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.matrix import transformed
from phare_pipeline.steps.edition.notes import (
    Notes,
    component_parts,
    counted_in,
    notes_of,
    region_rows,
)
from phare_pipeline.steps.edition.part import Part, made_from, part_key, taken_from
from phare_pipeline.steps.edition.scores import PART as SCORES
from phare_pipeline.warehouse.tables import conform, read_parquet

# Below this share of the weight in common two scores are not of the same thing: no change is told.
LEAST_COMMON_PCT: Final = 70.0
SUM_TOLERANCE: Final = 1e-9


@dataclass(frozen=True, eq=False)
class EditionNotes:
    """The notes of an edition with the year that each figure describes.

    Attributes:
        data_year: (n, m) year of the figures, NaN where there is none.
    """

    notes: Notes
    data_year: Floats

    @classmethod
    def of(
        cls,
        normalised: pa.Table,
        comparison: pa.Table,
        registry: Registry,
        wanted: frozenset[str] | None = None,
    ) -> EditionNotes:
        """Lay `core_normalised` and `core_comparison` of one edition out.

        Args:
            normalised: `core_normalised`.
            comparison: `core_comparison`.
            registry: territories and the tree.
            wanted: the indicators that get a column, the same for editions that are compared.
        """
        notes = notes_of(normalised, registry, wanted)
        years = comparison.to_pandas().pivot(
            index="region_code", columns="indicator_id", values="data_year"
        )
        names = [i.indicator_id for i in notes.indicators]
        wide = years.reindex(index=list(notes.region_codes), columns=names)
        return cls(notes, wide.to_numpy(dtype=np.float64))


def years_read(year: int) -> tuple[int, ...]:
    """Return the editions that the change of an edition is computed from."""
    return tuple(dict.fromkeys([*(then for _, then in comparisons_of(year)), year]))


def comparisons_of(year: int) -> tuple[tuple[str, int], ...]:
    """Return the earlier editions that an edition is compared with, by basis."""
    bases = (("reference", BASE_EDITION), ("previous", year - 1))
    return tuple((basis, then) for basis, then in bases if FIRST_EDITION <= then < year)


def build_change(
    now: EditionNotes, earlier: dict[int, EditionNotes], registry: Registry
) -> Iterator[Built]:
    """Yield `core_change` of one edition.

    Args:
        now: the edition.
        earlier: the editions it is compared with, by year, as far as they are built.
        registry: goalposts and breaks of series.
    """
    frames = [
        _rows(now, basis, then, earlier.get(then), registry)
        for basis, then in comparisons_of(now.notes.year)
    ]
    empty = pd.DataFrame(columns=list(table_of("core_change").columns))
    rows = pd.concat(frames, ignore_index=True) if frames else empty
    table = conform(rows, "core_change")
    yield built("core_change", table, [audit(table)])


def absolute_notes(notes: Notes, registry: Registry) -> Floats:
    """Return z_abs (n, m): unclipped notes with the reference of the goalpost's own edition."""
    posts = [registry.goalposts.get((Level.REGION.value, i.indicator_id)) for i in notes.indicators]
    placed = normalise(
        transformed(notes.value, notes.indicators),
        [post.reference_value if post else np.nan for post in posts],
        [post.scale if post else np.nan for post in posts],
        [i.direction for i in notes.indicators],
    )
    return np.where(np.isnan(notes.scores.z), np.nan, placed.z_unclipped)


def unbroken(now: EditionNotes, then: EditionNotes, registry: Registry) -> Booleans:
    """Tell (n, m) for which figures no series of the indicator broke after then, up to now."""
    result = np.ones(now.data_year.shape, dtype=np.bool_)
    breaks: dict[str, list[int]] = {}
    for found in registry.breaks:
        breaks.setdefault(found.measure_id, []).append(found.year)
    for column, indicator in enumerate(now.notes.indicators):
        for year in (y for m in indicator.measure_ids for y in breaks.get(m, ())):
            is_between = (then.data_year[:, column] < year) & (year <= now.data_year[:, column])
            result[:, column] &= ~is_between
    return result


def repeated(now: EditionNotes, then: EditionNotes) -> Booleans:
    """Tell (n, m) which figures are one figure, of the same data year, in both editions."""
    return np.asarray(now.data_year == then.data_year)


def state_of(notes: Notes, registry: Registry) -> EditionState:
    """Return the notes of an edition on the frozen scale, and what of it is scored."""
    found = notes.scores
    return EditionState(
        z_abs=absolute_notes(notes, registry),
        is_domain_scored=found.domain.is_scored,
        is_axis_scored=found.axis.is_scored,
        is_index_scored=found.index.is_scored,
    )


def _rows(
    now: EditionNotes, basis: str, then: int, base: EditionNotes | None, registry: Registry
) -> pd.DataFrame:
    parts = component_parts(now.notes)
    whole = pd.concat([parts["domain"], parts["axis"], parts["index"]], ignore_index=True)
    fixed = {"comparison_basis": basis, "compared_edition": then}
    if base is None:
        nothing = dict.fromkeys(("change_total", "change_value", "change_coverage"), np.nan)
        counts = {"common_weight_pct": np.nan, "common_count": 0, "repeated_count": 0}
        present = _is_counted(now.notes)
        rows = region_rows(now.notes, whole, {**fixed, **nothing, **counts})
        rows["now_count"] = _counts(now.notes, present).ravel()
        return rows.assign(then_count=0, change_status="edition_missing")
    is_comparable, is_repeated = unbroken(now, base, registry), repeated(now, base)
    states = (state_of(now.notes, registry), state_of(base.notes, registry))
    tree = now.notes.scores.hierarchy
    found = change_since(*states, tree, is_comparable, is_repeated)
    in_now, in_base = _is_counted(now.notes), _is_counted(base.notes)
    is_common = in_now & in_base & is_comparable
    figures = {
        "change_total": _joined(found, "total"),
        "change_value": _joined(found, "value"),
        "change_coverage": _joined(found, "coverage"),
        "common_weight_pct": np.minimum(100.0, 100 * _joined(found, "common")),
        "common_count": _counts(now.notes, is_common),
        "repeated_count": _counts(now.notes, is_common & is_repeated),
        "now_count": _counts(now.notes, in_now),
        "then_count": _counts(now.notes, in_base),
    }
    rows = region_rows(now.notes, whole, {**fixed, **figures})
    is_little = ~(comparable(rows["common_weight_pct"]) >= LEAST_COMMON_PCT)
    status = np.where(is_little, "little_in_common", "measured")
    rows = rows.assign(change_status=np.where(rows["change_total"].isna(), "not_scored", status))
    told = ["change_total", "change_value", "change_coverage"]
    rows[told] = rows[told].where(rows["change_status"] == "measured")
    return rows


def _joined(found: Change, figure: str) -> Floats:
    """Put a figure (n, D), (n, A), (n,) of the three levels side by side: (n, D + A + 1)."""
    levels = (getattr(level, figure) for level in (found.domain, found.axis, found.index))
    return np.column_stack(tuple(levels))


def _is_counted(notes: Notes) -> Booleans:
    """Tell (n, m) which notes enter a scored domain."""
    found = notes.scores
    return ~np.isnan(found.z) & found.domain.is_scored[:, found.hierarchy.domain_of]


def _counts(notes: Notes, is_counted: Booleans) -> Integers:
    """Count indicators (n, D + A + 1) by domain, axis and in all."""
    tree = notes.scores.hierarchy
    domains = is_counted @ (tree.domain_of[:, None] == np.arange(tree.domain_weights.size)).astype(
        np.int64
    )
    axes = domains @ (tree.axis_of[:, None] == np.arange(tree.axis_weights.size)).astype(np.int64)
    return np.column_stack([domains, axes, axes.sum(axis=1)])


def audit(table: pa.Table) -> Audit:
    """Check that the change of values and of coverage make the whole, and that counts fit."""
    rows = table.to_pandas()
    both = rows["change_value"] + rows["change_coverage"]
    off = (both - rows["change_total"]).abs() > SUM_TOLERANCE
    # A change may be known in all though nothing that both have measured lets it be split.
    is_split = rows["common_count"] > rows["repeated_count"]
    unsplit = rows["change_value"].isna() & is_split & rows["change_total"].notna()
    too_many = rows["common_count"] > rows[["now_count", "then_count"]].min(axis=1)
    return failing(
        "change_adds_up",
        "value + coverage = total wherever something is in common",
        rows[off | unsplit | too_many],
    )


def _build(context: Context, year: int) -> Iterator[Built]:
    def read(table: str, edition: int) -> pa.Table:
        return read_parquet(context.workspace.core_file(table, edition))

    def is_built(edition: int) -> bool:
        return context.ledger.fingerprint_of(part_key(SCORES, edition)) is not None

    registry = context.registry
    there = [edition for edition in years_read(year) if edition == year or is_built(edition)]
    notes = {edition: read("core_normalised", edition) for edition in there}
    wanted = frozenset[str]().union(
        *(counted_in(table, registry, then) for then, table in notes.items())
    )
    editions = {
        edition: EditionNotes.of(table, read("core_comparison", edition), registry, wanted)
        for edition, table in notes.items()
    }
    return build_change(editions.pop(year), editions, registry)


PART = Part(
    name="change",
    sources={"core_change": ("core_comparison", "core_normalised")},
    audits={"core_change": ("change_adds_up",)},
    lineage={
        "core_change": {
            **taken_from("core_normalised", "year region_code"),
            **made_from("core_normalised.year", "compared_edition"),
            **made_from(
                "core_normalised.value core_normalised.z core_comparison.data_year",
                "change_total change_value change_coverage common_weight_pct common_count "
                "repeated_count change_status",
            ),
            **made_from("core_normalised.z", "now_count then_count"),
        }
    },
    build=_build,
    years_read=years_read,
)

"""Says what becomes of a damaged extract: refused, flagged, without effect, or not noticed.

One source is staged at a time; only what nothing has noticed by then is consolidated with the
others and compared as figures of an edition.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from phare_pipeline.config import Workspace
from phare_pipeline.errors import PhareError
from phare_pipeline.sources.pins import renew_pins
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.edition.core import PART
from phare_pipeline.steps.run import PlainExecutor
from phare_pipeline.steps.staging.between import audit_between
from phare_pipeline.steps.staging.source import read_source, rejection
from tests.integration.corruption.edits import FIBRE, INCOME, POWER, RATES, SEEKERS
from tests.integration.corruption.kinds import Judgement, Kind, Outcome
from tests.integration.small import Installation, make_installation

SOURCES = (SEEKERS, POWER, FIBRE, INCOME, RATES)
EDITION = 2018
CELL = ["measure_id", "territory_level", "territory_code", "period", "item"]


@dataclass(frozen=True)
class Clean:
    """An undamaged installation, its staged figures by source, and its comparison."""

    installation: Installation
    staged: dict[str, pd.DataFrame]
    compared: pd.DataFrame


def make_clean(repository: Path, folder: Path) -> Clean:
    """Make the installation that copies are damaged of."""
    made = make_installation(repository, folder, SOURCES)
    context = context_of(made)
    staged = {name: stage(context, name) for name in context.sources}
    return Clean(made, staged, compare(context))


def context_of(installation: Installation) -> Context:
    """Load an installation without making it that of this process."""
    workspace = replace(
        Workspace.from_environment(),
        raw=installation.raw,
        registry=installation.registry,
        warehouse=installation.warehouse,
    )
    return load_context(workspace)


def stage(context: Context, source_id: str) -> pd.DataFrame:
    """Read a source as the pipeline does, and write nothing.

    Raises:
        PhareError: something is refused.
    """
    source = context.sources[source_id]
    staged, built = read_source(context, source)
    if not built.passed:
        raise rejection(source, staged.rejections)
    audit = audit_between(built.table, context.registry)
    if not audit.passed:
        raise PhareError(f"the check {audit.check} fails: {audit.description}")
    return staged.observations


def compare(context: Context) -> pd.DataFrame:
    """Stage, unite and consolidate; return the comparison of an edition, not published.

    Raises:
        PhareError: something is refused.
    """
    executor = PlainExecutor(context)
    executor.stage(list(context.sources))
    executor.unite()
    for built in PART.build(context, EDITION):
        if not built.passed:
            raise built.error(f"edition {EDITION}")
        if built.name == "core_comparison":
            frame: pd.DataFrame = built.table.to_pandas()
            return frame
    raise AssertionError("the models give no comparison")


def judge(kind: Kind, clean: Clean, folder: Path) -> Judgement:
    """Damage a copy; say what becomes of it, and the message or the reason."""
    copy = clean.installation.copy_to(folder)
    kind.change(copy.folder, kind.chance)
    renew_pins(copy.raw)
    try:
        context = context_of(copy)
        after = stage(context, kind.where)
        found = _judge_cells(clean.staged[kind.where], after)
        if found[0] is Outcome.SILENT:
            found = judge_comparison(clean.compared, compare(context))
    except PhareError as error:
        return Outcome.REFUSED, error.what
    return found


def _judge_cells(before: pd.DataFrame, after: pd.DataFrame) -> Judgement:
    """Compare staged figures: one that became a hole of a known kind is flagged by its status."""
    columns = [*CELL, "value", "value_status"]
    both = before[columns].merge(
        after[columns], on=CELL, how="outer", suffixes=("_a", "_b"), indicator=True,
        validate="one_to_one",
    )  # fmt: skip
    equal = (both["value_a"] == both["value_b"]) | (both["value_a"].isna() & both["value_b"].isna())
    differs = both[~equal | (both["_merge"] != "both")]
    if differs.empty:
        return Outcome.UNCHANGED, ""
    is_hole = differs["value_b"].isna() & (differs["_merge"] == "both")
    if is_hole.all():
        return Outcome.FLAGGED, f"value_status {differs['value_status_b'].iloc[0]}"
    return Outcome.SILENT, ""


def judge_comparison(before: pd.DataFrame, after: pd.DataFrame) -> Judgement:
    """Compare figures of an edition: one that went away with its reason is flagged."""
    key = ["region_code", "indicator_id"]
    both = before.merge(after, on=key, suffixes=("_a", "_b"), validate="one_to_one")
    assert len(both) == len(before) == len(after)
    columns = ("value", "france_value", "fragility_rank", "data_year")
    differs = pd.Series(False, index=both.index)
    for column in columns:
        one, two = both[f"{column}_a"], both[f"{column}_b"]
        differs |= ~((one == two) | (one.isna() & two.isna()))
    moved = both[differs & both["value_b"].notna() & (both["value_a"] != both["value_b"])]
    lost = both[both["value_a"].notna() & both["value_b"].isna()]
    if not differs.any():
        return Outcome.UNCHANGED, ""
    if len(lost) and lost["reason_fr_b"].notna().all() and moved.empty:
        return Outcome.FLAGGED, str(lost["reason_fr_b"].iloc[0])
    return Outcome.SILENT, ""

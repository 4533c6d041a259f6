"""Dagster and `phare plan` show one truth: what is stale in one is due in the other."""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Iterator

import dagster as dg
import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.steps.common.loading import load_context
from tests.integration.small import YEAR, Installation

pytestmark = [
    pytest.mark.slow,
    # Dagster's own, of its versions to come.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::dagster.BetaWarning"),
    pytest.mark.filterwarnings("ignore::dagster.PreviewWarning"),
]


class Windows:
    """Both windows on one installation."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        from phare_pipeline.definitions import defs

        self.instance = instance
        self.repository = defs.get_repository_def()

    def compare(self) -> None:
        """Look again, as the job `comparison` does."""
        from phare_pipeline.assets.plan import compare

        compare(load_context(), self.instance, self.repository.asset_graph)

    def stale(self) -> set[str]:
        """Return the steps of which Dagster calls anything stale or missing."""
        from phare_pipeline.assets.plan import Window, places

        window = Window(self.instance, self.repository.asset_graph)
        known = places(load_context())
        return {name for name, place in known.items() if window.not_fresh(place)}

    def due(self) -> set[str]:
        """Return the steps that `phare plan` has due."""
        from phare_pipeline.assets.plan import judged

        return {name for name, step in judged(load_context()).items() if step.is_due}


@pytest.fixture
def windows(small: Installation) -> Iterator[Windows]:
    """The windows on a small installation, which was built without Dagster."""
    from phare_pipeline.assets.graph import graph
    from phare_pipeline.assets.instance import open_instance

    sys.modules.pop("phare_pipeline.definitions", None)
    graph.cache_clear()
    with open_instance(load_context().workspace) as instance:
        yield Windows(instance)
    sys.modules.pop("phare_pipeline.definitions", None)
    graph.cache_clear()


def change_weight(small: Installation) -> None:
    """Double the weight of one indicator in the copy of the registry."""
    path = small.registry / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["role"] == "socle")
    row["weight"] = str(2 * float(row["weight"] or 1))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_both_windows_show_the_same(small, windows):
    build = small.warehouse / "build"
    # Built without Dagster: it learns that all is there, and what it is made from.
    assert windows.due() == set()
    assert windows.stale()
    windows.compare()
    assert windows.stale() == set()

    # A weight, and back again.
    before = (small.registry / "indicators.csv").read_bytes()
    change_weight(small)
    due = windows.due()
    assert f"core/{YEAR}" in due and "release" in due and "stg_arcep_ftth" not in due
    windows.compare()
    assert windows.stale() == due
    (small.registry / "indicators.csv").write_bytes(before)
    windows.compare()
    assert windows.stale() == windows.due() == set()

    # Files deleted: of one region, then of a staged source.
    shutil.rmtree(build / "out" / "out_pareto" / "region=corse")
    windows.compare()
    assert windows.stale() == windows.due() == {f"out/corse/{YEAR}", "release"}
    (build / "staging" / "stg_arcep_ftth.duckdb").unlink()
    windows.compare()
    assert windows.stale() == windows.due()
    assert {"stg_arcep_ftth", "core_observations", f"core/{YEAR}"} <= windows.stale()

    # What Dagster builds is fresh at once, without another look.
    assert main(["run"]) == 0
    assert windows.stale() == windows.due() == set()

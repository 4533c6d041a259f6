"""The hook of the witness: what it compares with, what it writes, what it lets pass."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from phare_pipeline.config import PROJECT, Workspace
from phare_pipeline.errors import SourceError
from phare_pipeline.sources.catalogue import Source, SourceFile
from phare_pipeline.sources.witness import KEY
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.staging.accepted import add_accepted
from phare_pipeline.steps.staging.witness import SHOWN, check_renewal, compare_with_last
from phare_pipeline.warehouse import run_log
from tests.unit.sources.kit import DEPARTEMENTS

OLD, NEW = "a" * 64, "b" * 64


def source(sha256: str, source_id: str = "s") -> Source:
    file = SourceFile("x/y.csv", sha256, 1, "t", sha256, {})
    return Source(
        source_id, "t", "p", "l", "https://a.fr", "2020", 2020, "table", {}, "", (file,)
    )  # fmt: skip


def figures(measures: int = 1) -> pd.DataFrame:
    rows = [
        (f"m{m}", "departement", code, str(year), "", float(1000 + 37 * n + 11 * year % 97))
        for m in range(measures)
        for n, code in enumerate(sorted(DEPARTEMENTS))
        for year in (2015, 2016)
    ]
    return pd.DataFrame(rows, columns=[*KEY, "value"])


def installation(folder: Path, published: pd.DataFrame | None) -> Context:
    """The folders of an installation, with a current release that was made from some figures."""
    workspace = replace(
        Workspace.from_environment(), raw=folder / "raw", warehouse=folder / "warehouse",
        registry=PROJECT / "phare_pipeline" / "registry" / "tables",
    )  # fmt: skip
    workspace.raw.mkdir()
    workspace.warehouse.mkdir()
    if published is not None:
        release = workspace.releases / ("1" * 16)
        for state, rows in (("older", published.iloc[:3]), ("newer", published)):
            kept = release / "origins" / state
            kept.mkdir(parents=True)
            rows.assign(source_id="s").to_parquet(kept / "core_observations.parquet")
            # Options of another version of the project must not matter.
            text = f'[s]\nunknown = 1\n[[s.files]]\npath = "x/y.csv"\nsha256 = "{OLD}"\n'
            (kept / "sources.toml").write_text(text, "utf-8")
        editions = {"2015": {"origins": "older"}, "2016": {"origins": "newer"}}
        manifest = {"format": 2, "inputs": {"editions": editions}, "files": {}}
        (release / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        workspace.current.symlink_to(release)
    return cast(Context, SimpleNamespace(workspace=workspace))


def damaged(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(value=rows["value"].where(rows["period"] == "2015", rows["value"] * 1000))


def test_nothing_to_compare_with_passes(tmp_path: Path) -> None:
    """No release; a source that it has not; the same bytes, whatever the registry now makes."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    check_renewal(installation(tmp_path / "a", None), source(NEW), figures())
    context = installation(tmp_path / "b", figures())
    assert compare_with_last(context, source(NEW, "other"), figures()) is None
    assert compare_with_last(context, source(OLD), damaged(figures())) is None
    assert run_log.read_log(context.workspace) == []


def test_a_revision_passes_and_is_logged(tmp_path: Path) -> None:
    context, rng = installation(tmp_path, figures()), np.random.default_rng()
    revised = figures()
    revised["value"] = (revised["value"] * rng.normal(1, 0.005, len(revised))).round(1)
    check_renewal(context, source(NEW), revised)
    [entry] = run_log.read_log(context.workspace)
    assert (entry["event"], entry["source"], entry["open"]) == (run_log.RENEWED, "s", 0)
    assert entry["compared"] == len(revised) and entry["changed"] > 0


def test_a_damage_stops_with_few_lines_until_accepted_for_these_bytes(tmp_path: Path) -> None:
    context, after = installation(tmp_path, figures(30)), damaged(figures(30))
    with pytest.raises(SourceError, match="more than a renewal does") as error:
        check_renewal(context, source(NEW), after)
    text = str(error.value)
    assert len(text.splitlines()) <= SHOWN + 6
    assert "× 1000" in text and "phare accept s" in text and "total: " in text
    found = compare_with_last(context, source(NEW), after)
    assert found is not None
    add_accepted(context.workspace.raw, found.findings, "s", NEW, "essai", "2026-12-01")
    check_renewal(context, source(NEW), after)
    with pytest.raises(SourceError):
        check_renewal(context, source("c" * 64), after)
    events = [(e["beyond_limits"] > 0, e["open"] > 0) for e in run_log.read_log(context.workspace)]
    assert events == [(True, True), (True, False), (True, True)]

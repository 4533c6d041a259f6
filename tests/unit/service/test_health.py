"""Health names what is wrong with an installation: release, inputs, age of sources."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import replace

import pytest

from phare_pipeline.config import Workspace
from phare_pipeline.service.health import Level, examine
from phare_pipeline.service.settings import Freshness
from phare_pipeline.sources.catalogue import load_sources

NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def installation(tmp_path):
    """Two shipped sources in a raw folder of their own, nothing published."""
    shipped = Workspace.from_environment()
    sources = dict(list(load_sources(shipped.raw).items())[:2])
    for source in sources.values():
        for file in source.files:
            path = tmp_path / "raw" / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shipped.raw / file.path, path)
            age = (NOW - dt.timedelta(days=100)).timestamp()
            os.utime(path, (age, age))
    (tmp_path / "warehouse").mkdir()
    return replace(shipped, raw=tmp_path / "raw", warehouse=tmp_path / "warehouse"), sources


def found(installation, freshness):
    workspace, sources = installation
    return {f.name: f for f in examine(workspace, sources, freshness, NOW)}


def test_what_is_not_published_is_a_failure_and_the_rest_is_looked_at(installation):
    findings = found(installation, Freshness())
    assert findings["release"].level is Level.FAILURE
    assert findings["inputs"].level is findings["freshness"].level is Level.OK


def test_a_changed_raw_file_is_a_failure(installation):
    workspace, sources = installation
    file = next(iter(sources.values())).files[0]
    with (workspace.raw / file.path).open("ab") as raw:
        raw.write(b"\n")
    findings = found(installation, Freshness())
    assert findings["inputs"].level is Level.FAILURE
    assert file.path in findings["inputs"].text
    assert "disk" in findings


def test_only_a_source_that_is_too_old_is_named(installation):
    first, second = installation[1]
    findings = found(installation, Freshness(days=200, sources={first: 99, "unknown": 3}))
    assert findings["freshness"].level is Level.WARNING
    assert f"{first} (100 days)" in findings["freshness"].text
    assert second not in findings["freshness"].text

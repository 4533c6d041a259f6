"""Dagster's folder: our own follows the project's settings, an operator's is never changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phare_pipeline.config import PROJECT, Workspace

SHIPPED = (PROJECT / "dagster.yaml").read_bytes()
OTHER = b"telemetry:\n  enabled: false\n"

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return replace(Workspace.from_environment(), warehouse=tmp_path / "warehouse")


def test_our_own_folder_follows_the_project(workspace):
    from phare_pipeline.assets.instance import dagster_environment

    settings = workspace.build / "dagster" / "dagster.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_bytes(OTHER)
    assert dagster_environment(workspace)["DAGSTER_HOME"] == str(settings.parent)
    assert settings.read_bytes() == SHIPPED


@pytest.mark.parametrize(("before", "after"), [(OTHER, OTHER), (None, SHIPPED)])
def test_the_settings_of_an_operator_stay(workspace, tmp_path, monkeypatch, before, after):
    from phare_pipeline.assets.instance import dagster_environment

    home = tmp_path / "theirs"
    home.mkdir()
    if before is not None:
        (home / "dagster.yaml").write_bytes(before)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    environment = dagster_environment(workspace)
    assert environment["DAGSTER_HOME"] == str(home)
    assert environment["PHARE_EVENT_LOG"].startswith(str(home))
    assert (home / "dagster.yaml").read_bytes() == after
    # Printed for a shell and read back, it names the same folder.
    monkeypatch.setenv("DAGSTER_HOME", environment["DAGSTER_HOME"])
    assert dagster_environment(workspace) == environment


def test_an_instance_leaves_the_environment_of_the_next_one_alone(workspace, tmp_path):
    import os

    from phare_pipeline.assets.instance import open_instance

    with open_instance(workspace):
        assert "DAGSTER_HOME" not in os.environ
    other = replace(workspace, warehouse=tmp_path / "other")
    with open_instance(other) as instance:
        assert str(other.build) in instance.root_directory

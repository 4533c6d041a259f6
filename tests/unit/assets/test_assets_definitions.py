"""The Dagster definitions load, and the jobs name assets that exist."""

from __future__ import annotations

import pytest

from phare_pipeline.contract.documents import REPORT

# Dagster's own, of its versions to come.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def repository():
    from phare_pipeline.definitions import defs

    return defs.get_repository_def()


def test_every_job_can_be_built(repository):
    names = {job.name for job in repository.get_all_jobs()}
    assert {"edition", "region", "publication", "report", "report_france"} <= names


def test_reports_are_assets_by_region_and_edition_and_by_edition(repository):
    graph = repository.asset_graph
    partitions = {
        key.to_user_string(): graph.get(key).partitions_def
        for key in graph.get_all_asset_keys()
        if key.to_user_string().startswith(REPORT.name)
    }
    assert set(partitions) == {REPORT.name, f"{REPORT.name}_france"}
    assert len(partitions[REPORT.name].get_partition_keys()) == 13 * len(
        partitions[f"{REPORT.name}_france"].get_partition_keys()
    )

"""The Dagster definitions load, and the jobs name assets that exist."""

from __future__ import annotations

import sys

import pytest

from phare_pipeline.contract.documents import REPORT
from phare_pipeline.contract.tables import CUT_FROM
from phare_pipeline.steps.edition import build as edition
from phare_pipeline.steps.edition import change, uncertainty

# Dagster's own, of its versions to come. The package switches off what it knows of (`assets`), but
# pytest switches it on again once another test has imported it.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::dagster.BetaWarning"),
    pytest.mark.filterwarnings("ignore::dagster.PreviewWarning"),
]


@pytest.fixture(scope="module")
def repository():
    """The definitions of the shipped files, whatever installation a test before made them for."""
    from phare_pipeline.assets.graph import graph

    sys.modules.pop("phare_pipeline.definitions", None)
    graph.cache_clear()
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


def test_every_table_of_an_edition_is_an_asset(repository):
    keys = {key.to_user_string() for key in repository.asset_graph.get_all_asset_keys()}
    assert {*edition.TABLES, *CUT_FROM} <= keys


def test_an_edition_is_an_input_of_later_ones_where_a_part_looks_back():
    from phare_pipeline.assets.partitions import years_mapping

    assert years_mapping(uncertainty.PART.years_read) is None
    readers = years_mapping(
        change.PART.years_read
    ).downstream_partition_keys_by_upstream_partition_key
    assert readers["2013"] == ["2013", "2014"]
    assert readers["2016"] == [str(year) for year in range(2016, 2025)]


def test_published_tables_link_to_their_sources(repository):
    from phare_pipeline.config import Workspace
    from phare_pipeline.sources.catalogue import load_sources

    sources = load_sources(Workspace.from_environment().raw)
    graph = repository.asset_graph
    keys = {key.to_user_string(): key for key in graph.get_all_asset_keys()}
    studies = ("out_survey_results", "out_actor_vision", "out_actor_agreement", "out_perception")
    for name in studies:
        assert "(/assets/raw_survey_phare_2016)" in graph.get(keys[name]).metadata["studies"].value
    assert "raw_survey_phare_2016" in keys
    for name in set(CUT_FROM) - set(studies[:3]):
        text = graph.get(keys[name]).metadata["sources"].value
        assert text.count("/assets/raw_") == len(sources)
        assert all(f"/assets/raw_{source_id})" in text for source_id in sources)
        assert {f"raw_{source_id}" for source_id in sources} <= keys.keys()


def test_every_column_of_an_edition_is_made_from_others_or_says_why_not():
    from phare_pipeline.assets.core import lineages
    from phare_pipeline.assets.metadata import unlined
    from phare_pipeline.config import Workspace
    from phare_pipeline.contract.tables import PUBLISHED_FROM
    from phare_pipeline.sql.project import SqlProject
    from phare_pipeline.steps.edition.part import WITHOUT_LINEAGE

    project = SqlProject.load(Workspace.from_environment().models)
    found = lineages(project, ["survey_phare_2016_citoyens"])
    assert set(found) == set(edition.TABLES)
    assert set(PUBLISHED_FROM.values()) <= set(edition.TABLES)
    # A column without lineage has a reason, and no reason is left for columns that all have one.
    told = {column for name, lineage in found.items() for column in unlined(name, lineage)}
    assert told == set(WITHOUT_LINEAGE)


def test_the_checks_of_an_edition_are_kept_by_partition(repository):
    graph = repository.asset_graph
    keys = [
        key for key in graph.asset_check_keys if key.asset_key.to_user_string() in edition.TABLES
    ]
    assert {key.asset_key.to_user_string() for key in keys} == set(edition.TABLES)
    for key in keys:
        partitions = graph.get(key).partitions_def
        assert partitions is not None and "2016" in partitions.get_partition_keys()


def test_united_figures_come_from_every_source():
    from phare_pipeline.assets.metadata import united_columns

    lineage = united_columns("core_observations", ["stg_a", "stg_b"]).deps_by_column
    assert [d.asset_key.to_user_string() for d in lineage["value"]] == ["stg_a", "stg_b"]
    assert {d.column_name for d in lineage["raw_text"]} == {"raw_text"}

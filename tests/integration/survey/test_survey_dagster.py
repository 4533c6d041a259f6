"""Surveys through Dagster: an asset an actor and wave, checks that block, nothing private shown."""

from __future__ import annotations

import json
from collections.abc import Iterator

import dagster as dg
import pandas as pd
import pytest

from phare_pipeline.assets.graph import graph
from phare_pipeline.assets.instance import open_instance
from phare_pipeline.assets.runner import DagsterExecutor
from phare_pipeline.errors import PhareError
from phare_pipeline.steps.common import studies
from phare_pipeline.steps.common.audit import failing
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.staging import surveys
from tests.integration.small import STUDY, Installation

# Dagster warns of what is beta or will change in 2.0; the pipeline pins 1.13 and uses it knowingly.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

WAVES = tuple(f"survey_phare_2016_{a}" for a in ("citoyens", "associations", "entreprises"))


@pytest.fixture
def executor(small: Installation) -> Iterator[tuple[DagsterExecutor, dg.DagsterInstance]]:
    """The jobs of the small installation on its own instance."""
    graph.cache_clear()
    from phare_pipeline.assets.jobs import build_jobs
    from phare_pipeline.assets.resources import Installation as Resource

    definitions = dg.Definitions(
        assets=graph().all, jobs=build_jobs(), resources={"installation": Resource()}
    )
    context = load_context()
    with open_instance(context.workspace) as instance:
        yield DagsterExecutor(context, instance, definitions.get_repository_def()), instance
    graph.cache_clear()


def checks_of(instance: dg.DagsterInstance, asset: str) -> dict[str, bool]:
    records = instance.get_event_records(
        dg.EventRecordsFilter(dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    )
    found = (record.event_log_entry.dagster_event.event_specific_data for record in records)
    return {data.check_name: data.passed for data in found if data.asset_key == dg.AssetKey(asset)}


def test_each_actor_and_wave_is_an_asset_with_blocking_checks(executor):
    built = [a for a in graph().all if isinstance(a, dg.AssetsDefinition)]
    assets = {spec.key.to_user_string(): spec for a in built for spec in a.specs}
    assert {*WAVES, "raw_survey_phare_2016", "core_survey_results"} <= set(assets)
    for wave in WAVES:
        assert {dep.asset_key for dep in assets[wave].deps} == {
            dg.AssetKey("raw_survey_phare_2016"),
            dg.AssetKey("plan_steps"),
        }
    read = {dep.asset_key.to_user_string() for dep in assets["core_survey_results"].deps}
    assert read == {*WAVES, "plan_edition"}
    checks = [spec for a in built for spec in a.check_specs]
    own = [spec for spec in checks if spec.asset_key.to_user_string() in WAVES]
    assert {spec.name for spec in own} == {
        *("contract", "hidden_stays_hidden", "secrets_stay_unknown", "own_area"),
    }
    assert all(spec.blocking and spec.description for spec in own)


def test_waves_are_staged_with_their_checks(executor, small):
    run, instance = executor
    run.ask(studies.waves(load_context()))
    for wave in WAVES:
        assert checks_of(instance, wave) == {
            "contract": True,
            "hidden_stays_hidden": True,
            "secrets_stay_unknown": True,
            "own_area": True,
        }
    staged = small.warehouse / "build" / "surveys" / STUDY / "citoyens.parquet"
    assert len(pd.read_parquet(staged)) == 176


def test_a_check_that_fails_blocks_and_shows_rows_without_what_they_hide(executor, monkeypatch):
    run, instance = executor

    def leaky(frame: pd.DataFrame) -> object:
        hidden = frame[frame["disclosure"] != "shown"]
        columns = ["question_id", "item_code", "segment_id"]
        return failing("hidden_stays_hidden", "nothing is told", hidden[columns])

    monkeypatch.setattr(surveys, "_audit_hidden", leaky)
    context = load_context()
    [wave] = [w for w in studies.waves(context) if w.actor == "associations"]
    before = context.workspace.survey_file(wave.study_id, wave.actor).stat().st_mtime_ns
    with pytest.raises((PhareError, dg.Failure)) as caught:
        run.ask([wave])
    assert "hidden_stays_hidden" in str(caught.value)
    assert context.workspace.survey_file(wave.study_id, wave.actor).stat().st_mtime_ns == before
    assert checks_of(instance, wave.name)["hidden_stays_hidden"] is False


def test_a_changed_file_is_refused_by_the_observation(executor, small):
    run, _ = executor
    path = small.raw / "surveys" / "published" / f"{STUDY}.csv"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises((PhareError, dg.Failure), match="changed since it was pinned"):
        run.ask(studies.waves(load_context()))


def test_an_edition_is_built_in_one_run_with_its_surveys(executor, small):
    run, instance = executor
    run.build(2016)
    assert checks_of(instance, "core_survey_results") == {
        "contract": True,
        "no_synthetic_rows": True,
    }
    event = instance.get_latest_materialization_event(dg.AssetKey("core_survey_results"))
    assert event is not None
    metadata = event.asset_materialization.metadata
    assert metadata["dagster/row_count"].value == 642
    log = json.dumps([e.event_log_entry.user_message for e in instance.get_event_records(
        dg.EventRecordsFilter(dg.DagsterEventType.ASSET_MATERIALIZATION))])  # fmt: skip
    assert "unrounded" not in log

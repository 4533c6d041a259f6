"""Observes the files of each study and stages each actor's results in an asset of its own.

One asset a study (its files) and one an actor and wave; the work is in `steps/staging`. Checks show
which rows fail, never what a hidden figure holds.
"""

from collections.abc import Iterator, Mapping

import dagster as dg

from phare_pipeline.assets.metadata import (
    OWNERS,
    built_metadata,
    check_result,
    check_spec,
    static_metadata,
)
from phare_pipeline.assets.plan import dep_on_step
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.staging import Results, refuse
from phare_pipeline.errors import PhareError
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.studies import Wave, study_version
from phare_pipeline.steps.staging import surveys
from phare_pipeline.survey.codebook import Codebook


def raw_key(study_id: str) -> str:
    """Return the asset name of a study's files."""
    return f"raw_survey_{study_id.replace('-', '_')}"


def raw_survey_assets(studies: Mapping[str, Codebook]) -> dg.AssetsDefinition | None:
    """Build the observable assets of all studies; None without a study."""
    if not studies:
        return None
    of_asset = {dg.AssetKey(raw_key(study_id)): study_id for study_id in studies}

    def observe(
        context: dg.AssetExecutionContext, installation: Installation
    ) -> Iterator[dg.ObserveResult]:
        loaded = installation.context()
        for key in sorted(context.selected_asset_keys):
            try:
                version = study_version(loaded, of_asset[key])
            except PhareError as error:
                raise refuse(error) from error
            yield dg.ObserveResult(asset_key=key, data_version=dg.DataVersion(version))

    decorate = dg.multi_observable_source_asset(
        name="raw_surveys", specs=[_raw_spec(book) for book in studies.values()], can_subset=True
    )
    observed: dg.AssetsDefinition = decorate(observe)
    return observed


def _raw_spec(book: Codebook) -> dg.AssetSpec:
    files = [
        dg.TableRecord({"path": file.path, "bytes": file.bytes, "sha256": file.sha256})
        for file in book.files
    ]
    return dg.AssetSpec(
        raw_key(book.study_id),
        group_name="raw",
        description=f"{book.title}, {book.producer}, {book.vintage}. {book.note_fr}",
        metadata={
            "producer": book.producer,
            "licence": book.licence,
            "vintage": book.vintage,
            **({"files": dg.MetadataValue.table(files)} if files else {}),
        },
        kinds={"csv"},
        owners=OWNERS,
    )


def survey_asset(context: Context, wave: Wave) -> dg.AssetsDefinition:
    """Build the asset of one actor in one study: written only when every check passes."""
    book = context.studies[wave.study_id]
    label = book.actors[wave.actor].label_fr

    @dg.asset(
        name=wave.name,
        deps=[dg.AssetKey(raw_key(wave.study_id)), dep_on_step(wave.name)],
        code_version=code_digest(surveys.__name__),
        group_name="staging",
        description=f"{label} : résultats de « {book.title} » ({book.producer}, {book.vintage}).",
        kinds={"parquet"},
        owners=OWNERS,
        metadata=static_metadata(wave.name),
        check_specs=[check_spec(check, wave.name) for check in ("contract", *surveys.AUDITS)],
        output_required=False,
        automation_condition=dg.AutomationCondition.eager(),
    )
    def stage(installation: Installation) -> Results:
        loaded = installation.context()
        try:
            result = surveys.read_wave(loaded, wave)
        except PhareError as error:
            raise refuse(error) from error
        yield from (check_result(wave.name, audit) for audit in result.audits)
        if not result.passed:
            raise refuse(result.error(f"{wave.study_id}, {wave.actor}"))
        surveys.write_wave(loaded, wave, result.table)
        yield dg.MaterializeResult(
            asset_key=wave.name,
            metadata={**built_metadata(result), "warnings": len(result.warnings)},
            data_version=dg.DataVersion(surveys.wave_fingerprint(loaded, wave)),
        )

    return stage

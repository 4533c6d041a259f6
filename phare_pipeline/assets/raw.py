"""Observes the raw files: one asset a source, its data version is the hash of its files.

The pipeline never writes these files; reading their content belongs in `staging`.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import dagster as dg

from phare_pipeline.assets.metadata import OWNERS
from phare_pipeline.assets.resources import Installation
from phare_pipeline.errors import SourceError
from phare_pipeline.sources.catalogue import Source
from phare_pipeline.sources.pins import check_pin

# Dagster has no picture for the other ending.
KINDS = {"xlsx": "excel"}


def raw_key(source_id: str) -> str:
    """Return the asset name of a source's files."""
    return f"raw_{source_id}"


def raw_assets(sources: Mapping[str, Source]) -> dg.AssetsDefinition:
    """Build the observable assets of all sources; one step looks at those that are asked for."""
    of_asset = {dg.AssetKey(raw_key(source_id)): source_id for source_id in sources}

    def observe(
        context: dg.AssetExecutionContext, installation: Installation
    ) -> Iterator[dg.ObserveResult]:
        loaded = installation.context()
        for key in sorted(context.selected_asset_keys):
            source = loaded.sources[of_asset[key]]
            try:
                for file in source.files:
                    check_pin(loaded.workspace.raw, file)
            except SourceError as error:
                raise dg.Failure(str(error), allow_retries=False) from error
            yield dg.ObserveResult(asset_key=key, data_version=dg.DataVersion(source.data_version))

    decorate = dg.multi_observable_source_asset(
        name="raw", specs=[_spec(source) for source in sources.values()], can_subset=True
    )
    observed: dg.AssetsDefinition = decorate(observe)
    return observed


def _files_table(source: Source) -> dg.TableMetadataValue:
    """List the files of a source with their pins."""
    return dg.MetadataValue.table(
        [
            dg.TableRecord({"path": file.path, "bytes": file.bytes, "sha256": file.sha256})
            for file in source.files
        ]
    )


def _spec(source: Source) -> dg.AssetSpec:
    suffixes = {PurePosixPath(file.path).suffix.lstrip(".") for file in source.files}
    return dg.AssetSpec(
        raw_key(source.source_id),
        group_name="raw",
        description=f"{source.title}, {source.producer}, {source.vintage}. {source.note_fr}",
        metadata={
            "producer": source.producer,
            "licence": source.licence,
            "address": dg.MetadataValue.url(source.address),
            "vintage": source.vintage,
            "files": _files_table(source),
        },
        kinds={KINDS.get(suffix, suffix) for suffix in suffixes},
        owners=OWNERS,
    )

"""Observes the raw files: one asset a source, its data version is the hash of its files.

The pipeline never writes these files; reading their content belongs in `staging`.
"""

from pathlib import PurePosixPath

import dagster as dg

from phare_pipeline.assets.resources import Installation
from phare_pipeline.errors import SourceError
from phare_pipeline.sources.catalogue import Source
from phare_pipeline.sources.pins import check_pin


def raw_key(source_id: str) -> str:
    """Return the asset name of a source's files."""
    return f"raw_{source_id}"


def raw_asset(source: Source) -> dg.SourceAsset:
    """Build the observable asset of a source."""
    source_id = source.source_id
    suffixes = {PurePosixPath(file.path).suffix.lstrip(".") for file in source.files}

    def observe(installation: Installation) -> dg.DataVersion:
        context = installation.context()
        current = context.sources[source_id]
        try:
            for file in current.files:
                check_pin(context.workspace.raw, file)
        except SourceError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        return dg.DataVersion(current.data_version)

    return dg.observable_source_asset(
        name=raw_key(source_id),
        group_name="raw",
        description=f"{source.title}, {source.producer}, {source.vintage}. {source.note_fr}",
        metadata={
            "producer": source.producer,
            "licence": source.licence,
            "address": dg.MetadataValue.url(source.address),
            "vintage": source.vintage,
            "files": [file.path for file in source.files],
        },
        tags={f"dagster/kind/{suffix}": "" for suffix in suffixes},
    )(observe)

"""Publishes: the one step that switches what readers see, and makes what shows all of it."""

from collections.abc import Iterator

import dagster as dg

from phare_pipeline.assets.documents import national_name
from phare_pipeline.assets.metadata import OWNERS
from phare_pipeline.assets.partitions import EVERY_PARTITION
from phare_pipeline.assets.plan import RELEASE, dep_on_step
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.staging import refuse
from phare_pipeline.contract.documents import EXPLORER
from phare_pipeline.contract.tables import CUT_FROM
from phare_pipeline.errors import PhareError
from phare_pipeline.steps.documents.making import MAKERS
from phare_pipeline.steps.release import gather as step

DOCUMENTS = [name for m in MAKERS for name in (m.document.name, national_name(m))]


@dg.multi_asset(
    name="publish",
    specs=[
        dg.AssetSpec(
            "release",
            deps=[
                *(
                    dg.AssetDep(name, partition_mapping=EVERY_PARTITION)
                    for name in (*CUT_FROM, *DOCUMENTS)
                ),
                dep_on_step(RELEASE),
            ],
            group_name="release",
            description=(
                "Publication immuable, nommée d’après son contenu, que les lecteurs trouvent dans "
                "warehouse/current ; refusée quand les régions d’une édition viennent d’états "
                "différents."
            ),
            kinds={"parquet", "duckdb", "csv"},
            owners=OWNERS,
        ),
        dg.AssetSpec(
            "explorer",
            deps=[
                *(dg.AssetDep(name, partition_mapping=EVERY_PARTITION) for name in CUT_FROM),
                dep_on_step(RELEASE),
            ],
            group_name="release",
            description=(
                "Page unique, lisible sans réseau : régions, éditions, domaines et indicateurs à "
                "explorer, à comparer et à télécharger."
            ),
            kinds={"html"},
            owners=OWNERS,
        ),
    ],
)
def release(installation: Installation) -> Iterator[dg.MaterializeResult[None]]:
    """Assemble the release of all built editions and switch `current` to it."""
    context = installation.context()
    try:
        published = step.make_release(context, notice=dg.get_dagster_logger().warning)
    except PhareError as error:
        raise refuse(error) from error
    version = dg.DataVersion(published.release_id)
    page = published.path / EXPLORER
    yield dg.MaterializeResult(
        asset_key="release",
        metadata={
            "release": published.release_id,
            "editions": ", ".join(map(str, step.built_editions(context))),
        },
        data_version=version,
    )
    yield dg.MaterializeResult(
        asset_key="explorer",
        metadata={
            "link": dg.MetadataValue.url(page.resolve().as_uri()),
            "bytes": page.stat().st_size,
        },
        data_version=version,
    )

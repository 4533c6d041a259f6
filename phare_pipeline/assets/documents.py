"""Makes the documents of regions and of France as assets; what they say is in `outputs`."""

import base64
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import dagster as dg

from phare_pipeline.assets.metadata import OWNERS
from phare_pipeline.assets.partitions import REGION_YEARS, TO_YEAR, YEARS, pair_of
from phare_pipeline.assets.plan import national_name as of_france
from phare_pipeline.assets.plan import state_of_document
from phare_pipeline.assets.resources import Installation
from phare_pipeline.assets.staging import refuse
from phare_pipeline.contract.documents import NATIONAL
from phare_pipeline.contract.tables import PUBLISHED_FROM
from phare_pipeline.errors import PhareError
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.documents import making as documents
from phare_pipeline.steps.documents.document import Maker
from phare_pipeline.steps.run import Pair

# The pictures of a page stand in it as SVG.
_FIRST_PICTURE = re.compile(r"<svg .*?</svg>", re.DOTALL)

Made = dg.MaterializeResult[None]


def document_assets() -> Iterator[dg.AssetsDefinition]:
    """Build two assets for each kind of document: by region and edition, and by edition."""
    for maker in documents.MAKERS:
        yield _regional(maker)
        yield _national(maker)


def national_name(maker: Maker) -> str:
    """Return the asset of the documents of France."""
    return of_france(maker.document.name)


def _regional(maker: Maker) -> dg.AssetsDefinition:
    state = state_of_document(maker.document.name)
    deps = [dg.AssetDep(t, partition_mapping=TO_YEAR) for t in PUBLISHED_FROM.values()]

    @dg.asset(
        name=maker.document.name,
        deps=[*deps, state],
        partitions_def=REGION_YEARS,
        group_name="out",
        description=maker.document.description_fr,
        kinds={"html"},
        owners=OWNERS,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def regional(context: dg.AssetExecutionContext, installation: Installation) -> Made:
        keys = {pair_of(key): key for key in context.partition_keys}
        return _make(context, installation.context(), maker, keys)

    return regional


def _national(maker: Maker) -> dg.AssetsDefinition:
    @dg.asset(
        name=national_name(maker),
        deps=[*PUBLISHED_FROM.values(), state_of_document(national_name(maker))],
        partitions_def=YEARS,
        group_name="out",
        description=f"{maker.document.description_fr} Pour la France et ses régions.",
        kinds={"html"},
        owners=OWNERS,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def national(context: dg.AssetExecutionContext, installation: Installation) -> Made:
        keys = {(NATIONAL, int(key)): key for key in context.partition_keys}
        return _make(context, installation.context(), maker, keys)

    return national


def _make(
    run: dg.AssetExecutionContext, context: Context, maker: Maker, keys: Mapping[Pair, str]
) -> Made:
    """Make the documents of some partitions, each shown on the page of its own."""
    try:
        for year, group in groupby(sorted(keys, key=itemgetter(1)), itemgetter(1)):
            slugs = [slug for slug, _ in group]
            documents.make_documents(context, maker, year, slugs)
            for slug in slugs:
                path = documents.document_file(context, maker, slug, year)
                run.add_asset_metadata(_shown(path), partition_key=keys[slug, year])
    except PhareError as error:
        raise refuse(error) from error
    return dg.MaterializeResult()


def _shown(path: Path) -> dict[str, Any]:
    """Return a link to a document, its size, and its first picture."""
    shown: dict[str, Any] = {
        "document": dg.MetadataValue.url(path.resolve().as_uri()),
        "bytes": path.stat().st_size,
    }
    picture = _FIRST_PICTURE.search(path.read_text("utf-8"))
    if picture is not None:
        encoded = base64.b64encode(picture[0].encode("utf-8")).decode("ascii")
        shown["graphique"] = dg.MetadataValue.md(
            f"![graphique](data:image/svg+xml;base64,{encoded})"
        )
    return shown

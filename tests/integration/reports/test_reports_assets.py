"""Reports made by Dagster: the same files as without it, with chart and link on their pages."""

from __future__ import annotations

import dagster as dg
import pytest

from phare_pipeline.contract.documents import NATIONAL, REPORT
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.documents import making as documents
from tests.integration.small import YEAR

pytestmark = [
    pytest.mark.slow,
    # Dagster's own, of its versions to come.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def test_dagster_makes_the_same_report_and_shows_it(small):
    from phare_pipeline.assets.instance import open_instance
    from phare_pipeline.assets.runner import DagsterExecutor
    from phare_pipeline.definitions import defs

    context = load_context()
    (maker,) = [m for m in documents.MAKERS if m.document is REPORT]
    pairs = [("corse", YEAR), ("bretagne", YEAR), (NATIONAL, YEAR)]
    paths = [documents.document_file(context, maker, slug, year) for slug, year in pairs]
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    with open_instance(context.workspace) as instance:
        DagsterExecutor(context, instance, defs.get_repository_def()).document(maker, pairs)
        made = {
            record.partition_key: record.asset_materialization.metadata
            for name in (REPORT.name, f"{REPORT.name}_{NATIONAL}")
            for record in instance.fetch_materializations(dg.AssetKey(name), limit=10).records
        }
    assert [path.read_bytes() for path in paths] == before
    keys = [f"corse|{YEAR}", f"bretagne|{YEAR}", str(YEAR)]
    assert set(made) == set(keys)
    for key, path in zip(keys, paths, strict=True):
        assert made[key]["document"].value == path.resolve().as_uri()
        assert made[key]["bytes"].value == path.stat().st_size
        assert made[key]["graphique"].value.startswith("![graphique](data:image/svg+xml")

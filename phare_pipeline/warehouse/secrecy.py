"""Says which releases may not stand beside others: those whose secrets another rule has hidden.

Two rules hide other figures of the same respondents, and the one gives away what the other hides.
Only results that were computed from answers count: what a study has printed is public.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from phare_pipeline.config import Workspace
from phare_pipeline.contract import DISCLOSURE_RULE
from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse import run_log
from phare_pipeline.warehouse.files import remove_folder
from phare_pipeline.warehouse.manifest import read_manifest
from phare_pipeline.warehouse.releases import (
    Release,
    all_releases,
    current_release,
    release_names,
    unname_release,
)

INPUT = "disclosure_rule"
_RESULTS = Path("marts") / "out_survey_results.parquet"
_COMPUTED = "computed"


def is_superseded(release: Release) -> bool:
    """Tell whether a release shows results of answers that another rule has hidden."""
    path = release.path / _RESULTS
    if not path.is_file():
        return False
    found = pq.read_table(path, columns=["provenance"], partitioning=None)["provenance"]
    if not pc.any(pc.equal(found, _COMPUTED)).as_py():
        return False
    return bool(read_manifest(release.path)["inputs"].get(INPUT) != DISCLOSURE_RULE)


def refuse_superseded(release: Release) -> None:
    """Refuse a release that another rule has made.

    Raises:
        ReleaseError: it shows results of answers by another rule.
    """
    if is_superseded(release):
        raise ReleaseError(
            "A release that hides by another rule cannot be the current one",
            where=f"warehouse/releases/{release.release_id}",
            found=f"results of answers, {INPUT} "
            f"{read_manifest(release.path)['inputs'].get(INPUT, 'not said')}",
            expected=f"{INPUT} {DISCLOSURE_RULE}: together two rules give respondents away",
            action="phare run publishes by the present rule",
        )


def withdraw(workspace: Workspace) -> list[Release]:
    """Remove the releases that another rule has made, named ones too, and return them.

    The current one stays: it is replaced by whatever is published next, and goes then.
    """
    current = current_release(workspace)
    gone = [
        release
        for release in all_releases(workspace)
        if (current is None or release.release_id != current.release_id) and is_superseded(release)
    ]
    withdrawn = {release.release_id for release in gone}
    for name, release_id in release_names(workspace).items():
        if release_id in withdrawn:
            unname_release(workspace, name)
    for release in gone:
        run_log.write_entry(
            workspace, run_log.REMOVED, release=release.release_id, reason="another disclosure rule"
        )
        remove_folder(release.path)
    return gone

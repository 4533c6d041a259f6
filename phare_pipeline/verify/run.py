"""Runs all checks of a release in order, from cheap to dear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from phare_pipeline.errors import ReleaseError
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.release.gather import made_with
from phare_pipeline.verify.check import Check, Outcome
from phare_pipeline.verify.figures import check_figures
from phare_pipeline.verify.files import check_files
from phare_pipeline.verify.rebuild import NAME as REBUILD
from phare_pipeline.verify.rebuild import check_rebuild
from phare_pipeline.verify.tables import check_tables

Report = Callable[[str], None]


def verify(
    context: Context, published: Published, report: Report, *, is_rebuilt: bool = True
) -> Iterator[Check]:
    """Yield each check of a release as it ends.

    A damaged release is not read any further: what its tables say is not verified then.
    """
    damaged = False
    for check in check_files(published):
        damaged |= check.outcome is Outcome.FAILED
        yield check
    if damaged:
        why = "the files are not those of the release"
        for name in ("contracts", "regions", "totals", "conservation", "figures", "ranks", REBUILD):
            yield Check(name, Outcome.NOT_VERIFIED, why)
        return
    is_own = published.manifest["inputs"]["code"] == made_with(context)["code"]
    report("checking tables")
    for check in check_tables(published):
        yield check if is_own else _by_other_code(check)
    report("recomputing every figure from the cells")
    try:
        for check in check_figures(published):
            yield check if is_own else _by_other_code(check)
    except ReleaseError as error:
        yield Check("figures", Outcome.NOT_VERIFIED, error.what, (str(error),))
    if is_rebuilt:
        report("building the release again in a temporary folder")
        yield check_rebuild(context, published, report)


def _by_other_code(check: Check) -> Check:
    """Take back that a release is wrong where the present code merely computes otherwise.

    Its files are those of its manifest: what differs is a rule, not damage.
    """
    if check.outcome is not Outcome.FAILED:
        return check
    why = "differ: the release was made by other code, check that out to verify it"
    return replace(check, outcome=Outcome.NOT_VERIFIED, what=f"{check.what} {why}")

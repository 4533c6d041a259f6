"""Runs all checks of a release in order, from cheap to dear."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from phare_pipeline.errors import ReleaseError
from phare_pipeline.explain.published import Published
from phare_pipeline.steps.context import Context
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
    report("checking tables")
    yield from check_tables(published)
    report("recomputing every figure from the cells")
    try:
        yield from check_figures(published)
    except ReleaseError as error:
        yield Check("figures", Outcome.NOT_VERIFIED, error.what, (str(error),))
    if is_rebuilt:
        report("building the release again in a temporary folder")
        yield check_rebuild(context, published, report)

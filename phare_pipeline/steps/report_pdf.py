"""Finds reports in the current release and writes them as PDF, a process for each processor.

What a PDF looks like belongs in `outputs/reports/pdf`.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from phare_pipeline.config import REPORTS_VARIABLE
from phare_pipeline.contract.documents import NATIONAL, REPORT
from phare_pipeline.errors import ReleaseError
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.run import Scope
from phare_pipeline.warehouse.files import write_bytes_atomic


def published_reports(context: Context, slugs: Sequence[str]) -> dict[tuple[str, int], Path]:
    """Return the reports of the current release by region (or `NATIONAL`) and edition."""
    found = {
        (slug, year): context.workspace.current / REPORT.path(slug, year)
        for slug in slugs
        for year in context.editions
    }
    return {pair: path for pair, path in found.items() if path.is_file()}


def newest_report(context: Context, slug: str, year: int | None = None) -> Path:
    """Return the newest published report of a region (or `NATIONAL`), or that of an edition.

    Raises:
        ReleaseError: there is none.
    """
    published = published_reports(context, [slug])
    years = [y for _, y in published if year is None or y == year]
    if not years:
        raise ReleaseError(
            "The release has no such report",
            found=f"{slug}: " + (", ".join(str(y) for _, y in published) or "none"),
            expected="an edition" if year is None else str(year),
            action="phare run" if year is None else f"{REPORTS_VARIABLE}={year} phare run",
        )
    return published[slug, max(years)]


def export_pdfs(context: Context, scope: Scope, folder: Path) -> Iterator[Path]:
    """Write reports of the scope as PDF and yield each file; all regions bring France with them.

    Without an edition asked for, it is the newest report of each.

    Raises:
        ReleaseError: a report is not published.
        PhareError: a library of the system is missing.
    """
    whole = len(scope.slugs) == len(context.slugs)
    slugs = [*scope.slugs, NATIONAL] if whole else list(scope.slugs)
    years: Sequence[int | None] = scope.asked or [None]
    pages = [(slug, newest_report(context, slug, year)) for slug in slugs for year in years]
    jobs = [(page, folder / f"phare-{slug}-{page.stem}.pdf") for slug, page in pages]
    workers = min(len(jobs), os.cpu_count() or 1)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        # The longest first, so that no process is left with it at the end.
        longest_first = sorted(jobs, key=lambda job: -job[0].stat().st_size)
        written = {target: pool.submit(_write, page, target) for page, target in longest_first}
        for _, target in jobs:
            yield written[target].result()


def _write(page: Path, target: Path) -> Path:
    """Make one PDF; looking for cycles in its millions of boxes would take a third of the time."""
    from phare_pipeline.outputs.reports.pdf import pdf_of

    gc.disable()
    try:
        write_bytes_atomic(target, pdf_of(page.read_text("utf-8")))
    finally:
        gc.enable()
        gc.collect()
    return target

"""Times what follows the figures: reports, explorer, files for other tools, PDFs, the release."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.runs import timed
from phare_pipeline.errors import PhareError
from phare_pipeline.outputs.explorer.build import explorer_page
from phare_pipeline.outputs.tables.files import release_files
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.documents import reports
from phare_pipeline.steps.edition.build import edition_hash
from phare_pipeline.steps.release.gather import built_editions, make_release, release_tables
from phare_pipeline.steps.report_pdf import export_pdfs
from phare_pipeline.steps.run import Scope
from phare_pipeline.warehouse.files import remove_folder


def main(rounds: int) -> None:
    """Print a Markdown table of medians: seconds by the wall, of all processors, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        whole = timed(("run", "--plain"), Path(folder))
        os.environ["PHARE_WAREHOUSE"] = folder
        context = load_context()
        year = max(reports.default_years(context))
        hashes = {edition: edition_hash(context, edition) for edition in built_editions(context)}
        marts = release_tables(context, hashes)
        scope = Scope(years=(year,), slugs=context.slugs, asked=(year,))
        pdfs = Path(folder) / "pdfs"

        cases: dict[str, tuple[Callable[[], object], int]] = {
            "13 reports as HTML": (
                lambda: [*reports.make_reports(context, year, context.slugs)],
                rounds,
            ),
            "the explorer, all editions": (lambda: explorer_page(marts), rounds),
            "CSV, Data Package, DCAT, dictionary": (lambda: [*release_files(marts)], rounds),
            "the release whole: these files, links, hashes, DuckDB": (
                lambda: _release(context),
                rounds,
            ),
            "13 + 1 reports as PDF (outside `make run`)": (
                lambda: [*export_pdfs(context, scope, pdfs)],
                1,
            ),
        }
        print("| what | seconds | CPU s | ratio to the plain full run |\n|---|---|---|---|")
        for name, (function, times) in cases.items():
            try:
                wall, cpu = _measured(function, times)
            except PhareError as error:
                print(f"| {name} | not here: {error} | | |")
                continue
            print(f"| {name} | {wall:.1f} | {cpu:.1f} | {wall / whole:.2f} |", flush=True)
        print(f"| the plain full run | {whole:.1f} | | 1.00 |")


def _release(context: Context) -> None:
    remove_folder(context.workspace.current.resolve())
    make_release(context)


def _measured(function: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the median seconds by the wall and of all processors, children included."""
    walls, cpus = [], []
    for _ in range(rounds):
        before, start = os.times(), time.perf_counter()
        function()
        walls.append(time.perf_counter() - start)
        after = os.times()
        cpus.append(sum(after[:4]) - sum(before[:4]))
    return statistics.median(walls), statistics.median(cpus)

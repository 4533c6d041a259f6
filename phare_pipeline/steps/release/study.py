"""Publishes one study alone: its results in a release of their own, beside no real indicator.

This is how a synthetic study is shown. Its tables are those of an edition's surveys, without what
compares with the index; every file says that the answers are made up.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from phare_pipeline.contract import DISCLOSURE_RULE
from phare_pipeline.contract.tables import PUBLISHED_FROM
from phare_pipeline.errors import PhareError
from phare_pipeline.steps.common.audit import Built
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.one_state import check_unchanged
from phare_pipeline.steps.common.origins import keep_study_state, state_files
from phare_pipeline.steps.common.studies import exports_folder, study_files, waves
from phare_pipeline.steps.dimensions.study_issues import study_issues
from phare_pipeline.steps.dimensions.tables import conformed, known_dimensions
from phare_pipeline.steps.edition.survey_tables import build_voices
from phare_pipeline.steps.release.gather import made_with
from phare_pipeline.steps.staging import surveys
from phare_pipeline.survey.codebook import SYNTHETIC_FR, Codebook
from phare_pipeline.warehouse.assemble import assemble
from phare_pipeline.warehouse.private import write_private
from phare_pipeline.warehouse.releases import Release
from phare_pipeline.warehouse.secrecy import INPUT
from phare_pipeline.warehouse.tables import write_parquet

FACTS = ("out_survey_results", "out_actor_vision", "out_actor_agreement")
DIMENSIONS = (
    *("dim_study", "dim_actor", "dim_question", "data_issues", "dim_domain", "dim_region"),
    "dim_dictionary",
)


def run_study(
    context: Context, report: Callable[[str], None], exports: Path | None = None
) -> Release:
    """Stage what is due of a study, and publish it; the lock of its warehouse must be held.

    Args:
        context: of the study (`loading.load_study_context`).
        report: told what begins.
        exports: folder with the exports that have no pin, below their paths in the study; None for
            those that an earlier run has kept.

    Raises:
        PhareError: a file or a table is refused; the last release of the study stands.
    """
    [(study_id, book)] = context.studies.items()
    _keep_exports(context, book, exports)
    due = [wave for wave in waves(context) if not surveys.is_staged(context, wave)]
    for wave in due:
        report(f"staging the results of {wave.actor}")
        for warning in surveys.stage_wave(context, wave).warnings:
            report(f"  {warning}")
    report("assembling the release of the study")
    [year] = context.editions
    tables = {result.name: _passed(result, study_id) for result in build_voices(context, year)}
    footer = {
        "study": study_id,
        "disclosure_rule": str(DISCLOSURE_RULE),
        **({"synthetic": SYNTHETIC_FR} if book.is_synthetic else {}),
    }
    facts = {name: tables[PUBLISHED_FROM[name]] for name in FACTS}
    known = {**known_dimensions(context), **conformed(study_issues(context))}
    marts = {**facts, **{name: known[name] for name in DIMENSIONS}}
    marts["dim_dictionary"] = _of_tables(known["dim_dictionary"], tuple(marts))
    state = keep_study_state(context)
    return assemble(
        context.workspace,
        files={**_regional_files(context, facts, year, footer), **state_files(context, [state])},
        marts=marts,
        inputs={**_inputs(context, study_id), "editions": {str(year): {"origins": state}}},
        confirm=lambda: check_unchanged(context, __name__),
        footer=footer,
    )


def _keep_exports(context: Context, book: Codebook, given: Path | None) -> None:
    """Copy the exports without a pin where only their owner reads them; see that all are there.

    Raises:
        PhareError: one is neither given nor kept, or some are given and all have a pin.
    """
    kept, unpinned = exports_folder(context, book), [e.path for e in book.exports if not e.sha256]
    if given is not None and not unpinned:
        raise PhareError(
            "The exports of this study are not given to a run",
            where=f"{book.study_id}/study.toml",
            found=f"--exports {given}, and no export without a pin",
            expected="the files that the study pins, and no others",
            action="leave --exports out",
        )
    for path in unpinned:
        source = (kept if given is None else given) / path
        if not source.is_file():
            raise PhareError(
                "An export of the study is missing",
                where=f"{book.study_id}/study.toml",
                found=f"no file {source}",
                expected="each export without a pin, below its path in the study",
                action="name their folder with --exports (those of phare-demo are written by "
                "`python -m examples.phare_demo FOLDER`)",
            )
        if given is not None:
            write_private(kept / path, _copy_of(source), below=context.workspace.build)


def _copy_of(source: Path) -> Callable[[Path], None]:
    def write(target: Path) -> None:
        shutil.copyfile(source, target)

    return write


def _passed(result: Built, study_id: str) -> pa.Table:
    if not result.passed:
        raise result.error(study_id)
    return result.table


def _of_tables(dictionary: pa.Table, names: tuple[str, ...]) -> pa.Table:
    return dictionary.filter(pc.is_in(dictionary["table_name"], pa.array(names)))


def _regional_files(
    context: Context, facts: Mapping[str, pa.Table], year: int, footer: Mapping[str, str]
) -> dict[str, Path]:
    """Cut the rows of each region out of the tables, as a release of editions does."""
    files = {}
    for name, table in facts.items():
        for region in context.registry.study_regions:
            own = table.filter(pc.equal(table["region_code"], region.region_code))
            path = context.workspace.out_file(name, region.slug, year)
            write_parquet(own, name, path, {"edition": str(year), **footer})
            files[f"{name}/region={region.slug}/{year}.parquet"] = path
    return files


def _inputs(context: Context, study_id: str) -> dict[str, Any]:
    book = context.studies[study_id]
    return {
        "study": study_id,
        "is_synthetic": book.is_synthetic,
        INPUT: DISCLOSURE_RULE,
        "studies": {study_id: study_files(context, study_id)},
        **made_with(context, __name__),
    }

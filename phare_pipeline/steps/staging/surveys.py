"""Stages the results of one actor in one study: read, disclosed, audited, written privately.

How results are printed, computed, hidden belongs in `survey/`; which edition takes them in
`survey_tables`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa

from phare_pipeline.contract.tables import table_of
from phare_pipeline.state.digests import digest
from phare_pipeline.state.snapshot import code_digest
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.studies import Wave, exports_folder, has_export, study_version
from phare_pipeline.survey.codebook import Codebook, Derived, Item
from phare_pipeline.survey.disclosure import attack_results, disclose
from phare_pipeline.survey.parts import Parts
from phare_pipeline.survey.public import public_rows
from phare_pipeline.survey.published import published_rows, read_published
from phare_pipeline.survey.results import Result
from phare_pipeline.warehouse.private import write_private
from phare_pipeline.warehouse.tables import conform, write_parquet

AUDITS = ("hidden_stays_hidden", "secrets_stay_unknown", "own_area")

# What a hidden figure may not keep.
_FIGURES = (
    *("value", "value_printed", "base_n", "base_answered_n", "universe_n", "n_eff", "se", "moe95"),
    *("ci_low", "ci_high", "national_value", "national_diff", "test_outcome", "p_value"),
    "p_adjusted",
)
_NAMES = ("question_id", "item_code", "area_id", "segment_id", "statistic")


def wave_fingerprint(context: Context, wave: Wave) -> str:
    """Return the hash of all that the results of an actor depend on."""
    return digest(
        study_version(context, wave.study_id), context.registry_hash, code_digest(__name__)
    )


def is_staged(context: Context, wave: Wave) -> bool:
    """Tell whether the results of an actor exist and still are what their inputs say."""
    return context.ledger.is_fresh(wave.name, wave_fingerprint(context, wave))


def read_wave(context: Context, wave: Wave) -> Built:
    """Read and audit the results of an actor without writing anything.

    Raises:
        SourceError, CodebookError: a file cannot be used, or a line of it.
    """
    book = context.studies[wave.study_id]
    found, parts, warnings = _rows(context, book, wave.actor)
    rows = disclose(found, book, parts)
    table = conform(_frame(rows, book, wave.name), wave.name)
    frame = table.to_pandas()
    audits = _audit_hidden(frame), _audit_secrets(rows, book, parts), _audit_areas(frame)
    return built(wave.name, table, audits, warnings)


def _rows(
    context: Context, book: Codebook, actor: str
) -> tuple[tuple[Result, ...], Mapping[str, Parts] | None, tuple[str, ...]]:
    """Compute the results of an actor from answers where there are some, or read what is printed.

    Answers and weights are gone when this returns: only results that are disclosed are ever
    written. The parts that respondents make up, which protect them, are None for what is printed.
    Last are the warnings of the export, a line each.
    """
    if not has_export(book, actor):
        printed = read_published(context.workspace.surveys, book)
        figures = [figure for figure in printed if figure.actor == actor]
        return published_rows(figures, book), None, ()
    # Slow to import, and only studies with microdata need it.
    from phare_pipeline.survey.computed import compute_results
    from phare_pipeline.survey.exports import read_export

    export = read_export(exports_folder(context, book), book, actor, context.registry)
    margins = [target for target in book.margins if target.actor == actor]
    computed = compute_results(book, export.respondents, export.answers, margins)
    return computed.results, computed.parts, tuple(issue.line for issue in export.warnings)


def write_wave(context: Context, wave: Wave, table: pa.Table) -> None:
    """Write the results of an actor and record them."""
    path = context.workspace.survey_file(wave.study_id, wave.actor)
    place = partial(write_private, below=context.workspace.build)
    write_parquet(table, wave.name, path, {}, place)
    context.ledger.record(
        wave.name, wave_fingerprint(context, wave), [path], {"rows": table.num_rows}
    )


def stage_wave(context: Context, wave: Wave) -> Built:
    """Stage the results of an actor and return them, or raise with what is wrong.

    Raises:
        SourceError, CodebookError, ContractError: nothing is written then.
    """
    result = read_wave(context, wave)
    if not result.passed:
        raise result.error(f"{wave.study_id}, {wave.actor}")
    write_wave(context, wave, result.table)
    return result


# --- rows of a table ------------------------------------------------------------------------------
def _frame(rows: Sequence[Result], book: Codebook, name: str) -> pd.DataFrame:
    columns = list(table_of(name).columns)
    return pd.DataFrame(list(_cells(rows, book)), columns=columns)


def _cells(rows: Sequence[Result], book: Codebook) -> Iterator[dict[str, Any]]:
    for row, shown in zip(rows, public_rows(rows, book), strict=True):
        question, area = book.questions[row.question_id], book.areas[row.area_id]
        lines: dict[str, Item | Derived] = {**question.items, **question.derived}
        item = question.items.get(row.item_code)
        yield {
            "study_id": row.study_id,
            "actor": row.actor,
            "area_id": row.area_id,
            "area_label": area.label_fr,
            "area_kind": area.kind.value,
            "region_code": area.region_code,
            "question_id": row.question_id,
            "topic": question.topic,
            "question_label": question.wording_fr,
            "item_code": row.item_code,
            "item_label": lines[row.item_code].label_fr,
            "item_order": list(lines).index(row.item_code) + 1,
            "domain_id": None if item is None else item.domain_id,
            "segment_id": row.segment_id,
            "segment_label": book.segments[row.actor, row.segment_id].label_fr,
            "statistic": row.statistic,
            "band": row.band or None,
            "unit": row.unit,
            "value": shown.value,
            "base_n": shown.base_n,
            "base_answered_n": shown.base_n_answered,
            "universe_n": shown.universe_n,
            "n_eff": shown.n_eff,
            "se": shown.se,
            "moe95": shown.moe95,
            "ci_low": shown.ci_low,
            "ci_high": shown.ci_high,
            "error_kind": shown.error_kind.value,
            "error_note_fr": shown.error_note_fr or None,
            "national_value": shown.national_value,
            "national_diff": shown.diff,
            "test_outcome": shown.test or None,
            "p_value": shown.p_value,
            "p_adjusted": shown.p_adj,
            "reliability": shown.reliability.value,
            "disclosure": shown.disclosure.value,
            "reason_fr": shown.reason_fr or None,
            "provenance": shown.provenance.value,
            "is_synthetic": shown.is_synthetic,
            "confidence": shown.confidence,
            "value_printed": (shown.value_printed or None) if shown.is_shown else None,
            "source_label": shown.source_label or None,
            "slide": shown.slide,
            "origin_file": f"surveys/{row.origin_file}" if row.origin_file else None,
            "origin_line": row.origin_line,
            "note_fr": row.note_fr or None,
        }


# --- audits ---------------------------------------------------------------------------------------
def _audit_hidden(frame: pd.DataFrame) -> Audit:
    """Check that a hidden figure keeps its reason and nothing else; others have a value."""
    hidden = frame["disclosure"] != "shown"
    leaks = hidden & frame[list(_FIGURES)].notna().any(axis=1)
    wrong = leaks | (hidden == frame["reason_fr"].isna()) | (hidden == frame["value"].notna())
    # The samples name the row and not what it gives away.
    return failing(
        "hidden_stays_hidden",
        "a figure has either its value, or a reason and nothing that tells the value",
        frame.loc[wrong, [*_NAMES, "disclosure"]],
    )


def _audit_secrets(
    rows: Sequence[Result], book: Codebook, parts: Mapping[str, Parts] | None
) -> Audit:
    """Check that whoever knows how groups overlap finds no secret from all that is shown."""
    known = [tried.key for tried in attack_results(rows, book, parts) if tried.is_known]
    return failing(
        "secrets_stay_unknown",
        "no secret follows from what is shown within less than the declared width",
        pd.DataFrame(known, columns=list(_NAMES)),
    )


def _audit_areas(frame: pd.DataFrame) -> Audit:
    """Check that only a region bears the code of a region."""
    wrong = (frame["area_kind"] == "region") == frame["region_code"].isna()
    columns = ["area_id", "area_label", "area_kind", "region_code"]
    return failing(
        "own_area",
        "a region has its code, a super-region and the country have none",
        frame.loc[wrong, columns].drop_duplicates(),
    )

"""Builds the survey tables of one edition: results, vision of the domains, agreement, perception.

The mathematics is in `survey.vision` and `index.perception`; here rows become objects and matrices
and come back as rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from phare_pipeline.contract.tables import table_of
from phare_pipeline.registry.model import Registry
from phare_pipeline.state.digests import digest
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.studies import Wave, entering
from phare_pipeline.steps.edition.part import Part, made_from, taken_from
from phare_pipeline.steps.edition.perceived import perceived_rows
from phare_pipeline.survey.codebook import Codebook
from phare_pipeline.survey.results import (
    Disclosure,
    ErrorKind,
    Provenance,
    Reliability,
    Result,
)
from phare_pipeline.survey.vision import DomainNote, agreements, domain_notes
from phare_pipeline.warehouse.tables import conform, read_parquet

Rows = list[dict[str, Any]]
Staged = Mapping[Wave, pd.DataFrame]
Notes = Sequence[tuple[Codebook, tuple[DomainNote, ...]]]

RESULTS = "core_survey_results"

NOT_PRINTED_FR = "Note non imprimée"


def build_survey_tables(context: Context, year: int) -> Iterator[Built]:
    """Yield the survey tables of an edition; without a study that enters it they are empty."""
    staged = _staged(context, year)
    notes = _notes(context, staged)
    yield from _voices(context, year, staged, notes)
    scores = read_parquet(context.workspace.core_file("core_scores", year)).to_pandas()
    perception: Rows = []
    for book, found in notes:
        perception += [
            {**_study(book, year), **_area(book, area_id), **row}
            for area_id, row in perceived_rows(found, book, context.registry, scores, year)
        ]
    yield built("core_perception", _table("core_perception", perception))


def build_voices(context: Context, year: int) -> Iterator[Built]:
    """Yield the tables that hold nothing but what actors have said."""
    staged = _staged(context, year)
    yield from _voices(context, year, staged, _notes(context, staged))


def _voices(context: Context, year: int, staged: Staged, notes: Notes) -> Iterator[Built]:
    results = [_of_edition(context, year, wave, frame) for wave, frame in staged.items()]
    columns = list(table_of(RESULTS).columns)
    joined = pd.concat(results) if results else pd.DataFrame(columns=columns)
    table = conform(joined, RESULTS)
    yield built(RESULTS, table, [_audit_synthetic(context, table)])

    vision: Rows = []
    agreement: Rows = []
    for book, found in notes:
        vision += _vision_rows(found, book, context.registry, year)
        agreement += _agreement_rows(found, book, year)
    yield built("core_actor_vision", _table("core_actor_vision", vision))
    yield built("core_actor_agreement", _table("core_actor_agreement", agreement))


def _staged(context: Context, year: int) -> Staged:
    """The staged results that an edition takes."""
    return {w: read_parquet(_file(context, w)).to_pandas() for w in entering(context, year)}


def _notes(context: Context, staged: Staged) -> Notes:
    """The notes of the domains, study by study."""
    found = []
    for study_id in dict.fromkeys(wave.study_id for wave in staged):
        book = context.studies[study_id]
        rows = [r for w, f in staged.items() if w.study_id == study_id for r in _means(f)]
        found.append((book, domain_notes(rows, book)))
    return found


def _file(context: Context, wave: Wave) -> Path:
    return context.workspace.survey_file(wave.study_id, wave.actor)


def _table(name: str, rows: Rows) -> pa.Table:
    return conform(pd.DataFrame(rows, columns=list(table_of(name).columns)), name)


def _of_edition(context: Context, year: int, wave: Wave, frame: pd.DataFrame) -> pd.DataFrame:
    book = context.studies[wave.study_id]
    labelled = frame.assign(
        year=year, study_year=book.year, actor_label=book.actors[wave.actor].label_fr
    )
    return labelled[list(table_of(RESULTS).columns)]


def _means(frame: pd.DataFrame) -> Iterator[Result]:
    """The means of a staged table as results, with the values that are printed."""
    for row in frame[frame["statistic"] == "mean"].to_dict("records"):
        yield Result(
            **{str(name): row[name] for name in
               ("study_id", "actor", "area_id", "question_id", "item_code", "segment_id",
                "statistic", "unit", "is_synthetic")},
            band="",
            provenance=Provenance(row["provenance"]),
            value=_number(row["value"]),
            value_public=_number(row["value"]),
            base_n=_whole(row["base_n"]),
            se=_number(row["se"]),
            error_kind=ErrorKind(row["error_kind"]),
            national_value=_number(row["national_value"]),
            diff=_number(row["national_diff"]),
            reliability=Reliability(row["reliability"]),
            disclosure=Disclosure(row["disclosure"]),
            reason_fr=row["reason_fr"] or "",
        )  # fmt: skip


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _area(book: Codebook, area_id: str) -> dict[str, Any]:
    area = book.areas[area_id]
    return {
        "area_id": area_id,
        "area_label": area.label_fr,
        "area_kind": area.kind.value,
        "region_code": area.region_code,
    }


def _study(book: Codebook, year: int) -> dict[str, Any]:
    return {
        "year": year,
        "study_id": book.study_id,
        "study_year": book.year,
        "is_synthetic": book.is_synthetic,
    }


def _vision_rows(
    notes: Sequence[DomainNote], book: Codebook, registry: Registry, year: int
) -> Iterator[dict[str, Any]]:
    for note in notes:
        domain, result = registry.domains[note.domain_id], note.result
        yield {
            **_study(book, year),
            **_area(book, note.area_id),
            "actor": note.actor,
            "actor_label": book.actors[note.actor].label_fr,
            "domain_id": note.domain_id,
            "domain_label": domain.label_fr,
            "domain_order": domain.domain_order,
            "question_id": note.question_id,
            "mean_note": None if result is None else result.value_public,
            "base_n": None if result is None else result.base_n,
            "se": None if result is None else result.se,
            "error_kind": (ErrorKind.NONE if result is None else result.error_kind).value,
            "national_note": None if result is None else result.national_value,
            "national_diff": None if result is None else result.diff,
            "note_rank": note.place,
            "note_rank_of": note.place_of,
            "is_major_fragility": note.is_major,
            "major_actor_count": note.major_actors,
            "area_actor_count": note.area_actors,
            "reliability": (Reliability.UNKNOWN if result is None else result.reliability).value,
            "disclosure": (Disclosure.NO_VALUE if result is None else result.disclosure).value,
            "reason_fr": NOT_PRINTED_FR if result is None else result.reason_fr or None,
            "provenance": _provenance(book).value,
        }


def _provenance(book: Codebook) -> Provenance:
    is_published = any(file.kind == "results" for file in book.files)
    return Provenance.PUBLISHED if is_published else Provenance.COMPUTED


def _agreement_rows(
    notes: Sequence[DomainNote], book: Codebook, year: int
) -> Iterator[dict[str, Any]]:
    for found in agreements(notes):
        yield {
            **_study(book, year),
            **_area(book, found.area_id),
            "actors": ", ".join(found.actors),
            "actor_count": found.agreement.n_actors,
            "domain_count": found.agreement.n_things,
            "kendall_w": found.agreement.w,
            "kendall_w_low": found.agreement.low,
            "kendall_w_high": found.agreement.high,
            "kendall_w_random": found.agreement.random_high,
            "p_value": found.agreement.p_value,
            "common_domains": ", ".join(found.common) or None,
        }


def _audit_synthetic(context: Context, table: pa.Table) -> Audit:
    """Check that made-up answers stand alone."""
    frame = table.to_pandas()
    is_alone = context.study_id is not None
    wrong = frame[frame["is_synthetic"].astype(bool)] if not is_alone else frame.head(0)
    return failing(
        "no_synthetic_rows",
        "synthetic results have a release of their own",
        wrong[["study_id", "actor", "area_id", "question_id"]],
    )


def _inputs(context: Context, year: int) -> str:
    """Return the hash of the staged results that the edition takes."""
    ledger = context.ledger
    return digest(*(f"{w.name}:{ledger.fingerprint_of(w.name)}" for w in entering(context, year)))


PART = Part(
    name="surveys",
    sources={
        RESULTS: (),
        "core_actor_vision": (RESULTS,),
        "core_actor_agreement": ("core_actor_vision",),
        "core_perception": ("core_actor_vision", "core_scores"),
    },
    audits={RESULTS: ("no_synthetic_rows",)},
    build=build_survey_tables,
    inputs=_inputs,
    lineage={
        "core_actor_vision": {
            **taken_from(
                RESULTS,
                "year study_id study_year actor actor_label area_id area_label area_kind "
                "region_code domain_id question_id base_n se error_kind reliability disclosure "
                "reason_fr provenance is_synthetic",
            ),
            **made_from(
                f"{RESULTS}.value",
                "mean_note note_rank note_rank_of is_major_fragility "
                "major_actor_count area_actor_count",
            ),
            **made_from(f"{RESULTS}.national_value", "national_note"),
            **made_from(f"{RESULTS}.national_diff", "national_diff"),
        },
        "core_actor_agreement": {
            **taken_from(
                "core_actor_vision",
                "year study_id study_year area_id area_label area_kind region_code is_synthetic",
            ),
            **made_from("core_actor_vision.actor", "actors actor_count"),
            **made_from(
                "core_actor_vision.mean_note",
                "domain_count kendall_w kendall_w_low "
                "kendall_w_high kendall_w_random p_value common_domains",
            ),
        },
        "core_perception": {
            **taken_from(
                "core_actor_vision",
                "year study_id study_year actor actor_label area_id area_label area_kind "
                "region_code is_synthetic",
            ),
            **made_from(
                "core_actor_vision.mean_note core_actor_vision.national_note",
                "perceived perception_scale",
            ),
            **made_from("core_actor_vision.se", "perceived_se"),
            **made_from("core_scores.score", "measured"),
            **made_from(
                "core_actor_vision.mean_note core_actor_vision.national_note core_scores.score",
                "perception_gap quadrant",
            ),
            **made_from(
                "core_actor_vision.mean_note core_actor_vision.se core_scores.score",
                "is_told_apart is_quadrant_sure reason_fr",
            ),
            **taken_from(
                "core_scores", "component_level component_id component_label component_order"
            ),
        },
    },
    kinds=frozenset({"pandas", "parquet"}),
)

"""Explains what is made of the actors' answers: vision of the domains, agreement, perception."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from phare_pipeline import french
from phare_pipeline.contract.fields import FIELDS
from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.explain.kinds.controls import controls_step
from phare_pipeline.explain.kinds.layout import printed
from phare_pipeline.explain.reading.published import Published, Row, records
from phare_pipeline.explain.reading.survey_rows import INDEX, area_short, find_voice
from phare_pipeline.explain.recompute.voices import (
    NOTE,
    SEED,
    agreement,
    notes_of,
    perception,
    vision,
)
from phare_pipeline.explain.rendering.survey_words import RELIABILITIES_FR
from phare_pipeline.explain.rendering.tree import Explanation, Step, absent, plain
from phare_pipeline.explain.rendering.words import RULES_FR
from phare_pipeline.index.agreement import RESAMPLES
from phare_pipeline.survey.codebook import SYNTHETIC_FR

RESULTS = "out_survey_results"
DRAWN = frozenset({"kendall_w_low", "kendall_w_high", "kendall_w_random", "p_value"})


def explain_voice(published: Published, reference: Reference) -> Explanation:
    """Explain a figure of the vision, the agreement or the perception of actors.

    Raises:
        PhareError: no study gives it for this area and edition.
    """
    row = find_voice(published, reference)
    place = reference.place
    number = absent(row[place.column])
    field = FIELDS[place.column]
    about = row.get("domain_label") or row.get("component_label") or "ordre des domaines"
    who = row.get("actor_label") or row["actors"]
    synthetic = f" ({SYNTHETIC_FR})" if row["is_synthetic"] else ""
    title = (
        f"{field.label_fr} : {about}, {who}, {row['area_label']}, "
        f"édition {reference.year}{synthetic}"
    )
    notes = _notes(published, reference.year, row)
    root = Step(
        title,
        printed(number, field.unit),
        number,
        formula=_formula(place.column, row),
        facts=(("définition", RULES_FR[place.column]), *_facts(row)),
        parts=(
            *_parts(published, reference, row, notes),
            controls_step(published, published.state_of(reference.year), place.table),
        ),
        reference=str(reference),
    )
    is_drawn = place.column in DRAWN and reference.kind is Kind.AGREEMENT
    return Explanation(
        published.release.release_id,
        root,
        _recomputed(published, reference, row, notes),
        basis="les moyennes publiées des notes",
        draws=f"{french.number(RESAMPLES)} tirages, graine {SEED}" if is_drawn else "",
    )


def _notes(published: Published, year: int, row: Row) -> pd.DataFrame:
    rows = published.rows(RESULTS, year=year, study_id=row["study_id"])
    return notes_of(rows)


def _facts(row: Row) -> Iterator[tuple[str, str]]:
    yield "étude", f"{row['study_id']}, {row['study_year']}"
    if row["is_synthetic"]:
        yield "nature", SYNTHETIC_FR
    if row["area_kind"] == "super_region":
        yield "aire", "grande région de l’enquête : ce n’est aucune des 13 régions"
    if row.get("reason_fr"):
        yield "motif d’absence", str(row["reason_fr"])
    if row.get("reliability"):
        yield "fiabilité", RELIABILITIES_FR[row["reliability"]]
    if row.get("note_rank") is not None:
        yield "rang de la note", f"{row['note_rank']} sur {row['note_rank_of']}"
    if row.get("perception_scale") is not None:
        yield "échelle de P", f"{plain(absent(row['perception_scale']))} point de note"
    if row.get("common_domains"):
        yield "grandes fragilités communes", str(row["common_domains"])


def _formula(column: str, row: Row) -> str:
    if column == "perception_gap" and row["perception_gap"] is not None:
        found = (plain(absent(row[name])) for name in ("perceived", "measured", column))
        return "{} − {} = {}".format(*found)
    if column == "national_diff" and row[column] is not None:
        found = (plain(absent(row[name])) for name in ("mean_note", "national_note", column))
        return "{} − {} = {}".format(*found)
    if column == "perceived":
        return "100 + 30 × (note − note nationale) / échelle, puis comme l’indice"
    return ""


def _parts(
    published: Published, reference: Reference, row: Row, notes: pd.DataFrame
) -> Iterator[Step]:
    """Yield the mean notes, each of which can be followed, and F beside P."""
    own = notes[notes["area_id"] == row["area_id"]]
    if row.get("actor") is not None:
        own = own[own["actor"] == row["actor"]]
    about = row.get("domain_id") or row.get("component_id")
    if about is not None and about != INDEX:
        own = own[own["domain_id"] == about]
    steps = []
    for note in records(own):
        value = absent(note["value"])
        subject = (*note["question_id"].split(":"), note["item_code"], note["statistic"])
        area = area_short(published, reference.year, note)
        place = Reference(area, reference.year, Kind.SURVEY, subject)
        steps.append(
            Step(
                f"{note['item_label']}, {note['actor_label']}",
                printed(value, "note"),
                value,
                facts=(("note nationale", plain(absent(note["national_value"]))),),
                reference=str(place),
            )
        )
    yield Step("Notes moyennes", parts=tuple(steps))
    if reference.kind is Kind.PERCEIVED and row["measured"] is not None:
        is_index = row["component_level"] == INDEX
        kind, subject = (Kind.INDEX, ()) if is_index else (Kind.DOMAIN, (row["component_id"],))
        place = Reference(reference.area, reference.year, kind, subject)
        measured = absent(row["measured"])
        yield Step(
            "Fragilité mesurée F", printed(measured, "index"), measured, reference=str(place)
        )


def _recomputed(
    published: Published, reference: Reference, row: Row, notes: pd.DataFrame
) -> float | None:
    column = reference.place.column
    if reference.kind is Kind.AGREEMENT:
        drawn, w = agreement(notes)[row["study_id"], row["area_id"]]
        names = {
            "kendall_w_low": drawn.low,
            "kendall_w_high": drawn.high,
            "kendall_w_random": drawn.random_high,
            "p_value": drawn.p_value,
        }
        return absent(names.get(column, w))
    if reference.kind is Kind.VISION:
        found, key = vision(notes), NOTE
    else:
        registry = published.state_of(reference.year).registry
        scores = published.rows("out_scores", year=reference.year)
        found = perception(notes, scores, registry, reference.year)
        key = ["study_id", "actor", "area_id", "component_level", "component_id"]
    for name in key:
        found = found[found[name] == row[name]]
    if found.empty:
        return None
    return absent(found[column].astype("Float64").astype("float64").iloc[0])

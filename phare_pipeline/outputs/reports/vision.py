"""What the actors say of each domain, beside the measured half: notes, priorities, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from phare_pipeline import french
from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.outputs.reports.blocks import ACTORS
from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.figures import (
    Figure,
    Label,
    Missing,
    Shown,
    count,
    counted,
    say,
)
from phare_pipeline.outputs.reports.survey_rows import (
    HIDDEN,
    NO_NATIONAL,
    NOTE_DECIMALS,
    VISION,
    WHOLE,
    area_short,
    own_rows,
    printed,
    reference_of,
    why_none,
)
from phare_pipeline.outputs.reports.surveys import topic_rows

TOP = 5
"""Fragilities and priorities that are listed for each actor."""
# Where an actor would have partnerships act first: the topic, and the statistic that orders it.
PRIORITIES = {
    "citoyens": ("impact", "share_top2"),
    "associations": ("priorite", "share_top3_total"),
    "entreprises": ("priorite", "share_top3_total"),
}


@dataclass(frozen=True)
class ActorNote:
    """The note of an actor for one domain.

    Attributes:
        actor: in French.
        area: where the note holds; `is_other_area` when that is not the report's own.
        note, national: of 10; base: respondents.
        rank: among the domains, 1 for the most fragile.
        is_major: among the actor's five highest.
        reference: of the note.
    """

    actor: str
    area: Label | None
    is_other_area: bool
    note: Shown
    national: Shown
    base: Shown
    rank: Figure | None
    is_major: bool
    reference: str


def actor_notes(edition: Edition, area: Area, domain_id: str) -> tuple[ActorNote, ...]:
    """Return the notes of a domain by actor; an actor without one keeps a row with the reason."""
    return tuple(_note(edition, area, actor, domain_id) for actor in ACTORS)


def _note(edition: Edition, area: Area, actor: str, domain_id: str) -> ActorNote:
    rows = own_rows(edition, area, VISION, actor)
    row = next((row for row in rows if row["domain_id"] == domain_id), None)
    if row is None:
        nothing = Missing(why_none(edition, actor, VISION))
        return ActorNote(ACTORS[actor], None, False, nothing, nothing, nothing, None, False, "")
    own = _reference(edition, row, area_short(edition, row))
    return ActorNote(
        actor=ACTORS[actor],
        area=Label(row["area_label"], f"{VISION}.area_label"),
        is_other_area=row["area_kind"] == "super_region",
        note=_shown(row, "mean_note", own, row["reason_fr"] or HIDDEN),
        national=_shown(row, "national_note", _reference(edition, row, "FRA"), NO_NATIONAL),
        base=(
            Missing("effectif non publié")
            if row["base_n"] is None
            else count(row["base_n"], f"{VISION}.base_n")
        ),
        rank=_rank(edition, row),
        is_major=bool(row["is_major_fragility"]),
        reference=own,
    )


def _reference(edition: Edition, row: Row, area: str) -> str:
    subject = (*row["question_id"].split(":"), row["domain_id"], "mean")
    return str(Reference(area, edition.year, Kind.SURVEY, subject))


def _shown(row: Row, column: str, reference: str, reason: str) -> Shown:
    if row[column] is None:
        return Missing(reason)
    text = french.number(row[column], NOTE_DECIMALS)
    return Figure(text, row[column], reference, f"{VISION}.{column}")


def _rank(edition: Edition, row: Row) -> Figure | None:
    if row["note_rank"] is None:
        return None
    subject = (row["actor"], row["domain_id"])
    place = Reference(area_short(edition, row), edition.year, Kind.VISION, subject, "rang")
    text = french.ordinal(row["note_rank"])
    return Figure(text, row["note_rank"], str(place), f"{VISION}.note_rank")


@dataclass(frozen=True)
class Choice:
    """A domain in a list of an actor: its name, its axis and the figure that placed it there."""

    label: Label
    axis_id: str
    value: Shown
    reference: str


@dataclass(frozen=True)
class Choices:
    """The first domains of an actor, or why there is no such list."""

    first: tuple[Choice, ...]
    reason: Markup


@dataclass(frozen=True)
class ActorVision:
    """What an actor sees as fragile, and where it would have partnerships act."""

    actor: str
    area: Label | None
    is_other_area: bool
    fragilities: Choices
    priorities: Choices
    common: tuple[str, ...]
    reason: str


def actor_visions(edition: Edition, area: Area) -> tuple[ActorVision, ...]:
    """Return the consolidated vision, an actor after the other."""
    return tuple(_vision(edition, area, actor) for actor in ACTORS)


def _vision(edition: Edition, area: Area, actor: str) -> ActorVision:
    perceived = _top(edition, area, actor, "fragilite", "share_band_high")
    wanted = _top(edition, area, actor, *PRIORITIES[actor])
    rows = own_rows(edition, area, "out_survey_results", actor)
    labels = {choice.label.text for choice in perceived.first}
    return ActorVision(
        actor=ACTORS[actor],
        area=Label(rows[0]["area_label"], "out_survey_results.area_label") if rows else None,
        is_other_area=bool(rows) and rows[0]["area_kind"] == "super_region",
        fragilities=perceived,
        priorities=wanted,
        common=tuple(c.label.text for c in wanted.first if c.label.text in labels),
        reason="" if rows else why_none(edition, actor),
    )


def _top(edition: Edition, area: Area, actor: str, topic: str, statistic: str) -> Choices:
    """Return the domains with the largest shares, named as the study's domains are.

    Where only some of the domains that were asked for have a share, as in France, where the study
    prints the highest few, the first among them need not be the first of all: there is no list.
    """
    axis = {domain["domain_id"]: domain for domain in edition.domains}
    found = [
        row
        for row in topic_rows(edition, area, actor, topic)
        if row["statistic"] == statistic
        and row["segment_id"] == WHOLE
        and row["domain_id"] in axis
        and row["value"] is not None
    ]
    everywhere = edition.actor_rows("out_survey_results", actor)
    asked = {row["domain_id"] for row in everywhere if row["topic"] == topic} & axis.keys()
    if not found or len(found) < len(asked):
        return Choices((), _why_no_list(len(found), len(asked)))
    found.sort(key=lambda row: (-row["value"], row["item_order"]))
    first = tuple(
        Choice(
            Label(axis[row["domain_id"]]["domain_label"], "dim_domain.domain_label"),
            axis[row["domain_id"]]["axis_id"],
            printed(edition, row),
            reference_of(edition, row),
        )
        for row in found[:TOP]
    )
    return Choices(first, Markup())


def _why_no_list(found: int, asked: int) -> Markup:
    if not found:
        return say("Aucune part n’est publiée.")
    return say(
        "Part publiée pour {} sur {} seulement\u00a0: aucune liste n’en est tirée.",
        counted(found, "out_survey_results.value", "domaine"),
        count(asked, "out_survey_results.domain_id"),
    )


def shared(visions: Sequence[ActorVision]) -> Markup:
    """Say which fragilities all actors with results have in their lists, and that is all."""
    lists = [{c.label.text for c in v.fragilities.first} for v in visions if v.fragilities.first]
    if len(lists) < len(ACTORS):
        return Markup()
    first = [choice.label.text for choice in visions[0].fragilities.first]
    common = [label for label in first if all(label in listed for listed in lists)]
    number = count(len(lists), "dim_actor")
    if not common:
        return say("Aucun domaine n’est dans les listes des {} acteurs.", number)
    verb = french.plural(len(common), "est", "sont")
    return say("{} {} dans les listes des {} acteurs.", french.listing(common), verb, number)

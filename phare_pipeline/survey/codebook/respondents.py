"""Reads what is known of respondents: variables, segments and sampling sizes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from phare_pipeline.survey.codebook.model import Actor, Sample, Scale, Segment, Variable
from phare_pipeline.survey.codebook.rows import (
    ID,
    CodebookError,
    CodebookRow,
    Tables,
    add_once,
    read_uid,
)
from phare_pipeline.survey.codebook.scales import read_derived
from phare_pipeline.survey.codebook.vocabulary import ONCE, WHOLE, VariableType

VARIABLE_COLUMNS = ("variable_id", "actor", "type", "label_fr", "scale_id", "slide", "note_fr")
SEGMENT_COLUMNS = ("actor", "segment_id", "label_fr", "variable_id", "options", "note_fr")
SAMPLE_COLUMNS = (
    *("actor", "area_id", "sample_n", "universe_n", "share_of_france_pct", "slide", "note_fr"),
)


def read_variables(
    tables: Tables,
    actors: Collection[str],
    scales: Mapping[str, Scale],
    derived_rows: list[CodebookRow],
) -> dict[str, Variable]:
    """Read the variables; those of type quota and profile have a scale, the others none.

    Raises:
        CodebookError: a cell is wrong, or a variable is given twice.
    """
    found: dict[str, Variable] = {}
    for row in tables.rows("variables.csv", VARIABLE_COLUMNS):
        uid, actor = read_uid(row, "variable_id", actors)
        kind = VariableType(row.one_of("type", [kind.value for kind in VariableType]))
        coded = (VariableType.QUOTA, VariableType.PROFILE)
        scale = scales[row.one_of("scale_id", scales)] if kind in coded else None
        if scale is None:
            row.one_of("scale_id", ("",))
        option_ids = [] if scale is None else [o.option_id for o in scale.options]
        variable = Variable(
            variable_id=uid,
            actor=actor,
            type=kind,
            label_fr=row.text("label_fr"),
            scale=scale,
            slide=row.count("slide"),
            note_fr=row.cells["note_fr"],
            derived=read_derived(derived_rows, uid, scale, option_ids),
        )
        if kind in ONCE and any(v.actor == actor and v.type is kind for v in found.values()):
            raise row.error("type", f"a second {kind.value} of {actor}", expected="one an actor")
        add_once(found, uid, variable, row, "variable_id")
    return found


def read_segments(
    tables: Tables, actors: Collection[str], variables: Mapping[str, Variable]
) -> dict[tuple[str, str], Segment]:
    """Read the segments by actor and id; every actor has the segment of everybody.

    Raises:
        CodebookError: an unknown variable or option, a segment twice or missing.
    """
    found: dict[tuple[str, str], Segment] = {}
    for row in tables.rows("segments.csv", SEGMENT_COLUMNS):
        actor = row.one_of("actor", actors)
        coded = [uid for uid, v in variables.items() if v.actor == actor and v.scale is not None]
        segment_id = row.matching("segment_id", ID, "a snake_case id")
        variable_id = row.one_of("variable_id", ("", *coded)) or None
        scale = None if variable_id is None else variables[variable_id].scale
        known = () if scale is None else [option.option_id for option in scale.options]
        segment = Segment(
            actor=actor,
            segment_id=segment_id,
            label_fr=row.text("label_fr"),
            variable_id=variable_id,
            options=row.words("options", known),
            note_fr=row.cells["note_fr"],
        )
        if segment_id != WHOLE and not segment.options and not segment.note_fr:
            raise row.error("note_fr", "a segment without options", expected="options, or why not")
        add_once(found, (actor, segment_id), segment, row, "segment_id")
    for actor in actors:
        if (actor, WHOLE) not in found:
            raise CodebookError(
                f"Codebook: {actor} have no segment {WHOLE!r}",
                where=f"{tables.folder.name}/segments.csv",
                expected=f"a row {actor},{WHOLE}",
                action="add it",
            )
    return found


def read_samples(tables: Tables, actors: Mapping[str, Actor]) -> dict[tuple[str, str], Sample]:
    """Read the sampling sizes by actor and area.

    Raises:
        CodebookError: an unknown actor or area, a sample of nobody or above its universe.
    """
    found: dict[tuple[str, str], Sample] = {}
    for row in tables.own_rows("samples.csv", SAMPLE_COLUMNS):
        actor = row.one_of("actor", actors)
        sample = Sample(
            actor=actor,
            area_id=row.one_of("area_id", actors[actor].areas),
            sample_n=row.count("sample_n"),
            universe_n=row.count("universe_n"),
            share_of_france_pct=row.count("share_of_france_pct"),
            slide=row.count("slide"),
            note_fr=row.cells["note_fr"],
        )
        n, universe = sample.sample_n, sample.universe_n
        if n == 0 or universe == 0 or (n is not None and universe is not None and n > universe):
            raise row.error("sample_n", "impossible sizes", expected="0 < sample ≤ universe")
        add_once(found, (actor, sample.area_id), sample, row, "area_id")
    return found

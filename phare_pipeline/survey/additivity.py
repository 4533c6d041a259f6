"""Says which survey results add up to which: regions, segments, answers to one question.

Pure bookkeeping on keys and bases: whether something is hidden, or wrong, is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from phare_pipeline.survey.codebook import (
    NOTE_BANDS,
    WHOLE,
    AreaKind,
    Codebook,
    OptionKind,
    Question,
    QuestionType,
    Segment,
)
from phare_pipeline.survey.results import Result, ResultKey
from phare_pipeline.survey.suppression import Relation

Block = tuple[str, str, str]
"""What the figures of one base share: question, area, segment."""

# Regions whose bases make the national one, but for what weights round away.
_COVERS = 1e-3


def block_of(row: Result) -> Block:
    """Return the block of a row."""
    return row.question_id, row.area_id, row.segment_id


def block_relations(
    sizes: Mapping[Block, float | None], codebook: Codebook
) -> tuple[tuple[Block, tuple[Block, ...]], ...]:
    """Return each block that others make up, with those others, wherever it follows from sizes.

    The regions make the country when their sizes do; segments make another, or everybody, when
    their options do. A block without a known size is in no relation.

    Args:
        sizes: respondents, or what they stand for, by block.
        codebook: of the study.
    """
    found: list[tuple[Block, tuple[Block, ...]]] = []
    for question_id in dict.fromkeys(question for question, _, _ in sizes):
        own = {b: size for b, size in sizes.items() if b[0] == question_id and size}
        actor = codebook.questions[question_id].actor
        found += _of_areas(own, codebook)
        for area_id in dict.fromkeys(area for _, area, _ in own):
            found += _of_segments(question_id, area_id, own, segments_of(codebook, actor))
    return tuple(found)


def segments_of(codebook: Codebook, actor: str) -> dict[str, Segment]:
    """Return the segments of an actor by id."""
    return {i: segment for (owner, i), segment in codebook.segments.items() if owner == actor}


def _of_areas(
    sizes: Mapping[Block, float | None], codebook: Codebook
) -> Iterator[tuple[Block, tuple[Block, ...]]]:
    kinds = {area: codebook.areas[area].kind for _, area, _ in sizes}
    for whole, size in sizes.items():
        if kinds[whole[1]] is not AreaKind.NATIONAL or not size:
            continue
        parts = tuple(
            b
            for b in sizes
            if kinds[b[1]] is AreaKind.REGION and (b[0], b[2]) == (whole[0], whole[2])
        )
        total = sum(sizes[part] or 0.0 for part in parts)
        if parts and abs(total - size) <= _COVERS * size:
            yield whole, parts


def _of_segments(
    question_id: str,
    area_id: str,
    sizes: Mapping[Block, float | None],
    segments: Mapping[str, Segment],
) -> Iterator[tuple[Block, tuple[Block, ...]]]:
    here = [i for i in segments if (question_id, area_id, i) in sizes]
    variables = dict.fromkeys(segments[i].variable_id for i in here if segments[i].options)
    for variable_id in variables:
        named = {
            i: frozenset(segments[i].options)
            for i in here
            if segments[i].variable_id == variable_id and segments[i].options
        }
        size_of = {i: sizes[question_id, area_id, i] or 0.0 for i in here}
        for whole, parts in _partitions(named, size_of):
            block = (question_id, area_id, whole)
            yield block, tuple((question_id, area_id, part) for part in parts)


def _partitions(
    named: Mapping[str, frozenset[str]], sizes: Mapping[str, float]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sets of disjoint segments that make another by their options, or everybody by their sizes."""
    for count in range(1, len(named) + 1):
        for parts in combinations(named, count):
            union = frozenset().union(*(named[part] for part in parts))
            if len(union) != sum(len(named[part]) for part in parts):
                continue
            for whole, options in named.items():
                if options == union and whole not in parts:
                    yield whole, parts
            total = sum(sizes[part] for part in parts)
            if count > 1 and WHOLE in sizes and abs(total - sizes[WHOLE]) <= _COVERS * sizes[WHOLE]:
                yield WHOLE, parts


def answer_relations(
    rows: Mapping[ResultKey, Result], question: Question
) -> Iterator[Relation[ResultKey]]:
    """Yield the sums that hold between the answers to one question in one block.

    Options of a single choice make 100 %, bands and don't-knows too; nets and balances are sums of
    options. Only sums of which every part has a row are given.

    Args:
        rows: of one block.
        question: the one they answer.
    """
    for item_codes, statistics in _hundreds(question):
        yield from _hundred(rows, item_codes, statistics)
    for code, derived in question.derived.items():
        wholes = [k for k in rows if k[1] == code and k[4] == derived.statistic]
        signs = {**dict.fromkeys(derived.plus, 1.0), **dict.fromkeys(derived.minus, -1.0)}
        for whole in wholes:
            parts = {(whole[0], item, *whole[2:4], "share"): sign for item, sign in signs.items()}
            if all(part in rows for part in parts):
                yield Relation({whole: -1.0, **parts})


def _hundreds(question: Question) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """The items, and the statistics of one item, whose shares together make 100 %."""
    if question.type is QuestionType.SINGLE:
        yield tuple(question.items), ("share",)
    if question.type is QuestionType.NOTE:
        has_nsp = question.scale is not None and question.scale.codes(OptionKind.DONT_KNOW)
        nsp = ("share_nsp",) if has_nsp and "share_nsp" in question.statistics else ()
        for item in question.items:
            yield (item,), (*NOTE_BANDS, *nsp)


def _hundred(
    rows: Mapping[ResultKey, Result], items: Sequence[str], statistics: Sequence[str]
) -> Iterator[Relation[ResultKey]]:
    blocks = dict.fromkeys((k[0], k[2], k[3]) for k in rows)
    for question_id, area_id, segment_id in blocks:
        parts = [
            (question_id, item, area_id, segment_id, statistic)
            for item in items
            for statistic in statistics
        ]
        if all(part in rows for part in parts):
            yield Relation(dict.fromkeys(parts, 1.0), 100.0)

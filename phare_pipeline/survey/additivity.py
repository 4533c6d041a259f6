"""Says which survey results add up to which: regions, segments, answers to one question.

Pure bookkeeping on keys and bases: whether something is hidden, or wrong, is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from phare_pipeline.survey.results import Result

Block = tuple[str, str, str]
"""What the figures of one base share: question, area, segment."""

Line = tuple[str, str]
"""Item and statistic of a question."""

INFINITE = float("inf")


@dataclass(frozen=True)
class Limit:
    """low ≤ Σ coefficient × line ≤ high, in every group of respondents.

    Of a mean the coefficient is for the share of the base that gave a note.
    """

    coefficients: Mapping[Line, float]
    low: float
    high: float


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


def linked_lines(question: Question, lines: Collection[Line]) -> list[tuple[Line, ...]]:
    """Return the lines of a question in the sets that its answers tie together, in their order.

    Options of a single choice and ranks share one base and exclude each other; elsewhere each item
    stands alone with its statistics.
    """
    if question.type in (QuestionType.SINGLE, QuestionType.TOP3):
        return [tuple(lines)] if lines else []
    items = dict.fromkeys(item for item, _ in lines)
    return [tuple(line for line in lines if line[0] == item) for item in items]


def answer_limits(question: Question, lines: Sequence[Line]) -> Iterator[Limit]:
    """Yield what always holds between lines that `linked_lines` puts together, in any group.

    Options of a single choice make 100 %, bands and don't-knows too; nets and balances are sums of
    options; the best answer is one of the two best, a first choice one of three. A sum of which a
    part has no line only stays below its whole.
    """
    if question.type is QuestionType.SINGLE:
        yield _whole([(item, "share") for item in question.items], lines, 100.0)
        yield from _derived(question, lines)
    elif question.type is QuestionType.NOTE:
        yield from _notes(question, lines)
    elif question.type is QuestionType.TOP3:
        for statistic, most in (("share_first", 100.0), ("share_top3_total", 300.0)):
            yield Limit({line: 1.0 for line in lines if line[1] == statistic}, 0.0, most)
        yield from _within("share_first", "share_top3_total", lines)
    elif question.type in (QuestionType.AGREE, QuestionType.IMPACT):
        yield from _within("share_top1", "share_top2", lines)
        said = ("share_top2", "share_nsp")
        yield Limit({line: 1.0 for line in lines if line[1] in said}, 0.0, 100.0)


def _whole(wanted: Sequence[Line], lines: Collection[Line], total: float) -> Limit:
    found = [line for line in wanted if line in lines]
    return Limit(dict.fromkeys(found, 1.0), total if len(found) == len(wanted) else 0.0, total)


def _within(part: str, whole: str, lines: Collection[Line]) -> Iterator[Limit]:
    for item, statistic in lines:
        if statistic == part and (item, whole) in lines:
            yield Limit({(item, part): -1.0, (item, whole): 1.0}, 0.0, 100.0)


def _derived(question: Question, lines: Collection[Line]) -> Iterator[Limit]:
    for code, derived in question.derived.items():
        signs = {**dict.fromkeys(derived.plus, 1.0), **dict.fromkeys(derived.minus, -1.0)}
        parts = {(item, "share"): sign for item, sign in signs.items()}
        if (code, derived.statistic) in lines and all(part in lines for part in parts):
            yield Limit({(code, derived.statistic): -1.0, **parts}, 0.0, 0.0)


def _notes(question: Question, lines: Collection[Line]) -> Iterator[Limit]:
    has_nsp = question.scale is not None and bool(question.scale.codes(OptionKind.DONT_KNOW))
    for item in dict.fromkeys(item for item, _ in lines):
        bands = [(item, name) for name in NOTE_BANDS]
        yield _whole([*bands, *([(item, "share_nsp")] if has_nsp else [])], lines, 100.0)
        if (item, "mean") in lines and all(band in lines for band in bands):
            codes = {band: [int(c) for c in question.bands[band[1]].codes] for band in bands}
            for end, low, high in ((min, -INFINITE, 0.0), (max, 0.0, INFINITE)):
                ends = {band: float(end(own)) for band, own in codes.items()}
                yield Limit({(item, "mean"): -100.0, **ends}, low, high)

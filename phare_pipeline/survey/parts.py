"""Cuts respondents into the smallest groups that published figures tell apart, of any shape.

A region, a super-region, a segment, the country: each is made of such parts, and a figure of it is
the weighted mean of what its parts answered. Everything that follows from figures of overlapping
groups follows from these sums. What a reader finds by them is in `attack`. All of it is private.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phare_pipeline.survey.additivity import Line, block_of, block_relations
from phare_pipeline.survey.codebook import Codebook
from phare_pipeline.survey.matrices import Measured
from phare_pipeline.survey.results import Result

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

Group = tuple[str, str]
"""Area and segment."""


@dataclass(frozen=True, eq=False)
class Parts:
    """The k parts of those who were asked one question.

    Attributes:
        groups: (k,) which parts a published group holds.
        rests: (k,) with which parts it is compared.
        weights: (k,) weight behind a line in each part: of those who answered for a mean, of the
            base for all others. 0 where nobody is.
        values: (k,) what the parts have for the line, in its unit; NaN where it is not known.
        sums: rows of factors (k,) by which the parts of every line add up to 0, where parts are
            not apart from each other.
    """

    groups: Mapping[Group, Booleans]
    rests: Mapping[Group, Booleans]
    weights: Mapping[Line, Floats]
    values: Mapping[Line, Floats]
    sums: tuple[Floats, ...] = ()


def cut(masks: Sequence[Booleans]) -> tuple[Integers, list[Booleans]]:
    """Cut n things into parts by masks (n,) of groups that may overlap.

    Returns:
        the part of each thing (n,), and for each mask which of the k parts it holds (k,).
    """
    patterns, place = np.unique(np.array(masks), axis=1, return_inverse=True)
    return place.reshape(-1).astype(np.int64), list(patterns)


def lines_of_parts(
    measured: Measured, place: Integers, k: int, weights: Floats, factor: float
) -> dict[Line, tuple[Floats, Floats]]:
    """Return weights and values of k parts for each item of a statistic.

    Args:
        measured: over n respondents.
        place: (n,) the part of each.
        k: number of parts.
        weights: (n,) of the country.
        factor: from the values of `estimates` to the unit of the statistic.
    """
    if measured.notes is not None:
        counted = ~np.isnan(measured.notes)
        answers = np.where(counted, measured.notes, 0.0)
    else:
        counted = measured.in_base
        answers = measured.is_plus.astype(np.float64)
        if measured.is_minus is not None:
            answers = answers - measured.is_minus
    size = _by_part(place, k, weights[:, None] * counted)
    total = _by_part(place, k, weights[:, None] * answers * counted)
    values = np.divide(total * factor, size, out=np.full(size.shape, np.nan), where=size > 0)
    return {
        (item, measured.statistic): (size[:, j], values[:, j])
        for j, item in enumerate(measured.items)
    }


def _by_part(place: Integers, k: int, values: Floats) -> Floats:
    found = np.zeros((k, values.shape[1]))
    np.add.at(found, place, values)
    return found


def parts_of_rows(rows: Iterable[Result], codebook: Codebook) -> dict[str, Parts]:
    """Return the parts that rows alone tell of, by question, where there are no respondents.

    Each group is a part of its own, with the weight of its universe or its base; the regions that
    make the country, and segments that make another, add up to it.
    """
    by_question: dict[str, list[Result]] = {}
    for row in rows:
        by_question.setdefault(row.question_id, []).append(row)
    return {question: _of_question(own, codebook) for question, own in by_question.items()}


def _of_question(rows: Sequence[Result], codebook: Codebook) -> Parts:
    sizes = {block_of(row): row.universe_n or row.base_n for row in rows}
    bases = {block_of(row): row.base_n for row in rows}
    order = {block: place for place, block in enumerate(sizes)}
    k = len(order)
    weights = np.array([float(size or 1) for size in sizes.values()])
    values: dict[Line, Floats] = {}
    for row in rows:
        line = values.setdefault((row.item_code, row.statistic), np.full(k, np.nan))
        if row.value is not None:
            line[order[block_of(row)]] = row.value
    sums = []
    for whole, others in block_relations(bases, codebook):
        names = [whole, *others]
        has_universes = all(row.universe_n for row in rows if block_of(row) in names)
        known = sizes if has_universes else bases
        factors = np.zeros(k)
        for name in names:
            factors[order[name]] = (known[name] or 0) * (-1 if name == whole else 1)
        sums.append(factors)
    alone = np.eye(k, dtype=np.bool_)
    return Parts(
        groups={(area, segment): alone[place] for (_, area, segment), place in order.items()},
        rests={},
        weights=dict.fromkeys(values, weights),
        values=values,
        sums=tuple(sums),
    )

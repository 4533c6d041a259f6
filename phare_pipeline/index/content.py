"""Which indicators stand for a domain: random subsets of those that could, each admissible.

The socle is one choice among several that could be defended; its complement holds indicators with
the same direction that are published beside it. A subset is admissible when it keeps the rule of
base and has no two rows of one concept. Its size is drawn with it: from half of the domain's socle,
and not less than the rule of base wants, to the number of the socle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Booleans, Floats, Integers, as_matrix, refuse_infinite
from phare_pipeline.index.hierarchy import IndexScores

# Subsets of one size are drawn in batches until a batch of admissible ones is there: draws choose
# among these, which is quicker than to draw anew for each.
_BATCH, _BATCHES = 1024, 16


@dataclass(frozen=True, eq=False)
class Complement:
    """The c indicators that could be in the index and are not, for the N units of its matrix.

    Attributes:
        gaps: (N, c) oriented gaps to the reference on the scale of z, NaN where missing.
        weights: (c,) declared, > 0.
        domain_of: (c,) position of each one's domain.
        operation_of: (c,) number of its statistical operation, as in ``hierarchy.Base``.
        concept_of: (c,) number of what it measures, as ``concept_of`` of the socle.
        socle_concept_of: (m,) the same of the indicators of the index.
    """

    gaps: Floats
    weights: Floats
    domain_of: Integers
    operation_of: Integers
    concept_of: Integers
    socle_concept_of: Integers

    def __post_init__(self) -> None:
        refuse_infinite("complement.gaps", as_matrix("complement.gaps", self.gaps))
        for name in ("weights", "domain_of", "operation_of", "concept_of"):
            found = np.shape(getattr(self, name))
            if found != (self.gaps.shape[1],):
                raise ValueError(f"complement.{name}: found {found}, expected one a column of gaps")

    def of_all(self, rows: Integers) -> Complement:
        """Keep the indicators that all the units in these rows have."""
        kept = ~np.isnan(self.gaps[rows]).any(axis=0)
        return Complement(
            self.gaps[:, kept],
            self.weights[kept],
            self.domain_of[kept],
            self.operation_of[kept],
            self.concept_of[kept],
            self.socle_concept_of,
        )


@dataclass(frozen=True, eq=False)
class Candidates:
    """The u indicators that subsets are drawn from.

    Attributes:
        is_socle: (u,) whether it is in the index as published.
        domain_of: (u,) position of its domain, 0 … D − 1.
        operation_of, concept_of: (u,) numbers.
        has_one_producer: (D,) domains whose figures come from one operation by nature.
        rows: indicators that a domain must have.
        operations: operations that these must come from.
    """

    is_socle: Booleans
    domain_of: Integers
    operation_of: Integers
    concept_of: Integers
    has_one_producer: Booleans
    rows: int
    operations: int

    @property
    def varies(self) -> bool:
        """Tell whether any domain has another subset than its socle."""
        for domain in range(self.has_one_producer.size):
            members, smallest, largest = self._sizes(domain)
            if smallest < largest or 0 < largest < members.size:
                return True
        return False

    def draw(self, size: int, random: np.random.Generator) -> Booleans:
        """Draw (size, u) which indicators stand for their domains; a domain without socle has none.

        Sizes are equally likely, and so are the admissible subsets of one size; where none is found
        the socle stands.
        """
        kept = np.zeros((size, self.is_socle.size), dtype=np.bool_)
        for domain in range(self.has_one_producer.size):
            members, smallest, largest = self._sizes(domain)
            if largest == 0:
                continue
            counts = random.integers(smallest, largest + 1, size)
            for count in range(smallest, largest + 1):
                rows = np.flatnonzero(counts == count)
                subsets = self._subsets(domain, members, count, random)
                kept[np.ix_(rows, members)] = subsets[random.integers(0, len(subsets), rows.size)]
        return kept

    def _subsets(
        self, domain: int, members: Integers, count: int, random: np.random.Generator
    ) -> Booleans:
        """Return (k, members) admissible subsets of a size, or the socle where none is found."""
        if count == members.size:
            return np.ones((1, members.size), dtype=np.bool_)
        found: list[Booleans] = []
        for _ in range(_BATCHES):
            first = random.random((_BATCH, members.size)).argsort(axis=1)[:, :count]
            subsets = np.zeros((_BATCH, members.size), dtype=np.bool_)
            np.put_along_axis(subsets, first, values=True, axis=1)
            found.append(subsets[self._is_admissible(subsets, members, domain)])
            if sum(map(len, found)) >= _BATCH:
                break
        every = np.concatenate(found)
        return every if len(every) else self.is_socle[members][None, :]

    def _sizes(self, domain: int) -> tuple[Integers, int, int]:
        """Return the candidates of a domain, and how many of them a subset has, at least, at most.

        No subset is larger than the domain has concepts.
        """
        members = np.flatnonzero(self.domain_of == domain)
        own = int(self.is_socle[members].sum())
        largest = min(own, np.unique(self.concept_of[members]).size)
        return members, min(largest, max((own + 1) // 2, self.rows)), largest

    def _is_admissible(self, chosen: Booleans, members: Integers, domain: int) -> Booleans:
        """Tell (s,) which subsets (s, k) keep the rule of base and repeat no concept."""
        operations = _presences(chosen, self.operation_of[members])
        concepts = _presences(chosen, self.concept_of[members])
        available = np.unique(self.operation_of[members]).size
        wanted = 1 if self.has_one_producer[domain] else min(self.operations, available)
        return np.asarray(((operations > 0).sum(axis=1) >= wanted) & (concepts <= 1).all(axis=1))


def candidates_of(scores: IndexScores, complement: Complement | None) -> Candidates:
    """Return the used indicators of the index, then those of the complement.

    Without ``scores.base`` every indicator of the index has an operation of its own; without a
    complement, a concept of its own.
    """
    used, base = scores.used_columns, scores.base
    own = np.arange(scores.z.shape[1])
    operations = own if base is None else base.operation_of
    concepts = own if complement is None else complement.socle_concept_of
    one = (
        np.zeros(scores.hierarchy.domain_weights.size, dtype=np.bool_)
        if base is None
        else base.has_one_producer
    )
    domains, count = scores.hierarchy.domain_of[used], 0
    parts = [operations[used], concepts[used], domains]
    if complement is not None:
        count = complement.weights.size
        others = (complement.operation_of, complement.concept_of, complement.domain_of)
        parts = [np.concatenate(pair) for pair in zip(parts, others, strict=True)]
    return Candidates(
        is_socle=np.arange(used.size + count) < used.size,
        domain_of=parts[2],
        operation_of=parts[0],
        concept_of=parts[1],
        has_one_producer=one,
        rows=scores.thresholds.rows,
        operations=scores.thresholds.operations,
    )


def _presences(chosen: Booleans, group_of: ArrayLike) -> Integers:
    """Count (s, g) how many of each group are chosen."""
    groups = np.asarray(group_of)
    counts: Integers = chosen.astype(np.int64) @ (groups[:, None] == np.unique(groups))
    return counts

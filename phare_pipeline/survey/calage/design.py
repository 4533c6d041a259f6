"""A sample and its margins as columns, and which of them do not follow from the others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, Integers
from phare_pipeline.survey.calage.checks import Checks
from phare_pipeline.survey.calage.model import CategoryMargin, Margin, NumericMargin

PERCENT_TOTAL = 100.0
BLOCK_TOLERANCE = 0.001
"""A block may miss its total by 0.1 of 100: published percentages are rounded."""

_NEGLIGIBLE_EIGENVALUE = 1e-11
_CONSISTENT = 1e-8


@dataclass(frozen=True, eq=False)
class Design:
    """The margins as k columns: those of the blocks of categories, then the numeric ones.

    Indicator columns are never written out: sums over them are counts by code.
    """

    codes: tuple[Integers, ...]
    blocks: tuple[slice, ...]
    numbers: Floats
    targets: Floats
    labels: tuple[tuple[str, Hashable | None], ...]
    total: float | None

    @property
    def k(self) -> int:
        """The number of columns."""
        return len(self.labels)

    @property
    def n_categories(self) -> int:
        """The columns that are categories."""
        return self.k - int(self.numbers.shape[1])

    def predictor(self, multipliers: Floats) -> Floats:
        """x'λ of each respondent."""
        u = self.numbers @ multipliers[self.n_categories :]
        for codes in self.codes:
            u += multipliers[codes]
        return np.asarray(u)

    def sums(self, weights: Floats) -> Floats:
        """Σ w x of each column."""
        sums = np.zeros(self.n_categories)
        for codes in self.codes:
            sums += np.bincount(codes, weights, self.n_categories)
        return np.concatenate([sums, self.numbers.T @ weights])

    def gram(self, weights: Floats) -> Floats:
        """Σ w x x', (k, k)."""
        n_categories = self.n_categories
        lower = np.zeros((self.k, self.k))
        for j, left in enumerate(self.codes):
            for block, right in zip(self.blocks[:j], self.codes[:j], strict=True):
                width = block.stop - block.start
                pairs = np.bincount(
                    left * width + (right - block.start), weights, n_categories * width
                )
                lower[:n_categories, block] += pairs.reshape(n_categories, width)
        gram = np.diag(self.sums(weights)) + lower + lower.T
        for column, number in enumerate(self.numbers.T, start=n_categories):
            cross = self.sums(weights * number)
            gram[:, column] = gram[column, :] = cross
        return gram

    def relative_errors(self, sums: Floats, scales: Floats) -> Floats:
        """Return |Σ w x − target| of each column beside its scale."""
        return np.asarray(np.abs(sums - self.targets) / scales)


def build_design(
    variables: Mapping[str, ArrayLike],
    margins: Sequence[Margin],
    d: Floats,
    total: float | None,
    min_count: int,
    checks: Checks,
) -> Design:
    """Lay a sample and its margins out as columns, the targets brought to one total.

    Raises:
        CalageError: a column or a target that cannot be used.
    """
    blocks = [margin for margin in margins if isinstance(margin, CategoryMargin)]
    numeric = [margin for margin in margins if isinstance(margin, NumericMargin)]
    common = _common_total(blocks, d, total, checks)
    codes: list[Integers] = []
    slices: list[slice] = []
    targets: list[float] = []
    labels: list[tuple[str, Hashable | None]] = []
    for block in blocks:
        column = checks.column(variables, block.variable, d.size)
        found = checks.codes_of(column, block, min_count)
        codes.append(found + len(targets))
        slices.append(slice(len(targets), len(targets) + len(block.targets)))
        targets += _block_targets(block, common, checks)
        labels += [(block.variable, category) for category in block.targets]
    numbers = np.empty((d.size, len(numeric)))
    for j, margin in enumerate(numeric):
        numbers[:, j] = checks.numbers_of(checks.column(variables, margin.variable, d.size), margin)
        targets.append(margin.total)
        labels.append((margin.variable, None))
    return Design(
        codes=tuple(codes),
        blocks=tuple(slices),
        numbers=numbers,
        targets=np.array(targets, dtype=np.float64),
        labels=tuple(labels),
        total=common if blocks else None,
    )


def _common_total(
    blocks: Sequence[CategoryMargin], d: Floats, total: float | None, checks: Checks
) -> float:
    if total is not None:
        if not (np.isfinite(total) and total > 0):
            raise checks.error("The total of the weights is no number above 0.", found=repr(total))
        return float(total)
    counts = [block for block in blocks if not block.is_percent]
    return float(sum(counts[0].targets.values())) if counts else float(d.sum())


def _block_targets(block: CategoryMargin, common: float, checks: Checks) -> list[float]:
    """Return the block's targets brought to the common total, which they may miss by 0.1 %."""
    targets = [float(target) for target in block.targets.values()]
    if not targets or not all(np.isfinite(target) and target > 0 for target in targets):
        raise checks.error(
            f"A target of the margin {block.variable} is no number above 0.",
            found=repr(dict(block.targets)),
            action="Leave out of the sample what must weigh nothing, and its category too.",
        )
    expected = PERCENT_TOTAL if block.is_percent else common
    found = sum(targets)
    if abs(found - expected) > BLOCK_TOLERANCE * expected * (1 + 1e-9):
        raise checks.error(
            f"The targets of the margin {block.variable} do not sum to their total.",
            found=f"{found:.10g}",
            expected=f"{expected:.10g} within {BLOCK_TOLERANCE * expected:.4g}",
            action="Correct the targets: all margins must speak of the same universe.",
        )
    return [target * common / found for target in targets]


def independent_margins(design: Design, d: Floats, checks: Checks) -> Floats:
    """Return a basis (k, r) of the multipliers that matter; refuse margins that contradict others.

    A combination c with x'c = 0 for every respondent adds nothing and must have t'c = 0.
    """
    gram = design.gram(d)
    diagonal = np.diag(gram)
    if not (diagonal > 0).all():
        variable, _ = design.labels[int(np.argmin(diagonal))]
        raise checks.error(f"The margin variable {variable} is 0 for every respondent.")
    scale = 1.0 / np.sqrt(diagonal)
    eigenvalues, vectors = np.linalg.eigh(gram * scale[:, None] * scale)
    is_null = eigenvalues < _NEGLIGIBLE_EIGENVALUE * eigenvalues[-1]
    null, _ = np.linalg.qr(scale[:, None] * vectors[:, is_null])
    clash = null @ (null.T @ design.targets)
    if np.abs(clash).max(initial=0.0) > _CONSISTENT * np.abs(design.targets).max():
        is_involved = np.abs(clash) > 1e-3 * np.abs(clash).max()
        involved = dict.fromkeys(
            variable for (variable, _), flag in zip(design.labels, is_involved, strict=True) if flag
        )
        raise checks.error(
            "The margins contradict each other: some follow from others with another value.",
            found=f"the variables {', '.join(involved)}",
            expected="the same total for the same respondents",
            action="Take targets from one source and universe, or leave one of the margins out.",
        )
    return np.asarray(scale[:, None] * vectors[:, ~is_null])

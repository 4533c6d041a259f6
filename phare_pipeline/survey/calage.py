"""Calibration (calage, redressement): weights that meet known margins and stay near given ones.

Margins are given as figures: where they come from, and how a sample is read, belong elsewhere. One
call is one sample of one actor in one area; actors are never calibrated together.

Sources: Deville & Särndal (1992), JASA 87; Sautory, *La macro CALMAR*; Kish (1992) for the design
effect.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from phare_pipeline.errors import PhareError
from phare_pipeline.index.checks import Floats, Integers, as_vector

PERCENT_TOTAL = 100.0
BLOCK_TOLERANCE = 0.001
"""A block may miss its total by 0.1 of 100: published percentages are rounded."""
MIN_COUNT = 5
MAX_ERROR = 1e-6
DEFF_WARNING = 2.0
RATIO_WARNING = (0.1, 10.0)

_ENOUGH = 1e-12
_NEGLIGIBLE_EIGENVALUE = 1e-11
_CONSISTENT = 1e-8
_MAX_HALVINGS = 50
_SHOWN = 5


class CalageError(PhareError):
    """A sample and margins that cannot be calibrated, or a calibration that failed."""


class Method(StrEnum):
    """CALMAR's methods, by the function F that gives the weight ratio w/d = F(x'λ).

    Linear: F = 1 + u (may give negative weights, which are refused). Raking: F = exp u, the limit
    of iterative proportional fitting. Logit: F between two bounds L < 1 < U.
    """

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


@dataclass(frozen=True)
class CategoryMargin:
    """What a variable's categories must weigh.

    Attributes:
        variable: name of a column of categories.
        targets: category → target, all > 0. Categories are compared as they are: 1 is not "1".
        is_percent: targets are percentages (of 100), not counts of the universe.
    """

    variable: str
    targets: Mapping[Hashable, float]
    is_percent: bool = True


@dataclass(frozen=True)
class NumericMargin:
    """What Σ w x must be for a numeric variable, in the variable's unit (employees, members)."""

    variable: str
    total: float


Margin = CategoryMargin | NumericMargin


class MarginFit(NamedTuple):
    """One line of the report on margins, in weight (or in the variable's unit when numeric).

    Attributes:
        variable: name of the variable.
        category: its category, None for a numeric margin.
        n: respondents in it (all of them for a numeric margin).
        before: with the weights given.
        target: what was asked for, after each block was brought to the common total.
        after: with the weights found.
    """

    variable: str
    category: Hashable | None
    n: int
    before: float
    target: float
    after: float


class Finding(NamedTuple):
    """Something to tell the reader about a calibration that did succeed."""

    rule: str
    found: str
    expected: str
    action: str


@dataclass(frozen=True, eq=False)
class Calibration:
    """Calibrated weights of n respondents.

    Attributes:
        weights: (n,) all > 0; they sum to the common total of the category margins.
        ratios: (n,) g = w/d.
        method: the method used.
        bounds: the bounds that the ratios keep, or None.
        iterations: Newton steps.
        max_error: largest |Σwx − target| / |target| over all margins, < 1e-6.
        deff_kish: n Σw²/(Σw)² ≥ 1, what unequal weights cost in precision; design and calibration
            weights together.
        n_redundant: margins that follow from the others (at least one a block after the first).
        margins: one line a category or numeric total.
        findings: warnings (design effect above 2, extreme ratios); empty is good.
    """

    weights: Floats
    ratios: Floats
    method: Method
    bounds: tuple[float, float] | None
    iterations: int
    max_error: float
    deff_kish: float
    n_redundant: int
    margins: tuple[MarginFit, ...]
    findings: tuple[Finding, ...]


def calibrate(
    variables: Mapping[str, ArrayLike],
    margins: Sequence[Margin],
    weights: ArrayLike,
    *,
    method: Method = Method.RAKING,
    bounds: tuple[float, float] | None = None,
    total: float | None = None,
    min_count: int = MIN_COUNT,
    max_iterations: int = 200,
    where: str | None = None,
) -> Calibration:
    """Find w = d·F(x'λ) with Σ w x = t, the weights nearest to d in the method's distance.

    Solved by Newton on the convex dual Σ d G(x'λ) − t'λ (G' = F) with step halving, so that it
    finds the solution whenever there is one. Percentages are first brought to exactly 100 and then
    to the common total; margins that follow from others are set aside, provided they agree.

    Weights are *not* rescaled: bounds and ratios are about w/d, as in CALMAR. Where d and the
    margins have different totals, bring d to the total first, or bounds will mean something else.

    Args:
        variables: name → (n,) column; categories for category margins, numbers for numeric ones.
        margins: at least one; a variable once.
        weights: (n,) d > 0; ones for a quota sample.
        method: linear, raking or logit.
        bounds: (L, U) of w/d. Logit needs them, 0 ≤ L < 1 < U; the others only check them.
        total: what the weights sum to; by default Σ of the first block of counts, else Σd.
        min_count: least number of respondents in a category.
        max_iterations: Newton steps before giving up.
        where: what is calibrated, for error messages.

    Raises:
        CalageError: an unknown or missing value in a margin variable, categories that differ, too
            few respondents, blocks off their total, contradictory margins, no convergence, margins
            missed by 1e-6 or more, weights ≤ 0, ratios outside the bounds.
    """
    context = _Context(where)
    context.check_arguments(margins, method, bounds)
    d = context.positive_weights(weights)
    design = _build_design(variables, margins, d, total, min_count, context)
    link = _link(method, bounds)
    basis = _independent_margins(design, d, context)
    start = _start(design, d, link, context)
    solution = _newton(design, d, link, basis, start, max_iterations)
    context.check_solution(design, solution, method, bounds)
    return _report(design, d, solution, basis, method, bounds)


def kish_design_effect(weights: ArrayLike) -> float:
    """Return n Σw²/(Σw)², 1 when weights (n,) are equal; CalageError unless all are finite, > 0."""
    w = _Context(None).positive_weights(weights)
    return float(w.size * (w @ w) / w.sum() ** 2)


# Methods ------------------------------------------------------------------------------------------


class _Link(NamedTuple):
    """F, its derivative, its primitive and its inverse, each on arrays of u = x'λ."""

    ratio: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    primitive: Callable[[Floats], Floats]
    inverse: Callable[[float], float]
    low: float
    high: float


def _link(method: Method, bounds: tuple[float, float] | None) -> _Link:
    if method is Method.LINEAR:
        return _Link(
            ratio=lambda u: 1.0 + u,
            slope=np.ones_like,
            primitive=lambda u: u + u * u / 2,
            inverse=lambda g: g - 1.0,
            low=-np.inf,
            high=np.inf,
        )
    if method is Method.RAKING:
        return _Link(
            ratio=np.exp,
            slope=np.exp,
            primitive=np.exp,
            inverse=lambda g: float(np.log(g)),
            low=0.0,
            high=np.inf,
        )
    assert bounds is not None
    return _logit_link(*bounds)


def _logit_link(low: float, high: float) -> _Link:
    """F = L + (U − L)·expit(a u + b), written so that F(0) = F'(0) = 1."""
    from scipy.special import expit  # type: ignore[import-untyped]  # slow to import

    width = high - low
    a = width / ((1.0 - low) * (high - 1.0))
    b = float(np.log((1.0 - low) / (high - 1.0)))

    def slope(u: Floats) -> Floats:
        s = expit(a * u + b)
        return np.asarray(width * a * s * expit(-(a * u + b)))

    return _Link(
        ratio=lambda u: low + width * expit(a * u + b),
        slope=slope,
        primitive=lambda u: low * u + width / a * np.logaddexp(0.0, a * u + b),
        inverse=lambda g: (float(np.log((g - low) / (high - g))) - b) / a,
        low=low,
        high=high,
    )


# Design -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Design:
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
        return len(self.labels)

    @property
    def n_categories(self) -> int:
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
        return np.asarray(np.abs(sums - self.targets) / scales)


def _build_design(
    variables: Mapping[str, ArrayLike],
    margins: Sequence[Margin],
    d: Floats,
    total: float | None,
    min_count: int,
    context: _Context,
) -> _Design:
    blocks = [margin for margin in margins if isinstance(margin, CategoryMargin)]
    numeric = [margin for margin in margins if isinstance(margin, NumericMargin)]
    common = _common_total(blocks, d, total, context)
    codes: list[Integers] = []
    slices: list[slice] = []
    targets: list[float] = []
    labels: list[tuple[str, Hashable | None]] = []
    for block in blocks:
        column = context.column(variables, block.variable, d.size)
        found = context.codes_of(column, block, min_count)
        codes.append(found + len(targets))
        slices.append(slice(len(targets), len(targets) + len(block.targets)))
        targets += _block_targets(block, common, context)
        labels += [(block.variable, category) for category in block.targets]
    numbers = np.empty((d.size, len(numeric)))
    for j, margin in enumerate(numeric):
        numbers[:, j] = context.numbers_of(
            context.column(variables, margin.variable, d.size), margin
        )
        targets.append(margin.total)
        labels.append((margin.variable, None))
    return _Design(
        codes=tuple(codes),
        blocks=tuple(slices),
        numbers=numbers,
        targets=np.array(targets, dtype=np.float64),
        labels=tuple(labels),
        total=common if blocks else None,
    )


def _common_total(
    blocks: Sequence[CategoryMargin], d: Floats, total: float | None, context: _Context
) -> float:
    if total is not None:
        if not (np.isfinite(total) and total > 0):
            raise context.error("The total of the weights is no number above 0.", found=repr(total))
        return float(total)
    counts = [block for block in blocks if not block.is_percent]
    return float(sum(counts[0].targets.values())) if counts else float(d.sum())


def _block_targets(block: CategoryMargin, common: float, context: _Context) -> list[float]:
    """Return the block's targets brought to the common total, which they may miss by 0.1 %."""
    targets = [float(target) for target in block.targets.values()]
    if not targets or not all(np.isfinite(target) and target > 0 for target in targets):
        raise context.error(
            f"A target of the margin {block.variable} is no number above 0.",
            found=repr(dict(block.targets)),
            action="Leave out of the sample what must weigh nothing, and its category too.",
        )
    expected = PERCENT_TOTAL if block.is_percent else common
    found = sum(targets)
    if abs(found - expected) > BLOCK_TOLERANCE * expected * (1 + 1e-9):
        raise context.error(
            f"The targets of the margin {block.variable} do not sum to their total.",
            found=f"{found:.10g}",
            expected=f"{expected:.10g} within {BLOCK_TOLERANCE * expected:.4g}",
            action="Correct the targets: all margins must speak of the same universe.",
        )
    return [target * common / found for target in targets]


def _independent_margins(design: _Design, d: Floats, context: _Context) -> Floats:
    """Return a basis (k, r) of the multipliers that matter; refuse margins that contradict others.

    A combination c with x'c = 0 for every respondent adds nothing and must have t'c = 0.
    """
    gram = design.gram(d)
    diagonal = np.diag(gram)
    if not (diagonal > 0).all():
        variable, _ = design.labels[int(np.argmin(diagonal))]
        raise context.error(f"The margin variable {variable} is 0 for every respondent.")
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
        raise context.error(
            "The margins contradict each other: some follow from others with another value.",
            found=f"the variables {', '.join(involved)}",
            expected="the same total for the same respondents",
            action="Take targets from one source and universe, or leave one of the margins out.",
        )
    return np.asarray(scale[:, None] * vectors[:, ~is_null])


# Solution -----------------------------------------------------------------------------------------


class _Solution(NamedTuple):
    """Where Newton stopped: the ratios, the sums they give, steps made, largest relative error."""

    ratios: Floats
    sums: Floats
    iterations: int
    errors: Floats


def _start(design: _Design, d: Floats, link: _Link, context: _Context) -> Floats:
    """Return the λ that brings d to the common total: the first block shares one ratio."""
    start = np.zeros(design.k)
    if design.total is None:
        return start
    mean_ratio = design.total / float(d.sum())
    if not link.low < mean_ratio < link.high:
        raise context.error(
            "The bounds leave out the mean ratio that the margins ask for.",
            found=f"weights of sum {d.sum():.6g} for a total of {design.total:.6g}: "
            f"mean ratio {mean_ratio:.6g}",
            expected=f"between {link.low} and {link.high}",
            action="Bring the weights to the total of the margins before calibrating.",
        )
    start[design.blocks[0]] = link.inverse(mean_ratio)
    return start


def _newton(
    design: _Design,
    d: Floats,
    link: _Link,
    basis: Floats,
    multipliers: Floats,
    max_iterations: int,
) -> _Solution:
    """Minimise the dual by damped Newton; stops by itself where no step helps any more."""
    scales = np.where(design.targets != 0, np.abs(design.targets), _sizes(design, d))
    predictor = design.predictor(multipliers)
    value = float(d @ link.primitive(predictor)) - float(design.targets @ multipliers)
    sums = design.sums(d * link.ratio(predictor))
    errors = design.relative_errors(sums, scales)
    iterations = 0
    while errors.max() > _ENOUGH and iterations < max_iterations:
        gradient = sums - design.targets
        hessian = basis.T @ design.gram(d * link.slope(predictor)) @ basis
        try:
            direction = -(basis @ np.linalg.solve(hessian, basis.T @ gradient))
        except np.linalg.LinAlgError:
            break
        move = design.predictor(direction)
        descent = float(gradient @ direction)
        for step in 0.5 ** np.arange(_MAX_HALVINGS):
            new_predictor = predictor + step * move
            with np.errstate(over="ignore", invalid="ignore"):
                new_value = float(d @ link.primitive(new_predictor)) - float(
                    design.targets @ (multipliers + step * direction)
                )
                new_sums = design.sums(d * link.ratio(new_predictor))
            new_errors = design.relative_errors(new_sums, scales)
            # Near the solution the dual is flat to the last bit, and only the errors still tell.
            if new_value <= value + 1e-4 * step * descent or new_errors.max() < errors.max():
                break
        else:
            break
        multipliers = multipliers + step * direction
        predictor, value, sums, errors = new_predictor, new_value, new_sums, new_errors
        iterations += 1
    return _Solution(link.ratio(predictor), sums, iterations, errors)


def _sizes(design: _Design, d: Floats) -> Floats:
    """Σ d |x| of each column, the scale of a numeric margin whose target is 0."""
    sizes = design.sums(d)
    sizes[design.n_categories :] = np.abs(design.numbers).T @ d
    return sizes


def _report(
    design: _Design,
    d: Floats,
    solution: _Solution,
    basis: Floats,
    method: Method,
    bounds: tuple[float, float] | None,
) -> Calibration:
    weights = d * solution.ratios
    deff = kish_design_effect(weights)
    return Calibration(
        weights=weights,
        ratios=solution.ratios,
        method=method,
        bounds=bounds,
        iterations=solution.iterations,
        max_error=float(solution.errors.max()),
        deff_kish=deff,
        n_redundant=design.k - basis.shape[1],
        margins=tuple(_fits(design, d, solution)),
        findings=tuple(_findings(deff, solution.ratios)),
    )


def _fits(design: _Design, d: Floats, solution: _Solution) -> Iterator[MarginFit]:
    counts = design.sums(np.ones(d.size))
    counts[design.n_categories :] = d.size
    before = design.sums(d)
    for j, (variable, category) in enumerate(design.labels):
        yield MarginFit(
            variable=variable,
            category=category,
            n=int(counts[j]),
            before=float(before[j]),
            target=float(design.targets[j]),
            after=float(solution.sums[j]),
        )


def _findings(deff: float, ratios: Floats) -> Iterator[Finding]:
    if deff > DEFF_WARNING:
        yield Finding(
            rule="deff_kish",
            found=f"{deff:.3f}",
            expected=f"at most {DEFF_WARNING:g}",
            action="Use fewer margins, merge categories, or bounds (logit).",
        )
    relative = ratios / ratios.mean()
    low, high = RATIO_WARNING
    if relative.min() < low or relative.max() > high:
        yield Finding(
            rule="extreme_ratio",
            found=f"ratios from {relative.min():.3g} to {relative.max():.3g} times their mean",
            expected=f"from {low:g} to {high:g} times",
            action="Look at categories that hold few respondents together, or use bounds (logit).",
        )


# Refusals -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Context:
    """Checks of one calibration; knows what its errors are about."""

    where: str | None

    def error(
        self,
        what: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        action: str | None = None,
    ) -> CalageError:
        return CalageError(what, where=self.where, found=found, expected=expected, action=action)

    def check_arguments(
        self, margins: Sequence[Margin], method: Method, bounds: tuple[float, float] | None
    ) -> None:
        names = [margin.variable for margin in margins]
        if not names or len(set(names)) < len(names):
            raise self.error(
                "The list of margins is empty or names a variable twice.", found=repr(names)
            )
        if bounds is None and method is Method.LOGIT:
            raise self.error("The logit method was asked for without bounds.", expected="(L, U)")
        if bounds is not None and not 0 <= bounds[0] < 1 < bounds[1] < np.inf:
            raise self.error(
                "The bounds of the weight ratio do not fit.",
                found=repr(bounds),
                expected="0 ≤ L < 1 < U",
            )

    def positive_weights(self, weights: ArrayLike) -> Floats:
        d = as_vector("weights", weights)
        is_wrong = ~(np.isfinite(d) & (d > 0))
        if d.size == 0 or is_wrong.any():
            first = int(np.argmax(is_wrong)) if d.size else -1
            raise self.error(
                "The weights are not all positive and finite.",
                found=f"{d[first]} at position {first} ({int(is_wrong.sum())} such weights)"
                if d.size
                else "no respondent",
                expected="numbers > 0",
            )
        return d

    def column(self, variables: Mapping[str, ArrayLike], name: str, n: int) -> pd.Series:
        """Return a margin variable without missing values."""
        if name not in variables:
            raise self.error(
                f"The margin variable {name} is not in the sample.",
                found=", ".join(variables) or "no variable",
            )
        column = pd.Series(variables[name])
        if len(column) != n:
            raise self.error(
                f"The margin variable {name} and the weights differ in length.",
                found=f"{len(column)} values",
                expected=f"{n}",
            )
        is_missing = column.isna().to_numpy()
        if is_missing.any():
            places = ", ".join(map(str, np.flatnonzero(is_missing)[:_SHOWN]))
            raise self.error(
                f"The margin variable {name} has missing values.",
                found=f"{int(is_missing.sum())} of {n} (positions {places} first)",
                expected="none",
                action="Leave these respondents out, or the margin.",
            )
        return column

    def codes_of(self, column: pd.Series, block: CategoryMargin, min_count: int) -> Integers:
        """Return the place of each respondent's category among the block's targets."""
        categories = list(block.targets)
        lookup = {category: j for j, category in enumerate(categories)}
        raw, found = pd.factorize(column)
        unknown = [value for value in found if value not in lookup]
        absent = sorted(set(categories) - set(found), key=categories.index)
        if unknown or absent:
            parts = [
                f"{word}: {', '.join(map(repr, values[:_SHOWN]))}"
                for word, values in (("only in the sample", unknown), ("only a target", absent))
                if values
            ]
            raise self.error(
                f"Sample and targets of the margin {block.variable} have different categories.",
                found="; ".join(parts),
                expected="the same categories, of the same type",
                action="Recode the sample, or merge categories on both sides.",
            )
        codes = np.array([lookup[value] for value in found], dtype=np.int64)[raw]
        counts = np.bincount(codes, minlength=len(categories))
        if counts.min() < min_count:
            rare = [
                f"{category!r} ({n})"
                for category, n in zip(categories, counts, strict=True)
                if n < min_count
            ]
            raise self.error(
                f"Too few respondents in a category of the margin {block.variable}.",
                found=", ".join(rare[:_SHOWN]),
                expected=f"at least {min_count}",
                action="Merge it with another category, in the sample and in the targets.",
            )
        return codes

    def numbers_of(self, column: pd.Series, margin: NumericMargin) -> Floats:
        if not pd.api.types.is_numeric_dtype(column) or not np.isfinite(margin.total):
            raise self.error(
                f"The numeric margin {margin.variable} is not about numbers.",
                found=f"a column of {column.dtype}, a total of {margin.total}",
                expected="finite numbers",
            )
        numbers = column.to_numpy(dtype=np.float64)
        if not np.isfinite(numbers).all():
            raise self.error(
                f"The margin variable {margin.variable} has infinite values.", expected="none"
            )
        return numbers

    def check_solution(
        self,
        design: _Design,
        solution: _Solution,
        method: Method,
        bounds: tuple[float, float] | None,
    ) -> None:
        worst = int(np.argmax(solution.errors))
        if not solution.errors[worst] < MAX_ERROR:
            variable, category = design.labels[worst]
            name = variable if category is None else f"{variable} = {category!r}"
            raise self.error(
                f"The calibration ({method}) did not converge.",
                found=f"after {solution.iterations} steps {name} is {solution.sums[worst]:.8g}",
                expected=f"{design.targets[worst]:.8g} within {MAX_ERROR:g} of it",
                action="Check that these margins can hold together for this sample; merge rare "
                "categories, drop a margin, or widen the bounds.",
            )
        lowest, highest = float(solution.ratios.min()), float(solution.ratios.max())
        if not lowest > 0:
            raise self.error(
                f"The calibration ({method}) gives weights that are not positive.",
                found=f"a ratio of {lowest:.6g}",
                expected="> 0",
                action="Use raking, or logit with bounds.",
            )
        if bounds is not None and not (bounds[0] <= lowest and highest <= bounds[1]):
            raise self.error(
                f"The calibration ({method}) gives ratios outside the bounds.",
                found=f"{lowest:.6g} to {highest:.6g}",
                expected=f"{bounds[0]:g} to {bounds[1]:g}",
                action="Use logit, which keeps bounds, or wider ones.",
            )

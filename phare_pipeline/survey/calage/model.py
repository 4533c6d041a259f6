"""What a calibration is given and what it gives back; how it is found is in `solution`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from phare_pipeline.errors import PhareError
from phare_pipeline.index.checks import Floats


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

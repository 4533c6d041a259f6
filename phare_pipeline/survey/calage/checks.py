"""Refuses samples, margins and bounds that cannot be calibrated, saying what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Floats, Integers, as_vector
from phare_pipeline.survey.calage.model import (
    CalageError,
    CategoryMargin,
    Margin,
    Method,
    NumericMargin,
)

_SHOWN = 5


@dataclass(frozen=True)
class Checks:
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
        """Return an error that says which calibration it is about."""
        return CalageError(what, where=self.where, found=found, expected=expected, action=action)

    def check_arguments(
        self, margins: Sequence[Margin], method: Method, bounds: tuple[float, float] | None
    ) -> None:
        """Refuse no margin, a variable twice, and bounds that do not hold 1 between them."""
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
        """Return weights (n,) that are all finite and above 0."""
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
        """Return the finite numbers (n,) of a numeric margin."""
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

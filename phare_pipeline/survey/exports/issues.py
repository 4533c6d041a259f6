"""What is wrong with an export: issues with place, finding and remedy, and the error they make.

Rules find them elsewhere. No issue holds the text of a cell (see `echo`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from phare_pipeline.errors import SourceError

SHOWN_LINES = 10
_SHOWN_ERRORS = 20


class Severity(StrEnum):
    """An error blocks the export; a warning travels with its results."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Issue:
    """One rule that an export breaks in one column, with the lines that break it.

    Attributes:
        rule: id of the rule, such as `unknown_code`.
        file: path below `raw/surveys/`.
        lines: the first lines concerned, as a spreadsheet numbers them (cases of a .sav from 1).
        n_lines: how many there are; 0 when the issue is not about lines.
        column: name of the column in the export, None when it is about the whole file.
        what, found, expected, action: as in `PhareError`.
    """

    severity: Severity
    rule: str
    file: str
    lines: tuple[int, ...]
    n_lines: int
    column: str | None
    what: str
    found: str
    expected: str
    action: str

    @property
    def where(self) -> str:
        """File, lines and column in one text."""
        parts = [self.file]
        if self.lines:
            word = "line" if self.n_lines == 1 else "lines"
            rest = self.n_lines - len(self.lines)
            more = f" and {rest} more" if rest else ""
            parts.append(f"{word} {', '.join(map(str, self.lines))}{more}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    @property
    def line(self) -> str:
        """The issue in one line, for a log: without what was found, which may count answers."""
        return f"{self.severity}: {self.what} ({self.where})"

    def text(self) -> str:
        """The issue as a message of several lines."""
        return "\n".join(
            (
                f"{self.severity}: {self.what}",
                f"  where: {self.where}",
                f"  found: {self.found}",
                f"  expected: {self.expected}",
                f"  do: {self.action}",
            )
        )


class ExportError(SourceError):
    """An export that cannot be used; `issues` holds every error and warning found so far."""

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        found: str | None = None,
        expected: str | None = None,
        action: str | None = None,
        issues: Sequence[Issue] = (),
    ) -> None:
        super().__init__(what, where=where, found=found, expected=expected, action=action)
        self.issues = tuple(issues)

    @classmethod
    def of(cls, issues: Sequence[Issue]) -> ExportError:
        """The error of an export with at least one error among its issues."""
        errors = [issue for issue in issues if issue.severity is Severity.ERROR]
        first, rest = errors[0], errors[1:]
        found = first.found
        if rest:
            shown = [f"{issue.what} ({issue.where})" for issue in rest[:_SHOWN_ERRORS]]
            hidden = len(rest) - len(shown)
            shown += [f"and {hidden} more"] if hidden else []
            found += f"\n  {len(rest)} more: " + "\n    ".join(shown)
        return cls(
            first.what,
            where=first.where,
            found=found,
            expected=first.expected,
            action=first.action,
            issues=issues,
        )


class IssueBook:
    """The issues of one export, in the order in which they were found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._issues: list[Issue] = []

    def add(
        self,
        severity: Severity,
        rule: str,
        what: str,
        *,
        found: str,
        expected: str,
        action: str,
        column: str | None = None,
        lines: NDArray[np.int64] | Iterable[int] = (),
    ) -> None:
        """Note an issue."""
        numbers = [int(line) for line in lines]
        self._issues.append(
            Issue(
                severity=severity,
                rule=rule,
                file=self.file,
                lines=tuple(numbers[:SHOWN_LINES]),
                n_lines=len(numbers),
                column=column,
                what=what,
                found=found,
                expected=expected,
                action=action,
            )
        )

    @property
    def issues(self) -> tuple[Issue, ...]:
        """All of them."""
        return tuple(self._issues)

    def refuse_errors(self) -> None:
        """Stop here if there is any error.

        Raises:
            ExportError: with every issue so far.
        """
        if any(issue.severity is Severity.ERROR for issue in self._issues):
            raise ExportError.of(self._issues)

"""Finds the columns of the codebook in an export; what their cells mean is in `codes`."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from phare_pipeline.survey.codebook import Column
from phare_pipeline.survey.exports.echo import column_name
from phare_pipeline.survey.exports.headings import PARADATA
from phare_pipeline.survey.exports.issues import IssueBook, Severity
from phare_pipeline.survey.exports.table import RawTable

SYNTHETIC_COLUMN = "donnees_synthetiques"
"""Column by which a synthetic export says that it is one."""


def match_columns(table: RawTable, columns: Sequence[Column], book: IssueBook) -> None:
    """Note each column of the codebook that is missing and each other one that will not be read.

    Names are compared as `headings` gives them; a missing one that is nearly there is suggested.
    """
    wanted = [column.name for column in columns]
    others = [name for name in table.columns if name not in set(wanted)]
    for column in columns:
        if column.name not in table.columns:
            near = _nearest(column.name, others)
            part = column.item_code or (f"rank {column.rank}" if column.rank else "its answer")
            book.add(
                Severity.ERROR,
                "missing_column",
                f"A column of the codebook is not in the export ({column.uid}, {part})",
                found="no such column" if near is None else f"nearly the same: {column_name(near)}",
                expected=f"a column {column.name!r}",
                action="export the question, or correct columns.csv of the codebook"
                if near is None
                else f"if {column_name(near)} is it, rename it or correct columns.csv",
                column=column.name,
            )
    unread = [name for name in others if name not in PARADATA.keys() | {SYNTHETIC_COLUMN}]
    if unread:
        shown = ", ".join(column_name(name) for name in unread[:10])
        book.add(
            Severity.WARNING,
            "unknown_column",
            "Columns of an export are not in the codebook and were not read",
            found=f"{len(unread)} columns: {shown}{', …' if len(unread) > 10 else ''}",
            expected="the columns of the codebook only",
            action="leave them out of the export, or add them to columns.csv",
        )


def _nearest(name: str, others: Sequence[str]) -> str | None:
    """The unknown column that is written nearly alike, without regard to case."""
    folded = {other.lower(): other for other in others}
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else None

"""Who respondents are: identifier, region, super-region, weight and day; each with its rule."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phare_pipeline.registry.model import Registry
from phare_pipeline.survey.codebook import Codebook, Column, VariableType
from phare_pipeline.survey.exports.code_faults import HOW_NUMBERS
from phare_pipeline.survey.exports.echo import cell_found, hint
from phare_pipeline.survey.exports.issues import IssueBook, Severity
from phare_pipeline.survey.exports.places import area_names, find, region_names
from phare_pipeline.survey.exports.table import Cells, RawTable, ambiguous_numbers, number_of
from phare_pipeline.survey.expressions import canonical_code

# A word without any digit may be a name.
_ID = re.compile(r"(?=.*[0-9])[A-Za-z0-9_.:-]{1,40}")
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?")


ABOUT_RESPONDENTS: Mapping[VariableType, str] = {
    VariableType.ID: "identifier",
    VariableType.REGION: "region",
    VariableType.AREA: "super-region",
    VariableType.DATE: "day",
    VariableType.WEIGHT: "weight",
}
"""Variables that are no answers, as messages name them."""


def describe_respondents(
    table: RawTable, actor: str, codebook: Codebook, registry: Registry, book: IssueBook
) -> pd.DataFrame:
    """Make the table of respondents and note what is wrong with it.

    Returns:
        One row a respondent, in the order of the file: study_id, actor, respondent_id, line,
        region_code (of the 13; None where the export has no region), area_id (super-region or
        None), answered_on (date or None), weight (1 where the export has none), is_synthetic.
        Cells with an issue are None, NaN for a weight.
    """
    reader = _Reader(table, actor, codebook, book)
    for kind in ABOUT_RESPONDENTS:
        reader.refuse_declared_missing(kind)
    regions, areas = region_names(registry), area_names(codebook)
    labels = [area.label_fr for area in codebook.areas.values()]
    names = [*labels, *(r.name_fr for r in registry.study_regions)]
    n = table.n
    frame = {
        "study_id": [codebook.study_id] * n,
        "actor": [actor] * n,
        "respondent_id": reader.ids(),
        "line": table.lines,
        "region_code": reader.places(VariableType.REGION, regions, names, needs_value=True),
        "area_id": reader.places(VariableType.AREA, areas, labels, needs_value=False),
        "answered_on": reader.days(),
        "weight": reader.weights(),
        "is_synthetic": [codebook.is_synthetic] * n,
    }
    return pd.DataFrame(frame)


class _Reader:
    """The columns of an export that say who answers."""

    def __init__(self, table: RawTable, actor: str, codebook: Codebook, book: IssueBook) -> None:
        self._table, self._actor, self._codebook, self._book = table, actor, codebook, book

    def _column(self, kind: VariableType) -> Column | None:
        variable = self._codebook.variable_of(self._actor, kind)
        columns = self._codebook.columns_of(self._actor)
        return next((c for c in columns if variable and c.uid == variable.variable_id), None)

    def _note(
        self, rule: str, column: Column, wrong: NDArray[np.bool_], what: str, found: str,
        expected: str, action: str,
    ) -> None:  # fmt: skip
        if wrong.any():
            self._book.add(
                Severity.ERROR, rule, what, found=found, expected=expected, action=action,
                column=column.name, lines=self._table.lines[wrong],
            )  # fmt: skip

    def refuse_declared_missing(self, kind: VariableType) -> None:
        """Note cells that the writer of a .sav declared missing: they are no value of anybody."""
        column = self._column(kind)
        if column is None:
            return
        is_declared = self._table.is_declared_missing(column.name)
        if is_declared.any():
            first = self._table.columns[column.name][int(np.argmax(is_declared))]
            self._note(
                "declared_missing", column, is_declared,
                f"A {ABOUT_RESPONDENTS[kind]} is a value that SPSS declares missing",
                cell_found(first), f"a {ABOUT_RESPONDENTS[kind]} that is known",
                "complete it, leave the respondent out, or undo the declaration in SPSS",
            )  # fmt: skip

    def ids(self) -> Cells:
        """Identifiers as text, each once."""
        column = self._column(VariableType.ID)
        assert column is not None  # the codebook has one (`read_columns`)
        ids = _map(self._table.columns[column.name], _id_of)
        is_empty = np.array([cell is None for cell in self._table.columns[column.name]])
        is_bad = np.array([value is None for value in ids]) & ~is_empty
        is_twin = pd.Series(ids).duplicated(keep=False).to_numpy() & ~is_empty & ~is_bad
        self._note(
            "id_missing", column, is_empty, "A respondent has no identifier",
            "an empty cell", "an identifier for each respondent", "number the respondents",
        )  # fmt: skip
        self._note(
            "id_form", column, is_bad, "An identifier is not written as one",
            "a cell that may hold a name",
            "at most 40 letters, digits and - _ . : without blanks, a digit among them",
            "replace identifiers by numbers that name nobody",
        )  # fmt: skip
        self._note(
            "id_repeated", column, is_twin, "Two respondents have the same identifier",
            f"{int(is_twin.sum())} rows that share an identifier", "each identifier once",
            "remove rows exported twice; if they are different people, number them anew",
        )  # fmt: skip
        return ids

    def places(
        self, kind: VariableType, names: Mapping[str, str], labels: list[str], *, needs_value: bool
    ) -> Cells:
        """Codes of regions, or ids of super-regions."""
        column = self._column(kind)
        if column is None:
            return _map(np.full(self._table.n, None, dtype=object), lambda _: None)
        cells = self._table.columns[column.name]
        found = _map(cells, lambda cell: find(cell, names))
        is_empty = np.array([cell is None for cell in cells])
        is_unknown = np.array([value is None for value in found]) & ~is_empty
        word = ABOUT_RESPONDENTS[kind]
        if is_unknown.any():
            first = cells[int(np.argmax(is_unknown))]
            self._note(
                f"unknown_{kind.value}", column, is_unknown, f"A {word} is not known",
                cell_found(first) + hint(first, labels),
                "code or name of one of the 13 regions, or of the 22 of before 2016"
                if kind is VariableType.REGION
                else "an area of areas.csv that is no region",
                f"correct the {word}; overseas regions are outside of the study",
            )  # fmt: skip
        if needs_value:
            self._note(
                f"no_{kind.value}", column, is_empty, f"A respondent has no {word}",
                "an empty cell", f"a {word} for each respondent",
                "complete it from the sample, or leave the respondent out",
            )  # fmt: skip
        return found

    def weights(self) -> NDArray[np.float64]:
        """Initial weights, 1 where the export has no such column."""
        column = self._column(VariableType.WEIGHT)
        if column is None:
            return np.ones(self._table.n)
        cells = self._table.columns[column.name]
        weights = np.array([_number(cell) for cell in cells])
        is_wrong = ~(np.isfinite(weights) & (weights > 0))
        if is_wrong.any():
            first = cells[int(np.argmax(is_wrong))]
            self._note(
                "weight", column, is_wrong, "A weight is no number above 0", cell_found(first),
                "a finite number above 0",
                "leave out of the export who must weigh nothing; correct the others",
            )  # fmt: skip
        self._note(
            "ambiguous_number", column, ambiguous_numbers(cells),
            "A weight may be thousands or decimals", "three digits behind a mark",
            "a number, with a decimal comma or point", HOW_NUMBERS,
        )  # fmt: skip
        return np.where(is_wrong, np.nan, weights)

    def days(self) -> Cells:
        """Days of answers, within the fieldwork."""
        column = self._column(VariableType.DATE)
        if column is None:
            return _map(np.full(self._table.n, None, dtype=object), lambda _: None)
        cells = self._table.columns[column.name]
        days = _map(cells, _day_of)
        is_unread = np.array([day is None for day in days])
        self._note(
            "date_form", column, is_unread, "The day of an answer cannot be read",
            "an empty cell or no date", "a date such as 2015-10-05 or 05/10/2015",
            "export dates in one of these forms",
        )  # fmt: skip
        actor = self._codebook.actors[self._actor]
        if actor.field_start and actor.field_end:
            first, last = _first_day(actor.field_start), _last_day(actor.field_end)
            is_outside = np.array([day is not None and not first <= day <= last for day in days])
            given = [day for day, is_wrong in zip(days, is_outside, strict=True) if is_wrong]
            found = f"from {min(given)} to {max(given)}" if given else ""
            self._note(
                "date_outside", column, is_outside, "An answer was given outside the fieldwork",
                found, f"from {first} to {last}",
                "leave out test interviews, or correct the dates of the fieldwork in study.toml",
            )  # fmt: skip
        return days


def _map(cells: Cells, function: Callable[[object], object]) -> Cells:
    mapped = np.empty(cells.size, dtype=object)
    mapped[:] = [function(cell) for cell in cells]
    return mapped


def _id_of(cell: object) -> str | None:
    text = canonical_code(cell) if isinstance(cell, str | int | float) else None
    return text if text is not None and _ID.fullmatch(text) else None


def _number(cell: object) -> float:
    number = number_of(cell)
    return np.nan if number is None else number


def _day_of(cell: object) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if not isinstance(cell, str):
        return None
    try:
        if french := _FRENCH_DAY.fullmatch(cell):
            day, month, year = (int(part) for part in french.groups())
            return dt.date(year, month, day)
        return dt.datetime.fromisoformat(cell).date()
    except ValueError:
        return None


def _first_day(period: str) -> dt.date:
    return dt.date.fromisoformat(period if len(period) > 7 else f"{period}-01")


def _last_day(period: str) -> dt.date:
    if len(period) > 7:
        return dt.date.fromisoformat(period)
    year, month = int(period[:4]), int(period[5:])
    return dt.date(year, month, calendar.monthrange(year, month)[1])

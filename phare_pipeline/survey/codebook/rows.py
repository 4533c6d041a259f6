"""Reads the lines of a codebook's CSV tables cell by cell; what they mean belongs elsewhere."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from phare_pipeline.errors import RegistryError
from phare_pipeline.registry.rows import Row, read_rows

K = TypeVar("K")
V = TypeVar("V")

BETWEEN_ALIASES = " | "

ID = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_LOCAL_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
CODE = re.compile(r"[A-Za-z0-9_]+")
WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]*")


class CodebookError(RegistryError):
    """A cell of a codebook is wrong or contradicts another."""


class CodebookRow(Row):
    """A line of a codebook's table; `file` holds the folder and the name."""

    def error(self, column: str, what: str, *, expected: str) -> CodebookError:
        """Build the error for one cell of this row."""
        return CodebookError(
            f"Codebook: {what}",
            where=f"{self.file}, line {self.line}, column {column}",
            found=repr(self.cells.get(column, "")),
            expected=expected,
            action="correct this cell of the codebook and run again",
        )

    def matching(self, column: str, pattern: re.Pattern[str], expected: str) -> str:
        """Return a cell that fits a pattern as a whole."""
        value = self.text(column)
        if not pattern.fullmatch(value):
            raise self.error(column, "a cell is not written as it must be", expected=expected)
        return value

    def count(self, column: str) -> int | None:
        """Return a whole number of plain digits, None when the cell is empty."""
        if not self.cells[column]:
            return None
        return int(self.matching(column, WHOLE_NUMBER, "a whole number in plain digits"))

    def words(self, column: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """Return the words of a cell, each once and, where a list is given, of that list."""
        words = tuple(self.cells[column].split())
        if len(set(words)) < len(words):
            raise self.error(column, "a word is given twice", expected="each once")
        for word in words if allowed is not None else ():
            CodebookRow(self.file, self.line, {column: word}).one_of(column, allowed or ())
        return words

    def aliases(self) -> tuple[str, ...]:
        """Return the other labels under which the study prints the same thing."""
        return tuple(filter(None, self.cells["aliases"].split(BETWEEN_ALIASES)))


@dataclass(frozen=True)
class Tables:
    """The tables of a codebook: those of the study it is based on, if any, then its own."""

    folder: Path
    base: Path | None = None

    def rows(self, name: str, columns: tuple[str, ...]) -> Iterator[CodebookRow]:
        """Yield the lines of a table of the questionnaire, those of the base first.

        A study based on another may leave the table out; one that is not must have it.
        """
        if self.base is not None:
            yield from codebook_rows(self.base / name, columns)
        if self.base is None or (self.folder / name).exists():
            yield from self.own_rows(name, columns)

    def own_rows(self, name: str, columns: tuple[str, ...]) -> Iterator[CodebookRow]:
        """Yield the lines of a table that no other study can give."""
        yield from codebook_rows(self.folder / name, columns)

    def optional_rows(self, name: str, columns: tuple[str, ...]) -> Iterator[CodebookRow]:
        """Yield the lines of a table of its own that a study without microdata does not have."""
        if (self.folder / name).exists():
            yield from self.own_rows(name, columns)


def codebook_rows(path: Path, columns: tuple[str, ...]) -> Iterator[CodebookRow]:
    """Yield the lines of a table of a codebook, or of the figures that belong to it.

    Raises:
        CodebookError: the file is missing, no UTF-8 or no CSV, or its header is another.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        for row in read_rows(path, columns):
            yield CodebookRow(name, row.line, row.cells)
    except csv.Error as error:
        raise CodebookError(
            "Codebook: a table is no CSV", where=name, found=str(error), action="restore it"
        ) from error
    except RegistryError as error:
        raise CodebookError(
            error.what.replace("Registry:", "Codebook:", 1),
            where=(error.where or path.name).replace(path.name, name, 1),
            found=error.found,
            expected=error.expected,
            action=error.action,
        ) from error


def add_once(found: dict[K, V], key: K, value: V, row: CodebookRow, column: str) -> None:
    """Put a value under its key, or refuse its row: nothing is given twice.

    Raises:
        CodebookError: the key is taken.
    """
    if key in found:
        raise row.error(column, "the same thing is given twice", expected="once")
    found[key] = value


def refuse_strangers(rows: Iterable[CodebookRow], column: str, known: Collection[str]) -> None:
    """Refuse a row about a question, variable or scale that the codebook does not have."""
    for row in rows:
        row.one_of(column, known)


def read_uid(row: CodebookRow, column: str, actors: Collection[str]) -> tuple[str, str]:
    """Read `actor:id`, whose actor must be that of the row; return uid and actor."""
    actor = row.one_of("actor", actors)
    uid = row.text(column)
    prefix, _, local = uid.partition(":")
    if prefix != actor or not _LOCAL_ID.fullmatch(local):
        raise row.error(column, "no id of this actor", expected=f"{actor}: and letters, digits, _")
    return uid, actor

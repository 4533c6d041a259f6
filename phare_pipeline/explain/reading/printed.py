"""Finds the cell of a file of published figures that a result of a survey is read from."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from phare_pipeline.explain.reading.published import Row
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.rendering.tree import Step, absent, plain
from phare_pipeline.survey.codebook import Codebook

COLUMN = "value"
PRINTED = "value_printed"


@dataclass(frozen=True)
class PrintedCell:
    """A cell of a file of published figures, with its line.

    Attributes:
        path: below `raw/`.
        line: of the file, from 1.
        texts: the cells of the line by column, as they stand in the file.
    """

    path: str
    line: int
    texts: dict[str, str]

    def step(self, row: Row, book: Codebook) -> Step:
        """Return where a result is printed, down to file, line, column and text."""
        value = absent(row["value"])
        return Step(
            f"ligne {self.line}, colonne {COLUMN}",
            plain(value),
            value,
            facts=(
                ("texte de la cellule", f"« {self.texts[COLUMN]} »"),
                ("imprimé", f"« {self.texts[PRINTED]} », page {row['slide']} du document"),
                ("fichier", f"raw/{self.path} (sha256 {sha256_of(book, self.path)})"),
                ("document", f"{book.title} ({book.producer})"),
                ("millésime", book.vintage),
                ("licence", book.licence),
                *((("note de la source", book.note_fr),) if book.note_fr else ()),
            ),
        )


def sha256_of(book: Codebook, path: str) -> str:
    """Return the pin of a file of a study."""
    return next(file.sha256 for file in book.files if f"surveys/{file.path}" == path)


def find_cell(state: State, row: Row) -> PrintedCell:
    """Return the line of a file that a result names as its origin."""
    path, line = str(row["origin_file"]), int(row["origin_line"])
    return PrintedCell(path, line, lines_of(state.folder / path)[line])


@lru_cache(maxsize=8)
def lines_of(path: Path) -> dict[int, dict[str, str]]:
    """Return the lines of a CSV file by their number."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        lines = {}
        for row in reader:
            lines[reader.line_num] = dict(row)
        return lines

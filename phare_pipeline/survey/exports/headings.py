"""Says which column of the codebook a heading stands for: its code, "code. text", or its full text.

Where headings stand is found in `header`; what lies below them is read in `codes`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from phare_pipeline.registry.territories import fold
from phare_pipeline.survey.codebook import Codebook, Column

SUBMITTED = "submitdate"
"""Column of LimeSurvey that is empty where a respondent gave up."""

PARADATA: Mapping[str, tuple[str, ...]] = {
    "id": ("ID de la réponse", "Response ID"),
    SUBMITTED: ("Date de soumission", "Date submitted"),
    "lastpage": ("Dernière page", "Last page"),
    "startlanguage": ("Langue de départ", "Start language"),
    "seed": ("Tête de série", "Seed"),
    "startdate": ("Date de lancement", "Date started"),
    "datestamp": ("Date de la dernière action", "Date last action"),
    "refurl": ("URL référente", "Referrer URL"),
}
"""Columns that LimeSurvey adds by itself, and their full texts."""

_BEHIND_CODE = re.compile(r"[.:]\s+|\s+[/|–-]\s+")
_RANKS = ("rang {}", "rank {}", "ranking {}", "choix {}", "{}")


class Headings:
    """The columns of one actor, to be found under what an export calls them."""

    def __init__(self, codebook: Codebook, actor: str) -> None:
        columns = codebook.columns_of(actor)
        self.names = frozenset(column.name for column in columns)
        self._known = self.names | PARADATA.keys()
        texts = {(_fold(text), c.name) for c in columns for text in _texts(codebook, c)}
        texts |= {(_fold(text), name) for name, said in PARADATA.items() for text in said}
        n_columns = Counter(text for text, _ in texts)
        self._by_text = {text: name for text, name in texts if n_columns[text] == 1}

    def rename(self, headings: Sequence[str]) -> list[str]:
        """Give each heading the name of its column; what is none, or not alone in it, stays."""
        found = [self._name_of(heading) for heading in headings]
        n_headings = Counter(found)
        return [
            name if name is not None and n_headings[name] == 1 and name not in headings else heading
            for heading, name in zip(headings, found, strict=True)
        ]

    def _name_of(self, heading: str) -> str | None:
        """The longest code that stands before a text, else the column that has this text."""
        codes = [heading[: mark.start()] for mark in _BEHIND_CODE.finditer(heading)]
        code = next((code for code in reversed(codes) if code in self._known), None)
        return code or self._by_text.get(_fold(heading))


def _texts(codebook: Codebook, column: Column) -> Iterator[str]:
    question = codebook.questions.get(column.uid)
    if question is None:
        yield codebook.variables[column.uid].label_fr
    elif column.item_code is not None:
        item = question.items[column.item_code]
        yield from (f"{question.wording_fr} {label}" for label in (item.label_fr, *item.aliases))
    elif column.rank is not None:
        yield from (f"{question.wording_fr} {form.format(column.rank)}" for form in _RANKS)
    else:
        yield question.wording_fr


def _fold(text: str) -> str:
    return fold(text.replace("’", "'"))
